"""Reconciliations, how every invoice ended in them, and the settings they go by."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from phases.core.clock import now
from phases.core.db import Base, Instant, Json
from phases.engineering.invoices.models import Money


class Reconciliation(Base):
    """One comparison: of what, over which days, by which settings; frozen once it is done.

    ``purpose`` is qa, hypercare, monthly, parallel or layer. ``files`` are the imports used, each
    with name and hash; ``summary`` is what it came to, None until then.
    """

    __tablename__ = "reconciliation"
    __table_args__ = (
        Index("ix_reconciliation_engagement_id_purpose_id", "engagement_id", "purpose", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    purpose: Mapped[str] = mapped_column(String(12))
    layer: Mapped[str] = mapped_column(String(12), default="")
    period: Mapped[str] = mapped_column(String(20), default="")
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    only_named: Mapped[bool] = mapped_column(default=False)
    settings: Mapped[Any] = mapped_column(Json)
    files: Mapped[Any] = mapped_column(Json)
    summary: Mapped[Any | None] = mapped_column(Json)
    run_id: Mapped[int | None]
    created_by: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    removed_at: Mapped[datetime | None] = mapped_column(Instant)


class Outcome(Base):
    """How one invoice ended. ``difference`` is what was billed beyond what was expected.

    ``state`` is empty where nothing need be explained, else open, explained or resolved; ``cause``
    is what a person found, ``causes`` what the comparison takes to be likely.
    """

    __tablename__ = "reconciliation_row"
    __table_args__ = (
        Index("ix_reconciliation_row_place", "reconciliation_id", "position"),
        Index("ix_reconciliation_row_outcome", "reconciliation_id", "outcome", "position"),
        Index("ix_reconciliation_row_state", "reconciliation_id", "state", "position"),
        Index("ix_reconciliation_row_engagement_id_state", "engagement_id", "state"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    reconciliation_id: Mapped[int] = mapped_column(ForeignKey("reconciliation.id"))
    position: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(20))
    contract: Mapped[str] = mapped_column(String(120))
    number: Mapped[str] = mapped_column(String(120), default="")
    kind: Mapped[str] = mapped_column(String(12), default="invoice")
    currency: Mapped[str] = mapped_column(String(3))
    expected_currency: Mapped[str] = mapped_column(String(3), default="")
    expected_on: Mapped[date | None]
    issued_on: Mapped[date | None]
    expected_total: Mapped[Decimal | None] = mapped_column(Money)
    actual_total: Mapped[Decimal | None] = mapped_column(Money)
    difference: Mapped[Decimal] = mapped_column(Money)
    causes: Mapped[str] = mapped_column(String(200), default="")
    red_flag: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(String(200), default="")
    expected: Mapped[Any] = mapped_column(Json, default=dict)
    invoice_id: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(10), default="")
    owner: Mapped[str] = mapped_column(String(20), default="")
    cause: Mapped[str] = mapped_column(String(20), default="")
    resolution: Mapped[str] = mapped_column(Text, default="")
    test_row: Mapped[str] = mapped_column(String(20), default="")
    version: Mapped[int] = mapped_column(default=1)
    changed_by: Mapped[str] = mapped_column(String(20), default="")
    changed_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)


class ReconciliationSettings(Base):
    """What an engagement reconciles by: red flags and tolerance of the monthly one by currency,
    and which contract a name in a file stands for."""

    __tablename__ = "reconciliation_settings"
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"), primary_key=True)
    amounts: Mapped[Any] = mapped_column(Json)
    percent: Mapped[str] = mapped_column(String(20), default="1")
    tolerance: Mapped[Any] = mapped_column(Json)
    names: Mapped[Any] = mapped_column(Json)
    version: Mapped[int] = mapped_column(default=1)
    changed_by: Mapped[str] = mapped_column(String(20))
    changed_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)
