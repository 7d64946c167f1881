"""What has been said in a matrix, one row a cell.

A weight names a requirement only, a score a requirement and an option, the decision neither. The
decision's ``basis`` is the SHA-256 of the weights and scores it was taken on; ``note`` its reason;
``dissent`` who holds another view of it and why. A deferral names an option only: ``number`` is 1
while it is deferred, ``note`` says why. The ``link`` behind a score is an address, or ``file/`` and
the id of an upload of this engagement.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from phases.core.clock import now
from phases.core.db import Base, Instant, Json


class Cell(Base):
    __tablename__ = "matrix_cell"
    __table_args__ = (UniqueConstraint("engagement_id", "matrix", "requirement", "option"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    matrix: Mapped[str] = mapped_column(String(120))
    requirement: Mapped[str] = mapped_column(String(120), default="")
    option: Mapped[str] = mapped_column(String(120), default="")
    number: Mapped[int | None]
    note: Mapped[str] = mapped_column(Text, default="")
    link: Mapped[str] = mapped_column(Text, default="")
    chosen: Mapped[Any] = mapped_column(Json, default=list)
    dissent: Mapped[Any] = mapped_column(Json, default=list)
    basis: Mapped[str] = mapped_column(String(64), default="")
    version: Mapped[int] = mapped_column(default=1)
    changed_by: Mapped[str] = mapped_column(String(20))
    changed_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)
