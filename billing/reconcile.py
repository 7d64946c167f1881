"""Real invoices held against expected ones: matched, judged, counted (issue 5, Q18, Q20)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from billing.billed import Billed
from billing.causes import causes
from billing.money import ZERO

NEAR_DAYS = 62
"""How far apart invoices of one amount may lie and still be the same invoice in another period."""

contract_of = attrgetter("contract")


@dataclass(frozen=True)
class Settings:
    """How strictly invoices are compared.

    ``tolerance`` is the largest difference that is not an error, by currency; none in QA and
    hypercare, where accurate means equal to the minor unit. ``red_flag_amounts`` and
    ``red_flag_percent`` mark differences above either in the monthly reconciliation, and decide
    nothing else; a currency without an amount goes by the percentage alone.
    """

    tolerance: Mapping[str, Decimal] = field(default_factory=dict)
    red_flags: bool = False
    red_flag_amounts: Mapping[str, Decimal] = field(default_factory=lambda: {"USD": Decimal(100)})
    red_flag_percent: Decimal = Decimal(1)

    def is_red(self, difference: Decimal, total: Decimal, currency: str) -> bool:
        """Whether a difference is above the amount or above the percentage of the invoice."""
        if not self.red_flags or not difference:
            return False
        amount = self.red_flag_amounts.get(currency)
        if amount is not None and abs(difference) > amount:
            return True
        return abs(difference) * 100 > abs(total) * self.red_flag_percent


NO_TOLERANCE = Settings()
MONTHLY = Settings(red_flags=True)


class Comparison(NamedTuple):
    """How one invoice ended; ``difference`` is what was billed beyond what was expected."""

    outcome: str
    expected: Billed | None
    actual: Billed | None
    difference: Decimal
    causes: tuple[str, ...] = ()
    red_flag: bool = False
    note: str = ""

    @property
    def contract(self) -> str:
        """Its contract's number."""
        one = self.actual or self.expected
        assert one is not None
        return one.contract

    @property
    def lag_days(self) -> int | None:
        """Days from the expected issue date to the real one."""
        if self.expected is None or self.actual is None:
            return None
        return (self.actual.issue_date - self.expected.issue_date).days


def reconcile(
    expected: Iterable[Billed], actual: Iterable[Billed], settings: Settings = NO_TOLERANCE
) -> Iterator[Comparison]:
    """Every invoice's outcome, contract by contract; both sides may come in any order."""
    sides: dict[str, tuple[list[Billed], list[Billed]]] = defaultdict(lambda: ([], []))
    for one in expected:
        sides[one.contract][0].append(one)
    for one in actual:
        sides[one.contract][1].append(one)
    for contract in sorted(sides):
        yield from compare(*sides[contract], settings)


def reconcile_sorted(
    expected: Iterable[Billed], actual: Iterable[Billed], settings: Settings = NO_TOLERANCE
) -> Iterator[Comparison]:
    """The same for sides that both come in the order of their contracts' numbers, holding one
    contract at a time."""
    left, right = (groupby(side, contract_of) for side in (expected, actual))
    one, other = _group(left), _group(right)
    while one or other:
        if other is None or (one is not None and one[0] < other[0]):
            assert one is not None
            yield from compare(one[1], [], settings)
            one = _group(left)
        elif one is None or other[0] < one[0]:
            yield from compare([], other[1], settings)
            other = _group(right)
        else:
            yield from compare(one[1], other[1], settings)
            one, other = _group(left), _group(right)


def _group(groups: Iterator[tuple[str, Iterator[Billed]]]) -> tuple[str, list[Billed]] | None:
    for contract, members in groups:
        return contract, list(members)
    return None


def order(one: Billed) -> tuple[date, date, Decimal, str, str, int]:
    """A fixed order, whatever the order of input."""
    start = one.period_start or one.issue_date
    return start, one.issue_date, one.total, one.kind, one.number, one.row


def compare(
    expected: list[Billed], actual: list[Billed], settings: Settings
) -> Iterator[Comparison]:
    """The outcomes of one contract's invoices."""
    if len(expected) > 1:
        expected.sort(key=order)
    if len(actual) > 1:
        actual.sort(key=order)
    pairs: list[tuple[Billed, Billed]] = []
    left, right = _alike(expected, actual, pairs)
    for key in KEYS:
        if not left or not right:
            break
        left, right = _matched(left, right, key, pairs)
        if key is _by_issue:
            right, copies = _without_copies(right, pairs)
            yield from (_duplicate(one, settings) for one in copies)
    for one, other in pairs:
        yield judged(one, other, expected, settings)
    for one in left:
        red = settings.is_red(-one.total, one.total, one.currency)
        yield Comparison("missing", one, None, -one.total, ("missing",), red)
    if not right:
        return
    right, copies = _without_copies(right, pairs)
    yield from (_duplicate(one, settings) for one in copies)
    yield from (_unexpected(one, actual, not expected, settings) for one in right)


