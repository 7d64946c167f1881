"""What was recorded of a due instance before: each change with what stood there."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from phases.mechanisms.history.queries import Happened, changes_of
from phases.mechanisms.schedule.services import RESULTS, subject_of
from phases.mechanisms.situation import Situation

TITLES = {"result": "Result", "note": "Note", "evidence": "Evidence"}


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
    return RESULTS.get(value or "", value or "")
