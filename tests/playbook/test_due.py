"""Due dates and recurrences, on paper calendars."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from playbook.due import (
    UnknownCountryError,
    add_business_days,
    business_days_between,
    due_date,
    holidays_of,
    is_business_day,
    occurrences,
)
from playbook.models import Due, Recurrence

FRIDAY, MONDAY = date(2026, 1, 2), date(2026, 1, 5)
LABOUR_DAY = frozenset({date(2026, 5, 1)})
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
HOLIDAYS = st.frozensets(DAYS, max_size=30)


@pytest.mark.parametrize(
    ("anchor", "rule", "expected"),
    [
        (FRIDAY, {"business_days": 1}, MONDAY),
        (FRIDAY, {"business_days": 3}, date(2026, 1, 7)),
        (MONDAY, {"business_days": -2}, date(2026, 1, 1)),
        (date(2026, 1, 3), {"business_days": 0}, MONDAY),
        (date(2026, 1, 3), {"business_days": 1}, MONDAY),
        (date(2026, 4, 30), {"business_days": 1}, date(2026, 5, 4)),
        (FRIDAY, {"days": 1}, MONDAY),
        (FRIDAY, {"days": 4}, date(2026, 1, 6)),
        (FRIDAY, {"weeks": 2}, date(2026, 1, 16)),
        (MONDAY, {"weeks": -2}, date(2025, 12, 22)),
        (date(2026, 4, 24), {"weeks": 1}, date(2026, 5, 4)),
        (date(2028, 2, 28), {"days": 1}, date(2028, 2, 29)),
    ],
)
def test_a_due_date(anchor: date, rule: dict[str, int], expected: date) -> None:
    due = Due(after="kickoff", **rule)
    assert due_date(due, {"kickoff": anchor}, LABOUR_DAY) == expected


def test_without_its_anchor_nothing_is_due() -> None:
    due = Due(after="gate_1d", days=3)
    recurrence = Recurrence(after="gate_1d", every="month")
    assert due_date(due, {"gate_1d": None}, LABOUR_DAY) is None
    assert due_date(due, {}, LABOUR_DAY) is None
    assert occurrences(recurrence, {}, LABOUR_DAY, date(2030, 1, 1)) == []


@pytest.mark.parametrize("rule", [{}, {"days": 1, "weeks": 1}])
def test_a_due_rule_has_exactly_one_unit(rule: dict[str, int]) -> None:
    with pytest.raises(ValidationError, match="exactly one"):
        Due(after="kickoff", **rule)


def dates(anchor: date, until: date, holidays: Any = frozenset(), **rule: Any) -> list[str]:
    recurrence = Recurrence(after="go_live", **rule)
    return [str(day) for day in occurrences(recurrence, {"go_live": anchor}, holidays, until)]


def test_a_month_end_is_clamped_and_comes_back() -> None:
    assert dates(date(2028, 1, 31), date(2028, 7, 31), every="month") == [
        "2028-02-29", "2028-03-31", "2028-05-01", "2028-05-31", "2028-06-30", "2028-07-31",
    ]  # fmt: skip


def test_a_leap_day_recurs_on_the_last_of_february() -> None:
    assert dates(date(2028, 2, 29), date(2032, 3, 1), every="year") == [
        "2029-02-28", "2030-02-28", "2031-02-28", "2032-03-01",
    ]  # fmt: skip


def test_quarters_count_from_the_anchor_and_keep_off_holidays() -> None:
    assert dates(date(2026, 2, 1), date(2026, 12, 31), LABOUR_DAY, every="quarter") == [
        "2026-05-04", "2026-08-03", "2026-11-02",
    ]  # fmt: skip


def test_first_count_times_and_offset() -> None:
    far = date(2040, 1, 1)
    assert dates(MONDAY, far, every="week", first=0, times=2) == ["2026-01-05", "2026-01-12"]
    assert dates(MONDAY, far, every="week", count=2, times=2) == ["2026-01-12", "2026-01-26"]
    assert dates(MONDAY, far, every="business_day", count=2, times=3) == [
        "2026-01-06", "2026-01-08", "2026-01-12",
    ]  # fmt: skip
    assert dates(MONDAY, far, every="month", times=1, offset_days=-14) == ["2026-01-22"]
    assert dates(MONDAY, MONDAY, every="month") == []


@given(day=DAYS, number=st.integers(-60, 60).filter(bool), holidays=HOLIDAYS)
def test_business_days_added_are_the_business_days_between(
    day: date, number: int, holidays: frozenset[date]
) -> None:
    end = add_business_days(day, number, holidays)
    assert is_business_day(end, holidays)
    if number > 0 or is_business_day(day, holidays):
        assert business_days_between(day, end, holidays) == number


@given(start=DAYS, end=DAYS, holidays=HOLIDAYS)
def test_business_days_between_turn_round_with_their_sign(
    start: date, end: date, holidays: frozenset[date]
) -> None:
    there = business_days_between(start, end, holidays)
    assert there == -business_days_between(end, start, holidays)
    assert abs(there) <= abs((end - start).days)


@given(
    anchor=DAYS,
    every=st.sampled_from(["business_day", "week", "month", "quarter", "year"]),
    first=st.integers(0, 4),
    count=st.integers(1, 5),
    holidays=HOLIDAYS,
)
def test_occurrences_rise_on_business_days_and_more_time_only_adds(
    anchor: date, every: Any, first: int, count: int, holidays: frozenset[date]
) -> None:
    rule = Recurrence(after="go_live", every=every, first=first, count=count)
    until = anchor + timedelta(days=400)
    found = occurrences(rule, {"go_live": anchor}, holidays, until)
    assert found == sorted(found)
    assert all(is_business_day(day, holidays) and anchor <= day <= until for day in found)
    shorter = occurrences(rule, {"go_live": anchor}, holidays, until - timedelta(days=100))
    assert found[: len(shorter)] == shorter


def test_public_holidays_come_by_country_and_part() -> None:
    assert date(2026, 10, 3) in holidays_of("DE", (2026,))
    assert date(2026, 1, 6) in holidays_of("DE-BY", (2026,))
    assert date(2026, 1, 6) not in holidays_of("de", (2026,))
    assert holidays_of("US", (2025, 2026)) is holidays_of("US", (2025, 2026))
    with pytest.raises(UnknownCountryError, match=r"'XX'\. Use a code such as DE"):
        holidays_of("XX", (2026,))
