"""Who may do what, declared on every route and enforced in one place before the view runs.

A route without a rule is refused, so that none can be forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from phases.core import sessions
from phases.core.db import begin_write, db
from phases.core.errors import Missing, NotAllowed
from phases.core.models import Engagement, Member, User

View = TypeVar("View", bound=Callable[..., Any])

COLLEAGUE = "colleague"
"""Marks what a contact without a role may reach too."""

WORKERS = ("architect", "specialist", "engineer")

HANDOFF = ("4a", "4b", "4c", "4d")
"""Sub-phases an account manager works on: handoff, maintenance, retention."""


@dataclass(frozen=True)
class Access:
    """``who`` is anybody, staff or customer; ``deed`` names a row of the table in ``may``."""

    who: str
    deed: str = ""
    reason: str = ""


def anybody(reason: str) -> Callable[[View], View]:
    """Mark a route that needs no login, and say why."""
    return _mark(Access("anybody", reason=reason))


def staff(deed: str) -> Callable[[View], View]:
    """Mark a route for staff who may do *deed*; with ``<slug>`` in it, on that engagement."""
    if deed not in DEEDS:
        raise ValueError(f"no deed is called {deed!r}; there are {', '.join(DEEDS)}")
    return _mark(Access("staff", deed))


def customer_only(view: View) -> View:
    """Mark a route for the contact whose grant ``<ref>`` this browser holds.

    A colleague, who has no role and may do only what was handed over, finds nothing there.
    """
    return _mark(Access("customer"))(view)


def colleagues_too(view: View) -> View:
    """Mark a route for contacts and colleagues; the view keeps these to what was handed over."""
    return _mark(Access("customer", COLLEAGUE))(view)


def _mark(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.access = access  # type: ignore[attr-defined]
        return view

    return mark


DEEDS = (
    "look",  # pages that are about no engagement: my work, portfolio, playbook
    "read",  # read an engagement
    "work",  # registers, steps, tests, meetings, drafts
    "invite",  # contacts and invitations
    "issue",  # issue documents
    "decide",  # pass a gate, attest
    "waive",  # ask for or grant a waiver
    "create",  # create an engagement
    "administer",  # users, settings, backups, outgoing mail
)


def may(user: User, deed: str, memberships: frozenset[str] | None, subphase: str = "") -> bool:
    """Whether *user* may do *deed*: the table of roles, as a function.

    *memberships* are the roles in which the user is on the engagement, None outside of one.
    *subphase* is where the thing worked on belongs: account managers work in phase 4 only.
    """
    if user.is_a("admin"):
        return True
    on_it = bool(memberships)
    if deed == "look":
        return True
    if deed == "create":
        return user.is_a("architect")
    if deed == "read":
        return user.is_a("architect", "account_manager") or on_it
    if deed == "work":
        if on_it and user.is_a(*WORKERS):
            return True
        return user.is_a("account_manager") and (not subphase or subphase in HANDOFF)
    if deed == "invite":
        return on_it and user.is_a("architect")
    if deed == "issue":
        return (on_it and user.is_a("architect")) or (
            user.is_a("account_manager") and subphase in ("", *HANDOFF)
        )
    if deed in ("decide", "waive"):
        return on_it and user.is_a("architect")
    return False


def check(deed: str, subphase: str = "") -> None:
    """Refuse when the current user may not do *deed* on the current engagement at *subphase*."""
    if not allowed(deed, subphase):
        raise NotAllowed(
            "Your role does not include this. Ask an admin, or the architect of this engagement."
        )


def allowed(deed: str, subphase: str = "") -> bool:
    """Whether the current user may do *deed* on the current engagement."""
    return may(g.user, deed, g.get("memberships"), subphase)


def init_app(app: Flask) -> None:
    """Enforce the access rules of *app*'s routes."""
    app.before_request(enforce)


def enforce() -> ResponseReturnValue | None:
    """Load who asks, begin a writing transaction where the view writes, and check the rule.

    Sets ``g.user``, ``g.login``, ``g.engagement``, ``g.memberships`` for staff, ``g.grant``,
    ``g.contact`` and ``g.engagement`` for customers, and ``g.actor`` for both.
    """
    if request.endpoint is None:
        return None  # no such address: the error page answers
    view: Any = _view()
    access: Access | None = getattr(view, "access", None)
    g.user = g.login = g.grant = g.contact = g.engagement = g.memberships = g.members = (
        g.contacts
    ) = None
    g.actor = "nobody"
    if request.endpoint == "static" or request.endpoint.endswith(".static"):
        return None
    if access is None:
        abort(500, f"{request.endpoint} declares no access rule")
    session = cast(Session, db.session)
    if getattr(view, "commits", False) and request.method not in ("GET", "HEAD", "OPTIONS"):
        begin_write(session)
    if access.who == "customer":
        return _enforce_customer(session, access)
    if access.who == "staff" or sessions.TOKEN in cookie:
        g.login = sessions.current_login(session)
        g.user = g.login.user if g.login else None
        g.actor = g.user.ref if g.user else "nobody"
    if access.who == "anybody":
        return None
    if g.user is None:
        return redirect(url_for("account.login", next=request.full_path.rstrip("?")))
    if g.user.must_change_password and request.endpoint not in (
        "account.password",
        "account.logout",
    ):
        return redirect(url_for("account.password"))
    _enforce_staff(session, access)
    return None


def _view() -> Any:
    view: Any = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "view_class", view)


def _enforce_staff(session: Session, access: Access) -> None:
    slug = (request.view_args or {}).get("slug")
    if slug is None:
        if not may(g.user, access.deed, None):
            raise NotAllowed("This is for other roles. Ask an admin if you need it.")
        return
    query = (
        select(Engagement, Member)
        .outerjoin(Member, Member.engagement_id == Engagement.id)
        .options(joinedload(Engagement.all_contacts))
        .where(Engagement.slug == slug)
        .order_by(Member.id)
    )
    if request.method == "POST":
        query = query.with_for_update(of=Engagement)
    rows = session.execute(query).unique().all()
    if not rows:
        raise Missing
    g.engagement = rows[0][0]
    g.members = [member for _, member in rows if member is not None]
    g.contacts = [contact for contact in g.engagement.all_contacts if contact.removed_at is None]
    g.memberships = frozenset(m.role for m in g.members if m.user_id == g.user.id)
    if not may(g.user, "read", g.memberships):
        raise Missing
    if not may(g.user, access.deed, g.memberships):
        raise NotAllowed(
            "Your role does not include this. Ask an admin, or the architect of this engagement."
        )


def _enforce_customer(session: Session, access: Access) -> ResponseReturnValue | None:
    ref = (request.view_args or {}).get("ref", "")
    grant = sessions.current_grant(session, ref)
    if grant is None:
        if ref in cookie.get(sessions.GRANTS, {}):
            return redirect(url_for("portal.ended", ref=ref))
        raise Missing
    if not grant.contact.role and access.deed != COLLEAGUE:
        raise Missing
    g.grant, g.contact, g.engagement = grant, grant.contact, grant.engagement
    g.actor = grant.contact.ref
    if request.method == "POST":
        session.refresh(grant.engagement, with_for_update={"of": Engagement})
    return None
