"""What has been said of a meeting: when it is, who comes, and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from phases.core.clock import now
from phases.core.db import Base, Instant, Json


class MeetingRecord(Base):
    """One meeting, the *number*-th of its kind, planned or held.

    ``attendees`` and ``invited`` are refs of members and contacts, ``others`` names, one a line.
    ``notes`` are by the key of the agenda's line ("" for the meeting as a whole), ``outcomes`` by
    the key of what it should leave with (``done`` and ``note``), ``brought`` keys. A meeting that
    does not take place has ``dropped`` as its reason.
    """

    __tablename__ = "meeting_record"
    __table_args__ = (UniqueConstraint("engagement_id", "meeting", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    meeting: Mapped[str] = mapped_column(String(120))
    number: Mapped[int] = mapped_column(default=1)
    planned_at: Mapped[datetime | None] = mapped_column(Instant)
    minutes: Mapped[int | None]
    place: Mapped[str] = mapped_column(Text, default="")
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    attendees: Mapped[Any] = mapped_column(Json, default=list)
    others: Mapped[str] = mapped_column(Text, default="")
    brought: Mapped[Any] = mapped_column(Json, default=list)
    notes: Mapped[Any] = mapped_column(Json, default=dict)
    outcomes: Mapped[Any] = mapped_column(Json, default=dict)
    dropped: Mapped[str] = mapped_column(Text, default="")
    invited: Mapped[Any] = mapped_column(Json, default=list)
    invited_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)
    changed_by: Mapped[str] = mapped_column(String(20))
    changed_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)
