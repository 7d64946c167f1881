"""The page of all metrics, their charts, and taking a reading."""

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
from phases.mechanisms.metric import services
from phases.mechanisms.metric.chart import chart
from phases.mechanisms.metric.forms import ReadingForm
from phases.mechanisms.metric.queries import (
    metric_of,
    metric_view,
    metric_views,
    open_periods,
    period_short,
    period_words,
    points_of,
)
from phases.mechanisms.page import current
from playbook.models import Metric

bp = Blueprint("metric", __name__)

DRAWN = 26
"""How many readings a chart shows at most: half a year of weeks."""


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


@bp.get("/e/<slug>/metrics")
@staff("read")
def page(slug: str) -> ResponseReturnValue:
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
            version=version,
        )  # fmt: skip
    except BadValue as error:
        field = form[error.field]
        field.errors = [*field.errors, error.message]
        return _page(metric, form), 422
    flash(f"Reading taken: {metric.title}", "success")
    return redirect(url_for(".page", slug=g.engagement.slug, _anchor=key.replace(".", "-")))


@bp.get("/e/<slug>/metrics/<key>.svg")
@staff("read")
def picture(slug: str, key: str) -> ResponseReturnValue:
    s = current()
    metric = metric_of(s, key)
    if not s.records.readings.get(key):
        raise Missing
    return Response(drawn(metric, request.args.get("paper", "light")), mimetype="image/svg+xml")


def drawn(metric: Metric, paper: str = "light") -> bytes:
    """The chart of the metric's latest readings."""
    s = current()
    points = points_of(s, metric)[-DRAWN:]
    return chart(
        metric.title, points, [period_short(metric.period, p.period) for p in points],
        last=metric_view(s, metric).last, target=metric.target.value if metric.target else None,
        target_words=metric.target.words if metric.target else "", red_flag=metric.red_flag.value if metric.red_flag else None,
        red_words=metric.red_flag.words if metric.red_flag else "", paper=paper,
    )  # fmt: skip


def _page(metric: Metric | None = None, form: ReadingForm | None = None) -> str:
    s = current()
    views = metric_views(s)
    errors: dict[str, Any] = {n: m[0] for n, m in form.errors.items() if m} if form else {}
    metrics = {view.key: metric_of(s, view.key) for view in views}
    return render_template(
        "metric/metrics.html", s=s, views=views, go_live=s.anchors.get("go_live"),
        periods={key: _periods(found) for key, found in metrics.items()},
        may_work={key: access.allowed("work", found.subphase) for key, found in metrics.items()},
        open=metric.key if metric else "", errors=errors,
        typed=request.form if form else {},
    )  # fmt: skip


def _periods(metric: Metric) -> list[tuple[str, str]]:
    """The periods to choose from, each with its words."""
    s = current()
    versions = {
        reading.period: reading.version for reading in s.records.readings.get(metric.key, [])
    }
    return [
        (f"{first.isoformat()}:{versions.get(first, 0)}", period_words(metric.period, first))
        for first in open_periods(s, metric)
    ]


def _session() -> Session:
    return cast(Session, db.session)
