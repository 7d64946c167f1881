"""What a change put in place of what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from phases.core.clock import now
from phases.core.db import Base, Instant, Json


class Change(Base):
    """``changes`` maps each name that changed to what was there before and after, as stored.

    ``subject`` is that of the audit event which tells of the same change, ``number`` the version
    that it made.
    """

    __tablename__ = "record_change"
    __table_args__ = (Index("ix_record_change_engagement_id_subject", "engagement_id", "subject"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    subject: Mapped[str] = mapped_column(String(250))
    number: Mapped[int]
    actor: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(Instant, default=now)
    changes: Mapped[Any] = mapped_column(Json)
