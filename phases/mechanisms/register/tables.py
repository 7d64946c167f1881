"""A register as a table of text, in and out. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from phases.core.errors import BadValue
from phases.mechanisms import spreadsheet
from phases.mechanisms.register.links import views
from phases.mechanisms.register.queries import RowView
from phases.mechanisms.register.values import NUMBERS, plural, title_column
from phases.mechanisms.situation import Situation
from phases.mechanisms.spreadsheet import ROWS, ImportRefused
from playbook.models import Register


@dataclass(frozen=True)
class Line:
    """One row of an import: where it stood, and its cells by column."""

    number: int
    cells: dict[str, str] = field(default_factory=dict)


def columns_of(register: Register) -> dict[str, str]:
    """The columns of an import or export with their titles: the register's and the common ones.

    A common one whose title the register uses itself is called after the row (``Row state``).
    """
    own = {name: column.title for name, column in register.columns.items()}
    taken = {title.casefold() for title in own.values()}
    common = ["ref"] + ([] if title_column(register) else ["title"])
    after = ["state"] + (["owner"] if register.owner else []) + (["due"] if register.due else [])
    after += ["standing"] if register.standing else []
    titles = {
        name: f"Row {name}" if name in taken else name.capitalize() for name in (*common, *after)
    }
    found = {name: titles[name] for name in common} | own
    return found | {name: titles[name] for name in after}


def lines_of(register: Register, rows: Iterable[Sequence[str]]) -> list[Line]:
    """The lines below a head whose cells are titles or slugs of columns; empty lines are left out.

    Raises:
        ImportRefused: a column that is not known, stands twice, or is missing altogether.
    """
    numbered = [(number, row) for number, row in enumerate(rows, 1) if any(c.strip() for c in row)]
    if len(numbered) < 2:
        raise ImportRefused(["Line 1 has the columns' names; at least one row stands below it."])
    if len(numbered) - 1 > ROWS:
        raise ImportRefused([f"{len(numbered) - 1} rows; {ROWS} are the most at once."])
    (first, head), *body = numbered
    names = _names(register, first, head)
    problems = [
        f"Line {number}: {len(row)} cells under {len(head)} columns."
        for number, row in body
        if any(cell.strip() for cell in row[len(names) :])
    ]
    problems += [
        f"Line {number}: “{cell.strip()}” stands under no column."
        for number, row in body
        for name, cell in zip(names, row, strict=False)
        if cell.strip() and not name
    ]
    if problems:
        raise ImportRefused(problems)
    return [
        Line(number, {n: cell.strip() for n, cell in zip(names, row, strict=False) if n})
        for number, row in body
    ]


def _names(register: Register, line: int, head: Sequence[str]) -> list[str]:
    known = {title.casefold(): name for name, title in columns_of(register).items()}
    known |= {name.casefold(): name for name in columns_of(register)}
    names, problems = [], []
    for cell in head:
        name = known.get(cell.strip().lstrip("\ufeff").casefold(), "")
        if cell.strip() and not name:
            wanted = ", ".join(columns_of(register).values())
            problems.append(
                f"Line {line}: no column is called “{cell.strip()}”; there are {wanted}."
            )
        elif name and name in names:
            problems.append(f"Line {line}: the column “{cell.strip()}” stands twice.")
        names.append(name)
    if problems:
        raise ImportRefused(problems)
    return names


def table(s: Situation, register: Register, rows: Iterable[RowView]) -> list[list[object]]:
    """Head and rows for an export: numbers and dates as they are, choices in words."""
    columns = columns_of(register)
    body = [[_cell(s, register, row, name) for name in columns] for row in rows]
    return [list(columns.values()), *body]


def _cell(s: Situation, register: Register, row: RowView, name: str) -> object:
    common: dict[str, object] = {
        "ref": row.ref, "title": row.title, "state": row.state_label,
        "owner": owner_words(s, row.owner), "due": row.due, "standing": row.standing,
    }  # fmt: skip
    if name in common and name not in register.columns:
        return common[name]
    kind = register.columns[name].type
    if kind == "money":
        return row.raw.get(name) or ""
    if kind == "rests_on":
        return "; ".join(link.words for link in views(s, row.raw.get(name) or ()))
    return row.values[name] if kind in (*NUMBERS, "date") else row.shown[name]


def csv_of(s: Situation, register: Register, rows: Iterable[RowView]) -> bytes:
    """The register as CSV."""
    return spreadsheet.csv_of(table(s, register, rows))


def xlsx_of(s: Situation, register: Register, rows: Iterable[RowView]) -> bytes:
    """The register as an XLSX file."""
    return spreadsheet.xlsx_of(s.plain(register.title), table(s, register, rows))


def owner_words(s: Situation, ref: str) -> str:
    """A person by name; with the ref behind it where that name alone would not tell who."""
    name = s.people.name(ref)
    alike = sum(name.casefold() == other.casefold() for other in s.people.names.values())
    return name if alike == 1 or not ref else f"{name} ({ref})"


def problem_of(line: Line, error: BadValue, register: Register) -> str:
    """A refused value with its line and column."""
    title = columns_of(register).get(error.field, error.field)
    return f"Line {line.number}, {title}: {error.message.removeprefix(f'{title}: ')}"


def summary(register: Register, added: int, changed: int) -> str:
    """What an import did, as a sentence."""
    parts = []
    if added:
        parts.append(f"{plural(register.row_word, added)} added")
    if changed:
        parts.append(f"{plural(register.row_word, changed)} changed")
    return f"{' and '.join(parts)}." if parts else "Nothing in it was new."
