"""An export of invoices as rows below titles; what stands between and around them is told apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from billing.crm.delimited import Record, Text
from billing.crm.errors import Fault, UnreadableExport
from billing.crm.heading import LOOKED_AT, heading_of
from billing.crm.source import Limits, Source
from billing.crm.table import text_of
from billing.exports.fields import INDEXED, is_known

ABOVE = "(heading above the rows)"
"""Instead of a column: what stands alone in a row above those it is true of, as a customer's name
does in reports."""
TOTAL = re.compile(
    r"\s*((grand|sub|overall|report)[ -]?)?(total|totals|summe|gesamt|gesamtsumme|zwischensumme)\b",
    re.IGNORECASE,
)
FOOTER = re.compile(
    r"\s*(copyright\b|confidential|generated (by|on)|do not distribute|filtered by|as of\b|sorted"
    r" by|report (generated|name)|(accrual|cash) basis|exported (by|on)"
    r"|(mon|tues|wednes|thurs|fri|satur|sun)day\b.*)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Grid:
    """Titles, each once however many indexes it has, and the places of their columns."""

    text: Text
    line: int
    heading: tuple[str, ...]
    titles: tuple[str, ...]
    places: Mapping[str, tuple[int, ...]]
    notes: tuple[str, ...]
    limits: Limits

    @property
    def name(self) -> str:
        return self.text.source.name

    @property
    def width(self) -> int:
        return len(self.heading)

    @property
    def indexed(self) -> bool:
        """Whether lines stand beside each other in their invoice's row."""
        return any(INDEXED.match(title) for title in self.heading)

    def rows(self) -> Iterator[Record]:
        """Every row below the titles that is not blank, with its line."""
        for line, cells in self.text.records(self.limits):
            if line > self.line:
                yield line, cells

    def place(self, title: str) -> int:
        """The first column of *title*, from 0."""
        return self.places[title][0]


def open_grid(source: Source, limits: Limits | None = None) -> Grid:
    """The export in *source*.

    Raises:
        UnreadableExport: it is no table, or has no titles and no row.
    """
    limits = limits or Limits()
    if source.size > limits.size:
        what = f"the file has {source.size:,} bytes, and at most {limits.size:,} are read"
        raise UnreadableExport(source.name, [Fault(0, 0, what, "Export it in parts")])
    text, notes = text_of(source, limits, is_known)
    first = list(islice(text.records(limits), LOOKED_AT))
    heading = heading_of(source.name, first, is_known, merge=False)
    if heading.skipped:
        notes.append(f"The column titles stand on line {heading.line}.")
    notes += [f"The title “{title}” stands more than once." for title in heading.doubled]
    titles = heading.titles
    if any(_alone(cells) for line, cells in first if line > heading.line):
        titles = (*titles, ABOVE)
    grid = Grid(text, heading.line, heading.titles, *_places(titles), tuple(notes), limits)
    if next(grid.rows(), None) is None:
        what = "there are column titles and no row below them"
        raise UnreadableExport(source.name, [Fault(heading.line, 0, what)])
    return grid


def _places(titles: Sequence[str]) -> tuple[tuple[str, ...], Mapping[str, tuple[int, ...]]]:
    found: dict[str, list[tuple[int, int]]] = {}
    for place, title in enumerate(titles):
        indexed = INDEXED.match(title)
        name, index = (indexed["base"], int(indexed["index"])) if indexed else (title, 0)
        found.setdefault(name, []).append((index, place))
    places = {name: tuple(p for _, p in sorted(pairs)) for name, pairs in found.items()}
    return tuple(places), places


def filled(cells: Sequence[str]) -> list[str]:
    """What *cells* hold, without the blank ones."""
    return [cell.strip() for cell in cells if cell.strip()]


def _alone(cells: Sequence[str]) -> bool:
    there = filled(cells)
    return len(there) == 1 and not TOTAL.match(there[0]) and bool(cells[0].strip())
