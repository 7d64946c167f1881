"""Sections of texts as people have edited and accepted them, with every earlier wording."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from phases.core.clock import now
from phases.core.db import Base, Instant


class PassageRecord(Base):
    """``text`` is the Markdown that stands instead of the draft (None: the draft itself stands).

    ``base`` is the draft that ``text`` was last brought in line with. ``read`` is what somebody
    accepted as read (None: nobody has), ``read_draft`` the draft of that moment.
    """

    __tablename__ = "passage"
    __table_args__ = (UniqueConstraint("engagement_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    key: Mapped[str] = mapped_column(String(120))
    text: Mapped[str | None] = mapped_column(Text)
    base: Mapped[str] = mapped_column(Text, default="")
    read: Mapped[str | None] = mapped_column(Text)
    read_draft: Mapped[str] = mapped_column(Text, default="")
    read_by: Mapped[str] = mapped_column(String(20), default="")
    read_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)
    changed_by: Mapped[str] = mapped_column(String(20))
    changed_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)


class PassageVersion(Base):
    """What a section read at one version (None: its draft); rows are only ever added."""

    __tablename__ = "passage_version"
    __table_args__ = (UniqueConstraint("engagement_id", "key", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    key: Mapped[str] = mapped_column(String(120))
    version: Mapped[int]
    text: Mapped[str | None] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(Instant, default=now)
