"""Who was asked for what, what was written to them about it, and what shall not be chased.

Without a row, an item is asked of whoever plays its role.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from phases.core.clock import now
from phases.core.db import Base, Instant, Json


class Ask(Base):
    """A person was asked for one item: a step or a section of a form, by its key.

    ``by`` is who asked or handed it over; empty when the person had it by role and sent it back.
    ``waits`` until the architect agrees. ``how`` it ended: returned, taken_back, replaced,
    declined. ``note`` are the words it went with, ``said`` those it came back with.
    """

    __tablename__ = "ask"
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"), index=True)
    item: Mapped[str] = mapped_column(String(120))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    by: Mapped[str] = mapped_column(String(20), default="")
    at: Mapped[datetime] = mapped_column(Instant, default=now)
    note: Mapped[str] = mapped_column(String(300), default="")
    waits: Mapped[bool] = mapped_column(default=False)
    allowed_by: Mapped[str] = mapped_column(String(20), default="")
    allowed_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by: Mapped[str] = mapped_column(String(20), default="")
    how: Mapped[str] = mapped_column(String(12), default="")
    said: Mapped[str] = mapped_column(String(300), default="")


def holds(ask: Ask) -> bool:
    """Whether the item is with the person now; pages read rows without methods."""
    return ask.ended_at is None and not ask.waits


def known_since(ask: Ask) -> datetime:
    """When the person could first know of it."""
    return ask.allowed_at or ask.at


class FollowUp(Base):
    """One mail to one person on one day: about ``items`` of their own, and, to the one who is told
    when two were not enough, about others': ``told`` are pairs of an item and a person's ref.
    """

    __tablename__ = "follow_up"
    __table_args__ = (UniqueConstraint("engagement_id", "person", "day"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    person: Mapped[str] = mapped_column(String(20))
    day: Mapped[date]
    items: Mapped[Any] = mapped_column(Json, default=list)
    told: Mapped[Any] = mapped_column(Json, default=list)
    by: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(Instant, default=now)
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitation.id"))


class ChaseStop(Base):
    """Nobody is written to about ``item``, and nothing is written to ``person``, until it ends."""

    __tablename__ = "chase_stop"
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"), index=True)
    item: Mapped[str] = mapped_column(String(120), default="")
    person: Mapped[str] = mapped_column(String(20), default="")
    by: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(Instant, default=now)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by: Mapped[str] = mapped_column(String(20), default="")
