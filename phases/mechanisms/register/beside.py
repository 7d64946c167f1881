"""Two process maps side by side: what stays, what becomes of each step, what is new. Pure.

A step stays if one of the other map has its name; it becomes those that say they replace it (a
``rests_on`` column into the map of today); else it vanishes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from phases.mechanisms.register.diagram import (
    VANISHES,
    Drawing,
    Paper,
    drawings,
    emptied,
    step_of,
)
from phases.mechanisms.register.flow import Step
from phases.mechanisms.register.offers import named
from phases.mechanisms.register.queries import RowView
from playbook.models import Register

NEW = "New"
HALF = Paper(590, narrowest=120)
"""One of two maps on a page; a wider one scrolls in its frame."""


@dataclass(frozen=True)
class Map:
    """One of the two: its register and the rows that count."""

    register: Register
    rows: tuple[RowView, ...]

    @classmethod
    def of(cls, register: Register, rows: Iterable[RowView]) -> Map:
        return cls(register, tuple(row for row in rows if row.live))


@dataclass(frozen=True)
class Line:
    """One figure of both maps: what it counts, now and then."""

    title: str
    now: str
    then: str


@dataclass(frozen=True)
class Beside:
    """Both maps drawn, and what changes between them in figures."""

    now: tuple[Drawing, ...]
    then: tuple[Drawing, ...]
    figures: tuple[Line, ...]
    vanishing: tuple[str, ...]
    notes: tuple[str, ...]


def beside(now: Map, then: Map, paper: Paper = HALF, *, same_lanes: bool = True) -> Beside:
    """The two maps, drawn with all lanes of both in the order of the first, or each with its own.

    Where both have the same lanes, one that nothing is left in is drawn empty.
    """
    today, future = fates(now, then)
    names = lanes_of(now, then) if same_lanes else []
    first = tuple(drawings(now.register, now.rows, paper, today, names))
    second = tuple(drawings(then.register, then.rows, paper, future, names))
    left = emptied(map(step_of, then.rows), lanes_of(now)) if then.rows else []
    odd = [note for one in (*first[:1], *second[:1]) for note in one.notes]
    return Beside(
        now=first,
        then=second,
        notes=tuple(dict.fromkeys([*odd, *left])),
        figures=_figures(now, then),
        vanishing=tuple(row.title for row in now.rows if today.get(row.ref) == VANISHES),
    )


def lanes_of(*maps: Map) -> list[str]:
    """The lanes of several maps, each once."""
    return list(dict.fromkeys(step_of(row).lane for one in maps for row in one.rows))


def fates(now: Map, then: Map) -> tuple[dict[str, str], dict[str, str]]:
    """By ref, what becomes of each step of *now*, and what each of *then* comes from.

    What stays is in neither; while one map has no steps nothing is said of the other.
    """
    if not now.rows or not then.rows:
        return {}, {}
    column = replacing(then.register, now.register)
    takes = {row.ref: list(row.raw.get(column) or []) for row in then.rows}
    places = {f"{now.register.key}/{row.seed or row.ref}": n for n, row in enumerate(now.rows, 1)}
    names = {named(row.title) for row in now.rows}
    kept = {named(row.title) for row in then.rows}
    future = {
        row.ref: words
        for row in then.rows
        if (words := _from([places[one] for one in takes[row.ref] if one in places],
                           there=named(row.title) in names))
    }  # fmt: skip
    into = {
        row.ref: [f"{n}. {other.title}" for n, other in enumerate(then.rows, 1)
                  if f"{now.register.key}/{row.seed or row.ref}" in takes[other.ref]]
        for row in now.rows
    }  # fmt: skip
    today = {
        row.ref: f"Becomes {' and '.join(into[row.ref])}" if into[row.ref] else VANISHES
        for row in now.rows
        if into[row.ref] or named(row.title) not in kept
    }
    return today, future


def _from(places: Sequence[int], *, there: bool) -> str:
    if places:
        return f"Replaces {', '.join(map(str, places))}"
    return "" if there else NEW


def replacing(then: Register, now: Register) -> str:
    """The column of *then* that says which steps of *now* a step replaces."""
    return next((name for name, one in then.columns.items() if now.key in one.into), "")


def _figures(now: Map, then: Map) -> tuple[Line, ...]:
    both = [[step_of(row) for row in one.rows] for one in (now, then)]
    minutes = [_minutes(one.rows) for one in (now, then)]
    counts = [
        Line("Steps", *(str(len(steps)) for steps in both)),
        Line("By hand", *(str(sum(step.by_hand for step in steps)) for steps in both)),
        Line("Where data is lost or typed again", *(_lost(steps) for steps in both)),
    ]
    if any(minutes):
        counts.append(Line("Minutes per invoice", *(_shown(one) for one in minutes)))
    return tuple(counts)


def _lost(steps: Sequence[Step]) -> str:
    return str(sum(bool(step.lost) for step in steps))


def _minutes(rows: Iterable[RowView]) -> Decimal | None:
    found = [row.values.get("minutes") for row in rows]
    known = [value for value in found if isinstance(value, Decimal)]
    return sum(known, Decimal(0)) if known else None


def _shown(value: Decimal | None) -> str:
    return "not known" if value is None else f"{value.normalize():f}"
