"""What a period costs, and what all charges of a contract share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from billing.calendars import plain
from billing.conventions import Conventions
from billing.lifelines import Lives
from billing.money import WIDE, Purse, part_of, rounded
from billing.proration import ONE_DAY, Share

RESTS = (
    "proration_basis", "stub_denominator", "proration_factor_decimals", "unit_price_decimals",
    "rounding_mode",
)  # fmt: skip
"""What a prorated amount depends on."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What a period costs: price, quantity, or free."""

    price: Decimal
    quantity: Decimal
    free: bool = False
    whole: bool = False
    """The price is that of a billing period, whatever the line says."""


@dataclass(slots=True)
class Context:
    """What all charges of a contract share."""

    lives: Lives
    purse: Purse
    horizon: date | None

    def issue(self, start: date, end: date, timing: str, c: Conventions) -> date:
        """The issue date of a period."""
        rule = c.invoice_date_advance if timing == "advance" else c.invoice_date_arrears
        day = plain(start) if rule == "period_start" else plain(end)
        if rule == "period_end":
            day -= ONE_DAY
        grace = c.invoice_grace_days
        return day + timedelta(days=grace) if grace else day


def prorated(rate: Rate, share: Share, purse: Purse, c: Conventions) -> Decimal:
    """Share × price × quantity, rounded where the conventions say."""
    if c.unit_price_decimals is None:
        return in_place(part_of(share.value, rate.price, rate.quantity), purse, c)
    unit = rounded(part_of(share.value, rate.price), c.unit_price_decimals, c.rounding_mode)
    return in_place(WIDE.multiply(unit, rate.quantity), purse, c)


def in_place(value: Decimal, purse: Purse, c: Conventions) -> Decimal:
    """*value* rounded, if lines are."""
    return purse.round(value) if c.rounding_place == "line" else value
