"""What may be done to a meeting: plan it, write it up while it runs, end it, give it up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from phases.core import audit
from phases.core.clock import now
from phases.core.errors import BadValue, Refusal, check_version
from phases.mechanisms.inputs import services as inputs
from phases.mechanisms.meeting import events
from phases.mechanisms.meeting.models import MeetingRecord
from phases.mechanisms.meeting.queries import meeting_of, slot_of
from phases.mechanisms.meeting.slots import local, zone_of
from phases.mechanisms.situation import PROFILE, Situation
from playbook.models import Meeting

LONGEST = 20_000
LONGEST_LINE = 500
MINUTES = range(5, 24 * 60 + 1)
FARTHEST = timedelta(days=3 * 366)
EARLIEST = timedelta(days=366)


@dataclass(frozen=True)
class Plan:
    """When and where, in the engagement's zone, and who comes (refs, and names one a line)."""

    day: date
    hour: time
    minutes: int
    place: str = ""
    attendees: tuple[str, ...] = ()
    others: str = ""


@dataclass(frozen=True)
class Minutes:
    """What is written up; None leaves a part as it is.

    ``notes`` are by the key of the agenda's line, "" for the whole; ``outcomes`` by key, each with
    whether it was reached and a note; ``confirmed`` are inputs, each with its version, and
    ``corrected`` others with what was typed and the version it was typed over.
    """

    notes: Mapping[str, str] | None = None
    brought: Sequence[str] | None = None
    outcomes: Mapping[str, tuple[bool, str]] | None = None
    attendees: Sequence[str] | None = None
    others: str | None = None
    confirmed: Mapping[str, int] | None = None
    corrected: Mapping[str, tuple[Any, int]] | None = None


def plan(
    session: Session, s: Situation, actor: str, key: str, number: int, given: Plan,
    version: int | None = None,
) -> MeetingRecord:  # fmt: skip
    """Set the day, the hour, the place and who comes.

    Raises:
        BadValue: the day is not within reach, or somebody is not of this engagement.
        Conflict: somebody changed it after *version*. Refusal: it is over.
    """
    meeting, row = _open(s, key, number)
    at = datetime.combine(given.day, given.hour, zone_of(s))
    _check_plan(s, given)
    _check_version(s, row, version, {"When": f"{at:%d %b %Y, %H:%M}", "Where": given.place})
    row.planned_at, row.minutes, row.place = at, given.minutes, given.place.strip()
    row.attendees = _people(s, row, given.attendees)
    row.others = _names(given.others)
    return _save(session, s, actor, row, events.MeetingPlanned(meeting.key, number, at))


def _check_plan(s: Situation, given: Plan) -> None:
    created = s.anchors["created"] or s.today
    if not created - EARLIEST <= given.day <= s.today + FARTHEST:
        raise BadValue("day", f"{given.day.isoformat()} is years away: is the year right?")
    if given.minutes not in MINUTES:
        raise BadValue("minutes", "A meeting lasts from 5 minutes to a day.")
    if len(given.place) > LONGEST_LINE:
        raise BadValue("place", f"At most {LONGEST_LINE} characters.")


def invite(session: Session, s: Situation, actor: str, key: str, number: int) -> MeetingRecord:
    """Say that everybody who is to come has been sent the date; the mail itself is a job of it.

    Raises:
        Refusal: there is no date, nobody to invite, or it is over.
    """
    meeting, row = _open(s, key, number)
    if row.planned_at is None or not row.version:
        raise Refusal("Set the day and the hour first, then send the invitation.")
    if not row.attendees:
        raise Refusal("Say first who is to come.")
    row.invited, row.invited_at = list(row.attendees), now()
    event = events.MeetingInvited(meeting.key, number, tuple(row.attendees))
    return _save(session, s, actor, row, event)


def start(session: Session, s: Situation, actor: str, key: str, number: int) -> MeetingRecord:
    """Begin now; a meeting planned for another day is moved to this one."""
    meeting, row = _open(s, key, number)
    if row.started_at:
        raise Refusal(f"“{meeting.title}” is running already.")
    row.started_at = now()
    if row.planned_at is None and not row.attendees:
        row.attendees = _expected(s, meeting)
    planned = local(s, row.planned_at)
    if planned is None or planned.date() != s.today:
        row.planned_at = row.started_at
    return _save(session, s, actor, row, events.MeetingStarted(meeting.key, number))


def write(
    session: Session, s: Situation, actor: str, key: str, number: int, given: Minutes,
    version: int | None = None,
) -> MeetingRecord:  # fmt: skip
    """Write up what was said, also after the end; inputs confirmed in it say so.

    Raises:
        BadValue: a note is too long, or somebody is not of this engagement.
        Conflict: somebody changed it after *version*.
    """
    meeting, row = _record(s, key, number)
    _not_dropped(meeting, row)
    _check_version(s, row, version, _typed(s, given))
    about = _write(s, meeting, row, given)
    _settle(session, s, actor, meeting, given)
    if not about:
        return row
    return _save(session, s, actor, row, events.MeetingNoted(meeting.key, number, about))


