"""Importing a file of contracts, beside a plain loop over the csv module.

Both read every row, its days and amounts, work out the year of invoices that it calls for (what
cannot be billed must not come in), and write its terms as JSON with their hash; database time
apart. What is compared is processor time; each size runs in a process of its own, whose memory is
that of the work alone.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from dateutil.relativedelta import relativedelta

from bench.billing import CENT, peak
from bench.measure import Figure
from billing.agreements.recognise import recognise
from billing.conventions import DEFAULT
from billing.crm.source import Source
from billing.crm.table import open_table
from phases.engineering.contracts.imports import compute

SIZES = (1_000, 10_000, 100_000)
MOST_TIMES, MOST_MEMORY, MOST_GROWTH = 3.0, 1024.0, 1.3
HEAD = ("Contract Number", "Customer", "Currency", "Start Date", "End Date", "Product", "Price",
        "Quantity", "Billing Frequency", "Payment Terms")  # fmt: skip
MONTHS = 12


def run(sizes: tuple[int, ...] = SIZES) -> list[Figure]:
    """Every size, and how the cost of a contract grows."""
    found = {size: _child(size) for size in sizes}
    figures = []
    for size, one in found.items():
        name = f"{size:,} contracts"
        figures += [
            Figure(f"{name}: recognised and read", one["engine"], "s"),
            Figure(f"{name}: plain loop", one["plain"], "s"),
            Figure(f"{name}: over the plain loop", one["engine"] / one["plain"], "times",
                   MOST_TIMES),
            Figure(f"{name}: memory at most", one["memory"], "MiB", MOST_MEMORY),
        ]  # fmt: skip
    first, last = found[sizes[0]], found[sizes[-1]]
    growth = (last["engine"] / last["plain"]) / (first["engine"] / first["plain"])
    name = f"cost beside the plain loop, {sizes[-1]:,} over {sizes[0]:,} contracts"
    return [*figures, Figure(name, growth, "times", MOST_GROWTH)]


def _child(size: int) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.imports", str(size)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own module
    found: dict[str, float] = json.loads(answer.stdout.splitlines()[-1])
    return found


def export(size: int) -> bytes:
    """A file of so many contracts of a year, each with one line."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEAD)
    for index in range(size):
        start = date(2026, 1, 1) + timedelta(days=index % 365)
        end = start + relativedelta(months=MONTHS) - timedelta(days=1)
        writer.writerow((f"C-{index:07}", f"Customer {index % 9000}", "EUR", start, end, "Platform",
                         f"{100 + index % 977}.50", 1 + index % 9, "Monthly",
                         "Net 30"))  # fmt: skip
    return out.getvalue().encode()


def plain(data: bytes) -> Iterator[tuple[str, int]]:
    """Each contract's hash and how many invoices it has, by the shortest way."""
    for row in csv.DictReader(io.StringIO(data.decode(), newline="")):
        start, end = (date.fromisoformat(row[name]) for name in ("Start Date", "End Date"))
        price, quantity = Decimal(row["Price"]), Decimal(row["Quantity"])
        invoices = list(_invoices(start, price, quantity))
        terms = {
            "number": row["Contract Number"], "customer": row["Customer"],
            "currency": row["Currency"], "start": start.isoformat(), "end": end.isoformat(),
            "lines": [{"key": row["Product"], "price": str(price), "quantity": str(quantity)}],
        }  # fmt: skip
        text = json.dumps(terms, sort_keys=True)
        yield hashlib.sha256(text.encode()).hexdigest(), len(invoices)


def _invoices(
    start: date, price: Decimal, quantity: Decimal
) -> Iterator[tuple[date, date, Decimal, date]]:
    for month in range(MONTHS):
        begin = start + relativedelta(months=month)
        until = start + relativedelta(months=month + 1)
        net = (price * quantity).quantize(CENT, ROUND_HALF_UP)
        yield begin, until, net, begin + timedelta(days=30)


def imported(data: bytes) -> int:
    """How many contracts the file comes to, as the product reads it."""
    table = open_table(Source.of_bytes("contracts.csv", data))
    mapping = recognise(table).settled.answered("basis", "period")
    return len(compute(table, mapping, DEFAULT).records)


def measured(size: int) -> dict[str, float]:
    """Seconds of both ways over *size* contracts, and the memory that it took."""
    data = export(size)
    began = time.process_time()
    there = sum(1 for _ in plain(data))
    between = time.process_time()
    assert imported(data) == there == size
    return {"plain": between - began, "engine": time.process_time() - between, "memory": peak()}


if __name__ == "__main__":
    print(json.dumps(measured(int(sys.argv[1]))))
