"""What was answered before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from phases.mechanisms.form.values import shown
from phases.mechanisms.history.queries import changes_of
from phases.mechanisms.situation import Situation
from playbook.models import Question


@dataclass(frozen=True)
class Answered:
    """One change of an answer, in words."""

    at: datetime
    who: str
    before: str
    after: str


def history_of(session: Session, s: Situation, question: Question) -> list[Answered]:
    """How the answer to *question* changed, newest first."""
    found = []
    for change in changes_of(session, s.engagement, question.key):
        before, after = change.changes.get("value", [None, None])
        who = s.people.name(change.actor)
        found.append(Answered(change.at, who, shown(question, before), shown(question, after)))
    return found
