"""Tables of what is no register, in and out: a table's columns, its lines, and what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from flask import Response
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import TextAreaField

from phases.core.errors import BadValue, Missing, Refusal
from phases.mechanisms.spreadsheet import (
    CSV,
    ROWS,
    XLSX,
    ImportRefused,
    csv_of,
    plain_text,
    rows_of_file,
    rows_of_text,
    xlsx_of,
)

Cell = str | int | Decimal | date | None
Table = Sequence[Sequence[Cell]]
Planned = TypeVar("Planned")

TYPES = {"csv": CSV, "xlsx": XLSX}


class TableForm(FlaskForm):
    """A table, pasted or as a file."""

    table = TextAreaField("Paste a table, its first line the columns’ names", render_kw={"rows": 5})
    file = FileField("Or choose a CSV or XLSX file")

    def rows(self) -> list[list[str]]:
        """The cells that were sent.

        Raises:
            ImportRefused: they are no table.
        """
        upload = self.file.data
        if upload and upload.filename:
            return rows_of_file(upload.filename, upload.read())
        return rows_of_text(self.table.data or "")


@dataclass(frozen=True)
class Line:
    """One row of an import: where it stood, and its cells by column."""

    number: int
    cells: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """The cell in the column *name*, empty where there is none."""
        return self.cells.get(name, "")


def lines_of(columns: Mapping[str, str], rows: Sequence[Sequence[str]]) -> list[Line]:
    """The lines below a head whose cells are names or titles of *columns*; empty ones left out.

    Raises:
        ImportRefused: a column is not known or stands twice, or there is nothing below the head.
    """
    numbered = [(number, row) for number, row in enumerate(rows, 1) if any(c.strip() for c in row)]
    if len(numbered) < 2:
        raise ImportRefused(["Line 1 has the columns’ names; at least one row stands below it."])
    if len(numbered) - 1 > ROWS:
        raise ImportRefused([f"{len(numbered) - 1} rows; {ROWS} are the most at once."])
    (first, head), *body = numbered
    names = _names(columns, first, head)
    long = [
        f"Line {number}: {len(row)} cells under {len(head)} columns."
        for number, row in body
        if any(cell.strip() for cell in row[len(names) :])
    ]
    if long:
        raise ImportRefused(long)
    return [
        Line(number, {n: plain_text(c.strip()) for n, c in zip(names, row, strict=False) if n})
        for number, row in body
    ]


def _names(columns: Mapping[str, str], line: int, head: Sequence[str]) -> list[str]:
    known = {title.casefold(): name for name, title in columns.items()}
    known |= {name.casefold(): name for name in columns}
    names, problems = [], []
    for cell in head:
        text = cell.strip().lstrip("\ufeff")
        name = known.get(text.casefold(), "")
        if text and not name:
            wanted = ", ".join(columns.values())
            problems.append(f"Line {line}: no column is called “{text}”; there are {wanted}.")
        elif name and name in names:
            problems.append(f"Line {line}: the column “{text}” stands twice.")
        names.append(name)
    if problems:
        raise ImportRefused(problems)
    return names


def planned(
    columns: Mapping[str, str], lines: Sequence[Line], plan: Callable[[Line], Planned | None]
) -> list[Planned]:
    """What *plan* makes of each line, once every line has been found right.

    Raises:
        ImportRefused: with every refused line by its number and column.
    """
    found: list[Planned] = []
    problems: list[str] = []
    for line in lines:
        try:
            made = plan(line)
        except BadValue as problem:
            title = columns.get(problem.field, problem.field)
            problems.append(f"Line {line.number}, {title}: {problem.message}")
            continue
        except Refusal as refusal:
            problems.append(f"Line {line.number}: {refusal.message}")
            continue
        if made is not None:
            found.append(made)
    if problems:
        raise ImportRefused(problems)
    return found


def day_of(name: str, text: str) -> date | None:
    """A date in ISO form, also with a time behind it; None for nothing.

    Raises:
        BadValue: on the column *name*.
    """
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        raise BadValue(name, f"“{text}” is not a date. Write it as 2026-11-20.") from None


def whole_of(name: str, text: str) -> int | None:
    """A whole number; None for nothing.

    Raises:
        BadValue: on the column *name*.
    """
    if not text:
        return None
    if not text.isdecimal() or len(text) > 9:
        raise BadValue(name, f"“{text}” is not a whole number.")
    return int(text)


def written(kind: str, title: str, table: Table) -> bytes:
    """*table* as CSV or XLSX; no cell of it is taken for a formula.

    Raises:
        Missing: *kind* is neither.
    """
    if kind not in TYPES:
        raise Missing
    return csv_of(table) if kind == "csv" else xlsx_of(title, table)


def download(data: bytes, kind: str, name: str) -> Response:
    """*data* as an attachment called *name*."""
    response = Response(data, content_type=TYPES.get(kind, kind))
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
