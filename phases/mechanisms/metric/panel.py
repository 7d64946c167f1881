"""A metric on the page of its phase."""

from __future__ import annotations

from phases.mechanisms.metric.judge import Point
from phases.mechanisms.metric.queries import currency_of, judged, label_of
from phases.mechanisms.metric.watching import limit_words, points_of
from phases.mechanisms.metric.words import period_words, value_words
from phases.mechanisms.panels import Panel
from phases.mechanisms.situation import Situation
from playbook.models import Metric


def panel(s: Situation, item: Metric) -> Panel:
    """The last reading and what it means."""
    found = judged(s, item).state
    subjects = (item.subjects or {"": ""}).items()
    lasts = {
        s.plain(title): read[-1] for slug, title in subjects if (read := points_of(s, item, slug))
    }
    state: str = "todo" if found == "none" else found
    label = label_of(item, found, read=bool(lasts))
    if not s.applies(item):
        state, label = "na", "Not applicable"
    return Panel(
        key=item.key, title=s.plain(item.title), kind="metric",
        href=f"/e/{s.engagement.slug}/metrics#{item.key.replace('.', '-')}", state=state,
        label=label, sentence=_sentence(s, item, lasts),
    )  # fmt: skip


def _sentence(s: Situation, metric: Metric, lasts: dict[str, Point]) -> str:
    """What was read last, of each subject under its title."""
    if lasts:
        return "; ".join(
            f"{f'{title}: ' if title else ''}{_shown(s, metric, last)}"
            for title, last in lasts.items()
        )
    target = limit_words(s, metric.target)
    return f"Target: {target}" if target else "Watched without a target"


def _shown(s: Situation, metric: Metric, last: Point) -> str:
    value = None if last.exact is None else last.value
    words = value_words(metric.unit, value, currency_of(s, metric))
    return f"{words}, {period_words(metric.period, last.period)}"
