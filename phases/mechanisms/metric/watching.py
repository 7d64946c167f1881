"""What the readings of a metric set off: limits as agreed here, and triggers that watch them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation

from phases.mechanisms.metric.judge import Point, run_beyond
from phases.mechanisms.metric.models import Reading
from phases.mechanisms.situation import Situation
from playbook.models import Limit, Metric, Trigger


def agreed(s: Situation, metric: Metric) -> Metric:
    """*metric* with the bounds that this engagement has agreed; those not agreed stay empty."""
    if not any(limit and limit.input for limit in (metric.target, metric.red_flag)):
        return metric
    limits = {"target": bound(s, metric.target), "red_flag": bound(s, metric.red_flag)}
    return metric.model_copy(update=limits)


def bound(s: Situation, limit: Limit | None) -> Limit | None:
    """*limit* with its value, where an input holds it."""
    if limit is None or not limit.input:
        return limit
    return limit.model_copy(update={"value": number_of(s.value(limit.input))})


def number_of(value: object) -> Decimal | None:
    """The number in an input's value, also of an amount (``USD 12.50``); None if there is none."""
    text = str(value if value is not None else "").rpartition(" ")[2].replace(",", "")
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def limit_words(s: Situation, limit: Limit | None) -> str:
    """*limit* in words, with the bound agreed here."""
    if limit is None:
        return ""
    words = s.plain(limit.words)
    if not limit.input:
        return words
    found = number_of(s.value(limit.input))
    return f"{words} (agreed: {found:f})" if found is not None else f"{words} (none agreed yet)"


def point_of(reading: Reading) -> Point:
    """A reading as the judge takes it."""
    return Point(reading.period, reading.value, reading.numerator, reading.denominator)


def points_of(s: Situation, metric: Metric, subject: str = "") -> list[Point]:
    """The metric's readings of *subject* as points, oldest first."""
    return s.once(("points", (metric.key, subject)), lambda: _points_of(s, metric, subject))


def _points_of(s: Situation, metric: Metric, subject: str) -> list[Point]:
    readings = s.records.readings.get(metric.key, [])
    return [point_of(reading) for reading in readings if (reading.subject or "") == subject]


def watchers(s: Situation, metric: Metric) -> Iterator[Trigger]:
    """The triggers that apply here and watch *metric*."""
    for trigger in s.playbook.triggers:
        if trigger.watch and trigger.watch.metric == metric.key and s.applies(trigger):
            yield trigger


def tripped_on(s: Situation, trigger: Trigger) -> date | None:
    """The last period of the readings that trip *trigger* as they stand; None if they do not."""
    watch = trigger.watch
    if watch is None:
        return None
    metric = s.playbook.get(watch.metric, Metric)
    limit = bound(s, watch.limit)
    if limit is None or not s.applies(metric):
        return None
    runs = (
        run_beyond(limit, metric.period, points_of(s, metric, subject), watch.running)
        for subject in metric.subjects or ("",)
    )
    return max((run for run in runs if run is not None), default=None)
