"""What is open with whom, what will be written to them, and writing it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from phases.core import audit, outbox
from phases.core.clock import now
from phases.core.errors import Conflict, Missing, Refusal
from phases.core.models import Contact, Invitation
from phases.mechanisms.homework import events
from phases.mechanisms.homework.course import Digest, Open, Sent, Stop, digests
from phases.mechanisms.homework.models import ChaseStop, FollowUp, known_since
from phases.mechanisms.homework.pieces import Piece, held, pieces
from phases.mechanisms.situation import Situation
from playbook.due import next_business_day

SYSTEM = "system"
MORNING = time(8)
"""When mails of the day go out, by the engagement's clock."""


@dataclass
class Chase:
    """Everything that decides who is written to: the open items, what was sent and stopped."""

    s: Situation
    summary: Any
    mails: Sequence[FollowUp]
    stops: Sequence[ChaseStop]
    invited: dict[int, datetime]

    @cached_property
    def pieces(self) -> list[Piece]:
        """Every item, done or not; a section that somebody else's form covers is not chased."""
        return pieces(self.s, self.summary)

    @cached_property
    def open(self) -> list[Open]:
        """Each open item with each person who has it and was invited."""
        return [
            Open(piece.key, contact.ref, asked, piece.critical, self._tells(piece))
            for piece in self.pieces
            if piece.open
            for contact in self.people_of(piece)
            if (asked := self._asked(piece, contact)) is not None
        ]

    def people_of(self, piece: Piece) -> tuple[Contact, ...]:
        """Whom to ask: whoever has it by name; of those who have it by role, all."""
        if piece.kind == "section":  # without a name it is part of its form
            found = held(self.s, piece)
            return found.people if found.ask is not None else ()
        return held(self.s, piece).people

    def _asked(self, piece: Piece, contact: Contact) -> date | None:
        """The day on which *contact* could first know of it; None while nobody invited them."""
        invited = self.invited.get(contact.id)
        if invited is None:
            return None
        ask = held(self.s, piece).ask
        zone = ZoneInfo(self.s.engagement.time_zone)
        since = max(invited, known_since(ask)) if ask is not None else invited
        begun = self._begun(piece)
        day = since.astimezone(zone).date()
        return max(day, begun) if begun else day

    def _begun(self, piece: Piece) -> date | None:
        """When the phase of *piece* began: with the passing of the gate before."""
        passed = [
            day
            for gate in self.s.playbook.gates
            if gate.subphase < piece.subphase
            and (day := self.s.anchors.get(f"gate_{gate.subphase}"))
        ]
        return max(passed, default=None)

    def _tells(self, piece: Piece) -> tuple[str, ...]:
        role = piece.tells
        return tuple(c.ref for c in self.s.records.contacts if role and c.role == role)

    @cached_property
    def sent(self) -> list[Sent]:
        """What was written, as the course reads it."""
        return [
            Sent(m.person, m.day, tuple(m.items), tuple((i, p) for i, p in m.told))
            for m in self.mails
        ]

    @cached_property
    def halted(self) -> list[Stop]:
        return [Stop(stop.item, stop.person) for stop in self.stops if stop.ended_at is None]

    @cached_property
    def plan(self) -> list[Digest]:
        """The next mail to each person, today or later."""
        return digests(self.open, self.sent, self.halted, self.s.today, self.s.holidays)

    def may_write(self, item: str, person: str) -> bool:
        return not any(stop.stops(item, person) for stop in self.halted)

    def open_with(self, person: str) -> list[Open]:
        """What is open with *person* and not stopped."""
        return [
            one for one in self.open if one.person == person and self.may_write(one.item, person)
        ]


def chase_of(session: Session, s: Situation, summary: Any) -> Chase:
    """The chase of one engagement."""
    key = s.engagement.id
    mails = session.scalars(
        select(FollowUp).where(FollowUp.engagement_id == key).order_by(FollowUp.id)
    ).all()
    stops = session.scalars(
        select(ChaseStop).where(ChaseStop.engagement_id == key).order_by(ChaseStop.id)
    ).all()
    first = session.execute(
        select(Invitation.contact_id, func.min(Invitation.created_at))
        .where(Invitation.engagement_id == key)
        .group_by(Invitation.contact_id)
    )
    return Chase(s, summary, mails, stops, dict(first.tuples().all()))


