"""Tables of text in and out of spreadsheets: pasted, CSV or XLSX. Pure."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils.exceptions import InvalidFileException

from phases.core.errors import BadValue

ROWS = 2000
CELLS = 100_000
LONGEST_CELL = 20_000
UNPACKED = 50 * 1024 * 1024
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
SHOWN_DECIMALS = 4
EXACT_DIGITS = 15
"""Spreadsheets keep so many digits of a number; a longer one is written as text."""

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ImportRefused(BadValue):
    """Nothing was imported; ``problems`` are all that is wrong, each with its line and column."""

    def __init__(self, problems: Sequence[str]) -> None:
        count = len(problems)
        self.problems = tuple(problems)
        what = "1 problem" if count == 1 else f"{count} problems"
        super().__init__("table", f"Nothing was imported: {what}. {' '.join(problems[:10])}")


def rows_of_text(text: str) -> list[list[str]]:
    """Cells of pasted text: tabs where the first line has one, else commas or semicolons.

    Raises:
        ImportRefused: it is no table, or too large a one.
    """
    text = text.lstrip("\ufeff")
    first = text.lstrip("\n\r").split("\n", 1)[0]
    delimiter = next((mark for mark in "\t;," if mark in first), ",")
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise ImportRefused([f"The text is no table: {error}."]) from None
    if len(rows) > 2 * ROWS or sum(len(row) for row in rows) > CELLS:
        raise ImportRefused([f"More than {ROWS} rows or {CELLS} cells; import it in parts."])
    return [[cell.replace("\r\n", "\n") for cell in row] for row in rows]


def rows_of_file(name: str, data: bytes) -> list[list[str]]:
    """Cells of an uploaded CSV or XLSX file, told apart by their content.

    Raises:
        ImportRefused: it is neither, or too large.
    """
    if not data:
        raise ImportRefused([f"“{name}” is empty."])
    if data.startswith(b"PK"):
        return _rows_of_xlsx(name, data)
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise ImportRefused(
            [f"“{name}” is neither XLSX nor text in UTF-8. Save it as “CSV UTF-8” and try again."]
        ) from None
    if "\0" in text:
        raise ImportRefused([f"“{name}” is no text. Save it as XLSX or “CSV UTF-8”."])
    return rows_of_text(text)


def _rows_of_xlsx(name: str, data: bytes) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(part.file_size for part in archive.infolist())
        if size > UNPACKED:
            raise ImportRefused([f"“{name}” is too large once unpacked."])
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        rows, cells = [], 0
        for row in book.worksheets[0].iter_rows(values_only=True):
            rows.append([_cell_text(cell) for cell in row])
            cells += len(row)
            if len(rows) > 2 * ROWS or cells > CELLS:
                raise ImportRefused([f"“{name}” has more than {ROWS} rows or {CELLS} cells."])
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, IndexError, OSError,
            ParseError, TypeError, AttributeError, EOFError, zipfile.LargeZipFile):  # fmt: skip
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
    if isinstance(cell, float):
        return format(Decimal(str(cell)).normalize(), "f")
    return str(cell).replace("\r\n", "\n")


def neutral(text: str) -> str:
    """*text* so that no spreadsheet takes it for a formula; plain signed numbers stay."""
    bare = text.lstrip("'")
    if not bare.startswith(DANGEROUS) or _is_number(text):
        return text
    return f"'{text}"


def _is_number(text: str) -> bool:
    return text[:1] in "+-" and text[1:].replace(".", "", 1).isdecimal()


def plain_text(text: str) -> str:
    """What *text* was before it was made neutral."""
    neutralised = text.startswith("'") and text.lstrip("'").startswith(DANGEROUS)
    return text[1:] if neutralised else text


def csv_of(lines: Iterable[Sequence[object]]) -> bytes:
    """*lines* as CSV in UTF-8 with a mark that spreadsheets read it by."""
    out = io.StringIO()
    writer = csv.writer(out)
    for line in lines:
        writer.writerow([neutral(_csv_text(cell)) for cell in line])
    return out.getvalue().encode("utf-8-sig")


def _csv_text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return format(cell, "f")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def tsv_of(lines: Iterable[Sequence[str]]) -> str:
    """*lines* as text to paste, every cell in quotes, so that it reads back the same."""
    out = io.StringIO()
    csv.writer(out, delimiter="\t", quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(lines)
    return out.getvalue()


def xlsx_of(title: str, lines: Iterable[Sequence[object]]) -> bytes:
    """*lines* as an XLSX file with a frozen, bold head."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\']", "", title)[:31] or "Table")
    sheet.freeze_panes = "A2"
    for number, line in enumerate(lines):
        cells = [_xlsx_cell(sheet, cell) for cell in line]
        sheet.append([_bold(sheet, cell) for cell in cells] if number == 0 else cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _bold(sheet: Any, value: Any) -> Any:
    cell = WriteOnlyCell(sheet, value)
    cell.font = Font(bold=True)
    return cell


def _xlsx_cell(sheet: Any, cell: object) -> object:
    """What stands in a cell: an amount with the decimals it has, no text taken for a formula."""
    if not isinstance(cell, Decimal):
        return neutral(cell) if isinstance(cell, str) else cell
    _, figures, exponent = cell.as_tuple()
    if len(figures) > EXACT_DIGITS:
        return format(cell, "f")
    if not isinstance(exponent, int) or not -SHOWN_DECIMALS <= exponent < 0:
        return cell
    shown: Any = WriteOnlyCell(sheet)
    shown.value = cell
    shown.number_format = f"#,##0.{'0' * -exponent}"
    return shown
