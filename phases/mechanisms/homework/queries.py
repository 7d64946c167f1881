"""The page of an engagement's homework: what came back, who has what, what goes to whom when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core import outbox
from phases.core.models import Contact, OutboxJob
from phases.mechanisms.homework.chasing import Chase, chase_of, titles
from phases.mechanisms.homework.course import counts
from phases.mechanisms.homework.models import Ask, ChaseStop, FollowUp, known_since
from phases.mechanisms.homework.pieces import Holding, Piece, held, piece_of, sections_of
from phases.mechanisms.situation import Situation

MOST_TOLD = 30
"""How many mails are listed."""

MAIL_STATES = {
    outbox.WAITING: ("waiting", "Goes out"), outbox.DONE: ("done", "Sent"),
    outbox.KEPT: ("waiting", "Kept for an admin"), outbox.SHOWN: ("done", "Passed on"),
    outbox.DROPPED: ("na", "Not sent: nothing was open any more"),
    outbox.FAILED: ("red", "Not sent"), outbox.STOPPED: ("watch", "Waits for an admin"),
}  # fmt: skip


@dataclass(frozen=True)
class ItemLine:
    """An item with whom, since when, how far, and what will be written about it.

    ``ask`` is what gave it to a named person; ``times`` how often they were written to.
    """

    key: str
    title: str
    who: str
    how: str
    since: datetime | None
    note: str
    words: str
    state: tuple[str, str]
    critical: bool
    due: date | None
    overdue: bool
    times: int
    next: str
    open: bool
    ask: int
    can_be_given: bool
    place: str
    stop: int

    @property
    def anchor(self) -> str:
        return f"item-{self.key.replace('.', '-')}"


@dataclass(frozen=True)
class BackLine:
    """An item that came back and waits for the architect."""

    key: str
    title: str
    who: str
    said: str
    at: datetime | None


@dataclass(frozen=True)
class ConsentLine:
    """A handover to another domain that waits for the architect."""

    ask: int
    title: str
    giver: str
    name: str
    email: str
    note: str
    at: datetime


@dataclass(frozen=True)
class PlanLine:
    """The next mail to one person: on ``day``, about ``items``; none planned without a day."""

    person: str
    name: str
    role: str
    day: date | None
    items: tuple[str, ...]
    told: tuple[str, ...]
    waiting: int
    invited: bool
    stop: int
    last: date | None
    may_send: bool


@dataclass(frozen=True)
class MailLine:
    day: date
    name: str
    items: tuple[str, ...]
    told: tuple[str, ...]
    by: str
    state: tuple[str, str]


@dataclass(frozen=True)
class HomeworkView:
    """``done`` of ``total`` items are there; ``gives`` and ``people`` fill the form that asks."""

    back: tuple[BackLine, ...]
    consents: tuple[ConsentLine, ...]
    items: tuple[ItemLine, ...]
    plan: tuple[PlanLine, ...]
    mails: tuple[MailLine, ...]
    gives: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str], ...]
    kickoff: date | None

    @property
    def done(self) -> int:
        return sum(not line.open for line in self.items)

    @property
    def total(self) -> int:
        return len(self.items)


def homework_view(session: Session, s: Situation, summary: Any) -> HomeworkView:
    """Everything the page shows."""
    chase = chase_of(session, s, summary)
    return HomeworkView(
        back=tuple(back_lines(s, summary)),
        consents=tuple(consents(s)),
        items=tuple(item_line(chase, piece) for piece in chase.pieces),
        plan=tuple(plan_lines(chase)),
        mails=tuple(mail_lines(session, chase)),
        gives=tuple(gives(s, summary, chase)),
        people=tuple((str(c.id), f"{c.name}, {role_words(s, c)}") for c in s.records.contacts),
        kickoff=s.anchors.get("kickoff"),
    )


def role_words(s: Situation, contact: Contact) -> str:
    """What a contact is here."""
    return s.playbook.role(contact.role).title if contact.role else "colleague"


def back_lines(s: Situation, summary: Any) -> list[BackLine]:
    """What waits for the architect, since nobody at the customer has it any more."""
    found = []
    for key in dict.fromkeys(ask.item for ask in s.records.asks):
        piece = piece_of(s, summary, key)
        if piece is None or not piece.open:
            continue
        now_with = held(s, piece)
        if not now_with.people:
            found.append(back_line(s, piece, now_with))
    return found


def back_line(s: Situation, piece: Piece, now_with: Holding) -> BackLine:
    ask = now_with.back
    who = s.people.name(f"c{ask.contact_id}") if ask else ""
    return BackLine(
        piece.key, piece.title, who, ask.said if ask else "", ask.ended_at if ask else None
    )


def consents(s: Situation) -> list[ConsentLine]:
    """Handovers that wait for the architect."""
    known = {contact.id: contact for contact in s.records.contacts}
    return [
        ConsentLine(
            ask.id, titles(s, [ask.item])[0], s.people.name(ask.by), known[ask.contact_id].name,
            known[ask.contact_id].email, ask.note, ask.at,
        )
        for ask in s.records.asks
        if ask.waits and ask.ended_at is None and ask.contact_id in known
    ]  # fmt: skip


def item_line(chase: Chase, piece: Piece) -> ItemLine:
    """One item."""
    s, now_with = chase.s, held(chase.s, piece)
    ask = now_with.ask
    written = counts(chase.sent)
    return ItemLine(
        piece.key, piece.title, ", ".join(c.name for c in now_with.people) or "Nobody yet",
        _how(s, piece, ask), known_since(ask) if ask else None,
        ask.note if ask else "", piece.words,
        _state(piece, now_with), piece.critical, piece.due, piece.overdue and piece.open,
        max((written.get((piece.key, c.ref), 0) for c in now_with.people), default=0),
        _next(chase, piece), piece.open, ask.id if ask else 0, piece.can_be_given,
        f"form/{piece.form}" if piece.form else "",
        _stop(chase, piece.key, ""),
    )  # fmt: skip


def _how(s: Situation, piece: Piece, ask: Ask | None) -> str:
    if ask is None and piece.kind == "section":
        return "as part of its form"
    if ask is None:
        return f"as {piece.role_title}" if piece.kind != "sheet" else "each by role"
    verb = "handed over" if ask.by.startswith("c") else "asked"
    return f"{verb} by {s.people.name(ask.by)}"


def _state(piece: Piece, now_with: Holding) -> tuple[str, str]:
    if not piece.open:
        return "done", "Done"
    if not now_with.people:
        return "red", "Waits for us"
    if piece.words and not piece.words.startswith("0 "):
        return "waiting", "Begun"
    return "waiting", "Not begun"


def _next(chase: Chase, piece: Piece) -> str:
    """When whom is written to about an item, in words."""
    if not piece.open:
        return ""
    found = [
        (digest.day, digest.person)
        for digest in chase.plan
        if piece.key in digest.items or any(item == piece.key for item, _ in digest.told)
    ]
    return "; ".join(f"{day_words(day)} to {chase.s.people.name(ref)}" for day, ref in found)


def day_words(value: date) -> str:
    return f"{value:%a} {value.day} {value:%b}"


def _stop(chase: Chase, item: str, person: str) -> int:
    """The stop that holds for exactly this; 0 for none."""
    return next((x.id for x in _live(chase) if (x.item, x.person) == (item, person)), 0)


def _live(chase: Chase) -> list[ChaseStop]:
    return [stop for stop in chase.stops if stop.ended_at is None]


def plan_lines(chase: Chase) -> list[PlanLine]:
    """Everybody with whom something is open, or who is to be told, the next mail first."""
    waiting: dict[str, int] = {}
    for piece in chase.pieces:
        for contact in chase.people_of(piece) if piece.open else ():
            waiting[contact.ref] = waiting.get(contact.ref, 0) + 1
    planned = {digest.person: digest for digest in chase.plan}
    lines = [
        plan_line(chase, contact, waiting.get(contact.ref, 0))
        for contact in chase.s.records.contacts
        if contact.ref in waiting or contact.ref in planned
    ]
    return sorted(lines, key=lambda line: (line.day or date.max, line.name))


def plan_line(chase: Chase, contact: Contact, waiting: int) -> PlanLine:
    s = chase.s
    digest = next((d for d in chase.plan if d.person == contact.ref), None)
    told = [
        f"{s.people.name(person)}: {titles(s, [item])[0]}"
        for item, person in (digest.told if digest else [])
    ]
    last = max((m.day for m in chase.mails if m.person == contact.ref), default=None)
    stop = _stop(chase, "", contact.ref)
    sendable = bool(chase.open_with(contact.ref) or told) and not stop
    return PlanLine(
        contact.ref, contact.name, role_words(s, contact), digest.day if digest else None,
        tuple(titles(s, digest.items)) if digest else (), tuple(told), waiting,
        contact.id in chase.invited, stop, last,
        sendable and not (last is not None and last >= s.today),
    )  # fmt: skip


def mail_lines(session: Session, chase: Chase) -> list[MailLine]:
    """What was written, newest first, with what became of it."""
    newest = sorted(chase.mails, key=lambda mail: mail.id, reverse=True)[:MOST_TOLD]
    keys = [mail_key(chase, mail) for mail in newest]
    query = select(OutboxJob.key, OutboxJob.state).where(OutboxJob.key.in_(keys))
    states = dict(session.execute(query).tuples().all()) if keys else {}
    return [mail_line(chase, mail, states) for mail in newest]


def mail_key(chase: Chase, mail: FollowUp) -> str:
    """The key of the outbox row of a mail."""
    return f"follow_up.{chase.s.engagement.id}.{mail.person}.{mail.day}"


def mail_line(chase: Chase, mail: FollowUp, states: dict[str | None, str]) -> MailLine:
    s = chase.s
    told = tuple(f"{s.people.name(person)}: {titles(s, [item])[0]}" for item, person in mail.told)
    state = states.get(mail_key(chase, mail), outbox.DONE)
    return MailLine(
        mail.day, s.people.name(mail.person), tuple(titles(s, mail.items)), told,
        "" if mail.by == "system" else s.people.name(mail.by),
        MAIL_STATES.get(state, ("done", "Sent")),
    )  # fmt: skip


def gives(s: Situation, summary: Any, chase: Chase) -> list[tuple[str, str]]:
    """Every open item that somebody may be asked by name: key and title."""
    found = [(p.key, p.title) for p in chase.pieces if p.open and p.can_be_given]
    known = {key for key, _ in found}
    for form in s.playbook.forms:
        for section in sections_of(s, form):
            piece = piece_of(s, summary, section.key) if section.key not in known else None
            if piece is not None and piece.open:
                found.append((piece.key, f"{s.plain(form.title)}: {piece.title}"))
    return found
