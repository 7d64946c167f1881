"""Flask-Security as a library: hashing, password rules, the user store.

Its pages, sessions and tokens are not used. A login is a row of ``phases.core.sessions``.
"""

from __future__ import annotations

import secrets
from typing import cast

from flask import Flask, Request, current_app
from flask_security.core import Security
from flask_security.datastore import SQLAlchemyUserDatastore
from flask_security.utils import hash_password, verify_password

from phases.core.db import db
from phases.core.errors import BadValue
from phases.core.models import Role, User

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 128

OPTIONS = {
    "SECURITY_PASSWORD_LENGTH_MIN": SHORTEST_PASSWORD,
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],  # so that a restored backup needs no salt
    "SECURITY_CLI_USERS_NAME": False,
    "SECURITY_CLI_ROLES_NAME": False,
}


def init_app(app: Flask) -> None:
    """Set up the library for *app*, without pages, tokens and commands of its own."""
    for name, value in OPTIONS.items():
        app.config.setdefault(name, value)
    security = Security(app, SQLAlchemyUserDatastore(db, User, Role), register_blueprint=False)
    security.login_manager.request_loader(_nobody)


def _nobody(_request: Request) -> None:
    """No request logs anybody in by a token."""


def datastore() -> SQLAlchemyUserDatastore:
    """Where Flask-Security keeps users and roles."""
    return cast(SQLAlchemyUserDatastore, current_app.extensions["security"].datastore)


def hashed(password: str) -> str:
    """The hash of an acceptable *password*."""
    return hash_password(_normal(password))


def fits(password: str, stored: str | None) -> bool:
    """Whether *password* has the hash *stored*; takes as long when there is none to compare."""
    typed = _normal(password)[:LONGEST_PASSWORD]
    if stored is None:
        hash_password(typed)
        return False
    return bool(verify_password(typed, stored))


def check_rules(field: str, password: str, user: User) -> None:
    """Judge a new password by Flask-Security's rules and our own.

    Raises:
        BadValue: too short or too long, or it is the person's own name or address.
    """
    problems, normal = current_app.extensions["security"].password_util.validate(
        password, False, user=user
    )
    if problems:
        raise BadValue(
            field,
            f"Use {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters. A few unrelated words are "
            "easy to remember and hard to guess.",
        )
    if normal.casefold() in (user.email.casefold(), user.name.casefold()):
        raise BadValue(field, "Do not use your own name or address as the password.")
    if len(set(normal)) < 4:
        raise BadValue(field, "This password repeats itself. Use a few unrelated words.")


def _normal(password: str) -> str:
    return cast(str, current_app.extensions["security"].password_util.normalize(password))


def one_time_password() -> str:
    """A password to be told once and changed at the first login."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(5)) for _ in range(4))
