"""What happened to a section of a text. ``subject`` is its key; words are never in an event."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PassageEdited:
    subject: str
    version: int


@dataclass(frozen=True)
class PassageRedrafted:
    """What changed in the draft was taken over beside what had been edited."""

    subject: str
    version: int


@dataclass(frozen=True)
class PassageReverted:
    """The draft stands again."""

    subject: str
    version: int


@dataclass(frozen=True)
class PassageRead:
    """``sha256`` is that of the words accepted as read."""

    subject: str
    sha256: str