def _settle(session: Session, s: Situation, actor: str, meeting: Meeting, given: Minutes) -> None:
    """Confirm and correct inputs; a corrected one stands ASSUMED unless it is confirmed too."""
    confirmed, corrected = given.confirmed or {}, given.corrected or {}
    for name, seen in confirmed.items():
        if name not in corrected:
            with _field_of(name):
                inputs.confirm(session, s, actor, name, meeting.key, seen)
    for name, (typed, seen) in corrected.items():
        ticked = name in confirmed
        with _field_of(name):
            inputs.set_input(
                session, s, actor, name, typed, s.plain(meeting.title), seen, confirmed=ticked,
                meeting=meeting.key if ticked else "",
            )  # fmt: skip
        if name.startswith(PROFILE):
            s.engagement.version += 1


@contextmanager
def _field_of(name: str) -> Iterator[None]:
    """Have what is wrong with an input be told at its own field."""
    try:
        yield
    except BadValue as error:
        raise BadValue(f"fact-{name.replace('.', '-')}-value", error.message) from error


def end(
    session: Session, s: Situation, actor: str, key: str, number: int, given: Minutes,
    version: int | None = None,
) -> MeetingRecord:  # fmt: skip
    """End the meeting with what is written up; who came must be said.

    One that nobody started is taken to have been held when it was planned, else just now.

    Raises:
        BadValue: nobody is said to have come. Refusal: it is planned for a day to come, or over.
    """
    meeting, row = _open(s, key, number)
    row = write(session, s, actor, key, number, given, version)
    if not row.attendees and not row.others:
        raise BadValue("attendees", "Say who came: tick at least one person, or name one.")
    at = now()
    if row.started_at is None:
        if row.planned_at and row.planned_at > at:
            raise Refusal(
                "This meeting is planned for a day to come. Start it now, or move its date first."
            )
        row.started_at = row.planned_at or at
        at = min(at, row.started_at + timedelta(minutes=row.minutes or 0))
    row.planned_at = row.planned_at or row.started_at
    row.ended_at = max(at, row.started_at)
    count = len(row.others.splitlines())
    event = events.MeetingEnded(meeting.key, number, tuple(row.attendees), count)
    return _save(session, s, actor, row, event)


def reopen(session: Session, s: Situation, actor: str, key: str, number: int) -> MeetingRecord:
    """Take the end back: the meeting is running again."""
    meeting, row = _record(s, key, number)
    if not row.ended_at:
        raise Refusal(f"“{meeting.title}” has not ended.")
    row.ended_at = None
    return _save(session, s, actor, row, events.MeetingReopened(meeting.key, number))


def drop(
    session: Session, s: Situation, actor: str, key: str, number: int, reason: str
) -> MeetingRecord:
    """Say that the meeting does not take place, and why."""
    meeting, row = _open(s, key, number)
    if not reason.strip():
        raise BadValue("reason", "Say why it does not take place.")
    if len(reason) > LONGEST_LINE:
        raise BadValue("reason", f"At most {LONGEST_LINE} characters.")
    row.dropped = reason.strip()
    return _save(session, s, actor, row, events.MeetingDropped(meeting.key, number))


def restore(session: Session, s: Situation, actor: str, key: str, number: int) -> MeetingRecord:
    """Have a meeting that was given up take place after all."""
    meeting, row = _record(s, key, number)
    if not row.dropped:
        raise Refusal(f"“{meeting.title}” was not given up.")
    row.dropped = ""
    return _save(session, s, actor, row, events.MeetingRestored(meeting.key, number))


# --- within ---------------------------------------------------------------------------------------


def _record(s: Situation, key: str, number: int) -> tuple[Meeting, MeetingRecord]:
    meeting = meeting_of(s, key)
    if not s.applies(meeting):
        reason = s.applicability(meeting).reason
        raise Refusal(f"“{s.plain(meeting.title)}” does not apply here: {reason}")
    slot = slot_of(s, meeting, number)
    return meeting, slot.record or MeetingRecord(
        engagement_id=s.engagement.id, meeting=key, number=number, place="", attendees=[],
        others="", brought=[], notes={}, outcomes={}, dropped="", invited=[], version=0,
    )  # fmt: skip


def _open(s: Situation, key: str, number: int) -> tuple[Meeting, MeetingRecord]:
    meeting, row = _record(s, key, number)
    _not_dropped(meeting, row)
    if row.ended_at:
        raise Refusal(f"“{meeting.title}” has been held. Open it again first.")
    return meeting, row


