"""Wordings that differ from the playbook's, and sign-offs, which are only ever added."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from phases.core.clock import now
from phases.core.db import Base, Instant


class Wording(Base):
    """This engagement's words for a statement."""

    __tablename__ = "wording"
    __table_args__ = (UniqueConstraint("engagement_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    key: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    changed_by: Mapped[str] = mapped_column(String(20))
    changed_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)


class SignOff(Base):
    """A person's yes or no to exactly ``content`` (canonical JSON of what was shown).

    Its hash says whether that still stands; the content itself is loaded where it is asked for.
    """

    __tablename__ = "sign_off"
    __table_args__ = (Index("ix_sign_off_last", "engagement_id", "sheet", "statement", "role"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    sheet: Mapped[str] = mapped_column(String(120))
    statement: Mapped[str] = mapped_column(String(160))
    role: Mapped[str] = mapped_column(String(40))
    approved: Mapped[bool]
    comment: Mapped[str] = mapped_column(Text, default="")
    content: Mapped[str] = mapped_column(Text, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))
    signer: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254))
    address: Mapped[str] = mapped_column(String(64), default="")
    proof: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(Instant, default=now)
