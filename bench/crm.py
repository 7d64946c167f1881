"""Importing and auditing a CRM export, beside what the csv module takes to read the same file."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from bench.measure import Figure, in_turn, ratio
from billing.crm.audit import audit_file, beside
from billing.crm.source import Source

ROWS, SMALLER = 500_000, 125_000
MOST_TIMES, MOST_MEMORY, MOST_PER_ROW = 20.0, 400.0, 1.3
"""How many times the csv module's time; MiB; how much dearer a row may be in the larger file."""
HEAD = ("opportunity_id", "sales_agent", "product", "account", "deal_stage", "engage_date",
        "close_date", "close_value", "currency", "payment_terms")  # fmt: skip
PRODUCTS = {"GTX Basic": 550, "GTX Pro": 4821, "MG Special": 55, "MG Advanced": 3393}
PEAK = """
import json, resource, sys
from pathlib import Path
from billing.crm.audit import audit_file, beside
from billing.crm.source import Source
prices, export = (Source.of_path(Path(each)) for each in sys.argv[1:])
found = audit_file(export, beside(prices))
print(json.dumps([found.rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


def run(rows: int = ROWS, smaller: int = SMALLER, rounds: int = 3) -> list[Figure]:
    """Audit an export of *rows* rows, and one of *smaller* to see that time is linear."""
    with TemporaryDirectory() as folder:
        place = Path(folder)
        prices = place / "prices.csv"
        prices.write_text("product,price\n" + "".join(f"{n},{p}\n" for n, p in PRODUCTS.items()))
        large, small = written(place / "large.csv", rows), written(place / "small.csv", smaller)
        times = in_turn({
            "csv": lambda: read(large), "large": audited(large, prices),
            "small": audited(small, prices),
        }, rounds)  # fmt: skip
        memory = peak(prices, large)
    per_row = ratio(times["large"], times["small"]) / (rows / smaller)
    return [
        Figure(f"csv module, {rows:,} rows", min(times["csv"]), "ms"),
        Figure(f"import and audit, {rows:,} rows", min(times["large"]), "ms"),
        Figure("import and audit over csv module", ratio(times["large"], times["csv"]), "times",
               MOST_TIMES),
        Figure(f"a row of {rows:,} over one of {smaller:,}", per_row, "times", MOST_PER_ROW),
        Figure(f"most memory, {rows:,} rows", memory, "MiB", MOST_MEMORY),
    ]  # fmt: skip


def written(path: Path, rows: int) -> Path:
    """An export with all that an audit looks for, the same each time."""
    chance = Random(7)
    first = date(2024, 1, 1)
    states = ("Won", "Won", "Lost", "Engaging")
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        for n in range(rows):
            product = chance.choice(tuple(PRODUCTS))
            start = first + timedelta(chance.randrange(600))
            end = start + timedelta(chance.randrange(-2, 200))
            won = chance.choice(states)
            writer.writerow((
                f"{n:08X}", f"Agent {n % 40}", product.replace(" P", "P"), f"Account {n % 9000}",
                won, us(start), us(end) if won != "Engaging" else "",
                round(PRODUCTS[product] * chance.uniform(0.7, 1.3), 2) if won == "Won" else 0,
                chance.choice(("USD", "USD", "EUR")), chance.choice(("Net 30", "Net 45", "")),
            ))  # fmt: skip
    return path


def us(day: date) -> str:
    return f"{day.month}/{day.day}/{day.year}"


def read(path: Path) -> int:
    """What the csv module alone does."""
    with path.open(newline="", encoding="utf-8") as file:
        return sum(1 for _ in csv.reader(file))


def audited(path: Path, prices: Path) -> Callable[[], object]:
    side = beside(Source.of_path(prices))
    return lambda: audit_file(Source.of_path(path), side)


def peak(prices: Path, export: Path) -> float:
    """The most memory, in MiB, that a process of its own needs, Python and all."""
    command = [sys.executable, "-c", PEAK, str(prices), str(export)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own text
    return float(json.loads(answer.stdout)[1])
