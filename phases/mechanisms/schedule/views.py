"""The page of a schedule: what is due now, the year at a glance, recording, and taking it along."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from phases.core import access
from phases.core.access import staff
from phases.core.commit import commits
from phases.core.db import db
from phases.core.errors import BadValue, Missing
from phases.core.mail import link
from phases.mechanisms.exchange import TableForm, download, written
from phases.mechanisms.page import current, current_for
from phases.mechanisms.schedule import services, tables
from phases.mechanisms.schedule.calendar import CALENDAR, calendar
from phases.mechanisms.schedule.forms import ResultForm
from phases.mechanisms.schedule.history import history_of
from phases.mechanisms.schedule.queries import OccurrenceView, schedule_of, schedule_view, year
from phases.mechanisms.spreadsheet import ImportRefused
from playbook.models import Schedule

bp = Blueprint("schedule", __name__)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


@bp.get("/e/<slug>/schedule/<key>")
@staff("read")
def page(slug: str, key: str) -> ResponseReturnValue:
    return _page(schedule_of(current_for(key), key))


@bp.post("/e/<slug>/schedule/<key>/<task>/<due>")
@staff("work")
@commits
def record(slug: str, key: str, task: str, due: str) -> ResponseReturnValue:
    schedule = schedule_of(current(), key)
    access.check("work", schedule.subphase)
    day, form = _day(due), ResultForm()
    opened = (task, due)
    if not form.validate():
        return _page(schedule, opened, {n: m[0] for n, m in form.errors.items() if m}), 422
    try:
        services.record_occurrence(
            _session(), current(), g.actor, key, task, day, form.result.data or "",
            form.note.data or "", form.evidence.data or "", form.version.data,
        )  # fmt: skip
    except BadValue as error:
        return _page(schedule, opened, {error.field: error.message}), 422
    flash(f"Recorded: {current().plain(schedule.tasks[task].title)}", "success")
    return redirect(url_for(".page", slug=g.engagement.slug, key=key, _anchor="now"))


@bp.post("/e/<slug>/schedule/<key>/import")
@staff("work")
@commits
def bring_in(slug: str, key: str) -> ResponseReturnValue:
    s = current()
    schedule = schedule_of(s, key)
    access.check("work", schedule.subphase)
    form = TableForm()
    if not form.validate():
        return _page(schedule, bring=form), 422
    try:
        count = tables.record_results(
            _session(), s, g.actor, schedule_view(s, schedule), form.rows()
        )
    except ImportRefused as error:
        form.table.errors = list(error.problems)
        return _page(schedule, bring=form), 422
    told = f"{count} {'result' if count == 1 else 'results'} recorded."
    flash(told if count else "Nothing in it was new.", "success")
    return redirect(url_for(".page", slug=slug, key=key, _anchor="year"))


@bp.get("/e/<slug>/schedule/<key>/export.<kind>")
@staff("read")
def export(slug: str, key: str, kind: str) -> ResponseReturnValue:
    view = schedule_view(current(), schedule_of(current(), key))
    return download(written(kind, view.title, tables.table(view)), kind, _file_name(key, kind))


@bp.get("/e/<slug>/schedule/<key>/calendar.ics")
@staff("read")
def feed(slug: str, key: str) -> ResponseReturnValue:
    view = schedule_view(current(), schedule_of(current(), key))
    place = link(url_for(".page", slug=g.engagement.slug, key=key))
    return download(calendar(view, g.engagement, place), CALENDAR, _file_name(key, "ics"))


def _file_name(key: str, ending: str) -> str:
    return f"{g.engagement.slug}-{key.rpartition('.')[2]}.{ending}"


def _day(due: str) -> date:
    try:
        return date.fromisoformat(due)
    except ValueError:
        raise Missing from None


def _page(
    schedule: Schedule, opened: tuple[str, str] | None = None,
    errors: dict[str, Any] | None = None, bring: TableForm | None = None,
) -> str:  # fmt: skip
    s = current()
    view = schedule_view(s, schedule)
    task, due = opened or (request.args.get("task", ""), request.args.get("due", ""))
    months, rows = year(s, view)
    every = [o for row in view.tasks for o in row.occurrences]
    shown = next((o for o in every if (o.task, o.due.isoformat()) == (task, due)), None)
    return render_template(
        "schedule/schedule.html", s=s, view=view, how=s.applicability(schedule), months=months,
        rows=rows, now=_now(view.now, shown), shown=shown, errors=errors or {},
        tasks={row.key: row for row in view.tasks}, results=services.RESULTS,
        subphase=s.playbook.subphase(schedule.subphase),
        may_work=access.allowed("work", schedule.subphase),
        typed=request.form if request.method == "POST" else {},
        history=history_of(_session(), s, task, shown.due) if shown else [],
        bring=bring or TableForm(formdata=None), bringing=bring is not None,
        columns_known=tables.COLUMNS,
    )  # fmt: skip


def _now(now: tuple[OccurrenceView, ...], shown: OccurrenceView | None) -> list[OccurrenceView]:
    """What is due, the instance asked for first."""
    return [shown, *(o for o in now if o != shown)] if shown else list(now)


def _session() -> Session:
    return cast(Session, db.session)
