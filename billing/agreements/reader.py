"""A contract export's rows as terms: every row is used, left out with its reason, or refused."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from billing.agreements.fields import LABELS
from billing.agreements.mapping import ContractMapping
from billing.agreements.words import (
    NOT_BILLED,
    ONE_OFF,
    USAGE,
    frequency_of,
    payment_of,
    timing_of,
)
from billing.crm.amounts import UNREADABLE, read_amount
from billing.crm.cells import clean
from billing.crm.dates import UNDECIDED, read_day
from billing.crm.errors import UnfitMapping
from billing.crm.table import Table
from billing.errors import Problem
from billing.exports.words import currency_of
from billing.money import iso_digits
from billing.parts import within_years

LARGEST = Decimal(10) ** 13
HEAD = ("customer", "currency", "start", "end", "months", "payment_terms")
"""What the rows of one contract share."""
PER = {"month": "monthly", "year": "yearly"}


@dataclass(frozen=True)
class Drafted:
    """The terms that rows come to. ``row`` is the line of the first in the file."""

    row: int
    number: str
    terms: dict[str, Any]
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Reading:
    """``rows`` = the rows of ``contracts``, those of ``problems``, and what was left out."""

    contracts: tuple[Drafted, ...]
    problems: tuple[Problem, ...]
    rows: int
    left_out: Mapping[str, int]
    refused_rows: int


class Unfit(Exception):
    """A cell that no term can be made of: its field, and what is wrong."""

    def __init__(self, field: str, what: str) -> None:
        super().__init__(what)
        self.field = field
        self.what = what


@dataclass
class _Group:
    """The rows of one contract number."""

    number: str
    head: dict[str, Any]
    rows: list[int] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    seen: set[tuple[str, ...]] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    discount: Decimal | None = None


def read_contracts(
    table: Table, mapping: ContractMapping, told: Callable[[int], None] = lambda _: None,
    *, exclusive: bool = False,
) -> Reading:  # fmt: skip
    """Every contract of *table*; *told* hears how many rows were read. With *exclusive* the terms
    name the day after the last one as their end.

    Raises:
        UnfitMapping: it names columns that are not there.
    """
    if not mapping.fits(table.titles):
        raise UnfitMapping("the mapping names columns that this file does not have")
    reader = _Reader(table, mapping, exclusive=exclusive)
    for batch in table.batches():
        for place, line in enumerate(batch.lines):
            reader.row(line, [column[place] for column in batch.columns])
        told(reader.rows)
    return reader.reading()


class _Reader:
    def __init__(self, table: Table, mapping: ContractMapping, *, exclusive: bool) -> None:
        self.mapping, self.exclusive = mapping, exclusive
        places = {title: place for place, title in enumerate(table.titles)}
        self.places = {key: places[title] for key, title in mapping.columns.items()}
        self.rows = 0
        self.left_out: Counter[str] = Counter()
        self.groups: dict[str, _Group] = {}
        self.lost: list[Problem] = []

    def row(self, line: int, cells: list[str]) -> None:
        """Take one row in."""
        self.rows += 1
        texts = {key: clean(cells[place]) for key, place in self.places.items()}
        if reason := self._left_out(texts):
            self.left_out[reason] += 1
            return
        number = texts.get("number", "")[:80]
        if not number:
            self.lost.append(Problem(line, "", LABELS["number"], "there is no contract number"))
            return
        self._keep(line, number, texts, tuple(cells))

    def _left_out(self, texts: dict[str, str]) -> str:
        if not any(texts.values()):
            return "blank rows"
        status = texts.get("status", "")
        return f"contracts in the state “{status[:40]}”" if NOT_BILLED.match(status) else ""

    def _keep(self, line: int, number: str, texts: dict[str, str], cells: tuple[str, ...]) -> None:
        group = self.groups.get(number)
        problems: list[Problem] = []
        head = self._part(line, number, texts, self._head, problems)
        made = self._part(line, number, texts, self._line, problems)
        if group is None:
            group = self.groups[number] = _Group(number, head or {})
        elif cells in group.seen:
            what = f"the row stands twice; the first is on line {group.rows[0]}"
            problems.append(Problem(line, number, LABELS["number"], what))
        elif head is not None and group.head and head != group.head:
            other = next(key for key in HEAD if head.get(key) != group.head.get(key))
            what = (
                f"line {group.rows[0]} has the same number with another {LABELS[other]}: two"
                " contracts with one number, or one that contradicts itself"
            )
            problems.append(Problem(line, number, LABELS["number"], what))
        group.rows.append(line)
        group.seen.add(cells)
        group.problems += problems
        if made is not None:
            group.lines.append(made)

    def _part(
        self, line: int, number: str, texts: dict[str, str],
        part: Callable[[dict[str, str]], dict[str, Any]], problems: list[Problem],
    ) -> dict[str, Any] | None:  # fmt: skip
        try:
            return part(texts)
        except Unfit as error:
            problems.append(Problem(line, number, LABELS[error.field], error.what))
            return None

    # --- a contract's head ------------------------------------------------------------------------

    def _head(self, texts: dict[str, str]) -> dict[str, Any]:
        start = self._day("start", texts)
        if start is None:
            raise Unfit("start", "there is no start")
        end = self._day("end", texts)
        if end is not None:
            end += timedelta(days=self.exclusive - (self.mapping.ends == "day_after"))
        head: dict[str, Any] = {
            "customer": texts.get("customer", "")[:200], "currency": self._currency(texts),
            "start": start.isoformat(), "end": end.isoformat() if end else None,
            "months": None if end else self._months(texts),
            "payment_terms": self._payment(texts),
        }  # fmt: skip
        return {key: value for key, value in head.items() if value not in (None, "")}

    def _day(self, key: str, texts: dict[str, str]) -> date | None:
        text = texts.get(key, "")
        title = self.mapping.columns.get(key, "")
        day = read_day(text, self.mapping.dates.get(title))
        if day == UNDECIDED:
            raise Unfit(key, f"“{text[:40]}” is day first or month first; nobody has said which")
        if day < 0:
            raise Unfit(key, f"“{text[:40]}” is no date")
        try:
            return within_years(date.fromordinal(day)) if day else None
        except ValueError as error:
            raise Unfit(key, str(error)) from None

    def _currency(self, texts: dict[str, str]) -> str:
        text = texts.get("currency", "")
        code = currency_of(text) if text else self.mapping.currency
        if code == "$":
            code = self.mapping.currency
        if not code:
            what = f"there is no currency “{text[:20]}”" if text else "there is no currency"
            raise Unfit("currency", what)
        return code

    def _months(self, texts: dict[str, str]) -> int | None:
        text = texts.get("months", "")
        if not text:
            return None
        found = re.match(
            r"^(\d{1,4})(?:[.,]0+)?\s*(m|mo|mos|months?|monate)?$", text, re.IGNORECASE
        )
        years = re.match(r"^(\d{1,3})\s*(y|yr|yrs|years?|jahre?)$", text, re.IGNORECASE)
        if years:
            return int(years[1]) * 12
        if not found:
            raise Unfit("months", f"“{text[:40]}” is no number of months")
        return int(found[1]) or None

    def _payment(self, texts: dict[str, str]) -> list[dict[str, Any]] | None:
        text = texts.get("payment_terms", "")
        if not text:
            return None
        found = payment_of(text)
        if found is None:
            raise Unfit("payment_terms", f"“{text[:40]}” are no payment terms that are known")
        return [found]

    # --- a line -----------------------------------------------------------------------------------

    def _line(self, texts: dict[str, str]) -> dict[str, Any]:
        kind = f"{texts.get('kind', '')}"
        if USAGE.search(kind):
            raise Unfit("kind", "usage has prices that this file does not tell; add it by form")
        often = self._frequency(texts)
        once = often == "one_off" or bool(ONE_OFF.search(kind))
        line: dict[str, Any] = {
            "key": texts.get("item", ""), "kind": "one_off" if once else "recurring",
            "description": (texts.get("text") or texts.get("item", ""))[:300],
        }  # fmt: skip
        if not once:
            line |= self._often(often)
            if timing := timing_of(texts.get("timing", "")):
                line["timing"] = timing
        line |= self._price(texts, once=once)
        if (off := self._number("discount", texts)) is not None and off:
            line["discounts"] = [{"percent": _plain(off)}]
        if (tax := self._number("tax", texts)) is not None:
            line["taxes"] = [{"percent": _plain(tax)}] if tax else []
        return {key: value for key, value in line.items() if value not in (None, "")}

    def _frequency(self, texts: dict[str, str]) -> str:
        text = texts.get("frequency", "")
        if not text:
            if not self.mapping.frequency:
                raise Unfit("frequency", "there is no billing frequency")
            return self.mapping.frequency
        found = frequency_of(text)
        if not found:
            raise Unfit("frequency", f"“{text[:40]}” is no billing frequency that is known")
        return found

    def _often(self, often: str) -> dict[str, Any]:
        if often.startswith("every_"):
            return {"frequency": "custom", "every": {"months": int(often[6:])}}
        return {"frequency": often}

    def _price(self, texts: dict[str, str], *, once: bool) -> dict[str, Any]:
        price, amount = self._money("price", texts), self._money("amount", texts)
        quantity = self._number("quantity", texts)
        if price is None and amount is None:
            raise Unfit("amount", "there is no price")
        basis = self.mapping.basis
        if basis == "term" and not once:
            whole = amount if amount is not None else (price or Decimal(0)) * (quantity or 1)
            return {"term_amount": _plain(whole)}
        if price is None:
            assert amount is not None
            price, quantity = _each(amount, quantity)
        found = {"price": _plain(price)}
        if quantity is not None and quantity != 1:
            found["quantity"] = _plain(quantity)
        return found | ({"price_per": PER[basis]} if basis in PER and not once else {})

    def _money(self, key: str, texts: dict[str, str]) -> Decimal | None:
        value = self._number(key, texts)
        if value is None or self.mapping.units != "minor":
            return value
        return value.scaleb(-iso_digits(self._currency(texts)))

    def _number(self, key: str, texts: dict[str, str]) -> Decimal | None:
        text = texts.get(key, "").removesuffix("%").strip()
        title = self.mapping.columns.get(key, "")
        value = read_amount(text, self.mapping.decimals.get(title, "point")).value
        if value is UNREADABLE:
            raise Unfit(key, f"“{text[:40]}” is no number")
        if value is not None and value < 0:
            raise Unfit(key, f"{value} is negative")
        if value is not None and value > LARGEST:
            raise Unfit(key, f"{value} is larger than anything that is billed")
        return value

    # --- all together -----------------------------------------------------------------------------

    def reading(self) -> Reading:
        """What the rows came to."""
        contracts, problems, refused = [], list(self.lost), len(self.lost)
        for group in self.groups.values():
            if group.problems:
                problems += group.problems
                refused += len(group.rows)
            else:
                terms = {"number": group.number, **group.head, "lines": _named(group.lines)}
                rows = tuple(group.rows)
                contracts.append(Drafted(group.rows[0], group.number, terms, rows))
        problems.sort(key=lambda problem: problem.row)
        return Reading(tuple(contracts), tuple(problems), self.rows, dict(self.left_out), refused)


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}" if value else "0"


def _each(amount: Decimal, quantity: Decimal | None) -> tuple[Decimal, Decimal | None]:
    """The price of one, where the amount of so many is a whole number of small parts of it."""
    if not quantity or quantity == 1:
        return amount, None
    one = amount / quantity
    exact = round(one, 6) * quantity == amount
    return (round(one, 6), quantity) if exact else (amount, None)


def _named(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines, each with a name of its own."""
    taken: Counter[str] = Counter()
    found = []
    for line in lines:
        name = re.sub(r"[^A-Za-z0-9 ._/:-]+", "-", line.get("key", "")).strip(" -._/:")[:70]
        name = name or ("setup" if line["kind"] == "one_off" else "plan")
        taken[name] += 1
        key = name if taken[name] == 1 else f"{name}-{taken[name]}"
        found.append({**line, "key": key})
    return found
