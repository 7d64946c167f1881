"""Rows in the order in which they matter: by the columns that the content ranks them by. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from phases.core.template import listed
from phases.mechanisms.register.queries import RowView
from phases.mechanisms.register.values import lower, plural
from playbook.models import Register


def ranked(register: Register, rows: Iterable[RowView]) -> list[RowView]:
    """Open rows first, each by the place of its values among the options; equal ones as they were.

    A row that does not say stands after those that do; done ones follow, dropped ones come last.
    """
    if not register.ranked_by:
        return list(rows)
    return sorted(rows, key=lambda row: (_over(row), _places(register, row)))


def ranks(register: Register, rows: Iterable[RowView]) -> dict[str, int]:
    """The rank of every row that is not over, by its ref; rows of equal places share it."""
    if not register.ranked_by:
        return {}
    found: dict[str, int] = {}
    before: list[int] = []
    open_rows = [row for row in ranked(register, rows) if not _over(row)]
    for number, row in enumerate(open_rows, 1):
        places = _places(register, row)
        found[row.ref] = found[open_rows[number - 2].ref] if places == before else number
        before = places
    return found


def explained(register: Register) -> str:
    """How rows are ranked, in a sentence; empty where they are not."""
    if not register.ranked_by:
        return ""
    columns = [register.columns[name] for name in register.ranked_by]
    parts = [
        f"{lower(column.title)} ({lower(_word(next(iter(column.options.values()))))} first)"
        for column in columns
    ]
    rows = plural(register.row_word, 2)[2:]
    unsaid = listed([f"no {lower(column.title)}" for column in columns]).replace(" and ", " or ")
    return (
        f"Ranked by {', then by '.join(parts)}; {rows} with {unsaid} yet come after the others, "
        "what is done comes last. Equal ones share a rank."
    )


def _word(option: str) -> str:
    return option.partition(":")[0]


def _over(row: RowView) -> int:
    return {"done": 1, "dropped": 2}.get(row.state_kind, 0)


def _places(register: Register, row: RowView) -> list[int]:
    return [
        _place(list(register.columns[name].options), row.raw.get(name))
        for name in register.ranked_by
    ]


def _place(options: Sequence[str], value: object) -> int:
    return options.index(str(value)) if value in options else len(options)
