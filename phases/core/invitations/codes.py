"""One-time codes: proof that a sign-off comes from the contact's mailbox.

A code is bound to one submitted batch (the hash of what is signed), minted when it is mailed, good
for ten minutes, five tries and one use. Without outgoing mail it is not asked for, and the sign-off
says that its proof is the link alone.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta
from hashlib import sha256

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from phases.core import outbox
from phases.core.again import begin_again
from phases.core.audit import record
from phases.core.clock import now
from phases.core.commit import commit
from phases.core.db import begin_write
from phases.core.errors import BadValue, TooManyTries
from phases.core.invitations import events
from phases.core.mail import settings
from phases.core.models import Code, Grant

MINUTES = 10
MOST_TRIES = 5
MOST_CODES = 6
"""How many codes a grant may ask for in an hour."""

BY_CODE = "code"
BY_LINK = "link"


def proof() -> str:
    """What a customer's sign-off rests on here: a code by mail, or the link alone."""
    return BY_CODE if settings().sends_mail else BY_LINK


def request_code(session: Session, grant: Grant, batch: str) -> Code | None:
    """Have a code for *batch* mailed to the grant's contact; None without outgoing mail.

    Earlier codes of the grant stop working.

    Raises:
        TooManyTries: six codes were asked for within the hour.
    """
    if proof() == BY_LINK:
        return None
    recent = session.scalars(
        select(Code).where(Code.grant_id == grant.id, Code.created_at > now() - timedelta(hours=1))
    ).all()
    if len(recent) >= MOST_CODES:
        raise TooManyTries("Too many codes were asked for. Wait an hour, then try again.")
    for old in recent:
        old.expires_at = min(old.expires_at, now())
    code = Code(grant_id=grant.id, batch=batch, expires_at=now() + timedelta(minutes=MINUTES))
    session.add(code)
    session.flush()
    outbox.put(session, "code", {"code": code.id}, grant.engagement, key=f"code.{code.id}")
    record(
        session, grant.engagement, grant.contact.ref, events.CodeSent(grant.contact.ref, code.id)
    )
    return code


def pending(session: Session, grant: Grant, batch: str) -> Code | None:
    """The code of *batch* that can still be typed, if there is one."""
    code = _newest(session, grant)
    alive = (
        code is not None
        and code.batch == batch
        and code.used_at is None
        and code.expires_at > now()
        and code.tries < MOST_TRIES
    )
    return code if alive else None


def check_code(session: Session, grant: Grant, batch: str, typed: str) -> None:
    """Use up the code of *batch*, in this transaction. Call it before anything else is changed:
    the try is committed before the code is compared, so that no refusal gives it back.

    Raises:
        BadValue: (``code``) none was sent for exactly this content, it is over, or it is wrong.
        TooManyTries: five wrong ones.
    """
    code = _newest(session, grant)
    if code is None or code.batch != batch:
        raise BadValue("code", "What you are signing has changed. Ask for a new code.")
    code_id, engagement = code.id, grant.engagement
    _spend_try(session, code_id)
    begin_again(session, engagement)
    code = session.get_one(Code, code_id, with_for_update=True)
    if code.used_at or code.expires_at <= now() or code.code_hash is None:
        raise BadValue("code", "This code no longer works. Ask for a new one.")
    if code.batch != batch:
        raise BadValue("code", "What you are signing has changed. Ask for a new code.")
    digits = "".join(c for c in typed if c.isdigit())
    if not hmac.compare_digest(code.code_hash, _hash(code_id, digits)):
        left = MOST_TRIES - code.tries
        again = (
            f"You have {left} more {'try' if left == 1 else 'tries'}."
            if left
            else "Ask for a new one."
        )
        raise BadValue("code", f"This is not the code in the mail. {again}")
    code.used_at = now()
    session.flush()


def _spend_try(session: Session, code_id: int) -> None:
    begin_write(session)
    spent = session.scalar(
        update(Code)
        .where(Code.id == code_id, Code.tries < MOST_TRIES)
        .values(tries=Code.tries + 1)
        .returning(Code.id)
    )
    commit(session)
    if spent is None:
        raise TooManyTries("Too many wrong codes. Go back and ask for a new one.")


def _newest(session: Session, grant: Grant) -> Code | None:
    return session.scalar(
        select(Code).where(Code.grant_id == grant.id).order_by(Code.id.desc()).limit(1)
    )


def mint(session: Session, code: Code) -> str:
    """New digits for *code*, of which only a keyed hash is kept; its ten minutes begin now."""
    digits = f"{secrets.randbelow(10**6):06}"
    code.code_hash = _hash(code.id, digits)
    code.expires_at = now() + timedelta(minutes=MINUTES)
    session.flush()
    return digits


def _hash(code_id: int, digits: str) -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"{code_id}:{digits}".encode(), sha256).hexdigest()
