"""Rows as pages, checks and documents see them: stored ones, and seeds nobody has touched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from phases.core.errors import Missing
from phases.core.models import ASSUMED, CONFIRMED
from phases.mechanisms.register.links import titles
from phases.mechanisms.register.models import Row
from phases.mechanisms.register.values import meant, shown, stored, title_column
from phases.mechanisms.situation import Situation
from playbook.models import Column, Register, Seed


@dataclass(frozen=True)
class RowView:
    """One row, ready to show. ``version`` is 0 while it exists only in the playbook.

    ``values`` hold what is meant (Decimal, date, bool, text), ``shown`` the same in words, ``raw``
    what is stored. ``next`` are the (slug, title) pairs of the states it may go to.
    """

    ref: str
    register: str
    title: str
    seed: str
    text: str
    state: str
    state_label: str
    state_kind: str
    next: tuple[tuple[str, str], ...]
    owner: str
    owner_name: str
    due: date | None
    overdue: bool
    values: dict[str, Any]
    shown: dict[str, str]
    raw: dict[str, Any]
    standing: str
    standing_by: str
    standing_at: datetime | None
    standing_in: str
    version: int
    changed_by: str
    changed_at: datetime | None

    @property
    def live(self) -> bool:
        """Whether it counts: it is in no dropped state."""
        return self.state_kind != "dropped"

    @property
    def confirmed(self) -> bool:
        return self.standing == CONFIRMED

    @property
    def anchor(self) -> str:
        """Its id on the page."""
        return f"row-{self.ref.replace('.', '-')}"


@dataclass(frozen=True)
class NotApplicable:
    """A row of the playbook that does not apply here, and why."""

    title: str
    reason: str


def register_of(s: Situation, key: str) -> Register:
    """The register *key* of the engagement's playbook.

    Raises:
        Missing: there is none.
    """
    item = s.playbook.items.get(key)
    if not isinstance(item, Register):
        raise Missing
    return item


def row_views(s: Situation, register: Register) -> list[RowView]:
    """The rows of *register*: the seeds that apply in the content's order, then what was added."""
    return s.once(("rows", register.key), lambda: _row_views(s, register))


def _row_views(s: Situation, register: Register) -> list[RowView]:
    kept = s.records.rows.get(register.key, [])
    by_seed = {row.seed: row for row in kept if row.seed}
    views = []
    for seed in register.seeds.values():
        row = by_seed.get(seed.key)
        if seed.key in s.records.removed_seeds or not s.applies(seed):
            continue
        views.append(of_row(s, register, row) if row else of_seed(s, register, seed))
    added = [row for row in kept if row.seed not in register.seeds]
    return views + [of_row(s, register, row) for row in added]


def live_rows(s: Situation, register: Register) -> list[RowView]:
    """The rows that count: those in no dropped state."""
    return [row for row in row_views(s, register) if row.live]


def not_applicable(s: Situation, register: Register) -> list[NotApplicable]:
    """The playbook's rows that do not apply to this profile, each with its reason."""
    judged = [(seed, s.applicability(seed)) for seed in register.seeds.values()]
    return [
        NotApplicable(s.plain(seed.title), found.reason)
        for seed, found in judged
        if not found.applies
    ]


def find_row(s: Situation, register: Register, ref: str) -> RowView:
    """The row called *ref*: ``r12``, or its seed's key.

    Raises:
        Missing: there is no such row, or it was removed.
    """
    row = s.records.row_index.get((register.key, ref))
    seed = register.seeds.get(row.seed or "" if row else ref)
    if (row is not None and row.removed_at is not None) or (seed and not s.applies(seed)):
        raise Missing
    if row is not None:
        return of_row(s, register, row)
    if seed is None:
        raise Missing
    return of_seed(s, register, seed)


def first_state(register: Register) -> str:
    """The state a row begins in: the content's first."""
    return next(iter(register.states))


def seed_values(s: Situation, register: Register, seed: Seed) -> dict[str, Any]:
    """The values a seed begins with, its title in the column that names rows."""
    values = {
        name: stored(name, register.columns[name], _filled(s, value))
        for name, value in seed.values.items()
    }
    name = title_column(register)
    if name and not values.get(name):
        values[name] = s.plain(seed.title)
    return values


def _filled(s: Situation, value: Any) -> Any:
    return s.plain(value) if isinstance(value, str) else value


def of_seed(s: Situation, register: Register, seed: Seed) -> RowView:
    """A seed that nobody has touched, as a row."""
    values = seed_values(s, register, seed)
    return _view(
        s, register, values, ref=seed.key, seed=seed.key, title=s.plain(seed.title),
        text=s.text(seed.text), state=first_state(register), owner="", due=None, standing=ASSUMED,
        standing_by="", standing_at=None, standing_in="", version=0, changed_by="", changed_at=None,
    )  # fmt: skip


def of_row(s: Situation, register: Register, row: Row) -> RowView:
    """A stored row as a view."""
    seed = register.seeds.get(row.seed or "")
    return _view(
        s, register, row.values or {}, ref=ref_of(row), seed=row.seed or "", title=row.title,
        text=s.text(seed.text) if seed else "", state=row.state, owner=row.owner or "", due=row.due,
        standing=row.standing or ASSUMED, standing_by=s.people.name(row.standing_by or ""),
        standing_at=row.standing_at, standing_in=row.standing_in or "", version=row.version or 1,
        changed_by=s.people.name(row.changed_by or ""), changed_at=row.changed_at,
    )  # fmt: skip


def _view(
    s: Situation, register: Register, raw: dict[str, Any], *, state: str, owner: str,
    due: date | None, **rest: Any,
) -> RowView:  # fmt: skip
    found = register.states.get(state)
    columns = register.columns.items()
    kind = found.kind if found else "open"
    return RowView(
        register=register.key, raw=raw, state=state,
        state_label=found.title if found else state, state_kind=kind,
        next=tuple((to, register.states[to].title) for to in (found.next if found else ())),
        values={name: meant(column, raw.get(name)) for name, column in columns},
        shown={name: _in_words(s, column, raw.get(name)) for name, column in columns},
        owner=owner, owner_name=s.people.name(owner), due=due,
        overdue=bool(due and due < s.today and kind not in ("done", "dropped")), **rest,
    )  # fmt: skip


def _in_words(s: Situation, column: Column, value: Any) -> str:
    """A stored value in words; links by the titles of what they lead to."""
    return titles(s, value or ()) if column.type == "rests_on" else shown(column, value)


def ref_of(row: Row) -> str:
    """How addresses and events name a stored row."""
    return f"r{row.id}"
