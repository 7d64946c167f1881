"""What a reading means: met, watch, red, or none. Pure arithmetic, exact at the limits.

Between target and red flag is "watch". A trend is judged against the period just before; none two
periods running meet a target that asks for fewer.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from dateutil.relativedelta import relativedelta

from playbook.models import Limit, Metric

State = Literal["met", "watch", "red", "none"]

OPERATORS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq,
}  # fmt: skip

STEPS = {
    "day": relativedelta(days=1),
    "week": relativedelta(weeks=1),
    "month": relativedelta(months=1),
    "quarter": relativedelta(months=3),
}


@dataclass(frozen=True)
class Point:
    """A reading: the first day of its period, and its value or the two parts of its percentage."""

    period: date
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None

    @property
    def exact(self) -> Fraction | None:
        """The value without rounding; None where there was nothing to measure."""
        if self.denominator is not None:
            if self.denominator == 0 or self.numerator is None:
                return None
            return Fraction(self.numerator) * 100 / Fraction(self.denominator)
        return None if self.value is None else Fraction(self.value)


@dataclass(frozen=True)
class Judgement:
    """``words`` says why."""

    state: State
    words: str


def judge(metric: Metric, points: Sequence[Point]) -> Judgement:
    """Judge the last of *points*, which are in order of their periods."""
    if not points:
        return Judgement("none", "No reading yet.")
    value = points[-1].exact
    if value is None:
        return Judgement("none", "There was nothing to measure.")
    target, flag = metric.target, metric.red_flag
    if target is None:
        return Judgement("none", "Watched without a target.")
    if target.trend or (flag and flag.trend):
        return _judge_trend(target, flag, metric.period, points)
    if flag and _holds(flag, value):
        return Judgement("red", f"Red flag: {flag.words}")
    if _holds(target, value):
        return Judgement("met", f"Meets the target: {target.words}")
    return Judgement("watch", "Between target and red flag: watch it.")


def _holds(limit: Limit, value: Fraction) -> bool:
    return (
        limit.op is not None
        and limit.value is not None
        and OPERATORS[limit.op](value, Fraction(limit.value))
    )


def _judge_trend(
    target: Limit, flag: Limit | None, period: str, points: Sequence[Point]
) -> Judgement:
    last = points[-1]
    before = points[-2] if len(points) > 1 else None
    if before is None or before.exact is None or step(period, before.period) != last.period:
        return Judgement("none", f"No reading for the {period} before to compare with.")
    now, then = last.exact, before.exact
    assert now is not None
    if now == then == 0 and target.trend == "decreasing":
        return Judgement("met", f"None, two {period}s running.")
    trend = "decreasing" if now < then else "increasing" if now > then else ""
    if trend and flag and trend == flag.trend:
        return Judgement("red", f"Red flag: {flag.words}")
    if trend and trend == target.trend:
        return Judgement("met", f"Meets the target: {target.words}")
    return Judgement("watch", f"The same as the {period} before: watch it.")


def first_day(period: str, day: date) -> date:
    """The day on which *day*'s period begins; weeks begin on Monday."""
    if period == "week":
        return day - timedelta(days=day.weekday())
    if period == "quarter":
        return day.replace(month=day.month - (day.month - 1) % 3, day=1)
    return day.replace(day=1) if period == "month" else day


def step(period: str, first: date, count: int = 1) -> date:
    """The first day of the period *count* after the one that begins on *first*."""
    return first + STEPS[period] * count


def percentage(numerator: Decimal, denominator: Decimal) -> Decimal:
    """The value kept for a percentage: four decimals, rounded down so that 99.99999 is not 100.

    0 where there was nothing to measure.
    """
    if denominator == 0:
        return Decimal(0)
    return (numerator * 100 / denominator).quantize(Decimal("0.0001"), rounding="ROUND_DOWN")
