"""What became of due tasks. ``subject`` is the task's key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class OccurrenceRecorded:
    """``result`` is ok, red_flag or skipped."""

    subject: str
    due: date
    result: str


@dataclass(frozen=True)
class OccurrenceChanged:
    subject: str
    due: date
    result_before: str
    result: str


@dataclass(frozen=True)
class ResultsImported:
    """``subject`` is the schedule's key; each result has an event of its own."""

    subject: str
    recorded: int
