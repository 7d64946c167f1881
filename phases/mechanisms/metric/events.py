"""What happened to readings. ``subject`` is the metric's key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class ReadingTaken:
    """``state`` is what the reading was judged: met, watch, red or none."""

    subject: str
    period: date
    state: str


@dataclass(frozen=True)
class ReadingChanged:
    subject: str
    period: date
    state: str
