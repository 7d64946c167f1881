"""Dates as exports write them. Which of two numbers is the day is decided by a whole column."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

Order = Literal["day", "month"]
"""Which comes first where both are numbers."""

MISSING, UNREADABLE, UNDECIDED = 0, -1, -2
"""Instead of a day's number: nothing there, no date, a date whose order nobody has told yet."""

NUMERIC = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})\2(\d{4}|\d{2})(?:[ ,T].*)?$")
YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T]\d{1,2}:\d{2}.*)?$")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})$")
DAY_NAMED = re.compile(
    r"(?:\w+,\s*)?(\d{1,2})[. \-]+([^\W\d_]{3,9})[., \-]+(\d{4}|\d{2})(?:[ ,].*)?$"
)
MONTH_NAMED = re.compile(
    r"(?:\w+,\s*)?([^\W\d_]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})(?:[ ,].*)?$"
)
NUMBER = re.compile(r"\d{5}(?:\.\d+)?$|\d{10}$|\d{13}$")
FIRST_SERIAL, LAST_SERIAL = 20_000, 80_000
"""Spreadsheets count days from 1899-12-30: 1954 to 2119."""
SERIAL_ZERO = date(1899, 12, 30).toordinal()

_MONTHS = (
    "jan januar january jänner janvier enero",
    "feb februar february février febrero",
    "mar mär märz march mars marzo mrz",
    "apr april avril abril",
    "may mai mayo",
    "jun juni june juin junio",
    "jul juli july juillet julio",
    "aug august août agosto",
    "sep sept september septembre septiembre",
    "oct okt oktober october octobre octubre",
    "nov november novembre noviembre",
    "dec dez dezember december décembre diciembre",
)
MONTHS = {word: n for n, words in enumerate(_MONTHS, 1) for word in words.split()}


def read_day(text: str, order: Order | None) -> int:
    """The number of the day that *text* names, or what keeps it from being one."""
    if not text:
        return MISSING
    if found := YEAR_FIRST.match(text) or COMPACT.match(text):
        return _day(found[1], found[2], found[3])
    if found := NUMERIC.match(text):
        first, second, year = found[1], found[3], _year(found[4])
        if order is None and first != second and int(first) < 13 and int(second) < 13:
            return UNDECIDED
        month_first = order == "month" or (order is None and int(second) > 12)
        month, day = (first, second) if month_first else (second, first)
        return _day(year, month, day)
    return _worded(text)


def _worded(text: str) -> int:
    if found := DAY_NAMED.match(text):
        return _day(_year(found[3]), MONTHS.get(found[2].casefold(), 0), found[1])
    if found := MONTH_NAMED.match(text):
        return _day(found[3], MONTHS.get(found[1].casefold(), 0), found[2])
    return _counted(text) if NUMBER.match(text) else UNREADABLE


def _counted(text: str) -> int:
    """Days of a spreadsheet, or seconds or milliseconds since 1970."""
    whole = int(text.partition(".")[0])
    if whole < 100_000:
        return SERIAL_ZERO + whole if FIRST_SERIAL <= whole <= LAST_SERIAL else UNREADABLE
    seconds = whole // 1000 if len(text) == 13 else whole
    return datetime.fromtimestamp(seconds, UTC).toordinal()


def _year(text: str) -> int:
    number = int(text)
    return number if len(text) == 4 else number + (2000 if number < 70 else 1900)


def _day(year: str | int, month: str | int, day: str | int) -> int:
    try:
        return date(int(year), int(month), int(day)).toordinal()
    except ValueError:
        return UNREADABLE


@dataclass
class DateColumn:
    """What the values of one column say about which number is the day."""

    title: str
    day_first: int = 0
    month_first: int = 0
    either: int = 0
    unreadable: int = 0
    example: str = ""
    day_example: str = ""
    month_example: str = ""
    serials: int = 0

    def look(self, texts: Iterable[str]) -> None:
        """Take the different values *texts* into account."""
        for text in texts:
            self._look(text)

    def _look(self, text: str) -> None:
        found = NUMERIC.match(text)
        if found is None:
            self.serials += bool(NUMBER.match(text))
            self.unreadable += bool(text) and read_day(text, None) == UNREADABLE
            return
        first, second = int(found[1]), int(found[3])
        if first > 12 >= second:
            self.day_first += 1
            self.day_example = self.day_example or text
        elif second > 12 >= first:
            self.month_first += 1
            self.month_example = self.month_example or text
        elif first <= 12 and second <= 12 and first != second:
            self.either += 1
            self.example = self.example or text
        elif first > 12:
            self.unreadable += 1

    @property
    def mixed(self) -> bool:
        """Some values can only be day first, others only month first."""
        return bool(self.day_first and self.month_first)

    @property
    def order(self) -> Order | None:
        """The order that the values themselves prove."""
        if self.mixed or not (self.day_first or self.month_first):
            return None
        return "day" if self.day_first else "month"

    @property
    def must_be_asked(self) -> bool:
        """Whether values remain that could be two different days."""
        return bool(self.either) and self.order is None
