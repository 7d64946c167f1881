"""XLSX as separated text: read once as a stream, spooled, then read like any other table."""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, BinaryIO, cast
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from billing.crm.delimited import Text
from billing.crm.errors import MOST, Fault, UnreadableExport
from billing.crm.source import MEBIBYTE, Limits, Source

BROKEN = (
    zipfile.BadZipFile, zipfile.LargeZipFile, InvalidFileException, ParseError, KeyError,
    ValueError, IndexError, OSError, TypeError, AttributeError, EOFError, NotImplementedError,
    RuntimeError,
)  # fmt: skip
BLANKS = 10_000
"""After so many blank rows the sheet is taken to have ended."""


@dataclass(frozen=True)
class Sheet:
    """A worksheet as text, and the names of those that were not read."""

    text: Text
    name: str
    others: tuple[str, ...]


def is_workbook(source: Source) -> bool:
    """Whether the bytes are those of a zip archive, as an XLSX file is."""
    return source.head(4).startswith(b"PK")


def sheet_of(source: Source, limits: Limits) -> Sheet:
    """The first visible worksheet of *source* that is not empty.

    Raises:
        UnreadableExport: no XLSX file, too large when unpacked, or formulas without values.
    """
    try:
        formulas = _inspect(source, limits)
        with source.open() as stream:
            book = load_workbook(stream, read_only=True, data_only=True)
            shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            for place, sheet in enumerate(shown):
                spool, rows = _spooled(source.name, _rows(sheet, source.name, limits), limits)
                if rows:
                    text = Text(Source.of_open_file(source.name, spool), "utf-8", ",", 0, True)
                    if formulas:
                        _refuse_formulas_without_values(source, sheet.title, limits)
                    others = [each.title for n, each in enumerate(shown) if n != place]
                    return Sheet(text, sheet.title, tuple(others))
                spool.close()
    except BROKEN as error:
        what = "the file is a zip archive but no readable XLSX workbook"
        raise UnreadableExport(
            source.name, [Fault(0, 0, what, "Save it again as XLSX or CSV")]
        ) from error
    raise UnreadableExport(source.name, [Fault(0, 0, "every sheet of the workbook is empty")])


def _inspect(source: Source, limits: Limits) -> bool:
    """Refuse what would not fit; whether any sheet holds a formula."""
    with source.open() as stream, zipfile.ZipFile(stream) as archive:
        parts = archive.infolist()
        if (what := _too_large(parts, limits)) is not None:
            raise UnreadableExport(source.name, [Fault(0, 0, what, "Export fewer rows")])
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                with archive.open(part) as member:
                    start = member.read(4096)
                if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
                    what = "the workbook defines entities, which no spreadsheet writes"
                    raise UnreadableExport(source.name, [Fault(0, 0, what)])
        sheets = [part for part in parts if part.filename.startswith("xl/worksheets/")]
        return any(_holds(archive, part, (b"<f>", b"<f ")) for part in sheets)


def _too_large(parts: Sequence[zipfile.ZipInfo], limits: Limits) -> str | None:
    if len(parts) > limits.parts:
        return f"the workbook has {len(parts):,} parts, and at most {limits.parts:,} are read"
    unpacked = sum(part.file_size for part in parts)
    if unpacked > limits.unpacked:
        return f"the workbook has {unpacked // MEBIBYTE:,} MiB once unpacked; that is too much"
    for part in parts:
        swollen = part.file_size > limits.ratio * max(1, part.compress_size)
        if part.file_size > 10 * MEBIBYTE and swollen:
            return f"“{part.filename}” swells to {part.file_size // MEBIBYTE:,} MiB when unpacked"
        if part.filename == "xl/sharedStrings.xml" and part.file_size > limits.strings:
            return "the workbook holds too much text to be read"
    return None


def _holds(archive: zipfile.ZipFile, part: zipfile.ZipInfo, words: Sequence[bytes]) -> bool:
    with archive.open(part) as member:
        before = b""
        while data := member.read(MEBIBYTE):
            joined = before + data
            if any(word in joined for word in words):
                return True
            before = data[-4:]
    return False


def _rows(sheet: Any, name: str, limits: Limits) -> Iterator[Sequence[Any]]:
    sheet.reset_dimensions()
    blanks = 0
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        if number > limits.rows + BLANKS:
            what = f"there are more than {limits.rows:,} rows"
            raise UnreadableExport(name, [Fault(number, 0, what, "Export it in parts")])
        if len(row) > limits.columns and any(cell is not None for cell in row[limits.columns :]):
            what = f"there are {len(row):,} columns, and at most {limits.columns:,} are read"
            raise UnreadableExport(name, [Fault(number, limits.columns + 1, what)])
        blanks = 0 if any(cell is not None for cell in row) else blanks + 1
        if blanks > BLANKS:
            return
        yield row[: limits.columns]


def _spooled(
    name: str, rows: Iterator[Sequence[Any]], limits: Limits
) -> tuple[BinaryIO, int]:  # fmt: skip
    """The rows as separated text in a nameless file, every row as wide as the widest before it."""
    spool = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the table is read
    try:
        return cast("BinaryIO", spool), _written(cast("BinaryIO", spool), name, rows, limits)
    except BaseException:
        spool.close()
        raise


def _written(
    spool: BinaryIO, name: str, rows: Iterator[Sequence[Any]], limits: Limits
) -> int:  # fmt: skip
    text = io.TextIOWrapper(spool, "utf-8", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\r\n")
    filled = width = 0
    for row in rows:
        cells = [_text(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        filled += bool(cells)
        width = max(width, len(cells)) if filled <= 25 else width
        writer.writerow(cells + [""] * (width - len(cells)) or [""])
        if spool.tell() > limits.unpacked:
            raise UnreadableExport(name, [Fault(0, 0, "the workbook holds too much text")])
    text.flush()
    text.detach()
    return filled


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell.replace("\r\n", "\n").replace("\0", "")
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, datetime):
        whole = cell.time() == time(0)
        return cell.date().isoformat() if whole else cell.isoformat(" ", "seconds")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    if isinstance(cell, float):
        return format(Decimal(repr(cell)).normalize(), "f") if cell == cell else ""  # noqa: PLR0124 - not a number
    return str(cell)


def _refuse_formulas_without_values(source: Source, title: str, limits: Limits) -> None:
    """A formula that was never computed would read as an empty cell."""
    with source.open() as one, source.open() as other:
        shown = load_workbook(one, read_only=True, data_only=True)[title]
        written = load_workbook(other, read_only=True, data_only=False)[title]
        pairs = zip(_rows(shown, source.name, limits), _rows(written, source.name, limits),
                    strict=False)  # fmt: skip
        faults, count = [], 0
        for line, (values, cells) in enumerate(pairs, 1):
            for column, (value, cell) in enumerate(zip(values, cells, strict=False), 1):
                if value is None and isinstance(cell, str) and cell.startswith("="):
                    count += 1
                    if count <= MOST:
                        what = f"the formula {cell[:40]} has no value"
                        remedy = "Open the file in a spreadsheet, let it compute, and save it"
                        faults.append(Fault(line, column, what, remedy))
    if faults:
        raise UnreadableExport(source.name, faults, count)
