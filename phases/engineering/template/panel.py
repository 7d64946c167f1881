"""The invoice template at a glance, on the page of its phase."""

from __future__ import annotations

from phases.engineering.template.services import template_of
from phases.mechanisms.panels import Panel
from phases.mechanisms.situation import Situation


def panels(s: Situation) -> dict[str, list[Panel]]:
    """By sub-phase: whether the template is set."""
    if s.records.session is None:
        return {}
    there = template_of(s.records.session, s.engagement) is not None
    state, label = ("done", "Set") if there else ("todo", "As usual")
    place = f"/e/{s.engagement.slug}/contracts/template"
    words = "What invoices show, in which order and words; sample invoices as PDF."
    title = "Invoice template"
    return {"2c": [Panel("invoice-template", title, "template", place, state, label, words)]}
