"""Contracts, the frozen versions of their terms, and an engagement's billing conventions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from phases.core.clock import now
from phases.core.db import Base, Instant, Json
from phases.core.models import ASSUMED


class ContractRecord(Base):
    """A contract as it is found and counted; what was agreed stands in its newest version.

    ``version`` is the number of that version. ``flags`` counts what is billed as it stands but
    ought to be looked at. ``ends_on`` is as the terms write it, empty for an open end.
    """

    __tablename__ = "contract"
    __table_args__ = (
        UniqueConstraint("engagement_id", "number"),
        Index("ix_contract_counted", "engagement_id", "removed_at", "standing", "currency",
              "flags"),
        Index("ix_contract_by_number", "engagement_id", "removed_at", "number"),
        Index("ix_contract_by_customer", "engagement_id", "removed_at", "customer"),
        Index("ix_contract_by_end", "engagement_id", "removed_at", "ends_on"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    number: Mapped[str] = mapped_column(String(80))
    customer: Mapped[str] = mapped_column(String(200), default="")
    currency: Mapped[str] = mapped_column(String(3))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    flags: Mapped[int] = mapped_column(default=0)
    standing: Mapped[str] = mapped_column(String(10), default=ASSUMED)
    standing_by: Mapped[str] = mapped_column(String(20), default="")
    standing_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)
    changed_by: Mapped[str] = mapped_column(String(20))
    changed_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)
    removed_at: Mapped[datetime | None] = mapped_column(Instant)


class ContractVersion(Base):
    """The payload that billing is given: terms as the published schema has them, never changed.

    Amounts are text, so that no digit is lost. ``sha256`` is of their canonical JSON.
    """

    __tablename__ = "contract_version"
    __table_args__ = (UniqueConstraint("contract_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"), index=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    number: Mapped[int]
    terms: Mapped[Any] = mapped_column(Json)
    sha256: Mapped[str] = mapped_column(String(64))
    why: Mapped[str] = mapped_column(Text, default="")
    by: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(Instant, default=now)


class ContractImport(Base):
    """A file of contracts, how it is read, and what became of every row of it.

    ``state`` is looking, mapping, reading, done or dropped. ``found`` is what was recognised,
    ``account`` how many rows came to what, ``faults`` the first that were refused, and why.
    """

    __tablename__ = "contract_import"
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    mapping: Mapped[Any] = mapped_column(Json)
    found: Mapped[Any] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(10), default="mapping")
    account: Mapped[Any] = mapped_column(Json, default=dict)
    faults: Mapped[Any] = mapped_column(Json, default=list)
    run_id: Mapped[int | None]
    created_by: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    version: Mapped[int] = mapped_column(default=1)


class ConventionRecord(Base):
    """The billing conventions of an engagement that differ from the defaults, by name."""

    __tablename__ = "billing_conventions"
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"), primary_key=True)
    choices: Mapped[Any] = mapped_column(Json)
    version: Mapped[int] = mapped_column(default=1)
    changed_by: Mapped[str] = mapped_column(String(20))
    changed_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)
