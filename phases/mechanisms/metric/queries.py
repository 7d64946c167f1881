"""Metrics with their readings, as pages, checks and documents see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from phases.core.errors import Missing
from phases.mechanisms.metric.judge import Judgement, Point, first_day, judge, step
from phases.mechanisms.metric.models import Reading
from phases.mechanisms.situation import Situation
from playbook.models import Metric

UNITS = {"hours": ("hour", "hours"), "days": ("day", "days"), "count": ("", ""), "money": ("", "")}


@dataclass(frozen=True)
class ReadingView:
    """One reading, judged as of its own period."""

    period: date
    period_words: str
    value: Decimal | None
    shown: str
    parts: str
    numerator: Decimal | None
    denominator: Decimal | None
    state: str
    words: str
    note: str
    who: str
    at: datetime | None
    version: int


@dataclass(frozen=True)
class MetricView:
    """A metric with its readings, newest last. ``current`` is the period that runs today."""

    key: str
    title: str
    text: str
    unit: str
    period: str
    numerator: str
    denominator: str
    target: str
    red_flag: str
    readings: tuple[ReadingView, ...]
    state: str
    words: str
    last: str
    current: date
    current_words: str
    due: ReadingView | None

    @property
    def anchor(self) -> str:
        """Its id on the page."""
        return self.key.replace(".", "-")

    @property
    def taken(self) -> dict[str, str]:
        """What was read in each period, by its first day in ISO form."""
        return {view.period.isoformat(): view.shown for view in self.readings}

    @property
    def stamp(self) -> str:
        """Changes whenever a reading does, so that a browser draws the chart anew."""
        return f"{len(self.readings)}-{sum(view.version for view in self.readings)}"

    @property
    def is_percent(self) -> bool:
        return self.unit == "percent"

    @property
    def last_reading(self) -> ReadingView | None:
        return self.readings[-1] if self.readings else None


def metric_of(s: Situation, key: str) -> Metric:
    """The metric *key* of the engagement's playbook.

    Raises:
        Missing: there is none.
    """
    item = s.playbook.items.get(key)
    if not isinstance(item, Metric):
        raise Missing
    return item


def metrics_of(s: Situation) -> list[Metric]:
    """The metrics that apply, in the order of the content."""
    return [metric for metric in s.playbook.metrics if s.applies(metric)]


def points_of(s: Situation, metric: Metric) -> list[Point]:
    """The metric's readings as points, oldest first."""
    return [_point(reading) for reading in s.records.readings.get(metric.key, [])]


def judged(s: Situation, metric: Metric) -> Judgement:
    """What the last reading of *metric* means."""
    return judge(metric, points_of(s, metric))


def metric_view(s: Situation, metric: Metric) -> MetricView:
    """All that a metric's card shows."""
    readings = s.records.readings.get(metric.key, [])
    points = [_point(reading) for reading in readings]
    views = tuple(
        _view(s, metric, reading, judge(metric, points[: index + 1]))
        for index, reading in enumerate(readings)
    )
    verdict = judge(metric, points)
    current = first_day(metric.period, s.today)
    return MetricView(
        key=metric.key, title=metric.title, text=s.text(metric.text), unit=metric.unit,
        period=metric.period, numerator=metric.numerator, denominator=metric.denominator,
        target=metric.target.words if metric.target else "",
        red_flag=metric.red_flag.words if metric.red_flag else "", readings=views,
        state=verdict.state, words=verdict.words, last=views[-1].shown if views else "",
        current=current, current_words=period_words(metric.period, current),
        due=next((view for view in views if view.period == current), None),
    )  # fmt: skip


def metric_views(s: Situation) -> list[MetricView]:
    """Every metric that applies."""
    return [metric_view(s, metric) for metric in metrics_of(s)]


def open_periods(s: Situation, metric: Metric, most: int = 12) -> list[date]:
    """The periods since go-live that a reading can be taken for, newest first."""
    current = first_day(metric.period, s.today)
    go_live = s.anchors.get("go_live")
    first = first_day(metric.period, go_live) if go_live and go_live <= s.today else current
    found = [step(metric.period, current, -back) for back in range(most)]
    return [period for period in found if period >= first]


def period_words(period: str, first: date) -> str:
    """A period in words: ``16–22 Nov 2026``, ``Nov 2026``, ``16 Nov 2026``."""
    if period == "month":
        return f"{first:%b %Y}"
    if period == "day":
        return f"{first.day} {first:%b %Y}"
    last = step("day", first, 6)
    start = str(first.day) if first.month == last.month else f"{first.day} {first:%b}"
    if first.year != last.year:
        start = f"{first.day} {first:%b %Y}"
    return f"{start}–{last.day} {last:%b %Y}"


def period_short(period: str, first: date) -> str:
    """A period as the label of a chart: ``16 Nov``, ``Nov 26``."""
    return f"{first:%b %y}" if period == "month" else f"{first.day} {first:%b}"


def value_words(unit: str, value: Decimal | None) -> str:
    """A value with its unit: ``98.5%``, ``1 hour``, ``3``."""
    if value is None:
        return "Nothing to measure"
    if unit == "money":
        return f"{value:,.2f}"
    number = plain(value.quantize(Decimal("0.01"), rounding="ROUND_DOWN"))
    if unit == "percent":
        return f"{number}%"
    one, many = UNITS[unit]
    return f"{number} {one if value == 1 else many}".strip()


def plain(value: Decimal) -> str:
    """A number without trailing zeros."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _point(reading: Reading) -> Point:
    return Point(reading.period, reading.value, reading.numerator, reading.denominator)


def _view(s: Situation, metric: Metric, reading: Reading, verdict: Judgement) -> ReadingView:
    measured = _point(reading).exact is not None
    value = reading.value if measured else None
    parts = ""
    if reading.numerator is not None and reading.denominator is not None:
        parts = f"{plain(reading.numerator)} of {plain(reading.denominator)}"
    return ReadingView(
        period=reading.period, period_words=period_words(metric.period, reading.period),
        value=value, shown=value_words(metric.unit, value), parts=parts,
        numerator=reading.numerator,
        denominator=reading.denominator, state=verdict.state, words=verdict.words,
        note=reading.note or "", who=s.people.name(reading.changed_by or ""), at=reading.changed_at,
        version=reading.version or 1,
    )  # fmt: skip
