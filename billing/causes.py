"""Why a real invoice differs: the likeliest cause first (issue 5, Reconciliation)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from operator import attrgetter

from billing.billed import Billed, BilledLine, lines_of
from billing.invoices import InvoiceLine
from billing.money import decimal_of, iso_digits, rounded, unit

MONTHS = (28, 29, 30, 31, 90, 91, 92, 181, 182, 183, 184, 365, 366)
"""Lengths of periods whose shares are tried."""

by_amount = attrgetter("amount")
Test = Callable[[Billed, Billed, Sequence[Billed]], bool]


def causes(one: Billed, other: Billed, siblings: Sequence[Billed]) -> tuple[str, ...]:
    """Likely causes why *other* is not what *one* says; ``other`` where none is found.

    *siblings* are the contract's expected invoices.
    """
    found = [name for name, test in SURE if test(one, other, siblings)]
    if one.total == other.total or "currency" in found:
        return tuple(found) or ("other",)
    for name, test in LIKELY:
        if test(one, other, siblings):
            return (*found, name)
    return tuple(found) or ("other",)


def _currency(one: Billed, other: Billed, _s: Sequence[Billed]) -> bool:
    return one.currency != other.currency


def _period(one: Billed, other: Billed, _s: Sequence[Billed]) -> bool:
    if other.period_start is None:
        return False
    ends = other.period_end is not None and other.period_end != one.period_end
    return other.period_start != one.period_start or ends


def _tax_split(one: Billed, other: Billed, _s: Sequence[Billed]) -> bool:
    return one.total == other.total and None not in (one.tax, other.tax) and one.tax != other.tax


def _rounding(one: Billed, other: Billed, _s: Sequence[Billed]) -> bool:
    """A minor unit for each line and tax at most."""
    parts = len(lines_of(one)) + (len(one.source.taxes) if one.source else 1)
    return abs(one.total - other.total) <= unit(iso_digits(one.currency)) * max(parts, 1)


def _tax(one: Billed, other: Billed, _s: Sequence[Billed]) -> bool:
    if one.net is not None and other.net is not None:
        return one.net == other.net
    return other.tax is None and one.net == other.total


def nets(one: Billed, other: Billed) -> tuple[Decimal, Decimal] | None:
    """What both say before tax; the real one's by the expected rate, if it does not tell."""
    if one.net is None:
        return None
    if other.net is not None:
        return one.net, other.net
    if not one.tax:
        return one.net, other.total
    share = Fraction(one.net) / Fraction(one.total) if one.total else Fraction(0)
    net = decimal_of(Fraction(other.total) * share)
    return one.net, rounded(net, iso_digits(one.currency))


def _close(value: Decimal, wanted: Decimal, one: Billed, parts: int = 1) -> bool:
    """Whether they are the same but for a minor unit of each part."""
    return abs(value - wanted) <= unit(iso_digits(one.currency)) * max(parts, 1)


def paired(one: Billed, other: Billed) -> Iterator[tuple[BilledLine, BilledLine]]:
    """The lines of both, by their names; those that are named otherwise by their amounts."""
    wanted, given = list(lines_of(one)), {line.line: line for line in other.lines}
    rest = []
    for line in wanted:
        if line.line in given:
            yield line, given.pop(line.line)
        else:
            rest.append(line)
    if len(rest) == len(given):
        others = sorted(given.values(), key=by_amount)
        yield from zip(sorted(rest, key=by_amount), others, strict=True)


def _line_changed(name: str) -> Test:
    """Whether the lines that both sides tell differ in one field and nothing before it."""

    def differs(one: Billed, other: Billed, _s: Sequence[Billed]) -> bool:
        return any(
            getattr(given, name) not in {None, getattr(line, name)}
            for line, given in paired(one, other)
        )

    return differs


def _line_discount(one: Billed, other: Billed, _s: Sequence[Billed]) -> bool:
    """Whether a line has another discount than its amount would have at the agreed rate."""
    for line, given in paired(one, other):
        if given.discount is None or line.discount is None or not line.amount:
            continue
        agreed = Fraction(given.amount) * Fraction(line.discount) / Fraction(line.amount)
        if not _close(decimal_of(agreed), given.discount, one):
            return True
    return False


