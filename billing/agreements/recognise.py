"""Recognising the columns of a contract export, and asking where the file does not say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from billing.agreements.fields import FIELDS, KINDS, LABELS, MARKS_OF_SYSTEM, TELLING, series
from billing.agreements.lines import TIERS
from billing.agreements.mapping import Basis, ContractMapping
from billing.agreements.words import model_of
from billing.crm.amounts import UNREADABLE, read_amount
from billing.crm.cells import clean
from billing.crm.dates import read_day
from billing.crm.fields import plain, plain_full
from billing.crm.table import Table
from billing.mapping import Ends, Units
from billing.recognition import (
    Known,
    Looks,
    Match,
    Question,
    Recognised,
    columns_said,
    matches_of,
    same_day_of_month,
    sample_of,
    standing,
    told_by,
    unused,
)

PAIRS = 2_000
MONEY = ("price", "amount")
PRICES = ("tier_price", "tier_flat", "tier_prices", "percent")
"""Where else a price can stand."""
TRIALS = ("stripe", "chargebee")
"""Systems whose trials end with the moment that billing begins."""
PER_MONTH = re.compile(r"mrr|month", re.IGNORECASE)
PER_YEAR = re.compile(r"arr\b|acv|annual|year|jahr", re.IGNORECASE)
PER_TERM = re.compile(r"tcv|total.?contract|contract.?(value|amount)", re.IGNORECASE)
IN_CENTS = re.compile(r"cents|minor", re.IGNORECASE)
OFTEN = (
    ("monthly", "monthly"), ("quarterly", "quarterly"), ("half_yearly", "half-yearly"),
    ("yearly", "yearly"), ("one_off", "once"),
)  # fmt: skip
BASES = (
    ("period", "one billing period"), ("month", "one month"), ("year", "one year"),
    ("term", "the whole term of the contract"),
)  # fmt: skip
ENDS = (("last_day", "the last day"), ("day_after", "the day after"))
TRIAL_ENDS = (("last_day", "the last free day"), ("day_after", "the first billed day"))
WHOSE = (
    ("contract", "the contract’s: one that contradicts itself is refused"),
    ("line", "each line’s own: steps of a ramp, or lines that begin later"),
)
PRICED = (
    ("graduated", "graduated: each unit at the price of its own tier"),
    ("volume", "volume: all units at the price of the tier that is reached"),
    ("stairstep", "stairstep: a tier’s price is for the whole quantity"),
)
SAID = {
    "basis": ("An amount is for", BASES),
    "units": ("Amounts are", (("major", "whole amounts"), ("minor", "in cents"))),
    "frequency": ("Where the file does not say it, billed", OFTEN),
    "ends": ("The end of a contract is", ENDS), "trial_ends": ("The end of a trial is", TRIAL_ENDS),
    "own_dates": ("Other dates in rows of one contract are", WHOSE),
    "tiers": ("Tiers are priced", PRICED),
    "currency": ("Where the file does not say it, amounts are in", ()),
}  # fmt: skip
"""Choices in words, for those that are made."""


Recognition = Recognised[ContractMapping]


def system_of(titles: Iterable[str]) -> str:
    """The system whose titles these are."""
    return told_by(MARKS_OF_SYSTEM, {name(t) for t in titles for name in (plain, plain_full)})


def recognise(
    table: Table, given: ContractMapping | None = None, known: Known[ContractMapping] | None = None
) -> Recognition:
    """The columns of *table*; those of *given* stand, and nothing is added to them. Those of a file
    that is *known* stand too; what it did not have is recognised."""
    given = given or (known.mapping if known else None)
    mapping = given or ContractMapping(system=system_of(table.titles))
    first = next(iter(table.batches()))
    samples = {t: sample_of(cells) for t, cells in zip(table.titles, first.columns, strict=True)}
    kept = {key: t for key, t in mapping.columns.items() if t in samples}
    matches, _ = matches_of(FIELDS, table.titles, samples, kept)
    if given is not None:
        matches = standing(matches, known)
    if given is None and mapping.system == "stripe":
        matches = tuple(map(_of_one, matches))
    columns = {match.field: match.title for match in matches}
    look = _Look(table, replace(mapping, columns=columns))
    settled = look.settled()
    taken = {title for key, of in columns.items() for title in _series(key, of, table)}
    left = unused([t for t in table.titles if t not in taken], columns, samples)
    return Recognition(
        settled, matches, left, tuple(look.questions(settled)), tuple(_lacking(columns))
    )


def _of_one(match: Match) -> Match:
    """In subscriptions of Stripe the amount is that of one unit."""
    return (
        replace(match, field="price", label=LABELS["price"]) if match.field == "amount" else match
    )


def _series(key: str, title: str, table: Table) -> list[str]:
    """*title* and the titles that go on from it."""
    return [table.titles[place] for place in series(key, title, table.titles)]


def _lacking(columns: dict[str, str]) -> Iterator[str]:
    for key in ("number", "start"):
        if key not in columns:
            yield f"the {LABELS[key]}"
    if not {*MONEY, *PRICES} & set(columns):
        yield "an amount or a price"


@dataclass
class _Rows:
    """What rows leave unsaid, and whether those of one contract have different dates."""

    first: dict[str, list[str]] = field(default_factory=dict)
    lines: set[tuple[str, str]] = field(default_factory=set)
    bare: bool = False
    unsaid: bool = False
    differing: str = ""
    """A contract whose rows have different dates."""
    untold: bool = False
    """Whether tiers are there of which nobody knows how they are priced."""

    def take(self, cells: dict[str, Sequence[str]], count: int) -> None:
        """Take consecutive rows into account."""
        blank = [""] * count
        own = (cells.get(key, blank) for key in ("number", "item", "currency", "frequency"))
        dates = [cells.get(key, blank) for key in ("start", "end", "months")]
        tiers = [cells[key] for key in TELLING if key in cells]
        models = [cells.get(key, blank) for key in ("model", "kind")]
        for row, (number, item, currency, frequency) in enumerate(zip(*own, strict=True)):
            known = self.first.get(number)
            if known is None:
                known = self.first[number] = [column[row] for column in dates]
                self.bare |= not clean(currency)
            elif not self.differing:
                self._compare(number, known, [column[row] for column in dates])
            if not tiers:
                self.unsaid |= not clean(frequency)
            elif (number, item) not in self.lines:
                self.lines.add((number, item))
                self.unsaid |= bool(item.strip()) and not clean(frequency)
                told = any(model_of(column[row]) in TIERS for column in models)
                self.untold |= not told and any(column[row].strip() for column in tiers)

    def _compare(self, number: str, known: list[str], dates: list[str]) -> None:
        if any(dates) and dates != known:
            self.differing = number.strip()


@dataclass
class _Look:
    """One look through every row, for what only the whole file can tell."""

    table: Table
    mapping: ContractMapping
    looks: Looks = field(init=False)
    rows: _Rows = field(init=False)
    pairs: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.looks, self.rows = Looks.at(self.mapping, KINDS), _Rows()
        titles = self.table.titles
        places = {key: titles.index(t) for key, t in self.mapping.columns.items()}
        those = {t: series(key, t, titles) for key, t in self.mapping.columns.items()
                 if t in self.looks.seen}  # fmt: skip
        for batch in self.table.batches():
            for title, its in those.items():
                for place in its:
                    self.looks.take(title, batch.columns[place])
            cells = {key: batch.columns[place] for key, place in places.items()}
            if {"start", "end"} <= set(cells) and len(self.pairs) < PAIRS:
                self.pairs += zip(cells["start"], cells["end"], strict=True)
            self.rows.take(cells, len(batch))

    def _title(self, key: str) -> str:
        return self.mapping.columns.get(key, "")

    @property
    def money(self) -> str:
        """The title of what a contract's amounts stand in."""
        return self._title("price") or self._title("amount")

    def settled(self) -> ContractMapping:
        """The mapping with what the file proves."""
        mapping = self.mapping
        found = replace(
            mapping, dates=self.looks.orders, decimals=self.looks.marks,
            basis=mapping.basis or self._basis(), units=mapping.units or self._units(),
        )  # fmt: skip
        signs = self._signs()
        if not found.currency and len(signs) == 1 and "$" not in signs:
            found = replace(found, currency=signs.pop())
        if mapping.system in TRIALS and "trial_end" in mapping.columns:
            found = replace(found, trial_ends=found.trial_ends or "day_after")
        return replace(found, ends=found.ends or self._ends(found))

    def _basis(self) -> Basis:
        """What the title itself says of an amount."""
        title = self.money
        if PER_TERM.search(title):
            return "term"
        if PER_MONTH.search(title):
            return "month"
        return "year" if PER_YEAR.search(title) else ""

    def _units(self) -> Units:
        return "minor" if IN_CENTS.search(self.money) else "major"

    def _signs(self) -> set[str]:
        found = set()
        for key in MONEY:
            title = self._title(key)
            for text in self.looks.seen.get(title, ()):
                read = read_amount(clean(text), self.looks.mark(title))
                if read.currency and read.value is not UNREADABLE:
                    found.add(read.currency)
        return found

    def _ends(self, mapping: ContractMapping) -> Ends:
        """By the days on which contracts end: one of the same day of month is the day after."""
        last = after = 0
        for start, end in self.pairs:
            one = read_day(clean(start), mapping.dates.get(self._title("start")))
            two = read_day(clean(end), mapping.dates.get(self._title("end")))
            if 0 < one < two:
                after += same_day_of_month(one, two)
                last += same_day_of_month(one, two + 1)
        if "end" not in mapping.columns or bool(last) == bool(after):
            return "" if "end" in mapping.columns else "last_day"
        return "last_day" if last else "day_after"

    def questions(self, mapping: ContractMapping) -> Iterator[Question]:
        """What the file does not say."""
        yield from self.looks.about_dates()
        yield from self.looks.about_marks()
        yield from self._about_money(mapping)
        if self.rows.unsaid and not mapping.frequency:
            text = "How often are contracts billed? The file does not say for each of them."
            yield Question("frequency", self._title("frequency"), text, OFTEN)
        if "end" in mapping.columns and not mapping.ends:
            title = mapping.columns["end"]
            text = f"Is the day in “{title}” the last day of the contract, or the day after it?"
            yield Question("ends", title, text, ENDS, "last_day")
        yield from self._about_lines(mapping)

    def _about_lines(self, mapping: ContractMapping) -> Iterator[Question]:
        if "trial_end" in mapping.columns and not mapping.trial_ends:
            title = mapping.columns["trial_end"]
            text = f"Is the day in “{title}” the last free day, or the first that is billed?"
            yield Question("trial_ends", title, text, TRIAL_ENDS)
        if self.rows.differing and not mapping.own_dates:
            text = f"Rows of contract “{self.rows.differing}” have different dates. Whose are they?"
            yield Question("own_dates", self._title("start"), text, WHOSE, "contract")
        if self.rows.untold and not mapping.tiers:
            text = "How are tiers priced? The file does not say it for each line that has them."
            yield Question("tiers", self._title("tier_price"), text, PRICED)

    def _about_money(self, mapping: ContractMapping) -> Iterator[Question]:
        if self.rows.bare and not mapping.currency:
            text = "Which currency are the amounts in? The file does not say for each of them."
            yield Question("currency", "", text, (), hint="Three letters, such as USD")
        if self.money and not mapping.basis:
            text = f"What is “{self.money}” for?"
            billing = mapping.system in {"stripe", "chargebee", "quickbooks"}
            yield Question("basis", self.money, text, BASES, "period" if billing else "")


def said(mapping: ContractMapping) -> tuple[Question, ...]:
    """What is decided of how a file is read, each with the answer that stands."""
    made = (
        Question(key, "", text, choices, mapping.answer_to(key))
        for key, (text, choices) in SAID.items() if mapping.answer_to(key)
    )  # fmt: skip
    return (*made, *columns_said(mapping))
