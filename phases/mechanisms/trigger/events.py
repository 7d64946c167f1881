"""What happened to triggers. ``subject`` is the trigger's key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class TriggerTripped:
    """Somebody said that it happened on the day ``on``."""

    subject: str
    on: date


@dataclass(frozen=True)
class TriggerAnswered:
    subject: str
    on: date
