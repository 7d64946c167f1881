"""Recording what became of a due task."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta
from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core import audit
from phases.core.errors import BadValue, Missing, check_version
from phases.mechanisms.history.services import note as keep
from phases.mechanisms.register.values import is_link
from phases.mechanisms.schedule import events
from phases.mechanisms.schedule.models import OccurrenceRecord
from phases.mechanisms.schedule.queries import dates_of, schedule_of
from phases.mechanisms.situation import Situation
from playbook.models import Task

RESULTS = {"ok": "All well", "red_flag": "Red flag", "skipped": "Skipped"}
LONGEST = 5000


@dataclass(frozen=True)
class Recording:
    """A result found right and not yet written; ``row`` is what was recorded before."""

    task: str
    due: date
    result: str
    note: str
    evidence: str
    row: OccurrenceRecord | None

    @property
    def said(self) -> dict[str, str]:
        return {"result": self.result, "note": self.note, "evidence": self.evidence}

    @property
    def before(self) -> dict[str, str]:
        """The same as it stood; empty where nothing was recorded."""
        return {name: getattr(self.row, name) for name in self.said} if self.row else {}


def record_occurrence(
    session: Session, s: Situation, actor: str, schedule_key: str, task_key: str, due: date,
    result: str, note: str = "", evidence: str = "", version: int | None = None,
) -> OccurrenceRecord:  # fmt: skip
    """Record the result of the task's instance due on *due*: ok, red_flag or skipped.

    The next instance may be done early, later ones not.

    Raises:
        BadValue: the task is not due that day, or a red flag or a skip has no note.
        Conflict: somebody recorded it after *version*.
    """
    row = recorded(session, s, [task_key]).get((task_key, due))
    asked = Recording(task_key, due, result, note.strip(), evidence.strip(), row)
    check(s, schedule_key, asked)
    _check_version(row, version, result, asked.note)
    return write(session, s, actor, asked)


def recorded(
    session: Session, s: Situation, tasks: Iterable[str]
) -> dict[tuple[str, date], OccurrenceRecord]:
    """What was recorded of *tasks*, by task and due date."""
    query = select(OccurrenceRecord).where(
        OccurrenceRecord.engagement_id == s.engagement.id, OccurrenceRecord.task.in_(list(tasks))
    )
    return {(row.task, row.due): row for row in session.scalars(query)}


def check(s: Situation, schedule_key: str, asked: Recording) -> None:
    """Refuse what cannot be recorded.

    Raises:
        BadValue: the task is not due that day, or a red flag or a skip has no note.
        Missing: there is no such task here.
    """
    schedule = schedule_of(s, schedule_key)
    task = schedule.tasks.get(asked.task)
    if task is None or not s.applies(schedule) or not s.applies(task):
        raise Missing
    if asked.row is None:
        _check_date(s, task, asked.due)
    _check(asked.result, asked.note, asked.evidence)


def write(session: Session, s: Situation, actor: str, asked: Recording) -> OccurrenceRecord:
    """Write what has been found right, and say so in the history."""
    before = asked.before
    row = asked.row or OccurrenceRecord(
        engagement_id=s.engagement.id, task=asked.task, due=asked.due, version=0
    )
    row.result, row.note, row.evidence = asked.result, asked.note, asked.evidence
    row.changed_by = actor
    row.version += 1
    session.add(row)
    session.flush()
    s.records.forget("occurrences")
    event = (
        events.OccurrenceChanged(asked.task, asked.due, before["result"], asked.result)
        if before
        else events.OccurrenceRecorded(asked.task, asked.due, asked.result)
    )
    audit.record(session, s.engagement, actor, event)
    pairs = {name: (before.get(name), value) for name, value in asked.said.items()}
    changed = {name: pair for name, pair in pairs.items() if (pair[0] or "") != pair[1]}
    keep(session, s.engagement, actor, subject_of(asked.task, asked.due), row.version, changed)
    return row


def subject_of(task: str, due: date) -> str:
    """How the history names an instance."""
    return f"{task}:{due.isoformat()}"


def _check_date(s: Situation, task: Task, due: date) -> None:
    """Refuse a day the task is not due, and all that lie after its next one."""
    soon, last = s.today + relativedelta(years=2), s.today + relativedelta(years=10)
    dates = dates_of(s, task, min(max(due, soon), last))
    if due not in dates:
        raise BadValue("due", f"“{task.title}” is not due on {due.day} {due:%b %Y}.")
    ahead = [day for day in dates if day > s.today]
    if ahead and due > ahead[0]:
        raise BadValue(
            "due",
            f"“{task.title}” is due on {ahead[0].day} {ahead[0]:%b %Y} first; record that one.",
        )


def _check(result: str, note: str, evidence: str) -> None:
    if result not in RESULTS:
        raise BadValue("result", "Choose what came of it: all well, red flag, or skipped.")
    if result == "red_flag" and not note:
        raise BadValue("note", "Say what the red flag is and what is done about it.")
    if result == "skipped" and not note:
        raise BadValue("note", "Say why it is skipped.")
    if max(len(note), len(evidence)) > LONGEST:
        raise BadValue("note", f"Notes and links have at most {LONGEST} characters.")
    if evidence and not is_link(evidence):
        raise BadValue("evidence", "The link begins with https://.")


def _check_version(
    row: OccurrenceRecord | None, version: int | None, result: str, note: str
) -> None:
    theirs = {} if row is None else {"Result": RESULTS[row.result], "Note": row.note}
    check_version(
        0 if row is None else row.version, version,
        kept={"Result": RESULTS[result], "Note": note}, theirs=theirs,
    )  # fmt: skip
