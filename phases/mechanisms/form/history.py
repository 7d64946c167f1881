"""What was answered before, and the answers as a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from phases.mechanisms.exchange import Table
from phases.mechanisms.form.queries import FormView
from phases.mechanisms.form.values import shown
from phases.mechanisms.history.queries import changes_of
from phases.mechanisms.situation import Situation
from playbook.models import Question

COLUMNS = ("Question", "Title", "Section", "Answer", "Answered by", "Answered at", "Missing")


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


def table(view: FormView) -> Table:
    """Head and every question that is asked, with its answer in words."""
    body = [
        [
            answer.key, answer.title, answer.section_title, answer.shown or None,
            answer.answered_by or None,
            answer.answered_at.isoformat(timespec="minutes") if answer.answered_at else None,
            answer.missing or None,
        ]
        for answer in view.answers
    ]  # fmt: skip
    return [list(COLUMNS), *body]
