"""The page of all inputs: values, standing, and what is done to them."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import Field

from phases.core import access
from phases.core.access import staff
from phases.core.commit import commits
from phases.core.db import db
from phases.core.errors import BadValue, Refusal
from phases.mechanisms.inputs import services
from phases.mechanisms.inputs.forms import InputForm, StandingForm, input_form
from phases.mechanisms.inputs.queries import InputView, input_groups, input_view, meeting_choices
from phases.mechanisms.page import current
from phases.mechanisms.register.links import INPUTS, above_of, origins, resting_on

bp = Blueprint("inputs", __name__)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


@bp.get("/e/<slug>/inputs")
@staff("read")
def page(slug: str) -> ResponseReturnValue:
    return _page()


@bp.post("/e/<slug>/inputs/<key>")
@staff("work")
@commits
def change(slug: str, key: str) -> ResponseReturnValue:
    view = _view(key)
    if view.profile:
        raise Refusal("The profile decides what applies: change it on the profile page.")
    form = input_form(view, meeting_choices(current()), typed=True)
    if not form.validate():
        return _page(key, form), 422
    source, confirmed = form.source.data or "", bool(form.confirmed.data)
    meeting = form.meeting.data or "" if confirmed else ""
    try:
        services.set_input(
            _session(), current(), g.actor, key, form.value.data, source.strip(), form.version.data,
            confirmed=confirmed, meeting=meeting,
        )  # fmt: skip
    except BadValue as error:
        _attach(form, error)
        return _page(key, form), 422
    flash(f"Saved: {view.title}", "success")
    return _back(view, form.meeting.data or "")


@bp.post("/e/<slug>/inputs/<key>/confirm")
@staff("work")
@commits
def confirm(slug: str, key: str) -> ResponseReturnValue:
    view, form = _view(key), StandingForm()
    meeting, version = form.meeting.data or "", form.version.data
    services.confirm(_session(), current(), g.actor, key, meeting, version)
    flash(f"CONFIRMED: {view.title}", "success")
    return _back(view, meeting)


@bp.post("/e/<slug>/inputs/<key>/assume")
@staff("work")
@commits
def assume(slug: str, key: str) -> ResponseReturnValue:
    view, form = _view(key), StandingForm()
    services.assume(_session(), current(), g.actor, key, form.version.data)
    flash(f"Back to ASSUMED: {view.title}", "success")
    return _back(view, form.meeting.data or "")


def _view(key: str) -> InputView:
    item = services.input_of(current(), key)
    view = input_view(current(), item)
    access.check("work", _place(view))
    return view


def _place(view: InputView) -> str:
    """The sub-phase whose people may change the input: the first one's, where it names none."""
    return view.subphase or current().playbook.subphases[0].code


def _page(open_key: str = "", form: InputForm | None = None) -> str:
    """All inputs; the one called *open_key*, or named by ``?edit=``, with its form."""
    s = current()
    s.records.narrow(*above_of(s, INPUTS))
    open_key = open_key or request.args.get("edit", "")
    groups, meetings = input_groups(s), meeting_choices(s)
    shown = [view for group in groups for view in group.inputs]
    meeting = request.values.get("meeting", "")
    found = next((v for v in shown if v.key == open_key and not v.profile), None)
    if form is None and found is not None:
        form = input_form(found, meetings, typed=False)
        form.meeting.data = meeting
    return render_template(
        "inputs/inputs.html", s=s, groups=groups, meetings=meetings, open_key=open_key, form=form,
        meeting=meeting if meeting in dict(meetings) else "",
        confirmed=sum(view.confirmed for view in shown), total=len(shown),
        may={view.key: access.allowed("work", _place(view)) for view in shown},
        origins=origins(s), resting=lambda key: resting_on(s, f"{INPUTS}/{key}"),
    )  # fmt: skip


def _attach(form: InputForm, error: BadValue) -> None:
    field: Field = form[error.field if error.field in form else "value"]
    field.errors = [*field.errors, error.message]


def _back(view: InputView, meeting: str) -> ResponseReturnValue:
    """To the input on its page, which goes on confirming in *meeting*."""
    place = url_for(".page", slug=g.engagement.slug, meeting=meeting or None, _anchor=view.anchor)
    return redirect(place)


def _session() -> Session:
    return cast(Session, db.session)
