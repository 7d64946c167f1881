"""The pages of checklists, and what is said of steps from there and from the phase page."""

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
from phases.mechanisms.checklist import bulk, services, tables
from phases.mechanisms.checklist.forms import BulkForm, StepForm
from phases.mechanisms.checklist.history import history_of, runs_of
from phases.mechanisms.checklist.listing import CHIPS, PRIORITIES, Asked, chips, effort_left
from phases.mechanisms.checklist.queries import (
    StepView,
    checklist_of,
    live_steps,
    step_view,
    step_views,
)
from phases.mechanisms.exchange import TableForm, download, written
from phases.mechanisms.guards import guard
from phases.mechanisms.notes import note_of
from phases.mechanisms.page import current, current_for
from phases.mechanisms.situation import Situation
from phases.mechanisms.spreadsheet import ImportRefused
from playbook.models import Checklist, Gate, Step

bp = Blueprint("checklist", __name__)

SAID = ("state", "owner", "due", "note", "evidence")
TOLD = 8
"""How many refusals are told one by one."""


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


@bp.get("/e/<slug>/checklists")
@staff("read")
def overview(slug: str) -> ResponseReturnValue:
    """Every step of the engagement, or of one part of the method, wherever its checklists stand: by
    priority, state, role and owner, with the effort left."""
    s, asked = current(), Asked.of(request.args)
    lists = [(c, live_steps(s, c)) for c in s.playbook.checklists]
    every = [view for _, views in lists for view in views]
    of = [view for view in every if asked.part in ("", view.part)]
    shown = [(c, [view for view in views if asked.shows(view)]) for c, views in lists]
    parts = {part: s.plain(topic.title) for part, topic in s.playbook.topics.items()}
    return render_template(
        "checklist/overview.html", s=s, lists=[(c, views) for c, views in shown if views],
        filters=chips(every, asked, parts), asked=asked, effort=effort_left(of),
        done=sum(view.settled for view in of), total=len(of), part=parts.get(asked.part, ""),
        priorities=PRIORITIES, priority_chips=CHIPS, critical=[v for v in of if v.critical],
    )  # fmt: skip


@bp.get("/e/<slug>/checklist/<key>")
@staff("read")
def page(slug: str, key: str) -> ResponseReturnValue:
    return _page(checklist_of(current_for(key), key))


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


@bp.post("/e/<slug>/checklist/<key>/bulk")
@staff("work")
@commits
def many(slug: str, key: str) -> ResponseReturnValue:
    checklist = _to_work_on(key)
    form = BulkForm()
    if not form.validate():
        return _page(checklist, wrong="Give the due date as a date."), 422
    try:
        found = bulk.change(_session(), current(), g.actor, checklist, form.chosen(), form.wanted())
    except BadValue as error:
        return _page(checklist, wrong=error.message), 422
    if found.changed:
        flash(f"{found.changed} {'step' if found.changed == 1 else 'steps'} changed.", "success")
    for line in found.refused[:TOLD]:
        flash(f"Not changed: {line}", "warning")
    if len(found.refused) > TOLD:
        flash(f"And {len(found.refused) - TOLD} more were not changed.", "warning")
    asked: dict[str, Any] = dict(Asked.of(request.args).args())
    return redirect(url_for(".page", slug=slug, key=key, **asked))


@bp.post("/e/<slug>/checklist/<key>/import")
@staff("work")
@commits
def bring_in(slug: str, key: str) -> ResponseReturnValue:
    checklist = _to_work_on(key)
    form = TableForm()
    if not form.validate():
        return _page(checklist, bring=form), 422
    try:
        count = tables.say_steps(_session(), current(), g.actor, checklist, form.rows())
    except ImportRefused as error:
        form.table.errors = list(error.problems)
        return _page(checklist, bring=form), 422
    told = f"{count} {'step' if count == 1 else 'steps'} changed."
    flash(told if count else "Nothing in it was new.", "success")
    return redirect(url_for(".page", slug=slug, key=key))


@bp.get("/e/<slug>/checklist/<key>/export.<kind>")
@staff("read")
def export(slug: str, key: str, kind: str) -> ResponseReturnValue:
    s = current()
    checklist = checklist_of(s, key)
    data = written(kind, s.plain(checklist.title), tables.table(live_steps(s, checklist)))
    return download(data, kind, f"{slug}-{key.rpartition('.')[2]}.{kind}")


def _to_work_on(key: str) -> Checklist:
    checklist = checklist_of(current(), key)
    access.check("work", checklist.subphase)
    return checklist


def _step(key: str, step_key: str) -> tuple[Checklist, Step]:
    checklist = checklist_of(current(), key)
    if step_key not in checklist.items:
        raise Missing
    access.check("work", checklist.subphase)
    return checklist, checklist.items[step_key]


def _page(
    checklist: Checklist, open_key: str = "", form: StepForm | None = None, *, wrong: str = "",
    bring: TableForm | None = None,
) -> str:  # fmt: skip
    s, asked = current(), Asked.of(request.args)
    opened = _open(open_key, form)
    views = step_views(s, checklist)
    live = live_steps(s, checklist)
    shown = [v for v in views if not v.applies or asked.shows(v) or v.key == opened["key"]]
    return render_template(
        "checklist/checklist.html", s=s, checklist=checklist, live=live, views=shown,
        how=s.applicability(checklist), subphase=s.playbook.subphase(checklist.subphase),
        may_work=access.allowed("work", checklist.subphase), open=opened, asked=asked,
        filters=chips(live, asked), effort=effort_left(live), wrong=wrong,
        whole=_whole(s, checklist) if live else "",
        bring=bring or TableForm(formdata=None), bringing=bring is not None,
        columns_known=tables.COLUMNS, gates=_gates(s, live),
        runs=runs_of(_session(), s, checklist), note=note_of(s, checklist.key) if live else None,
        history=history_of(_session(), s, opened["key"]) if opened["key"] else [],
    )  # fmt: skip


def _whole(s: Situation, checklist: Checklist) -> str:
    """What the part of the method is called whose steps lie in this checklist and in others."""
    part = checklist.key.partition(".")[0]
    same = [one for one in s.playbook.checklists if one.key.partition(".")[0] == part]
    topic = s.playbook.topics.get(part)
    several = sum(s.applies(one) for one in same) > 1
    return s.plain(topic.title) if topic and several else ""


def _gates(s: Situation, views: list[StepView]) -> dict[str, Any]:
    """By the key of each gate that stands before an open step: its title, place and finding."""
    keys = {view.guard for view in views if view.guard and view.open}
    gates = {key: s.playbook.get(key, Gate) for key in keys}
    return {
        key: {
            "title": s.plain(gate.title),
            "place": f"gate/{gate.place}",
            "lacks": guard(s, key).lacks,
        }
        for key, gate in gates.items()
    }


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
    asked: dict[str, Any] = dict(Asked.of(request.args).args())
    return redirect(
        url_for(".page", slug=g.engagement.slug, key=checklist.key, _anchor=anchor, **asked)
    )


def _session() -> Session:
    return cast(Session, db.session)
