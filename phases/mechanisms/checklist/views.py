"""The page of a checklist, and what is said of its steps from there and from the phase page."""

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
from phases.mechanisms.checklist import services
from phases.mechanisms.checklist.forms import StepForm
from phases.mechanisms.checklist.queries import checklist_of, step_view, step_views
from phases.mechanisms.page import current
from playbook.models import Checklist, Step

bp = Blueprint("checklist", __name__)

SAID = ("state", "owner", "due", "note", "evidence")


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


@bp.get("/e/<slug>/checklist/<key>")
@staff("read")
def page(slug: str, key: str) -> ResponseReturnValue:
    return _page(checklist_of(current(), key))


@bp.post("/e/<slug>/checklist/<key>/<step_key>")
@staff("work")
@commits
def say(slug: str, key: str, step_key: str) -> ResponseReturnValue:
    checklist, step = _step(key, step_key)
    form = StepForm()
    if not form.validate():
        return _page(checklist, step_key, form), 422
    said = {name: form[name].data for name in SAID if name in request.form}
    try:
        services.say_step(
            _session(), current(), g.actor, step.key, version=form.version.data, **said
        )
    except BadValue as error:
        _attach(form, error)
        return _page(checklist, step_key, form), 422
    flash(f"Saved: {current().plain(step.title)}", "success")
    return _back(checklist, step, form)


@bp.post("/e/<slug>/checklist/<key>/<step_key>/done")
@staff("work")
@commits
def done(slug: str, key: str, step_key: str) -> ResponseReturnValue:
    """One click: done, where nothing else is asked for."""
    checklist, step = _step(key, step_key)
    form = StepForm()
    if not form.validate():
        return _page(checklist, step_key, form), 422
    try:
        services.say_step(
            _session(), current(), g.actor, step.key, state="done", version=form.version.data
        )
    except BadValue as error:
        _attach(form, error)
        return _page(checklist, step_key, form), 422
    flash(f"Done: {current().plain(step.title)}", "success")
    return _back(checklist, step, form)


def _step(key: str, step_key: str) -> tuple[Checklist, Step]:
    checklist = checklist_of(current(), key)
    if step_key not in checklist.items:
        raise Missing
    access.check("work", checklist.subphase)
    return checklist, checklist.items[step_key]


def _page(checklist: Checklist, open_key: str = "", form: StepForm | None = None) -> str:
    s = current()
    return render_template(
        "checklist/checklist.html", s=s, checklist=checklist, views=step_views(s, checklist),
        how=s.applicability(checklist), subphase=s.playbook.subphase(checklist.subphase),
        may_work=access.allowed("work", checklist.subphase), open=_open(open_key, form),
    )  # fmt: skip


def _open(key: str, form: StepForm | None) -> dict[str, Any]:
    """The step whose form is shown open, with what was typed and what is wrong with it."""
    if form is None:
        return {"key": request.args.get("step", ""), "typed": {}, "errors": {}}
    errors = {name: str(messages[0]) for name, messages in form.errors.items() if messages}
    return {
        "key": key,
        "typed": {n: request.form[n] for n in SAID if n in request.form},
        "errors": errors,
    }


def _attach(form: StepForm, error: BadValue) -> None:
    field = form[error.field if error.field in form else "note"]
    field.errors = [*field.errors, error.message]


def _back(checklist: Checklist, step: Step, form: StepForm) -> ResponseReturnValue:
    s = current()
    anchor = step_view(s, checklist, step).anchor
    if form.back.data == "phase":
        phase = s.playbook.subphase(checklist.subphase).phase
        return redirect(f"/e/{g.engagement.slug}/{phase}#{anchor}")
    return redirect(url_for(".page", slug=g.engagement.slug, key=checklist.key, _anchor=anchor))


def _session() -> Session:
    return cast(Session, db.session)
