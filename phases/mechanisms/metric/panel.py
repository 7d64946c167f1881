"""A metric on the page of its phase."""

from __future__ import annotations

from phases.mechanisms.metric.queries import MetricView, metric_view
from phases.mechanisms.panels import Panel
from phases.mechanisms.situation import Situation
from playbook.models import Metric


def panel(s: Situation, item: Metric) -> Panel:
    """The last reading and what it means."""
    view = metric_view(s, item)
    state, label = "todo" if view.state == "none" else view.state, view.label
    if not s.applies(item):
        state, label = "na", "Not applicable"
    return Panel(
        key=item.key, title=s.plain(item.title), kind="metric",
        href=f"/e/{s.engagement.slug}/metrics#{view.anchor}", state=state, label=label,
        sentence=_sentence(view),
    )  # fmt: skip


def _sentence(view: MetricView) -> str:
    lasts = [
        f"{f'{series.title}: ' if series.title else ''}{last.shown}, {last.period_words}"
        for series in view.series
        if (last := series.last_reading)
    ]
    if lasts:
        return "; ".join(lasts)
    return f"Target: {view.target}" if view.target else "Watched without a target"
