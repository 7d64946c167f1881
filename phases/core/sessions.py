"""Logins of staff and grants of customers: rows here, and only random tokens in the cookie."""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask import session as cookie
from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from phases.core.audit import sha256
from phases.core.clock import now
from phases.core.models import Contact, Engagement, Grant, Invitation, StaffSession, User

STAFF_HOURS = 12
GRANT_DAYS = 30
FRESH_MINUTES = 10
TOKEN = "staff"  # noqa: S105 - the name of a cookie's field
GRANTS = "grants"


def log_in(session: Session, user: User) -> None:
    """Open a login for *user* in this browser; an earlier one here ends."""
    log_out(session)
    token = secrets.token_urlsafe(32)
    session.add(
        StaffSession(
            token_hash=sha256(token),
            user_id=user.id,
            expires_at=now() + timedelta(hours=STAFF_HOURS),
        )
    )
    grants = cookie.get(GRANTS)
    cookie.clear()
    cookie[TOKEN] = token
    if grants:
        cookie[GRANTS] = grants


def log_out(session: Session) -> None:
    """End this browser's login."""
    token = cookie.pop(TOKEN, None)
    if token:
        session.execute(
            update(StaffSession)
            .where(StaffSession.token_hash == sha256(token), StaffSession.ended_at.is_(None))
            .values(ended_at=now())
        )


def end_all(session: Session, user: User) -> None:
    """End every login of *user*: on disabling and on a new password."""
    session.execute(
        update(StaffSession)
        .where(StaffSession.user_id == user.id, StaffSession.ended_at.is_(None))
        .values(ended_at=now())
    )


def current_login(session: Session) -> StaffSession | None:
    """This browser's live login with its user and roles, in one query; None when there is none."""
    token = cookie.get(TOKEN)
    if not token:
        return None
    login = session.scalar(
        select(StaffSession)
        .options(joinedload(StaffSession.user).joinedload(User.roles))
        .where(StaffSession.token_hash == sha256(token))
    )
    if login is None or login.ended_at or login.expires_at <= now() or not login.user.active:
        return None
    return login


def is_fresh(login: StaffSession) -> bool:
    """Whether the password was given in the last ten minutes, as a staff signature asks."""
    return now() - login.proved_at <= timedelta(minutes=FRESH_MINUTES)


def open_grant(session: Session, invitation: Invitation) -> Grant:
    """Turn an invitation, which the caller has checked, into access for this browser."""
    secret = secrets.token_urlsafe(32)
    grant = Grant(
        ref=secrets.token_urlsafe(9),
        secret_hash=sha256(secret),
        engagement_id=invitation.engagement_id,
        contact_id=invitation.contact_id,
        invitation_id=invitation.id,
        expires_at=now() + timedelta(days=GRANT_DAYS),
    )
    session.add(grant)
    invitation.used_at = now()
    session.flush()
    cookie[GRANTS] = {**cookie.get(GRANTS, {}), grant.ref: secret}
    return grant


def current_grant(session: Session, ref: str) -> Grant | None:
    """The live grant *ref* if this browser holds its secret, with contact and engagement."""
    secret = cookie.get(GRANTS, {}).get(ref)
    if not secret:
        return None
    grant = session.scalar(
        select(Grant)
        .join(Contact, Contact.id == Grant.contact_id)
        .join(Engagement, Engagement.id == Grant.engagement_id)
        .options(joinedload(Grant.contact), joinedload(Grant.engagement))
        .where(Grant.ref == ref)
    )
    if grant is None or not secrets.compare_digest(grant.secret_hash, sha256(secret)):
        return None
    if grant.ended_at or grant.expires_at <= now() or grant.contact.removed_at:
        return None
    return grant


def close_grant(grant: Grant) -> None:
    """End the access of this browser."""
    grant.ended_at = now()
    cookie[GRANTS] = {ref: s for ref, s in cookie.get(GRANTS, {}).items() if ref != grant.ref}
