"""Separated text as a stream of records, each with its line; a fault has line and column."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from billing.crm.errors import Fault, UnreadableExport
from billing.crm.source import Limits, Source

SEPARATORS = ",;\t|"
NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
LOOKED_AT = 60
"""So many records decide which separator it is."""

Record = tuple[int, list[str]]

csv.field_size_limit(64 * 1024 * 1024)


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
            UnreadableExport: quotes, a cell or a line go wrong; nothing after it can be trusted.
        """
        with self.source.open() as raw:
            wrapped = io.TextIOWrapper(raw, self.encoding, newline="")
            yield from self._records(wrapped, limits)

    def _records(self, stream: io.TextIOWrapper, limits: Limits) -> Iterator[Record]:
        reader = csv.reader(
            _lines(stream, self.source.name, limits), delimiter=self.separator, strict=True
        )
        number, line, longest = 0, 1, limits.cell
        try:
            for record in reader:
                number += 1
                if any(record) and number > self.skip:
                    if reader.line_num - line > 2 or len(max(record, key=len)) > longest:
                        self._refuse_long_cells(line, record, limits)
                    if len(record) > limits.columns:
                        raise UnreadableExport(self.source.name, [_too_wide(line, record, limits)])
                    yield (number if self.by_record else line), record
                line = reader.line_num + 1
        except csv.Error as error:
            fault = _fault(error, line, reader.line_num)
            raise UnreadableExport(self.source.name, [fault]) from None

    def _refuse_long_cells(self, line: int, record: list[str], limits: Limits) -> None:
        for place, cell in enumerate(record, 1):
            if len(cell) > limits.cell:
                what = (
                    f"the cell has {len(cell):,} characters, and at most {limits.cell:,} are read"
                )
                remedy = "Look whether a quote opened here is never closed"
                raise UnreadableExport(self.source.name, [Fault(line, place, what, remedy)])


def _too_wide(line: int, record: list[str], limits: Limits) -> Fault:
    what = f"there are {len(record):,} columns, and at most {limits.columns:,} are read"
    return Fault(line, limits.columns + 1, what, "Export only the columns that are needed")


def _lines(stream: io.TextIOWrapper, name: str, limits: Limits) -> Iterator[str]:
    number = 0
    while line := stream.readline(limits.line):
        number += 1
        if len(line) == limits.line and line[-1] not in "\r\n":
            what = f"the line has more than {limits.line:,} characters"
            raise UnreadableExport(name, [Fault(number, 0, what, "It is no table")])
        yield line


def _fault(error: csv.Error, start: int, line: int) -> Fault:
    words = str(error)
    if "unexpected end of data" in words:
        return Fault(start, 0, "a quote is opened here and never closed", "Close or double it")
    if "expected after" in words:
        return Fault(line, 0, "text follows a closing quote", "Double a quote that is meant")
    if "new-line character" in words:
        return Fault(line, 0, "a line break stands in the middle of a line", "Export it again")
    return Fault(line, 0, words)


def separated(source: Source, encoding: str, limits: Limits) -> Text:
    """*source* with the separator that makes the most even table of its first lines."""
    first = _first_line(source, encoding, limits)
    hint = first.strip().removeprefix("sep=") if first.lower().startswith("sep=") else ""
    if hint and hint in SEPARATORS:
        return Text(source, encoding, hint, skip=1)
    best = max(SEPARATORS, key=lambda mark: _evenness(Text(source, encoding, mark), limits))
    return Text(source, encoding, best)


def _first_line(source: Source, encoding: str, limits: Limits) -> str:
    with source.open() as raw, io.TextIOWrapper(raw, encoding, newline="") as stream:
        return stream.readline(limits.line)


def _evenness(text: Text, limits: Limits) -> tuple[float, int]:
    """How many cells stand in lines of the commonest width, and that width."""
    widths: Counter[int] = Counter()
    generous = Limits(columns=limits.line, cell=limits.line, line=limits.line)
    try:
        for _, record in text.records(generous):
            widths[len(record)] += 1
            if widths.total() >= LOOKED_AT:
                break
    except UnreadableExport:
        if not widths:
            return 0.0, 0
    widths.pop(1, None)
    if not widths:
        return 0.0, 0
    width, count = max(widths.items(), key=lambda item: (item[1] * item[0], item[0]))
    return count * (width - 1) / max(1, widths.total()), width
