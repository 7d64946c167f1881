"""Two sides of a ledger held against each other by their references (C5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal

from billing.billed import Billed
from billing.money import ZERO, iso_digits, unit
from billing.reconcile import NO_TOLERANCE, Comparison, Settings

Key = tuple[str, str]


def match(
    left: Iterable[Billed], right: Iterable[Billed], settings: Settings = NO_TOLERANCE
) -> Iterator[Comparison]:
    """How every reference of either side ended, in order of the references.

    A reference that a side has several times counts with its sum. It is exact if both sides come to
    the same in the same currency, missing if only the left side has it, unexpected if only the
    right one does. ``difference`` is right minus left.
    """
    one, other = _sides(left), _sides(right)
    for key in sorted(one.keys() | other.keys()):
        yield _compared(key, one.get(key, []), other.get(key, []), one, other, settings)


def _sides(entries: Iterable[Billed]) -> dict[Key, list[Billed]]:
    found: dict[Key, list[Billed]] = {}
    for entry in entries:
        found.setdefault((entry.number, entry.currency), []).append(entry)
    return found


def _compared(
    key: Key, left: list[Billed], right: list[Billed], one: dict[Key, list[Billed]],
    other: dict[Key, list[Billed]], settings: Settings,
) -> Comparison:  # fmt: skip
    first = left[0]._replace(total=_sum(left)) if left else None
    second = right[0]._replace(total=_sum(right)) if right else None
    difference = (second.total if second else ZERO) - (first.total if first else ZERO)
    side = second or first
    assert side is not None
    red = settings.is_red(difference, side.total, key[1])
    if first is None or second is None:
        elsewhere = [k for k in (other if first else one) if k[0] == key[0]]
        note = f"the other side has it in {elsewhere[0][1]}" if elsewhere else ""
        outcome = "missing" if first else "unexpected"
        causes = ("currency",) if elsewhere else (outcome,)
        return Comparison(outcome, first, second, difference, causes, red, note)
    if not difference:
        return Comparison("exact", first, second, ZERO)
    cause, note = _cause(left, right, difference, key[1])
    return Comparison("different", first, second, difference, (cause,), red, note)


def _sum(entries: list[Billed]) -> Decimal:
    return sum((entry.total for entry in entries), ZERO)


def _cause(
    left: list[Billed], right: list[Billed], difference: Decimal, currency: str
) -> tuple[str, str]:  # fmt: skip
    """Why the sums of one reference differ, as far as they show it."""
    more = right if difference * _sum(right) > 0 else left
    counts = Counter(entry.total for entry in more)
    if any(count > 1 and amount and abs(difference) % abs(amount) == 0
           for amount, count in counts.items()):  # fmt: skip
        return "duplicate", "one side has an amount of it more than once"
    if _sum(left) == -_sum(right):
        return "sign", "both sides have the amount, with opposite signs"
    if abs(difference) <= unit(iso_digits(currency)) * max(len(left), len(right)):
        return "rounding", ""
    single = abs(difference)
    several = [entry for side in (left, right) if len(side) > 1 for entry in side]
    if any(abs(entry.total) == single for entry in several):
        return "incomplete", "one entry of it is on one side only"
    return "other", ""
