"""Imported invoices, their lines, and the files they came from."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Dialect, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from phases.core.clock import now
from phases.core.db import Base, Instant, Json


class Exact(TypeDecorator[Decimal]):
    """An amount to its last digit, in every database: SQLite has no decimals of its own."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, _dialect: Dialect) -> str | None:
        return None if value is None else format(value, "f")

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


Money = Exact()


class InvoiceImport(Base):
    """A file of invoices (or of ledger entries) of one side, how it is read, and what it held.

    ``state`` is looking, mapping, reading, done, refused (then ``faults`` say why) or removed.
    ``found`` is what was recognised in it, ``account`` what became of every row.
    """

    __tablename__ = "invoice_import"
    __table_args__ = (
        Index("ix_invoice_import_engagement_id_side_state", "engagement_id", "side", "state"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    side: Mapped[str] = mapped_column(String(20))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    mapping: Mapped[Any] = mapped_column(Json)
    found: Mapped[Any] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(10), default="mapping")
    account: Mapped[Any] = mapped_column(Json, default=dict)
    faults: Mapped[Any] = mapped_column(Json, default=list)
    run_id: Mapped[int | None]
    created_by: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    version: Mapped[int] = mapped_column(default=1)


class InvoiceRecord(Base):
    """An invoice or credit note as a file told it. ``period_end`` is exclusive; ``row`` is the
    line of the file."""

    __tablename__ = "invoice"
    __table_args__ = (
        Index("ix_invoice_engagement_id_contract", "engagement_id", "contract"),
        Index("ix_invoice_import_id_row", "import_id", "row"),
        Index("ix_invoice_engagement_id_number", "engagement_id", "number"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    import_id: Mapped[int] = mapped_column(ForeignKey("invoice_import.id"))
    row: Mapped[int]
    number: Mapped[str] = mapped_column(String(120))
    contract: Mapped[str] = mapped_column(String(120))
    customer: Mapped[str] = mapped_column(String(120), default="")
    kind: Mapped[str] = mapped_column(String(12))
    currency: Mapped[str] = mapped_column(String(3))
    issue_date: Mapped[date]
    due_date: Mapped[date | None]
    period_start: Mapped[date | None]
    period_end: Mapped[date | None]
    net: Mapped[Decimal | None] = mapped_column(Money)
    tax: Mapped[Decimal | None] = mapped_column(Money)
    total: Mapped[Decimal] = mapped_column(Money)
    refers_to: Mapped[str] = mapped_column(String(120), default="")
    status: Mapped[str] = mapped_column(String(120), default="")


class InvoiceLineRecord(Base):
    """A line of an imported invoice, in its place."""

    __tablename__ = "invoice_line"
    __table_args__ = (Index("ix_invoice_line_invoice_id_position", "invoice_id", "position"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"), index=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"))
    position: Mapped[int]
    line: Mapped[str] = mapped_column(String(200), default="")
    amount: Mapped[Decimal] = mapped_column(Money)
    quantity: Mapped[Decimal | None] = mapped_column(Money)
    unit_price: Mapped[Decimal | None] = mapped_column(Money)
    discount: Mapped[Decimal | None] = mapped_column(Money)
