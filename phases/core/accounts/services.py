"""What changes accounts. Users belong to the installation, not to an engagement: the log names
who changed one, no audit chain does.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import cast

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from phases.core.accounts.security import (
    check_rules,
    datastore,
    fits,
    hashed,
    one_time_password,
)
from phases.core.clock import now
from phases.core.errors import BadValue, TooManyTries
from phases.core.models import Attempt, Role, User
from phases.core.sessions import end_all

ROLES = {
    "admin": "Users, settings, backups, waivers",
    "architect": "Runs engagements and answers for their documents",
    "engineer": "Configures the billing tool and tests it",
    "specialist": "Called in where depth is needed",
    "account_manager": "Handoff, maintenance and retention of every account",
}

WINDOW = timedelta(minutes=15)
MOST_TRIES = 5
MOST_TRIES_FROM_ONE_ADDRESS = 50

log = logging.getLogger(__name__)


def count_try(session: Session, email: str, address: str) -> None:
    """Spend one try to log in as *email* from *address*; a right password gives it back.

    Raises:
        TooManyTries: five were spent for the pair, or fifty from the address, in 15 minutes.
    """
    limits = {_pair(email, address): MOST_TRIES, f"from {address}": MOST_TRIES_FROM_ONE_ADDRESS}
    for subject, most in limits.items():
        if _spent(session, subject) >= most:
            log.warning("login refused after too many tries from %s", address)
            raise TooManyTries("Too many wrong passwords. Wait 15 minutes, then try again.")
    session.add_all(Attempt(subject=subject) for subject in limits)
    session.flush()


def forgive(session: Session, email: str, address: str) -> None:
    """Give back the tries spent for the pair: the password was right."""
    session.execute(delete(Attempt).where(Attempt.subject == _pair(email, address)))


def _pair(email: str, address: str) -> str:
    return f"login {email.casefold()[:200]} from {address[:45]}"


def _spent(session: Session, subject: str) -> int:
    query = select(func.count()).where(Attempt.subject == subject, Attempt.at > now() - WINDOW)
    return session.scalar(query) or 0


def ensure_roles(session: Session) -> None:
    """Have every staff role in the database."""
    there = set(session.scalars(select(Role.name)))
    for name, description in ROLES.items():
        if name not in there:
            session.add(Role(name=name, description=description))
    session.flush()


def first_admin(session: Session, email: str) -> str | None:
    """Make the first account, and return its one-time password; None when there is a user."""
    ensure_roles(session)
    if session.scalar(select(func.count()).select_from(User)):
        return None
    password = one_time_password()
    _create(session, email.strip().lower(), "Administrator", ["admin"], password)
    return password


def add_user(
    session: Session, name: str, email: str, roles: Iterable[str], actor: str
) -> tuple[User, str]:
    """Add a member of staff; returns the user and a password to be told once.

    Raises:
        BadValue: no name, no valid address, an address in use, no role or an unknown one.
    """
    name, email = name.strip(), checked_email(email)
    if not name:
        raise BadValue("name", "Enter the person's name.")
    if session.scalar(select(User.id).where(User.email == email)):
        raise BadValue("email", "Somebody with this e-mail address has an account already.")
    password = one_time_password()
    user = _create(session, email, name, checked_roles(roles), password)
    log.info("%s added user %s", actor, user.ref)
    return user, password


def _create(session: Session, email: str, name: str, roles: list[str], password: str) -> User:
    ensure_roles(session)
    user = datastore().create_user(
        email=email,
        name=name,
        password=hashed(password),
        roles=roles,
        must_change_password=True,
    )
    session.flush()
    return cast(User, user)


def checked_email(email: str) -> str:
    """*email* as it is stored: valid in form, in lower case.

    Raises:
        BadValue: it is no e-mail address.
    """
    try:
        found = validate_email(email.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise BadValue(
            "email", "Enter an e-mail address in the correct format, like name@example.com."
        ) from None
    if len(found.normalized) > 254:
        raise BadValue("email", "The e-mail address must be 254 characters or fewer.")
    return found.normalized.lower()


def checked_roles(roles: Iterable[str]) -> list[str]:
    """*roles* as they are stored.

    Raises:
        BadValue: there is none, or one that this product does not know.
    """
    found = [role for role in ROLES if role in set(roles)]
    if not found or set(roles) - set(ROLES):
        raise BadValue("roles", "Choose at least one role.")
    return found


def change_user(session: Session, user: User, name: str, roles: Iterable[str], actor: str) -> None:
    """Give *user* this name and these roles.

    Raises:
        BadValue: no name or role, or nobody would be left to administer the installation.
    """
    if not name.strip():
        raise BadValue("name", "Enter the person's name.")
    wanted = checked_roles(roles)
    if user.is_a("admin") and "admin" not in wanted:
        _check_not_last_admin(session, user, "roles")
    user.name = name.strip()
    ensure_roles(session)
    user.roles = list(session.scalars(select(Role).where(Role.name.in_(wanted)).order_by(Role.id)))
    session.flush()
    log.info("%s changed user %s: %s", actor, user.ref, ", ".join(wanted))


def disable(session: Session, user: User, actor: str) -> None:
    """Shut *user* out; every login ends at once.

    Raises:
        BadValue: nobody would be left to administer the installation.
    """
    if user.is_a("admin"):
        _check_not_last_admin(session, user, "active")
    datastore().deactivate_user(user)
    end_all(session, user)
    session.flush()
    log.info("%s disabled user %s", actor, user.ref)


def enable(session: Session, user: User, actor: str) -> None:
    """Let *user* log in again."""
    datastore().activate_user(user)
    session.flush()
    log.info("%s enabled user %s", actor, user.ref)


def _check_not_last_admin(session: Session, user: User, field: str) -> None:
    others = select(User.id).where(
        User.id != user.id, User.active, User.roles.any(Role.name == "admin")
    )
    if session.scalar(others.limit(1)) is None:
        raise BadValue(field, "This is the last administrator. Make somebody else one first.")


def reset_password(session: Session, user: User, actor: str) -> str:
    """Give *user* a one-time password, to be told once; every login ends."""
    password = one_time_password()
    _set(session, user, password, must_change=True)
    log.info("%s reset the password of user %s", actor, user.ref)
    return password


def change_password(session: Session, user: User, password: str, current: str | None) -> None:
    """Give *user* the new *password*; every login ends. *current* is None where it was just proved.

    Raises:
        BadValue: the current password is wrong, or the new one breaks a rule or is the old one.
    """
    if current is not None and not fits(current, user.password):
        raise BadValue("current", "This is not your current password.")
    check_rules("password", password, user)
    if fits(password, user.password):
        raise BadValue("password", "This is your current password. Choose another.")
    _set(session, user, password, must_change=False)
    log.info("user %s changed the password", user.ref)


def _set(session: Session, user: User, password: str, *, must_change: bool) -> None:
    user.password = hashed(password)
    user.must_change_password = must_change
    datastore().set_uniquifier(user)
    end_all(session, user)
    session.flush()


def rename(session: Session, user: User, name: str) -> None:
    """Change one's own name.

    Raises:
        BadValue: it is empty.
    """
    if not name.strip():
        raise BadValue("name", "Enter your name.")
    user.name = name.strip()
    session.flush()
