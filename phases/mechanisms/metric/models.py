"""Readings of metrics."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from phases.core.clock import now
from phases.core.db import Base, Instant


class Reading(Base):
    """A metric's value for the period that begins on ``period``; per cent with its two parts.

    ``subject`` is what it is of, where the metric has several; ``size`` and ``spread`` are the
    number of cases behind a mean and their standard deviation, where they are known.
    """

    __tablename__ = "reading"
    __table_args__ = (UniqueConstraint("engagement_id", "metric", "period", "subject"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    metric: Mapped[str] = mapped_column(String(120))
    period: Mapped[date]
    subject: Mapped[str] = mapped_column(String(40), default="")
    numerator: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    denominator: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    value: Mapped[Decimal] = mapped_column(Numeric(18, 4))
    size: Mapped[int | None]
    spread: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    note: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    changed_by: Mapped[str] = mapped_column(String(20))
    changed_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)