def follow_up_today(session: Session, s: Situation, summary: Any) -> int:
    """Have every mail that is due today written; how many. Again on the same day: none."""
    chase = chase_of(session, s, summary)
    due = [digest for digest in chase.plan if digest.day == s.today]
    for digest in due:
        _write(session, s, SYSTEM, digest)
    return len(due)


def send_now(session: Session, s: Situation, summary: Any, actor: str, person: str) -> date:
    """Write to *person* about all that is open with them; the day on which the mail goes out.

    That is today, or the next business day of the customer's.

    Raises:
        Refusal: nothing is open, or it is stopped. Conflict: there is a mail of that day already.
    """
    chase = chase_of(session, s, summary)
    planned = next((digest for digest in chase.plan if digest.person == person), None)
    items = [one.item for one in chase.open_with(person)]
    told = planned.told if planned else []
    if not items and not told:
        raise Refusal("Nothing is open with this person that may be written about.")
    day = next_business_day(s.today, s.holidays)
    if any(mail.person == person and mail.day == day for mail in chase.mails):
        raise Conflict("A mail of this day is on its way to this person already.")
    _write(session, s, actor, Digest(person, day, items, list(told)), at_once=day == s.today)
    return day


def _write(
    session: Session, s: Situation, actor: str, digest: Digest, *, at_once: bool = False
) -> FollowUp:
    row = FollowUp(
        engagement_id=s.engagement.id, person=digest.person, day=digest.day,
        items=list(digest.items), told=[list(pair) for pair in digest.told], by=actor,
    )  # fmt: skip
    session.add(row)
    session.flush()
    outbox.put(
        session, "follow_up", {"follow_up": row.id}, s.engagement,
        key=f"follow_up.{s.engagement.id}.{digest.person}.{digest.day}",
        due_at=now() if at_once else max(now(), _morning(s, digest.day)),
    )  # fmt: skip
    event = events.PersonFollowedUp(digest.person, row.id, tuple(digest.items), tuple(digest.told))
    audit.record(session, s.engagement, actor, event)
    return row


def _morning(s: Situation, day: date) -> datetime:
    return datetime.combine(day, MORNING, ZoneInfo(s.engagement.time_zone))


# --- stopping -------------------------------------------------------------------------------------


def stop(session: Session, s: Situation, actor: str, item: str = "", person: str = "") -> ChaseStop:
    """Write no more about *item*, or to *person*, or to this person about this item.

    Raises:
        Missing: there is no such item or person.
    """
    known = {contact.ref for contact in s.records.contacts}
    if (
        (not item and not person)
        or (item and item not in s.playbook.items)
        or (person and person not in known)
    ):
        raise Missing
    there = _stops(session, s, item, person)
    if there:
        return there[0]
    row = ChaseStop(engagement_id=s.engagement.id, item=item, person=person, by=actor)
    session.add(row)
    session.flush()
    audit.record(session, s.engagement, actor, events.ChaseStopped(item or person, row.id))
    return row


def resume(session: Session, s: Situation, actor: str, stop_id: int) -> None:
    """Write again.

    Raises:
        Missing: there is no such stop, or it has ended.
    """
    row = session.get(ChaseStop, stop_id)
    if row is None or row.engagement_id != s.engagement.id or row.ended_at is not None:
        raise Missing
    row.ended_at, row.ended_by = now(), actor
    session.flush()
    audit.record(session, s.engagement, actor, events.ChaseResumed(row.item or row.person, row.id))


def _stops(session: Session, s: Situation, item: str, person: str) -> Sequence[ChaseStop]:
    return session.scalars(
        select(ChaseStop).where(
            ChaseStop.engagement_id == s.engagement.id, ChaseStop.item == item,
            ChaseStop.person == person, ChaseStop.ended_at.is_(None),
        )
    ).all()  # fmt: skip


def titles(s: Situation, keys: Iterable[str]) -> list[str]:
    """Titles of items, each once, in order."""
    return [s.plain(s.playbook.get(key).title) for key in dict.fromkeys(keys)]
