"""Discounts: each line's own, then those of the contract, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from billing.calendars import plain
from billing.conventions import Conventions
from billing.invoices import Charge
from billing.money import ZERO, Purse, decimal_of
from billing.parts import Discount


def discounts_of(
    charges: Sequence[Charge], whole: Sequence[Discount], number: int, purse: Purse,
    c: Conventions, left: dict[Discount, Decimal],
) -> list[Decimal]:  # fmt: skip
    """What comes off each charge of one invoice; *number* counts the contract's invoices from 0.

    *left* is what earlier invoices left of discounts that are used up.
    """
    given = [ZERO] * len(charges)
    billed = [place for place, charge in enumerate(charges) if charge.credits is None]
    for place in billed:
        charge = charges[place]
        for discount in charge.discounts:
            if _applies(discount, charge, charge.period, c):
                spread(discount, [place], charges, given, purse, c)
    for discount in whole:
        places = [
            place
            for place in billed
            if _applies(discount, charges[place], number, c)
            and (not discount.lines or charges[place].line in discount.lines)
        ]
        if places and discount.used_up and discount.amount is not None:
            before = sum(given, ZERO)
            rest = left.get(discount, discount.amount)
            one = discount.model_copy(update={"amount": rest})
            spread(one, places, charges, given, purse, c)
            left[discount] = rest - (sum(given, ZERO) - before)
        elif places:
            spread(discount, places, charges, given, purse, c)
    for place in billed:
        charges[place].discounted = given[place]
    for place, charge in enumerate(charges):
        if charge.credits is not None and c.discount_on_proration:
            given[place] = given_back(charge, charge.credits, purse, c)
    return given


def given_back(credit: Charge, billed: Charge, purse: Purse, c: Conventions) -> Decimal:
    """The share of a billed charge's discount that its credit takes back with it."""
    if not billed.discounted or not billed.amount:
        return ZERO
    share = Fraction(credit.amount) / Fraction(billed.amount)
    exact = decimal_of(Fraction(billed.discounted) * share)
    return purse.round(exact) if c.discount_rounding == "line" else exact


def _applies(discount: Discount, charge: Charge, period: int, c: Conventions) -> bool:
    if charge.prorated and not c.discount_on_proration:
        return False
    if charge.amount < 0 and discount.amount is not None:
        return False
    if discount.periods is not None and period >= discount.periods:
        return False
    return _within(discount, plain(charge.start))


def _within(discount: Discount, start: date) -> bool:
    if discount.start and start < discount.start:
        return False
    return discount.end is None or start <= discount.end


def spread(
    discount: Discount, places: list[int], charges: Sequence[Charge], given: list[Decimal],
    purse: Purse, c: Conventions,
) -> None:  # fmt: skip
    """Add one discount to what is *given*, in proportion to what is left of each line."""
    additive = c.discount_stacking == "additive"
    bases = [charges[i].amount - (ZERO if additive else given[i]) for i in places]
    if discount.percent is not None:
        for place, base in zip(places, bases, strict=True):
            exact = base * discount.percent / 100
            given[place] += purse.round(exact) if c.discount_rounding == "line" else exact
    else:
        _amount(discount.amount or ZERO, places, bases, given, purse, c)
    if c.discount_capped:
        for place in places:
            if charges[place].amount >= 0:
                given[place] = min(given[place], charges[place].amount)


def _amount(
    amount: Decimal, places: list[int], bases: list[Decimal], given: list[Decimal],
    purse: Purse, c: Conventions,
) -> None:  # fmt: skip
    total = sum(bases, ZERO)
    if c.discount_capped:
        amount = min(amount, total)
    if c.discount_rounding == "line" or not total:
        parts = purse.split(amount, [Fraction(base) for base in bases], c.remainder_to)
    else:
        parts = [decimal_of(Fraction(amount) * Fraction(b) / Fraction(total)) for b in bases]
    for place, part in zip(places, parts, strict=True):
        given[place] += part
