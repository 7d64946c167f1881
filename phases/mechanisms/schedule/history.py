"""What was recorded of a due instance before: each change with what stood there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from phases.mechanisms.history.queries import changes_of
from phases.mechanisms.schedule.services import RESULTS, subject_of
from phases.mechanisms.situation import Situation

TITLES = {"result": "Result", "note": "Note", "evidence": "Evidence"}


@dataclass(frozen=True)
class Happened:
    """One change: who, when, and for each thing its title and the words before and after."""

    at: datetime
    who: str
    differences: tuple[tuple[str, str, str], ...]


def history_of(session: Session, s: Situation, task: str, due: date) -> list[Happened]:
    """What was recorded of the instance of *task* due on *due*, newest first."""
    return [
        Happened(
            change.at, s.people.name(change.actor),
            tuple(
                (TITLES[name], _words(before), _words(after))
                for name, (before, after) in change.changes.items()
            ),
        )
        for change in changes_of(session, s.engagement, subject_of(task, due))
    ]  # fmt: skip


def _words(value: str | None) -> str:
    return RESULTS.get(value or "", value or "nothing")
