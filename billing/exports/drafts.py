"""An invoice while its rows are gathered, and what it comes to once they all are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from billing.billed import Billed, BilledLine
from billing.errors import Problem
from billing.exports.words import Counts
from billing.money import ZERO, iso_digits


class Found(NamedTuple):
    """An invoice of an export, with what is not compared. ``last_row`` is the line of its last."""

    billed: Billed
    customer: str = ""
    due_date: date | None = None
    status: str = ""
    last_row: int = 0


@dataclass
class Draft:
    """What has been read of one invoice. ``out`` says why it is left out, if it is.

    ``closed`` once a row without a number has continued it: the number again is another invoice.
    """

    row: int
    number: str
    kind: Counts = "invoice"
    out: str = ""
    contract: str = ""
    customer: str = ""
    currency: str = ""
    status: str = ""
    issue: date | None = None
    due: date | None = None
    start: date | None = None
    end: date | None = None
    refers_to: str = ""
    total: Decimal | None = None
    net: Decimal | None = None
    tax: Decimal | None = None
    line_tax: Decimal | None = None
    lines: list[BilledLine] = field(default_factory=list)
    last_row: int = 0
    closed: bool = False
    main: bool = False

    def is_of(self, other: Draft) -> bool:
        """Whether rows with *other*'s facts belong to this invoice."""
        return not self.closed and all(
            getattr(self, name) == getattr(other, name) or not getattr(other, name)
            for name in ("kind", "contract", "currency", "issue", "out")
        )

    def span(self, start: date | None, end: date | None) -> None:
        """Widen the period to that of one more line."""
        if start is not None:
            self.start = start if self.start is None else min(self.start, start)
        if end is not None:
            self.end = end if self.end is None else max(self.end, end)

    def finished(self) -> tuple[Found, list[Problem]]:
        """The invoice, and what about it ought to be looked at."""
        tax = self.tax if self.tax is not None else self.line_tax
        lines = sum((line.amount - (line.discount or ZERO) for line in self.lines), ZERO)
        total = self.total if self.total is not None else lines + (tax or ZERO)
        flags = list(self._doubts(total, tax))
        sign = -1 if self.kind == "credit_note" and total > 0 else 1
        total *= sign
        if tax is not None and tax * total < 0:
            tax = -tax
        billed = Billed(
            self.contract, self.currency, self.issue or date.min, _tidy(total), self.kind,
            self.number, self.start, self.end, None if tax is None else _tidy(total - tax),
            None if tax is None else _tidy(tax), self._signed(total, lines), self.refers_to,
            self.row,
        )  # fmt: skip
        return Found(billed, self.customer, self.due, self.status, self.last_row), flags

    def _signed(self, total: Decimal, lines: Decimal) -> tuple[BilledLine, ...]:
        """The lines with the sign of the total: ledgers write them as the other side of it."""
        if lines * total >= 0:
            return tuple(self.lines)
        return tuple(
            line._replace(amount=-line.amount, discount=-line.discount if line.discount else None)
            for line in self.lines
        )

    def _doubts(self, total: Decimal, tax: Decimal | None) -> Iterator[Problem]:
        if self.total is None or not self.lines:
            return
        gross = abs(sum((line.amount for line in self.lines), ZERO))
        less = abs(sum((line.amount - (line.discount or ZERO) for line in self.lines), ZERO))
        sums = {each + plus for each in (gross, less) for plus in (ZERO, abs(tax or ZERO))}
        if abs(total) not in sums:
            what = f"its lines add up to {less}, and its total is {abs(total)}"
            yield Problem(self.row, self.number, "total", what)


def _tidy(amount: Decimal) -> Decimal:
    """Without a sign on zero."""
    return amount or abs(amount)


def too_fine(amount: Decimal, currency: str) -> bool:
    """Whether *amount* has more decimals than its currency."""
    exponent = amount.normalize().as_tuple().exponent
    return isinstance(exponent, int) and -exponent > iso_digits(currency)
