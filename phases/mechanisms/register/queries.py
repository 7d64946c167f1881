"""Rows as pages, checks and documents see them: stored ones, and seeds nobody has touched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from phases.core.errors import Missing
from phases.core.models import ASSUMED, CONFIRMED
from phases.mechanisms.loading import plain, plain_of
from phases.mechanisms.register.links import titles
from phases.mechanisms.register.models import Row
from phases.mechanisms.register.values import TEXTS, meant, shown, stored, title_column
from phases.mechanisms.situation import Situation, once_each
from playbook.models import Column, Register, Seed

UNTOUCHED = plain(Row)._make([None] * len(plain(Row)._fields))
"""What stands in the place of the row of a seed that nobody has touched."""


@dataclass(frozen=True)
class RowView:
    """One row, ready to show. ``version`` is 0 while it exists only in the playbook.

    ``raw`` is what is stored, ``values`` what is meant by it (Decimal, date, bool, text), ``shown``
    the same in words: worked out when they are looked at, since most pages count many rows and show
    few.
    """

    s: Situation = field(repr=False, compare=False)
    of: Register = field(repr=False, compare=False)
    kept: Row
    """Its columns as they were when it was read."""

    @property
    def register(self) -> str:
        """The key of its register."""
        return self.of.key

    @property
    def ref(self) -> str:
        """How addresses name it."""
        return f"r{self.kept.id}" if self.kept.id else self.seed

    @property
    def seed(self) -> str:
        return self.kept.seed or ""

    @property
    def title(self) -> str:
        return self.kept.title

    @property
    def state(self) -> str:
        return self.kept.state

    @property
    def owner(self) -> str:
        return self.kept.owner or ""

    @property
    def due(self) -> date | None:
        return self.kept.due

    @property
    def raw(self) -> dict[str, Any]:
        return self.kept.values or {}

    @property
    def standing(self) -> str:
        return self.kept.standing or ASSUMED

    @property
    def standing_by(self) -> str:
        return self.s.people.name(self.kept.standing_by or "")

    @property
    def standing_at(self) -> datetime | None:
        return self.kept.standing_at

    @property
    def standing_in(self) -> str:
        return self.kept.standing_in or ""

    @property
    def version(self) -> int:
        return self.kept.version or (1 if self.kept.id else 0)

    @property
    def changed_by(self) -> str:
        return self.s.people.name(self.kept.changed_by or "")

    @property
    def changed_at(self) -> datetime | None:
        return self.kept.changed_at

    @cached_property
    def text(self) -> str:
        """What the playbook says about it."""
        seed = self.of.seeds.get(self.seed)
        return self.s.text(seed.text) if seed else ""

    @property
    def state_label(self) -> str:
        found = self.of.states.get(self.state)
        return found.title if found else self.state

    @property
    def state_kind(self) -> str:
        found = self.of.states.get(self.state)
        return found.kind if found else "open"

    @property
    def next(self) -> tuple[tuple[str, str], ...]:
        """The (slug, title) pairs of the states it may go to."""
        found = self.of.states.get(self.state)
        return tuple((to, self.of.states[to].title) for to in (found.next if found else ()))

    @property
    def owner_name(self) -> str:
        return self.s.people.name(self.owner)

    @property
    def overdue(self) -> bool:
        late = self.due is not None and self.due < self.s.today
        return late and self.state_kind not in ("done", "dropped")

    def value(self, name: str) -> Any:
        """What is meant in the column *name*; None if there is no such column."""
        column = self.of.columns.get(name)
        return meant(column, self.raw.get(name)) if column else None

    @cached_property
    def values(self) -> dict[str, Any]:
        columns = self.of.columns.items()
        return {name: meant(column, self.raw.get(name)) for name, column in columns}

    @cached_property
    def shown(self) -> dict[str, str]:
        raw, columns = self.raw, self.of.columns.items()
        return {name: _in_words(self.s, column, raw.get(name)) for name, column in columns}

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


@once_each
def row_views(s: Situation, register: Register) -> list[RowView]:
    """The rows of *register*: the seeds that apply in the content's order, then what was added."""
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
    dropped = {slug for slug, state in register.states.items() if state.kind == "dropped"}
    return [row for row in row_views(s, register) if row.kept.state not in dropped]


def told(s: Situation, register: Register, rows: Sequence[RowView]) -> dict[str, list[str]]:
    """What *rows* say in words, column by column: where all that they say is told."""
    raw, columns = [row.raw for row in rows], register.columns.items()
    return {name: _told(s, column, [one.get(name) for one in raw]) for name, column in columns}


def _told(s: Situation, column: Column, values: Iterable[Any]) -> list[str]:
    if column.type in TEXTS:
        return [str(value or "") for value in values]
    return [_in_words(s, column, value) for value in values]


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
    row = UNTOUCHED._replace(
        register=register.key, seed=seed.key, title=s.plain(seed.title), values=values,
        state=first_state(register),
    )  # fmt: skip
    return RowView(s, register, row)


def of_row(s: Situation, register: Register, row: Row) -> RowView:
    """A stored row as a view."""
    return RowView(s, register, row if isinstance(row, tuple) else plain_of(row))


def _in_words(s: Situation, column: Column, value: Any) -> str:
    """A stored value in words; links by the titles of what they lead to."""
    if not value and value is not False:
        return ""
    if column.type in TEXTS:
        return str(value)
    return titles(s, value) if column.type == "rests_on" else shown(column, value)


def ref_of(row: Row) -> str:
    """How addresses and events name a stored row."""
    return f"r{row.id}"
