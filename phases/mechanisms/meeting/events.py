"""What happened to a meeting. ``subject`` is its key, ``number`` which one of its kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class MeetingPlanned:
    subject: str
    number: int
    at: datetime


@dataclass(frozen=True)
class MeetingInvited:
    """``people`` are the refs of those who get the mail."""

    subject: str
    number: int
    people: tuple[str, ...]


@dataclass(frozen=True)
class MeetingStarted:
    subject: str
    number: int


@dataclass(frozen=True)
class MeetingNoted:
    """``about`` are the keys of the lines that were written to."""

    subject: str
    number: int
    about: tuple[str, ...]


@dataclass(frozen=True)
class MeetingEnded:
    """``attendees`` are refs; ``others`` counts those who are no contacts."""

    subject: str
    number: int
    attendees: tuple[str, ...]
    others: int


@dataclass(frozen=True)
class MeetingReopened:
    subject: str
    number: int


@dataclass(frozen=True)
class MeetingDropped:
    subject: str
    number: int


@dataclass(frozen=True)
class MeetingRestored:
    subject: str
    number: int
