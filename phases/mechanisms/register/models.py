"""Rows of every register, in one table: common columns, and values checked against content."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from phases.core.clock import now
from phases.core.db import Base, Instant, Json
from phases.core.models import ASSUMED


class Row(Base):
    """``seed`` names the content's row this one came from; a removed row keeps its history."""

    __tablename__ = "register_row"
    __table_args__ = (
        UniqueConstraint("engagement_id", "register", "seed"),
        Index("ix_register_row_engagement_id_register", "engagement_id", "register"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    register: Mapped[str] = mapped_column(String(120))
    seed: Mapped[str | None] = mapped_column(String(120))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(String(40))
    owner: Mapped[str] = mapped_column(String(20), default="")
    due: Mapped[date | None]
    values: Mapped[Any] = mapped_column(Json)
    standing: Mapped[str] = mapped_column(String(10), default=ASSUMED)
    standing_by: Mapped[str] = mapped_column(String(20), default="")
    standing_at: Mapped[datetime | None] = mapped_column(Instant)
    standing_in: Mapped[str] = mapped_column(String(120), default="")
    version: Mapped[int] = mapped_column(default=1)
    changed_by: Mapped[str] = mapped_column(String(20))
    changed_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)
    removed_at: Mapped[datetime | None] = mapped_column(Instant)
