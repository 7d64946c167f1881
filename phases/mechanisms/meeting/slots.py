"""Which meetings of a kind there are: those said something of, and those its rule proposes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from phases.mechanisms.meeting.models import MeetingRecord
from phases.mechanisms.situation import Situation
from playbook.models import Meeting

AHEAD = timedelta(days=92)
"""How far ahead a series is laid out."""

LABELS = {
    "held": "Held", "running": "Running", "today": "Today", "planned": "Planned",
    "overdue": "Was it held?", "unplanned": "Plan it now", "proposed": "Proposed",
    "open": "No date yet", "missed": "Missed", "dropped": "Does not take place",
    "past": "Not recorded",
}  # fmt: skip
CHIPS = {
    "held": "done", "running": "watch", "today": "watch", "planned": "waiting", "overdue": "red",
    "unplanned": "red", "proposed": "todo", "open": "todo", "missed": "blocked", "dropped": "na",
    "past": "na",
}  # fmt: skip
OVER = ("held", "dropped", "missed", "past")
URGENT = ("running", "today", "overdue", "unplanned")


@dataclass(frozen=True)
class Slot:
    """One meeting of a kind. ``due`` is the day the playbook proposes, ``day`` the day that counts.

    ``state`` is held, running, today, planned, overdue (its day has passed), unplanned (the
    proposed day has come), proposed, open (no day known), missed (the next one of its series has
    come), past (its phase's gate was passed without it) or dropped.
    """

    number: int
    due: date | None
    record: MeetingRecord | None
    state: str
    day: date | None

    @property
    def label(self) -> str:
        return LABELS[self.state]

    @property
    def chip(self) -> str:
        return CHIPS[self.state]

    @property
    def over(self) -> bool:
        """Whether nothing more is to be done about it."""
        return self.state in OVER


def zone_of(s: Situation) -> ZoneInfo:
    """The zone in which the engagement's hours are told."""
    return ZoneInfo(s.engagement.time_zone)


def local(s: Situation, at: datetime | None) -> datetime | None:
    """An instant in the engagement's zone."""
    return at.astimezone(zone_of(s)) if at else None


def slots(s: Situation, meeting: Meeting) -> list[Slot]:
    """Every meeting of this kind in order of number, the first also before anybody said anything.

    A series numbers its dates from one, so that a moved anchor moves the dates still to come and
    no record; a meeting that is held once may be held again, with the next number.
    """
    return s.once(("meetings", meeting.key), lambda: _slots(s, meeting))


def _slots(s: Situation, meeting: Meeting) -> list[Slot]:
    kept = {row.number: row for row in s.records.meetings.get(meeting.key, [])}
    dates = dict(enumerate(proposals(s, meeting), start=1))
    numbers = sorted({*kept, *dates}) or [1]
    return [
        _slot(s, meeting, number, dates.get(number), kept.get(number), dates.get(number + 1))
        for number in numbers
    ]


def proposals(s: Situation, meeting: Meeting) -> list[date]:
    """The days on which the playbook would have the meeting; none while its anchor is unknown."""
    if meeting.repeats:
        return s.dates(meeting.repeats, s.today + AHEAD)
    due = s.due(meeting.planned)
    return [due] if due else []


def _slot(
    s: Situation, meeting: Meeting, number: int, due: date | None, row: MeetingRecord | None,
    following: date | None,
) -> Slot:  # fmt: skip
    planned = local(s, row.planned_at) if row else None
    day = planned.date() if planned else due
    state = state_of(row, day, due, following, s.today)
    if row is None and not meeting.repeats and behind(s, meeting):
        state = "past"
    return Slot(number, due, row, state, day)


def behind(s: Situation, meeting: Meeting) -> bool:
    """Whether the gate at the end of the meeting's phase has been passed."""
    phase = s.playbook.subphase(meeting.subphase).phase
    codes = {part.code for part in s.playbook.subphases_of(phase)}
    gates = [g for g in s.playbook.gates if g.subphase in codes and g.subphase >= meeting.subphase]
    return any(s.anchors.get(f"gate_{gate.subphase}") for gate in gates)


def state_of(
    row: MeetingRecord | None, day: date | None, due: date | None, following: date | None,
    today: date,
) -> str:  # fmt: skip
    """The state of a meeting; see ``Slot``. *following* is the next day of its series, if any."""
    if row is not None and (over := _said(row)):
        return over
    if row is not None and row.planned_at and day is not None:
        return "today" if day == today else "planned" if day > today else "overdue"
    if due is None:
        return "open"
    if following is not None and following <= today:
        return "missed"
    return "proposed" if due > today else "unplanned"


def _said(row: MeetingRecord) -> str:
    if row.dropped:
        return "dropped"
    if row.ended_at:
        return "held"
    return "running" if row.started_at else ""


def current(found: list[Slot]) -> Slot:
    """The one that a page opens with: running, else the first that is not over, else the last."""
    for slot in found:
        if slot.state == "running":
            return slot
    return next((slot for slot in found if not slot.over), found[-1])


def next_number(s: Situation, meeting: Meeting) -> int:
    """The number that one more meeting of this kind would have, 0 while one is still to come."""
    found = slots(s, meeting)
    return found[-1].number + 1 if all(slot.over for slot in found) else 0


def held(found: list[Slot]) -> list[Slot]:
    """Those held, newest first."""
    return [slot for slot in reversed(found) if slot.state == "held"]
