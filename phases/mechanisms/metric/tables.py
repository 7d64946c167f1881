"""Readings as a table, out and in: all of them or none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from phases.core import audit
from phases.core.errors import BadValue
from phases.mechanisms.exchange import Line, Table, day_of, lines_of, planned, whole_of
from phases.mechanisms.metric import events, services
from phases.mechanisms.metric.judge import first_day
from phases.mechanisms.metric.models import Reading
from phases.mechanisms.metric.queries import metrics_of
from phases.mechanisms.situation import Situation
from playbook.models import Metric

COLUMNS = {
    "metric": "Metric", "title": "Title", "period": "Period", "subject": "Subject",
    "numerator": "Part", "denominator": "Whole", "value": "Value", "size": "Cases",
    "spread": "Spread", "note": "Note", "version": "Version",
}  # fmt: skip


@dataclass(frozen=True)
class Taken:
    """How many readings an import took and changed."""

    taken: int
    changed: int

    @property
    def words(self) -> str:
        """What happened, in a sentence."""
        if not self.taken + self.changed:
            return "Nothing in it was new."
        one = self.taken + self.changed == 1
        return f"{self.taken} taken, {self.changed} changed." if not one else (
            "1 reading taken." if self.taken else "1 reading changed."
        )  # fmt: skip


@dataclass(frozen=True)
class _Plan:
    metric: Metric
    period: date
    subject: str
    figures: services.Figures
    note: str
    reading: Reading | None


def table(s: Situation) -> Table:
    """Head and every reading of the metrics that apply."""
    body = [
        [
            metric.key, s.plain(metric.title), reading.period, reading.subject or None,
            reading.numerator, reading.denominator,
            None if reading.denominator is not None else reading.value,
            reading.size, reading.spread, reading.note or None, reading.version,
        ]
        for metric in metrics_of(s)
        for reading in s.records.readings.get(metric.key, [])
    ]  # fmt: skip
    return [list(COLUMNS.values()), *body]


def take_readings(
    session: Session, s: Situation, actor: str, rows: Sequence[Sequence[str]],
    may: Callable[[Metric], bool],
) -> Taken:  # fmt: skip
    """Take the readings of a table with a head; those that are there need their version.

    *may* tells whether the person may take readings of a metric. Lines that say what is there
    already change nothing.

    Raises:
        ImportRefused: anything at all is wrong; nothing was taken.
    """
    stored = {
        (r.metric, r.period, r.subject or ""): r
        for readings in s.records.readings.values()
        for r in readings
    }
    seen: dict[tuple[str, date, str], int] = {}

    def plan(line: Line) -> _Plan | None:
        made = _plan(s, line, may, stored)
        key = (made.metric.key, made.period, made.subject)
        if key in seen:
            raise BadValue("period", f"the same reading stands in line {seen[key]} already.")
        seen[key] = line.number
        return None if _is_there(made) else made

    plans = planned(COLUMNS, lines_of(COLUMNS, rows), plan)
    for one in sorted(plans, key=lambda p: p.period):
        services.write(
            session, s, actor, one.metric, one.period, one.subject, one.figures, one.note,
            one.reading,
        )  # fmt: skip
    changed = sum(one.reading is not None for one in plans)
    taken = Taken(len(plans) - changed, changed)
    event = events.ReadingsImported(s.engagement.slug, taken.taken, taken.changed)
    audit.record(session, s.engagement, actor, event)
    return taken


def _plan(
    s: Situation, line: Line, may: Callable[[Metric], bool],
    stored: dict[tuple[str, date, str], Reading],
) -> _Plan:  # fmt: skip
    metric = _metric(s, line.get("metric") or line.get("title"))
    if not may(metric):
        raise BadValue("metric", f"your role does not take readings of “{metric.title}”.")
    day = day_of("period", line.get("period"))
    if day is None:
        raise BadValue("period", "enter a day of the period, as 2026-11-20.")
    first = services.checked_period(s, metric, day)
    subject = services.checked_subject(metric, _subject(metric, line.get("subject")))
    figures = services.figures_of(
        metric, line.get("numerator"), line.get("denominator"), line.get("value"),
        line.get("size"), line.get("spread"),
    )  # fmt: skip
    services.check_note(line.get("note"), nothing=figures.denominator == 0)
    made = _Plan(
        metric, first, subject, figures, line.get("note"),
        stored.get((metric.key, first_day(metric.period, first), subject)),
    )  # fmt: skip
    if not _is_there(made):
        _check_version(made, whole_of("version", line.get("version")))
    return made


def _is_there(plan: _Plan) -> bool:
    row = plan.reading
    return row is not None and plan.figures.are_in(row) and (row.note or "") == plan.note


def _check_version(plan: _Plan, version: int | None) -> None:
    if plan.reading is None:
        if version:
            raise BadValue(
                "version", "there is no such reading any more; leave it empty to take it."
            )
        return
    if version is None:
        raise BadValue("period", "was taken already; export the readings and change that line.")
    if version != plan.reading.version:
        raise BadValue(
            "version", "somebody changed this reading since; export the readings afresh."
        )


def _metric(s: Situation, name: str) -> Metric:
    for metric in metrics_of(s):
        if name.casefold() in (metric.key.casefold(), s.plain(metric.title).casefold()):
            return metric
    raise BadValue("metric", f"no metric of this engagement is called “{name}”.")


def _subject(metric: Metric, name: str) -> str:
    """A subject's slug, given as the slug or its words."""
    for slug, words in metric.subjects.items():
        if name.casefold() in (slug.casefold(), words.casefold()):
            return slug
    return name
