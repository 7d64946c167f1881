"""The scenario pack at a glance, on the page of its phase."""

from __future__ import annotations

from phases.engineering.scenarios.services import standing
from phases.mechanisms.panels import Panel
from phases.mechanisms.situation import Situation


def panels(s: Situation) -> dict[str, list[Panel]]:
    """By sub-phase: how many of the chosen scenarios came out exact."""
    if s.records.session is None:
        return {}
    chosen, ended = standing(s.records.session, s.engagement, s.profile)
    outcomes = [ended[key] for key in chosen if key in ended]
    exact, wrong = outcomes.count("exact"), outcomes.count("different")
    state, label = ("red", f"{wrong} differ") if wrong else ("todo", "To try")
    if exact and not wrong:
        state, label = ("done", "All exact") if exact == len(chosen) else ("waiting", "Begun")
    place = f"/e/{s.engagement.slug}/contracts/scenarios"
    return {
        "2d": [
            Panel("scenarios", "Scenario pack", "scenarios", place, state, label,
                  "Contracts whose right invoices are known, tried on the billing tool.", exact,
                  len(chosen)),
        ],
    }  # fmt: skip
