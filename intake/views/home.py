"""The first page, and the things that are done by one button on it."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake.queries.documents import issued_documents
from intake.queries.handed import handed_view
from intake.queries.home import home_view
from intake.views.frame import bp, session
from phases.core.access import colleagues_too
from phases.core.commit import commits
from phases.core.errors import Missing
from phases.mechanisms.checklist.services import say_step
from phases.mechanisms.homework.pieces import held
from phases.mechanisms.homework.services import GONE, piece_or_missing
from phases.mechanisms.page import current


@bp.get("/c/<ref>/")
@colleagues_too
def home(ref: str) -> ResponseReturnValue:
    s, summary = current(), g.engagement.summary
    if not g.contact.role:
        return render_template("intake/handed.html", view=handed_view(s, g.contact, summary))
    view = home_view(s, g.contact, summary)
    documents = [d for d in issued_documents(session(), s, g.contact) if d.current]
    return render_template("intake/home.html", view=view, documents=documents, s=s)


@bp.post("/c/<ref>/step/<key>")
@colleagues_too
@commits
def step_done(ref: str, key: str) -> ResponseReturnValue:
    """Say that a step of the contact's own is done."""
    s = current()
    piece = piece_or_missing(s, g.engagement.summary, key)
    quick = piece.view is not None and piece.view.quick and piece.kind == "step"
    if not quick or g.contact not in held(s, piece).people:
        raise Missing(GONE)
    sent = request.form.get("version", "")
    say_step(
        session(), s, g.actor, key, state="done", version=int(sent) if sent.isdecimal() else None
    )
    flash(f"Done: {piece.title}. Thank you.", "success")
    return redirect(url_for(".home", ref=g.grant.ref))
