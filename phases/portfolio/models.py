"""The two projections: what a portfolio of thousands reads instead of every record.

Both are written by ``project()`` in the transaction that changes something, and rebuilt by a test.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from phases.core.db import Base, Instant, Json
from phases.core.models import Engagement


class EngagementSummary(Base):
    """One engagement at a glance: ``rail``, ``gates`` and ``health_why`` are ready to show.

    ``attention`` sorts the portfolio: the next due date, far ahead when there is none or it is
    closed. ``refresh_on`` is the next date on which something becomes due or lapses by itself.
    """

    __tablename__ = "engagement_summary"
    __table_args__ = (
        Index("ix_engagement_summary_attention_customer", "attention", "customer"),
        Index("ix_engagement_summary_subphase_customer", "subphase", "customer"),
        Index("ix_engagement_summary_phase_since_customer", "phase_since", "customer"),
        Index("ix_engagement_summary_kickoff_customer", "kickoff", "customer"),
    )
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"), primary_key=True)
    customer: Mapped[str] = mapped_column(String(120), index=True)
    phase: Mapped[str] = mapped_column(String(40), index=True)
    subphase: Mapped[str] = mapped_column(String(4))
    phase_since: Mapped[date]
    phase_ends: Mapped[date | None]
    health: Mapped[str] = mapped_column(String(8), index=True)
    health_why: Mapped[str] = mapped_column(String(500), default="")
    next_due: Mapped[date | None]
    attention: Mapped[date]
    next_title: Mapped[str] = mapped_column(String(300), default="")
    kickoff: Mapped[date | None]
    go_live: Mapped[date | None]
    closed_at: Mapped[date | None] = mapped_column(index=True)
    architect: Mapped[str] = mapped_column(String(20), default="", index=True)
    account_manager: Mapped[str] = mapped_column(String(20), default="", index=True)
    methodology: Mapped[str] = mapped_column(String(40), default="", index=True)
    steps_done: Mapped[int] = mapped_column(default=0)
    steps_total: Mapped[int] = mapped_column(default=0)
    rail: Mapped[Any] = mapped_column(Json)
    gates: Mapped[Any] = mapped_column(Json)
    refresh_on: Mapped[date | None] = mapped_column(index=True)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    engagement: Mapped[Engagement] = relationship(
        lazy="joined", backref=backref("summary", uselist=False, lazy="joined")
    )


class WorkItem(Base):
    """Something a person should do now.

    ``kind``: step, row, gate, occurrence, waiting (for the customer), flag. ``assignee`` is a
    person's ref (``u3``) or empty.
    """

    __tablename__ = "work_item"
    __table_args__ = (Index("ix_work_item_assignee_due", "assignee", "due"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"), index=True)
    key: Mapped[str] = mapped_column(String(160))
    kind: Mapped[str] = mapped_column(String(12))
    verb: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(300))
    why: Mapped[str] = mapped_column(String(500), default="")
    role: Mapped[str] = mapped_column(String(40), default="")
    assignee: Mapped[str] = mapped_column(String(20), default="")
    subphase: Mapped[str] = mapped_column(String(4), default="")
    due: Mapped[date | None]
    place: Mapped[str] = mapped_column(String(200), default="")
