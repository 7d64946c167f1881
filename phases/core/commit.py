"""The one place that commits, and what it does before: projections, and the double-click guard."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import g, make_response, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from phases.core.db import begin_write, db
from phases.core.models import Engagement, Once

View = TypeVar("View", bound=Callable[..., Any])

BEFORE_COMMIT: list[Callable[[Session, Engagement], None]] = []
"""Called for each engagement that changed, in its transaction; the portfolio projects here."""

AFTER_COMMIT: list[Callable[[], None]] = []
"""Called after a commit that left jobs in the outbox, to ring the worker."""


def commit(session: Session) -> None:
    """Write the projections of what changed, and commit."""
    session.flush()
    for engagement in session.info.pop("touched", {}).values():
        for hook in BEFORE_COMMIT:
            hook(session, engagement)
    session.commit()
    if session.info.pop("ring", False):
        for ring in AFTER_COMMIT:
            ring()


def commits(view: View) -> View:
    """Run *view* in one writing transaction: committed when it succeeds, rolled back when not.

    The transaction was begun before the access check (see ``access.enforce``). A form that carries
    the key it was rendered with (``once``) takes effect once: sent again, it leads to where the
    first one led.
    """

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        session = cast(Session, db.session)
        key = request.form.get("once", "")[:40]
        if key and (led := _led(session, key)) is not None:
            session.rollback()
            return redirect(led)
        response = make_response(view(*args, **kwargs))
        if response.status_code >= 400:
            session.rollback()
            return response
        if key:
            session.add(Once(actor=g.actor, key=key, location=response.location or request.path))
        try:
            commit(session)
        except IntegrityError:
            session.rollback()
            if key and (led := _led(session, key)) is not None:
                return redirect(led)
            raise
        return response

    wrapper.commits = True  # type: ignore[attr-defined]
    return cast(View, wrapper)


def _led(session: Session, key: str) -> str | None:
    return session.scalar(select(Once.location).where(Once.actor == g.actor, Once.key == key))


__all__ = ["AFTER_COMMIT", "BEFORE_COMMIT", "begin_write", "commit", "commits"]
