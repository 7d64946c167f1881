"""A stored file read as invoices: what is recognised in it, and what it holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from io import BytesIO
from typing import Any, BinaryIO, cast
from zoneinfo import ZoneInfo

from billing.crm.errors import UnreadableExport
from billing.crm.source import Source
from billing.exports.grid import Grid, open_grid
from billing.exports.mapping import InvoiceMapping, Of
from billing.exports.reader import Reading, read_invoices
from billing.exports.recognise import Recognition, recognise
from billing.recognition import Known, known_for
from phases.core import files
from phases.core.models import StoredFile

SIDES = {
    "billing": "The billing tool’s invoices",
    "legacy": "The legacy system’s invoices",
    "hand": "Invoices Finance made by hand",
    "provider": "Provider transactions",
    "subledger": "Internal postings (subledger)",
    "bank": "Bank statement lines",
    "cash": "Cleared cash postings",
    "balances": "Open balances of the subledger",
    "erp": "General ledger accounts (ERP)",
}
"""Whose side a file tells, in words."""
INVOICES = ("billing", "legacy", "hand")
"""The sides that hold invoices; the others hold entries of a ledger."""
MOST_FLAGS = 200


UNSEEN: dict[str, Any] = {
    "titles": [], "notes": [], "matches": [], "unrecognised": {}, "questions": [], "lacking": [],
    "ready": False, "settled": "", "known": "",
}  # fmt: skip
"""What is shown of a file that nobody has looked at yet."""


def what_of(side: str) -> Of:
    """Whether a side's file holds invoices or entries."""
    return "invoices" if side in INVOICES else "entries"


def unseen(side: str) -> InvoiceMapping:
    """How a file is read of which nothing is known but its side."""
    return InvoiceMapping(of=what_of(side))


def said(error: UnreadableExport) -> str:
    """What keeps a file from being a table, in a line."""
    return "; ".join(str(fault) for fault in error.faults[:5])


def source_of(stored: StoredFile) -> Source:
    """The bytes of *stored*, read once from the store and held while they are used."""
    data = files.read(stored.path)
    return Source(stored.name, len(data), lambda: cast(BinaryIO, BytesIO(data)))


def recognised(
    stored: StoredFile, side: str, zone: str, given: InvoiceMapping | None = None,
    kept: Sequence[Known[InvoiceMapping]] = (),
) -> tuple[InvoiceMapping, dict[str, Any]]:  # fmt: skip
    """How *stored* is read, and what is shown of it: as *given*, or as a file like it was read.

    Raises:
        UnreadableExport: it is no table.
    """
    grid = open_grid(source_of(stored))
    if given is not None and not given.fits(grid.titles):
        given = None
    known = known_for(kept, grid.titles)
    found = recognise(grid, given, ZoneInfo(zone), what_of(side), known)
    return found.mapping, as_found(found, grid) | {"known": known.file if known else ""}


def as_found(recognition: Recognition, grid: Grid) -> dict[str, Any]:
    """What is shown of a recognition, as JSON."""
    columns = {each.title: list(each.examples) for each in recognition.unrecognised}
    return {
        "titles": list(grid.titles),
        "notes": list(grid.notes),
        "matches": [asdict(match) for match in recognition.matches],
        "unrecognised": columns,
        "questions": [asdict(question) for question in recognition.questions],
        "lacking": list(recognition.lacking),
        "ready": recognition.ready,
        "settled": recognition.settled.to_json(),
    }


def read(stored: StoredFile, mapping: InvoiceMapping, zone: str) -> Reading | UnreadableExport:
    """The invoices of *stored*, or everything that is wrong with it."""
    try:
        return read_invoices(open_grid(source_of(stored)), mapping, ZoneInfo(zone))
    except UnreadableExport as error:
        return error


def account_of(reading: Reading) -> dict[str, Any]:
    """What became of every row, as JSON."""
    flags = [
        {"row": p.row, "number": p.name, "field": p.field, "what": p.what} for p in reading.flags
    ]
    return {
        "rows": reading.rows,
        "used": reading.used,
        "invoices": len(reading.found),
        "credits": sum(1 for one in reading.found if one.billed.kind == "credit_note"),
        "lines": reading.lines,
        "left_out": dict(reading.left_out),
        "first_left_out": dict(reading.first_left_out),
        "sums": {code: str(total) for code, total in sorted(reading.sums.items())},
        "flags": flags[:MOST_FLAGS],
        "flags_total": len(flags),
        "first_day": _day(min((one.billed.issue_date for one in reading.found), default=None)),
        "last_day": _day(max((one.billed.issue_date for one in reading.found), default=None)),
    }


def _day(day: Any) -> str:
    return day.isoformat() if day else ""


def rows_of(
    reading: Reading, engagement_id: int, import_id: int, first_id: int
) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Each invoice as a row, and its lines as rows, numbered from *first_id*."""
    for number, one in enumerate(reading.found, first_id):
        billed = one.billed
        yield (
            {
                "id": number, "engagement_id": engagement_id, "import_id": import_id,
                "row": billed.row, "number": billed.number, "contract": billed.contract,
                "customer": one.customer, "kind": billed.kind, "currency": billed.currency,
                "issue_date": billed.issue_date, "due_date": one.due_date,
                "period_start": billed.period_start, "period_end": billed.period_end,
                "net": billed.net, "tax": billed.tax, "total": billed.total,
                "refers_to": billed.refers_to, "status": one.status,
            },
            [
                {
                    "engagement_id": engagement_id, "invoice_id": number, "position": place,
                    "line": line.line, "amount": line.amount, "quantity": line.quantity,
                    "unit_price": line.unit_price, "discount": line.discount,
                }
                for place, line in enumerate(billed.lines, 1)
            ],
        )  # fmt: skip


def faults_of(error: UnreadableExport) -> list[dict[str, Any]]:
    """What is wrong with a file, as JSON."""
    found = [asdict(fault) for fault in error.faults]
    if error.count > len(found):
        found.append({"line": 0, "column": 0, "what": f"and {error.count - len(found):,} more",
                      "remedy": ""})  # fmt: skip
    return found


def money(sums: Mapping[str, str]) -> list[tuple[str, Decimal]]:
    """Sums by currency, read back."""
    return [(code, Decimal(text)) for code, text in sums.items()]
