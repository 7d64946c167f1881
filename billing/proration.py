"""What share of a price a part of a period costs (billing.md, 2 and 3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from billing.calendars import Grid, Span, month_days
from billing.conventions import Conventions
from billing.money import decimal_of, rounded

ONE_DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
Cycle = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Share:
    """A share of a full period and how it was counted, such as "14 of 30 days"."""

    value: Fraction
    words: str = ""

    @property
    def full(self) -> bool:
        """Whether the price of a full period is billed, be it for a part of one."""
        return self is FULL or self is ALL


FULL = Share(Fraction(1))
ALL = Share(Fraction(1), "all")
"""A part that counts as a full period."""
NOTHING = Share(Fraction(0), "no days")


def counted(count: int | Fraction, of: int | Fraction, unit: str = "days") -> Share:
    """*count* of *of*."""
    exact = Fraction(count, of) if type(count) is type(of) is int else Fraction(count) / of
    return Share(exact, f"{number(count)} of {number(of)} {unit}")


def number(value: int | Decimal | Fraction) -> str:
    """A count without needless zeros."""
    if type(value) is int:
        return f"{value:,}"
    exact = value if type(value) is Decimal else rounded(decimal_of(Fraction(value)), 2)
    text = f"{exact:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def share(start: date, end: date, cycle: Cycle, span: Span, c: Conventions) -> Share:
    """What part of *cycle*, a full period of length *span*, lies between *start* and *end*.

    All ends are exclusive. The basis is ``c.proration_basis``; the factor is rounded where the
    conventions say so.
    """
    if end <= start:
        return NOTHING
    found = exact_share(start, end, cycle, span, c)
    if c.proration_factor_decimals is None or found.value == 1:
        return found
    factor = rounded(decimal_of(found.value), c.proration_factor_decimals)
    return Share(Fraction(factor), found.words)


def exact_share(start: date, end: date, cycle: Cycle, span: Span, c: Conventions) -> Share:
    """The share before its factor is rounded."""
    basis = c.proration_basis
    if basis == "whole_periods_and_days":
        return periods_and_days(start, end, span, c)
    if basis == "none" or (start, end) == cycle:
        return FULL
    if basis in {"seconds", "seconds_less_one"}:
        less = int(basis == "seconds_less_one")
        return counted(elapsed(start, end) - less, elapsed(*cycle) - less, "seconds")
    if basis == "whole_months_up":
        return months_up(start, end, span)
    days = (end - start).days
    if basis == "actual_days":
        return counted(days, (cycle[1] - cycle[0]).days)
    return by_months(start, end, days, span, c)


def elapsed(start: date, end: date) -> int:
    """The seconds between two moments as they pass, also over a change of the clocks."""
    if isinstance(start, datetime) and isinstance(end, datetime):
        return (end.astimezone(UTC) - start.astimezone(UTC)) // SECOND
    return (end - start) // SECOND


def by_months(start: date, end: date, days: int, span: Span, c: Conventions) -> Share:
    """Days over a conventional length of the period."""
    months = Fraction(span.months) if span.months else Fraction(span.days, 30)
    if c.proration_basis == "calendar_month_days":
        return counted(days, month_days(start.year, start.month) * months)
    if c.proration_basis == "days_over_365":
        return counted(days, 365 * months / 12)
    if c.proration_basis == "actual_over_30":
        return counted(days, 30 * months)
    strict = c.proration_basis == "strict_30_360"
    return counted(days_360(start, end, strict=strict), 30 * months)


def days_360(start: date, end: date, *, strict: bool) -> int:
    """Days by 30/360. Strict: the last day of any month is the 30th, seen from inclusive dates."""
    if not strict:
        months = 12 * (end.year - start.year) + end.month - start.month
        return 30 * months + min(end.day, 30) - min(start.day, 30)
    ends = end - ONE_DAY
    last = 30 if ends.day == month_days(ends.year, ends.month) else ends.day
    months = 12 * (ends.year - start.year) + ends.month - start.month
    return 30 * months + last - min(start.day, 30) + 1


def months_up(start: date, end: date, span: Span) -> Share:
    """Started months, counted from *start*, of those of the period."""
    grid = Grid(start, Span(months=1))
    count = grid.around(end) + (grid.start(grid.around(end)) < end)
    return counted(count, span.months or Fraction(span.days, 30), "months")


def periods_and_days(start: date, end: date, span: Span, c: Conventions) -> Share:
    """Whole periods from *start*, then the days left over the days of the next period."""
    grid = grid_from(start, span, c)
    whole = grid.around(end)
    edge = grid.start(whole)
    left = (end - edge).days
    if not left:
        return FULL if whole == 1 else Share(Fraction(whole), f"{whole} {span}s")
    part = counted(left, _rest_of(grid, whole, edge, c))
    if not whole:
        return part
    return Share(whole + part.value, f"{whole} {span}{'s' * (whole > 1)} and {part.words}")


def _rest_of(grid: Grid, whole: int, edge: date, c: Conventions) -> int | Fraction:
    """What days after whole periods are divided by."""
    months = grid.span.months or 1
    if c.rest_days_denominator == "calendar_month":
        return month_days(edge.year, edge.month) * months
    if c.rest_days_denominator == "year_over_12":
        return Fraction(365, 12) * months
    if c.rest_days_denominator == "thirty":
        return 30 * months
    return (grid.start(whole + 1) - edge).days


def grid_from(start: date, span: Span, c: Conventions) -> Grid:
    """Cycles that begin at *start*."""
    return Grid(start, span, start.day, c.month_end_rule, c.leap_day_rule == "mar_1")
