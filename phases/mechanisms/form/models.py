"""Answers, one row a question, and whether the form has been sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from phases.core.clock import now
from phases.core.db import Base, Instant, Json


class Answer(Base):
    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("engagement_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    key: Mapped[str] = mapped_column(String(120))
    value: Mapped[Any] = mapped_column(Json)
    version: Mapped[int] = mapped_column(default=1)
    answered_by: Mapped[str] = mapped_column(String(20))
    answered_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)


class FormRecord(Base):
    """Sent when ``submitted_at`` is set; reopening clears it and keeps the answers."""

    __tablename__ = "form"
    __table_args__ = (UniqueConstraint("engagement_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    key: Mapped[str] = mapped_column(String(120))
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)
    submitted_by: Mapped[str] = mapped_column(String(20), default="")
    reopened_at: Mapped[datetime | None] = mapped_column(Instant)
    reopened_by: Mapped[str] = mapped_column(String(20), default="")
    reopened_why: Mapped[str] = mapped_column(String(500), default="")
    version: Mapped[int] = mapped_column(default=1)
