"""A form on the page of its phase."""

from __future__ import annotations

from phases.core.template import listed
from phases.mechanisms.form.queries import UNTOUCHED, progress_of, state_of
from phases.mechanisms.panels import Panel
from phases.mechanisms.situation import Situation
from playbook.models import Form


def panel(s: Situation, item: Form) -> Panel:
    """How far the customer is with *item*."""
    record = s.records.forms.get(item.key) or UNTOUCHED
    how_far, sent = progress_of(s, item), record.submitted_at is not None
    state, label = state_of(how_far.done, sent=sent, reopened=record.reopened_at is not None)
    roles = listed((s.playbook.role(role).title for role in item.roles), "or")
    by = s.people.name(record.submitted_by or "")
    return Panel(
        key=item.key, title=s.plain(item.title), kind="form",
        href=f"/e/{s.engagement.slug}/form/{item.key}",
        state=state if s.applies(item) else "na",
        label=label if s.applies(item) else "Not applicable",
        sentence=f"Sent by {by}" if sent else f"Waiting for the {roles}",
        done=how_far.done, total=how_far.total,
    )  # fmt: skip
