"""Saying that a trigger tripped, and what was done about it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core import audit
from phases.core.clock import now
from phases.core.errors import BadValue, Refusal, check_version
from phases.mechanisms.notices import tell
from phases.mechanisms.situation import Situation
from phases.mechanisms.trigger import events
from phases.mechanisms.trigger.models import Trip
from phases.mechanisms.trigger.queries import trigger_of, trigger_view
from playbook.models import Trigger

LONGEST = 2000


def say_trip(
    session: Session, s: Situation, actor: str, key: str, on: date | None, note: str
) -> Trip:
    """Say that what the trigger waits for happened on the day *on*; whom it names are told, once.

    Raises:
        BadValue: no day or one that lies ahead, no words, or it was said of that day already.
    """
    trigger = trigger_of(s, key)
    note = _checked(note, "Say what happened.", "note")
    if on is None:
        raise BadValue("on", "Say on which day it happened.")
    if on > s.today:
        raise BadValue("on", "That day lies ahead. Say it when it has happened.")
    row = _stored(session, s, trigger, on)
    if row is not None and row.said_by:
        raise BadValue("on", f"{on.day} {on:%b %Y} was said already: {row.note}")
    row = row or Trip(engagement_id=s.engagement.id, trigger=key, on=on, answer="", version=0)
    row.note, row.said_by, row.said_at = note, actor, now()
    row.answered_at = None
    _save(session, s, actor, row, events.TriggerTripped(key, on))
    tell(
        session, s, trigger.told, topic="trigger", item=key,
        place=f"triggers#{key.replace('.', '-')}", key=f"said:{row.id}",
    )  # fmt: skip
    return row


def answer_trip(
    session: Session, s: Situation, actor: str, key: str, on: date, answer: str,
    version: int | None = None,
) -> Trip:  # fmt: skip
    """Say what was done about it; the trigger is no longer red for that time.

    Raises:
        BadValue: no words. Conflict: somebody answered meanwhile. Refusal: it did not trip then.
    """
    trigger = trigger_of(s, key)
    answer = _checked(answer, "Say what was done about it.", "answer")
    trip = next((t for t in trigger_view(s, trigger).trips if t.on == on), None)
    if trip is None:
        raise Refusal(f"“{s.plain(trigger.title)}” did not trip on {on.day} {on:%b %Y}.")
    row = _stored(session, s, trigger, on) or Trip(
        engagement_id=s.engagement.id, trigger=key, on=on, note="", said_by="", answer="", version=0
    )
    check_version(row.version, version, kept={"Answer": answer}, theirs={"Answer": row.answer})
    row.answer, row.answered_by, row.answered_at = answer, actor, now()
    return _save(session, s, actor, row, events.TriggerAnswered(key, on))


def _checked(text: str, missing: str, field: str) -> str:
    text = text.strip()
    if not text:
        raise BadValue(field, missing)
    if len(text) > LONGEST:
        raise BadValue(field, f"{len(text)} characters; {LONGEST} is the most.")
    return text


def _stored(session: Session, s: Situation, trigger: Trigger, on: date) -> Trip | None:
    return session.scalar(
        select(Trip).where(
            Trip.engagement_id == s.engagement.id, Trip.trigger == trigger.key, Trip.on == on
        )
    )


def _save(
    session: Session, s: Situation, actor: str, row: Trip,
    event: events.TriggerTripped | events.TriggerAnswered,
) -> Trip:  # fmt: skip
    row.version += 1
    session.add(row)
    session.flush()
    s.records.forget("trips")
    audit.record(session, s.engagement, actor, event)
    return row
