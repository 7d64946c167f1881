"""Separated text as a stream of records, each with its line; a fault has line and column."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from billing.crm.errors import Fault, UnreadableExport
from billing.crm.fields import is_known
from billing.crm.source import Limits, Source

SEPARATORS = ",;\t|"
NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
WIDE = 500
LOOKED_AT = 60
"""So many records decide which separator it is."""

Record = tuple[int, list[str]]
Block = tuple[list[int], list[list[str]]]


@dataclass(frozen=True)
class Text:
    """Separated text. With ``by_record`` a record's number is its line, as in a workbook."""

    source: Source
    encoding: str
    separator: str
    skip: int = 0
    by_record: bool = False

    def records(self, limits: Limits) -> Iterator[Record]:
        """Every record that is not blank, with the line on which it begins.

        Raises:
            UnreadableExport: quotes or a cell go wrong; nothing after it can be trusted.
        """
        for lines, rows in self.blocks(limits, LOOKED_AT):
            yield from zip(lines, rows, strict=True)

    def blocks(self, limits: Limits, size: int) -> Iterator[Block]:
        """The same, *size* records at a time, as their lines and their cells."""
        with self.source.open() as raw:
            stream = io.TextIOWrapper(raw, self.encoding, newline="")
            reader = csv.reader(stream, delimiter=self.separator, strict=True)
            at = _Place(self.skip)
            while True:
                try:
                    lines, rows = at.block(reader, size, by_record=self.by_record)
                except csv.Error as error:
                    fault = _fault(error, at.line, reader.line_num)
                    raise UnreadableExport(self.source.name, [fault]) from None
                if not rows:
                    return
                self._refuse_wide(lines, rows, limits)
                yield lines, rows

    def _refuse_wide(self, lines: list[int], rows: list[list[str]], limits: Limits) -> None:
        if max(map(len, rows)) > limits.columns:
            place = next(n for n, row in enumerate(rows) if len(row) > limits.columns)
            raise UnreadableExport(self.source.name, [_too_wide(lines[place], rows[place], limits)])


class _Place:
    """How far a reader has come: records passed, and the line on which the next begins."""

    def __init__(self, skip: int) -> None:
        self.skip, self.number, self.line = skip, 0, 1

    def block(self, reader: Any, size: int, *, by_record: bool) -> Block:
        """The next *size* records that are not blank."""
        lines: list[int] = []
        rows: list[list[str]] = []
        number, line, skip = self.number, self.line, self.skip
        try:
            for row in reader:
                number += 1
                if row and (row[0] or any(row)) and number > skip:
                    rows.append(row)
                    lines.append(number if by_record else line)
                line = reader.line_num + 1
                if len(rows) == size:
                    break
        finally:
            self.number, self.line = number, line
        return lines, rows


def _too_wide(line: int, record: list[str], limits: Limits) -> Fault:
    what = f"there are {len(record):,} columns, and at most {limits.columns:,} are read"
    return Fault(line, limits.columns + 1, what, "Export only the columns that are needed")


def _fault(error: csv.Error, start: int, line: int) -> Fault:
    words = str(error)
    if "unexpected end of data" in words:
        return Fault(start, 0, "a quote is opened here and never closed", "Close or double it")
    if "expected after" in words:
        return Fault(line, 0, "text follows a closing quote", "Double a quote that is meant")
    if "new-line character" in words:
        return Fault(line, 0, "a line break stands in the middle of a line", "Export it again")
    if "field larger than" in words:
        what = f"a cell has more than {csv.field_size_limit():,} characters"
        return Fault(start, 0, what, "Look whether a quote opened here is never closed")
    return Fault(line, 0, words)


def separated(
    source: Source, encoding: str, limits: Limits, known: Callable[[str], bool] = is_known
) -> Text:
    """*source* with the separator that makes the most even table of its first lines."""
    first = _first_line(source, encoding, limits)
    hint = first.rstrip("\r\n")[4:] if first.lower().startswith("sep=") else ""
    if hint and hint in SEPARATORS:
        return Text(source, encoding, hint, skip=1)
    best = max(SEPARATORS, key=lambda mark: _evenness(Text(source, encoding, mark), limits, known))
    return Text(source, encoding, best)


def _first_line(source: Source, encoding: str, limits: Limits) -> str:
    with source.open() as raw, io.TextIOWrapper(raw, encoding, newline="") as stream:
        return stream.readline(limits.line)


def _evenness(
    text: Text, limits: Limits, known_title: Callable[[str], bool]
) -> tuple[int, float, int]:
    """How many titles of a line are known ones, how many cells stand in lines of the commonest
    width, and that width."""
    known = 0
    widths: Counter[int] = Counter()
    generous = Limits(columns=limits.line)
    try:
        for _, record in text.records(generous):
            widths[len(record)] += 1
            known = max(known, sum(map(known_title, record[:WIDE])))
            if widths.total() >= LOOKED_AT:
                break
    except UnreadableExport:
        if not widths:
            return 0, 0.0, 0
    widths.pop(1, None)
    if not widths:
        return 0, 0.0, 0
    width, count = max(widths.items(), key=lambda item: (item[1] * item[0], item[0]))
    return known, count * (width - 1) / max(1, widths.total()), width
