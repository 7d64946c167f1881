"""Files of the demo: what a billing tool would export of the invoices that should exist, faults
included, and entries of a ledger. Pure."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

from billing.invoices import Invoice

TITLES = (
    "Invoice Number", "Contract Number", "Customer", "Invoice Date", "Due Date", "Period Start",
    "Period End", "Currency", "Net", "Tax", "Total", "Item", "Quantity", "Line Amount",
)  # fmt: skip
LEDGER = ("Date", "Reference", "Description", "Amount", "Currency")
Faults = Mapping[str, Mapping[str, Any]]
Rows = Iterable[Sequence[object]]


def exported(
    invoices: Iterable[tuple[str, Invoice]], numbers: str, faults: Faults
) -> list[list[object]]:
    """A row per line of each invoice, given with its customer and numbered by *numbers*.

    *faults* go by contract and place, as in ``C-7/2`` for its second invoice here: ``drop`` leaves
    it out, ``twice`` bills it again, ``net`` and ``tax`` are added, ``currency`` and ``days`` put
    another in place.
    """
    rows: list[list[object]] = []
    place: Counter[str] = Counter()
    number = 0
    for customer, invoice in invoices:
        place[invoice.contract] += 1
        fault = faults.get(f"{invoice.contract}/{place[invoice.contract]}", {})
        for _ in range(0 if fault.get("drop") else 2 if fault.get("twice") else 1):
            number += 1
            rows += _lines(numbers.format(number), customer, invoice, fault)
    return rows


def _lines(
    number: str, customer: str, invoice: Invoice, fault: Mapping[str, Any]
) -> list[list[object]]:
    more = Decimal(fault.get("net", 0))
    tax = invoice.tax + Decimal(fault.get("tax", 0))
    moved = timedelta(days=fault.get("days", 0))
    head = [
        number, invoice.contract, customer, invoice.issue_date + moved, invoice.due_date + moved,
        invoice.period_start, invoice.period_end - timedelta(days=1),
        fault.get("currency", invoice.currency), invoice.net + more, tax,
        invoice.net + more + tax,
    ]  # fmt: skip
    return [
        [*head, line.charge.line, line.charge.quantity, line.net + (0 if index else more)]
        for index, line in enumerate(invoice.lines)
    ]


def entries(month: date, said: Sequence[Sequence[Any]]) -> list[list[object]]:
    """Entries of a ledger, each with the day of the *month* it was made on."""
    return [[month.replace(day=day), *rest] for day, *rest in said]


def csv_bytes(titles: Sequence[str], rows: Rows) -> bytes:
    """A file as it would be exported."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(titles)
    writer.writerows(rows)
    return out.getvalue().encode()
