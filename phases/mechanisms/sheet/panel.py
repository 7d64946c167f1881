"""A sheet on the page of its phase."""

from __future__ import annotations

from phases.mechanisms.panels import Panel
from phases.mechanisms.sheet.queries import SheetView, sheet_view
from phases.mechanisms.situation import Situation
from playbook.models import Sheet


def panel(s: Situation, item: Sheet) -> Panel:
    """How much of *item* is signed, and whom it waits for."""
    view = sheet_view(s, item)
    state, label = _state(view) if s.applies(item) else ("na", "Not applicable")
    waiting = f"Waiting for {view.waiting}" if view.waiting else ""
    return Panel(
        key=item.key, title=view.title, kind="sheet",
        href=f"/e/{s.engagement.slug}/sheet/{item.key}", state=state, label=label,
        sentence=waiting, done=view.approved, total=len(view.required),
    )  # fmt: skip


def _state(view: SheetView) -> tuple[str, str]:
    if view.signed:
        return "met", "Signed"
    if not view.required:
        return "todo", "Nothing to sign yet"
    if any(signer.rejected for signer in view.signers):
        return "red", "Rejected in part"
    if any(signer.changed for signer in view.signers):
        return "stale", "Changed since it was signed"
    return "waiting", "Waiting for signatures"
