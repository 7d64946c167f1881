"""Importing rows: all or nothing, every problem named by line and column before it is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from phases.core import audit
from phases.core.errors import BadValue, Refusal
from phases.mechanisms.register import events
from phases.mechanisms.register.queries import RowView, first_state, register_of, row_views
from phases.mechanisms.register.rules import (
    Entry,
    changed_entry,
    new_entry,
    refuse_if_append_only,
    refuse_if_fixed,
)
from phases.mechanisms.register.services import insert, next_position, update
from phases.mechanisms.register.tables import Line, columns_of, lines_of, problem_of
from phases.mechanisms.register.values import title_column
from phases.mechanisms.situation import Situation
from phases.mechanisms.spreadsheet import ImportRefused, plain_text
from playbook.models import Register


@dataclass(frozen=True)
class Imported:
    """How many rows an import added and changed."""

    added: int
    changed: int


@dataclass(frozen=True)
class Plan:
    """What one line would do: change the row in *view*, or add one; and what is wrong with it."""

    line: Line
    view: RowView | None
    entry: Entry | None
    problems: tuple[BadValue, ...]

    @property
    def changes(self) -> bool:
        """Whether the row would not be as it is."""
        view, entry = self.view, self.entry
        if view is None or entry is None:
            return True
        was = (view.title, view.raw, view.state, view.owner, view.due)
        return (entry.title, entry.values, entry.state, entry.owner, entry.due) != was


def import_rows(
    session: Session, s: Situation, actor: str, register_key: str, rows: Sequence[Sequence[str]]
) -> Imported:
    """Import a table with a head: a line with a ref changes that row, any other adds one.

    In a register whose rows the playbook sets, a line without a ref is matched by its title.

    Raises:
        ImportRefused: anything at all is wrong; nothing was imported.
    """
    register = register_of(s, register_key)
    plans = plan_rows(s, register, rows)
    problems = [problem_of(p.line, error, register) for p in plans for error in p.problems]
    if problems:
        raise ImportRefused(problems)
    position = next_position(session, s, register)
    added = changed = 0
    for plan in plans:
        assert plan.entry is not None
        if plan.view is None:
            insert(session, s, actor, register, position + added, plan.entry)
            added += 1
        else:
            row = update(session, s, actor, register, plan.view, plan.entry)
            changed += (row.version or 0) > plan.view.version
    event = events.RowsImported(register.key, added, changed)
    audit.record(session, s.engagement, actor, event)
    s.records.forget("_all_rows", "rows", "removed_seeds", "row_index")
    return Imported(added, changed)


def plan_rows(s: Situation, register: Register, rows: Sequence[Sequence[str]]) -> list[Plan]:
    """What each line would do, and everything that is wrong with it; nothing is done.

    Raises:
        ImportRefused: it is no table of this register.
    """
    lines = [_plain(line) for line in lines_of(register, rows)]
    views = row_views(s, register)
    by_ref = {ref: view for view in views for ref in (view.ref, view.seed) if ref}
    by_title = {view.title.casefold(): view for view in views} if register.fixed else {}
    seen: set[str] = set()
    return [_plan(s, register, line, by_ref, by_title, seen) for line in lines]


def _plain(line: Line) -> Line:
    return Line(line.number, {name: plain_text(cell) for name, cell in line.cells.items()})


def _plan(
    s: Situation, register: Register, line: Line, by_ref: Mapping[str, RowView],
    by_title: Mapping[str, RowView], seen: set[str],
) -> Plan:  # fmt: skip
    ref, view = line.cells.get("ref", ""), _row(register, line, by_ref, by_title)
    if ref and view is None:
        what = f"no {register.row_word} is called “{ref}”; leave it empty to add one."
        return Plan(line, None, None, (BadValue("ref", what),))
    problems: list[BadValue] = []
    if view is not None and view.ref in seen:
        problems.append(BadValue("ref", f"“{view.title}” stands twice."))
    seen |= {view.ref} if view else set()
    cells, wrong = _cells(s, register, line, view)
    if view is None:
        entry = new_entry(s, register, **_filled(register, cells))
    else:
        entry = changed_entry(s, register, view, **cells)
    found = Plan(line, view, entry, ())
    problems += [*wrong, *entry.problems, *_place(register, found)]
    places = {name: place for place, name in enumerate(columns_of(register))}
    problems.sort(key=lambda problem: places.get(problem.field, 0))
    return Plan(line, view, entry, tuple(problems))


def _row(
    register: Register, line: Line, by_ref: Mapping[str, RowView], by_title: Mapping[str, RowView]
) -> RowView | None:
    if line.cells.get("ref"):
        return by_ref.get(line.cells["ref"])
    title = line.cells.get("title") or line.cells.get(title_column(register), "")
    return by_title.get(title.casefold())


def _place(register: Register, plan: Plan) -> Iterator[BadValue]:
    """Rows are neither added where the playbook sets them, nor changed where they only grow."""
    try:
        if plan.view is None:
            refuse_if_fixed(register)
        elif plan.changes:
            refuse_if_append_only(register)
    except Refusal as refusal:
        yield BadValue("ref", refusal.message)


def _cells(
    s: Situation, register: Register, line: Line, view: RowView | None
) -> tuple[dict[str, Any], list[BadValue]]:
    """What a line says, as the rules take it; columns that are not there change nothing."""
    cells, wrong = line.cells, []
    said: dict[str, Any] = {
        "title": cells.get("title"),
        "values": {name: cell for name, cell in cells.items() if name in register.columns},
        "due": cells.get("due"), "state": None, "owner": None,
    }  # fmt: skip
    try:
        said["state"] = _state(register, cells["state"]) if cells.get("state") else None
    except BadValue as problem:
        wrong.append(problem)
    try:
        said["owner"] = _owner(s, cells["owner"], view) if "owner" in cells else None
    except BadValue as problem:
        wrong.append(problem)
    return said, wrong


def _filled(register: Register, cells: dict[str, Any]) -> dict[str, Any]:
    """The same for a new row."""
    return {
        "title": cells["title"] or "",
        "values": cells["values"],
        "state": cells["state"] or first_state(register),
        "owner": cells["owner"] or "",
        "due": cells["due"],
    }


def _state(register: Register, text: str) -> str:
    if text in register.states:
        return text
    for slug, state in register.states.items():
        if text.casefold() in (slug.casefold(), state.title.casefold()):
            return slug
    words = ", ".join(state.title for state in register.states.values())
    raise BadValue("state", f"“{text}” is none of {words}.")


def _owner(s: Situation, text: str, view: RowView | None) -> str:
    """A person's ref, given as the ref, the name, or both where two have the same name."""
    names = s.people.names
    bare = text.rpartition("(")[2].removesuffix(")") if text.endswith(")") else text
    if view is not None and text and text in (view.owner_name, f"{view.owner_name} ({view.owner})"):
        return view.owner
    fits = [ref for ref, name in names.items() if name.casefold() == text.casefold()]
    if len(fits) > 1:
        refs = " or ".join(f"{names[ref]} ({ref})" for ref in fits)
        raise BadValue("owner", f"“{text}” is the name of {len(fits)} people; write {refs}.")
    return fits[0] if fits else (bare if bare in names else text)
