"""Maintenance that the customer keeps: what is due, and what came of it."""

from __future__ import annotations

from datetime import date

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import Optional

from intake.views.frame import bp, session
from phases.core.access import customer_only
from phases.core.choices import pairs
from phases.core.commit import commits
from phases.core.errors import BadValue, Missing
from phases.core.mail import link
from phases.mechanisms.exchange import download
from phases.mechanisms.page import current
from phases.mechanisms.schedule.calendar import CALENDAR, calendar
from phases.mechanisms.schedule.queries import (
    OccurrenceView,
    ScheduleView,
    TaskView,
    owner_role,
    schedule_of,
    schedule_view,
)
from phases.mechanisms.schedule.services import RESULTS, record_occurrence
from phases.mechanisms.trigger.forms import TripForm
from phases.mechanisms.trigger.services import say_trip


class ResultForm(FlaskForm):
    """What came of a due check."""

    result = RadioField("What came of it?", choices=pairs(RESULTS.items()), validate_choice=False)
    note = TextAreaField(
        "Note", validators=[Optional()],
        description="For a red flag: what it is, and what is done about it.",
        render_kw={"rows": 4, "maxlength": 5000},
    )  # fmt: skip
    evidence = StringField(
        "Link to the evidence", validators=[Optional()], description="Begins with https://",
        render_kw={"maxlength": 1000},
    )  # fmt: skip
    version = HiddenField()


def own_schedule(key: str) -> ScheduleView:
    """The schedule *key*, if it is this contact's to keep."""
    s = current()
    schedule = schedule_of(s, key)
    if not (schedule.portal and s.applies(schedule) and owner_role(s, schedule) == g.contact.role):
        raise Missing
    return schedule_view(s, schedule)


def instance(view: ScheduleView, task_key: str, due: str) -> tuple[TaskView, OccurrenceView]:
    """One due instance of a task."""
    for task in view.tasks:
        for occurrence in task.occurrences:
            if task.key == task_key and occurrence.due.isoformat() == due:
                return task, occurrence
    raise Missing


@bp.get("/c/<ref>/schedule/<key>")
@customer_only
def schedule(ref: str, key: str) -> ResponseReturnValue:
    view = own_schedule(key)
    return schedule_page(view)


def schedule_page(view: ScheduleView, told: str = "", form: TripForm | None = None) -> str:
    past = [o for task in view.tasks for o in task.occurrences if o.version]
    past.sort(key=lambda o: o.due, reverse=True)
    blank = TripForm(formdata=None, on=current().today)
    return render_template(
        "intake/schedule.html", view=view, past=past[:24], told=told, form=form or blank,
        blank=blank,
    )  # fmt: skip


@bp.get("/c/<ref>/schedule/<key>/calendar.ics")
@customer_only
def schedule_feed(ref: str, key: str) -> ResponseReturnValue:
    view = own_schedule(key)
    place = link(url_for(".schedule", ref=g.grant.ref, key=key))
    return download(calendar(view, g.engagement, place), CALENDAR, "maintenance.ics")


@bp.post("/c/<ref>/schedule/<key>/triggers/<trigger>")
@customer_only
@commits
def tell(ref: str, key: str, trigger: str) -> ResponseReturnValue:
    """This happened: one of the things on which the customer calls back."""
    view = own_schedule(key)
    found = next((one for one in view.triggers if one.key == trigger), None)
    if found is None:
        raise Missing
    form = TripForm()
    if not form.validate():
        return schedule_page(view, trigger, form), 422
    try:
        say_trip(session(), current(), g.actor, trigger, form.on.data, form.note.data or "")
    except BadValue as problem:
        form[problem.field].errors = [problem.message]
        return schedule_page(view, trigger, form), 422
    flash(f"Thank you. We have been told: {found.title}.", "success")
    return redirect(url_for(".schedule", ref=g.grant.ref, key=key, _anchor=found.anchor))


@bp.get("/c/<ref>/schedule/<key>/<task>/<due>")
@customer_only
def occurrence(ref: str, key: str, task: str, due: str) -> ResponseReturnValue:
    view = own_schedule(key)
    about, one = instance(view, task, due)
    results = {"done": "ok", "red_flag": "red_flag", "skipped": "skipped"}
    form = ResultForm(formdata=None, result=results.get(one.state), note=one.note,
                      evidence=one.evidence, version=one.version)  # fmt: skip
    return render_template("intake/occurrence.html", view=view, task=about, one=one, form=form)


@bp.post("/c/<ref>/schedule/<key>/<task>/<due>")
@customer_only
@commits
def record(ref: str, key: str, task: str, due: str) -> ResponseReturnValue:
    view = own_schedule(key)
    about, one = instance(view, task, due)
    form = ResultForm()
    sent = request.form.get("version", "")
    try:
        record_occurrence(
            session(), current(), g.actor, key, task, date.fromisoformat(due),
            form.result.data or "",
            form.note.data or "", form.evidence.data or "", int(sent) if sent.isdecimal() else None,
        )  # fmt: skip
    except BadValue as problem:
        form[problem.field if problem.field in form else "result"].errors = [problem.message]
        return render_template(
            "intake/occurrence.html", view=view, task=about, one=one, form=form
        ), 422
    flash(f"Recorded: {about.title}. Thank you.", "success")
    return redirect(url_for(".schedule", ref=g.grant.ref, key=key))
