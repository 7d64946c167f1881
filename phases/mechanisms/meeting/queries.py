"""A meeting as its page sees it: its plan, its agenda with what was noted, who comes, what came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from phases.core.clock import now
from phases.core.errors import Missing
from phases.core.facts import Lack
from phases.mechanisms.meeting.models import MeetingRecord
from phases.mechanisms.meeting.slots import Slot, held, local, next_number, slots
from phases.mechanisms.situation import Situation
from playbook.models import Meeting, Point

UNSAID = MeetingRecord(
    meeting="", number=1, place="", attendees=[], others="", brought=[], notes={}, outcomes={},
    dropped="", invited=[], version=0, changed_by="",
)  # fmt: skip
"""What stands in the place of the row of a meeting nobody has said anything of."""
USUAL_MINUTES = 60
USUAL_HOUR = "10:00"


@dataclass(frozen=True)
class LineView:
    """A line of the agenda with what was noted; minutes count from the meeting's start."""

    key: str
    title: str
    text: str
    start: int | None
    end: int | None
    note: str
    now: bool

    @property
    def name(self) -> str:
        """Its field in the form."""
        return f"note-{dashed(self.key)}"

    @property
    def minutes(self) -> str:
        """When it is, in words: ``0–15 min``; empty if content does not say."""
        if self.start is None:
            return ""
        return f"{self.start}–{self.end} min" if self.end is not None else f"from {self.start} min"


@dataclass(frozen=True)
class TickView:
    """A thing to bring, or to leave with: whether it is there, and a note on the latter.

    A ``computed`` one is read from the records; ``words`` say what it found, ``lacks`` what is
    missing.
    """

    key: str
    title: str
    text: str
    done: bool
    note: str = ""
    computed: bool = False
    words: str = ""
    lacks: tuple[Lack, ...] = ()

    @property
    def name(self) -> str:
        """What its fields in the form are called after."""
        return dashed(self.key)


@dataclass(frozen=True)
class PersonView:
    """Somebody of the engagement. ``wanted``: the playbook would have the role at the meeting."""

    ref: str
    name: str
    role: str
    wanted: bool
    comes: bool
    invited: bool


@dataclass(frozen=True)
class MeetingView:
    """One meeting of a kind, ready to show. ``version`` is 0 while nobody has said anything."""

    key: str
    title: str
    text: str
    focus: str
    output: str
    cuts: str
    subphase: str
    roles: tuple[str, ...]
    usual_minutes: str
    slot: Slot
    series: tuple[Slot, ...]
    past: tuple[Slot, ...]
    repeats: bool
    again: int
    starts: datetime | None
    minutes: int
    place: str
    started: datetime | None
    ended: datetime | None
    elapsed: int
    lines: tuple[LineView, ...]
    notes: str
    bring: tuple[TickView, ...]
    leave: tuple[TickView, ...]
    people: tuple[PersonView, ...]
    others: str
    dropped: str
    invited_at: datetime | None
    changed_since_invited: bool
    who: str
    at: datetime | None
    version: int

    @property
    def state(self) -> str:
        return self.slot.state

    @property
    def number(self) -> int:
        return self.slot.number

    @property
    def present(self) -> tuple[str, ...]:
        """Names of those who came, or are to come."""
        names = [person.name for person in self.people if person.comes]
        return (*names, *filter(None, map(str.strip, self.others.splitlines())))

    @property
    def reached(self) -> int:
        return sum(tick.done for tick in self.leave)

    @property
    def ends(self) -> datetime | None:
        """When it is planned to end."""
        return self.starts + timedelta(minutes=self.minutes) if self.starts else None

    @property
    def day(self) -> str:
        """The date for the form: as planned, else as proposed."""
        found = self.starts or self.slot.due
        return f"{found:%Y-%m-%d}" if found else ""

    @property
    def hour(self) -> str:
        return f"{self.starts:%H:%M}" if self.starts else USUAL_HOUR


def dashed(key: str) -> str:
    """A key as a name of fields and a place on the page."""
    return key.replace(".", "-")


def meeting_of(s: Situation, key: str) -> Meeting:
    """The meeting *key* of the engagement's playbook.

    Raises:
        Missing: there is none.
    """
    item = s.playbook.items.get(key)
    if not isinstance(item, Meeting):
        raise Missing
    return item


def slot_of(s: Situation, meeting: Meeting, number: int) -> Slot:
    """The *number*-th meeting of its kind, also one that would be the next.

    Raises:
        Missing: there is none, nor would it be the next.
    """
    for slot in slots(s, meeting):
        if slot.number == number:
            return slot
    if number and number == next_number(s, meeting):
        return Slot(number, None, None, "open", None)
    raise Missing


