"""What happened to readings. ``subject`` is the metric's key, ``of`` what the reading is of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class ReadingTaken:
    """``state`` is what the reading was judged: met, watch, red or none."""

    subject: str
    period: date
    state: str
    of: str = ""


@dataclass(frozen=True)
class ReadingChanged:
    subject: str
    period: date
    state: str
    of: str = ""


@dataclass(frozen=True)
class ReadingsImported:
    """``subject`` is the engagement's slug; each reading has an event of its own beside it."""

    subject: str
    taken: int
    changed: int
