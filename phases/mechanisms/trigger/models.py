"""What tripped a trigger, and what was done about it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from phases.core.clock import now
from phases.core.db import Base, Instant


class Trip(Base):
    """Somebody said that it happened (``said_by``), or answered what the readings tripped.

    ``on`` is the day, or the first day of the last period of the readings that tripped it.
    """

    __tablename__ = "trip"
    __table_args__ = (UniqueConstraint("engagement_id", "trigger", "on"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    trigger: Mapped[str] = mapped_column(String(120))
    on: Mapped[date]
    note: Mapped[str] = mapped_column(Text, default="")
    said_by: Mapped[str] = mapped_column(String(20), default="")
    said_at: Mapped[datetime] = mapped_column(Instant, default=now)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[str] = mapped_column(String(20), default="")
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)
