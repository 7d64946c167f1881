"""Two sides of a ledger: joined by reference and currency, never by amount and date."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.billed import Billed
from billing.ledger import match
from billing.reconcile import Comparison


def entries(*told: tuple[str, str] | tuple[str, str, str]) -> list[Billed]:
    return [
        Billed("", one[2] if len(one) > 2 else "EUR", date(2027, 3, 1), Decimal(one[1]),
               number=one[0])
        for one in told
    ]  # fmt: skip


def only(left: list[Billed], right: list[Billed]) -> Comparison:
    (found,) = match(left, right)
    return found


@pytest.mark.parametrize(
    ("left", "right", "outcome", "cause", "difference"),
    [
        ([("a", "10.00")], [("a", "10.00")], "exact", (), "0"),
        ([("a", "10.00")], [], "missing", ("missing",), "-10.00"),
        ([], [("a", "10.00")], "unexpected", ("unexpected",), "10.00"),
        ([("a", "10.00")], [("a", "20.00")], "different", ("other",), "10.00"),
        ([("a", "10.00")], [("a", "10.00"), ("a", "10.00")], "different", ("duplicate",), "10.00"),
        ([("a", "10.00")], [("a", "-10.00")], "different", ("sign",), "-20.00"),
        ([("a", "10.00")], [("a", "10.01")], "different", ("rounding",), "0.01"),
        ([("a", "10.00"), ("a", "3.00")], [("a", "10.00")], "different", ("incomplete",), "-3.00"),
        ([("a", "7.00"), ("a", "3.00")], [("a", "10.00")], "exact", (), "0"),
    ],
)
def test_how_a_reference_ends(
    left: list[tuple[str, str]], right: list[tuple[str, str]], outcome: str,
    cause: tuple[str, ...], difference: str,
) -> None:  # fmt: skip
    found = only(entries(*left), entries(*right))
    assert (found.outcome, found.causes, found.difference) == (outcome, cause, Decimal(difference))


def test_the_same_reference_in_another_currency_is_no_match() -> None:
    found = list(match(entries(("a", "10.00", "EUR")), entries(("a", "10.00", "USD"))))
    assert [one.outcome for one in found] == ["missing", "unexpected"]
    assert found[0].note == "the other side has it in USD"


sides = st.lists(st.tuples(st.sampled_from("abcd"), st.integers(-500, 500).map(str)), max_size=8)


@given(sides, sides)
def test_nothing_is_lost_whatever_is_on_either_side(
    left: list[tuple[str, str]], right: list[tuple[str, str]]
) -> None:
    found = list(match(entries(*left), entries(*right)))
    assert {one.actual.number for one in found if one.actual} == {name for name, _ in right}
    assert {one.expected.number for one in found if one.expected} == {name for name, _ in left}
    total = sum((one.difference for one in found), Decimal(0))
    assert total == sum(int(v) for _, v in right) - sum(int(v) for _, v in left)
