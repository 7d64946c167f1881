"""Exports of a CRM, how each is read, and what was taken over from their audits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from phases.core.clock import now
from phases.core.db import Base, Instant, Json


class CrmExport(Base):
    """An export as it was uploaded; what its runs say is kept with them.

    ``files`` are ids of stored files by what they are: export, prices, accounts, teams. ``sha256``
    is of the export alone, ``all_sha256`` of all of them, ``titles_sha256`` of its column titles.
    ``mapping`` is how people said it is read, from ``mapped_at`` on; ``summary`` a few figures of
    the last audit.
    """

    __tablename__ = "crm_export"
    __table_args__ = (
        Index("ix_crm_export_engagement_id_all_sha256", "engagement_id", "all_sha256"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    name: Mapped[str] = mapped_column(String(200))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    all_sha256: Mapped[str] = mapped_column(String(64))
    titles_sha256: Mapped[str] = mapped_column(String(64), default="", index=True)
    files: Mapped[Any] = mapped_column(Json)
    mapping: Mapped[Any] = mapped_column(Json, default=dict)
    mapped_by: Mapped[str] = mapped_column(String(20), default="")
    mapped_at: Mapped[datetime | None] = mapped_column(Instant)
    summary: Mapped[Any] = mapped_column(Json, default=dict)
    uploaded_by: Mapped[str] = mapped_column(String(20))
    uploaded_at: Mapped[datetime] = mapped_column(Instant, default=now)
    version: Mapped[int] = mapped_column(default=1)


class CrmTaken(Base):
    """A suggestion that was taken over, by its name, so that it is taken over once.

    ``into`` is ``inputs/<key>`` or ``<register>/<row>``; ``said`` what it said then.
    """

    __tablename__ = "crm_taken"
    __table_args__ = (UniqueConstraint("engagement_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    export_id: Mapped[int] = mapped_column(ForeignKey("crm_export.id"))
    name: Mapped[str] = mapped_column(String(120))
    into: Mapped[str] = mapped_column(String(260))
    said: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)
