"""Expected invoices: their lines, and how each line explains itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from billing.parts import Discount, Tax
from billing.proration import number


@dataclass(slots=True)
class Charge:
    """One amount to be billed, before discounts and taxes. ``end`` is exclusive."""

    line: str
    kind: str
    description: str
    start: date
    end: date
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    issue: date
    words: str
    taxes: tuple[Tax, ...] | None = None
    discounts: tuple[Discount, ...] = ()
    period: int = 0
    rests_on: tuple[str, ...] = ()
    form: str = ""
    prorated: bool = False
    free: bool = False
    credits: Charge | None = None
    """What a credit gives back a part of."""
    discounted: Decimal = Decimal(0)
    """What discounts took off it, once it is on an invoice."""


class TaxAmount(NamedTuple):
    """One tax on one line or invoice."""

    name: str
    jurisdiction: str
    percent: Decimal
    base: Decimal
    amount: Decimal


class InvoiceLine(NamedTuple):
    """One line of an invoice. ``net`` is its amount after discount and without any tax."""

    charge: Charge
    discount: Decimal
    net: Decimal
    tax: Decimal
    taxes: tuple[TaxAmount, ...]

    @property
    def amount(self) -> Decimal:
        """Before discount."""
        return self.charge.amount

    @property
    def explanation(self) -> str:
        """How the amount came about."""
        return explained(self.charge)


def explained(charge: Charge) -> str:
    """How the amount of a charge came about."""
    return charge.words or full_words(charge.quantity, charge.unit_price)


def full_words(quantity: Decimal, unit_price: Decimal) -> str:
    """A full period of so many at a price."""
    if quantity == 1:
        return f"{money_words(unit_price)} for the full period"
    return f"{number(quantity)} × {money_words(unit_price)} for the full period"


def money_words(value: Decimal) -> str:
    """An amount with at least two decimals, as in "300.00"."""
    plain = value.normalize() if value else Decimal(0)
    exponent = plain.as_tuple().exponent
    decimals = max(2, -exponent if isinstance(exponent, int) else 2)
    return f"{plain:,.{decimals}f}"


class Due(NamedTuple):
    """What is due when."""

    date: date
    amount: Decimal


class Invoice(NamedTuple):
    """An invoice or credit note that should exist.

    ``net`` + ``tax`` = ``total``; ``amount_due`` is what the customer's balance leaves of it.
    """

    contract: str
    kind: str
    currency: str
    issue_date: date
    due_date: date
    period_start: date
    period_end: date
    lines: tuple[InvoiceLine, ...]
    subtotal: Decimal
    discount: Decimal
    net: Decimal
    tax: Decimal
    taxes: tuple[TaxAmount, ...]
    total: Decimal
    balance_used: Decimal
    amount_due: Decimal
    dues: tuple[Due, ...]
