"""What was said of a step before: each change with what stood there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from phases.core.template import day
from phases.mechanisms.checklist.queries import LABELS
from phases.mechanisms.history.queries import changes_of
from phases.mechanisms.situation import Situation

TITLES = {
    "state": "State", "owner": "Owner", "due": "Due", "note": "Note", "evidence": "Evidence",
}  # fmt: skip


@dataclass(frozen=True)
class Happened:
    """One change: who, when, and for each thing its title and the words before and after."""

    at: datetime
    who: str
    differences: tuple[tuple[str, str, str], ...]


def history_of(session: Session, s: Situation, key: str) -> list[Happened]:
    """What was changed of the step *key*, newest first."""
    return [
        Happened(
            change.at, s.people.name(change.actor),
            tuple(
                (TITLES.get(name, name), _words(s, name, before), _words(s, name, after))
                for name, (before, after) in sorted(change.changes.items())
            ),
        )
        for change in changes_of(session, s.engagement, key)
    ]  # fmt: skip


def _words(s: Situation, name: str, value: Any) -> str:
    if value in (None, ""):
        return "nothing"
    if name == "state":
        return LABELS.get(value, value)
    if name == "owner":
        return s.people.name(value)
    return day(date.fromisoformat(value)) if name == "due" else str(value)
