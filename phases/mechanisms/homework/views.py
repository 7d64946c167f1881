"""The page of an engagement's homework, and what staff do about it."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from phases.core.access import allowed, staff
from phases.core.commit import commits
from phases.core.db import db
from phases.core.errors import BadValue
from phases.core.invitations.services import contact_of
from phases.core.mail import settings
from phases.core.template import day
from phases.mechanisms.homework import chasing, mails, services
from phases.mechanisms.homework.forms import AskForm
from phases.mechanisms.homework.queries import homework_view
from phases.mechanisms.page import current

bp = Blueprint("homework", __name__)


def init_app(app: Flask) -> None:
    """Register the pages, and the mails they send."""
    mails.register_all()
    app.register_blueprint(bp)


def session() -> Session:
    return cast(Session, db.session)


def summary() -> Any:
    return g.engagement.summary


@bp.get("/e/<slug>/homework")
@staff("read")
def page(slug: str) -> ResponseReturnValue:
    return shown(None)


def shown(form: AskForm | None, status: int = 200) -> ResponseReturnValue:
    s = current()
    view = homework_view(session(), s, summary())
    if form is None:
        asked = request.args.get("ask", "")
        form = AskForm(view.gives, view.people, formdata=None, item=asked)
    return render_template(
        "homework/homework.html", s=s, view=view, form=form, slug=g.engagement.slug,
        may_ask=allowed("invite"), sends_mail=settings().sends_mail,
        asking=bool(form.errors or request.args.get("ask")),
    ), status  # fmt: skip


def back(anchor: str = "") -> ResponseReturnValue:
    return redirect(url_for(".page", slug=g.engagement.slug, _anchor=anchor or None))


@bp.post("/e/<slug>/homework/ask")
@staff("invite")
@commits
def ask(slug: str) -> ResponseReturnValue:
    s = current()
    view = homework_view(session(), s, summary())
    form = AskForm(view.gives, view.people)
    if form.item.data not in dict(view.gives):
        form.item.errors = ["Choose an item that is open."]
    if form.contact.data not in dict(view.people):
        form.contact.errors = ["Choose a contact."]
    if form.errors:
        return shown(form, 422)
    person = contact_of(session(), g.engagement, int(form.contact.data))
    piece = services.piece_or_missing(s, summary(), form.item.data)
    try:
        services.ask_by_name(session(), s, g.actor, piece, person, form.note.data or "")
    except BadValue as problem:
        form[problem.field].errors = [problem.message]
        return shown(form, 422)
    flash(f"{person.name} is asked for “{piece.title}”.", "success")
    return back()


@bp.post("/e/<slug>/homework/asks/<int:ask_id>/take-back")
@staff("invite")
@commits
def take_back(slug: str, ask_id: int) -> ResponseReturnValue:
    s = current()
    row = services.ask_of(s, ask_id)
    services.take_back(session(), s, g.actor, row)
    flash(f"Taken back from {s.people.name(f'c{row.contact_id}')}. Their answers stay.", "success")
    return back("items")


@bp.post("/e/<slug>/homework/asks/<int:ask_id>/allow")
@staff("invite")
@commits
def allow(slug: str, ask_id: int) -> ResponseReturnValue:
    s = current()
    row = services.ask_of(s, ask_id)
    services.allow(session(), s, g.actor, row)
    flash(f"{s.people.name(f'c{row.contact_id}')} gets the link.", "success")
    return back()


@bp.post("/e/<slug>/homework/asks/<int:ask_id>/decline")
@staff("invite")
@commits
def decline(slug: str, ask_id: int) -> ResponseReturnValue:
    s = current()
    row = services.ask_of(s, ask_id)
    services.decline(session(), s, g.actor, row)
    flash(f"Declined: it stays with {s.people.name(row.by)}.", "success")
    return back()


@bp.post("/e/<slug>/homework/write")
@staff("invite")
@commits
def write(slug: str) -> ResponseReturnValue:
    s, person = current(), request.form.get("person", "")[:20]
    on = chasing.send_now(session(), s, summary(), g.actor, person)
    goes = "now" if on == s.today else f"on {day(on)}, the next business day there"
    flash(
        f"One mail to {s.people.name(person)}, about all that is open: it goes out {goes}.",
        "success",
    )
    return back("plan")


@bp.post("/e/<slug>/homework/stop")
@staff("invite")
@commits
def stop(slug: str) -> ResponseReturnValue:
    s = current()
    item, person = request.form.get("item", "")[:120], request.form.get("person", "")[:20]
    chasing.stop(session(), s, g.actor, item, person)
    about = chasing.titles(s, [item])[0] if item else s.people.name(person)
    flash(
        f"Stopped: no more mails {'about' if item else 'to'} {about}, until you resume.", "success"
    )
    return back("items" if item else "plan")


@bp.post("/e/<slug>/homework/stops/<int:stop_id>/end")
@staff("invite")
@commits
def resume(slug: str, stop_id: int) -> ResponseReturnValue:
    chasing.resume(session(), current(), g.actor, stop_id)
    flash("Resumed.", "success")
    return back("plan")