def meeting_view(s: Situation, meeting: Meeting, slot: Slot) -> MeetingView:
    """All that the page of one meeting shows."""
    row = slot.record or UNSAID
    series = slots(s, meeting)
    started = local(s, row.started_at)
    elapsed = _minutes_since(started, local(s, row.ended_at))
    running = slot.state == "running"
    return MeetingView(
        key=meeting.key, title=s.plain(meeting.title), text=s.text(meeting.text),
        focus=s.plain(meeting.focus), output=s.plain(meeting.output), cuts=meeting.cuts,
        subphase=meeting.subphase,
        roles=tuple(s.playbook.role(role).title for role in meeting.attendees),
        usual_minutes=_range(meeting.minutes), slot=slot, series=tuple(series),
        past=tuple(held(series)), repeats=meeting.repeats is not None,
        again=next_number(s, meeting), starts=local(s, row.planned_at),
        minutes=row.minutes or _usual(meeting), place=row.place or "", started=started,
        ended=local(s, row.ended_at), elapsed=elapsed,
        lines=_lines(s, meeting, row, elapsed if running else -1),
        notes=(row.notes or {}).get("", ""), bring=_bring(s, meeting, row),
        leave=_leave(s, meeting, row), people=people_of(s, meeting, row), others=row.others or "",
        dropped=row.dropped or "", invited_at=row.invited_at,
        changed_since_invited=row.invited_at is not None and not _told(row),
        who=s.people.name(row.changed_by or ""), at=row.changed_at, version=row.version,
    )  # fmt: skip


def _told(row: MeetingRecord) -> bool:
    """Whether everybody who is to come has had the mail."""
    return set(row.attendees or []) <= set(row.invited or [])


def _minutes_since(started: datetime | None, ended: datetime | None) -> int:
    if started is None:
        return 0
    return max(0, int(((ended or now()) - started).total_seconds() // 60))


def _range(minutes: tuple[int, int] | None) -> str:
    if minutes is None:
        return ""
    low, high = minutes
    return f"{low} min" if low == high else f"{low}–{high} min"


def _usual(meeting: Meeting) -> int:
    return meeting.minutes[1] if meeting.minutes else USUAL_MINUTES


def _lines(
    s: Situation, meeting: Meeting, row: MeetingRecord, elapsed: int
) -> tuple[LineView, ...]:
    """The agenda; *elapsed* minutes into the meeting one line is now, none when negative."""
    points = [point for point in meeting.agenda.values() if s.applies(point)]
    notes = row.notes or {}
    return tuple(
        LineView(
            point.key, s.plain(point.title), s.text(point.text), point.from_minute, point.to_minute,
            notes.get(point.key, ""), _is_now(point, elapsed),
        )
        for point in points
    )  # fmt: skip


def _is_now(point: Point, elapsed: int) -> bool:
    if point.from_minute is None or elapsed < point.from_minute:
        return False
    return point.to_minute is None or elapsed < point.to_minute


def _bring(s: Situation, meeting: Meeting, row: MeetingRecord) -> tuple[TickView, ...]:
    there = set(row.brought or [])
    return tuple(
        TickView(p.key, s.plain(p.title), s.text(p.text), p.key in there)
        for p in meeting.bring.values()
        if s.applies(p)
    )


def _leave(s: Situation, meeting: Meeting, row: MeetingRecord) -> tuple[TickView, ...]:
    said = row.outcomes or {}
    points = [point for point in meeting.leave.values() if s.applies(point)]
    return tuple(_outcome(s, point, said.get(point.key, {})) for point in points)


def _outcome(s: Situation, point: Point, said: dict[str, Any]) -> TickView:
    title, text, note = s.plain(point.title), s.text(point.text), said.get("note", "")
    if not point.done_when:
        return TickView(point.key, title, text, bool(said.get("done")), note)
    found = s.find_all(point.done_when)
    words = found.evidence if found.met else ""
    return TickView(point.key, title, text, found.met, note, True, words, found.lacks)


def people_of(s: Situation, meeting: Meeting, row: MeetingRecord) -> tuple[PersonView, ...]:
    """Everybody on the engagement: those the playbook wants there first.

    Before anybody has said who comes, those wanted and the architect are taken to.
    """
    titles = {slug: role.title for slug, role in s.playbook.roles.items()}
    known = {member.user.ref: (member.user.name, member.role) for member in s.records.members}
    known |= {contact.ref: (contact.name, contact.role) for contact in s.records.contacts}
    wanted = {*meeting.attendees, "architect"}
    said = row.planned_at or row.ended_at or row.attendees
    coming = set(row.attendees or []) if said else None
    found = [
        PersonView(
            ref, name, titles.get(role, role), role in wanted,
            role in wanted if coming is None else ref in coming, ref in (row.invited or []),
        )
        for ref, (name, role) in known.items()
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda person: not person.wanted))
