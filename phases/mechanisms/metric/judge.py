"""What a reading means: met, watch, red, or none. Pure arithmetic, exact at the limits.

Between target and red flag is "watch". A trend is judged against the period just before; none two
periods running meet a target that asks for fewer. Without a target, what lies clear of the red flag
is met.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Literal

from playbook.models import Limit, Metric

State = Literal["met", "watch", "red", "none"]

OPERATORS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq,
}  # fmt: skip

DAYS = {"day": 1, "week": 7}
MONTHS = {"month": 1, "quarter": 3}


exactly = lru_cache(maxsize=4096)(Fraction)
"""A number as a fraction, which pages ask for by the hundred."""


@dataclass(frozen=True)
class Point:
    """A reading: the first day of its period, and its value or the two parts of its percentage."""

    period: date
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None

    @cached_property
    def exact(self) -> Fraction | None:
        """The value without rounding; None where there was nothing to measure."""
        if self.denominator is not None:
            if self.denominator == 0 or self.numerator is None:
                return None
            return exactly(self.numerator) * 100 / exactly(self.denominator)
        return None if self.value is None else exactly(self.value)


@dataclass(frozen=True)
class Judgement:
    """``words`` says why."""

    state: State
    words: str


NO_BOUND = "No bound agreed yet."


def judge(metric: Metric, points: Sequence[Point]) -> Judgement:
    """Judge the last of *points*, which are in order of their periods: the last two suffice.

    A limit whose bound nobody has agreed is not met, and nothing is judged by it.
    """
    if not points:
        return Judgement("none", "No reading yet.")
    if points[-1].exact is None:
        return Judgement("none", "There was nothing to measure.")
    target, flag = metric.target, metric.red_flag
    if flag and (past := holds(flag, metric.period, points)) is True:
        return Judgement("red", f"Red flag: {flag.words}")
    if (flag and unbound(flag)) or (target and unbound(target)):
        return Judgement("none", NO_BOUND)
    if target is None:
        return _without_target(metric, flag, past if flag else None)
    meets = holds(target, metric.period, points)
    if meets is None or (target.op is None and flag and past is None):
        return Judgement("none", _nothing_before(metric.period))
    if meets:
        return Judgement("met", _met_words(metric, target, points))
    return Judgement("watch", _watch_words(metric, target, flag, points))


def _without_target(metric: Metric, flag: Limit | None, past: bool | None) -> Judgement:
    if flag is None:
        return Judgement("none", "Watched without a target.")
    if past is None:
        return Judgement("none", _nothing_before(metric.period))
    return Judgement("met", f"Clear of the red flag: {flag.words}")


def _nothing_before(period: str) -> str:
    return f"No reading for the {period} before to compare with."


def _met_words(metric: Metric, target: Limit, points: Sequence[Point]) -> str:
    if target.op is None and points[-1].exact == 0 and _trend(metric.period, points) == "same":
        return f"None, two {metric.period}s running."
    return f"Meets the target: {target.words}"


def _watch_words(metric: Metric, target: Limit, flag: Limit | None, points: Sequence[Point]) -> str:
    if target.op is None and _trend(metric.period, points) == "same":
        return f"The same as the {metric.period} before: watch it."
    if flag is None:
        return f"Short of the target: {target.words}"
    return "Between target and red flag: watch it."


def unbound(limit: Limit) -> bool:
    """Whether the bound is one that the engagement has yet to agree."""
    return limit.op is not None and limit.value is None


def holds(limit: Limit, period: str, points: Sequence[Point]) -> bool | None:
    """Whether the last of *points* lies where *limit* says; None if that cannot be told."""
    value = points[-1].exact
    if value is None or unbound(limit):
        return None
    if limit.op is not None and limit.value is not None:
        if OPERATORS[limit.op](value, exactly(limit.value)):
            return True
        if limit.trend is None:
            return False
    trend = _trend(period, points)
    if not trend:
        return None
    return trend == limit.trend or (trend == "same" and value == 0 and limit.trend == "decreasing")


def _trend(period: str, points: Sequence[Point]) -> str:
    """``decreasing``, ``increasing`` or ``same`` against the period just before; else empty."""
    last, before = points[-1], points[-2] if len(points) > 1 else None
    if before is None or before.exact is None or step(period, before.period) != last.period:
        return ""
    now, then = last.exact, before.exact
    assert now is not None
    return "decreasing" if now < then else "increasing" if now > then else "same"


def run_beyond(limit: Limit, period: str, points: Sequence[Point], running: int) -> date | None:
    """The last period, if *limit* held in so many periods on end up to it; else None."""
    for back in range(running):
        upto = points[: len(points) - back]
        if not upto or not holds(limit, period, upto):
            return None
        if back and step(period, upto[-1].period) != points[len(points) - back].period:
            return None
    return points[-1].period


def first_day(period: str, day: date) -> date:
    """The day on which *day*'s period begins; weeks begin on Monday."""
    if period == "week":
        return day - timedelta(days=day.weekday())
    if period == "quarter":
        return day.replace(month=day.month - (day.month - 1) % 3, day=1)
    return day.replace(day=1) if period == "month" else day


def step(period: str, first: date, count: int = 1) -> date:
    """The first day of the period *count* after the one that begins on *first*."""
    if period in DAYS:
        return first + timedelta(days=DAYS[period] * count)
    year, month = divmod(first.year * 12 + first.month - 1 + MONTHS[period] * count, 12)
    return first.replace(year=year, month=month + 1)


def percentage(numerator: Decimal, denominator: Decimal) -> Decimal:
    """The value kept for a percentage: four decimals, rounded down so that 99.99999 is not 100.

    0 where there was nothing to measure.
    """
    if denominator == 0:
        return Decimal(0)
    return (numerator * 100 / denominator).quantize(Decimal("0.0001"), rounding="ROUND_DOWN")
