"""The playbook's check of readings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from phases.core.facts import Finding, Lack, met, unmet
from phases.mechanisms.metric.judge import Point, first_day
from phases.mechanisms.metric.queries import period_words, points_of
from phases.mechanisms.situation import Situation
from playbook import checks
from playbook.models import Metric

PLACE = "metrics"
WEEK = timedelta(weeks=1)


def readings_taken(check: checks.ReadingsTaken, s: Situation) -> Finding:
    """The weeks since go-live are over and each metric has a reading in each of them.

    The first week is the calendar week of go-live. "Nothing to measure" is a reading, though not in
    every week.
    """
    metrics = [s.playbook.get(key, Metric) for key in check.metrics]
    metrics = [metric for metric in metrics if s.applies(metric)]
    if not metrics:
        return met("None of these metrics applies.")
    weeks = check.weeks + s.hypercare_weeks_added
    go_live = s.anchors.get("go_live")
    if go_live is None:
        return unmet([Lack("The go-live date is not known.", "architect", PLACE)])
    starts = [first_day("week", go_live) + WEEK * number for number in range(weeks)]
    over = [start for start in starts if start + WEEK <= s.today]
    lacks = [lack for lack in (_still_running(s, go_live, weeks), _gap(s, metrics, over)) if lack]
    if not lacks:
        lacks = [lack for metric in metrics if (lack := _never_measured(s, metric, starts))]
    if lacks:
        return unmet(lacks)
    return met(f"{weeks} weeks since go-live, with a reading of every metric in each.")


def _still_running(s: Situation, go_live: date, weeks: int) -> Lack | None:
    passed, end = (s.today - go_live).days // 7, go_live + WEEK * weeks
    if s.today >= end:
        return None
    return Lack(
        f"{max(passed, 0)} of {weeks} weeks have passed since go-live; the last ends on "
        f"{end.day} {end:%b %Y}.",
        "architect",
        PLACE,
    )


def _gap(s: Situation, metrics: Sequence[Metric], starts: Sequence[date]) -> Lack | None:
    """The first week that is over and has no reading of some metric."""
    for start in starts:
        empty = [m for m in metrics if not any(_within(m, p, start) for p in points_of(s, m))]
        if empty:
            more = f" and {len(empty) - 1} more" if len(empty) > 1 else ""
            week = period_words("week", start)
            return Lack(
                f"The week of {week} has no reading of {empty[0].title}{more}.", "architect", PLACE
            )
    return None


def _never_measured(s: Situation, metric: Metric, starts: Sequence[date]) -> Lack | None:
    points = [p for p in points_of(s, metric) if any(_within(metric, p, start) for start in starts)]
    if any(point.exact is not None for point in points):
        return None
    words = f"{metric.title} was never measured: every week says there was nothing to measure."
    return Lack(words, "architect", PLACE)


def _within(metric: Metric, point: Point, start: date) -> bool:
    """Whether the reading is of the week that begins on *start*, or of the month around it."""
    if metric.period == "month":
        return first_day("month", start) <= point.period < start + WEEK
    return start <= point.period < start + WEEK
