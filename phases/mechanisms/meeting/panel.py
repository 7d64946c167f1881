"""A meeting on the page of its phase."""

from __future__ import annotations

from phases.mechanisms.meeting.slots import Slot, current, held, slots
from phases.mechanisms.naming import day
from phases.mechanisms.panels import Panel
from phases.mechanisms.situation import Situation
from playbook.models import Meeting


def panel(s: Situation, item: Meeting) -> Panel:
    """When it is, or that it was held, and what it leaves."""
    found = slots(s, item) if s.applies(item) else []
    state, label, sentence = "na", "Not applicable", ""
    if found:
        slot = current(found)
        state, label, sentence = slot.chip, slot.label, _sentence(s, item, slot, found)
    return Panel(
        key=item.key, title=s.plain(item.title), kind="meeting",
        href=f"/e/{s.engagement.slug}/meeting/{item.key}", state=state, label=label,
        sentence=sentence,
    )  # fmt: skip


def _sentence(s: Situation, meeting: Meeting, slot: Slot, found: list[Slot]) -> str:
    words = [day(s, slot.day)] if slot.day else []
    if meeting.repeats:
        count = len(held(found))
        words.append(f"{count} held")
    elif meeting.minutes:
        low, high = meeting.minutes
        words.append(f"{low} min" if low == high else f"{low}–{high} min")
    return " · ".join(words) or s.plain(meeting.focus)
