"""When whom to write to: business days, both paces, stops, one mail a person and day."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phases.mechanisms.homework.course import (
    CRITICAL,
    Open,
    Sent,
    Stop,
    digests,
    next_day,
    own_day,
    told_day,
)
from playbook.due import add_business_days, holidays_of, is_business_day

US = holidays_of("US", (2025, 2026, 2027))
DE = holidays_of("DE", (2025, 2026, 2027))
MONDAY = date(2026, 11, 2)
PLAIN = Open("item", "c1", MONDAY, tells=("c9",))
HARD = Open("samples", "c1", MONDAY, critical=True, tells=("c9",))


def d(month: int, day: int) -> date:
    return date(2026, month, day)


@pytest.mark.parametrize(
    ("asked", "holidays", "expected"),
    [
        (d(11, 2), US, d(11, 5)),  # Monday -> Thursday
        (d(11, 5), US, d(11, 10)),  # over a weekend
        (d(11, 24), US, d(11, 30)),  # over Thanksgiving and the weekend
        (d(11, 24), DE, d(11, 27)),  # which is none in Germany
        (d(12, 23), DE, d(12, 29)),  # over Christmas: Thu 24, Mon 28, Tue 29
        (d(11, 7), US, d(11, 12)),  # asked on a Saturday: Mon 9, Tue 10, (11 Veterans Day), Thu 12
    ],
)
def test_the_first_mail_goes_three_business_days_after_the_asking(
    asked: date, holidays: frozenset[date], expected: date
) -> None:
    assert own_day(Open("item", "c1", asked), [], holidays) == expected


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ([], d(11, 5)),
        ([d(11, 5)], d(11, 10)),
        ([d(11, 9)], d(11, 13)),  # the first went late: the second keeps its distance
        ([d(11, 5), d(11, 10)], None),  # two are all: then somebody telephones
    ],
)
def test_an_ordinary_item_is_followed_up_twice(sent: list[date], expected: date | None) -> None:
    mails = [Sent("c1", day, ("item",)) for day in sent]
    assert own_day(PLAIN, mails, US) == expected


def test_what_helps_most_is_chased_sooner_and_longer() -> None:
    days, mails = [], list[Sent]()
    while (day := own_day(HARD, mails, US)) is not None:
        days.append(day)
        mails.append(Sent("c1", day, ("samples",)))
    assert days == [d(11, 5), d(11, 9), d(11, 12), d(11, 16), d(11, 18)]
    assert len(days) == len(CRITICAL.person)


@pytest.mark.parametrize(
    ("one", "own", "told", "expected"),
    [
        (PLAIN, [], [], None),
        (PLAIN, [d(11, 5)], [], None),
        (PLAIN, [d(11, 5), d(11, 10)], [], d(11, 16)),  # 3 business days after the second
        (PLAIN, [d(11, 5), d(11, 10)], [d(11, 16)], None),
        (PLAIN, [d(11, 5), d(11, 20)], [], d(11, 25)),  # the second went late
        (HARD, [d(11, 5), d(11, 9)], [], d(11, 12)),  # 2 after the second
        (HARD, [d(11, 5), d(11, 9)], [d(11, 12)], d(11, 18)),  # and once more
        (HARD, [d(11, 5), d(11, 9)], [d(11, 12), d(11, 18)], None),
    ],
)
def test_the_sponsor_is_told_once_the_second_has_passed(
    one: Open, own: list[date], told: list[date], expected: date | None
) -> None:
    mails = [Sent("c1", day, (one.item,)) for day in own]
    mails += [Sent("c9", day, (), ((one.item, "c1"),)) for day in told]
    assert told_day(one, "c9", mails, US) == expected


def test_a_new_asking_begins_the_course_again() -> None:
    before = [Sent("c1", d(10, 5), ("item",)), Sent("c1", d(10, 8), ("item",))]
    assert own_day(PLAIN, before, US) == d(11, 5)


def test_all_that_is_due_for_a_person_is_one_mail() -> None:
    two = [
        PLAIN,
        Open("other", "c1", MONDAY),
        Open("later", "c1", d(11, 4)),
        Open("x", "c2", MONDAY),
    ]
    found = digests(two, [], [], d(11, 5), US)
    assert [(x.person, x.day, x.items) for x in found] == [
        ("c1", d(11, 5), ["item", "other"]),
        ("c2", d(11, 5), ["x"]),
    ]


def test_two_mails_to_one_person_keep_their_distance() -> None:
    later = Open("later", "c1", d(11, 3))
    (found,) = digests([later], [Sent("c1", d(11, 5), ("item",))], [], d(11, 6), US)
    assert (found.day, found.items) == (d(11, 9), ["later"])


def test_the_sponsors_mail_holds_both_what_is_theirs_and_what_is_told() -> None:
    sent = [Sent("c1", d(11, 5), ("item",)), Sent("c1", d(11, 10), ("item",))]
    own = Open("video", "c9", d(11, 10))
    found = digests([PLAIN, own], sent, [], d(11, 16), US)
    assert [(x.person, x.items, x.told) for x in found] == [("c9", ["video"], [("item", "c1")])]


def test_the_sponsor_is_not_told_of_what_is_their_own() -> None:
    mine = Open("item", "c9", MONDAY, tells=("c9",))
    sent = [Sent("c9", d(11, 5), ("item",)), Sent("c9", d(11, 10), ("item",))]
    assert digests([mine], sent, [], d(11, 16), US) == []


@pytest.mark.parametrize(
    ("stop", "left"),
    [
        (Stop(), {}),
        (Stop(item="item"), {"c1": ["other"], "c2": ["other"]}),
        (Stop(person="c1"), {"c2": ["item", "other"]}),
        (Stop(item="item", person="c1"), {"c1": ["other"], "c2": ["item", "other"]}),
        (Stop(item="nothing"), {"c1": ["item", "other"], "c2": ["item", "other"]}),
    ],
)
def test_a_stop_holds_for_an_item_a_person_or_both(stop: Stop, left: dict[str, list[str]]) -> None:
    every = [Open(item, person, MONDAY) for item in ("item", "other") for person in ("c1", "c2")]
    found = digests(every, [], [stop], d(11, 5), US)
    assert {x.person: x.items for x in found} == left


def test_a_stopped_sponsor_hears_nothing_and_the_person_still_does() -> None:
    sent = [Sent("c1", d(11, 5), ("samples",)), Sent("c1", d(11, 9), ("samples",))]
    found = digests([HARD], sent, [Stop(person="c9")], d(11, 12), US)
    assert [x.person for x in found] == ["c1"]


def test_nothing_open_is_no_mail() -> None:
    assert digests([], [], [], MONDAY, US) == []
    assert next_day(MONDAY, (), [], US) is None


days = st.dates(date(2026, 1, 1), date(2026, 12, 31))
opened = st.builds(
    Open, st.sampled_from(["a", "b", "c"]), st.sampled_from(["c1", "c2"]), days, st.booleans(),
    st.just(("c9",)),
)  # fmt: skip


@settings(max_examples=60)
@given(st.lists(opened, max_size=6), days)
def test_day_by_day_nobody_is_written_to_on_a_holiday_nor_twice_a_day_nor_for_ever(
    items: list[Open], start: date
) -> None:
    """The whole course, as the worker runs it each morning, twice, for six weeks."""
    items = list({(one.item, one.person): one for one in items}.values())
    sent: list[Sent] = []
    for number in range(60):
        day = start + timedelta(days=number)
        for _ in range(2):
            for mail in digests(items, sent, [], day, DE):
                assert mail.day >= day
                assert mail.items or mail.told
                if mail.day == day:
                    sent.append(Sent(mail.person, day, tuple(mail.items), tuple(mail.told)))
    assert all(is_business_day(mail.day, DE) for mail in sent)
    assert len({(mail.person, mail.day) for mail in sent}) == len(sent)
    for person in ("c1", "c2", "c9"):
        mine = sorted(mail.day for mail in sent if mail.person == person)
        assert all(b >= add_business_days(a, 2, DE) for a, b in pairwise(mine))
    for one in items:
        times = sum(one.item in mail.items for mail in sent if mail.person == one.person)
        assert times <= len(one.pace.person)
