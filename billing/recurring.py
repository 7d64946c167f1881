"""Charges of recurring lines: each period's amount, and what a change credits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from billing.calendars import Grid, plain
from billing.conventions import Conventions
from billing.invoices import Charge, money_words
from billing.lifelines import Life, Version
from billing.money import ZERO, Purse, part_of
from billing.price_periods import CONVERTED, TermShares, converted, worded
from billing.proration import ALL, grid_from, periods_and_days
from billing.rates import RESTS, Context, Rate, in_place, prorated
from billing.resting import FIRST, LAST, based, ended
from billing.segments import Segment, inside, narrowed, segments
from billing.terms import Recurring, Step
from billing.unused_time import credits_for

Piece = tuple[Segment, Rate]


def charges(life: Life, context: Context) -> list[Charge]:
    """Everything a recurring line bills and credits."""
    found: list[Charge] = []
    for version in life.versions:
        assert isinstance(version.line, Recurring)
        signed = version is life.versions[0] and not version.line.steps
        pieces = list(_segments(life, version, version.line, context))
        if version.until is not None and not signed:
            pieces = [piece for piece in pieces if piece[0].start <= version.until]
        billed = [_charge(s, r, life, version, context) for s, r in pieces]
        if signed:
            billed = balanced(billed, pieces, life, version, context)
        based(billed, [segment for segment, _ in pieces], life, version)
        if version.until is not None:
            billed = list(_cut(billed, pieces, life, version, context))
        found.extend(billed)
    return found + _trial(life, life.versions[0], context)


def _cut(
    billed: list[Charge], pieces: list[Piece], life: Life, version: Version, context: Context
) -> Iterator[Charge]:
    """Charges of one state of the line; what the next state takes over is cut or credited."""
    line = version.line
    assert isinstance(line, Recurring)
    assert version.until is not None
    cut, rules = version.until, version.boundary or life.c
    reverse = rules.change_on_period_start == "reverse" and line.timing == "advance"
    names = ended(life, version)
    for charge, (segment, rate) in zip(billed, pieces, strict=True):
        if segment.end <= cut:
            yield charge
        elif segment.start > cut or (segment.start == cut and not reverse):
            return
        elif line.timing == "arrears":
            part = narrowed(segment, segment.start, cut, line.span, life.c)
            short = _charge(part, rate, life, version, context)
            if rules.change_invoiced == "next_period" and version.credited:
                short.issue = plain(version.credited)
            short.rests_on += names
            yield short
        else:
            yield charge
            if rules.change_effect != "immediate_unprorated":
                for credit in credits_for(charge, segment, rate, version, life, context):
                    credit.rests_on += names
                    yield credit


def _segments(life: Life, version: Version, line: Recurring, context: Context) -> Iterator[Piece]:
    """The version's stretches with what each costs; ramps cut them, or begin them anew."""
    start = max(version.start, context.lives.trial_end(line, life.begin))
    grid = version.grid
    assert grid is not None
    base = Rate(line.price or ZERO, line.quantity)
    stretches = [(start, version.end, base, grid)]
    if line.steps and line.steps[0].start:
        stretches = list(_stretches(line, start, version.end, grid, base, context))
    seen = grid.around(context.lives.trial_end(line, life.begin))
    counted = bool(line.steps) and not line.steps[0].start
    term = TermShares(life, line, context) if line.term_amount is not None else None
    for begin, end, rate, its in stretches:
        first = begin == start and version.start == life.begin
        rules = inside(life.c, first=first, last=end == version.end)
        for found in segments(begin, end, context.horizon, its, rules):
            index = found.number - seen if its is grid else 0
            segment, own = found, rate
            if index != found.number:
                segment = found._replace(number=index)
            if version.unprorated and segment.start == version.start:
                segment = segment._replace(share=ALL)
            if counted:
                own = counted_step(line, index)
            if term is not None:
                own = term.rate(segment)
            if line.free and is_free(line, index, segment.start, context):
                own = Rate(own.price, own.quantity, free=True)
            yield segment, own


def is_free(line: Recurring, index: int, start: date, context: Context) -> bool:
    """Whether the period is among the free ones."""
    clock = context.lives.clock
    for free in line.free:
        if free.periods is not None and index < free.periods:
            return True
        if free.start is None or start < clock.moment(free.start):
            continue
        if free.end is None or start < clock.end(free.end):
            return True
    return False


def counted_step(line: Recurring, index: int) -> Rate:
    """The terms of period *index* of a ramp that counts periods."""
    upto = 0
    for step in line.steps:
        upto += step.periods or 10**6
        if index < upto:
            return rate_of(line, step)
    if line.price is None:
        return rate_of(line, line.steps[-1])
    return Rate(line.price, line.quantity)


def rate_of(line: Recurring, step: Step) -> Rate:
    """What a step makes of the line's terms."""
    if step.amount is not None:
        return Rate(step.amount, Decimal(1), whole=True)
    price = line.price if step.price is None else step.price
    quantity = line.quantity if step.quantity is None else step.quantity
    return Rate(price or ZERO, quantity)


