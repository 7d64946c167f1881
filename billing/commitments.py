"""Minimum commitments of a contract: true-up where too little was billed, overage beyond."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction

from billing.calendars import plain
from billing.conventions import Conventions
from billing.invoices import Charge, money_words
from billing.money import ZERO, decimal_of
from billing.proration import ONE_DAY
from billing.rates import Context, in_place
from billing.segments import Segment, grid_of, segments
from billing.terms import Commitment

RESTS = (
    "commitment_scope", "commitment_prorated", "commitment_counts", "true_up_rounding",
    "commitment_counts_discounted", "commitment_reduced_by_trial",
)  # fmt: skip
CUT = ("proration_basis", "stub_denominator", "first_stub", "last_stub")
FEES = frozenset(("recurring", "usage", "credit", "true_up", "one_off", "milestone"))
USE = frozenset(("usage", "true_up"))


def charges(context: Context, billed: list[Charge], c: Conventions) -> list[Charge]:
    """True-ups and overages of every commitment."""
    found: list[Charge] = []
    for commitment in context.lives.contract.commitments:
        for segment in periods(commitment, context, billed, c):
            found.extend(settled(commitment, segment, context, billed, c))
    return found


def periods(
    commitment: Commitment, context: Context, billed: list[Charge], c: Conventions
) -> list[Segment]:
    """The stretches in which the commitment is settled."""
    lives, end = context.lives, context.lives.end
    start = lives.start
    if c.commitment_reduced_by_trial:
        paid = [charge.start for charge in billed if charge.kind in FEES]
        start = max(start, min(paid, default=start))
    grid = grid_of(commitment.anchor, start, commitment.span, c)
    found = segments(start, end, context.horizon, grid, c)
    if c.commitment_scope == "cumulative_term" and found:
        whole = sum((one.share.value for one in found), Fraction(0))
        share = found[0].share.__class__(whole, f"{len(found)} periods")
        return [found[0]._replace(end=found[-1].end, share=share)]
    return found


def settled(
    commitment: Commitment, segment: Segment, context: Context, billed: list[Charge],
    c: Conventions,
) -> Iterator[Charge]:  # fmt: skip
    """What one period lacks or exceeds."""
    counted = [charge for charge in billed if counts(charge, commitment, segment, c)]
    share = segment.share.value if c.commitment_prorated else Fraction(1)
    least = decimal_of(Fraction(commitment.amount) * share)
    if c.true_up_rounding == "terms":
        least = context.purse.round(least)
    reached = sum((value_of(charge, c) for charge in counted), ZERO)
    of = f"{segment.share.words} of " if share != 1 and segment.share.words else ""
    committed = f"commitment {of}{money_words(commitment.amount)}"
    if reached < least:
        missing = in_place(least - reached, context.purse, c)
        words = f"{committed} less {money_words(reached)} billed"
        yield _charge("true_up", commitment, segment, missing, words, context, c)
    elif commitment.overage_factor is not None and reached > least:
        over = reached - least
        for charge, part in zip(
            counted, context.purse.split(least, weights(counted), c.remainder_to), strict=True
        ):
            charge.words += f" within the {committed}"
            charge.amount = part
        words = f"{money_words(over)} beyond the {committed} at {commitment.overage_factor} times"
        amount = in_place(over * commitment.overage_factor, context.purse, c)
        yield _charge("overage", commitment, segment, amount, words, context, c)


def weights(counted: list[Charge]) -> list[Fraction]:
    """In proportion to what each was billed."""
    return [Fraction(charge.amount) for charge in counted]


def counts(charge: Charge, commitment: Commitment, segment: Segment, c: Conventions) -> bool:
    """Whether a charge of the period counts."""
    kinds = FEES if c.commitment_counts == "usage_and_fees" else USE
    if charge.kind not in kinds or not within(charge, segment):
        return False
    return not commitment.lines or charge.line in commitment.lines


def within(charge: Charge, segment: Segment) -> bool:
    """What is billed when it begins belongs where it begins; what is billed after, where it ends.

    So no later amendment changes what an earlier period came to.
    """
    if plain(charge.issue) >= plain(charge.end) - ONE_DAY:
        return segment.start < charge.end <= segment.end
    return segment.start <= charge.start < segment.end


def value_of(charge: Charge, c: Conventions) -> Decimal:
    """What it counts for: before discounts, or less the line's own percents."""
    if not c.commitment_counts_discounted:
        return charge.amount
    left = Fraction(charge.amount)
    for discount in charge.discounts:
        left -= left * Fraction(discount.percent or ZERO) / 100 + Fraction(discount.amount or ZERO)
    return decimal_of(max(left, Fraction(0)))


def _charge(
    kind: str, commitment: Commitment, segment: Segment, amount: Decimal, words: str,
    context: Context, c: Conventions,
) -> Charge:  # fmt: skip
    issue: date = plain(context.issue(segment.start, segment.end, "arrears", c))
    return Charge(
        "commitment", kind, "Minimum commitment", segment.start, segment.end, Decimal(1), amount,
        amount, issue, words, commitment.taxes, (), segment.number,
        RESTS if segment.share.full else RESTS + CUT,
    )  # fmt: skip
