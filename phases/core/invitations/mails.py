"""Mails to people of an engagement, built when they are sent."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from phases.core.clock import now
from phases.core.invitations import codes, services
from phases.core.invitations.roles import playbook_of, roles_of
from phases.core.mail import Mail, compose, link, register
from phases.core.models import Code, Contact, Engagement, Grant, Invitation, User
from phases.core.template import day

LINK = "/c/enter/{token}"
"""The address of a customer's link."""

NOTICES: dict[str, str] = {}
"""From a topic to its sentence; ``{title}`` and ``{customer}`` stand for the item and the customer.
The packages that tell people something put their topics here."""


def invitation(session: Session, data: dict[str, Any]) -> Mail | None:
    return _link_mail(session, data, "invitation")


def fresh_link(session: Session, data: dict[str, Any]) -> Mail | None:
    return _link_mail(session, data, "fresh_link")


def _link_mail(session: Session, data: dict[str, Any], template: str) -> Mail | None:
    row = session.get(Invitation, data["invitation"], with_for_update=True)
    if row is None or row.revoked_at or row.used_at or row.expires_at <= now():
        return None
    contact, engagement = row.contact, session.get_one(Engagement, row.engagement_id)
    if contact.removed_at:
        return None
    role = roles_of(engagement, "customer").get(contact.role)
    return compose(
        template,
        contact.name,
        contact.email,
        customer=engagement.customer,
        role=role.title if role else contact.role,
        link=link(LINK.format(token=services.mint(session, row))),
        expires=day(row.expires_at),
    )


def code(session: Session, data: dict[str, Any]) -> Mail | None:
    row = session.get(Code, data["code"], with_for_update=True)
    if row is None or row.used_at or row.expires_at <= now():
        return None
    grant = session.get_one(Grant, row.grant_id)
    if grant.ended_at or grant.contact.removed_at:
        return None
    return compose(
        "code",
        grant.contact.name,
        grant.contact.email,
        customer=grant.engagement.customer,
        code=codes.mint(session, row),
        minutes=codes.MINUTES,
    )


def reminder(session: Session, data: dict[str, Any]) -> Mail | None:
    """``data``: ``to`` (a person's ref), ``engagement``, ``items`` (keys), ``due`` (ISO date or
    none), ``place`` (a path for staff)."""
    person, engagement = (
        _person(session, data["to"]),
        session.get_one(Engagement, data["engagement"]),
    )
    if person is None:
        return None
    items = playbook_of(engagement).items
    titles = [items[key].title for key in data["items"] if key in items]
    if not titles:
        return None
    return compose(
        "reminder",
        person.name,
        person.email,
        customer=engagement.customer,
        titles=titles,
        due=day(data.get("due")),
        link=_place(person, data),
    )


def notice(session: Session, data: dict[str, Any]) -> Mail | None:
    """``data``: ``to`` (a person's ref), ``engagement``, ``topic`` (of ``NOTICES``), ``item`` (a
    key or none), ``place`` (a path for staff)."""
    person, engagement = (
        _person(session, data["to"]),
        session.get_one(Engagement, data["engagement"]),
    )
    if person is None:
        return None
    item = playbook_of(engagement).items.get(data.get("item") or "")
    sentence = NOTICES[data["topic"]].format(
        title=item.title if item else "", customer=engagement.customer
    )
    return compose(
        "notice",
        person.name,
        person.email,
        customer=engagement.customer,
        sentence=sentence,
        link=_place(person, data),
    )


def _person(session: Session, ref: str) -> Contact | User | None:
    """The contact or user *ref*, unless removed or disabled."""
    if ref.startswith("c"):
        contact = session.get(Contact, int(ref[1:]))
        return contact if contact is not None and contact.removed_at is None else None
    user = session.get(User, int(ref[1:]))
    return user if user is not None and user.active else None


def _place(person: Contact | User, data: dict[str, Any]) -> str:
    """Where staff go; a contact opens the page with the own link, which is not repeated here."""
    return link(data["place"]) if isinstance(person, User) and data.get("place") else ""


def register_all() -> None:
    """Have the outbox send these."""
    register("invitation", invitation, secret=True)
    register("fresh_link", fresh_link, secret=True)
    register("code", code, secret=True)
    register("reminder", reminder)
    register("notice", notice)
