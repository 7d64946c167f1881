"""Recording what became of a due task."""

from __future__ import annotations

from datetime import date

from dateutil.relativedelta import relativedelta
from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core import audit
from phases.core.errors import BadValue, Missing, check_version
from phases.mechanisms.register.values import is_link
from phases.mechanisms.schedule import events
from phases.mechanisms.schedule.models import OccurrenceRecord
from phases.mechanisms.schedule.queries import dates_of, schedule_of
from phases.mechanisms.situation import Situation
from playbook.models import Task

RESULTS = {"ok": "All well", "red_flag": "Red flag", "skipped": "Skipped"}
LONGEST = 5000


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
    schedule = schedule_of(s, schedule_key)
    task = schedule.tasks.get(task_key)
    if task is None or not s.applies(schedule) or not s.applies(task):
        raise Missing
    row = session.scalar(
        select(OccurrenceRecord).where(
            OccurrenceRecord.engagement_id == s.engagement.id,
            OccurrenceRecord.task == task_key,
            OccurrenceRecord.due == due,
        )
    )
    if row is None:
        _check_date(s, task, due)
    note, evidence = note.strip(), evidence.strip()
    _check(result, note, evidence)
    _check_version(row, version, result, note)
    before = row.result if row else ""
    if row is None:
        row = OccurrenceRecord(engagement_id=s.engagement.id, task=task_key, due=due, version=0)
        session.add(row)
    row.result, row.note, row.evidence, row.changed_by = result, note, evidence, actor
    row.version += 1
    session.flush()
    s.records.forget("occurrences")
    event = (
        events.OccurrenceChanged(task_key, due, before, result)
        if before
        else events.OccurrenceRecorded(task_key, due, result)
    )
    audit.record(session, s.engagement, actor, event)
    return row


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
