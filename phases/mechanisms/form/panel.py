"""A form on the page of its phase."""

from __future__ import annotations

from phases.mechanisms.form.queries import form_view
from phases.mechanisms.panels import Panel
from phases.mechanisms.situation import Situation
from playbook.models import Form


def panel(s: Situation, item: Form) -> Panel:
    """How far the customer is with *item*."""
    view = form_view(s, item)
    state, label = view.state if s.applies(item) else ("na", "Not applicable")
    waiting = "" if view.sent else f"Waiting for the {' or the '.join(view.role_titles)}"
    return Panel(
        key=item.key, title=view.title, kind="form",
        href=f"/e/{s.engagement.slug}/form/{item.key}", state=state, label=label,
        sentence=f"Sent by {view.submitted_by}" if view.sent else waiting,
        done=view.progress.done, total=view.progress.total,
    )  # fmt: skip
