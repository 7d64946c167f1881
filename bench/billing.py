"""Expected invoices and their reconciliation, beside a plain loop over dateutil and Decimal.

Both take the same contracts in the same blocks, in turn; what is compared is processor time, so
that a busy machine does not count. The plain loop grows in line with the number of invoices, so
growth is measured against it: what a busier machine adds to both is not growth. Each size runs in
a process of its own, whose memory is that of the work alone.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import Any, NamedTuple

from dateutil.relativedelta import relativedelta

from bench.measure import Figure, p95
from billing.billed import Billed, billed
from billing.contracts import Contract
from billing.expect import expected
from billing.reconcile import reconcile_sorted
from billing.summary import Summary

SIZES = (1_000, 10_000, 100_000)
BLOCK = 1_000
MONTHS = 12
MOST_TIMES = 3.0
MOST_MEMORY = 1024.0
MOST_SCHEDULE = 2.0
MOST_GROWTH = 1.3
CENT = Decimal("0.01")
TAX = Decimal("8.875")


class Row(NamedTuple):
    """What a contract says, as a table would hold it."""

    number: str
    start: date
    price: Decimal
    later: Decimal
    quantity: Decimal


class Plain(NamedTuple):
    """An invoice of the plain loop."""

    start: date
    end: date
    net: Decimal
    tax: Decimal
    total: Decimal
    due: date


def run(sizes: tuple[int, ...] = SIZES, rounds: int = 200) -> list[Figure]:
    """Every size, then one contract's schedule."""
    found = {size: _child(size) for size in sizes}
    figures = []
    for size, one in found.items():
        figures += _figures(size, one)
    first, last = found[sizes[0]], found[sizes[-1]]
    growth = (last["engine"] / last["plain"]) / (first["engine"] / first["plain"])
    name = f"cost beside the plain loop, {sizes[-1]:,} over {sizes[0]:,} contracts"
    figures.append(Figure(name, growth, "times", MOST_GROWTH))
    return figures + schedule(rounds)


def _figures(size: int, one: dict[str, float]) -> list[Figure]:
    name = f"{size:,} contracts"
    return [
        Figure(f"{name}: computed and reconciled", one["engine"], "s"),
        Figure(f"{name}: plain loop", one["plain"], "s"),
        Figure(f"{name}: over the plain loop", one["engine"] / one["plain"], "times", MOST_TIMES),
        Figure(f"{name}: memory at most", one["memory"], "MiB", MOST_MEMORY),
        Figure(f"{name}: errors found of those seeded", one["found"] / one["seeded"], "share"),
    ]


def _child(size: int) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.billing", str(size)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own module
    found: dict[str, float] = json.loads(answer.stdout.splitlines()[-1])
    return found


def schedule(rounds: int) -> list[Figure]:
    """One contract of a year, and one of two with a ramp, usage, discount and amendments."""
    figures = []
    rich = Contract.model_validate(RICH)
    for name, contract in (("a year", contract_of(next(rows(0, 1)))), ("two rich years", rich)):
        times = [processor_milliseconds(contract) for _ in range(rounds)]
        what = f"one contract's schedule, {name}"
        figures.append(Figure(f"{what}: median", median(times), "ms", MOST_SCHEDULE))
        figures.append(Figure(f"{what}: p95", p95(times), "ms"))
    return figures


def processor_milliseconds(contract: Contract) -> float:
    """How long the contract's schedule takes."""
    began = time.process_time()
    expected(contract)
    return (time.process_time() - began) * 1000


def rows(first: int, count: int) -> Iterator[Row]:
    """Contracts by number, a quarter of them with a dearer second half."""
    for index in range(first, first + count):
        price = Decimal(1000 + index % 977) / 100
        later = price + (Decimal(5) if index % 4 == 0 else Decimal(0))
        start = date(2024, 1, 1) + timedelta(days=index % 366)
        yield Row(f"C-{index:07}", start, price, later, Decimal(1 + index % 9))


def contract_of(row: Row) -> Contract:
    """The row as contract terms."""
    line: dict[str, Any] = {
        "key": "seat", "kind": "recurring", "price": row.price, "quantity": row.quantity,
    }  # fmt: skip
    if row.later != row.price:
        line["steps"] = ({"periods": 6, "price": row.price}, {"price": row.later})
    return Contract.model_validate(
        {
            "number": row.number, "currency": "USD", "start": row.start, "months": MONTHS,
            "taxes": ({"percent": TAX},), "lines": (line,),
        }
    )  # fmt: skip


