"""One row of a contract export: its cells as days, numbers and money, or what is wrong with one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.agreements.mapping import ContractMapping
from billing.crm.amounts import UNREADABLE, read_amount
from billing.crm.dates import UNDECIDED, read_day
from billing.exports.words import currency_of
from billing.money import iso_digits
from billing.parts import within_years

LARGEST = Decimal(10) ** 13
MONTHS = re.compile(
    r"^(?:p(?=\d+m$))?(\d{1,4})(?:[.,]0+)?\s*(?:m|mo|mos|months?|monate)?$", re.IGNORECASE
)
WHOLE = re.compile(r"^(\d{1,5})(?:[.,]0+)?$")
YEARS = re.compile(r"^p?(\d{1,3})\s*(?:y|yr|yrs|years?|jahre?)$", re.IGNORECASE)


class Unfit(Exception):
    """A cell that no term can be made of: its field, and what is wrong."""

    def __init__(self, field: str, what: str) -> None:
        super().__init__(what)
        self.field = field
        self.what = what


@dataclass(frozen=True)
class Row:
    """``texts`` holds what stands in the first column of each field, ``more`` all columns of those
    that have several."""

    line: int
    texts: Mapping[str, str]
    mapping: ContractMapping
    more: Mapping[str, Sequence[str]]

    def text(self, key: str) -> str:
        return self.texts.get(key, "")

    def all(self, key: str) -> Sequence[str]:
        """Every cell of *key*."""
        return self.more.get(key) or (self.text(key),)

    def with_texts(self, texts: Mapping[str, str]) -> Row:
        """The same with other cells."""
        return Row(self.line, texts, self.mapping, self.more)

    def day(self, key: str) -> date | None:
        """The day in the column *key*."""
        text = self.texts.get(key)
        if not text:
            return None
        day = read_day(text, self.mapping.dates.get(self.mapping.columns.get(key, "")))
        if day == UNDECIDED:
            raise Unfit(key, f"“{text[:40]}” is day first or month first; nobody has said which")
        if day < 0:
            raise Unfit(key, f"“{text[:40]}” is no date")
        try:
            return within_years(date.fromordinal(day))
        except ValueError as error:
            raise Unfit(key, str(error)) from None

    def currency(self) -> str:
        """The currency of the row, or that of the file."""
        text = self.text("currency")
        code = currency_of(text) if text else self.mapping.currency
        if code == "$":
            code = self.mapping.currency
        if not code:
            what = f"there is no currency “{text[:20]}”" if text else "there is no currency"
            raise Unfit("currency", what)
        return code

    def months(self) -> int | None:
        """The length of the term."""
        text = self.text("months")
        if not text:
            return None
        if found := YEARS.match(text):
            return int(found[1]) * 12
        if found := MONTHS.match(text):
            return int(found[1]) or None
        raise Unfit("months", f"“{text[:40]}” is no number of months")

    def count(self, key: str) -> int:
        """The whole number in the column *key*; 0 without one."""
        text = self.texts.get(key)
        if not text:
            return 0
        if found := WHOLE.match(text):
            return int(found[1])
        raise Unfit(key, f"“{text[:40]}” is no whole number")

    def number(self, key: str, text: str | None = None) -> Decimal | None:
        """The number in the column *key*, or in *text*, which is a cell of it."""
        text = self.texts.get(key) if text is None else text
        if not text:
            return None
        text = text.removesuffix("%").strip()
        title = self.mapping.columns.get(key, "")
        value = read_amount(text, self.mapping.decimals.get(title, "point")).value
        if value is UNREADABLE:
            raise Unfit(key, f"“{text[:40]}” is no number")
        if value is None:
            return None
        if value < 0:
            raise Unfit(key, f"{value} is negative")
        if value > LARGEST:
            raise Unfit(key, f"{value} is larger than anything that is billed")
        return value

    def money(self, key: str, text: str | None = None) -> Decimal | None:
        """The amount in the column *key*, in whole units of its currency."""
        text = self.texts.get(key) if text is None else text
        if not text:
            return None
        if text.endswith("%"):
            raise Unfit(key, f"“{text[:40]}” is a share, and no price")
        value = self.number(key, text)
        if value is None or self.mapping.units != "minor":
            return value
        return value.scaleb(-iso_digits(self.currency()))


def written(value: Decimal) -> str:
    """A number as terms have it."""
    return f"{value.normalize():f}" if value else "0"
