"""Every metric and watched trigger of the playbook: at, just under and just over its limits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from phases.mechanisms.metric.judge import Point, judge, run_beyond, step
from playbook.loader import load
from playbook.models import Limit, Metric, Trigger

PLAYBOOK = load(Path(__file__).parents[2] / "playbook" / "content" / "q2c" / "1.0")
FIRST = date(2026, 6, 1)
"""A Monday that begins a month."""

HOLDS = {
    "<": (True, False, False),
    "<=": (True, True, False),
    "=": (False, True, False),
    ">=": (False, True, True),
    ">": (False, False, True),
}
"""By operator: whether a value just under, at, and just over the bound is beyond it."""

AGREED = Decimal(7)
"""What stands for a bound that each engagement agrees for itself."""


def bound(limit: Limit | None) -> Decimal | None:
    if limit is None or limit.op is None:
        return None
    return AGREED if limit.input else limit.value


def with_bounds(metric: Metric) -> Metric:
    limits = {
        name: limit.model_copy(update={"value": AGREED})
        for name, limit in (("target", metric.target), ("red_flag", metric.red_flag))
        if limit and limit.input
    }
    return metric.model_copy(update=limits)


def reading(metric: Metric, value: Decimal, back: int = 0) -> Point:
    """A reading of exactly *value*, so many periods before the first."""
    period = step(metric.period, FIRST, -back)
    if metric.unit != "percent":
        return Point(period, value)
    return Point(period, numerator=value * 10_000, denominator=Decimal(1_000_000))


def grain(metric: Metric) -> Decimal:
    """The least that a reading can differ by: one case in a million, or one of what is counted."""
    return Decimal(1) if metric.unit == "count" else Decimal("0.0001")


def probes() -> Iterator[tuple[str, Decimal]]:
    for metric in PLAYBOOK.metrics:
        bounds = {b for b in (bound(metric.target), bound(metric.red_flag)) if b is not None}
        for value in sorted(bounds):
            for off in (-1, 0, 1):
                probe = value + off * grain(metric)
                if probe >= 0 and (metric.unit != "percent" or probe <= 100):
                    yield metric.key, probe


def beyond(limit: Limit | None, value: Decimal) -> bool | None:
    """What the table says of *value*; None where no bound is given."""
    against = bound(limit)
    if limit is None or limit.op is None or against is None:
        return None
    where = 0 if value < against else 1 if value == against else 2
    return HOLDS[limit.op][where]


@pytest.mark.parametrize(("key", "value"), list(probes()))
def test_a_reading_near_a_limit_is_judged_exactly(key: str, value: Decimal) -> None:
    metric = with_bounds(PLAYBOOK.get(key, Metric))
    flagged, meets = beyond(metric.red_flag, value), beyond(metric.target, value)
    found = judge(metric, [reading(metric, value)]).state
    if flagged:
        assert found == "red"
    elif metric.target is None:
        assert found == "met"
    else:
        assert found == ("met" if meets else "watch")


EXACT = [
    ("Q18.metric.invoice_accuracy", "100", "met"),
    ("Q18.metric.invoice_accuracy", "99.9999", "red"),
    ("Q18.metric.billing_lag", "23.9999", "met"),
    ("Q18.metric.billing_lag", "24", "watch"),
    ("Q18.metric.billing_lag", "48", "watch"),
    ("Q18.metric.billing_lag", "48.0001", "red"),
    ("Q18.metric.failed_payments", "4.9999", "met"),
    ("Q18.metric.failed_payments", "5", "watch"),
    ("Q18.metric.failed_payments", "10", "watch"),
    ("Q18.metric.failed_payments", "10.0001", "red"),
    ("Q18.metric.manual_intervention", "9.9999", "met"),
    ("Q18.metric.manual_intervention", "10", "watch"),
    ("Q18.metric.manual_intervention", "25", "watch"),
    ("Q18.metric.manual_intervention", "25.0001", "red"),
]
"""The source's own figures."""


@pytest.mark.parametrize(("key", "value", "state"), EXACT)
def test_hypercare_by_the_figures_of_the_source(key: str, value: str, state: str) -> None:
    metric = PLAYBOOK.get(key, Metric)
    assert judge(metric, [reading(metric, Decimal(value))]).state == state


TRENDS = [
    ([5, 4], "met"),
    ([5, 5], "watch"),
    ([5, 6], "red"),
    ([0, 0], "met"),
    ([0, 1], "red"),
    ([1, 0], "met"),
    ([7], "none"),
]


@pytest.mark.parametrize(("counts", "state"), TRENDS)
def test_tickets_are_judged_week_over_week(counts: list[int], state: str) -> None:
    metric = PLAYBOOK.get("Q18.metric.tickets", Metric)
    points = [reading(metric, Decimal(n), len(counts) - 1 - i) for i, n in enumerate(counts)]
    assert judge(metric, points).state == state


@pytest.mark.parametrize(
    "key",
    [m.key for m in PLAYBOOK.metrics if any(x and x.input for x in (m.target, m.red_flag))] or [""],
)
def test_without_an_agreed_bound_nothing_is_met(key: str) -> None:
    if not key:
        metric = Metric(
            title="Variance", subphase="1a", unit="money", period="month",
            target=Limit(op="<=", input="C10.input.tolerance", words="Within tolerance"),
        )  # fmt: skip
    else:
        metric = PLAYBOOK.get(key, Metric)
    found = judge(metric, [reading(metric, Decimal(0))])
    assert (found.state, found.words) == ("none", "No bound agreed yet.")


WATCHED = [
    ("Q20.trigger.error_rate", "2", "2.0001", 1),
    ("Q20.trigger.failed_payments", "10", "10.0001", 2),
    ("Q20.trigger.sync_failures", "5", "6", 1),
    ("Q20.trigger.amendments", "20", "20.0001", 1),
]


def test_any_new_pricing_is_told_by_people() -> None:
    by_hand = [t.key for t in PLAYBOOK.triggers if t.key.startswith("Q20.") and t.watch is None]
    assert by_hand == ["Q20.trigger.new_pricing"]


@pytest.mark.parametrize(("key", "at", "over", "running"), WATCHED)
def test_a_trigger_trips_just_over_its_threshold(
    key: str, at: str, over: str, running: int
) -> None:
    watch = PLAYBOOK.get(key, Trigger).watch
    assert watch is not None
    assert watch.running == running
    metric = PLAYBOOK.get(watch.metric, Metric)
    assert metric.period == "month"

    def tripped(*values: str) -> date | None:
        points = [reading(metric, Decimal(v), len(values) - 1 - i) for i, v in enumerate(values)]
        return run_beyond(watch.limit, metric.period, points, watch.running)

    assert tripped(*[over] * running) == FIRST
    assert tripped(*[at] * running) is None
    assert tripped(*[over] * (running - 1), at) is None
    if running > 1:
        assert tripped(over) is None
        assert tripped(at, over) is None
        gap = [reading(metric, Decimal(over), 2), reading(metric, Decimal(over))]
        assert run_beyond(watch.limit, metric.period, gap, running) is None


def test_every_metric_that_has_a_bound_is_probed() -> None:
    bounded = {m.key for m in PLAYBOOK.metrics if bound(m.target) is not None
               or bound(m.red_flag) is not None}  # fmt: skip
    assert {key for key, _ in probes()} == bounded
    assert len(bounded) >= 4