def _stretches(
    line: Recurring, start: date, end: date | None, grid: Grid, base: Rate, context: Context
) -> Iterator[tuple[date, date | None, Rate, Grid]]:
    """The line's time cut at the steps' dates."""
    clock = context.lives.clock
    edges: dict[date, tuple[Rate, bool]] = {}
    for step in sorted(line.steps, key=lambda s: s.start or date.min):
        assert step.start is not None
        edges[clock.moment(step.start)] = (rate_of(line, step), step.restart_anchor)
        if step.end:
            edges.setdefault(clock.end(step.end), (base, False))
    points = sorted(edges)
    now, its, begin = base, grid, start
    for point in points:
        if end is not None and point >= end:
            break
        if point > begin:
            yield begin, point, now, its
            begin = point
        now, again = edges[point]
        its = grid_from(point, line.span, context.lives.c) if again else its
    yield begin, end, now, its


def _charge(segment: Segment, rate: Rate, life: Life, version: Version, context: Context) -> Charge:
    line = version.line
    assert isinstance(line, Recurring)
    amount, words = priced(segment, rate, life, line, context)
    first = segment.start == version.start != life.begin
    issue = context.issue(segment.start, segment.end, line.timing, life.c)
    if first and version.issued and line.timing == "advance":
        issue = plain(version.issued)
    rests = RESTS if words else ()
    if line.price_per is not None:
        rests = (*CONVERTED, *rests)
    return Charge(
        line.key, "recurring", line.description, segment.start, segment.end, rate.quantity,
        rate.price, amount, issue, words, line.taxes, line.discounts, segment.number,
        rests, "", first, rate.free or not segment.share.value,
    )  # fmt: skip


def priced(
    segment: Segment, rate: Rate, life: Life, line: Recurring, context: Context
) -> tuple[Decimal, str]:
    """Amount and words of one stretch; no words for a full period at its price."""
    c, purse = life.c, context.purse
    if rate.free:
        return ZERO, f"free ({money_words(rate.price * rate.quantity)} waived)"
    full = rate.price * rate.quantity
    if segment.share.full and (line.price_per is None or rate.whole):
        words = worded(segment.share, rate) if segment.share is ALL else ""
        return in_place(full, purse, c), words
    if line.price_per is not None and not rate.whole and line.price_span != line.span:
        return converted(segment, rate, life, line, context)
    return prorated(rate, segment.share, purse, c), worded(segment.share, rate)


def balanced(
    billed: list[Charge], pieces: list[Piece], life: Life, version: Version, context: Context
) -> list[Charge]:  # fmt: skip
    """The charges of a line as signed, adding up to the contracted amount where there is one."""
    line, c = version.line, life.c
    assert isinstance(line, Recurring)
    if not billed or version.end is None:
        return billed
    if line.term_amount is not None:
        return told(billed, pieces, TermShares(life, line, context), context.purse)
    if c.term_balance == "none" or c.remainder_to == "leave" or not line.price or line.free:
        return billed
    if billed[0].words == billed[-1].words == "" or _odd_stubs(c):
        return billed
    periods = periods_and_days(billed[0].start, version.end, line.price_span, c).value
    if periods.denominator != 1 or billed[-1].end != version.end:
        return billed
    contracted = context.purse.round(line.price * line.quantity * periods.numerator)
    difference = contracted - sum((charge.amount for charge in billed), ZERO)
    for charge in billed if c.remainder_to == "first" else reversed(billed):
        if not difference:
            break
        step = max(difference, -charge.amount)
        charge.amount += step
        difference -= step
        before = charge.words or money_words(charge.amount - step)
        charge.words = f"{before}, {step:+} so that the term costs {money_words(contracted)}"
        charge.rests_on += ("term_balance", "remainder_to")
    return billed


def _odd_stubs(c: Conventions) -> bool:
    odd = {"full", "free"} & {c.first_stub, c.last_stub}
    return bool(odd) or c.scheduled_end_inside_period == "full_period" or c.rounding_place != "line"


def told(
    billed: list[Charge], pieces: list[Piece], term: TermShares, purse: Purse
) -> list[Charge]:  # fmt: skip
    """The charges with how many periods of the term as signed each is; those beyond it say less."""
    whole = term.periods.denominator == 1
    rests = ("remainder_to", "rounding_mode") if whole else ("remainder_to", *RESTS, *FIRST, *LAST)
    for charge, (segment, _) in zip(billed, pieces, strict=True):
        charge.unit_price = charge.amount
        if words := term.words(segment):
            off = charge.amount - purse.round(part_of(segment.share.value, term.other.price))
            charge.words = f"{words}, {off:+} so that they add up" if off else words
        charge.rests_on = rests
    return billed


def _trial(life: Life, version: Version, context: Context) -> list[Charge]:
    """The line of zero that a trial shows as, where it does."""
    line, c = version.line, life.c
    assert isinstance(line, Recurring)
    end = context.lives.trial_end(line, life.begin)
    if end <= life.begin or not c.trial_zero_invoice:
        return []
    issue = context.issue(life.begin, end, line.timing, c)
    words = f"trial of {(end - life.begin).days} days"
    return [
        Charge(
            line.key, "trial", line.description, life.begin, end, line.quantity, ZERO, ZERO,
            issue, words, line.taxes,
        )
    ]  # fmt: skip
