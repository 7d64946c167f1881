"""A text on the page of its phase."""

from __future__ import annotations

from phases.mechanisms.panels import Panel
from phases.mechanisms.situation import Situation
from phases.mechanisms.writing.queries import PassageView, passages_of
from playbook.models import Writing


def panel(s: Situation, item: Writing) -> Panel:
    """How many sections are accepted as read, and what the rest wait for."""
    views = passages_of(s, item)
    read = sum(view.state == "read" for view in views)
    state, label = _state(s, item, views, read)
    return Panel(
        key=item.key, title=s.plain(item.title), kind="writing",
        href=f"/e/{s.engagement.slug}/text/{item.key}", state=state, label=label,
        sentence=_sentence(views), done=read, total=len(views),
    )  # fmt: skip


def _state(s: Situation, text: Writing, views: list[PassageView], read: int) -> tuple[str, str]:
    if not s.applies(text) or not views:
        return "na", "Not applicable"
    if any(view.state == "marked" for view in views):
        return "blocked", "To settle"
    if any(view.behind or view.state == "changed" for view in views):
        return "watch", "Records have changed"
    if read == len(views):
        return "done", "Read"
    return ("doing", "Doing") if any(view.version for view in views) else ("todo", "Draft")


def _sentence(views: list[PassageView]) -> str:
    lacking = sum(bool(view.missing) for view in views)
    if lacking:
        return f"{lacking} of {len(views)} sections lack records"
    edited = sum(view.edited for view in views)
    return f"{edited} of {len(views)} sections edited" if edited else ""
