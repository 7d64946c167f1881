"""The date of a meeting for calendars: a file to download, and mails that carry it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from icalendar import Calendar, Event, vCalAddress, vText
from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core import audit, outbox
from phases.core.mail import Attachment, Mail, compose, link, register, settings
from phases.core.models import Contact, Engagement, User
from phases.mechanisms.meeting.events import MeetingDropped, MeetingInvited
from phases.mechanisms.meeting.models import MeetingRecord
from phases.mechanisms.meeting.queries import MeetingView, meeting_of, meeting_view, slot_of
from phases.mechanisms.page import situation_for
from phases.mechanisms.situation import Situation

KIND = "meeting"
CALLED_OFF = "meeting_called_off"


def init() -> None:
    """Send the date when somebody is invited, and call it off when the meeting is given up."""
    register(KIND, invitation)
    register(CALLED_OFF, called_off)
    jobs = audit.JOBS.setdefault(MeetingInvited, [])
    if tell_date not in jobs:
        jobs.append(tell_date)
        audit.JOBS.setdefault(MeetingDropped, []).append(tell_off)


def tell_date(session: Session, engagement: Engagement, event: MeetingInvited) -> None:
    """A mail to each of those invited."""
    for ref in event.people:
        _put(session, engagement, KIND, ref, event.subject, event.number)


def tell_off(session: Session, engagement: Engagement, event: MeetingDropped) -> None:
    """A mail to each who was invited to a meeting that does not take place."""
    row = _row(session, engagement, event.subject, event.number)
    for ref in (row.invited if row else None) or []:
        _put(session, engagement, CALLED_OFF, ref, event.subject, event.number)


def _put(
    session: Session, engagement: Engagement, kind: str, ref: str, key: str, number: int
) -> None:
    data = {"to": ref, "engagement": engagement.id, "meeting": key, "number": number}
    once = f"{kind}:{engagement.id}:{key}:{number}:{ref}:{engagement.chain_length}"
    outbox.put(session, kind, data, engagement, key=once)


def _row(session: Session, engagement: Engagement, key: str, number: int) -> MeetingRecord | None:
    query = select(MeetingRecord).where(
        MeetingRecord.engagement_id == engagement.id,
        MeetingRecord.meeting == key,
        MeetingRecord.number == number,
    )
    return session.scalar(query)


# --- the mails, built when they are sent ----------------------------------------------------------


def invitation(session: Session, data: dict[str, Any]) -> Mail | None:
    """The date with its calendar file; none once the meeting is over or given up."""
    found = _found(session, data)
    if found is None:
        return None
    person, s, view, row = found
    if view.slot.over or view.starts is None:
        return None
    return _mail("meeting", person, s, view, row, cancelled=False)


def called_off(session: Session, data: dict[str, Any]) -> Mail | None:
    """That the meeting does not take place; none where it does after all."""
    found = _found(session, data)
    if found is None or not found[2].dropped:
        return None
    person, s, view, row = found
    return _mail("meeting_called_off", person, s, view, row, cancelled=True)


def _found(
    session: Session, data: dict[str, Any]
) -> tuple[Contact | User, Situation, MeetingView, MeetingRecord] | None:
    person = _person(session, data["to"])
    s = situation_for(session, session.get_one(Engagement, data["engagement"]))
    if person is None or data["meeting"] not in s.playbook.items:
        return None
    meeting = meeting_of(s, data["meeting"])
    slot = slot_of(s, meeting, data["number"])
    if slot.record is None:
        return None
    return person, s, meeting_view(s, meeting, slot), slot.record


def _person(session: Session, ref: str) -> Contact | User | None:
    """The contact or user *ref*, unless removed or disabled."""
    if ref.startswith("c"):
        contact = session.get(Contact, int(ref[1:]))
        return contact if contact is not None and contact.removed_at is None else None
    user = session.get(User, int(ref[1:]))
    return user if user is not None and user.active else None


def _mail(
    template: str, person: Contact | User, s: Situation, view: MeetingView, row: MeetingRecord,
    *, cancelled: bool,
) -> Mail:  # fmt: skip
    method = "CANCEL" if cancelled else "REQUEST"
    there = link(address(s, view)) if isinstance(person, User) else ""
    mail = compose(
        template, person.name, person.email, customer=s.engagement.customer, view=view,
        when=when(s, view), link=there,
    )  # fmt: skip
    file = Attachment(
        "invite.ics", calendar(s, view, row, cancelled=cancelled), "calendar", (("method", method),)
    )
    return replace(mail, attachments=(file,))


def when(s: Situation, view: MeetingView) -> str:
    """The day and the hours, with their zone: ``Fri 20 Nov 2026, 10:00–11:00 (Europe/Berlin)``."""
    if view.starts is None or view.ends is None:
        return ""
    at = view.starts
    return f"{at:%a} {at.day} {at:%b %Y, %H:%M}–{view.ends:%H:%M} ({s.engagement.time_zone})"


def address(s: Situation, view: MeetingView) -> str:
    """Where the meeting's page is."""
    return f"/e/{s.engagement.slug}/meeting/{view.key}?number={view.number}"


# --- the calendar file ----------------------------------------------------------------------------


def calendar(
    s: Situation, view: MeetingView, row: MeetingRecord, *, cancelled: bool = False
) -> str:
    """The meeting as an iCalendar file: the same identity in every version, so that it is moved."""
    event = Event()
    host = urlsplit(current_app.config["BASE_URL"]).hostname or "localhost"
    event.add("uid", f"{s.engagement.slug}.{view.key}.{view.number}@{host}")
    event.add("sequence", row.version)
    event.add("dtstamp", row.changed_at)
    starts = row.planned_at or row.changed_at
    event.add("dtstart", starts)
    event.add("dtend", starts + timedelta(minutes=view.minutes))
    event.add("summary", f"{view.title} – {s.engagement.customer}")
    event.add("description", "\n".join(_description(view)))
    if view.place:
        event.add("location", view.place)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event["organizer"] = _organizer(s)
    for name, email in _addresses(s, row):
        person = vCalAddress(f"mailto:{email}")
        person.params["cn"] = vText(name)
        event.add("attendee", person, encode=False)
    found = Calendar()
    found.add("prodid", "-//Q2C Playbook//Meetings//EN")
    found.add("version", "2.0")
    found.add("method", "CANCEL" if cancelled else "REQUEST")
    found.add_component(event)
    return found.to_ical().decode()


def _description(view: MeetingView) -> list[str]:
    lines = [view.focus]
    lines += [f"{line.minutes}: {line.title}".lstrip(": ") for line in view.lines]
    return lines


def _organizer(s: Situation) -> vCalAddress:
    member = next((m for m in s.records.members if m.role == "architect"), None)
    email = member.user.email if member else settings().mail_from
    found = vCalAddress(f"mailto:{email}")
    found.params["cn"] = vText(member.user.name if member else settings().firm_name)
    return found


def _addresses(s: Situation, row: MeetingRecord) -> list[tuple[str, str]]:
    people = {
        member.user.ref: (member.user.name, member.user.email) for member in s.records.members
    }
    people |= {contact.ref: (contact.name, contact.email) for contact in s.records.contacts}
    return [people[ref] for ref in row.attendees or [] if ref in people]
