"""What a reconciliation comes to: accuracy, billing lag, money over- and under-billed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from billing.money import WIDE, ZERO
from billing.reconcile import Comparison

ACCURATE = frozenset(("exact", "within tolerance"))


@dataclass
class Sums:
    """Money of one currency."""

    expected: Decimal = ZERO
    billed: Decimal = ZERO
    over: Decimal = ZERO
    under: Decimal = ZERO


@dataclass
class Summary:
    """Counts and sums over comparisons, added one at a time.

    ``without_schedule`` are contracts of which invoices are known but none was expected, or that
    were named as contracts and have no expected invoice.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)
    red_flags: int = 0
    money: dict[str, Sums] = field(default_factory=lambda: defaultdict(Sums))
    matched: int = 0
    lag_total: int = 0
    lag_most: int = 0
    late: int = 0
    scheduled: set[str] = field(default_factory=set)
    without_schedule: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, comparisons: Iterable[Comparison], contracts: Iterable[str] = ()) -> Summary:
        """The summary of *comparisons*; *contracts* are all that ought to have a schedule."""
        summary = cls()
        for comparison in comparisons:
            summary.add(comparison)
        summary.without_schedule |= set(contracts) - summary.scheduled
        summary.without_schedule -= summary.scheduled
        return summary

    def add(self, one: Comparison) -> None:
        """Count one more."""
        self.outcomes[one.outcome] += 1
        expected, actual = one.expected, one.actual
        if expected is not None:
            self.scheduled.add(expected.contract)
            self.money[expected.currency].expected += expected.total
        elif one.outcome == "unexpected":
            self.without_schedule.add(one.contract)
        if actual is not None:
            self.money[actual.currency].billed += actual.total
        if expected is not None and actual is not None:
            self._matched((actual.issue_date - expected.issue_date).days)
        if one.outcome != "exact":
            self._difference(one)

    def _matched(self, lag: int) -> None:
        self.matched += 1
        self.lag_total += lag
        self.lag_most = max(self.lag_most, lag)
        self.late += lag > 0

    def _difference(self, one: Comparison) -> None:
        self.red_flags += one.red_flag
        for cause in one.causes:
            self.causes[cause] += 1
        if one.expected and one.actual and one.expected.currency != one.actual.currency:
            self.money[one.expected.currency].under += one.expected.total
            self.money[one.actual.currency].over += one.actual.total
            return
        side = one.actual or one.expected
        assert side is not None
        if one.difference > 0:
            self.money[side.currency].over += one.difference
        elif one.difference < 0:
            self.money[side.currency].under -= one.difference

    @property
    def total(self) -> int:
        """How many invoices were judged."""
        return self.outcomes.total()

    @property
    def accuracy(self) -> Decimal | None:
        """Percent of the judged invoices that are accurate; None without any."""
        if not self.total:
            return None
        good = sum(self.outcomes[name] for name in ACCURATE)
        return WIDE.divide(Decimal(100 * good), Decimal(self.total))

    @property
    def lag(self) -> Decimal | None:
        """Mean days from expected to real issue date of matched invoices."""
        return Decimal(self.lag_total) / self.matched if self.matched else None
