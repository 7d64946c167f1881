"""The first page, and the things that are done by one button on it."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake.queries.documents import issued_documents
from intake.queries.home import home_view, homework, role_of
from intake.views.frame import bp, session
from phases.core.access import customer_only
from phases.core.commit import commits
from phases.core.errors import Missing
from phases.mechanisms.checklist.services import say_step
from phases.mechanisms.page import current


@bp.get("/c/<ref>/")
@customer_only
def home(ref: str) -> ResponseReturnValue:
    s = current()
    view = home_view(s, g.contact.role, g.engagement.summary)
    documents = [d for d in issued_documents(session(), s, g.contact) if d.current]
    return render_template("intake/home.html", view=view, documents=documents, s=s)


@bp.post("/c/<ref>/step/<key>")
@customer_only
@commits
def step_done(ref: str, key: str) -> ResponseReturnValue:
    """Say that a step of the contact's own is done."""
    s = current()
    mine = [
        view for checklist, view in homework(s, g.engagement.summary)
        if view.key == key and role_of(s, checklist, view) == g.contact.role and view.quick
    ]  # fmt: skip
    if not mine:
        raise Missing("This is done already, or is no longer asked.")
    sent = request.form.get("version", "")
    say_step(
        session(), s, g.actor, key, state="done", version=int(sent) if sent.isdecimal() else None
    )
    flash(f"Done: {s.plain(s.playbook.get(key).title)}. Thank you.", "success")
    return redirect(url_for(".home", ref=g.grant.ref))
