"""What comes back of a period that was billed in advance and is taken over by other terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction

from billing.calendars import plain
from billing.conventions import Conventions
from billing.invoices import Charge, money_words
from billing.lifelines import Life, Version
from billing.money import ZERO, Purse, decimal_of
from billing.proration import Share, periods_and_days
from billing.rates import RESTS, Context, Rate, in_place, prorated
from billing.segments import Segment, narrowed
from billing.terms import Payment, PriorCredit, Recurring


def credits_for(
    charge: Charge, segment: Segment, rate: Rate, version: Version, life: Life, context: Context
) -> Iterator[Charge]:
    """The credit for what is left of a billed *segment* where the next terms begin."""
    line, cut, rules = version.line, version.until, version.boundary or life.c
    assert isinstance(line, Recurring)
    assert cut is not None
    if rules.credit_form == "none":
        return
    segment, rest = parts(segment, max(cut, segment.start), line, life.c)
    contract = context.lives.contract
    already = given(contract.prior_credits, charge)
    amount, words = unused(charge, segment, rest, rate, rules, context.purse)
    base = charge.amount
    if rules.credit_base == "paid":
        base = given(contract.payments, charge)
    if rules.credit_cap and amount > base - already:
        amount, words = capped(amount, base, already), f"{words}, capped at what is left"
    if amount:
        yield Charge(
            line.key, "credit", line.description, rest.start, rest.end, charge.quantity,
            charge.unit_price, -amount, plain(version.credited or cut), words, line.taxes,
            line.discounts, charge.period, (*RESTS, "credit_base", "credit_cap", "credit_form"),
            rules.credit_form, prorated=True, credits=charge,
        )  # fmt: skip


def parts(segment: Segment, cut: date, line: Recurring, c: Conventions) -> tuple[Segment, Segment]:
    """What was billed and what is left of it from *cut*, with the shares they are measured by.

    Whole periods are those of the price; where started months count whole, so do the used ones.
    """
    rest = narrowed(segment, cut, segment.end, line.span, c)
    if c.proration_basis == "whole_periods_and_days" and line.price_per and rest != segment:
        whole, left = (
            periods_and_days(one.start, one.end, line.price_span, c) for one in (segment, rest)
        )
        return segment._replace(share=whole), rest._replace(share=left)
    if c.proration_basis == "whole_months_up" and rest != segment:
        used = narrowed(segment, segment.start, cut, line.span, c)
        left = Share(segment.share.value - used.share.value, f"what {used.share.words} leave")
        return segment, rest._replace(share=left)
    return segment, rest


def capped(amount: Decimal, base: Decimal, already: Decimal) -> Decimal:
    """*amount*, or what earlier credits leave of *base* if that is less; never negative."""
    return max(min(amount, base - already), ZERO)


def given(entries: Iterable[PriorCredit | Payment], charge: Charge) -> Decimal:
    """What was credited or paid of a charge."""
    where = (charge.line, plain(charge.start))
    return sum((one.amount for one in entries if (one.line, one.period_start) == where), ZERO)


def unused(
    charge: Charge, segment: Segment, rest: Segment, rate: Rate, c: Conventions, purse: Purse
) -> tuple[Decimal, str]:
    """The unused part of what was billed, or of the list price."""
    whole = segment.share.value
    if rest == segment:
        return charge.amount, f"credit for all of {money_words(charge.amount)} billed"
    if c.credit_base == "list" or not whole:
        price = money_words(rate.price * rate.quantity)
        return prorated(rate, rest.share, purse, c), f"credit for {rest.share.words} of {price}"
    amount = in_place(decimal_of(Fraction(charge.amount) * rest.share.value / whole), purse, c)
    words = rest.share.words
    if " of " in segment.share.words and " and " not in words:
        left, billed = (share.words.partition(" of ")[0] for share in (rest.share, segment.share))
        words = f"{left} of {billed} {rest.share.words.rpartition(' ')[2]}"
    return amount, f"credit for {words} of {money_words(charge.amount)} billed"
