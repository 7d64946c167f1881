"""The playbook's checks of meetings. One that does not apply has nothing to lack."""

from __future__ import annotations

from phases.core.facts import Finding, Lack, met, unmet
from phases.mechanisms.meeting.slots import Slot, current, held, slots
from phases.mechanisms.naming import day
from phases.mechanisms.situation import Situation
from playbook import checks
from playbook.models import Meeting


def meetings_held(check: checks.MeetingsHeld, s: Situation) -> Finding:
    """Each meeting that applies was held, with those who came recorded."""
    meetings = [s.playbook.get(key, Meeting) for key in check.meetings]
    wanted = [meeting for meeting in meetings if s.applies(meeting)]
    if not wanted:
        return met("None of the meetings applies.")
    lacks = [lack for meeting in wanted if (lack := _lack(s, meeting))]
    if lacks:
        return unmet(lacks)
    last = [f"“{s.plain(m.title)}” on {day(s, held(slots(s, m))[0].day)}" for m in wanted]
    return met(f"Held: {', '.join(last)}.")


def meetings_planned(check: checks.MeetingsPlanned, s: Situation) -> Finding:
    """Each meeting that applies has a day and an hour, or has been held."""
    wanted = [s.playbook.get(key, Meeting) for key in check.meetings]
    found = [(m, current(slots(s, m))) for m in wanted if s.applies(m)]
    if not found:
        return met("None of the meetings applies.")
    lacks = [
        Lack(f"“{s.plain(m.title)}” has no date yet.", "architect", f"meeting/{m.key}#plan")
        for m, slot in found
        if slot.record is None or slot.record.planned_at is None or slot.record.dropped
    ]
    if lacks:
        return unmet(lacks)
    days = [f"“{s.plain(m.title)}” for {day(s, slot.day)}" for m, slot in found]
    return met(f"Planned: {', '.join(days)}.")


def _lack(s: Situation, meeting: Meeting) -> Lack | None:
    found = slots(s, meeting)
    title, place = s.plain(meeting.title), f"meeting/{meeting.key}"
    over = held(found)
    if not over:
        return Lack(f"“{title}” has not been held{_when(s, current(found))}.", "architect", place)
    if not any(_came(slot) for slot in over):
        return Lack(f"“{title}” was held, but nobody says who came.", "architect", place)
    return None


def _came(slot: Slot) -> bool:
    return slot.record is not None and bool(slot.record.attendees or slot.record.others)


def _when(s: Situation, slot: Slot) -> str:
    if slot.state in ("planned", "today"):
        return f"; it is planned for {day(s, slot.day)}"
    return ""
