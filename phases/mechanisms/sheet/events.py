"""What happened to sheets. ``subject`` is the sheet's key, or the statement's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class StatementReworded:
    subject: str
    sheet: str
    version: int


@dataclass(frozen=True)
class SheetSigned:
    """One batch of decisions. ``hashes`` are those of the contents decided on, by statement."""

    subject: str
    role: str
    approved: tuple[str, ...]
    rejected: tuple[str, ...]
    hashes: dict[str, str]
    proof: str
