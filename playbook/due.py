"""Due dates: business days, recurrences, public holidays. Pure, over plain dates."""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import date, timedelta
from functools import lru_cache
from itertools import count

import holidays as public_holidays
from dateutil.relativedelta import relativedelta

from playbook.errors import PlaybookError
from playbook.models import Due, Recurrence

Anchors = Mapping[str, date | None]
SATURDAY = 5
DAY = timedelta(days=1)
MONTHS = {"month": 1, "quarter": 3, "year": 12}


class UnknownCountryError(PlaybookError):
    """No public holidays are known for a country code."""


def due_date(due: Due, anchors: Anchors, holidays: Container[date]) -> date | None:
    """The date of a due rule; None while the date it counts from is unknown.

    Business days skip weekends and holidays. A result of days or weeks that falls on one of those
    moves to the next business day.
    """
    anchor = anchors.get(due.after)
    if anchor is None:
        return None
    if due.business_days is not None:
        return add_business_days(anchor, due.business_days, holidays)
    days = due.days if due.days is not None else 7 * (due.weeks or 0)
    return next_business_day(anchor + timedelta(days=days), holidays)


def occurrences(
    recurrence: Recurrence, anchors: Anchors, holidays: Container[date], until: date
) -> list[date]:
    """Every due date of a recurrence up to *until*; none while its anchor is unknown.

    Each is counted from the anchor itself, so that a task anchored on the 31st falls on the last
    day of a short month and on the 31st again after it. Each moves to a business day.
    """
    anchor = anchors.get(recurrence.after)
    if anchor is None:
        return []
    found: list[date] = []
    for index in range(recurrence.times) if recurrence.times else count():
        units = recurrence.first + index * recurrence.count
        day = _after(anchor, recurrence.every, units, holidays)
        day = next_business_day(day + recurrence.offset_days * DAY, holidays)
        if day > until:
            break
        found.append(day)
    return found


def _after(anchor: date, every: str, units: int, holidays: Container[date]) -> date:
    if every == "business_day":
        return add_business_days(anchor, units, holidays)
    if every == "week":
        return anchor + timedelta(weeks=units)
    return anchor + relativedelta(months=units * MONTHS[every])


def is_business_day(day: date, holidays: Container[date]) -> bool:
    """Whether *day* is neither on a weekend nor a holiday."""
    return day.weekday() < SATURDAY and day not in holidays


def next_business_day(day: date, holidays: Container[date]) -> date:
    """*day* itself if it is a business day, else the first one after it."""
    while not is_business_day(day, holidays):
        day += DAY
    return day


def add_business_days(day: date, number: int, holidays: Container[date]) -> date:
    """The *number*-th business day after *day*, before it if negative; 0 rolls forward."""
    if number == 0:
        return next_business_day(day, holidays)
    step = DAY if number > 0 else -DAY
    for _ in range(abs(number)):
        day += step
        while not is_business_day(day, holidays):
            day += step
    return day


def business_days_between(start: date, end: date, holidays: Container[date]) -> int:
    """How many business days lie after *start*, up to and with *end*.

    Negative if *end* is before *start*.
    """
    if end < start:
        return -business_days_between(end, start, holidays)
    days = (start + number * DAY for number in range(1, (end - start).days + 1))
    return sum(is_business_day(day, holidays) for day in days)


@lru_cache(maxsize=256)
def holidays_of(country: str, years: tuple[int, ...]) -> frozenset[date]:
    """The public holidays of a country (``DE``) or a part of one (``US-CA``) in *years*.

    Raises:
        UnknownCountryError: there is no such code.
    """
    code, _, part = country.upper().partition("-")
    try:
        return frozenset(public_holidays.country_holidays(code, subdiv=part or None, years=years))
    except NotImplementedError as error:
        raise UnknownCountryError(
            f"No public holidays are known for '{country}'. Use a code such as DE, US or US-CA."
        ) from error
