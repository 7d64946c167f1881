"""Which access this browser holds."""

from __future__ import annotations

import secrets

from flask import session as cookie
from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core import sessions
from phases.core.audit import sha256
from phases.core.models import Grant, Invitation


def open_ref(session: Session, token: str) -> str:
    """The access that a used link opened in this very browser, if it is still open."""
    refs = session.scalars(
        select(Grant.ref)
        .join(Invitation, Invitation.id == Grant.invitation_id)
        .where(Invitation.token_hash == sha256(token[:100]), Grant.ended_at.is_(None))
    ).all()
    return next((ref for ref in refs if sessions.current_grant(session, ref) is not None), "")


def held_grant(session: Session, ref: str) -> Grant | None:
    """The access *ref*, open or over, if this browser holds its secret."""
    secret = cookie.get(sessions.GRANTS, {}).get(ref)
    grant = session.scalar(select(Grant).where(Grant.ref == ref)) if secret else None
    if grant is None or not secrets.compare_digest(grant.secret_hash, sha256(secret)):
        return None
    return grant
