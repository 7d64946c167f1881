"""Recognising the columns of an invoice export, and asking where the file does not say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from itertools import islice

from billing.crm.amounts import UNREADABLE, DecimalMark, read_amount
from billing.crm.cells import clean
from billing.exports.columns import named_currency, of_entries, settled_columns
from billing.exports.fields import (
    FIELDS,
    LABELS,
    MARKS_OF_SYSTEM,
    POSTED,
    names_of,
)
from billing.exports.grid import ABOVE, TOTAL, Grid, filled
from billing.exports.mapping import InvoiceMapping, Level, Of
from billing.exports.moments import LAST_MINUTE, MIDNIGHT, Moment, read_moment, says_utc
from billing.exports.words import IN_OR_OUT, currency_of, kind_of
from billing.mapping import Ends
from billing.money import iso_digits
from billing.recognition import (
    Confidence,
    Known,
    Looks,
    Match,
    Question,
    Recognised,
    matches_of,
    same_day_of_month,
    sample_of,
    standing,
    told_by,
    unused,
)

KINDS = (("invoice", "an invoice"), ("credit_note", "a credit note"), ("neither", "neither"))
SAMPLED = 400
MOST_WORDS = 40
LOOKED_AT = 50_000
"""So many rows decide how a file is read; a later one that contradicts them is a fault."""
MOST_SPANS = 10_000
KINDS_OF = {each.key: each.kind for each in FIELDS}
MONEY = ("total", "net", "tax", "line_tax", "unit_price", "line_discount", "line_amount", "debit",
         "credit")  # fmt: skip


Recognition = Recognised[InvoiceMapping]


def recognise(
    grid: Grid, given: InvoiceMapping | None = None, zone: tzinfo | None = None,
    of: Of = "invoices", known: Known[InvoiceMapping] | None = None,
) -> Recognition:  # fmt: skip
    """The columns of *grid*; those of *given* stand, where it has them, and so do those of a file
    that is *known*, to which only columns are added that it had not. *zone* is the customer's, in
    which instants become days."""
    given = given or (known.mapping if known else None)
    mapping = given or InvoiceMapping(system=system_of(grid), of=of)
    samples = _samples(grid)
    kept = {key: t for key, t in mapping.columns.items() if t in grid.places and key in LABELS}
    if given is None and "*" in grid.places:
        kept.setdefault("mainline", "*")
    titles = tuple(t for t in grid.titles if t != ABOVE)
    fields = [each for each in FIELDS if mapping.of == "entries" or each.key not in POSTED]
    matches, doubts = matches_of(fields, titles, samples, kept)
    if given is not None:
        matches = standing(matches, known)
    columns = {match.field: match.title for match in matches}
    if given is None:
        columns |= named_currency(doubts, samples)
        columns = settled_columns(grid, columns, samples, mapping.system)
        if mapping.of == "entries":
            columns = of_entries(columns)
        matches = tuple(
            Match(key, LABELS[key], title, *_confidence(matches, key, title))
            for key, title in sorted(columns.items())
        )
        doubts = [doubt for doubt in doubts if doubt.column not in columns.values()]
    else:
        doubts = []
    mapping = replace(mapping, columns=columns)
    look = _Look(grid, mapping, zone)
    mapping = look.settled(mapping)
    left = unused(titles, columns, samples)
    return Recognition(mapping, matches, left, (*doubts, *look.questions(mapping)),
                       tuple(_lacking(mapping, grid)))  # fmt: skip


def system_of(grid: Grid) -> str:
    """The system whose titles these are."""
    return told_by(MARKS_OF_SYSTEM, (name for t in grid.titles for name in names_of(t)))


def _samples(grid: Grid) -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = {title: {} for title in grid.titles}
    for number, (_, cells) in enumerate(grid.rows()):
        if number >= SAMPLED:
            break
        there = filled(cells)
        if len(cells) != grid.width or len(there) < 3 or TOTAL.match(there[0]):
            continue
        for title in grid.titles:
            if title != ABOVE:
                found[title] |= dict.fromkeys(cells[p] for p in grid.places[title])
    return {title: sample_of(cells) for title, cells in found.items()}


def _confidence(matches: Iterable[Match], key: str, title: str) -> tuple[Confidence, str]:
    for match in matches:
        if match.title == title:
            if match.field == key:
                return match.confidence, match.why
            return "likely", "no other column could be it"
    return "likely", "no other column could be it"


def _lacking(mapping: InvoiceMapping, grid: Grid) -> Iterator[str]:
    columns = mapping.columns
    if "number" not in columns and "id" not in columns:
        yield "the reference" if mapping.of == "entries" else "the invoice number"
    if "date" not in columns:
        yield "the date"
    if not mapping.two_sided and "total" not in columns and "line_amount" not in columns:
        if mapping.of == "entries":
            yield "an amount, or debits and credits"
            return
        yield "an amount: the total, or that of each line"
    named = mapping.of == "entries" or "contract" in columns or "customer" in columns
    if not named:
        yield "the contract, or the customer instead"
    if set(columns.values()) - set(grid.titles):
        yield "columns that this file does not have"


@dataclass
class _Look:
    """One look through the rows, for what only many of them can tell."""

    grid: Grid
    mapping: InvoiceMapping
    zone: tzinfo | None
    looks: Looks = field(init=False)
    fractions: bool = False
    whole: str = ""
    signs: set[str] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)
    bare: bool = False
    words: dict[str, None] = field(default_factory=dict)
    moved: int = 0
    moved_example: str = ""
    timed: int = 0
    last_day: int = 0
    day_after: int = 0
    numbers: set[str] = field(default_factory=set)
    spans: set[tuple[str, str]] = field(default_factory=set)
    again: bool = False
    blank_number: bool = False

    def __post_init__(self) -> None:
        self.looks = Looks.at(self.mapping, KINDS_OF, but=ABOVE)
        self.at = {key: self.grid.place(title) for key, title in self.mapping.columns.items()
                   if title != ABOVE}  # fmt: skip
        self.looked = [(title, self.grid.places[title]) for title in self.looks.seen]
        for _, cells in islice(self.grid.rows(), LOOKED_AT):
            if self._is_data(cells):
                self._row(cells)
        self.orders = self.looks.orders
        for start, end in self.spans:
            self._end(clean(start), clean(end))
        self._moments()

    def _is_data(self, cells: list[str]) -> bool:
        if len(cells) != self.grid.width or tuple(cells) == self.grid.heading:
            return False
        there = filled(cells)
        return len(there) > 2 and not TOTAL.match(there[0])

    def _cell(self, cells: list[str], key: str) -> str:
        place = self.at.get(key)
        return "" if place is None else clean(cells[place])

    def _row(self, cells: list[str]) -> None:
        for title, places in self.looked:
            self.looks.take(title, [cells[place] for place in places])
        if "type" in self.mapping.columns and len(self.words) < MOST_WORDS:
            self.words[self._cell(cells, "type")] = None
        code = self._cell(cells, "currency")
        self.codes.add(currency_of(code) or "" if code else "")
        self.bare |= not code and any(self._cell(cells, key) for key in MONEY)
        number = self._cell(cells, "number")
        self.blank_number |= not number
        if number:
            self.again |= number in self.numbers
            self.numbers.add(number)
        if "period_start" in self.at and "period_end" in self.at and len(self.spans) < MOST_SPANS:
            self.spans.add((cells[self.at["period_start"]], cells[self.at["period_end"]]))

    def _end(self, start: str, end: str) -> None:
        if start and end:
            one, two = self._moment("period_start", start), self._moment("period_end", end)
            if not one.bad and not two.bad and 0 < one.day < two.day:
                self._count_end(one, two)

    def _count_end(self, one: Moment, two: Moment) -> None:
        if two.clock and two.clock >= LAST_MINUTE:
            self.last_day += 1
        elif same_day_of_month(one.day, two.day):
            self.day_after += 1
        elif same_day_of_month(one.day, two.day + 1):
            self.last_day += 1

    def _moment(self, key: str, text: str) -> Moment:
        title = self.mapping.columns[key]
        return read_moment(text, self.orders.get(title), utc=says_utc(title))

    def _moments(self) -> None:
        """How many instants lie on another day in the customer's zone, and whether money has
        decimals."""
        for key in ("date", "period_start", "period_end"):
            title = self.mapping.columns.get(key, "")
            for text in sorted(self.looks.seen.get(title, ())) if self.zone else ():
                moment = self._moment(key, clean(text))
                if moment.instant() is None or moment.clock is None:
                    continue
                self.timed += moment.clock not in (MIDNIGHT, LAST_MINUTE)
                if moment.day_in(self.zone) != moment.day:
                    self.moved += 1
                    self.moved_example = self.moved_example or clean(text)
        for key in MONEY:
            title = self.mapping.columns.get(key, "")
            mark: DecimalMark = self.looks.mark(title) if title in self.looks.amounts else "point"
            for text in self.looks.seen.get(title, ()):
                read = read_amount(clean(text), mark)
                if read.currency:
                    self.signs.add(read.currency)
                if read.value and read.value is not UNREADABLE:
                    self._digits(clean(text), read.value % 1 != 0, mark)

    def _digits(self, text: str, fraction: bool, mark: str) -> None:
        point, group = (".", ",") if mark == "point" else (",", ".")
        self.fractions |= fraction or point in text or group in text
        self.whole = self.whole or text

    def settled(self, mapping: InvoiceMapping) -> InvoiceMapping:
        """*mapping* with what the file proves."""
        found = replace(
            mapping,
            dates=self.looks.orders,
            decimals=self.looks.marks,
            level=mapping.level or self._level(),
            ends=mapping.ends or self._ends(),
        )
        if not found.units and (self.fractions or self._no_decimals()):
            found = replace(found, units="major")
        if found.two_sided and not found.sign and _tells_way(found):
            found = replace(found, sign="credit")
        if not found.currency and len(self.signs - {"$"}) == 1 and "$" not in self.signs:
            found = replace(found, currency=next(iter(self.signs)))
        return found

    def _level(self) -> Level:
        if self.grid.indexed or self.mapping.of == "entries":
            return "invoice"
        lines = bool({"line_amount", "mainline"} & set(self.mapping.columns))
        return "line" if lines and (self.again or self.blank_number or
                                    "total" not in self.mapping.columns) else "invoice"  # fmt: skip

    def _ends(self) -> Ends:
        if bool(self.last_day) == bool(self.day_after):
            return ""
        return "last_day" if self.last_day else "day_after"

    def _no_decimals(self) -> bool:
        """Whether major and minor units are the same here, or there is no money at all."""
        known = {code for code in self.codes | {self.mapping.currency} if code and code != "$"}
        return not self.whole or (bool(known) and all(not iso_digits(code) for code in known))

    def questions(self, mapping: InvoiceMapping) -> Iterator[Question]:
        """What the file does not say."""
        yield from self.looks.about_dates()
        yield from self.looks.about_marks()
        yield from self._about_currency(mapping)
        yield from self._about_units(mapping)
        yield from self._about_kinds(mapping)
        yield from self._about_periods(mapping)
        yield from _about_signs(mapping)
        unnamed = mapping.of == "invoices" and "contract" not in mapping.columns
        if unnamed and "customer" in mapping.columns:
            title = mapping.columns["customer"]
            text = f"No column tells the contract. Its customer's, “{title}”, is taken instead."
            choices = [(t, t) for t in self.grid.titles]
            yield Question("column:contract", title, text, ((title, title), *choices), title)

    def _about_currency(self, mapping: InvoiceMapping) -> Iterator[Question]:
        if mapping.currency or not (self.bare or "$" in self.codes):
            return
        if self.bare and self.signs and "$" not in self.signs:
            return
        dollars = "Whose dollars" if "$" in self.signs | self.codes else "Which currency"
        text = f"{dollars} are the amounts in? The file does not say for each of them."
        yield Question("currency", "", text, (), hint="Three letters, such as USD")

    def _about_units(self, mapping: InvoiceMapping) -> Iterator[Question]:
        if mapping.units:
            return
        text = (
            f"Is “{self.whole}” a whole amount, or is it in cents? No amount of the file has"
            " decimals to tell."
        )
        yield Question("units", "", text, (("major", "whole amounts, as in 1,200"),
                                           ("minor", "cents: 1200 is 12.00")))  # fmt: skip

    def _about_kinds(self, mapping: InvoiceMapping) -> Iterator[Question]:
        told = {word.casefold() for word in mapping.kinds}
        for word in self.words:
            if word and kind_of(word) is None and word.casefold() not in told:
                text = f"Is a document of the kind “{word}” an invoice, a credit note or neither?"
                yield Question(f"kind:{word}", mapping.columns["type"], text, KINDS)

    def _about_periods(self, mapping: InvoiceMapping) -> Iterator[Question]:
        if "period_end" in mapping.columns and not mapping.ends:
            title = mapping.columns["period_end"]
            assumed = "day_after" if mapping.system == "stripe" else "last_day"
            text = f"Is the day in “{title}” the last day of the period, or the day after it?"
            choices = (("last_day", "the last day"), ("day_after", "the day after"))
            yield Question("ends", title, text, choices, assumed)
        if not mapping.zone and self.moved:
            assumed = "local" if self.timed else "utc"
            text = (
                f"Times are in UTC. Where the customer is, “{self.moved_example}” and"
                f" {self.moved - 1:,} others lie on another day. Which days count?"
            )
            choices = (("local", "the customer's days"), ("utc", "days in UTC"))
            yield Question("zone", "", text, choices, assumed)


def _tells_way(mapping: InvoiceMapping) -> bool:
    """Whether titles say which way money goes: what comes in counts as plus."""
    return all(IN_OR_OUT.search(mapping.columns[key]) for key in ("debit", "credit"))


def _about_signs(mapping: InvoiceMapping) -> Iterator[Question]:
    told = mapping.two_sided or (mapping.of == "entries" and "posted" in mapping.columns)
    if told and not mapping.sign:
        title = mapping.columns.get("debit", "") or mapping.columns["posted"]
        text = "Do debits or credits count as plus? Both sides of a layer must read them alike."
        yield Question("sign", title, text, (
            ("debit", "debits, as in a ledger of one’s own cash or receivables"),
            ("credit", "credits, as on a bank’s statement or in revenue"),
        ))  # fmt: skip


def kinds_said(mapping: InvoiceMapping) -> tuple[Question, ...]:
    """What kinds of documents were said to be."""
    return tuple(
        Question(f"kind:{word}", "", f"A document of the kind “{word}” is", KINDS, kind)
        for word, kind in mapping.kinds.items()
    )