def _undiscounted(one: Billed, other: Billed, _s: Sequence[Billed]) -> bool:
    """The expected discount is missing."""
    pair = nets(one, other)
    if pair is None or one.source is None or not one.source.discount:
        return False
    return _close(pair[0] + one.source.discount, pair[1], one)


def _discount(one: Billed, other: Billed, _s: Sequence[Billed]) -> bool:
    """A whole multiple of five percent was given instead of, or beside, the expected discount."""
    pair = nets(one, other)
    if pair is None:
        return False
    net, real = pair
    bases = {net, net + one.source.discount} if one.source else {net}
    return any(
        _close(base * (100 - off) / 100, real, one) for base in bases for off in range(5, 100, 5)
    )


def _stale(one: Billed, other: Billed, siblings: Sequence[Billed]) -> bool:
    """The amount is that of another of the contract's periods with another price."""
    pair = nets(one, other)
    if pair is None or one.period_start is None:
        return False
    return any(
        (sibling.total == other.total or sibling.net == pair[1])
        and sibling is not one
        and _prices(sibling) != _prices(one)
        for sibling in siblings
        if not _cut(sibling)
    )


def _prices(one: Billed) -> list[tuple[str, Decimal | None]]:
    return [(line.line, line.unit_price) for line in lines_of(one)]


def _quantity(one: Billed, other: Billed, _s: Sequence[Billed]) -> bool:
    """The difference is a whole number of units of one line."""
    pair = nets(one, other)
    if pair is None or one.source is None:
        return False
    difference = pair[1] - pair[0]
    for line in one.source.lines:
        charge = line.charge
        if not charge.quantity or not charge.amount or charge.kind == "credit":
            continue
        each = Fraction(line.amount - line.discount) / Fraction(charge.quantity)
        units = round(Fraction(difference) / each)
        if not units or charge.quantity + units < 0:
            continue
        estimated = 1 if other.net is None else 0
        if _close(decimal_of(each * units), difference, one, 1 + estimated + abs(units) // 2):
            return True
    return False


def _cut(one: Billed) -> list[InvoiceLine]:
    """The prorated lines of an expected invoice."""
    if one.source is None:
        return []
    return [line for line in one.source.lines if " of " in line.charge.words]


def _proration(one: Billed, other: Billed, _s: Sequence[Billed]) -> bool:
    """A part was billed whole or by another share, or a whole period in part."""
    pair = nets(one, other)
    if pair is None or one.source is None or not pair[0] or not one.source.subtotal:
        return False
    cut = _cut(one)
    parts = cut or one.source.lines
    full = sum((Fraction(full_price(line)) for line in parts), Fraction(0))
    rest = Fraction(one.source.subtotal) - sum((Fraction(p.amount) for p in parts), Fraction(0))
    kept = Fraction(pair[0]) / Fraction(one.source.subtotal)
    if not full or not kept:
        return False
    ratio = (Fraction(pair[1]) / kept - rest) / full
    if not 0 <= ratio <= 2 or (not cut and ratio >= 1):
        return False
    tried = ((rest + full * min(round(ratio * days), days) / days) * kept for days in MONTHS)
    return any(_close(decimal_of(value), pair[1], one, len(parts)) for value in tried)


def full_price(line: InvoiceLine) -> Decimal:
    """What a whole period of the line costs."""
    charge = line.charge
    return charge.unit_price * charge.quantity if " of " in charge.words else charge.amount


def _tax_rate(one: Billed, other: Billed, _s: Sequence[Billed]) -> bool:
    """A total without its parts: the expected net with a tax of other whole or half percents."""
    if one.net is None or other.net is not None or one.tax is None:
        return False
    rates = [Decimal(half) / 2 for half in range(61)]
    return any(_close(one.net * (100 + rate) / 100, other.total, one) for rate in rates)


SURE: tuple[tuple[str, Test], ...] = (
    ("currency", _currency),
    ("period", _period),
    ("tax", _tax_split),
)
LIKELY: tuple[tuple[str, Test], ...] = (
    ("rounding", _rounding),
    ("tax", _tax),
    ("quantity", _line_changed("quantity")),
    ("stale price", _line_changed("unit_price")),
    ("discount", _line_discount),
    ("discount", _undiscounted),
    ("stale price", _stale),
    ("quantity", _quantity),
    ("discount", _discount),
    ("tax", _tax_rate),
    ("proration", _proration),
)
"""Tried in this order; the first that explains the amounts is told."""
