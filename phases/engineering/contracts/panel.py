"""Contracts at a glance, on the page of their phase."""

from __future__ import annotations

from phases.engineering.contracts.queries import standings
from phases.mechanisms.panels import Panel
from phases.mechanisms.situation import Situation

CONTRACTS = "contracts"


def panels(s: Situation) -> dict[str, list[Panel]]:
    """By sub-phase: the contracts with what they are billed by."""
    if s.records.session is None:
        return {}
    counts = standings(s.records.session, s.engagement)
    total, confirmed = sum(counts.values()), counts.get("CONFIRMED", 0)
    state, label = "todo", "None yet"
    if total:
        done = confirmed == total
        state, label = ("done", "All confirmed") if done else ("waiting", "To confirm")
    place = f"/e/{s.engagement.slug}/contracts"
    return {
        "2a": [
            Panel(CONTRACTS, "Contracts", "contracts", place, state, label,
                  "Terms in versions, and the invoices they call for.", confirmed, total),
            Panel("conventions", "Billing conventions", "contracts", f"{place}/conventions", "na",
                  "61 choices", "How amounts and dates are computed where systems differ."),
        ],
    }  # fmt: skip
