"""How the invoices of an engagement's customer look."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from phases.core.clock import now
from phases.core.db import Base, Instant, Json


class InvoiceTemplate(Base):
    """``settings`` are those of ``design.Design`` that somebody has set; ``logo_id`` is a file."""

    __tablename__ = "invoice_template"
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"), primary_key=True)
    settings: Mapped[Any] = mapped_column(Json)
    logo_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    version: Mapped[int] = mapped_column(default=1)
    changed_by: Mapped[str] = mapped_column(String(20))
    changed_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)
