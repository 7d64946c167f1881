"""The cells of an export's row as words, days and amounts; what cannot be read is a fault."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, tzinfo
from decimal import Decimal

from billing.crm.amounts import UNREADABLE, read_amount
from billing.crm.cells import clean
from billing.crm.dates import UNDECIDED
from billing.crm.dates import UNREADABLE as NO_DATE
from billing.crm.errors import MOST, Fault
from billing.exports.drafts import Draft, too_fine
from billing.exports.grid import ABOVE, Grid
from billing.exports.mapping import InvoiceMapping
from billing.exports.moments import LAST_MINUTE, Moment, read_moment, says_utc
from billing.exports.words import POSTED, currency_of
from billing.money import iso_digits
from billing.parts import FIRST_YEAR, LAST_YEAR

LARGEST = Decimal(10) ** 13
NONE = "- none -"
"""What NetSuite writes where there is nothing."""


class Cells:
    """How the cells of one export are read."""

    def __init__(self, grid: Grid, mapping: InvoiceMapping, zone: tzinfo | None) -> None:
        self.mapping = mapping
        self.zone = zone if mapping.zone == "local" else None
        self.places = {
            key: () if title == ABOVE else grid.places[title]
            for key, title in mapping.columns.items()
        }
        self.utc = {key: says_utc(title) for key, title in mapping.columns.items()}
        entries = mapping.of == "entries"
        self.posted = mapping.two_sided or (entries and "posted" in mapping.columns)
        self.faults: list[Fault] = []
        self.count = 0
        self.above = ""

    def _text(self, cells: Sequence[str], key: str, index: int = 0) -> str:
        places = self.places.get(key)
        if places is None:
            return ""
        if not places:
            return self.above
        place = places[index] if index < len(places) else -1
        found = clean(cells[place]) if 0 <= place < len(cells) else ""
        return "" if found.casefold() == NONE else found

    def _column(self, key: str, index: int = 0) -> int:
        places = self.places.get(key) or ()
        return places[index] + 1 if index < len(places) else 0

    def _moment(self, key: str, text: str) -> Moment:
        order = self.mapping.dates.get(self.mapping.columns[key])
        return read_moment(text, order, utc=self.utc[key])

    def _day(self, line: int, cells: list[str], key: str, index: int = 0) -> date | None:
        text = self._text(cells, key, index)
        if not text:
            return None
        moment = self._moment(key, text)
        day = moment.day_in(self.zone) if not moment.bad else moment.day
        if key == "period_end" and day > 0:
            last = (moment.clock_in(self.zone) or (0, 0)) >= LAST_MINUTE
            day += last or self._ends_on_last_day()
        if what := _wrong(text, moment.day, day):
            self._fault(line, self._column(key, index), what)
            return None
        return date.fromordinal(day)

    def _ends_on_last_day(self) -> bool:
        if self.mapping.ends:
            return self.mapping.ends == "last_day"
        return self.mapping.system != "stripe"

    def _currency(self, line: int, cells: list[str]) -> str:
        text = self._text(cells, "currency")
        found = currency_of(text) if text else ""
        if found is None:
            self._fault(line, self._column("currency"), f"there is no currency “{text[:20]}”",
                        "Use its three letters, such as EUR")  # fmt: skip
            return "XXX"
        if found in ("", "$"):
            found = self._sign(cells) or found
        return self.mapping.currency if found in ("", "$") else found

    def _sign(self, cells: list[str]) -> str:
        """The currency that an amount of the row names."""
        for key in ("total", "line_amount", "net"):
            if text := self._text(cells, key):
                mark = self.mapping.decimals.get(self.mapping.columns[key], "point")
                if (named := read_amount(text, mark).currency) not in ("", "$"):
                    return named
        return ""

    def _amount(
        self, draft: Draft, line: int, cells: list[str], key: str, index: int = 0
    ) -> Decimal | None:  # fmt: skip
        text = self._text(cells, key, index)
        if not text:
            return None
        mark = self.mapping.decimals.get(self.mapping.columns[key], "point")
        read, column = read_amount(text, mark), self._column(key, index)
        if read.value is None or read.value is UNREADABLE:
            self._fault(line, column, f"“{text[:40]}” is no amount")
            return None
        value = read.value
        if key == "quantity":
            return value
        if self.mapping.units == "minor":
            value = value.scaleb(-iso_digits(draft.currency))
        if read.currency not in ("", "$", draft.currency):
            what = f"“{text[:40]}” is in {read.currency}, the invoice in {draft.currency or '?'}"
            self._fault(line, column, what)
        if abs(value) >= LARGEST:
            self._fault(line, column, f"“{text[:40]}” is more than any invoice comes to")
            return None
        if key != "unit_price" and draft.currency and too_fine(value, draft.currency):
            what = f"“{text[:40]}” has more decimals than {draft.currency}"
            self._fault(line, column, what, "Say whether amounts are in cents")
            return None
        return value

    def _is_main(self, cells: list[str]) -> bool:
        if "mainline" in self.places:
            return self._mark(cells) not in ("", "f", "false", "no")
        return "line_number" in self.places and self._text(cells, "line_number") == "0"

    def _mark(self, cells: Sequence[str]) -> str:
        place = self.places["mainline"][0]
        return cells[place].strip().casefold() if place < len(cells) else ""

    def _posted(self, draft: Draft, line: int, cells: list[str]) -> Decimal | None:
        """The signed amount of an entry that tells debits and credits apart."""
        plus = self.mapping.sign
        if "posted" in self.places and not self.mapping.two_sided:
            value, word = self._amount(draft, line, cells, "total"), self._text(cells, "posted")
            side = POSTED.get(word.casefold().rstrip("."))
            if value is not None and side is None:
                what = f"“{word[:20]}” is neither debit nor credit" if word else (
                    "nothing says whether this is a debit or a credit")  # fmt: skip
                self._fault(line, self._column("posted"), what)
            return value if value is None or side == plus else -value
        told = {key: self._amount(draft, line, cells, key) for key in ("debit", "credit")}
        if all(told.values()):
            what = f"the row has a debit of {told['debit']} and a credit of {told['credit']}"
            self._fault(line, self._column("credit"), what, "Put each on a row of its own")
        there = {key: value for key, value in told.items() if value is not None}
        signed = (value if key == plus else -value for key, value in there.items())
        return sum(signed, Decimal(0)) if there else None

    def _told_nothing(self, line: int, key: str) -> bool:
        column = self._column(key)
        return not any(f.line == line and f.column == column for f in self.faults)

    def _fault(self, line: int, column: int, what: str, remedy: str = "") -> None:
        self.count += 1
        if len(self.faults) < MOST:
            self.faults.append(Fault(line, column, what, remedy))


def _wrong(text: str, written: int, day: int) -> str:
    """Why *text* is no day that can be compared; empty if it is one."""
    if written == UNDECIDED:
        return f"“{text[:40]}” may be day first or month first"
    if NO_DATE in (written, day):
        return f"“{text[:40]}” is no date that can be read"
    year = date.fromordinal(min(max(1, day), date.max.toordinal())).year
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return f"“{text[:40]}”: the year {year} is not between {FIRST_YEAR} and {LAST_YEAR}"
    return ""
