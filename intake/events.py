"""What customers did beyond answering and signing. ``subject`` is the question's key."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FileAdded:
    subject: str
    file: int


@dataclass(frozen=True)
class FileRemoved:
    subject: str
    file: int
