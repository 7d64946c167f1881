"""Metrics with their readings, as pages, checks and documents see them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from phases.core.errors import Missing
from phases.mechanisms.metric.compare import Mean, Share, means, pooled, shares
from phases.mechanisms.metric.judge import Judgement, Point, first_day, judge, step
from phases.mechanisms.metric.models import Reading
from phases.mechanisms.metric.watching import (
    agreed,
    limit_words,
    point_of,
    points_of,
    tripped_on,
    watchers,
)
from phases.mechanisms.metric.words import (
    chance_words,
    currency_in,
    difference_words,
    period_words,
    plain,
    value_words,
)
from phases.mechanisms.register.queries import row_views
from phases.mechanisms.register.values import NUMBERS
from phases.mechanisms.situation import Situation
from playbook.models import Metric, Register, Seed

CONTROL = "control"
"""The subject that others are held against."""

WORST = ("red", "watch", "none", "met")


@dataclass(frozen=True)
class ReadingView:
    """One reading, judged as of its own period. ``cases`` tells of a mean what is behind it."""

    period: date
    period_words: str
    value: Decimal | None
    shown: str
    parts: str
    numerator: Decimal | None
    denominator: Decimal | None
    size: int | None
    spread: Decimal | None
    cases: str
    state: str
    words: str
    note: str
    who: str
    at: datetime | None
    version: int


@dataclass(frozen=True)
class SeriesView:
    """The readings of one subject (the engagement itself, where ``subject`` is empty)."""

    subject: str
    title: str
    readings: tuple[ReadingView, ...]
    state: str
    words: str
    due: ReadingView | None

    @property
    def last_reading(self) -> ReadingView | None:
        return self.readings[-1] if self.readings else None

    @property
    def last(self) -> str:
        return self.readings[-1].shown if self.readings else ""

    @property
    def stamp(self) -> str:
        """Changes whenever a reading does, so that a browser draws the chart anew."""
        return f"{len(self.readings)}-{sum(view.version for view in self.readings)}"


@dataclass(frozen=True)
class ComparisonView:
    """One subject held against another: what each has, the difference, and whether chance will do.

    ``chance`` is ``chance``, ``hardly`` or ``unknown``.
    """

    first: str
    second: str
    values: tuple[tuple[str, str], ...]
    difference: str
    chance: str
    sentence: str
    periods: int


@dataclass(frozen=True)
class WatchView:
    """A trigger that watches a metric: what trips it, and since which period it does."""

    key: str
    title: str
    threshold: str
    tripped: str


@dataclass(frozen=True)
class MetricView:
    """A metric with its readings, newest last. ``current`` is the period that runs today.

    Readings, state and words at its head are those of the first subject.
    """

    key: str
    title: str
    text: str
    unit: str
    currency: str
    period: str
    numerator: str
    denominator: str
    better: str
    target: str
    red_flag: str
    board: str
    series: tuple[SeriesView, ...]
    state: str
    words: str
    current: date
    current_words: str
    comparisons: tuple[ComparisonView, ...]
    baseline: tuple[tuple[str, str], ...]
    watched: tuple[WatchView, ...]

    @property
    def anchor(self) -> str:
        """Its id on the page."""
        return self.key.replace(".", "-")

    @property
    def readings(self) -> tuple[ReadingView, ...]:
        return self.series[0].readings

    @property
    def last_reading(self) -> ReadingView | None:
        return self.series[0].last_reading

    @property
    def last(self) -> str:
        return self.series[0].last

    @property
    def due(self) -> ReadingView | None:
        """The current period's reading, if every subject has one."""
        dues = [series.due for series in self.series]
        return dues[0] if all(dues) else None

    @property
    def is_percent(self) -> bool:
        return self.unit == "percent"

    @property
    def has_subjects(self) -> bool:
        return bool(self.series[0].subject)

    @property
    def label(self) -> str:
        """Its state in words."""
        read = any(series.readings for series in self.series)
        return label_of(self, self.state, read=read)


LABELS = {"met": "Met", "watch": "Watch", "red": "Red flag", "none": "Nothing to judge yet"}


def label_of(metric: Metric | MetricView, state: str, *, read: bool) -> str:
    """The *state* of a metric in words."""
    if not read:
        return "No reading yet"
    return "Clear" if state == "met" and not metric.target else LABELS[state]


def metric_of(s: Situation, key: str) -> Metric:
    """The metric *key* of the engagement's playbook.

    Raises:
        Missing: there is none.
    """
    item = s.playbook.items.get(key)
    if not isinstance(item, Metric):
        raise Missing
    return item


