"""Recognising the columns of a contract export, and asking where the file does not say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from billing.agreements.fields import FIELDS, KINDS, LABELS, system_of
from billing.agreements.mapping import Basis, ContractMapping, Ends, Units
from billing.crm.amounts import UNREADABLE, AmountColumn, DecimalMark, read_amount
from billing.crm.cells import clean
from billing.crm.dates import DateColumn, read_day
from billing.crm.recognise import (
    MARKS,
    ORDERS,
    Column,
    Match,
    Question,
    matches_of,
    sample_of,
)
from billing.crm.table import Table

EXAMPLES = 3
MOST_SEEN = 50_000
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


@dataclass(frozen=True)
class Recognition:
    """The mapping, where it comes from, what was not recognised, and what must be asked."""

    mapping: ContractMapping
    matches: tuple[Match, ...]
    unrecognised: tuple[Column, ...]
    questions: tuple[Question, ...]
    lacking: tuple[str, ...]
    """What a contract cannot do without, in words."""

    @property
    def settled(self) -> ContractMapping:
        """The mapping with what is assumed until somebody says otherwise."""
        found = self.mapping
        for question in self.questions:
            if question.assumed and not question.key.startswith("column:"):
                found = found.answered(question.key, question.assumed)
        return found

    @property
    def ready(self) -> bool:
        """Whether the file can be read as it stands."""
        return not self.lacking and all(question.assumed for question in self.questions)


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
    used = set(columns.values())
    left = tuple(Column(t, tuple(samples[t][:EXAMPLES])) for t in table.titles if t not in used)
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
    dates: dict[str, DateColumn] = field(default_factory=dict)
    amounts: dict[str, AmountColumn] = field(default_factory=dict)
    seen: dict[str, set[str]] = field(default_factory=dict)
    pairs: list[tuple[str, str]] = field(default_factory=list)
    bare: bool = False
    unsaid: bool = False

    def __post_init__(self) -> None:
        for key, title in self.mapping.columns.items():
            if KINDS[key] == "date":
                self.dates[title] = DateColumn(title)
            elif KINDS[key] == "amount":
                self.amounts[title] = AmountColumn(title)
        self.seen = {title: set() for title in (*self.dates, *self.amounts)}
        places = {title: place for place, title in enumerate(self.table.titles)}
        for batch in self.table.batches():
            cells = {key: batch.columns[places[t]] for key, t in self.mapping.columns.items()}
            self._batch(cells, len(batch))

    def _batch(self, cells: dict[str, Sequence[str]], count: int) -> None:
        for key, title in self.mapping.columns.items():
            if title not in self.seen or len(self.seen[title]) > MOST_SEEN:
                continue
            fresh = set(cells[key]) - self.seen[title]
            self.seen[title] |= fresh
            texts = [text for text in map(clean, sorted(fresh)) if text]
            (self.dates.get(title) or self.amounts[title]).look(texts)
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

    def _mark(self, title: str) -> DecimalMark:
        look = self.amounts[title]
        return self.mapping.decimals.get(title) or look.mark or self._other_mark() or look.assumed

    def _other_mark(self) -> DecimalMark | None:
        proved = {look.mark for look in self.amounts.values()
                  if look.mark and (look.point or look.comma)}  # fmt: skip
        return proved.pop() if len(proved) == 1 else None

    def settled(self) -> ContractMapping:
        """The mapping with what the file proves."""
        mapping = self.mapping
        dates = {t: look.order for t, look in self.dates.items() if look.order}
        marks = {t: self._mark(t) for t in self.amounts}
        found = replace(
            mapping, dates=dates | dict(mapping.dates), decimals=marks | dict(mapping.decimals),
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
            for text in self.seen.get(title, ()):
                read = read_amount(clean(text), self._mark(title))
                if read.currency and read.value is not UNREADABLE:
                    found.add(read.currency)
        return found

    def _ends(self, mapping: ContractMapping) -> Ends:
        """By the days on which contracts end: one of the same day of month is the day after."""
        last = after = 0
        for start, end in self.pairs:
            one = read_day(clean(start), mapping.dates.get(self._title("start")))
            two = read_day(clean(end), mapping.dates.get(self._title("end")))
            if not 0 < one < two < date.max.toordinal():
                continue
            after += _day_of_month(one) == _day_of_month(two)
            last += _day_of_month(one) == _day_of_month(two + 1)
        if "end" not in mapping.columns or bool(last) == bool(after):
            return "" if "end" in mapping.columns else "last_day"
        return "last_day" if last else "day_after"

    def questions(self, mapping: ContractMapping) -> Iterator[Question]:
        """What the file does not say."""
        yield from self._about_dates(mapping)
        yield from self._about_marks()
        yield from self._about_money(mapping)
        if self.unsaid and not mapping.frequency:
            text = "How often are contracts billed? The file does not say for each of them."
            yield Question("frequency", self._title("frequency"), text, OFTEN)
        if "end" in mapping.columns and not mapping.ends:
            title = mapping.columns["end"]
            text = f"Is the day in “{title}” the last day of the contract, or the day after it?"
            choices = (("last_day", "the last day"), ("day_after", "the day after"))
            yield Question("ends", title, text, choices, "last_day")

    def _about_dates(self, mapping: ContractMapping) -> Iterator[Question]:
        for title, look in self.dates.items():
            if look.mixed and title not in self.mapping.dates:
                text = (
                    f"The column “{title}” mixes both orders: “{look.day_example}” can only be day"
                    f" first, “{look.month_example}” only month first. Which holds for the others?"
                )
                yield Question(f"date:{title}", title, text, ORDERS)
            elif look.must_be_asked and title not in mapping.dates:
                text = (
                    f"Is “{look.example}” in the column “{title}” day first or month first?"
                    " No date in it has a day beyond 12 to tell."
                )
                yield Question(f"date:{title}", title, text, ORDERS)

    def _about_marks(self) -> Iterator[Question]:
        for title, look in self.amounts.items():
            if title in self.mapping.decimals or look.mark is not None:
                continue
            if look.mixed or not self._other_mark():
                example = look.example or look.comma_example
                text = (
                    f"In “{example}” of the column “{title}”, does the mark separate thousands or"
                    " decimals?"
                )
                yield Question(f"decimal:{title}", title, text, MARKS)

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


def _day_of_month(day: int) -> int:
    return date.fromordinal(day).day
