"""Where billing periods begin: months that lack the anchor day, leap days, weeks, fixed days.

Moments are dates; with proration by seconds they are aware datetimes in the contract's zone, which
are dates too and answer to the same arithmetic (wall clock time).
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal

MONTHS = {"monthly": 1, "quarterly": 3, "half_yearly": 6, "yearly": 12}
NOMINAL = {1: 30, 3: 91, 6: 182, 12: 365}
"""Days of a plan period in months, where a nominal length is asked for."""

MonthEnd = Literal["keep_day", "keep_distance", "drift", "last_day"]


@lru_cache(maxsize=8192)
def month_days(year: int, month: int) -> int:
    """How many days the month has."""
    return monthrange(year, month)[1]


def month_end(day: date) -> date:
    """The last day of the month of *day*."""
    return day.replace(day=month_days(day.year, day.month))


def shifted(year: int, month: int, months: int) -> tuple[int, int]:
    """Year and month, *months* later (or earlier)."""
    index = year * 12 + month - 1 + months
    return index // 12, index % 12 + 1


def add_months(day: date, months: int, anchor: int = 0) -> date:
    """*day*, *months* later, on day *anchor* (its own without one) or the last of a short month."""
    year, month = shifted(day.year, day.month, months)
    return day.replace(year=year, month=month, day=min(anchor or day.day, month_days(year, month)))


@dataclass(frozen=True, slots=True)
class Span:
    """The length of a period: months, or days (weeks are seven)."""

    months: int = 0
    days: int = 0

    @property
    def nominal(self) -> int:
        """Its days, as plans count them."""
        return self.days or NOMINAL.get(self.months) or round(self.months * 365 / 12)

    def __str__(self) -> str:
        if self.months:
            named = {1: "month", 3: "quarter", 6: "half-year", 12: "year"}
            return named.get(self.months, f"{self.months} months")
        return {1: "day", 7: "week"}.get(self.days, f"{self.days} days")


@dataclass(frozen=True, slots=True)
class Grid:
    """All cycle starts of a line: one of them, the span, and what happens at month ends.

    ``day`` is the day of month to come back to; it may be larger than that of ``origin``.
    """

    origin: date
    span: Span
    day: int = 0
    rule: MonthEnd = "keep_day"
    leap_to_march: bool = False

    def start(self, number: int) -> date:
        """Where cycle *number* begins; cycle 0 begins at the origin."""
        if self.span.days:
            return self.origin + timedelta(days=self.span.days * number)
        if self.rule == "drift" and number > 0:
            return self._drifted(number)
        return self._in_month(number * self.span.months)

    def around(self, moment: date) -> int:
        """The number of the cycle that contains *moment*."""
        if self.span.days:
            return (moment - self.origin).days // self.span.days
        months = (moment.year - self.origin.year) * 12 + moment.month - self.origin.month
        number = months // self.span.months
        while self.start(number) > moment:
            number -= 1
        while self.start(number + 1) <= moment:
            number += 1
        return number

    def _in_month(self, months: int) -> date:
        origin, wanted = self.origin, self.day or self.origin.day
        index = origin.year * 12 + origin.month - 1 + months
        year, month = index // 12, index % 12 + 1
        if wanted <= 25 and self.rule != "last_day":
            return origin.replace(year, month, wanted)
        length = month_days(year, month)
        if self.rule == "last_day":
            wanted = length
        elif self.rule == "keep_distance":
            distance = month_days(origin.year, origin.month) - wanted
            wanted = length - distance if distance < 3 else wanted
        elif self.leap_to_march and (origin.month, wanted, month, length) == (2, 29, 2, 28):
            return origin.replace(year, 3, 1)
        return origin.replace(year, month, min(wanted, length))

    def _drifted(self, number: int) -> date:
        moment = self.origin
        for _ in range(number):
            moment = add_months(moment, self.span.months)
        return moment


def on_day(moment: date, day: int) -> date:
    """The first day of month *day* (or the last of a short month) on or after *moment*."""
    here = min(day, month_days(moment.year, moment.month))
    if here >= moment.day:
        return midnight(moment.replace(day=here), moment)
    return midnight(add_months(moment, 1, day), moment)


def midnight(moment: date, like: date | None = None) -> date:
    """*moment* at the beginning of its day, unless it is the very moment *like*."""
    if isinstance(moment, datetime) and moment != like:
        return moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return moment


def plain(moment: date) -> date:
    """The date of a moment."""
    return moment.date() if isinstance(moment, datetime) else moment