def currency_of(s: Situation, metric: Metric) -> str:
    """What amounts of *metric* are in; empty where it counts something else than money."""
    if metric.unit != "money":
        return ""
    said = str(s.value(metric.currency) or "") if metric.currency else ""
    return currency_in(said, s.engagement.country or "")


def metrics_of(s: Situation) -> list[Metric]:
    """The metrics that apply, in the order of the content."""
    return [metric for metric in s.playbook.metrics if s.applies(metric)]


def judged(s: Situation, metric: Metric) -> Judgement:
    """What the last reading of *metric* means; of its subjects but the control, the worst."""
    known = agreed(s, metric)
    tried = [subject for subject in metric.subjects if subject != CONTROL] or [""]
    verdicts = [judge(known, points_of(s, metric, subject)) for subject in tried]
    return min(verdicts, key=lambda verdict: WORST.index(verdict.state))


def metric_view(s: Situation, metric: Metric) -> MetricView:
    """All that a metric's card shows."""
    known = agreed(s, metric)
    current = first_day(metric.period, s.today)
    subjects = metric.subjects or {"": ""}
    every = tuple(_series(s, known, slug, s.plain(t), current) for slug, t in subjects.items())
    tried = [series for series in every if series.subject != CONTROL]
    verdict = min(tried, key=lambda one: WORST.index(one.state)) if tried else judged(s, metric)
    return MetricView(
        key=metric.key, title=s.plain(metric.title), text=s.text(metric.text), unit=metric.unit,
        period=metric.period, numerator=metric.numerator, denominator=metric.denominator,
        better=metric.better or "", currency=currency_of(s, metric),
        target=limit_words(s, metric.target), red_flag=limit_words(s, metric.red_flag),
        board=board_of(s, metric),
        series=every,
        state=verdict.state, words=verdict.words,
        current=current, current_words=period_words(metric.period, current),
        comparisons=tuple(comparisons(s, metric)), baseline=baseline(s, metric),
        watched=tuple(_watch(s, metric)),
    )  # fmt: skip


def board_of(s: Situation, metric: Metric) -> str:
    """What the metric is grouped under: its board, else its sub-phase."""
    if metric.board:
        return s.plain(metric.board)
    subphase = s.playbook.subphase(metric.subphase)
    return f"{subphase.code} {s.plain(subphase.title)}"


def _series(s: Situation, metric: Metric, subject: str, title: str, current: date) -> SeriesView:
    rows = s.records.readings.get(metric.key, [])
    readings = [reading for reading in rows if (reading.subject or "") == subject]
    points = points_of(s, metric, subject)
    verdicts = [judge(metric, points[max(0, n - 1) : n + 1]) for n in range(len(points))]
    currency = currency_of(s, metric)
    views = tuple(
        _view(s, metric, currency, reading, point, said)
        for reading, point, said in zip(readings, points, verdicts, strict=True)
    )
    verdict = verdicts[-1] if verdicts else judge(metric, points)
    due = next((view for view in views if view.period == current), None)
    return SeriesView(subject, title, views, verdict.state, verdict.words, due)


def _watch(s: Situation, metric: Metric) -> Iterable[WatchView]:
    for trigger in watchers(s, metric):
        on = tripped_on(s, trigger)
        yield WatchView(
            trigger.key, s.plain(trigger.title), s.plain(trigger.threshold),
            period_words(metric.period, on) if on else "",
        )  # fmt: skip


def metric_views(s: Situation) -> list[MetricView]:
    """Every metric that applies."""
    return [metric_view(s, metric) for metric in metrics_of(s)]


def by_board(views: Sequence[MetricView]) -> dict[str, list[MetricView]]:
    """Metrics in their groups, in the order in which these first stand."""
    found: dict[str, list[MetricView]] = {}
    for view in views:
        found.setdefault(view.board, []).append(view)
    return found


def open_periods(s: Situation, metric: Metric, most: int = 12) -> list[date]:
    """The periods that a reading can be taken for, newest first: since go-live, once it is live.

    What compares groups is read before go-live too.
    """
    current = first_day(metric.period, s.today)
    found = [step(metric.period, current, -back) for back in range(most)]
    go_live = s.anchors.get("go_live")
    if metric.subjects:
        return found
    first = first_day(metric.period, go_live) if go_live and go_live <= s.today else current
    return [period for period in found if period >= first]


