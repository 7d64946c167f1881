"""A schedule on the page of its phase."""

from __future__ import annotations

from phases.mechanisms.panels import Panel
from phases.mechanisms.schedule.queries import ScheduleView, schedule_view
from phases.mechanisms.situation import Situation
from playbook.models import Schedule


def panel(s: Situation, item: Schedule) -> Panel:
    """What is due now, and what comes next."""
    view = schedule_view(s, item)
    state, label = _state(s, item, view)
    return Panel(
        key=item.key, title=s.plain(item.title), kind="schedule",
        href=f"/e/{s.engagement.slug}/schedule/{item.key}", state=state, label=label,
        sentence=_sentence(view) if s.applies(item) else "",
    )  # fmt: skip


def _state(s: Situation, schedule: Schedule, view: ScheduleView) -> tuple[str, str]:
    if not s.applies(schedule):
        return "na", "Not applicable"
    late = sum(view_.state == "overdue" for view_ in view.now)
    if late:
        return "red", f"{late} overdue"
    if view.now:
        return "watch", f"{len(view.now)} due today"
    if view.ahead:
        return "doing", "Running"
    if view.anchor:
        return "todo", "Not started"
    return "done", "Done"


def _sentence(view: ScheduleView) -> str:
    if view.now:
        return f"Now: {view.now[0].title}"
    if view.ahead:
        first = view.ahead[0]
        return f"Next: {first.title}, {first.due.day} {first.due:%b %Y}"
    return f"Starts with {view.anchor}" if view.anchor else ""
