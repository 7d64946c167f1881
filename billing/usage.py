"""Charges of usage lines, and the least and largest amounts of one line."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction

from billing.conventions import Conventions
from billing.invoices import Charge, money_words
from billing.lifelines import Life, Version
from billing.money import ZERO, decimal_of, rounded
from billing.pricing import Percentage, PerUnit, Rated, Tiered, counted, rate, total
from billing.proration import number
from billing.rates import Context, in_place
from billing.resting import CHANGED, FIRST, LAST, anchored
from billing.segments import Segment, inside, narrowed, segments
from billing.terms import Usage

TIERED = ("tier_upper_bound", "tier_flat_fee_on_zero")
RESTS: dict[str, tuple[str, ...]] = {
    "per_unit": (), "percentage": (), "package": ("package_rounding",), "graduated": TIERED,
    "volume": TIERED,
}  # fmt: skip
"""What a price of usage rests on, by its model."""


def charges(life: Life, context: Context) -> list[Charge]:
    """Everything a usage line bills."""
    found: list[Charge] = []
    meter = Meter(life, context)
    for version in life.versions:
        for segment in _segments(life, version, context):
            found.extend(meter.charges(segment, version))
    return found


def _segments(life: Life, version: Version, context: Context) -> Iterator[Segment]:
    line = version.line
    assert isinstance(line, Usage)
    assert version.grid is not None
    start = max(version.start, context.lives.trial_end(line, life.begin))
    rules = inside(life.c, first=version.start == life.begin, last=True)
    for segment in segments(start, version.end, context.horizon, version.grid, rules):
        if version.until is not None and segment.start >= version.until:
            return
        stop = segment.end if version.until is None else min(segment.end, version.until)
        yield narrowed(segment, segment.start, stop, line.span, life.c)


AGGREGATES: dict[str, Callable[[list[Decimal]], Decimal]] = {
    "sum": lambda records: sum(records, ZERO),
    "maximum": lambda records: max(records, default=ZERO),
    "last": lambda records: records[-1] if records else ZERO,
    "count": lambda records: Decimal(len(records)),
}


class Meter:
    """What was used and billed of one line so far."""

    def __init__(self, life: Life, context: Context) -> None:
        line = life.versions[0].line
        assert isinstance(line, Usage)
        self.life = life
        self.context = context
        self.used = line.prior_quantity
        self.billed = line.prior_billed
        clock = context.lives.clock
        self.records = sorted((clock.moment(r.on), r.quantity) for r in line.records)
        self.days = [on for on, _ in self.records]

    def charges(self, segment: Segment, version: Version) -> Iterator[Charge]:
        """The usage of a period, and what is missing to the line's minimum."""
        line, c = version.line, self.life.c
        assert isinstance(line, Usage)
        first, after = (bisect_left(self.days, day) for day in (segment.start, segment.end))
        within = self.records[first:after]
        if c.usage_proration == "units_from_record":
            within = [(on, self.remaining(on, q, segment, line)) for on, q in within]
        records = [quantity for _, quantity in within]
        quantity = AGGREGATES[line.aggregation](records)
        if c.usage_proration == "units" and not segment.share.full:
            quantity = shrunk(quantity, segment, c)
        amount, words = self.price(quantity, records, segment, line)
        if line.maximum is not None:
            amount, words = self.capped(amount, words, line)
        self.used += quantity
        amount = in_place(amount, self.context.purse, c)
        self.billed = (self.billed or ZERO) + amount
        rests = ("usage_scope", "usage_proration", *RESTS[line.pricing.model])
        rests += self.edges(segment, version)
        usage = self._charge(segment, line, "usage", quantity, amount, words, rests)
        yield usage
        if line.minimum is not None:
            yield from self.true_up(usage, segment, line)

    def edges(self, segment: Segment, version: Version) -> tuple[str, ...]:
        """What the stretch of a period rests on."""
        found = anchored(version, self.life)
        line = version.line
        if isinstance(line, Usage) and isinstance(line.pricing, Tiered):
            packed = any(tier.package_size for tier in line.pricing.tiers)
            found += ("package_rounding",) if packed else ()
        if not segment.share.full:
            found += (*FIRST, *LAST, "proration_basis", "quantity_decimals", "quantity_rounding")
            found += ("included_units_prorated",)
        if segment.end == version.until or version.start == segment.start != self.life.begin:
            found += (*CHANGED, "cancel_day_owner")
        return found

    def remaining(self, on: date, quantity: Decimal, segment: Segment, line: Usage) -> Decimal:
        """A record's units for the part of the cycle from its day on."""
        rest = narrowed(segment, on, segment.end, line.span, self.life.c)
        return shrunk(quantity, rest, self.life.c)

    def price(
        self, quantity: Decimal, records: list[Decimal], segment: Segment, line: Usage
    ) -> tuple[Decimal, str]:
        """What the quantity costs and how."""
        c = self.life.c
        free = line.included
        if free and c.included_units_prorated and not segment.share.full:
            free = shrunk(free, segment, c)
        if c.usage_scope == "cumulative_term":
            return self.cumulative(quantity, line)
        if c.usage_scope == "per_record" and not isinstance(line.pricing, Percentage):
            each = [part for r in records for part in rate(line.pricing, r, c)]
            return total(each), f"{counted(Decimal(len(records)), 'record')}, each at its own price"
        rated = rate(line.pricing, max(quantity - free, ZERO), c, records)
        amount, words = total(rated), told(rated)
        if free:
            words = f"{counted(quantity, 'unit')}, {number(free)} of them included: {words}"
        if c.usage_proration == "amount" and not segment.share.full:
            amount = decimal_of(Fraction(amount) * segment.share.value)
            words = f"{segment.share.words} of {words}"
        return amount, words

    def cumulative(self, quantity: Decimal, line: Usage) -> tuple[Decimal, str]:
        """The price of all use since the start, less what was billed of it."""
        c = self.life.c
        if self.billed is None:
            self.billed = total(rate(line.pricing, self.used, c)) if self.used else ZERO
        rated = rate(line.pricing, self.used + quantity, c)
        words = f"{told(rated)}, less {money_words(self.billed)} billed before"
        return total(rated) - self.billed, words

    def capped(self, amount: Decimal, words: str, line: Usage) -> tuple[Decimal, str]:
        """*amount*, held below the line's maximum."""
        assert line.maximum is not None
        before = ZERO
        if self.life.c.usage_scope == "cumulative_term":
            before = self.billed or ZERO
        left = max(line.maximum - before, ZERO)
        if amount <= left:
            return amount, words
        return left, f"{words}, capped at {money_words(line.maximum)}"

    def true_up(self, usage: Charge, segment: Segment, line: Usage) -> Iterator[Charge]:
        """What the line's minimum asks for beyond its usage."""
        assert line.minimum is not None
        c, purse = self.life.c, self.context.purse
        share = segment.share.value if c.commitment_prorated else Fraction(1)
        least = decimal_of(Fraction(line.minimum) * share)
        if c.true_up_rounding == "terms":
            least = purse.round(least)
        missing = in_place(least - usage.amount, purse, c)
        if missing > 0:
            of = f"{segment.share.words} of " if share != 1 else ""
            words = (
                f"minimum {of}{money_words(line.minimum)} less usage {money_words(usage.amount)}"
            )
            rests = ("commitment_prorated", "true_up_rounding", *usage.rests_on)
            yield self._charge(segment, line, "true_up", Decimal(1), missing, words, rests)

    def _charge(
        self, segment: Segment, line: Usage, kind: str, quantity: Decimal, amount: Decimal,
        words: str, rests: tuple[str, ...],
    ) -> Charge:  # fmt: skip
        issue = self.context.issue(segment.start, segment.end, "arrears", self.life.c)
        price = amount if kind == "true_up" else unit_price_of(line, quantity, amount)
        return Charge(
            line.key, kind, line.description, segment.start, segment.end, quantity,
            price, amount, issue, words,
            line.taxes, line.discounts, segment.number, rests,
        )  # fmt: skip


def unit_price_of(line: Usage, quantity: Decimal, amount: Decimal) -> Decimal:
    """The price of a unit, where there is one for all."""
    if isinstance(line.pricing, PerUnit):
        return line.pricing.price
    return rounded(amount / quantity, 6) if quantity else ZERO


def shrunk(quantity: Decimal, segment: Segment, c: Conventions) -> Decimal:
    """A full period's units in a cut off one."""
    exact = decimal_of(Fraction(quantity) * segment.share.value)
    if c.quantity_decimals is None:
        return exact
    return rounded(exact, c.quantity_decimals, c.quantity_rounding)


def told(parts: tuple[Rated, ...]) -> str:
    """The parts of a price, one after the other."""
    return " + ".join(part.words for part in parts) or "no units"
