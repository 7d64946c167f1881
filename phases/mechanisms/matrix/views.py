"""The page of a matrix: weights and scores in one form, the ranking, the decision."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import IntegerField
from wtforms.validators import Optional

from phases.core import access
from phases.core.access import staff
from phases.core.commit import commits
from phases.core.db import db
from phases.core.errors import BadValue, Refusal
from phases.mechanisms.matrix import services
from phases.mechanisms.matrix.queries import MatrixView, matrix_of, matrix_view
from phases.mechanisms.matrix.services import Score
from phases.mechanisms.page import current
from playbook.models import Matrix

bp = Blueprint("matrix", __name__)


class MatrixForm(FlaskForm):
    """The cells are named by what they are of; the view reads only those of the matrix."""

    version = IntegerField(validators=[Optional()])


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


@bp.get("/e/<slug>/matrix/<key>")
@staff("read")
def page(slug: str, key: str) -> ResponseReturnValue:
    return _page(matrix_of(current(), key))


@bp.post("/e/<slug>/matrix/<key>")
@staff("work")
@commits
def save(slug: str, key: str) -> ResponseReturnValue:
    matrix = _to_work_on(key)
    form = MatrixForm()
    if not form.validate():
        return _page(matrix, {"version": "Reload the page."}), 422
    view = matrix_view(current(), matrix)
    try:
        weights, scores = _weights(view), _scores(view)
        services.save_scores(
            _session(), current(), g.actor, key, weights, scores, form.version.data
        )
    except BadValue as error:
        return _page(matrix, {error.field: error.message}), 422
    flash("Saved weights and scores", "success")
    return redirect(url_for(".page", slug=g.engagement.slug, key=key))


def _weights(view: MatrixView) -> dict[str, int]:
    return {
        line.key: _number(name)
        for line in view.lines
        if (name := f"weight:{line.key}") in request.form
    }


def _scores(view: MatrixView) -> dict[tuple[str, str], Score]:
    found = {}
    for line in view.lines:
        for cell in line.cells:
            name = f"score:{line.key}:{cell.option}"
            if name in request.form:
                number = _number(name) if request.form[name].strip() else None
                note = request.form.get(f"note:{line.key}:{cell.option}", cell.note)
                link = request.form.get(f"link:{line.key}:{cell.option}", cell.link)
                found[line.key, cell.option] = Score(number, note, link)
    return found


def _number(name: str) -> int:
    text = request.form[name].strip()
    if not text.isdecimal() or len(text) > 3:
        raise BadValue(name, f"“{text}” is not a whole number.")
    return int(text)


@bp.post("/e/<slug>/matrix/<key>/decide")
@staff("work")
@commits
def decide(slug: str, key: str) -> ResponseReturnValue:
    matrix = _to_work_on(key)
    form = MatrixForm()
    if not form.validate():
        return _page(matrix, {"version": "Reload the page."}), 422
    try:
        services.decide(
            _session(), current(), g.actor, key, request.form.getlist("options"),
            request.form.get("reason", ""), form.version.data,
        )  # fmt: skip
    except BadValue as error:
        return _page(matrix, {error.field: error.message}), 422
    flash("Decision recorded", "success")
    return redirect(url_for(".page", slug=g.engagement.slug, key=key, _anchor="decision"))


def _page(matrix: Matrix, errors: dict[str, str] | None = None) -> str:
    s = current()
    view = matrix_view(s, matrix)
    return render_template(
        "matrix/matrix.html", s=s, view=view, how=s.applicability(matrix),
        subphase=s.playbook.subphase(matrix.subphase), errors=errors or {},
        typed=request.form if request.method == "POST" else {},
        may_work=access.allowed("work", matrix.subphase) and s.applies(matrix),
    )  # fmt: skip


def _to_work_on(key: str) -> Matrix:
    matrix = matrix_of(current(), key)
    access.check("work", matrix.subphase)
    if not current().applies(matrix):
        raise Refusal(f"“{matrix.title}” does not apply here.")
    return matrix


def _session() -> Session:
    return cast(Session, db.session)
