"""Which scenarios an engagement tries, and what the billing tool made of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from phases.core.clock import now
from phases.core.db import Base, Instant, Json


class ScenarioChoice(Base):
    """A scenario that is tried, or not, against what the profile says of it."""

    __tablename__ = "scenario_choice"
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"), primary_key=True)
    scenario: Mapped[str] = mapped_column(String(60), primary_key=True)
    chosen: Mapped[bool]
    changed_by: Mapped[str] = mapped_column(String(20))
    changed_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)


class ScenarioRun(Base):
    """One try: the invoices that the tool made, as recorded. Rows are only ever added.

    ``invoices`` is a list of {issue, total, tax, lines: [{line, amount}]}, amounts as text.
    """

    __tablename__ = "scenario_run"
    __table_args__ = (Index("ix_scenario_run_engagement_id_scenario", "engagement_id", "scenario"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    scenario: Mapped[str] = mapped_column(String(60))
    invoices: Mapped[Any] = mapped_column(Json)
    outcome: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(Text, default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    by: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(Instant, default=now)
