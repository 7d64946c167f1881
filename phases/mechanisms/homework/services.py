"""Asking a named person, handing over, taking back, and sending back what is not one's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core import audit, outbox
from phases.core.clock import now
from phases.core.errors import BadValue, Missing, NotAllowed, Refusal
from phases.core.invitations import events as people_events
from phases.core.invitations.services import new_link
from phases.core.models import Contact
from phases.mechanisms.homework import events
from phases.mechanisms.homework.models import Ask, holds
from phases.mechanisms.homework.pieces import RETURNED, Piece, held, piece_of
from phases.mechanisms.homework.rules import (
    checked_email,
    checked_name,
    checked_words,
    is_of_the_house,
    refuse_too_many,
)
from phases.mechanisms.situation import Situation

TAKEN_BACK, REPLACED, DECLINED = "taken_back", "replaced", "declined"
GONE = "This is done already, or is no longer asked."


def ask_by_name(
    session: Session, s: Situation, actor: str, piece: Piece, contact: Contact, note: str = ""
) -> Ask:
    """Staff ask *contact* for *piece*, who is told by mail; whoever had it by name is relieved.

    Raises:
        BadValue: it is theirs by name already, or nobody but their role can do it.
    """
    if not piece.can_be_given or (piece.kind == "form" and not contact.role):
        raise BadValue("contact", "Choose somebody with a role: only they can do this.")
    now_with = held(s, piece)
    if now_with.ask is not None and now_with.ask.contact_id == contact.id:
        raise BadValue("contact", f"{contact.name} has this already.")
    _end_open(session, s, actor, piece.key, REPLACED)
    ask = _add(session, s, Ask(item=piece.key, contact_id=contact.id, by=actor,
                               note=checked_words("note", note)))  # fmt: skip
    _record(session, s, actor, events.ItemAsked(piece.key, contact.ref, ask.id))
    _write_to(session, s, actor, contact, [ask])
    return ask


def hand_over(
    session: Session, s: Situation, giver: Contact, items: Sequence[Piece], name: str, email: str,
    note: str = "",
) -> list[Ask]:  # fmt: skip
    """Give *items*, which are the giver's to do, to a colleague, who gets a link to just these.

    An address of another domain waits for the architect.

    Raises:
        BadValue: no item, name or address, or one that cannot be.
        NotAllowed: an item is not the giver's to hand over.
        TooManyTries: too many were handed over.
    """
    name, email, note = checked_name(name), _address(email), checked_words("note", note)
    if not items:
        raise BadValue("items", "Choose at least one thing to hand over.")
    if email == giver.email:
        raise BadValue("email", "This is your own address.")
    for piece in items:
        if not may_hand(s, piece, giver):
            raise NotAllowed(f"“{piece.title}” is not yours to hand over.")
    refuse_too_many(s.records.asks, s.records.contacts, giver.ref, len(items))
    contact = _colleague(session, s, giver, name, email)
    known = any(ask.contact_id == contact.id and ask.allowed_at for ask in s.records.asks)
    waits = not (known or is_of_the_house(email, s.records.contacts))
    made = [_hand(session, s, giver, piece, contact, note, waits=waits) for piece in items]
    if not waits:
        _write_to(session, s, giver.ref, contact, made)
    return made


def _address(email: str) -> str:
    if "\n" in email.strip() or "\r" in email.strip():
        raise BadValue("email", "Enter one e-mail address.")
    return checked_email(email)


def may_hand(s: Situation, piece: Piece, giver: Contact) -> bool:
    """Whether *giver* may hand *piece* over: theirs by role or asked by staff, not by a colleague.

    What somebody has from a colleague goes back to that colleague, never further.
    """
    if not (giver.role and piece.can_be_handed):
        return False
    if any(contact.id == giver.id for contact in piece.people):
        return True
    return any(
        ask.item == piece.key and ask.contact_id == giver.id and holds(ask)
        and ask.by.startswith("u")
        for ask in s.records.asks
    )  # fmt: skip


def _hand(
    session: Session, s: Situation, giver: Contact, piece: Piece, contact: Contact, note: str, *,
    waits: bool,
) -> Ask:  # fmt: skip
    theirs = [a for a in s.records.asks if a.item == piece.key and a.ended_at is None]
    if any(ask.contact_id == contact.id for ask in theirs):
        raise BadValue("email", f"{contact.name} has “{piece.title}” already.")
    for ask in theirs:
        if ask.by == giver.ref:
            _end(session, giver.ref, ask, REPLACED)
    ask = _add(session, s, Ask(item=piece.key, contact_id=contact.id, by=giver.ref, note=note,
                               waits=waits))  # fmt: skip
    _record(session, s, giver.ref, events.ItemHandedOver(piece.key, contact.ref, ask.id, waits))
    return ask


def _colleague(session: Session, s: Situation, giver: Contact, name: str, email: str) -> Contact:
    """The contact with *email*, or a new one without a role, who may do what was handed over.

    Raises:
        BadValue: the person was taken off the project.
    """
    found = session.scalar(
        select(Contact).where(Contact.engagement_id == s.engagement.id, Contact.email == email)
    )
    if found is not None and found.removed_at is not None:
        raise BadValue("email", "This person was taken off the project. Ask us to let them in.")
    if found is not None:
        return found
    made = Contact(engagement_id=s.engagement.id, email=email, name=name, role="", version=1)
    session.add(made)
    session.flush()
    s.records.forget("people")
    s.records.contacts = [*s.records.contacts, made]
    _record(session, s, giver.ref, people_events.ContactAdded(made.ref, ""))
    return made


def allow(session: Session, s: Situation, actor: str, ask: Ask) -> None:
    """Let a handover to another domain through: the colleague is written to now.

    Raises:
        Refusal: it does not wait.
    """
    _must_wait(ask)
    ask.waits, ask.allowed_by, ask.allowed_at = False, actor, now()
    contact = contact_of(s, ask)
    _record(session, s, actor, events.HandoverAllowed(ask.item, contact.ref, ask.id))
    _write_to(session, s, actor, contact, [ask])


def decline(session: Session, s: Situation, actor: str, ask: Ask) -> None:
    """Refuse a handover to another domain; the item stays with whoever had it.

    Raises:
        Refusal: it does not wait.
    """
    _must_wait(ask)
    _end(session, actor, ask, DECLINED)
    contact = contact_of(s, ask)
    _record(session, s, actor, events.HandoverDeclined(ask.item, contact.ref, ask.id))


def take_back(session: Session, s: Situation, actor: str, ask: Ask) -> None:
    """End what a person was given; the access to it ends with it.

    Raises:
        Missing: it has ended. NotAllowed: somebody else gave it.
    """
    if ask.ended_at is not None:
        raise Missing("This was given back already.")
    if actor.startswith("c") and ask.by != actor:
        raise NotAllowed("Only the person who handed this over, or the team, can take it back.")
    _end(session, actor, ask, TAKEN_BACK)
    _record(session, s, actor, events.ItemTakenBack(ask.item, f"c{ask.contact_id}", ask.id))


def send_back(
    session: Session, s: Situation, contact: Contact, piece: Piece, said: str = ""
) -> Ask:
    """Not mine: the item goes back to whoever gave it, else to the architect.

    Raises:
        Missing: it is not with this person. BadValue: too many words.
    """
    said = checked_words("said", said)
    ask = own_ask(s, contact, piece.key)
    if ask is None:
        if not piece.can_be_given or contact not in held(s, piece).people:
            raise Missing(GONE)
        ask = _add(session, s, Ask(item=piece.key, contact_id=contact.id, by=""))
    ask.said = said
    _end(session, contact.ref, ask, RETURNED)
    _record(session, s, contact.ref, events.ItemReturned(piece.key, ask.id))
    if ask.by.startswith("c"):
        data = {"to": ask.by, "engagement": s.engagement.id, "topic": "item_returned",
                "item": piece.key, "place": ""}  # fmt: skip
        outbox.put(session, "notice", data, s.engagement, key=f"returned.{ask.id}")
    return ask


def own_ask(s: Situation, contact: Contact, key: str) -> Ask | None:
    """What gives the item *key* to *contact* by name now."""
    return next(
        (
            ask for ask in reversed(s.records.asks)
            if ask.item == key and ask.contact_id == contact.id and holds(ask)
        ),
        None,
    )  # fmt: skip


def ask_of(s: Situation, ask_id: int) -> Ask:
    """The ask *ask_id* of this engagement.

    Raises:
        Missing: there is none.
    """
    found = next((ask for ask in s.records.asks if ask.id == ask_id), None)
    if found is None:
        raise Missing
    return found


def piece_or_missing(s: Situation, summary: Any, key: str) -> Piece:
    """The item *key*.

    Raises:
        Missing: it is not asked of customers, or not now.
    """
    found = piece_of(s, summary, key)
    if found is None:
        raise Missing(GONE)
    return found


def contact_of(s: Situation, ask: Ask) -> Contact:
    """Whom *ask* asks.

    Raises:
        Missing: the person was removed.
    """
    found = next((c for c in s.records.contacts if c.id == ask.contact_id), None)
    if found is None:
        raise Missing("This person is no longer a contact.")
    return found


def _must_wait(ask: Ask) -> None:
    if not ask.waits or ask.ended_at is not None:
        raise Refusal("This has been decided already.")


def _add(session: Session, s: Situation, ask: Ask) -> Ask:
    ask.engagement_id, ask.at = s.engagement.id, now()
    ask.waits = bool(ask.waits)
    ask.note, ask.said, ask.how = ask.note or "", ask.said or "", ask.how or ""
    session.add(ask)
    session.flush()
    s.records.asks = [*s.records.asks, ask]
    return ask


def _end_open(session: Session, s: Situation, actor: str, item: str, how: str) -> None:
    for ask in s.records.asks:
        if ask.item == item and ask.ended_at is None:
            _end(session, actor, ask, how)


def _end(session: Session, actor: str, ask: Ask, how: str) -> None:
    ask.ended_at, ask.ended_by, ask.how = now(), actor, how
    session.flush()


def _record(session: Session, s: Situation, actor: str, event: Any) -> None:
    audit.record(session, s.engagement, actor, event)


def _write_to(
    session: Session, s: Situation, actor: str, contact: Contact, asks: Sequence[Ask]
) -> None:
    """Have a link to what was given mailed to *contact*; earlier ones nobody used are void."""
    link = new_link(session, s.engagement, actor, contact)
    data = {"invitation": link.id, "asks": [ask.id for ask in asks]}
    outbox.put(session, "asked", data, s.engagement, key=f"asked.{link.id}")
