"""An export's rows as invoices: every row is used, left out with its reason, or a fault."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta, tzinfo
from decimal import Decimal

from billing.billed import BilledLine, flagged
from billing.crm.amounts import UNREADABLE, read_amount
from billing.crm.cells import clean
from billing.crm.dates import UNDECIDED
from billing.crm.dates import UNREADABLE as NO_DATE
from billing.crm.errors import MOST, Fault, UnfitMapping, UnreadableExport
from billing.errors import Problem
from billing.exports.drafts import Draft, Found, too_fine
from billing.exports.fields import LABELS
from billing.exports.grid import ABOVE, FOOTER, TOTAL, Grid, filled
from billing.exports.mapping import InvoiceMapping
from billing.exports.moments import LAST_MINUTE, Moment, read_moment, says_utc
from billing.exports.words import POSTED, Counts, currency_of, is_void, kind_of
from billing.money import iso_digits
from billing.parts import FIRST_YEAR, LAST_YEAR

LARGEST = Decimal(10) ** 13
LONGEST = 120
NONE = "- none -"
"""What NetSuite writes where there is nothing."""
CREDITED = re.compile(r"invoice\s*#\s*(.+)", re.IGNORECASE)
"""How it says from which invoice a credit was created, in place of an order."""
ONE_DAY = timedelta(days=1)
TELLING = ("number", "total", "line_amount", "debit", "credit")
"""What shows that a row is no heading."""
BALANCE = re.compile(
    r"((opening|closing|beginning|ending|starting) balance|(balance )?(brought|carried) forward"
    r"|balance [bc]/f|saldovortrag|anfangssaldo|endsaldo)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Reading:
    """What an export holds: ``rows`` = ``used`` + everything in ``left_out``, by its reason.

    ``flags`` are invoices that ought to be looked at.
    """

    found: tuple[Found, ...]
    rows: int
    used: int
    left_out: Mapping[str, int]
    flags: tuple[Problem, ...]
    notes: tuple[str, ...] = ()
    first_left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def lines(self) -> int:
        """How many lines the invoices have."""
        return sum(len(one.billed.lines) for one in self.found)

    @property
    def sums(self) -> dict[str, Decimal]:
        """What the invoices come to, by currency."""
        found: dict[str, Decimal] = {}
        for one in self.found:
            code = one.billed.currency
            found[code] = found.get(code, Decimal(0)) + one.billed.total
        return found


def read_invoices(grid: Grid, mapping: InvoiceMapping, zone: tzinfo | None = None) -> Reading:
    """Every invoice of *grid*.

    Raises:
        UnfitMapping: it names columns that are not there.
        UnreadableExport: rows that cannot be read, by line and column; nothing was taken over.
    """
    if not mapping.fits(grid.titles):
        raise UnfitMapping("the mapping names columns that this file does not have")
    reader = _Reader(grid, mapping, zone)
    for line, cells in grid.rows():
        reader.row(line, cells)
    return reader.reading()


class _Reader:
    def __init__(self, grid: Grid, mapping: InvoiceMapping, zone: tzinfo | None) -> None:
        self.grid, self.mapping = grid, mapping
        self.zone = zone if mapping.zone == "local" else None
        self.places = {
            key: () if title == ABOVE else grid.places[title]
            for key, title in mapping.columns.items()
        }
        self.utc = {key: says_utc(title) for key, title in mapping.columns.items()}
        entries = mapping.of == "entries"
        self.posted = mapping.two_sided or (entries and "posted" in mapping.columns)
        self.faults: list[Fault] = []
        self.count = self.rows = self.used = 0
        self.left_out: Counter[str] = Counter()
        self.first: dict[str, int] = {}
        self.drafts: list[Draft] = []
        self.by_number: dict[str, Draft] = {}
        self.current: Draft | None = None
        self.above = ""

    # --- rows -------------------------------------------------------------------------------------

    def row(self, line: int, cells: list[str]) -> None:
        """Take one row in."""
        self.rows += 1
        if reason := self._no_data(cells):
            self._leave(reason, line)
            return
        width = self.grid.width
        if len(cells) < width or any(cell.strip() for cell in cells[width:]):
            place = min(len(cells), width) + 1
            what = f"the row has {len(cells)} cells, and there are {width} column titles"
            self._fault(line, place, what, "Complete the row, or put a cell with marks in quotes")
            return
        draft = self._draft(line, cells)
        if draft is None:
            return
        if draft.out:
            self._leave(draft.out, line)
            return
        self.used += 1
        draft.last_row = line
        self._money(draft, line, cells)

    def _no_data(self, cells: list[str]) -> str:
        """Why the row is none of an invoice; empty if it is one."""
        there = filled(cells)
        if not there:
            return "blank rows"
        dated = bool(self._text(cells, "date"))
        readable = dated and not self._moment("date", self._text(cells, "date")).bad
        if tuple(c.strip() for c in cells[: self.grid.width]) == self.grid.heading:
            return "titles once more"
        if TOTAL.match(there[0]) and not readable:
            return "totals"
        if FOOTER.match(there[0]) and not readable:
            return "footer"
        if self.mapping.of == "entries" and any(BALANCE.match(cell) for cell in there):
            return "opening and closing balances"
        told = any(self._text(cells, key) for key in TELLING)
        if len(there) <= 2 and not told:
            if len(there) == 1 and cells[0].strip():
                self.above = there[0]
                return "headings of groups"
            return "rows of text"
        if len(there) == 1 and len(cells) == 1 and self.grid.width > 1:
            return "rows of text"
        return ""

    def _draft(self, line: int, cells: list[str]) -> Draft | None:
        """The invoice that the row belongs to."""
        number = self._text(cells, "number") or self._text(cells, "id")
        lines = self.mapping.level == "line"
        if not number:
            if lines and self.current is not None:
                self.current.closed = True
                return self.current
            if out := self._out(cells):
                return Draft(line, "", out=out)
            name = "reference" if self.mapping.of == "entries" else "invoice number"
            self._fault(line, self._column("number"), f"there is no {name}")
            return None
        fresh = self._header(line, cells, number)
        known = self.by_number.get(number) if lines else None
        if known is not None and known.is_of(fresh) and not (known.main and fresh.main):
            _merge(known, fresh)
            self.current = known
            return known
        self.current = self.by_number[number] = fresh
        if not fresh.out:
            self._complete(fresh, line)
            self.drafts.append(fresh)
        return fresh

    def _out(self, cells: list[str]) -> str:
        kind = self._kind(cells)
        if kind == "neither":
            return f"documents of the kind “{self._text(cells, 'type')[:40]}”"
        status = self._text(cells, "status")
        return f"documents in the state “{status[:40]}”" if is_void(status) else ""

    def _kind(self, cells: list[str]) -> Counts | None:
        word = self._text(cells, "type")
        if not word:
            return "invoice"
        told = {key.casefold(): kind for key, kind in self.mapping.kinds.items()}
        return told.get(word.casefold()) or kind_of(word)

    def _header(self, line: int, cells: list[str], number: str) -> Draft:
        """What the row tells of its invoice."""
        draft = Draft(line, number, out=self._out(cells))
        if draft.out:
            return draft
        kind = self._kind(cells)
        if kind is None:
            what = f"nobody has said whether “{self._text(cells, 'type')}” is an invoice"
            self._fault(line, self._column("type"), what)
        draft.kind = kind or "invoice"
        draft.contract = self._text(cells, "contract") or self._text(cells, "customer")
        draft.customer, draft.status = self._text(cells, "customer"), self._text(cells, "status")
        draft.refers_to = self._text(cells, "refers_to")
        if draft.kind == "credit_note" and (credited := CREDITED.match(draft.contract)):
            draft.refers_to = draft.refers_to or credited[1]
            draft.contract = draft.customer or draft.contract
        draft.issue, draft.due = self._day(line, cells, "date"), self._day(line, cells, "due")
        draft.currency = self._currency(line, cells)
        draft.main = self._is_main(cells)
        for key in ("number", "contract", "customer", "refers_to", "status"):
            if len(self._text(cells, key)) > LONGEST:
                what = f"the {LABELS[key]} has more than {LONGEST} characters"
                self._fault(line, self._column(key), what)
        return draft

    def _complete(self, draft: Draft, line: int) -> None:
        """Say what an invoice's first row lacks."""
        if draft.issue is None and self._told_nothing(line, "date"):
            name = "date" if self.mapping.of == "entries" else "invoice date"
            self._fault(line, self._column("date"), f"there is no {name}")
        if not draft.contract and self.mapping.of == "invoices":
            key = "contract" if "contract" in self.places else "customer"
            self._fault(line, self._column(key), f"there is no {LABELS[key]}")

    def _told_nothing(self, line: int, key: str) -> bool:
        column = self._column(key)
        return not any(f.line == line and f.column == column for f in self.faults)

    # --- cells ------------------------------------------------------------------------------------

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

    # --- money ------------------------------------------------------------------------------------

    def _money(self, draft: Draft, line: int, cells: list[str]) -> None:
        if not draft.currency:
            column = self._column("currency")
            self._fault(line, column, "nothing says in which currency this is")
            draft.currency = "XXX"
        main = self._is_main(cells)
        for key in ("total", "net", "tax"):
            value = (self._posted(draft, line, cells) if key == "total" and self.posted
                     else self._amount(draft, line, cells, key))  # fmt: skip
            known = getattr(draft, key)
            if known is None:
                setattr(draft, key, value)
            elif value is not None and value != known and key == "total":
                what = f"the total is {value} here and {known} above, in line {draft.row}"
                self._fault(line, self._column(key), what)
        if main or (self.mapping.level != "line" and not self.grid.indexed):
            if draft.total is None:
                draft.total = self._amount(draft, line, cells, "line_amount")
            self._periods(draft, line, cells, 0)
            self._one_line(draft, line, cells)
        else:
            most = max((len(places) for places in self.places.values()), default=1)
            for index in range(most if self.grid.indexed else 1):
                self._line(draft, line, cells, index)
        whole = "line_amount" not in self.places or self.mapping.level != "line"
        key = "debit" if self.mapping.two_sided else "total"
        if whole and draft.total is None and not draft.lines and self._told_nothing(line, key):
            self._fault(line, self._column(key), "there is no amount")

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

    def _one_line(self, draft: Draft, line: int, cells: list[str]) -> None:
        """The only line of an invoice whose row tells an item beside its total."""
        if "line_amount" in self.places and "total" in self.places and not self._is_main(cells):
            self._line(draft, line, cells, 0)

    def _line(self, draft: Draft, line: int, cells: list[str], index: int) -> None:
        amount = self._amount(draft, line, cells, "line_amount", index)
        tax = self._amount(draft, line, cells, "line_tax", index)
        if tax is not None:
            draft.line_tax = (draft.line_tax or Decimal(0)) + tax
        self._periods(draft, line, cells, index)
        if amount is None:
            return
        draft.lines.append(BilledLine(
            self._text(cells, "item", index)[:200], amount,
            self._amount(draft, line, cells, "quantity", index),
            self._amount(draft, line, cells, "unit_price", index),
            self._amount(draft, line, cells, "line_discount", index),
        ))  # fmt: skip

    def _periods(self, draft: Draft, line: int, cells: list[str], index: int) -> None:
        start = self._day(line, cells, "period_start", index)
        end = self._day(line, cells, "period_end", index)
        if start and end and end <= start:
            what = f"the period ends on {end - ONE_DAY}, before it starts, on {start}"
            self._fault(line, self._column("period_end", index), what)
        draft.span(start, end)

    # --- results ----------------------------------------------------------------------------------

    def _leave(self, reason: str, line: int) -> None:
        self.left_out[reason] += 1
        self.first.setdefault(reason, line)

    def _fault(self, line: int, column: int, what: str, remedy: str = "") -> None:
        self.count += 1
        if len(self.faults) < MOST:
            self.faults.append(Fault(line, column, what, remedy))

    def reading(self) -> Reading:
        """All of it.

        Raises:
            UnreadableExport: there were faults.
        """
        for draft in self.drafts:
            if draft.total is None and not draft.lines and not self.count:
                self._fault(draft.row, self._column("total"), "there is no amount")
        if self.faults:
            raise UnreadableExport(self.grid.name, self.faults, self.count)
        found, flags = [], []
        contracts = {draft.number: draft.contract for draft in self.drafts}
        for draft in self.drafts:
            if draft.refers_to and draft.contract in ("", draft.customer):
                draft.contract = contracts.get(draft.refers_to, draft.contract)
            one, doubts = draft.finished()
            found.append(one)
            flags += doubts
        if self.mapping.of == "invoices":
            flags += flagged(one.billed for one in found)
        flags.sort(key=lambda problem: (problem.row, problem.field))
        return Reading(tuple(found), self.rows, self.used, dict(self.left_out), tuple(flags),
                       self.grid.notes, self.first)  # fmt: skip


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


def _merge(known: Draft, fresh: Draft) -> None:
    """Take over what a later row tells and no earlier one did."""
    known.main = known.main or fresh.main
    for name in ("customer", "status", "refers_to", "due"):
        if not getattr(known, name):
            setattr(known, name, getattr(fresh, name))