def _not_dropped(meeting: Meeting, row: MeetingRecord) -> None:
    if row.dropped:
        raise Refusal(f"“{meeting.title}” does not take place: {row.dropped} Take that back first.")


def _write(s: Situation, meeting: Meeting, row: MeetingRecord, given: Minutes) -> tuple[str, ...]:
    """Put what is given into *row*; the keys of what changed."""
    before = {name: getattr(row, name) for name in ("notes", "outcomes", "brought", "attendees")}
    others = row.others
    if given.notes is not None:
        row.notes = _kept_notes(meeting, row, given.notes)
    if given.outcomes is not None:
        row.outcomes = _kept_outcomes(meeting, row, given.outcomes)
    if given.brought is not None:
        row.brought = [key for key in meeting.bring if key in given.brought]
    if given.attendees is not None:
        row.attendees = _people(s, row, given.attendees)
    if given.others is not None:
        row.others = _names(given.others)
    changed = [
        key for name in ("notes", "outcomes") for key in getattr(row, name)
        if getattr(row, name).get(key) != before[name].get(key)
    ]  # fmt: skip
    changed += [name for name in ("brought", "attendees") if getattr(row, name) != before[name]]
    changed += ["others"] if row.others != others else []
    return tuple(changed)


def _kept_notes(meeting: Meeting, row: MeetingRecord, given: Mapping[str, str]) -> dict[str, str]:
    known = {"", *meeting.agenda}
    for key, note in given.items():
        if len(note) > LONGEST:
            field = f"note-{key.replace('.', '-')}" if key else "notes"
            raise BadValue(field, f"{len(note):,} characters; {LONGEST:,} is the most.")
    new = {key: note.strip() for key, note in given.items() if key in known}
    return {key: note for key, note in {**row.notes, **new}.items() if note or key in row.notes}


def _kept_outcomes(
    meeting: Meeting, row: MeetingRecord, given: Mapping[str, tuple[bool, str]]
) -> dict[str, Any]:
    for key, (_, note) in given.items():
        if len(note) > LONGEST:
            field = f"outcome-note-{key.replace('.', '-')}"
            raise BadValue(field, f"{len(note):,} characters; {LONGEST:,} is the most.")
    new = {
        key: {"done": done, "note": note.strip()}
        for key, (done, note) in given.items()
        if key in meeting.leave and (done or note.strip() or key in row.outcomes)
    }
    return {**row.outcomes, **new}


def _people(s: Situation, row: MeetingRecord, refs: Iterable[str]) -> list[str]:
    """The people chosen, in the order of the team; those who have left since stay recorded."""
    known = [member.user.ref for member in s.records.members]
    known += [contact.ref for contact in s.records.contacts]
    chosen, gone = set(refs), [ref for ref in row.attendees if ref not in known]
    if chosen - {*known, *gone}:
        raise BadValue("attendees", "Choose people of this engagement.")
    return [*(ref for ref in dict.fromkeys(known) if ref in chosen), *gone]


def _expected(s: Situation, meeting: Meeting) -> list[str]:
    wanted = {*meeting.attendees, "architect"}
    people = [(m.user.ref, m.role) for m in s.records.members]
    people += [(c.ref, c.role) for c in s.records.contacts]
    return list(dict.fromkeys(ref for ref, role in people if role in wanted))


def _names(text: str) -> str:
    """Names of people who are no contacts, one a line."""
    if len(text) > LONGEST_LINE * 4:
        raise BadValue("others", f"At most {LONGEST_LINE * 4} characters.")
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def _typed(s: Situation, given: Minutes) -> dict[str, str]:
    items = s.playbook.items
    notes = {
        items[key].title if key in items else "Notes": note
        for key, note in (given.notes or {}).items()
    }
    said = {items[key].title: note for key, (_, note) in (given.outcomes or {}).items()}
    return notes | {title: note for title, note in said.items() if note}


def _check_version(
    s: Situation, row: MeetingRecord, version: int | None, kept: dict[str, str]
) -> None:
    at = local(s, row.planned_at)
    theirs = {"When": f"{at:%d %b %Y, %H:%M}" if at else "", "Where": row.place}
    theirs |= {
        s.playbook.items[key].title if key in s.playbook.items else "Notes": note
        for key, note in (row.notes or {}).items()
    }
    check_version(row.version, version, kept=kept, theirs=theirs)


def _save(
    session: Session, s: Situation, actor: str, row: MeetingRecord, event: Any
) -> MeetingRecord:
    row.version += 1
    row.changed_by = actor
    session.add(row)
    session.flush()
    s.records.forget("meetings")
    audit.record(session, s.engagement, actor, event)
    return row
