"""Importing rows: all or nothing, every problem named by line and column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from phases.core import audit
from phases.core.errors import BadValue
from phases.mechanisms.register import events
from phases.mechanisms.register.errors import FixedRegister, ImportRefused
from phases.mechanisms.register.queries import RowView, first_state, register_of, row_views
from phases.mechanisms.register.services import (
    check_step,
    check_values,
    checked_due,
    checked_owner,
    checked_title,
    insert,
    next_position,
    refuse_if_fixed,
    update,
)
from phases.mechanisms.register.tables import Line, lines_of, plain_text, problem_of
from phases.mechanisms.register.values import lower, title_column
from phases.mechanisms.situation import Situation
from playbook.models import Register


@dataclass(frozen=True)
class Imported:
    """How many rows an import added and changed."""

    added: int
    changed: int


def import_rows(
    session: Session, s: Situation, actor: str, register_key: str, rows: Sequence[Sequence[str]]
) -> Imported:
    """Import a table with a head: a line with a ref changes that row, any other adds one.

    In a register whose rows the playbook sets, a line without a ref is matched by its title.

    Raises:
        ImportRefused: anything at all is wrong; nothing was imported.
    """
    register = register_of(s, register_key)
    lines = [_plain(line) for line in lines_of(register, rows)]
    plan = _plan(s, register, lines)
    position = next_position(session, s, register)
    added = changed = 0
    for line, view in plan:
        cells = _cells(s, register, line)
        if view is None:
            insert(session, s, actor, register, position + added, **_all(register, cells))
            added += 1
        else:
            row = update(session, s, actor, register, view, **cells)
            changed += (row.version or 0) > view.version
    event = events.RowsImported(register.key, added, changed)
    audit.record(session, s.engagement, actor, event)
    s.records.forget("_all_rows", "rows", "removed_seeds")
    return Imported(added, changed)


def _plain(line: Line) -> Line:
    return Line(line.number, {name: plain_text(cell) for name, cell in line.cells.items()})


def _plan(s: Situation, register: Register, lines: list[Line]) -> list[tuple[Line, RowView | None]]:
    """Each line with the row it changes, once everything has been found right."""
    views = row_views(s, register)
    by_ref = {ref: view for view in views for ref in (view.ref, view.seed) if ref}
    by_title = {view.title.casefold(): view for view in views} if register.fixed else {}
    plan: list[tuple[Line, RowView | None]] = []
    problems: list[str] = []
    seen: set[str] = set()
    for line in lines:
        found = [
            problem_of(line, e, register) for e in _problems(s, register, line, by_ref, by_title)
        ]
        view = _row(register, line, by_ref, by_title)
        if view is not None and view.ref in seen:
            found.append(f"Line {line.number}: “{view.title}” stands twice.")
        seen |= {view.ref} if view else set()
        problems += found
        plan.append((line, view))
    if problems:
        raise ImportRefused(problems)
    return plan


def _row(
    register: Register, line: Line, by_ref: dict[str, RowView], by_title: dict[str, RowView]
) -> RowView | None:
    if line.cells.get("ref"):
        return by_ref.get(line.cells["ref"])
    title = line.cells.get("title") or line.cells.get(title_column(register), "")
    return by_title.get(title.casefold())


def _problems(
    s: Situation, register: Register, line: Line, by_ref: dict[str, RowView],
    by_title: dict[str, RowView],
) -> list[BadValue]:  # fmt: skip
    ref, view = line.cells.get("ref", ""), _row(register, line, by_ref, by_title)
    if ref and view is None:
        return [
            BadValue("ref", f"no {register.row_word} is called “{ref}”; leave it empty to add one.")
        ]
    found: list[BadValue] = []
    values = {name: cell for name, cell in line.cells.items() if name in register.columns}
    kept, bad = check_values(register, values)
    found += bad
    broken = {problem.field for problem in bad}
    found += _blanks(register, kept, broken, view)
    for check in (_check_place, _check_owner, _check_due, _check_state, _check_title):
        try:
            check(s, register, line, view)
        except BadValue as problem:
            found.append(problem)
        except FixedRegister as refusal:
            found.append(BadValue("ref", refusal.message))
    return found


def _blanks(
    register: Register, kept: dict[str, object], broken: set[str], view: RowView | None
) -> list[BadValue]:
    """Required columns that a new row lacks, or that a line would empty."""
    had = {name for name, value in view.raw.items() if value is not None} if view else set()
    return [
        BadValue(name, f"enter {lower(column.title)}.")
        for name, column in register.columns.items()
        if column.required and name not in broken and kept.get(name) is None
        and (view is None or (name in kept and name in had))
    ]  # fmt: skip


def _check_place(s: Situation, register: Register, line: Line, view: RowView | None) -> None:  # noqa: ARG001 - one shape for all checks
    if view is None:
        refuse_if_fixed(register)


def _check_owner(s: Situation, register: Register, line: Line, view: RowView | None) -> None:  # noqa: ARG001 - one shape for all checks
    _owner(s, register, line.cells.get("owner", ""))


def _check_due(s: Situation, register: Register, line: Line, view: RowView | None) -> None:  # noqa: ARG001 - one shape for all checks
    checked_due(register, line.cells.get("due"))


def _check_state(s: Situation, register: Register, line: Line, view: RowView | None) -> None:  # noqa: ARG001 - one shape for all checks
    state = _state(register, line.cells.get("state", ""))
    if view is not None:
        check_step(register, view, state)


def _check_title(s: Situation, register: Register, line: Line, view: RowView | None) -> None:  # noqa: ARG001 - one shape for all checks
    if view is None and not title_column(register):
        checked_title(register, line.cells.get("title", ""))


def _cells(s: Situation, register: Register, line: Line) -> dict[str, Any]:
    """What a line says, as ``update`` takes it; columns that are not there change nothing."""
    cells = line.cells
    return {
        "title": cells.get("title"),
        "values": {name: cell for name, cell in cells.items() if name in register.columns},
        "state": _state(register, cells["state"]) if cells.get("state") else None,
        "owner": _owner(s, register, cells["owner"]) if "owner" in cells else None,
        "due": cells.get("due"),
    }


def _all(register: Register, cells: dict[str, Any]) -> dict[str, Any]:
    """The same for a new row."""
    return {
        "title": cells["title"] or "",
        "values": cells["values"],
        "state": cells["state"] or first_state(register),
        "owner": cells["owner"] or "",
        "due": cells["due"],
    }


def _state(register: Register, text: str) -> str:
    if not text:
        return ""
    for slug, state in register.states.items():
        if text.casefold() in (slug.casefold(), state.title.casefold()):
            return slug
    words = ", ".join(state.title for state in register.states.values())
    raise BadValue("state", f"“{text}” is none of {words}.")


def _owner(s: Situation, register: Register, text: str) -> str:
    """A person's ref, given as the ref or the name."""
    names = s.people.names
    ref = next((ref for ref, name in names.items() if name.casefold() == text.casefold()), text)
    return checked_owner(s, register, ref)
