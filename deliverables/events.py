"""What happened to documents."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DocumentIssued:
    """``sha256`` is that of the frozen context."""

    subject: str
    number: int
    sha256: str


@dataclass(frozen=True)
class DocumentFileAdded:
    subject: str
    file: int


@dataclass(frozen=True)
class DocumentFileRemoved:
    subject: str
    file: int