def _alike(
    expected: list[Billed], actual: list[Billed], pairs: list[tuple[Billed, Billed]]
) -> tuple[list[Billed], list[Billed]]:
    """Pair at once what agrees in order, as nearly everything does; return the rest."""
    if len(expected) != len(actual):
        return expected, actual
    left, right = [], []
    for one, other in zip(expected, actual, strict=True):
        if (
            one.total == other.total
            and one.issue_date == other.issue_date
            and one.period_start == other.period_start
            and one.kind == other.kind
            and one.currency == other.currency
        ):
            pairs.append((one, other))
        else:
            left.append(one)
            right.append(other)
    return left, right


def _by_everything(one: Billed) -> object:
    start = one.period_start or one.issue_date
    return start, one.issue_date, one.kind, one.currency, one.total


def _by_all(one: Billed) -> object:
    return one.period_start or one.issue_date, one.kind, one.currency, one.total


def _by_period(one: Billed) -> object:
    return one.period_start or one.issue_date, one.kind


def _by_issue(one: Billed) -> object:
    return one.issue_date, one.kind


def _by_amount(one: Billed) -> object:
    return one.total, one.kind, one.currency


def _by_month(one: Billed) -> object:
    return one.issue_date.year, one.issue_date.month, one.kind


KEYS: tuple[Callable[[Billed], object], ...] = (
    _by_everything, _by_all, _by_period, _by_issue, _by_amount, _by_month,
)  # fmt: skip


def _matched(
    expected: list[Billed], actual: list[Billed], key: Callable[[Billed], object],
    pairs: list[tuple[Billed, Billed]],
) -> tuple[list[Billed], list[Billed]]:  # fmt: skip
    """Pair what has the same key, in order; return what is left on either side."""
    waiting: dict[object, list[Billed]] = {}
    for one in reversed(expected):
        waiting.setdefault(key(one), []).append(one)
    right = []
    for other in actual:
        found = waiting.get(key(other))
        if found and _near(found[-1], other):
            pairs.append((found.pop(), other))
        else:
            right.append(other)
    left = [one for members in waiting.values() for one in members]
    left.sort(key=order)
    return left, right


def _near(one: Billed, other: Billed) -> bool:
    return abs((other.issue_date - one.issue_date).days) <= NEAR_DAYS or (
        one.period_start is not None and one.period_start == other.period_start
    )


def _without_copies(
    actual: list[Billed], pairs: list[tuple[Billed, Billed]]
) -> tuple[list[Billed], list[Billed]]:
    """Real invoices apart from those that say again what a matched one said."""
    said = {_copy_key(other) for _, other in pairs}
    numbers = {other.number for _, other in pairs if other.number}
    kept, copies = [], []
    for one in actual:
        if _copy_key(one) in said or one.number in numbers:
            copies.append(one)
        else:
            kept.append(one)
            said.add(_copy_key(one))
    return kept, copies


def _copy_key(one: Billed) -> object:
    return one.period_start or one.issue_date, one.period_end, one.kind, one.total, one.currency


def _duplicate(one: Billed, settings: Settings) -> Comparison:
    red = settings.is_red(one.total, one.total, one.currency)
    return Comparison("duplicate", None, one, one.total, ("duplicate",), red)


def _unexpected(one: Billed, actual: list[Billed], unknown: bool, settings: Settings) -> Comparison:
    note = "the contract has no expected invoices" if unknown else ""
    if one.kind == "credit_note":
        there = {other.number for other in actual if other.kind == "invoice"}
        if not one.refers_to or one.refers_to not in there:
            note = "a credit note without invoice"
    red = settings.is_red(one.total, one.total, one.currency)
    return Comparison("unexpected", None, one, one.total, ("unexpected",), red, note)


def judged(one: Billed, other: Billed, siblings: list[Billed], settings: Settings) -> Comparison:
    """The outcome of a matched pair."""
    difference = other.total - one.total
    if one.currency == other.currency and not difference and same_facts(one, other):
        return Comparison("exact", one, other, ZERO)
    found = causes(one, other, siblings)
    if one.currency != other.currency:
        note = f"in {other.currency}, the contract is in {one.currency}"
        return Comparison("different", one, other, difference, found, settings.red_flags, note)
    red = settings.is_red(difference, one.total, one.currency)
    if difference and abs(difference) <= settings.tolerance.get(one.currency, ZERO):
        return Comparison("within tolerance", one, other, difference, found, red)
    return Comparison("different", one, other, difference, found, red)


def same_facts(one: Billed, other: Billed) -> bool:
    """Whether period and tax agree too, as far as the real invoice tells them."""
    if other.period_start is not None and one.period_start != other.period_start:
        return False
    if other.period_end is not None and one.period_end != other.period_end:
        return False
    return other.tax is None or one.tax is None or one.tax == other.tax
