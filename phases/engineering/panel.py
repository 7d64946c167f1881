"""Pages of engineering that no item of the playbook stands for, by the sub-phase they belong to."""

from __future__ import annotations

from collections.abc import Callable

from phases.engineering.contracts.panel import panels as contracts
from phases.engineering.reconciliation.panel import engineering as invoices
from phases.engineering.scenarios.panel import panels as scenarios
from phases.engineering.template.panel import panels as template
from phases.mechanisms.panels import Panel
from phases.mechanisms.situation import Situation

PARTS: tuple[Callable[[Situation], dict[str, list[Panel]]], ...] = (
    contracts,
    scenarios,
    invoices,
    template,
)
"""Each needs two queries at most."""


def panels(s: Situation) -> dict[str, list[Panel]]:
    """The panels of every part, by sub-phase."""
    found: dict[str, list[Panel]] = {}
    for part in PARTS:
        for code, some in part(s).items():
            found.setdefault(code, []).extend(some)
    return found
