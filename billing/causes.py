"""Why a real invoice differs: the likeliest cause first (issue 5, Reconciliation)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction

from billing.billed import Billed, lines_of
from billing.invoices import InvoiceLine
from billing.money import decimal_of, iso_digits, rounded, unit

MONTHS = (28, 29, 30, 31, 90, 91, 92, 181, 182, 183, 184, 365, 366)
"""Lengths of periods whose shares are tried."""

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


def _close(value: Decimal, wanted: Decimal, one: Billed) -> bool:
    return abs(value - wanted) <= unit(iso_digits(one.currency))


def _line_changed(name: str) -> Test:
    """Whether the lines that both sides tell differ in one field and nothing before it."""

    def differs(one: Billed, other: Billed, _s: Sequence[Billed]) -> bool:
        told = {line.line: line for line in other.lines}
        for line in lines_of(one):
            given = told.get(line.line)
            value = getattr(given, name, None)
            if value is not None and value != getattr(line, name):
                return True
        return False

    return differs


def _discount(one: Billed, other: Billed, _s: Sequence[Billed]) -> bool:
    """The expected discount is missing, or a whole multiple of five percent was given."""
    pair = nets(one, other)
    if pair is None:
        return False
    net, real = pair
    if one.source and one.source.discount and _close(net + one.source.discount, real, one):
        return True
    return any(_close(net * (100 - off) / 100, real, one) for off in range(5, 100, 5))


def _stale(one: Billed, other: Billed, siblings: Sequence[Billed]) -> bool:
    """The amount is that of another of the contract's periods with another price."""
    pair = nets(one, other)
    if pair is None or one.period_start is None:
        return False
    return any(
        sibling.net == pair[1] and sibling is not one and _prices(sibling) != _prices(one)
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
        if _close(decimal_of(each * units), difference, one):
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
    if pair is None or one.source is None or not pair[0]:
        return False
    cut = _cut(one)
    if cut:
        return any(_share_of(line, pair[1] - pair[0], one) for line in cut)
    ratio = Fraction(pair[1]) / Fraction(pair[0])
    return 0 < ratio < 1 and any(
        _close(pair[0] * round(ratio * days) / days, pair[1], one) for days in MONTHS
    )


def _share_of(line: InvoiceLine, difference: Decimal, one: Billed) -> bool:
    """Whether the line would explain the difference at some other number of days."""
    charge = line.charge
    full = charge.unit_price * charge.quantity
    real = line.amount + difference
    if not full or not real:
        return bool(full)
    ratio = Fraction(real) / Fraction(full)
    return 0 <= ratio <= 1 and any(
        _close(full * round(ratio * days) / days, real, one) for days in MONTHS
    )


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
    ("discount", _line_changed("discount")),
    ("stale price", _stale),
    ("quantity", _quantity),
    ("discount", _discount),
    ("proration", _proration),
)
"""Tried in this order; the first that explains the amounts is told."""