def plain_invoices(row: Row) -> list[Plain]:
    """The same invoices by the shortest way."""
    found = []
    for month in range(MONTHS):
        start = row.start + relativedelta(months=month)
        end = row.start + relativedelta(months=month + 1)
        price = row.price if month < 6 else row.later
        net = (price * row.quantity).quantize(CENT, ROUND_HALF_UP)
        tax = (net * TAX / 100).quantize(CENT, ROUND_HALF_UP)
        found.append(Plain(start, end, net, tax, net + tax, start + timedelta(days=30)))
    return found


def real_invoices(row: Row, seeded: list[int]) -> Iterator[Billed]:
    """What was billed: in one contract of fifty, one invoice is a cent too dear."""
    spoiled = int(row.number[2:]) % 50 == 7
    seeded[0] += spoiled
    for place, one in enumerate(plain_invoices(row)):
        off = CENT if spoiled and place == 5 else Decimal(0)
        yield Billed(
            row.number, "USD", one.start, one.total + off, "invoice", f"{row.number}/{place}",
            one.start, one.end,
        )  # fmt: skip


def plain_reconciled(block: list[Row], real: list[Billed]) -> int:
    """How many real invoices differ from those of the plain loop."""
    there = {(one.contract, one.period_start): one for one in real}
    wrong = 0
    for row in block:
        for one in plain_invoices(row):
            other = there.pop((row.number, one.start), None)
            wrong += other is None or other.total != one.total
    return wrong + len(there)


def reconciled(block: list[Row], real: list[Billed], summary: Summary) -> None:
    """The block through terms, expected invoices and reconciliation, one contract at a time."""
    wanted = (billed(one) for row in block for one in expected(contract_of(row)))
    for comparison in reconcile_sorted(wanted, real):
        summary.add(comparison)


def measured(size: int) -> dict[str, float]:
    """Seconds of both ways over *size* contracts, and the memory that it took."""
    summary, seeded = Summary(), [0]
    took = {"engine": 0.0, "plain": 0.0}
    wrong = 0
    for first in range(0, size, BLOCK):
        block = list(rows(first, min(BLOCK, size - first)))
        real = [one for row in block for one in real_invoices(row, seeded)]
        began = time.process_time()
        wrong += plain_reconciled(block, real)
        between = time.process_time()
        reconciled(block, real, summary)
        took["plain"] += between - began
        took["engine"] += time.process_time() - between
    assert summary.outcomes["exact"] == size * MONTHS - wrong
    return {**took, "memory": peak(), "found": summary.causes["rounding"], "seeded": seeded[0]}


def peak() -> float:
    """The most memory that this process held, in MiB."""
    with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123 - no path of ours
        line = next(line for line in status if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


RICH: dict[str, Any] = {
    "number": "C-1", "currency": "EUR", "start": "2024-01-15", "end": "2025-12-31",
    "taxes": [{"percent": "20"}, {"name": "City", "percent": "1.5"}],
    "discounts": [{"percent": "10", "periods": 12}],
    "lines": [
        {"key": "seat", "kind": "recurring", "price": "40", "quantity": "25",
         "anchor": {"kind": "calendar"}, "frequency": "quarterly",
         "steps": [{"periods": 4, "price": "36"}, {"price": "42"}]},
        {"key": "setup", "kind": "one_off", "price": "900"},
        {"key": "use", "kind": "usage", "frequency": "quarterly", "pricing": {
            "model": "graduated", "tiers": [{"up_to": "1000", "unit_price": "0.1"},
                                            {"unit_price": "0.05"}]},
         "records": [{"on": f"2025-{month:02}-10", "quantity": "900"} for month in range(1, 13)]},
    ],
    "amendments": [
        {"kind": "upgrade", "on": "2024-08-20", "line": "seat", "quantity": "40"},
        {"kind": "coterm", "on": "2025-03-01", "add": {
            "key": "extra", "kind": "recurring", "price": "99", "frequency": "quarterly"}},
    ],
}  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(measured(int(sys.argv[1]))))
