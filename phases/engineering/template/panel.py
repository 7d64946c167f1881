"""The invoice template at a glance, on the page of its phase."""

from __future__ import annotations

from phases.mechanisms.panels import Panel
from phases.mechanisms.situation import Situation


def panels(s: Situation) -> dict[str, list[Panel]]:
    """By sub-phase: the way in."""
    place = f"/e/{s.engagement.slug}/contracts/template"
    words = "What invoices show, in which order and words; sample invoices as PDF."
    found = Panel("invoice-template", "Invoice template", "template", place, "na", "Layout", words)
    return {"2c": [found]}
