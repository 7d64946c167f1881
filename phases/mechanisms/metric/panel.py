"""A metric on the page of its phase."""

from __future__ import annotations

from phases.mechanisms.metric.queries import metric_view
from phases.mechanisms.panels import Panel
from phases.mechanisms.situation import Situation
from playbook.models import Metric

LABELS = {"met": "Met", "watch": "Watch", "red": "Red flag", "none": "Nothing to judge"}


def panel(s: Situation, item: Metric) -> Panel:
    """The last reading and what it means."""
    view = metric_view(s, item)
    state = "todo" if view.state == "none" else view.state
    label = LABELS[view.state] if view.readings else "No reading yet"
    if not s.applies(item):
        state, label = "na", "Not applicable"
    last = view.last_reading
    return Panel(
        key=item.key, title=s.plain(item.title), kind="metric",
        href=f"/e/{s.engagement.slug}/metrics#{view.anchor}", state=state, label=label,
        sentence=f"{last.shown}, {last.period_words}" if last else f"Target: {view.target}",
    )  # fmt: skip
