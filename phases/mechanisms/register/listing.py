"""What of a register a page shows: filtered by its address, sorted, fifty rows at a time. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from phases.mechanisms.register.queries import RowView
from phases.mechanisms.register.ranks import ranked
from phases.mechanisms.register.values import lower
from playbook.models import Register

PAGE = 50
NOBODY = "nobody"
OVERDUE = "overdue"
CHOICE = "c_"
"""Before a choice column's name in the address."""

OF_A_ROW = ("state", "owner", "standing", "due")
"""What rows are filtered by besides their choice columns, as the address has it."""


@dataclass(frozen=True)
class Option:
    """One value to filter by, and how many rows it would leave beside the other filters."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """What rows can be filtered by, with its values; only those that some row has, or is chosen."""

    name: str
    label: str
    options: tuple[Option, ...]

    @property
    def chosen(self) -> bool:
        return any(option.chosen for option in self.options)


@dataclass(frozen=True)
class Asked:
    """What an address asks for. Unknown filters and values that no row has leave nothing."""

    filters: Mapping[str, str]
    words: str = ""
    sort: str = ""
    page: int = 1

    @classmethod
    def of(cls, register: Register, args: Mapping[str, str]) -> Asked:
        """What *args* of an address ask for."""
        known = {name for name, _ in facets_of(register)}
        filters = {name: value for name, value in args.items() if name in known and value}
        if filters.get("state") == OVERDUE and OVERDUE not in register.states:
            filters["due"] = filters.pop("state")
        page = args.get("page", "")
        return cls(
            filters, args.get("q", "").strip(), args.get("sort", ""),
            int(page) if page.isdecimal() and len(page) < 6 else 1,
        )  # fmt: skip

    @property
    def any(self) -> bool:
        """Whether rows are left out."""
        return bool(self.filters or self.words)

    def args(self, **changed: Any) -> dict[str, Any]:
        """As the address has it, *changed* in some; without a page it begins at the first."""
        found: dict[str, Any] = {**self.filters, "q": self.words, "sort": self.sort}
        return {name: value for name, value in (found | changed).items() if value}


@dataclass(frozen=True)
class Listing:
    """The rows to show, out of how many, and what they can be filtered by."""

    rows: tuple[RowView, ...]
    found: int
    total: int
    facets: tuple[Facet, ...]
    number: int
    pages: int

    @property
    def first(self) -> int:
        return (self.number - 1) * PAGE + 1

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1


def facets_of(register: Register) -> list[tuple[str, str]]:
    """What rows can be filtered by: name in the address, and label."""
    found = [("state", "State")]
    found += [
        (f"{CHOICE}{name}", column.title)
        for name, column in register.columns.items()
        if column.type == "choice"
    ]
    found += [("owner", "Owner")] if register.owner else []
    found += [("standing", "Standing")] if register.standing else []
    return found + ([("due", "Due")] if register.due else [])


def value_of(name: str, row: RowView) -> str:
    """What *row* has where it is filtered by *name*."""
    if name.startswith(CHOICE):
        return str(row.raw.get(name.removeprefix(CHOICE)) or "")
    if name == "owner":
        return row.owner or NOBODY
    if name == "due":
        return OVERDUE if row.overdue else ""
    return str(getattr(row, name))


def listing(register: Register, rows: Sequence[RowView], asked: Asked) -> Listing:
    """What *asked* leaves of *rows*."""
    found = [row for row in rows if _fits(row, asked.filters) and _says(row, asked.words)]
    pages = max(1, -(-len(found) // PAGE))
    number = min(max(asked.page, 1), pages)
    ordered = _sorted(register, found, asked.sort)
    return Listing(
        rows=tuple(ordered[(number - 1) * PAGE : number * PAGE]), found=len(found), total=len(rows),
        facets=tuple(_facets(register, rows, asked)), number=number, pages=pages,
    )  # fmt: skip


def page_of(register: Register, rows: Sequence[RowView], asked: Asked, ref: str) -> int | None:
    """The page on which the row *ref* stands; None if *asked* leaves it out."""
    found = [row for row in rows if _fits(row, asked.filters) and _says(row, asked.words)]
    for place, row in enumerate(_sorted(register, found, asked.sort)):
        if ref in (row.ref, row.seed):
            return place // PAGE + 1
    return None


def _fits(row: RowView, filters: Mapping[str, str]) -> bool:
    return all(value_of(name, row) == value for name, value in filters.items())


def _says(row: RowView, words: str) -> bool:
    if not words:
        return True
    text = " ".join([row.title, row.owner_name, row.state_label, *row.shown.values()]).casefold()
    return all(word in text for word in words.casefold().split())


def _facets(register: Register, rows: Sequence[RowView], asked: Asked) -> Iterable[Facet]:
    said = [row for row in rows if _says(row, asked.words)] if asked.words else rows
    for name, label in facets_of(register):
        others = {other: value for other, value in asked.filters.items() if other != name}
        beside = [row for row in said if _fits(row, others)] if others else said
        counts = Counter(value_of(name, row) for row in beside)
        chosen = asked.filters.get(name, "")
        options = tuple(
            Option(value, words, counts.get(value, 0), value == chosen)
            for value, words in _values(register, name, rows)
            if counts.get(value) or value == chosen
        )
        if options:
            yield Facet(name, label, options)


def _values(register: Register, name: str, rows: Sequence[RowView]) -> list[tuple[str, str]]:
    """The values that rows can be filtered by, in the order they are told."""
    if name == "state":
        return [(slug, state.title) for slug, state in register.states.items()]
    if name == "standing":
        return [("ASSUMED", "Assumed"), ("CONFIRMED", "Confirmed")]
    if name == "due":
        return [(OVERDUE, "Overdue")]
    if name == "owner":
        people = {row.owner: row.owner_name for row in rows if row.owner}
        named = sorted(people.items(), key=lambda pair: pair[1].casefold())
        return [(NOBODY, "Nobody yet"), *named]
    return [*register.columns[name.removeprefix(CHOICE)].options.items()]


SORTS: dict[str, Callable[[RowView], Any]] = {
    "title": lambda row: row.title.casefold(),
    "owner": lambda row: row.owner_name.casefold() or None,
    "due": lambda row: row.due,
    "standing": lambda row: row.standing,
}


def _sorted(register: Register, rows: list[RowView], sort: str) -> list[RowView]:
    """By a column, ``-`` before its name for the greatest first; what is empty stands last.

    Unasked by rank, where the content ranks them, else as they were entered.
    """
    name, backwards = sort.removeprefix("-"), sort.startswith("-")
    key = _key(register, name)
    if key is None:
        return ranked(register, rows)
    full = [row for row in rows if key(row) is not None]
    empty = [row for row in rows if key(row) is None]
    return sorted(full, key=key, reverse=backwards) + empty


def _key(register: Register, name: str) -> Callable[[RowView], Any] | None:
    if name == "state":
        order = {slug: place for place, slug in enumerate(register.states)}
        return lambda row: order.get(row.state, len(order))
    column = register.columns.get(name)
    if column is None:
        return SORTS.get(name)
    if column.type == "choice":
        places = {slug: place for place, slug in enumerate(column.options)}
        return lambda row: places.get(row.raw.get(name, ""))
    if column.type in ("text", "long_text", "link", "rests_on"):
        return lambda row: row.shown[name].casefold() or None
    return lambda row: row.value(name)


def told(register: Register, asked: Asked) -> str:
    """What is filtered by, in words, for a page that is left with nothing."""
    labels = dict(facets_of(register))
    said = [lower(labels[name]) for name in asked.filters if name in labels]
    if asked.words:
        said.append(f"“{asked.words}”")
    return ", ".join(said)
