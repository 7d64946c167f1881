"""What the page of an engagement's people shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from phases.core import outbox
from phases.core.clock import now
from phases.core.invitations.roles import roles_of
from phases.core.mail import settings as mail_settings
from phases.core.models import Contact, Engagement, Grant, Invitation, Member, OutboxJob, Role, User

ONLY_HANDED = "Sees only what was handed over to them. Give them a role to let them do more."
NOT_INVITED = ("todo", "Not invited")


@dataclass(frozen=True)
class ContactRow:
    """A contact with where the invitation stands: a chip's kind and words, and a sentence."""

    id: int
    name: str
    email: str
    title: str
    role: str
    role_title: str
    can: str
    version: int
    kind: str
    label: str
    sentence: str
    was_invited: bool
    has_something_to_revoke: bool


@dataclass(frozen=True)
class MemberRow:
    id: int
    name: str
    email: str
    role_title: str
    active: bool


@dataclass(frozen=True)
class Candidate:
    """A user who could join the team in a role."""

    value: str
    label: str


@dataclass(frozen=True)
class People:
    contacts: tuple[ContactRow, ...]
    team: tuple[MemberRow, ...]
    candidates: tuple[Candidate, ...]
    roles: tuple[tuple[str, str], ...]
    mails_kept: int


def people(session: Session, engagement: Engagement) -> People:
    """Contacts, team, and who could join it."""
    contacts = session.scalars(
        select(Contact)
        .where(Contact.engagement_id == engagement.id, Contact.removed_at.is_(None))
        .order_by(Contact.name, Contact.id)
    ).all()
    newest = _newest_invitations(session, engagement)
    grants = _newest_grants(session, engagement)
    mails = _mails(session, engagement)
    customer, staff = roles_of(engagement, "customer"), roles_of(engagement, "staff")
    team = session.scalars(
        select(Member).where(Member.engagement_id == engagement.id).order_by(Member.id)
    ).all()
    rows = [
        _contact(
            contact,
            customer.get(contact.role),
            _standing(newest.get(contact.id), grants.get(contact.id), mails),
            newest.get(contact.id) is not None,
            _is_open(newest.get(contact.id), grants.get(contact.id)),
        )
        for contact in contacts
    ]
    return People(
        contacts=tuple(rows),
        team=tuple(
            MemberRow(
                m.id,
                m.user.name,
                m.user.email,
                staff[m.role].title if m.role in staff else m.role,
                m.user.active,
            )
            for m in team
        ),
        candidates=_candidates(session, team, {slug: role.title for slug, role in staff.items()}),
        roles=tuple((slug, role.title) for slug, role in customer.items()),
        mails_kept=sum(job.state == outbox.KEPT for job in mails.values()),
    )


def _newest_invitations(session: Session, engagement: Engagement) -> dict[int, Invitation]:
    """The last one of each contact."""
    query = select(Invitation).where(Invitation.engagement_id == engagement.id)
    return {row.contact_id: row for row in session.scalars(query.order_by(Invitation.id))}


def _newest_grants(session: Session, engagement: Engagement) -> dict[int, Grant]:
    """The last one of each contact."""
    query = select(Grant).where(Grant.engagement_id == engagement.id)
    return {row.contact_id: row for row in session.scalars(query.order_by(Grant.id))}


def _mails(session: Session, engagement: Engagement) -> dict[int, OutboxJob]:
    """The mail of each invitation."""
    jobs = session.scalars(
        select(OutboxJob).where(
            OutboxJob.engagement_id == engagement.id,
            OutboxJob.kind.in_(("invitation", "fresh_link", "asked")),
        )
    )
    return {job.data["invitation"]: job for job in jobs}


def _contact(
    contact: Contact, role: object, standing: tuple[str, str, str], was_invited: bool, is_open: bool
) -> ContactRow:
    kind, label, sentence = standing
    return ContactRow(
        id=contact.id,
        name=contact.name,
        email=contact.email,
        title=contact.title,
        role=contact.role,
        role_title=getattr(role, "title", contact.role or "Colleague"),
        can=getattr(role, "text", "" if contact.role else ONLY_HANDED),
        version=contact.version,
        kind=kind,
        label=label,
        sentence=sentence,
        was_invited=was_invited,
        has_something_to_revoke=is_open,
    )


def _is_open(invitation: Invitation | None, grant: Grant | None) -> bool:
    waits = invitation is not None and not invitation.revoked_at and not invitation.used_at
    return waits or (grant is not None and not grant.ended_at and grant.expires_at > now())


def _standing(
    invitation: Invitation | None, grant: Grant | None, mails: dict[int, OutboxJob]
) -> tuple[str, str, str]:
    """A chip's kind and label, and a sentence."""
    if invitation is None:
        return (*NOT_INVITED, "")
    if invitation.revoked_at:
        return "na", "Revoked", f"on {_day(invitation.revoked_at)}"
    if invitation.used_at:
        if grant is not None and grant.ended_at is None and grant.expires_at > now():
            return "done", "Opened", f"on {_day(invitation.used_at)}"
        return "watch", "Access ended", "Send a new link to let them in again."
    if invitation.expires_at <= now():
        return "watch", "Expired", f"on {_day(invitation.expires_at)}, not opened"
    return _mail_standing(invitation, mails.get(invitation.id))


def _mail_standing(invitation: Invitation, mail: OutboxJob | None) -> tuple[str, str, str]:
    state = mail.state if mail else outbox.DONE
    if state == outbox.KEPT:
        return "waiting", "Mail kept", "No mail is set up: an admin reads it under Settings."
    if state == outbox.WAITING and mail is not None and mail.attempts:
        return "watch", "Not sent yet", "The mail server does not take it; it is tried again."
    if state == outbox.WAITING and not mail_settings().sends_mail:
        return "waiting", "Being prepared", "No mail is set up: soon an admin can read it."
    if state == outbox.WAITING:
        return "waiting", "Being sent", "within a minute"
    if state in (outbox.FAILED, outbox.STOPPED):
        return "red", "Not sent", "The mail failed. Check the address, then send again."
    label = "Passed on" if state == outbox.SHOWN else "Sent"
    return "waiting", label, f"works until {_day(invitation.expires_at)}"


def _day(at: datetime) -> str:
    return f"{at.day} {at:%b %Y}"


def _candidates(
    session: Session, team: Iterable[Member], titles: dict[str, str]
) -> tuple[Candidate, ...]:
    taken = {(member.user_id, member.role) for member in team}
    users = session.scalars(
        select(User)
        .options(selectinload(User.roles))
        .where(User.active, User.roles.any(Role.name.in_(titles)))
        .order_by(User.name, User.id)
    )
    return tuple(
        Candidate(f"{user.id}.{role.name}", f"{user.name}, {titles[role.name]}")
        for user in users
        for role in user.roles
        if role.name in titles and (user.id, role.name) not in taken
    )
