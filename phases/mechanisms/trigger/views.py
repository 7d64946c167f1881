"""The page of all triggers: saying that one tripped, and what was done."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from phases.core import access
from phases.core.access import staff
from phases.core.commit import commits
from phases.core.db import db
from phases.core.errors import BadValue, Missing
from phases.core.invitations.mails import NOTICES
from phases.mechanisms.page import current
from phases.mechanisms.trigger import services
from phases.mechanisms.trigger.forms import AnswerForm, TripForm
from phases.mechanisms.trigger.queries import trigger_of, trigger_views

bp = Blueprint("trigger", __name__)


def init_app(app: Flask) -> None:
    """Register the pages, and what a mail says of a tripped trigger."""
    app.register_blueprint(bp)
    NOTICES["trigger"] = "{title}: this trigger has tripped at {customer}."


@bp.get("/e/<slug>/triggers")
@staff("read")
def page(slug: str) -> ResponseReturnValue:
    return _page()


@bp.post("/e/<slug>/triggers/<key>")
@staff("work")
@commits
def say(slug: str, key: str) -> ResponseReturnValue:
    s = current()
    trigger = trigger_of(s, key)
    access.check("work", trigger.subphase)
    form = TripForm()
    if not form.validate():
        return _page(key, form.errors), 422
    try:
        services.say_trip(_session(), s, g.actor, key, form.on.data, form.note.data or "")
    except BadValue as error:
        return _page(key, {error.field: [error.message]}), 422
    flash(f"Said, and whoever is named there is told: {s.plain(trigger.title)}", "success")
    return _back(key)


@bp.post("/e/<slug>/triggers/<key>/answer")
@staff("work")
@commits
def answer(slug: str, key: str) -> ResponseReturnValue:
    s = current()
    trigger = trigger_of(s, key)
    access.check("work", trigger.subphase)
    form = AnswerForm()
    if not form.validate() or form.on.data is None:
        raise Missing
    said, version = form.answer.data or "", form.version.data
    try:
        services.answer_trip(_session(), s, g.actor, key, form.on.data, said, version)
    except BadValue as error:
        return _page(key, {f"answer-{form.on.data}": [error.message]}), 422
    flash(f"Answered: {s.plain(trigger.title)}", "success")
    return _back(key)


def _back(key: str) -> ResponseReturnValue:
    return redirect(url_for(".page", slug=g.engagement.slug, _anchor=key.replace(".", "-")))


def _page(open_key: str = "", errors: Any = None) -> str:
    s = current()
    views = trigger_views(s)
    return render_template(
        "trigger/triggers.html", s=s, views=views, open=open_key,
        errors={name: str(found[0]) for name, found in (errors or {}).items() if found},
        typed=request.form if open_key else {},
        may_work={view.key: access.allowed("work", view.subphase) for view in views},
        named={view.key: _named(s.playbook.roles, trigger_of(s, view.key).told) for view in views},
    )  # fmt: skip


def _named(roles: Any, told: tuple[str, ...]) -> list[str]:
    return [roles[role].title for role in told if role in roles]


def _session() -> Session:
    return cast(Session, db.session)
