"""Recognising the columns of a contract export, and asking where the file does not say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from billing.agreements.fields import FIELDS, KINDS, LABELS, MARKS_OF_SYSTEM
from billing.agreements.mapping import Basis, ContractMapping
from billing.crm.amounts import UNREADABLE, read_amount
from billing.crm.cells import clean
from billing.crm.dates import read_day
from billing.crm.fields import plain, plain_full
from billing.crm.table import Table
from billing.mapping import Ends, Units
from billing.recognition import (
    Looks,
    Match,
    Question,
    Recognised,
    matches_of,
    same_day_of_month,
    sample_of,
    told_by,
    unused,
)

PAIRS = 2_000
MONEY = ("price", "amount")
PER_MONTH = re.compile(r"mrr|month", re.IGNORECASE)
PER_YEAR = re.compile(r"arr\b|acv|annual|year|jahr", re.IGNORECASE)
PER_TERM = re.compile(r"tcv|total.?contract|contract.?(value|amount)", re.IGNORECASE)
IN_CENTS = re.compile(r"cents|minor", re.IGNORECASE)
OFTEN = (
    ("monthly", "monthly"), ("quarterly", "quarterly"), ("half_yearly", "half-yearly"),
    ("yearly", "yearly"), ("one_off", "once"),
)  # fmt: skip


Recognition = Recognised[ContractMapping]


def system_of(titles: Iterable[str]) -> str:
    """The system whose titles these are."""
    return told_by(MARKS_OF_SYSTEM, {name(t) for t in titles for name in (plain, plain_full)})


def recognise(table: Table, given: ContractMapping | None = None) -> Recognition:
    """The columns of *table*; those of *given* stand, and nothing is added to them."""
    mapping = given or ContractMapping(system=system_of(table.titles))
    first = next(iter(table.batches()))
    samples = {t: sample_of(cells) for t, cells in zip(table.titles, first.columns, strict=True)}
    kept = {key: t for key, t in mapping.columns.items() if t in samples}
    matches, _ = matches_of(FIELDS, table.titles, samples, kept)
    if given is not None:
        matches = tuple(match for match in matches if match.confidence == "given")
    if given is None and mapping.system == "stripe":
        matches = tuple(map(_of_one, matches))
    columns = {match.field: match.title for match in matches}
    look = _Look(table, replace(mapping, columns=columns))
    settled = look.settled()
    left = unused(table.titles, columns, samples)
    return Recognition(
        settled, matches, left, tuple(look.questions(settled)), tuple(_lacking(columns))
    )


def _of_one(match: Match) -> Match:
    """In subscriptions of Stripe the amount is that of one unit."""
    return (
        replace(match, field="price", label=LABELS["price"]) if match.field == "amount" else match
    )


def _lacking(columns: dict[str, str]) -> Iterator[str]:
    for key in ("number", "start"):
        if key not in columns:
            yield f"the {LABELS[key]}"
    if not set(MONEY) & set(columns):
        yield "an amount or a price"


@dataclass
class _Look:
    """One look through every row, for what only the whole file can tell."""

    table: Table
    mapping: ContractMapping
    looks: Looks = field(init=False)
    pairs: list[tuple[str, str]] = field(default_factory=list)
    bare: bool = False
    unsaid: bool = False

    def __post_init__(self) -> None:
        self.looks = Looks.at(self.mapping, KINDS)
        places = {title: place for place, title in enumerate(self.table.titles)}
        for batch in self.table.batches():
            cells = {key: batch.columns[places[t]] for key, t in self.mapping.columns.items()}
            self._batch(cells, len(batch))

    def _batch(self, cells: dict[str, Sequence[str]], count: int) -> None:
        for key, title in self.mapping.columns.items():
            if title in self.looks.seen:
                self.looks.take(title, cells[key])
        if {"start", "end"} <= set(cells) and len(self.pairs) < PAIRS:
            self.pairs += zip(cells["start"], cells["end"], strict=True)
        blank = [""] * count
        self.bare |= any(not clean(text) for text in cells.get("currency", blank))
        self.unsaid |= any(not clean(text) for text in cells.get("frequency", blank))

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
        if self.unsaid and not mapping.frequency:
            text = "How often are contracts billed? The file does not say for each of them."
            yield Question("frequency", self._title("frequency"), text, OFTEN)
        if "end" in mapping.columns and not mapping.ends:
            title = mapping.columns["end"]
            text = f"Is the day in “{title}” the last day of the contract, or the day after it?"
            choices = (("last_day", "the last day"), ("day_after", "the day after"))
            yield Question("ends", title, text, choices, "last_day")

    def _about_money(self, mapping: ContractMapping) -> Iterator[Question]:
        if self.bare and not mapping.currency:
            text = "Which currency are the amounts in? The file does not say for each of them."
            yield Question("currency", "", text, (), hint="Three letters, such as USD")
        if self.money and not mapping.basis:
            text = f"What is “{self.money}” for?"
            choices = (
                ("period", "one billing period"), ("month", "one month"), ("year", "one year"),
                ("term", "the whole term of the contract"),
            )  # fmt: skip
            billing = mapping.system in {"stripe", "chargebee", "quickbooks"}
            yield Question("basis", self.money, text, choices, "period" if billing else "")
