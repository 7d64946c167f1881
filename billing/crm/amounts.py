"""Amounts as exports write them: both decimal marks, signs of currencies, brackets for minus."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

from billing.money import currencies

DecimalMark = Literal["point", "comma"]

UNREADABLE = Decimal("NaN")
"""Instead of an amount: a cell that holds something else. Told by identity."""

PLAIN = re.compile(r"-?\d{1,20}(?:\.\d{1,12})?$")
SIGNS = {"€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW", "₽": "RUB", "zł": "PLN",
         "₺": "TRY", "₪": "ILS", "US$": "USD", "A$": "AUD", "C$": "CAD", "CA$": "CAD",
         "NZ$": "NZD", "HK$": "HKD", "S$": "SGD", "R$": "BRL", "$": "$"}  # fmt: skip
"""A dollar sign alone does not say whose dollars they are."""
DRESSED = re.compile(
    r"(?P<minus>[-\u2212(]*)\s*(?P<before>[^\d\s.,()\u2212+-]{0,4}?)\s*(?P<second>[-\u2212(]?)\+?"
    r"(?P<digits>\d[\d.,'\u2019\u00a0\u202f ]*|[.,]\d+)(?P<factor>[kKmM]?)(?P<end>[-)]*)"
    r"\s*(?P<after>[^\d\s.,()+-]{0,4})(?P<last>\)?)$"
)
GAPS = str.maketrans("", "", "'\u2019\u00a0\u202f ")


class Read(NamedTuple):
    """An amount and the currency its cell names, if it does."""

    value: Decimal | None
    currency: str = ""


NOTHING = Read(None)
NO_AMOUNT = Read(UNREADABLE)


def read_amount(text: str, mark: DecimalMark) -> Read:
    """The amount in *text*, with *mark* before its decimals."""
    if not text:
        return NOTHING
    if mark == "point" and PLAIN.match(text):
        return Read(Decimal(text))
    found = DRESSED.match(text.strip())
    if found is None:
        return NO_AMOUNT
    currency = _currency(found["before"] or found["after"])
    digits = _digits(found["digits"].translate(GAPS), mark)
    if currency is None or digits is None:
        return NO_AMOUNT
    value = Decimal(digits) * {"": 1, "k": 1_000, "m": 1_000_000}[found["factor"].lower()]
    signs = found["minus"] + found["second"] + found["end"]
    return Read(-value if any(sign in signs for sign in "-\u2212(") else value, currency)


def _currency(text: str) -> str | None:
    """The code for a sign or code; none at all if it is neither."""
    if not text:
        return ""
    if text in SIGNS:
        return SIGNS[text]
    return text.upper() if text.upper() in currencies() else None


def _digits(text: str, mark: DecimalMark) -> str | None:
    """Digits with a point, if the marks between thousands stand where they belong."""
    point, group = (".", ",") if mark == "point" else (",", ".")
    whole, _, rest = text.partition(point)
    if point in rest or group in rest or len(text) > 30:
        return None
    groups = whole.split(group)
    indian = len(groups) > 2 and all(len(part) == 2 for part in groups[1:-1])
    if len(groups) > 1 and not (len(groups[-1]) == 3 and 1 <= len(groups[0]) <= 3 and (
        indian or all(len(part) == 3 for part in groups[1:])
    )):  # fmt: skip
        return None
    return f"{''.join(groups) or '0'}.{rest or '0'}" if rest else "".join(groups)


WITH_POINT = re.compile(r"-?\d+\.(\d{1,2}|\d{4,})$")
MARKED = re.compile(r"[.,]")


@dataclass
class AmountColumn:
    """What the values of one column say about their decimal mark."""

    title: str
    point: int = 0
    comma: int = 0
    either: int = 0
    example: str = ""
    point_example: str = ""
    comma_example: str = ""

    def look(self, texts: Iterable[str]) -> None:
        """Take the different values *texts* into account."""
        for text in texts:
            if WITH_POINT.match(text):
                self._count(".", text)
                continue
            marks = MARKED.findall(text)
            if marks and any(letter.isdigit() for letter in text):
                self._look(text, marks)

    def _look(self, text: str, marks: list[str]) -> None:
        last = marks[-1]
        after = re.split(r"[.,]", text)[-1]
        decimals = len(re.match(r"\d*", after)[0])  # type: ignore[index]
        head = re.sub(r"\D", "", text[: text.rfind(last)])
        if len(set(marks)) == 2:
            decided = last
        elif len(marks) > 1:
            decided = "," if last == "." else "."
        elif decimals != 3 or len(head) > 3 or not head.lstrip("0"):
            decided = last
        else:
            self.either += 1
            self.example = self.example or text
            return
        self._count(decided, text)

    def _count(self, decided: str, text: str) -> None:
        if decided == ".":
            self.point += 1
            self.point_example = self.point_example or text
        else:
            self.comma += 1
            self.comma_example = self.comma_example or text

    @property
    def mixed(self) -> bool:
        """Some values can only have a decimal point, others only a decimal comma."""
        return bool(self.point and self.comma)

    @property
    def mark(self) -> DecimalMark | None:
        """The mark that the values prove; a point where no value has any mark."""
        if self.mixed or (self.either and not self.point and not self.comma):
            return None
        return "comma" if self.comma else "point"

    @property
    def assumed(self) -> DecimalMark:
        """The reading in which a mark before three digits separates thousands: an amount with
        three decimals is rare."""
        if self.mark is not None:
            return self.mark
        if self.mixed:
            return "point" if self.point >= self.comma else "comma"
        return "comma" if "." in self.example else "point"
