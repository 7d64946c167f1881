"""Comparing two versions: the class of each key, the mirror, and what leads to the other one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phases.strategy.versions.compare import (
    KINDS,
    Change,
    applied,
    compare,
    counts,
    kind_of,
    reordered,
)

WORDS = st.sampled_from(["", "Net-30", "Net-60", "USD 1,200.00", "naïve ☃"])
ENTRY = st.fixed_dictionaries({
    "group": st.just("inputs"), "title": st.sampled_from(["Terms", "Tool"]),
    "fields": st.dictionaries(st.sampled_from(["value", "@state", "plan"]), WORDS, max_size=3),
    "standing": st.sampled_from(["", "ASSUMED", "CONFIRMED"]), "source": WORDS,
    "by": st.sampled_from(["", "u1", "c2"]), "at": st.just(""), "in": st.just(""),
})  # fmt: skip
KEYS = st.sampled_from([f"input/{n}" for n in range(12)])
ASSESSMENT = st.dictionaries(KEYS, ENTRY, max_size=12)


def entry(value: str = "Net-30", standing: str = "ASSUMED", **rest: str) -> dict[str, Any]:
    return {"group": "inputs", "title": "Terms", "fields": {"value": value}, "standing": standing,
            "source": "", "by": "", "at": "", "in": ""} | rest  # fmt: skip


@given(ASSESSMENT)
def test_nothing_changes_between_a_version_and_itself(a: dict[str, Any]) -> None:
    assert compare(a, a) == ()


@given(ASSESSMENT, ASSESSMENT)
def test_every_key_is_in_exactly_one_class(a: dict[str, Any], b: dict[str, Any]) -> None:
    changes = compare(a, b)
    named = [change.key for change in changes]
    same = [key for key in {*a, *b} if a.get(key) == b.get(key)]
    assert sorted([*named, *same]) == sorted({*a, *b})
    assert sum(counts(changes).values()) == len(changes)
    assert set(counts(changes)) == set(KINDS)


@given(ASSESSMENT, ASSESSMENT)
def test_a_comparison_turned_round_is_its_mirror(a: dict[str, Any], b: dict[str, Any]) -> None:
    forth = {change.key: change.turned() for change in compare(a, b)}
    assert forth == {change.key: change for change in compare(b, a)}


@given(ASSESSMENT, ASSESSMENT)
def test_the_changes_lead_from_one_to_the_other(a: dict[str, Any], b: dict[str, Any]) -> None:
    assert applied(a, compare(a, b)) == b


@given(ASSESSMENT, ASSESSMENT)
def test_a_corrected_entry_names_what_it_says_differently(
    a: dict[str, Any], b: dict[str, Any]
) -> None:
    for change in compare(a, b):
        said = {name: (old, new) for name, old, new in change.fields}
        old, new = (one["fields"] if one else {} for one in (change.before, change.after))
        differ = {n for n in {*old, *new} if old.get(n, "") != new.get(n, "")}
        assert set(said) == differ
        assert change.kind != "corrected" or said or change.retitled or old != new


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (None, entry(), "added"),
        (entry(), None, "removed"),
        (entry(), entry(), "same"),
        (entry("Net-30"), entry("Net-60"), "corrected"),
        (entry("Net-30"), entry("Net-60", "CONFIRMED"), "corrected"),
        (entry("Net-30"), entry("Net-30", title="Payment terms"), "corrected"),
        (entry(), entry(standing="CONFIRMED", by="c1"), "confirmed"),
        (entry(standing="CONFIRMED"), entry(), "reopened"),
        (entry(standing=""), entry(), "noted"),
        (entry(), entry(source="Mail of 3 Nov"), "noted"),
        (entry(standing="CONFIRMED"), entry(standing="CONFIRMED", by="c9"), "noted"),
    ],
)
def test_the_class_of_a_key(before: Any, after: Any, kind: str) -> None:
    assert kind_of(before, after) == kind


def test_a_value_corrected_and_confirmed_at_once_says_both() -> None:
    change = Change("input/x", "corrected", entry("Net-30"), entry("Net-60", "CONFIRMED"))
    assert change.newly_confirmed
    assert change.fields == (("value", "Net-30", "Net-60"),)
    assert not change.turned().newly_confirmed


@pytest.mark.parametrize(
    ("a", "b", "moved"),
    [
        ("abc", "abc", False),
        ("abc", "acb", True),
        ("abc", "axbc", False),
        ("abc", "bc", False),
        ("abc", "xyz", False),
    ],
)
def test_the_order_counts_among_what_is_on_both_sides(a: str, b: str, moved: bool) -> None:
    assert reordered(a, b) is moved
