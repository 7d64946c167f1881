"""What draws up each document: the content's ``builder`` -> its context, and how it is dressed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from deliverables.blocks import Context
from deliverables.contexts.configuration import configuration
from deliverables.contexts.drawn import drawn
from deliverables.contexts.maintenance import maintenance
from deliverables.contexts.package import package
from deliverables.contexts.runbook import runbook
from deliverables.contexts.subjects import situation
from deliverables.contexts.versions import assessment
from deliverables.render import FORMATS, paper_of
from phases.core.brand import ACCENT
from phases.mechanisms.situation import Situation
from playbook.models import Document, Register

Draw = Callable[[Situation, Document], Context]
"""Pure: the same records give the same document."""

BUILDERS: Mapping[str, Draw] = {
    "parts": drawn,
    "configuration": configuration,
    "runbook": runbook,
    "maintenance": maintenance,
    "package": package,
    "assessment": assessment,
}


@dataclass(frozen=True)
class Dress:
    """The firm's accent colour, and its logo as an address that needs no fetching."""

    accent: str = ACCENT
    logo: str = ""


def draw_up(s: Situation, item: Document, dress: Dress = Dress(), subject: str = "") -> Context:
    """The context of the document *item* for *subject* as the records stand, undated."""
    summary = getattr(s.engagement, "summary", None)
    context = BUILDERS[item.builder](situation(s, item, subject), item)
    return context | _named(s, item, subject, context) | {
        "rail": summary.rail if summary else [], "paper": paper_of(s.engagement.country),
        "template": FORMATS[item.format], "format": item.format, "blank": item.blank,
        "accent": dress.accent, "logo": dress.logo, "issue": None,
    }  # fmt: skip


def _named(s: Situation, item: Document, subject: str, context: Context) -> Context:
    """What it is called and says on its cover, of one subject."""
    if item.per is None:
        return {}
    word = s.playbook.get(item.per, Register).row_word.capitalize()
    return {
        "title": f"{context['title']}, {subject}", "subject": subject,
        "cover": [{"label": word, "text": subject}, *context["cover"]],
    }  # fmt: skip
