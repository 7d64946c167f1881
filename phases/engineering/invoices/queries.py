"""Imports and invoices as pages show them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from billing.billed import Billed, BilledLine
from phases.core.models import Engagement
from phases.engineering.invoices.models import InvoiceImport, InvoiceLineRecord, InvoiceRecord
from phases.engineering.invoices.reading import INVOICES

PAGE = 50
LINES_AT_ONCE = 5000


def imports_of(session: Session, engagement: Engagement) -> list[InvoiceImport]:
    """Every file taken in, the newest first."""
    query = select(InvoiceImport).where(InvoiceImport.engagement_id == engagement.id)
    return list(session.scalars(query.order_by(InvoiceImport.id.desc())))


def done(session: Session, engagement: Engagement, side: str) -> list[InvoiceImport]:
    """The files of a side that were read and not removed, the oldest first."""
    query = select(InvoiceImport).where(
        InvoiceImport.engagement_id == engagement.id,
        InvoiceImport.side == side,
        InvoiceImport.state == "done",
    )
    return list(session.scalars(query.order_by(InvoiceImport.id)))


@dataclass(frozen=True)
class InvoicePage:
    """Some invoices in order of import and row. ``after`` is where the next page begins."""

    rows: tuple[tuple[InvoiceRecord, InvoiceImport], ...]
    words: str
    side: str
    after: int | None
    start: int


def invoice_page(session: Session, engagement: Engagement, args: Mapping[str, str]) -> InvoicePage:
    """A page of invoices, found by number, contract or customer."""
    words = args.get("q", "").strip()[:100]
    side = args.get("side", "") if args.get("side", "") in INVOICES else ""
    start = _whole(args.get("after", ""))
    query = (
        select(InvoiceRecord, InvoiceImport)
        .join(InvoiceImport, InvoiceImport.id == InvoiceRecord.import_id)
        .where(
            InvoiceRecord.engagement_id == engagement.id,
            InvoiceImport.state == "done",
            InvoiceImport.side.in_((side,) if side else INVOICES),
            InvoiceRecord.id > start,
        )
    )
    for word in words.split():
        query = query.where(
            or_(*(column.icontains(word, autoescape=True) for column in
                  (InvoiceRecord.number, InvoiceRecord.contract, InvoiceRecord.customer)))
        )  # fmt: skip
    rows = [(row[0], row[1]) for row in session.execute(
        query.order_by(InvoiceRecord.id).limit(PAGE + 1))]  # fmt: skip
    after = rows[PAGE - 1][0].id if len(rows) > PAGE else None
    return InvoicePage(tuple(rows[:PAGE]), words, side, after, start)


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def count(session: Session, engagement: Engagement) -> int:
    """How many invoices the imports that count hold."""
    query = (
        select(func.count())
        .select_from(InvoiceRecord)
        .join(InvoiceImport, InvoiceImport.id == InvoiceRecord.import_id)
        .where(InvoiceImport.engagement_id == engagement.id, InvoiceImport.state == "done",
               InvoiceImport.side.in_(INVOICES))
    )  # fmt: skip
    return session.scalar(query) or 0


def billed_of(
    session: Session, imports: list[int], names: Mapping[str, str]
) -> Iterator[tuple[int, Billed]]:
    """The invoices of these imports with their ids, in the order of import and row; *names* says
    which contract a name in a file stands for."""
    query = select(InvoiceRecord).where(InvoiceRecord.import_id.in_(imports))
    rows = session.scalars(query.order_by(InvoiceRecord.id)).yield_per(LINES_AT_ONCE)
    for part in rows.partitions():
        lines = _lines(session, part[0].id, part[-1].id)
        for row in part:
            yield row.id, _billed(row, lines.get(row.id, ()), names)
        for row in part:
            session.expunge(row)


def _lines(session: Session, first: int, last: int) -> dict[int, tuple[BilledLine, ...]]:
    query = (
        select(
            InvoiceLineRecord.invoice_id, InvoiceLineRecord.line, InvoiceLineRecord.amount,
            InvoiceLineRecord.quantity, InvoiceLineRecord.unit_price, InvoiceLineRecord.discount,
        )
        .where(InvoiceLineRecord.invoice_id.between(first, last))
        .order_by(InvoiceLineRecord.invoice_id, InvoiceLineRecord.position)
    )  # fmt: skip
    found: dict[int, list[BilledLine]] = {}
    for invoice_id, *line in session.execute(query):
        found.setdefault(invoice_id, []).append(BilledLine(*line))
    return {invoice: tuple(lines) for invoice, lines in found.items()}


def _billed(row: InvoiceRecord, lines: tuple[BilledLine, ...], names: Mapping[str, str]) -> Billed:
    contract = names.get(row.contract, row.contract)
    return Billed(
        contract, row.currency, row.issue_date, row.total, row.kind, row.number, row.period_start,
        row.period_end, row.net, row.tax, lines, row.refers_to, row.row,
    )  # fmt: skip


def invoice_with_lines(
    session: Session, engagement: Engagement, invoice_id: int | None
) -> tuple[InvoiceRecord, InvoiceImport, list[InvoiceLineRecord]] | None:
    """An invoice, the file it came from, and its lines."""
    if invoice_id is None:
        return None
    row = session.execute(
        select(InvoiceRecord, InvoiceImport)
        .join(InvoiceImport, InvoiceImport.id == InvoiceRecord.import_id)
        .where(InvoiceRecord.id == invoice_id, InvoiceRecord.engagement_id == engagement.id)
    ).first()
    if row is None:
        return None
    lines = select(InvoiceLineRecord).where(InvoiceLineRecord.invoice_id == invoice_id)
    return row[0], row[1], list(session.scalars(lines.order_by(InvoiceLineRecord.position)))


def files_of(imports: list[InvoiceImport]) -> list[dict[str, Any]]:
    """Which files a comparison used, with their hashes."""
    return [
        {"import": one.id, "file": one.file_id, "name": one.file_name, "sha256": one.sha256,
         "side": one.side}
        for one in imports
    ]  # fmt: skip
