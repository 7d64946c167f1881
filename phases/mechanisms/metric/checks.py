"""The playbook's checks of readings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from phases.core.facts import Finding, Lack, met, unmet
from phases.mechanisms.metric.judge import Point, first_day
from phases.mechanisms.metric.queries import judged
from phases.mechanisms.metric.watching import points_of
from phases.mechanisms.metric.words import period_words
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


def readings_met(check: checks.ReadingsMet, s: Situation) -> Finding:
    """The latest reading of each metric meets its target; with ``watch``, is no red flag.

    A metric without a reading, without a target or with a bound nobody agreed is not met.
    """
    metrics = [
        item for key in check.metrics if isinstance(item := s.playbook.items.get(key), Metric)
    ]
    if not metrics or len(metrics) < len(check.metrics):
        return unmet([Lack("This names metrics that the playbook does not have.")])
    asked = [metric for metric in metrics if s.applies(metric)]
    lacks = [lack for metric in asked if (lack := _not_met(s, metric, watch=check.watch))]
    if lacks:
        return unmet(lacks)
    if not asked:
        return met("None of these metrics applies.")
    return met("; ".join(f"{s.plain(metric.title)}: {judged(s, metric).words}" for metric in asked))


def _not_met(s: Situation, metric: Metric, *, watch: bool) -> Lack | None:
    verdict = judged(s, metric)
    if verdict.state == "met" or (watch and verdict.state == "watch"):
        return None
    who = metric.told[0] if metric.told else "architect"
    place = f"{PLACE}#{metric.key.replace('.', '-')}"
    return Lack(f"{s.plain(metric.title)}: {verdict.words}", who, place)


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
    """Whether the reading is of the week from *start*, or of the month or quarter around it."""
    if metric.period in ("month", "quarter"):
        return first_day(metric.period, start) <= point.period < start + WEEK
    return start <= point.period < start + WEEK
