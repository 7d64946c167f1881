"""A checklist on the page of its phase."""

from __future__ import annotations

from phases.mechanisms.checklist.queries import StepView, live_steps
from phases.mechanisms.panels import Panel
from phases.mechanisms.situation import Situation
from playbook.models import Checklist


def panel(s: Situation, item: Checklist) -> Panel:
    """How much of *item* is done, and what holds it up."""
    steps = live_steps(s, item)
    done = sum(step.settled for step in steps)
    state, label = _state(steps, done)
    return Panel(
        key=item.key, title=s.plain(item.title), kind="checklist",
        href=f"/e/{s.engagement.slug}/checklist/{item.key}", state=state, label=label,
        sentence=_sentence(steps), done=done, total=len(steps),
    )  # fmt: skip


def _state(steps: list[StepView], done: int) -> tuple[str, str]:
    if not steps:
        return "na", "Not applicable"
    if done == len(steps):
        return "done", "Done"
    for state, chip, label in (("failed", "red", "Failed"), ("blocked", "blocked", "Blocked")):
        if any(step.state == state for step in steps):
            return chip, label
    if any(step.overdue for step in steps):
        return "red", "Overdue"
    return (
        ("doing", "Doing") if done or any(s.state == "doing" for s in steps) else ("todo", "To do")
    )


def _sentence(steps: list[StepView]) -> str:
    late = [step for step in steps if step.overdue]
    if late:
        return f"Overdue: {late[0].title}" + (f" and {len(late) - 1} more" if late[1:] else "")
    following = next((step for step in steps if step.open), None)
    return f"Next: {following.title}" if following else ""
