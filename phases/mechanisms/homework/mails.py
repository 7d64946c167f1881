"""Mails about homework: what a person was asked, and what is still open with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from phases.core.clock import now
from phases.core.invitations import services as invitations
from phases.core.invitations.mails import LINK, NOTICES
from phases.core.mail import Mail, compose, link, register
from phases.core.models import Contact, Engagement, Invitation
from phases.core.template import day
from phases.mechanisms.homework.chasing import Chase, chase_of
from phases.mechanisms.homework.models import FollowUp, holds
from phases.mechanisms.homework.pieces import piece_of
from phases.mechanisms.page import situation_for
from phases.mechanisms.situation import Situation

NOTICES["item_returned"] = "“{title}” came back to you: your colleague says it is not theirs."


@dataclass(frozen=True)
class Line:
    """One open item in a mail."""

    title: str
    due: str
    critical: bool
    who: str = ""


def asked(session: Session, data: dict[str, Any]) -> Mail | None:
    """``data``: ``invitation``, ``asks`` (ids). Names all that is with the person by name now."""
    row = session.get(Invitation, data["invitation"], with_for_update=True)
    if row is None or row.revoked_at or row.used_at or row.expires_at <= now():
        return None
    contact, engagement = row.contact, session.get_one(Engagement, row.engagement_id)
    s = situation_for(session, engagement)
    asks = [ask for ask in s.records.asks if ask.contact_id == contact.id and holds(ask)]
    newest = next((ask for ask in reversed(asks) if ask.id in data["asks"]), None)
    if contact.removed_at or newest is None:
        return None
    lines = [line for ask in asks if (line := _line(s, engagement, ask.item)) is not None]
    return compose(
        "asked", contact.name, contact.email, customer=engagement.customer,
        giver=s.people.name(newest.by), by_colleague=newest.by.startswith("c"), note=newest.note,
        lines=lines, link=link(LINK.format(token=invitations.mint(session, row))),
        expires=day(row.expires_at),
    )  # fmt: skip


def follow_up(session: Session, data: dict[str, Any]) -> Mail | None:
    """``data``: ``follow_up``. Lists what is open with the person as it is sent; nothing open, no
    mail."""
    row = session.get(FollowUp, data["follow_up"], with_for_update=True)
    if row is None:
        return None
    engagement = session.get_one(Engagement, row.engagement_id)
    s = situation_for(session, engagement)
    contact = next((c for c in s.records.contacts if c.ref == row.person), None)
    chase = chase_of(session, s, engagement.summary)  # type: ignore[attr-defined] # portfolio's
    if contact is None:
        return None
    own, told = own_lines(chase, contact), told_lines(chase, row)
    if not own and not told:
        return None
    return compose(
        "follow_up", contact.name, contact.email, customer=engagement.customer, own=own,
        told=told, architect=s.names_of("architect"), kickoff=_kickoff(s),
        handed=not contact.role, **_link(session, engagement, contact, row),
    )  # fmt: skip


def own_lines(chase: Chase, contact: Contact) -> list[Line]:
    """What is open with *contact*, what helps most first."""
    lines = [_open(chase, one.item) for one in chase.open_with(contact.ref)]
    return sorted(lines, key=lambda line: not line.critical)


def told_lines(chase: Chase, row: FollowUp) -> list[Line]:
    """What of others *row* was to tell, as far as it is still open."""
    still = {(one.item, one.person) for one in chase.open}
    return [
        _open(chase, item, chase.s.people.name(person))
        for item, person in row.told
        if (item, person) in still and chase.may_write(item, row.person)
    ]


def _open(chase: Chase, key: str, who: str = "") -> Line:
    piece = next(piece for piece in chase.pieces if piece.key == key)
    return Line(piece.title, day(piece.due), piece.critical, who)


def _line(s: Situation, engagement: Engagement, key: str) -> Line | None:
    piece = piece_of(s, engagement.summary, key)  # type: ignore[attr-defined] # portfolio's
    return Line(piece.title, day(piece.due), piece.critical) if piece else None


def _kickoff(s: Situation) -> str:
    at = s.anchors.get("kickoff")
    return day(at) if at and at >= s.today else ""


def _link(
    session: Session, engagement: Engagement, contact: Contact, row: FollowUp
) -> dict[str, str]:
    """A link of the mail's own, minted at each attempt to send it."""
    found = session.get(Invitation, row.invitation_id) if row.invitation_id else None
    if found is None or found.revoked_at or found.used_at or found.expires_at <= now():
        found = invitations.new_link(session, engagement, row.by, contact)
        row.invitation_id = found.id
    token = invitations.mint(session, found)
    return {"link": link(LINK.format(token=token)), "expires": day(found.expires_at)}


def register_all() -> None:
    """Have the outbox send these."""
    register("asked", asked, secret=True)
    register("follow_up", follow_up, secret=True)
