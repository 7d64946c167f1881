"""Pilot against control: differences and intervals as published."""

from __future__ import annotations

import pytest

from phases.mechanisms.metric.compare import (
    Mean,
    Share,
    means,
    pooled,
    shares,
    t_quantile,
    welch_df,
    wilson,
)

NEWCOMBE = [
    (56, 70, 48, 80, 0.2000, 0.0524, 0.3339),
    (9, 10, 3, 10, 0.6000, 0.1705, 0.8090),
    (6, 7, 2, 7, 0.5714, 0.0582, 0.8062),
    (5, 56, 0, 29, 0.0893, -0.0381, 0.1926),
    (0, 10, 0, 20, 0.0000, -0.1611, 0.2775),
    (0, 10, 0, 10, 0.0000, -0.2775, 0.2775),
    (10, 10, 0, 20, 1.0000, 0.6791, 1.0000),
    (10, 10, 0, 10, 1.0000, 0.6075, 1.0000),
]
"""R. G. Newcombe, Interval estimation for the difference between independent proportions,
Statistics in Medicine 17 (1998), table II: the eight contrasts by method 10."""


@pytest.mark.parametrize(("a", "m", "b", "n", "value", "low", "high"), NEWCOMBE)
def test_proportions_have_the_published_interval(
    a: int, m: int, b: int, n: int, value: float, low: float, high: float
) -> None:
    found = shares(Share(a, m), Share(b, n))
    assert found is not None
    assert found.interval is not None
    assert found.value == pytest.approx(value, abs=5e-5)
    assert found.interval == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_one_proportion_has_the_published_interval(
    part: int, whole: int, low: float, high: float
) -> None:
    """R. G. Newcombe, Two-sided confidence intervals for the single proportion (1998), method 3."""
    assert wilson(Share(part, whole)) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("df", "t"),
    [(1, 12.706), (2, 4.303), (5, 2.571), (10, 2.228), (30, 2.042), (120, 1.980), (1e7, 1.960)],
)
def test_the_t_table(df: float, t: float) -> None:
    assert t_quantile(0.975, df) == pytest.approx(t, abs=6e-4)


def test_means_by_welch() -> None:
    """The first example of Welch's t-test as it is commonly taught: t = -2.46, df = 25.0."""
    a, b = Mean(20.8, 15, 7.9**0.5), Mean(23.0, 15, 3.8**0.5)
    found = means(a, b)
    assert welch_df(a, b) == pytest.approx(25.0, abs=0.2)
    assert found.interval == pytest.approx((-4.02, -0.38), abs=0.01)
    assert found.may_be_chance is False


@pytest.mark.parametrize(
    ("first", "second", "chance"),
    [
        (Share(56, 70), Share(48, 80), False),
        (Share(5, 56), Share(0, 29), True),
        (Share(0, 10), Share(0, 10), True),
    ],
)
def test_chance_is_told_by_whether_the_interval_holds_zero(
    first: Share, second: Share, chance: bool
) -> None:
    found = shares(first, second)
    assert found is not None
    assert found.may_be_chance is chance


def test_a_group_without_cases_cannot_be_compared() -> None:
    assert shares(Share(0, 0), Share(3, 10)) is None
    assert shares(Share(3, 10), Share(0, 0)) is None


@pytest.mark.parametrize("second", [Mean(30), Mean(30, 12), Mean(30, None, 4.0), Mean(30, 1, 4.0)])
def test_a_mean_without_its_spread_has_a_difference_and_no_interval(second: Mean) -> None:
    found = means(Mean(25, 10, 3.0), second)
    assert (found.value, found.interval, found.may_be_chance) == (-5, None, None)


def test_means_of_periods_are_pooled_by_their_cases() -> None:
    """As the eight numbers behind them: 2 4 4 6 and 5 7 9 11."""
    both = pooled([Mean(4, 4, (8 / 3) ** 0.5), Mean(8, 4, (20 / 3) ** 0.5)])
    assert (both.value, both.size) == (6, 8)
    assert both.spread == pytest.approx((60 / 7) ** 0.5)
    assert pooled([Mean(4, 4, 1.0), Mean(8)]) == Mean(6)
    assert pooled([Mean(4, 4, 1.0), Mean(8, 12)]) == Mean(7, 16)


def test_equal_numbers_without_any_spread_have_an_interval_of_nothing() -> None:
    assert means(Mean(3, 5, 0.0), Mean(3, 5, 0.0)).interval == (0.0, 0.0)