def baseline(s: Situation, metric: Metric) -> tuple[tuple[str, str], ...]:
    """The figures of the measures named under ``see``: baseline, target and so on."""
    found = []
    for key in metric.see:
        if not isinstance(s.playbook.items.get(key), Seed):
            continue
        register = s.playbook.container_of(key)
        assert isinstance(register, Register)
        columns = {n: c.title for n, c in register.columns.items() if c.type in NUMBERS}
        for row in row_views(s, register):
            if row.seed == key:
                found += [(title, row.shown[n]) for n, title in columns.items() if row.shown[n]]
    return tuple(found)


def comparisons(s: Situation, metric: Metric) -> Iterable[ComparisonView]:
    """Every subject held against the control (else the last), over the periods that both have."""
    slugs = list(metric.subjects)
    if len(slugs) < 2:
        return
    base = CONTROL if CONTROL in slugs else slugs[-1]
    rows = s.records.readings.get(metric.key, [])
    of = {slug: {r.period: r for r in rows if r.subject == slug} for slug in slugs}
    for slug in slugs:
        shared = sorted(of[slug].keys() & of[base].keys())
        pairs = [(of[slug][period], of[base][period]) for period in shared]
        pairs = [pair for pair in pairs if all(point_of(r).exact is not None for r in pair)]
        if slug != base and pairs:
            yield _comparison(s, metric, (slug, base), pairs)


def _comparison(
    s: Situation, metric: Metric, slugs: tuple[str, str], pairs: Sequence[tuple[Reading, Reading]]
) -> ComparisonView:
    ours, theirs = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    titles = [s.plain(metric.subjects[slug]) for slug in slugs]
    scale = 1
    if metric.unit == "percent" and _are_counts([*ours, *theirs]):
        found = shares(_share(ours), _share(theirs))
        assert found is not None  # every pair measured something
        scale = 100
    else:
        found = means(_mean(metric, ours), _mean(metric, theirs))
    found = type(found)(
        found.value * scale,
        (found.interval[0] * scale, found.interval[1] * scale) if found.interval else None,
    )
    chance = {True: "chance", False: "hardly", None: "unknown"}[found.may_be_chance]
    return ComparisonView(
        titles[0], titles[1],
        ((titles[0], _overall(metric, ours)), (titles[1], _overall(metric, theirs))),
        difference_words(metric.unit, metric.better, found), chance,
        chance_words(metric.unit, found), len(pairs),
    )  # fmt: skip


def _are_counts(readings: Sequence[Reading]) -> bool:
    parts = [n for r in readings for n in (r.numerator, r.denominator)]
    return all(n is not None and n == n.to_integral_value() for n in parts)


def _share(readings: Sequence[Reading]) -> Share:
    return Share(
        int(sum(r.numerator or 0 for r in readings)), int(sum(r.denominator or 0 for r in readings))
    )


def _mean(metric: Metric, readings: Sequence[Reading]) -> Mean:
    if metric.unit == "percent":  # of amounts: no cases to count
        return pooled([Mean(float(r.value)) for r in readings])
    return pooled([
        Mean(float(r.value), r.size, None if r.spread is None else float(r.spread))
        for r in readings
    ])  # fmt: skip


def _overall(metric: Metric, readings: Sequence[Reading]) -> str:
    if metric.unit == "percent" and _are_counts(readings):
        share = _share(readings)
        return f"{100 * share.part / share.whole:.1f}% ({share.part:,} of {share.whole:,})"
    mean = _mean(metric, readings)
    words = value_words(metric.unit, Decimal(f"{mean.value:.2f}"))
    return f"{words} ({mean.size:,} cases)" if mean.size else words


def _view(
    s: Situation, metric: Metric, currency: str, reading: Reading, point: Point, verdict: Judgement
) -> ReadingView:
    value = reading.value if point.exact is not None else None
    parts = ""
    if reading.numerator is not None and reading.denominator is not None:
        parts = f"{plain(reading.numerator)} of {plain(reading.denominator)}"
    return ReadingView(
        period=reading.period, period_words=period_words(metric.period, reading.period),
        value=value, shown=value_words(metric.unit, value, currency), parts=parts,
        numerator=reading.numerator, denominator=reading.denominator,
        size=reading.size, spread=reading.spread, cases=_cases(reading),
        state=verdict.state, words=verdict.words,
        note=reading.note or "", who=s.people.name(reading.changed_by or ""), at=reading.changed_at,
        version=reading.version or 1,
    )  # fmt: skip


def _cases(reading: Reading) -> str:
    known = [f"{reading.size:,} cases" if reading.size else ""]
    known.append(f"spread {plain(reading.spread)}" if reading.spread is not None else "")
    return ", ".join(words for words in known if words)
