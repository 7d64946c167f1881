"""The steps of a checklist as a table: out with all that is known, in with what was said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from phases.core import audit
from phases.core.errors import BadValue
from phases.mechanisms.checklist import events
from phases.mechanisms.checklist.queries import LABELS, StepView, live_steps
from phases.mechanisms.checklist.services import Change, planned, write
from phases.mechanisms.exchange import Line, Table, day_of, lines_of, whole_of
from phases.mechanisms.exchange import planned as every_line
from phases.mechanisms.situation import Situation
from playbook.models import Checklist

COLUMNS = {
    "step": "Step", "title": "Title", "role": "Role", "priority": "Priority", "effort": "Effort",
    "state": "State", "owner": "Owner", "due": "Due", "note": "Note", "evidence": "Evidence",
    "version": "Version",
}  # fmt: skip
SAID = ("state", "owner", "due", "note", "evidence")
"""The columns that an import reads; the others come from the playbook."""


def table(views: Sequence[StepView]) -> Table:
    """Head and steps."""
    body = [
        [
            view.key, view.title, view.role_title, view.priority or None, view.effort or None,
            view.label, view.owner_name or None, view.due, view.note or None,
            view.evidence or None, view.version,
        ]
        for view in views
    ]  # fmt: skip
    return [list(COLUMNS.values()), *body]


def say_steps(
    session: Session, s: Situation, actor: str, checklist: Checklist, rows: Sequence[Sequence[str]]
) -> int:
    """Say what a table with a head says of steps; how many changed. Columns left out stay.

    Raises:
        ImportRefused: anything at all is wrong; nothing was said.
    """
    views = {view.key: view for view in live_steps(s, checklist)}
    seen: dict[str, int] = {}

    def plan(line: Line) -> Change:
        view = _step(views, line)
        if view.key in seen:
            raise BadValue("step", f"“{view.title}” stands in line {seen[view.key]} already.")
        seen[view.key] = line.number
        wanted = _wanted(s, view, line)
        version = whole_of("version", line.get("version"))
        return planned(s, actor, view.key, wanted, version)

    plans = every_line(COLUMNS, lines_of(COLUMNS, rows), plan)
    changed = [one for one in plans if one.changed]
    for one in changed:
        write(session, s, actor, one)
    audit.record(session, s.engagement, actor, events.StepsImported(checklist.key, len(changed)))
    return len(changed)


def _step(views: dict[str, StepView], line: Line) -> StepView:
    name = line.get("step") or line.get("title")
    for view in views.values():
        if name and name.casefold() in (view.key.casefold(), view.title.casefold()):
            return view
    raise BadValue("step", f"no step of this list is called “{name}”.")


def _wanted(s: Situation, view: StepView, line: Line) -> dict[str, Any]:
    """What the line says differently; a due date of the playbook's own rule is not one's own."""
    known = {"state": view.state, "owner": view.owner, "due": view.due}
    said = {n: READ.get(n, _text)(s, line.get(n)) for n in SAID if n in line.cells}
    return {name: value for name, value in said.items() if known.get(name, ...) != value}


def _text(_s: Situation, text: str) -> str:
    return text


def _state(_s: Situation, text: str) -> str:
    for slug, label in LABELS.items():
        if text.casefold() in (slug, label.casefold()):
            return slug
    raise BadValue("state", f"“{text}” is none of {', '.join(LABELS.values())}.")


def _owner(s: Situation, text: str) -> str:
    """A person's ref, given as the ref or the name."""
    if not text or text in s.people.names:
        return text
    for ref, name in s.people.names.items():
        if name.casefold() == text.casefold():
            return ref
    raise BadValue("owner", f"nobody on this engagement is called “{text}”.")


READ: dict[str, Any] = {
    "state": _state, "owner": _owner, "due": lambda _s, text: day_of("due", text),
}  # fmt: skip
