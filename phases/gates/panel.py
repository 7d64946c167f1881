"""A guarding gate at a glance, for the phase page."""

from __future__ import annotations

from phases.gates.judge import decide
from phases.mechanisms.panels import Panel
from phases.mechanisms.situation import Situation
from playbook.models import Gate

STATES = {
    "passed": ("met", "Passed"),
    "stale": ("stale", "Would not pass today"),
    "open": ("watch", "Open: decide"),
    "shut": ("todo", "Shut"),
}


def panel(s: Situation, gate: Gate) -> Panel:
    """What stands in the way of the act, counted."""
    decision = decide(gate, s)
    state, label = STATES[decision.state]
    if decision.state == "open" and not gate.outcomes:
        state, label = "met", "Free"
    asked = [line for line in decision.results if line.applies]
    lacks = decision.lacks
    return Panel(
        key=gate.key, title=gate.title, kind="gate", state=state, label=label,
        href=f"/e/{s.engagement.slug}/gate/{gate.place}",
        sentence=lacks[0].sentence if lacks else f"Stands before: {gate.guards}.",
        done=sum(line.holds for line in asked), total=len(asked),
    )  # fmt: skip
