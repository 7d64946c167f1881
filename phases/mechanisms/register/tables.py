"""A register as a table of text: pasted, CSV or XLSX, in and out. Pure."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font
from openpyxl.utils.exceptions import InvalidFileException

from phases.core.errors import BadValue
from phases.mechanisms.register.errors import ImportRefused
from phases.mechanisms.register.queries import RowView
from phases.mechanisms.register.values import NUMBERS, plural, title_column
from playbook.models import Register

ROWS = 2000
CELLS = 100_000
UNPACKED = 50 * 1024 * 1024
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Line:
    """One row of an import: where it stood, and its cells by column."""

    number: int
    cells: dict[str, str] = field(default_factory=dict)


def columns_of(register: Register) -> dict[str, str]:
    """The columns of an import or export with their titles: the register's and the common ones."""
    found = {"ref": "Ref"}
    if not title_column(register):
        found["title"] = "Title"
    found |= {name: column.title for name, column in register.columns.items()}
    found["state"] = "State"
    if register.owner:
        found["owner"] = "Owner"
    if register.due:
        found["due"] = "Due"
    return found | ({"standing": "Standing"} if register.standing else {})


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


def rows_of_text(text: str) -> list[list[str]]:
    """Cells of pasted text: tabs where the first line has one, else commas or semicolons."""
    first = text.lstrip("\ufeff\n\r").split("\n", 1)[0]
    delimiter = next((mark for mark in "\t;," if mark in first), ",")
    try:
        rows = list(
            csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=delimiter, strict=True)
        )
    except csv.Error as error:
        raise ImportRefused([f"The text is no table: {error}."]) from None
    if sum(len(row) for row in rows) > CELLS:
        raise ImportRefused([f"More than {CELLS} cells; import it in parts."])
    return rows


def rows_of_file(name: str, data: bytes) -> list[list[str]]:
    """Cells of an uploaded CSV or XLSX file, told apart by their content."""
    if not data:
        raise ImportRefused([f"“{name}” is empty."])
    if data.startswith(b"PK"):
        return _rows_of_xlsx(name, data)
    try:
        return rows_of_text(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ImportRefused(
            [f"“{name}” is neither XLSX nor text in UTF-8. Save it as “CSV UTF-8” and try again."]
        ) from None


def _rows_of_xlsx(name: str, data: bytes) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(part.file_size for part in archive.infolist())
        if size > UNPACKED:
            raise ImportRefused([f"“{name}” is too large once unpacked."])
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        rows, cells = [], 0
        for row in sheet.iter_rows(values_only=True):
            rows.append([_cell_text(cell) for cell in row])
            cells += len(row)
            if len(rows) > 2 * ROWS or cells > CELLS:
                raise ImportRefused([f"“{name}” has more than {ROWS} rows or {CELLS} cells."])
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, IndexError, OSError):
        raise ImportRefused(
            [f"“{name}” is no readable XLSX file. Save it again as XLSX or CSV."]
        ) from None
    return rows


def _cell_text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return str(cell)


def table(register: Register, rows: Iterable[RowView]) -> list[list[object]]:
    """Head and rows for an export: numbers and dates as they are, choices in words."""
    columns = columns_of(register)
    body = [[_cell(register, row, name) for name in columns] for row in rows]
    return [list(columns.values()), *body]


def _cell(register: Register, row: RowView, name: str) -> object:
    common: dict[str, object] = {
        "ref": row.ref, "title": row.title, "state": row.state_label, "owner": row.owner_name,
        "due": row.due, "standing": row.standing,
    }  # fmt: skip
    if name in common and name not in register.columns:
        return common[name]
    kind = register.columns[name].type
    if kind == "money":
        return row.raw.get(name) or ""
    return row.values[name] if kind in (*NUMBERS, "date") else row.shown[name]


def csv_of(register: Register, rows: Iterable[RowView]) -> bytes:
    """The register as CSV in UTF-8 with a mark that spreadsheets read it by."""
    out = io.StringIO()
    writer = csv.writer(out)
    for line in table(register, rows):
        writer.writerow([neutral(_csv_text(cell)) for cell in line])
    return out.getvalue().encode("utf-8-sig")


def _csv_text(cell: object) -> str:
    return "" if cell is None else cell.isoformat() if isinstance(cell, date) else str(cell)


def neutral(text: str) -> str:
    """*text* so that no spreadsheet takes it for a formula; plain signed numbers stay."""
    if not text.startswith(DANGEROUS) or _is_number(text):
        return text
    return f"'{text}"


def _is_number(text: str) -> bool:
    return text[1:].replace(".", "", 1).isdecimal()


def plain_text(text: str) -> str:
    """What *text* was before it was made neutral."""
    return text[1:] if text.startswith("'") and text[1:].startswith(DANGEROUS) else text


def xlsx_of(register: Register, rows: Iterable[RowView]) -> bytes:
    """The register as an XLSX file with a frozen, bold head."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "".join(c for c in register.title if c not in r"[]:*?/\'")[:31] or "Register"
    for line in table(register, rows):
        sheet.append([neutral(cell) if isinstance(cell, str) else cell for cell in line])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def problem_of(line: Line, error: BadValue, register: Register) -> str:
    """A refused value with its line and column."""
    title = columns_of(register).get(error.field, error.field)
    return f"Line {line.number}, {title}: {error.message}"


def summary(register: Register, added: int, changed: int) -> str:
    """What an import did, as a sentence."""
    parts = []
    if added:
        parts.append(f"{plural(register.row_word, added)} added")
    if changed:
        parts.append(f"{plural(register.row_word, changed)} changed")
    return f"{' and '.join(parts)}." if parts else "Nothing in it was new."
