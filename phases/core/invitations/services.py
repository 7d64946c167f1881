"""Contacts, their links, and the team of an engagement."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from phases.core import outbox
from phases.core.accounts.services import checked_email
from phases.core.audit import record, sha256
from phases.core.clock import now
from phases.core.errors import BadValue, Missing, NotAllowed, TooManyTries, check_version
from phases.core.invitations import events
from phases.core.invitations.errors import LinkExpired, LinkRevoked, LinkUnknown, LinkUsed
from phases.core.invitations.roles import roles_of
from phases.core.models import Contact, Engagement, Grant, Invitation, Member, User

INVITATION_DAYS = 14
FRESH_LINK_PAUSE = timedelta(minutes=5)
"""How long after one link the next may be asked for by somebody outside."""


# --- contacts -------------------------------------------------------------------------------------


def add_contact(
    session: Session, engagement: Engagement, actor: str, name: str, email: str, role: str,
    title: str = "",
) -> Contact:  # fmt: skip
    """Add a person at the customer. One who was removed and comes back is the same person.

    Raises:
        BadValue: no name, no valid address, one in use here, or a role the playbook does not know.
    """
    name, email, title = _checked(engagement, name, email, role, title)
    there = _by_email(session, engagement, email)
    if there is not None and there.removed_at is None:
        raise BadValue("email", "Somebody with this e-mail address is a contact already.")
    contact = there or Contact(engagement_id=engagement.id, email=email, version=0)
    contact.name, contact.role, contact.title = name, role, title
    contact.removed_at = None
    contact.version += 1
    session.add(contact)
    session.flush()
    record(session, engagement, actor, events.ContactAdded(contact.ref, role))
    return contact


def change_contact(
    session: Session, engagement: Engagement, actor: str, contact: Contact, version: int | None,
    name: str, email: str, role: str, title: str = "",
) -> Contact:  # fmt: skip
    """Change a contact. Another address ends what the old one opened: links and access.

    Raises:
        BadValue: as for ``add_contact``. Conflict: somebody changed it in between.
    """
    typed = {"Name": name, "E-mail address": email, "Title": title}
    theirs = {"Name": contact.name, "E-mail address": contact.email, "Title": contact.title}
    check_version(contact.version, version, kept=typed, theirs=theirs)
    name, email, title = _checked(engagement, name, email, role, title, kept=contact.role)
    there = _by_email(session, engagement, email)
    if there is not None and there is not contact:
        raise BadValue("email", "Somebody else here has or had this e-mail address.")
    wanted = {"name": name, "email": email, "role": role, "title": title}
    fields = tuple(field for field, value in wanted.items() if getattr(contact, field) != value)
    if not fields:
        return contact
    for field in fields:
        setattr(contact, field, wanted[field])
    contact.version += 1
    if "email" in fields:
        _shut_out(session, engagement, actor, contact)
    record(session, engagement, actor, events.ContactChanged(contact.ref, fields, role))
    session.flush()
    return contact


def remove_contact(session: Session, engagement: Engagement, actor: str, contact: Contact) -> None:
    """Take a contact out: links stop working and open browsers lose access at once."""
    if contact.removed_at is not None:
        return
    contact.removed_at = now()
    contact.version += 1
    _shut_out(session, engagement, actor, contact)
    record(session, engagement, actor, events.ContactRemoved(contact.ref))
    session.flush()


def contact_of(session: Session, engagement: Engagement, contact_id: int) -> Contact:
    """The contact *contact_id* of *engagement*.

    Raises:
        Missing: there is none, or it was removed.
    """
    contact = session.get(Contact, contact_id)
    if contact is None or contact.engagement_id != engagement.id or contact.removed_at:
        raise Missing("This contact is no longer there.")
    return contact


def _checked(
    engagement: Engagement, name: str, email: str, role: str, title: str, kept: str | None = None
) -> tuple[str, str, str]:
    name, title = " ".join(name.split()), " ".join(title.split())
    if not name:
        raise BadValue("name", "Enter the person's name.")
    for field, value in (("name", name), ("title", title)):
        if len(value) > 120:
            raise BadValue(field, "Use 120 characters or fewer.")
    if role != kept and role not in roles_of(engagement, "customer"):
        raise BadValue("role", "Choose a role.")
    return name, checked_email(email), title


def _by_email(session: Session, engagement: Engagement, email: str) -> Contact | None:
    return session.scalar(
        select(Contact).where(Contact.engagement_id == engagement.id, Contact.email == email)
    )


def _shut_out(session: Session, engagement: Engagement, actor: str, contact: Contact) -> None:
    _revoke(session, engagement, actor, contact)
    open_grants = session.scalars(
        select(Grant).where(Grant.contact_id == contact.id, Grant.ended_at.is_(None))
    ).all()
    for grant in open_grants:
        grant.ended_at = now()
    if open_grants:
        ids = tuple(grant.id for grant in open_grants)
        record(session, engagement, actor, events.AccessEnded(contact.ref, ids))


# --- links ----------------------------------------------------------------------------------------


def invite(session: Session, engagement: Engagement, actor: str, contact: Contact) -> Invitation:
    """Have a link mailed to *contact*, good for 14 days; earlier ones nobody used stop working."""
    return _invite(session, engagement, actor, contact, "invitation")


reissue = invite
"""The same, by the word that fits when an earlier link expired or went astray."""


def _invite(
    session: Session, engagement: Engagement, actor: str, contact: Contact, mail: str
) -> Invitation:
    invitation = new_link(session, engagement, actor, contact)
    key = f"{mail}.{invitation.id}"
    outbox.put(session, mail, {"invitation": invitation.id}, engagement, key=key)
    return invitation


def new_link(session: Session, engagement: Engagement, actor: str, contact: Contact) -> Invitation:
    """A link for *contact* that some mail will carry; earlier ones nobody used stop working.

    Raises:
        Missing: the contact was removed.
    """
    if contact.removed_at is not None:
        raise Missing("This contact is no longer there.")
    live = (Invitation.used_at.is_(None), Invitation.expires_at > now())
    _revoke(session, engagement, actor, contact, *live)
    invitation = Invitation(
        engagement_id=engagement.id,
        contact_id=contact.id,
        created_by=actor,
        expires_at=now() + timedelta(days=INVITATION_DAYS),
    )
    session.add(invitation)
    session.flush()
    record(session, engagement, actor, events.ContactInvited(contact.ref, invitation.id))
    return invitation


def revoke(session: Session, engagement: Engagement, actor: str, contact: Contact) -> None:
    """Withdraw what *contact* holds: every link, so that none offers a fresh one, and access."""
    _shut_out(session, engagement, actor, contact)
    session.flush()


def _revoke(
    session: Session,
    engagement: Engagement,
    actor: str,
    contact: Contact,
    *which: ColumnElement[bool],
) -> None:
    """Have the links of *contact* for which all of *which* holds open nothing any more."""
    links = session.scalars(
        select(Invitation).where(
            Invitation.contact_id == contact.id, Invitation.revoked_at.is_(None), *which
        )
    ).all()
    for link in links:
        link.revoked_at = now()
    if links:
        ids = tuple(link.id for link in links)
        record(session, engagement, actor, events.InvitationsRevoked(contact.ref, ids))


def look_up(session: Session, token: str) -> Invitation:
    """The invitation that *token* opens, to show whose it is; nothing changes.

    Raises:
        LinkUnknown, LinkRevoked, LinkUsed, LinkExpired: it opens nothing; tried in this order.
    """
    return _judged(session.scalar(_by_token(token)))


def accept(session: Session, token: str) -> Invitation:
    """The invitation that *token* opens, locked, for ``sessions.open_grant``.

    Raises:
        LinkUnknown, LinkRevoked, LinkUsed, LinkExpired: as for ``look_up``.
    """
    return _judged(session.scalar(_by_token(token).with_for_update(of=Invitation)))


def fresh_link(session: Session, token: str) -> None:
    """Have a new link mailed to the address that *token* was bound to, without telling which.

    Raises:
        LinkUnknown, LinkRevoked: there is no address to send it to.
        TooManyTries: one was sent in the last five minutes.
    """
    invitation = session.scalar(_by_token(token).with_for_update(of=Invitation))
    if invitation is None:
        raise LinkUnknown
    if invitation.revoked_at or invitation.contact.removed_at:
        raise LinkRevoked
    contact = invitation.contact
    newest = select(Invitation.created_at).where(Invitation.contact_id == contact.id)
    if session.scalar(newest.where(Invitation.created_at > now() - FRESH_LINK_PAUSE).limit(1)):
        raise TooManyTries("A link was sent a moment ago. Look in your mail, also under junk.")
    engagement = session.get_one(
        Engagement, invitation.engagement_id, with_for_update={"of": Engagement}
    )
    made = _invite(session, engagement, contact.ref, contact, "fresh_link")
    record(session, engagement, contact.ref, events.LinkAskedFor(contact.ref, made.id))


def mint(session: Session, invitation: Invitation) -> str:
    """A new token for *invitation*, of which only the hash is kept; the one before is void."""
    token = secrets.token_urlsafe(32)
    invitation.token_hash = sha256(token)
    invitation.sent_at = now()
    session.flush()
    return token


def _by_token(token: str) -> Select[tuple[Invitation]]:
    return (
        select(Invitation)
        .join(Invitation.contact)
        .where(Invitation.token_hash == sha256(token[:100]))
    )


def _judged(invitation: Invitation | None) -> Invitation:
    if invitation is None:
        raise LinkUnknown
    if invitation.revoked_at or invitation.contact.removed_at:
        raise LinkRevoked
    if invitation.used_at:
        raise LinkUsed
    if invitation.expires_at <= now():
        raise LinkExpired
    return invitation


# --- the team -------------------------------------------------------------------------------------


def add_member(
    session: Session, engagement: Engagement, actor: str, user: User, role: str
) -> Member:
    """Put *user* on the engagement in *role*, which must be one that the user holds.

    Raises:
        BadValue: the user does not hold the role, or is on the engagement in it already.
    """
    if role not in roles_of(engagement, "staff") or not user.active or not user.is_a(role):
        raise BadValue("person", "Choose somebody from the list.")
    there = select(Member.id).where(
        Member.engagement_id == engagement.id, Member.user_id == user.id, Member.role == role
    )
    if session.scalar(there):
        raise BadValue("person", f"{user.name} is on the team in this role already.")
    member = Member(engagement_id=engagement.id, user_id=user.id, user=user, role=role)
    session.add(member)
    session.flush()
    record(session, engagement, actor, events.MemberAdded(user.ref, role))
    return member


def remove_member(session: Session, engagement: Engagement, actor: str, member_id: int) -> None:
    """Take somebody off the team.

    Raises:
        Missing: no such member. NotAllowed: the last architect; somebody must answer for it.
    """
    team = session.scalars(select(Member).where(Member.engagement_id == engagement.id)).all()
    member = next((m for m in team if m.id == member_id), None)
    if member is None:
        raise Missing("This person is no longer on the team.")
    if member.role == "architect" and sum(m.role == "architect" for m in team) == 1:
        raise NotAllowed("An engagement needs an architect. Add another one first.")
    session.delete(member)
    session.flush()
    record(session, engagement, actor, events.MemberRemoved(member.user.ref, member.role))
