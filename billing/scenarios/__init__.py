"""The scenario pack: contracts whose right invoices are known, to try a billing tool with (Q16).

The invoices are literals, worked out by hand and never by this package's own arithmetic; the tests
hold the arithmetic against them.
"""

from __future__ import annotations

from billing.scenarios import changes, money, schedules, usage
from billing.scenarios.model import Scenario, WantedInvoice, WantedLine

ALL: tuple[Scenario, ...] = (
    *schedules.SCENARIOS,
    *changes.SCENARIOS,
    *usage.SCENARIOS,
    *money.SCENARIOS,
)

__all__ = ["ALL", "Scenario", "WantedInvoice", "WantedLine"]
