"""Registers drawn as SVG: a process in lanes, systems and what moves between them, levels. Pure.

Presentation attributes only, no style and no ids, so that a drawing stands in a page and in a PDF;
ink is ``currentColor``, and the other colours read on light and on dark paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from phases.mechanisms.register.architecture import Link, architecture
from phases.mechanisms.register.flow import Step, names_in
from phases.mechanisms.register.lanes import lanes
from phases.mechanisms.register.levels import level_column, levels, levels_of
from phases.mechanisms.register.queries import RowView
from phases.mechanisms.register.sheets import PAGE, SCREEN, Drawing, Paper
from playbook.models import Register

__all__ = ["PAGE", "SCREEN", "Drawing", "Link", "Paper", "Step", "architecture", "drawing",
           "drawings", "lanes", "links_of", "step_of"]  # fmt: skip

LANES = ("lane", "who", "actor", "role", "team", "owner")
MODES = ("mode", "manual", "automation")
LOST = ("data_lost", "lost", "loses")
TIMES = ("minutes", "time", "time_taken")
AFTER = ("after", "follows")
SOURCES = ("source", "source_system", "from_system", "from")
TARGETS = ("target", "target_system", "to_system", "to")
MOVES = ("action", "event")
HOW = ("method", "frequency")
BY_HAND = ("manual", "assisted", "yes", "true")


def drawing(register: Register, rows: Iterable[RowView]) -> Drawing | None:
    """The register's diagram as one drawing for a page; None where there is nothing to draw."""
    return next(iter(drawings(register, rows, SCREEN)), None)


def drawings(
    register: Register, rows: Iterable[RowView], paper: Paper,
    fates: Mapping[str, str] | None = None, names: Sequence[str] = (),
) -> list[Drawing]:  # fmt: skip
    """The same in parts that fit *paper*.

    ``fates`` says by ref what becomes of steps in the map that this one is compared with; *names*
    are lanes to draw even if they are empty.
    """
    rows = list(rows)
    live = [row for row in rows if row.live]
    if register.diagram == "lanes":
        found = [_with_fate(step_of(row), row, fates or {}) for row in live]
        left = emptied(found, map(lane_of, rows))
        return [
            replace(one, notes=(*one.notes, *left))
            for one in lanes(register.title, found, paper, names)
        ]
    if register.diagram == "architecture":
        return architecture(register.title, links_of(live), register.row_word, paper)
    if register.diagram == "levels" and (column := level_column(register)):
        return levels(register.title, levels_of(live, column), column, paper)
    return []


def emptied(steps: Iterable[Step], names: Iterable[str]) -> list[str]:
    """A sentence about the lanes among *names* in which no step is left."""
    used = {step.lane for step in steps}
    empty = [name for name in dict.fromkeys(names) if name not in used]
    return [f"No step is left in: {', '.join(empty)}."] if empty else []


def _with_fate(step: Step, row: RowView, fates: Mapping[str, str]) -> Step:
    fate = fates.get(row.ref, "")
    return replace(step, fate=fate, gone=fate == VANISHES) if fate else step


VANISHES = "Vanishes"


def step_of(row: RowView) -> Step:
    """What a row of a process map says of its step, by the usual names of columns."""
    mode = _first(row, MODES)
    value = next(filter(None, map(row.value, MODES)), "")
    time = _first(row, TIMES)
    return Step(
        title=row.title,
        lane=lane_of(row),
        system=_first(row, ("system",)),
        mode="Manual" if value is True else "" if mode in ("Yes", "No") else mode,
        by_hand=str(value).lower() in BY_HAND,
        lost=_first(row, LOST),
        time=f"{time} min" if time.replace(".", "").isdecimal() else time,
        path=str(row.raw.get("path") or ""),
        after=names_in(_first(row, AFTER)),
    )


def lane_of(row: RowView) -> str:
    """Who does the step of a row, by the usual names of columns."""
    return _first(row, LANES) or row.owner_name or "Nobody named"


def links_of(rows: Iterable[RowView]) -> list[Link]:
    """What rows with both ends say; case and blanks do not tell systems apart."""
    names: dict[str, str] = {}
    links = []
    for row in rows:
        pair = _first(row, SOURCES).strip(), _first(row, TARGETS).strip()
        if all(pair):
            source, target = (names.setdefault(name.casefold(), name) for name in pair)
            how = " · ".join(row.shown[name] for name in HOW if row.shown.get(name))
            links.append(Link(source, target, _first(row, MOVES) or row.title, how))
    return links


def _first(row: RowView, names: Sequence[str]) -> str:
    return next((row.shown[name] for name in names if row.shown.get(name)), "")
