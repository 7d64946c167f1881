"""A schedule's instances as a table: out with all that is known, in with their results."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from phases.core import audit
from phases.core.errors import BadValue
from phases.mechanisms.exchange import Line, Table, day_of, lines_of, planned, whole_of
from phases.mechanisms.schedule import events
from phases.mechanisms.schedule.queries import ScheduleView, TaskView
from phases.mechanisms.schedule.services import RESULTS, Recording, check, recorded, write
from phases.mechanisms.situation import Situation

COLUMNS = {
    "task": "Task", "due": "Due", "state": "State", "late": "Late", "note": "Note",
    "evidence": "Evidence", "who": "Recorded by", "at": "Recorded at", "version": "Version",
}  # fmt: skip
LABELS = {label.casefold(): slug for slug, label in RESULTS.items()} | {
    "done": "ok", "ok": "ok", "red_flag": "red_flag",
}  # fmt: skip
"""How a result may be written."""
OPEN = ("", "due today", "overdue", "upcoming", "missed")
"""States of an instance of which nothing is said."""


def table(view: ScheduleView) -> Table:
    """Head and every instance that was due or recorded, or comes within the year, by date."""
    every = sorted((one for task in view.tasks for one in task.occurrences), key=lambda o: o.due)
    body = [
        [
            one.title, one.due, one.label, one.late_words or None, one.note or None,
            one.evidence or None, one.who or None,
            one.at.isoformat(timespec="minutes") if one.at else None, one.version,
        ]
        for one in every
    ]  # fmt: skip
    return [list(COLUMNS.values()), *body]


def record_results(
    session: Session, s: Situation, actor: str, view: ScheduleView, rows: Sequence[Sequence[str]]
) -> int:
    """Record the results that a table with a head gives; how many were new or other than before.

    Instances without a result are passed over, so that an export may be filled in and sent back.

    Raises:
        ImportRefused: anything at all is wrong; nothing was recorded.
    """
    kept = recorded(session, s, [task.key for task in view.tasks])
    seen: dict[tuple[str, str], int] = {}

    def plan(line: Line) -> Recording | None:
        result = _result(line.get("state"))
        task, due = _task(view, line.get("task")), day_of("due", line.get("due"))
        if due is None:
            raise BadValue("due", "enter the day on which it is due, as 2026-11-20.")
        at = (task.key, due.isoformat())
        if at in seen:
            raise BadValue("due", f"“{task.title}” of that day stands in line {seen[at]} already.")
        seen[at] = line.number
        if not result:
            return None
        row = kept.get((task.key, due))
        asked = Recording(task.key, due, result, line.get("note"), line.get("evidence"), row)
        if asked.before == asked.said:
            return None
        check(s, view.key, asked)
        _check_version(asked, whole_of("version", line.get("version")))
        return asked

    plans = planned(COLUMNS, lines_of(COLUMNS, rows), plan)
    for one in plans:
        write(session, s, actor, one)
    audit.record(session, s.engagement, actor, events.ResultsImported(view.key, len(plans)))
    return len(plans)


def _result(text: str) -> str:
    if text.casefold() in OPEN:
        return ""
    if text.casefold() not in LABELS:
        raise BadValue("state", f"“{text}” is none of {', '.join(RESULTS.values())}.")
    return LABELS[text.casefold()]


def _task(view: ScheduleView, name: str) -> TaskView:
    for task in view.tasks:
        if name.casefold() in (task.key.casefold(), task.title.casefold()):
            return task
    raise BadValue("task", f"no task of this schedule is called “{name}”.")


def _check_version(asked: Recording, version: int | None) -> None:
    if asked.row is not None and version != asked.row.version:
        raise BadValue("version", "it was recorded already; export the schedule and change that.")
