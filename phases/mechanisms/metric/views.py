"""The page of all metrics, their charts, taking a reading, and readings as a table."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, Flask, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from phases.core import access
from phases.core.access import staff
from phases.core.commit import commits
from phases.core.db import db
from phases.core.errors import BadValue, Missing
from phases.core.invitations.mails import NOTICES
from phases.mechanisms.chart import chart
from phases.mechanisms.exchange import TableForm, download, written
from phases.mechanisms.metric import services, tables
from phases.mechanisms.metric.forms import ReadingForm
from phases.mechanisms.metric.history import history_of
from phases.mechanisms.metric.queries import (
    MetricView,
    by_board,
    currency_of,
    metric_of,
    metric_views,
    open_periods,
)
from phases.mechanisms.metric.watching import agreed, bound, limit_words, points_of, watchers
from phases.mechanisms.metric.words import ASKED, period_short, period_words, value_words
from phases.mechanisms.page import current, current_for
from phases.mechanisms.situation import Situation
from phases.mechanisms.spreadsheet import ImportRefused
from playbook.models import Limit, Metric

bp = Blueprint("metric", __name__)

DRAWN = 26
"""How many readings a chart shows at most: half a year of weeks."""


def init_app(app: Flask) -> None:
    """Register the pages, and what a mail says of a red flag."""
    app.register_blueprint(bp)
    NOTICES["red_flag"] = "{title} at {customer} is past its red flag."


@bp.get("/e/<slug>/metrics")
@staff("read")
def page(slug: str) -> ResponseReturnValue:
    current_for(*(metric.key for metric in current().playbook.metrics))
    return _page()


@bp.post("/e/<slug>/metrics/<key>")
@staff("work")
@commits
def take(slug: str, key: str) -> ResponseReturnValue:
    metric = metric_of(current(), key)
    access.check("work", metric.subphase)
    form = ReadingForm()
    if not form.validate():
        return _page(metric, form), 422
    try:
        day, version = form.chosen()
        services.take_reading(
            _session(), current(), g.actor, key, day, note=form.note.data or "",
            numerator=form.numerator.data, denominator=form.denominator.data, value=form.value.data,
            subject=form.subject.data or "", size=form.size.data, spread=form.spread.data,
            version=version,
        )  # fmt: skip
    except BadValue as error:
        field = form[error.field]
        field.errors = [*field.errors, error.message]
        return _page(metric, form), 422
    flash(f"Reading taken: {metric.title}", "success")
    return redirect(url_for(".page", slug=g.engagement.slug, _anchor=key.replace(".", "-")))


@bp.post("/e/<slug>/metrics/import")
@staff("work")
@commits
def bring_in(slug: str) -> ResponseReturnValue:
    form = TableForm()
    if not form.validate():
        return _page(bring=form), 422
    try:
        done = tables.take_readings(_session(), current(), g.actor, form.rows(), _may_take)
    except ImportRefused as error:
        form.table.errors = list(error.problems)
        return _page(bring=form), 422
    flash(done.words, "success")
    return redirect(url_for(".page", slug=g.engagement.slug))


def _may_take(metric: Metric) -> bool:
    return access.allowed("work", metric.subphase)


@bp.get("/e/<slug>/metrics/export.<kind>")
@staff("read")
def export(slug: str, kind: str) -> ResponseReturnValue:
    data = written(kind, "Readings", tables.table(current()))
    return download(data, kind, f"{g.engagement.slug}-readings.{kind}")


@bp.get("/e/<slug>/metrics/<key>.svg")
@staff("read")
def picture(slug: str, key: str) -> ResponseReturnValue:
    s = current()
    metric = metric_of(s, key)
    subject = request.args.get("subject", "")
    if not points_of(s, metric, subject):
        raise Missing
    image = drawn(s, metric, request.args.get("paper", "light"), subject)
    return Response(image, mimetype="image/svg+xml")


@bp.get("/e/<slug>/metrics/<key>/history")
@staff("read")
def history(slug: str, key: str) -> ResponseReturnValue:
    s = current()
    metric = metric_of(s, key)
    told = history_of(_session(), s, metric)
    return render_template("metric/history.html", s=s, metric=metric, history=told)


def drawn(s: Situation, metric: Metric, paper: str = "light", subject: str = "") -> bytes:
    """The chart of the latest readings of *subject*, on one scale with those of the others."""
    points = points_of(s, metric, subject)[-DRAWN:]
    others = [p for one in metric.subjects if one != subject for p in points_of(s, metric, one)]
    target, red_flag = _lines(s, metric)
    last = points[-1].exact is not None
    return chart(
        metric.title, points, [period_short(metric.period, p.period) for p in points],
        last=value_words(
            metric.unit, points[-1].value if last else None, currency_of(s, metric)
        ),
        target=target.value if target else None, target_words=limit_words(s, metric.target),
        red_flag=red_flag.value if red_flag else None,
        red_words=red_flag.words if red_flag else "", paper=paper, beside=others,
    )  # fmt: skip


def _lines(s: Situation, metric: Metric) -> tuple[Limit | None, Limit | None]:
    """What is drawn across the chart: target, and red flag or what a trigger watches for."""
    known = agreed(s, metric)
    watched = [bound(s, t.watch.limit) for t in watchers(s, metric) if t.watch]
    return known.target, known.red_flag or next(iter(watched), None)


def _page(
    metric: Metric | None = None, form: ReadingForm | None = None, bring: TableForm | None = None
) -> str:
    s = current()
    views = metric_views(s)
    boards = by_board(views)
    chosen = request.args.get("board", "")
    errors: dict[str, Any] = {n: m[0] for n, m in form.errors.items() if m} if form else {}
    metrics = {view.key: metric_of(s, view.key) for view in views}
    return render_template(
        "metric/metrics.html", s=s, views=views, go_live=s.anchors.get("go_live"),
        boards={chosen: boards[chosen]} if chosen in boards else boards, chosen=chosen,
        filters=_filters(boards, chosen), asked=ASKED,
        periods={view.key: _periods(s, metrics[view.key], view) for view in views},
        may_work={key: _may_take(found) for key, found in metrics.items()},
        open=f"{metric.key}:{form.subject.data or ''}" if metric and form else "", errors=errors,
        typed=request.form if form else {}, bring=bring or TableForm(formdata=None),
        bringing=bring is not None, columns_known=tables.COLUMNS,
        opened=metric.key.replace(".", "-") if metric else "",
    )  # fmt: skip


def _filters(boards: dict[str, list[MetricView]], chosen: str) -> list[tuple[str, int, str, bool]]:
    """Label, count, address and whether it is chosen, of every group."""
    here = g.engagement.slug
    every = sum(len(views) for views in boards.values())
    found = [("All", every, url_for(".page", slug=here), chosen not in boards)]
    found += [
        (board, len(views), url_for(".page", slug=here, board=board), board == chosen)
        for board, views in boards.items()
    ]
    return found if len(boards) > 1 else []


def _periods(s: Situation, metric: Metric, view: MetricView) -> dict[str, list[tuple[str, str]]]:
    """By subject, the periods to choose from, each with its words and what was read in it."""
    every = [(day, day.isoformat(), period_words(metric.period, day))
             for day in open_periods(s, metric)]  # fmt: skip
    found = {}
    for series in view.series:
        taken = {reading.period: reading for reading in series.readings}
        found[series.subject] = [
            (f"{iso}:{taken[day].version}", f"{words} (taken: {taken[day].shown})")
            if day in taken else (f"{iso}:0", words)
            for day, iso, words in every
        ]  # fmt: skip
    return found


def _session() -> Session:
    return cast(Session, db.session)
