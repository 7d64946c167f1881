"""Prices for another period than the billing period, and amounts of a whole term."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from billing.calendars import Span
from billing.invoices import money_words
from billing.lifelines import Life
from billing.money import decimal_of, part_of
from billing.proration import Share, grid_from, number, periods_and_days
from billing.rates import Context, Rate, prorated
from billing.segments import Segment, segments
from billing.terms import Recurring

CONVERTED = ("price_period_conversion", "remainder_to", "proration_basis", "rounding_mode")
"""What a price for another period than the billing period rests on."""


def worded(share: Share, rate: Rate, per: str = "", often: str = "") -> str:
    """A share of a price in words."""
    quantity = "" if rate.quantity == 1 else f"{number(rate.quantity)} × "
    price = f"{often}{quantity}{money_words(rate.price)}{per}"
    if share.words:
        return f"{share.words} of {price}"
    return price if often else f"{price} for the full period"


def converted(
    segment: Segment, rate: Rate, life: Life, line: Recurring, context: Context
) -> tuple[Decimal, str]:
    """A price for another period than the billing period."""
    c, span, per = life.c, line.price_span, f" per {line.price_span}"
    if c.proration_basis == "whole_periods_and_days":
        part = periods_and_days(segment.start, segment.end, span, c)
    elif c.price_period_conversion == "even":
        return even(segment, rate, life, line, context)
    else:
        days = (segment.end - segment.start).days
        of = span.nominal
        if c.price_period_conversion == "actual_days":
            cycles = grid_from(life.begin, span, c)
            at = cycles.around(segment.start)
            of = (cycles.start(at + 1) - cycles.start(at)).days
        part = Share(Fraction(days, of), f"{days} of {of} days")
    return prorated(rate, part, context.purse, c), worded(part, rate, per)


def even(
    segment: Segment, rate: Rate, life: Life, line: Recurring, context: Context
) -> tuple[Decimal, str]:
    """Equal parts of the price period; the parts of one add up to its price."""
    c, per = life.c, f" per {line.price_span}"
    factor = even_factor(line.span, line.price_span)
    share = segment.share
    part = Share(share.value * factor, share.words)
    words = worded(part, rate, per, times(factor))
    parts = 1 / factor
    if share.full and parts.denominator == 1 and parts > 1 and c.rounding_place == "line":
        weights = [Fraction(1)] * parts.numerator
        whole = rate.price * rate.quantity
        split = context.purse.split(whole, weights, c.remainder_to)
        amount = split[segment.number % parts.numerator]
        off = amount - context.purse.round(part_of(factor, whole))
        rest = f", {off:+} so that {parts} of them cost {money_words(whole)}" if off else ""
        return amount, words + rest
    return prorated(rate, part, context.purse, c), words


def times(factor: Fraction) -> str:
    """How often a price counts in a billing period: "3 × " or "1/12 of "."""
    if factor == 1:
        return ""
    return f"{factor.numerator} × " if factor.denominator == 1 else f"{factor} of "


def even_factor(span: Span, price: Span) -> Fraction:
    """How many price periods a billing period has, all months alike and 52 weeks in a year."""
    if span.months and price.months:
        return Fraction(span.months, price.months)
    if span.days and price.days:
        return Fraction(span.days, price.days)
    if span.days % 7 == 0 and price.months:
        return Fraction(span.days // 7 * 12, 52 * price.months)
    if price.days % 7 == 0 and span.months:
        return Fraction(52 * span.months, 12 * (price.days // 7))
    return Fraction(span.nominal, price.nominal)


class TermShares:
    """What each period costs of the amount that all of the term, as signed, costs."""

    def __init__(self, life: Life, line: Recurring, context: Context) -> None:
        first = life.versions[0]
        assert first.grid is not None
        assert line.term_amount is not None
        start = context.lives.trial_end(line, life.begin)
        signed = segments(start, life.signed_end, context.horizon, first.grid, life.c)
        weights = [one.share.value for one in signed]
        self.amount = line.term_amount
        self.periods = sum(weights, Fraction(0))
        exact = Fraction(line.term_amount) / (self.periods or 1)
        self.other = Rate(decimal_of(exact), Decimal(1), whole=True)
        parts = context.purse.split(line.term_amount, weights, life.c.remainder_to)
        self.rates = {
            (one.start, one.end): Rate(decimal_of(Fraction(part) / weight), Decimal(1), whole=True)
            for one, part, weight in zip(signed, parts, weights, strict=True)
            if weight
        }

    def rate(self, segment: Segment) -> Rate:
        """The price of a period; of one that the term as signed did not have, an average one."""
        return self.rates.get((segment.start, segment.end), self.other)

    def words(self, segment: Segment) -> str:
        """How much of the term as signed a period is; nothing for one that it did not have."""
        if (segment.start, segment.end) not in self.rates:
            return ""
        of = f"{number(segment.share.value)} of {number(self.periods)} periods"
        return f"{of} of {money_words(self.amount)} for the term"
