"""Opening a link, and what is shown where it no longer opens."""

from __future__ import annotations

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from intake import services
from intake.queries.links import held_grant, open_ref
from intake.views.frame import bp, session
from phases.core import sessions
from phases.core.access import anybody, colleagues_too
from phases.core.commit import commits
from phases.core.errors import Refusal, TooManyTries
from phases.core.invitations import services as invitations
from phases.core.invitations.errors import LinkRefused, LinkUsed
from phases.core.invitations.roles import roles_of
from phases.core.mail import settings
from phases.core.models import Engagement


@bp.get("/c/enter/<token>")
@anybody("tells whose link it is; mail scanners open links, so it changes nothing")
def enter(token: str) -> ResponseReturnValue:
    try:
        invitation = invitations.look_up(session(), token)
    except LinkUsed as refusal:
        if ref := open_ref(session(), token):
            return redirect(url_for(".home", ref=ref))
        return refused(token, refusal)
    except LinkRefused as refusal:
        return refused(token, refusal)
    engagement = session().get_one(Engagement, invitation.engagement_id)
    role = roles_of(engagement, "customer").get(invitation.contact.role)
    return render_template(
        "intake/enter.html", token=token, name=invitation.contact.name,
        customer=engagement.customer,
        role=role.title if role else "",
    )  # fmt: skip


@bp.post("/c/enter/<token>")
@anybody("the token in the address is the key")
@commits
def open_link(token: str) -> ResponseReturnValue:
    try:
        invitation = invitations.accept(session(), token)
    except LinkUsed as refusal:
        if ref := open_ref(session(), token):
            return redirect(url_for(".home", ref=ref))
        return refused(token, refusal)
    except LinkRefused as refusal:
        return refused(token, refusal)
    grant = sessions.open_grant(session(), invitation)
    return redirect(url_for(".home", ref=grant.ref))


def refused(token: str, refusal: LinkRefused) -> ResponseReturnValue:
    """Why the link does not open, and the way to a new one."""
    fresh = url_for(".fresh_link", token=token) if refusal.offers_fresh else ""
    return page(refusal.title, refusal.message, fresh), refusal.status


def page(title: str, message: str, fresh: str = "") -> str:
    return render_template("intake/ended.html", title=title, message=message, fresh=fresh)


@bp.post("/c/enter/<token>/fresh")
@anybody("mails only to the address that the link was bound to, and does not tell which")
@commits
def fresh_link(token: str) -> ResponseReturnValue:
    try:
        invitations.fresh_link(session(), token)
    except LinkRefused as refusal:
        return refused(token, refusal)
    except TooManyTries as refusal:
        return page(refusal.title, refusal.message), refusal.status
    return redirect(url_for(".link_sent"))


@bp.get("/c/sent")
@anybody("says that a mail is on its way, to nobody in particular")
def link_sent() -> ResponseReturnValue:
    return render_template("intake/link_sent.html", sends_mail=settings().sends_mail)


FRESH = "We can mail a new link to you."


@bp.get("/c/ended/<ref>")
@anybody("says that access has ended, and nothing about whose")
def ended(ref: str) -> ResponseReturnValue:
    fresh = url_for(".fresh_access", ref=ref) if held_grant(session(), ref) else ""
    return page(
        "Your access here has ended",
        "It was signed out, ran out after 30 days, or was withdrawn. What you entered is kept. "
        + (FRESH if fresh else "Open the newest link in your mail to come back."),
        fresh,
    )  # fmt: skip


@bp.post("/c/ended/<ref>/fresh")
@anybody("the browser proves by its cookie that it held this access")
@commits
def fresh_access(ref: str) -> ResponseReturnValue:
    grant = held_grant(session(), ref)
    if grant is None:
        return redirect(url_for(".ended", ref=ref))
    try:
        services.fresh_link_for(session(), grant)
    except Refusal as refusal:
        return page(refusal.title, refusal.message), refusal.status
    return redirect(url_for(".link_sent"))


@bp.post("/c/<ref>/leave")
@colleagues_too
@commits
def leave(ref: str) -> ResponseReturnValue:
    sessions.close_grant(g.grant)
    return redirect(url_for(".ended", ref=ref))
