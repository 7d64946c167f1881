"""What a contract's fields cannot see alone: dates in order, ramps without overlap, known lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise

from pydantic import ValidationError

from billing.calendars import add_months, plain
from billing.conventions import DEFAULT, merged
from billing.errors import UnknownCurrencyError
from billing.money import ZERO, known_currency
from billing.parts import Anchor, Discount, Every, Tax
from billing.proration import ONE_DAY
from billing.terms import (
    Agreement,
    AnyLine,
    Milestones,
    OneOff,
    Periodic,
    Recurring,
    Step,
    Usage,
)

LONGEST_TERM = 100
"""Years; a longer term is a mistyped date."""

Found = tuple[str, str]


def problems_of(contract: Agreement) -> list[Found]:
    """Every problem of the contract as signed, as field and sentence."""
    return [
        *_head(contract),
        *_lines(contract),
        *_commitments(contract),
        *_entries(contract),
    ]


def entry_lines(contract: Agreement) -> list[str]:
    """The keys of all its lines, those that amendments bring too."""
    return [line.key for line in contract.lines] + [
        one.add.key for one in contract.amendments if one.add
    ]


def last_day(contract: Agreement) -> date | None:
    """The last day that any reading of the terms allows, extensions and co-terms included."""
    ends = [plain(a.end) for a in contract.amendments if a.end]
    ends += [plain(a.add.end) for a in contract.amendments if a.add and a.add.end]
    if contract.end:
        return max([plain(contract.end), *ends])
    if contract.months:
        return max([add_months(plain(contract.start), contract.months), *ends])
    return None


def _head(contract: Agreement) -> Iterator[Found]:
    try:
        known_currency(contract.currency)
    except UnknownCurrencyError as error:
        yield "currency", str(error)
    start, end = plain(contract.start), last_day(contract)
    if contract.end and contract.months:
        yield "months", "an end is given too; give one of them"
    if contract.end and plain(contract.end) < start:
        yield "end", f"the contract ends on {plain(contract.end)}, before it starts on {start}"
    if end and end.year - start.year > LONGEST_TERM:
        yield "end", f"the term of more than {LONGEST_TERM} years is not plausible"
    yield from convention_problems(contract.conventions, "conventions")
    yield from _taxes(contract.taxes, "taxes")
    known = [line.key for line in contract.lines]
    yield from _discounts(contract.discounts, "discounts", known)
    parts = [terms.percent for terms in contract.payment_terms]
    if len(parts) > 1 and (None in parts or sum(p for p in parts if p is not None) != 100):
        yield "payment_terms", "several parts need percents that add up to 100"


def convention_problems(own: dict[str, object], field: str) -> Iterator[Found]:
    try:
        merged(DEFAULT, own)
    except ValidationError as error:
        for one in error.errors():
            name = ".".join(str(step) for step in one["loc"])
            yield f"{field}.{name}", one["msg"].removeprefix("Value error, ")


def _taxes(taxes: Sequence[Tax] | None, field: str) -> Iterator[Found]:
    if taxes and len({tax.inclusive for tax in taxes}) > 1:
        yield field, "inclusive and exclusive taxes stand side by side; make them alike"


def _discounts(
    discounts: Iterable[Discount], field: str, known: Sequence[str] = ()
) -> Iterator[Found]:
    for place, discount in enumerate(discounts):
        where = f"{field}[{place}]"
        if (discount.percent is None) == (discount.amount is None):
            yield where, "give either a percent or an amount"
        if discount.start and discount.end and discount.end < discount.start:
            yield where, f"it ends on {discount.end}, before it starts on {discount.start}"
        yield from unknown(discount.lines, known, f"{where}.lines")


def unknown(keys: Iterable[str], known: Sequence[str], field: str) -> Iterator[Found]:
    for key in keys:
        if key not in known:
            yield field, f"the contract has no line '{key}'"


def _lines(contract: Agreement) -> Iterator[Found]:
    for key, count in Counter(line.key for line in contract.lines).items():
        if count > 1:
            yield "lines", f"{count} lines have the key '{key}'"
    for place, line in enumerate(contract.lines):
        yield from line_problems(line, f"lines[{place}]", contract)


def line_problems(line: AnyLine, field: str, contract: Agreement) -> Iterator[Found]:
    start, end = plain(line.start or contract.start), last_day(contract)
    yield from _term_of(line, field, contract)
    yield from _taxes(line.taxes, f"{field}.taxes")
    yield from _discounts(line.discounts, f"{field}.discounts")
    yield from convention_problems(line.conventions, f"{field}.conventions")
    until = min((plain(day) for day in (line.end, end) if day), default=None)
    yield from _outside(_days(line, field), start, until)
    if isinstance(line, Periodic):
        yield from _periodic(line, field)
    if isinstance(line, Recurring):
        yield from _recurring(line, field, start, until)
    if isinstance(line, Usage) and line.timing == "advance":
        yield f"{field}.timing", "usage is known, and billed, in arrears only"
    if isinstance(line, Milestones):
        yield from _milestones(line, field)


def _term_of(line: AnyLine, field: str, contract: Agreement) -> Iterator[Found]:
    start, end = plain(line.start or contract.start), last_day(contract)
    if start < plain(contract.start):
        yield f"{field}.start", f"{start} lies before the contract's start {contract.start}"
    if line.end and plain(line.end) < start:
        yield f"{field}.end", f"the line ends on {line.end}, before it starts on {start}"
    if end and start > end and plain(contract.start) <= end:
        yield f"{field}.start", f"{start} lies after the contract's end {end}"
    if line.end and end and plain(line.end) > end and line in contract.lines:
        yield f"{field}.end", f"{line.end} lies after the contract's end {end}"


def _days(line: AnyLine, field: str) -> Iterator[tuple[str, date]]:
    """Every day on which something of the line happens."""
    if isinstance(line, Usage):
        for place, record in enumerate(line.records):
            yield f"{field}.records[{place}].on", plain(record.on)
    if isinstance(line, Milestones):
        for place, milestone in enumerate(line.milestones):
            yield f"{field}.milestones[{place}].on", milestone.on
    if isinstance(line, OneOff) and line.on:
        yield f"{field}.on", line.on


def _periodic(line: Periodic, field: str) -> Iterator[Found]:
    yield from length_problems(line.frequency, line.every, field)
    yield from _anchor(line.anchor, field)
    if line.trial and (line.trial.days is None) == (line.trial.until is None):
        yield f"{field}.trial", "give either days or until"
    for place, free in enumerate(line.free):
        if (free.periods is None) == (free.start is None):
            yield f"{field}.free[{place}]", "give either periods or a start"


def length_problems(
    frequency: str | None, every: Every | None, field: str, name: str = ""
) -> Iterator[Found]:
    where = f"{field}.{name}every"
    if frequency == "custom" and every is None:
        yield where, "a custom frequency needs the length of its period"
    if every is None:
        return
    if frequency not in {"custom", None}:
        yield where, f"it goes with frequency custom, not {frequency}"
    if sum(map(bool, (every.months, every.weeks, every.days))) != 1:
        yield where, "give months, weeks or days, above 0"


def _anchor(anchor: Anchor, field: str) -> Iterator[Found]:
    if anchor.kind == "day" and anchor.day is None:
        yield f"{field}.anchor", "a fixed day needs its day"
    if anchor.kind == "date" and anchor.date is None:
        yield f"{field}.anchor", "an anchor date needs its date"


def _recurring(
    line: Recurring, field: str, start: date, until: date | None
) -> Iterator[Found]:  # fmt: skip
    yield from length_problems(line.price_per, line.price_every, field, "price_")
    stepped = line.steps and all(s.amount is not None or s.price is not None for s in line.steps)
    if line.price is not None and line.term_amount is not None:
        yield f"{field}.term_amount", "a price is given too; give one of them"
    elif line.price is None and line.term_amount is None and not stepped:
        yield f"{field}.price", "there is neither a price nor a term_amount"
    if line.term_amount is not None and line.steps:
        yield f"{field}.steps", "a term_amount is spread evenly; give prices to ramp"
    yield from _steps(line.steps, field, start, line.price is not None)
    for place, step in enumerate(line.steps):
        if step.start and until and step.start > until:
            what = f"it starts on {step.start}, after its line ends on {until}"
            yield f"{field}.steps[{place}]", what


def _steps(steps: Sequence[Step], field: str, start: date, priced: bool) -> Iterator[Found]:
    dated = [step for step in steps if step.start]
    if dated and len(dated) < len(steps):
        yield f"{field}.steps", "give every step a start, or none"
        return
    for place, step in enumerate(steps):
        where = f"{field}.steps[{place}]"
        if not (step.start or step.periods) and place + 1 < len(steps):
            yield where, "only the last step may leave out both periods and start"
        if step.price is None and step.quantity is None and step.amount is None:
            yield where, "it changes nothing; give a price, quantity or amount"
        if step.start and step.start < start:
            yield where, f"it starts on {step.start}, before its line starts on {start}"
        if step.start and step.end and step.end < step.start:
            yield where, f"it ends on {step.end}, before it starts on {step.start}"
    yield from _overlaps(dated, f"{field}.steps")
    if not priced:
        yield from _gaps(dated, f"{field}.steps")
    if dated and not priced and min(s.start for s in dated if s.start) > start:
        yield f"{field}.steps", f"from {start} to the first step there is no price"


def _overlaps(steps: Sequence[Step], field: str) -> Iterator[Found]:
    ordered = sorted(steps, key=lambda step: step.start or date.min)
    for one, other in pairwise(ordered):
        if one.end and other.start and one.start != other.start < one.end:
            what = f"ramps overlap: one from {one.start} to {one.end}, another from {other.start}"
            yield field, what
    for start, count in Counter(s.start for s in steps).items():
        if count > 1:
            yield field, f"ramps overlap: {count} start on {start}"


def _gaps(steps: Sequence[Step], field: str) -> Iterator[Found]:
    """Time between steps, or after the last, for which nobody gave a price."""
    ordered = sorted(steps, key=lambda step: step.start or date.min)
    for one, other in pairwise([*ordered, None] if ordered else []):
        if one is None or one.end is None:
            continue
        follows = other.start if other else None
        if follows is None or follows > one.end + ONE_DAY:
            yield field, f"after {one.end} there is no price; leave that end out or give a price"


def shared_days(contract: Agreement) -> list[Found]:
    """Ramps that meet on a day which is the last of one and the first of the next."""
    found = []
    for place, line in enumerate(contract.lines):
        steps = line.steps if isinstance(line, Recurring) else ()
        starts = {step.start for step in steps}
        for step in steps:
            if step.end in starts and step.end is not None and step.end != step.start:
                what = f"ramps overlap on {step.end}, which is the last day of one"
                found.append((f"lines[{place}].steps", what))
    return found


def _outside(days: Iterable[tuple[str, date]], start: date, end: date | None) -> Iterator[Found]:
    for field, day in days:
        if day < start or (end and day > end):
            yield field, f"{day} lies outside the line's term"


def _milestones(line: Milestones, field: str) -> Iterator[Found]:
    for place, part in enumerate(line.milestones):
        where = f"{field}.milestones[{place}]"
        if part.percent is not None and part.amount is not None:
            yield where, "give a percent or an amount, not both"
        if part.percent is None and part.amount is None and place + 1 < len(line.milestones):
            yield where, "only the last milestone takes what remains"
    shares = sum((part.percent or ZERO for part in line.milestones), ZERO)
    if shares > 100 and line.conventions.get("milestone_last") == "own":
        yield f"{field}.milestones", f"their percents add up to {shares}"


def _commitments(contract: Agreement) -> Iterator[Found]:
    known = entry_lines(contract)
    for place, commitment in enumerate(contract.commitments):
        where = f"commitments[{place}]"
        yield from length_problems(commitment.frequency, commitment.every, where)
        yield from _anchor(commitment.anchor, where)
        yield from unknown(commitment.lines, known, f"{where}.lines")
        yield from _taxes(commitment.taxes, f"{where}.taxes")


def _entries(contract: Agreement) -> Iterator[Found]:
    """Credits and payments of lines that are not there."""
    known = entry_lines(contract)
    for name in ("prior_credits", "payments"):
        for place, entry in enumerate(getattr(contract, name)):
            yield from unknown([entry.line], known, f"{name}[{place}].line")
