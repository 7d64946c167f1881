"""The page of a matrix: weights and scores in one form, the ranking, the decision, its history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import Blueprint, Flask, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from sqlalchemy.orm import Session
from wtforms import IntegerField, TextAreaField
from wtforms.validators import Optional

from phases.core import access
from phases.core.access import staff
from phases.core.audit import canonical, sha256
from phases.core.commit import commits
from phases.core.db import db
from phases.core.errors import BadValue, Refusal
from phases.mechanisms import spreadsheet
from phases.mechanisms.history.queries import MOST
from phases.mechanisms.matrix import services, tables
from phases.mechanisms.matrix.history import NEWEST, history_of
from phases.mechanisms.matrix.queries import MatrixView, matrix_of, matrix_view
from phases.mechanisms.matrix.scores import Score, uploads
from phases.mechanisms.page import current, current_for
from phases.mechanisms.sheet.content import statement_content
from phases.mechanisms.sheet.queries import anchor_of, latest, signature
from phases.mechanisms.situation import Situation
from phases.mechanisms.spreadsheet import ImportRefused
from playbook.models import Matrix, Sheet, Statement

bp = Blueprint("matrix", __name__)


class MatrixForm(FlaskForm):
    """The cells are named by what they are of; the view reads only those of the matrix."""

    version = IntegerField(validators=[Optional()])


class ScoresForm(FlaskForm):
    """Weights and scores from a spreadsheet."""

    table = TextAreaField(
        "Paste from a spreadsheet",
        description="The first line names the columns, as the export does. An empty score takes it "
        "back; columns that are not there change nothing. Each option has a column for its score, "
        "its note and its evidence: a link, or the name of an uploaded file.",
        validators=[Optional()],
        render_kw={"rows": 5, "spellcheck": "false"},
    )
    file = FileField("Or choose a CSV or XLSX file", validators=[Optional()])


@dataclass(frozen=True)
class Signed:
    """A signature that rests on the matrix."""

    title: str
    href: str
    who: str
    at: datetime | None
    stale: bool


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


@bp.get("/e/<slug>/matrix/<key>")
@staff("read")
def page(slug: str, key: str) -> ResponseReturnValue:
    return _page(matrix_of(current_for(key), key))


@bp.post("/e/<slug>/matrix/<key>")
@staff("work")
@commits
def save(slug: str, key: str) -> ResponseReturnValue:
    matrix = _to_work_on(key)
    form = MatrixForm()
    if not form.validate():
        return _page(matrix, {"version": "Reload the page."}), 422
    view = matrix_view(current(), matrix)
    weights, scores = dict[str, int](), dict[tuple[str, str], Score]()
    try:
        weights, scores = _weights(view), _scores(view)
        services.save_scores(
            _session(), current(), g.actor, key, weights, scores, form.version.data
        )
    except BadValue as error:
        found = services.problems_of(current(), matrix, weights, scores) or [error]
        return _page(matrix, _named(view, found)), 422
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
                link = request.form.get(f"link:{line.key}:{cell.option}", cell.evidence)
                found[line.key, cell.option] = Score(number, note, link)
    return found


def _named(view: MatrixView, problems: Iterable[BadValue]) -> dict[str, str]:
    """The problems by field, each with the option and requirement it is about."""
    titles = {line.key: line.title for line in view.lines}
    titles |= {option.key: option.title for option in view.options}
    found = {}
    for one in problems:
        _, *keys = one.field.split(":")
        about = " on ".join(titles[key] for key in reversed(keys))
        found[one.field] = f"{about}: {one.message}"
    return found


def _number(name: str) -> int:
    text = request.form[name].strip()
    if not (text.isascii() and text.isdecimal()) or len(text) > 3:
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


@bp.post("/e/<slug>/matrix/<key>/dissent")
@staff("work")
@commits
def dissent(slug: str, key: str) -> ResponseReturnValue:
    matrix = _to_work_on(key)
    try:
        services.dissent(
            _session(), current(), g.actor, key, request.form.get("who", ""),
            request.form.get("why", ""), request.form.get("version", type=int),
        )  # fmt: skip
    except BadValue as error:
        return _page(matrix, {error.field: error.message}), 422
    flash("Dissent recorded", "success")
    return redirect(url_for(".page", slug=g.engagement.slug, key=key, _anchor="decision"))


@bp.post("/e/<slug>/matrix/<key>/defer")
@staff("work")
@commits
def defer(slug: str, key: str) -> ResponseReturnValue:
    """Leave an option for later; without a reason to give, take it up again."""
    matrix = _to_work_on(key)
    option, version = request.form.get("option", ""), request.form.get("version", type=int)
    try:
        if "take_up" in request.form:
            services.take_up(_session(), current(), g.actor, key, option, version)
        else:
            reason = request.form.get("deferral", "")
            services.defer(_session(), current(), g.actor, key, option, reason, version)
    except BadValue as error:
        return _page(matrix, {error.field: error.message}), 422
    flash("Taken up again" if "take_up" in request.form else "Deferred", "success")
    return redirect(url_for(".page", slug=g.engagement.slug, key=key, _anchor="ranking"))


@bp.post("/e/<slug>/matrix/<key>/import")
@staff("work")
@commits
def bring_in(slug: str, key: str) -> ResponseReturnValue:
    matrix = _to_work_on(key)
    form = ScoresForm()
    if not form.validate():
        return _page(matrix, bring=form), 422
    try:
        done = services.import_scores(_session(), current(), g.actor, key, _posted_rows(form))
    except ImportRefused as error:
        form.table.errors = list(error.problems)
        return _page(matrix, bring=form), 422
    flash(f"Imported: {done[0]} weights and {done[1]} scores changed.", "success")
    return redirect(url_for(".page", slug=g.engagement.slug, key=key))


def _posted_rows(form: ScoresForm) -> list[list[str]]:
    upload = form.file.data
    if upload and upload.filename:
        return spreadsheet.rows_of_file(upload.filename, upload.read())
    return spreadsheet.rows_of_text(form.table.data or "")


@bp.get("/e/<slug>/matrix/<key>/export.csv")
@staff("read")
def export_csv(slug: str, key: str) -> ResponseReturnValue:
    matrix = matrix_of(current(), key)
    data = spreadsheet.csv_of(tables.table(matrix_view(current(), matrix)))
    return _download(data, spreadsheet.CSV, matrix, "csv")


@bp.get("/e/<slug>/matrix/<key>/export.xlsx")
@staff("read")
def export_xlsx(slug: str, key: str) -> ResponseReturnValue:
    matrix = matrix_of(current(), key)
    title = current().plain(matrix.title)
    data = spreadsheet.xlsx_of(title, tables.table(matrix_view(current(), matrix)))
    return _download(data, spreadsheet.XLSX, matrix, "xlsx")


def _download(data: bytes, kind: str, matrix: Matrix, ending: str) -> Response:
    name = f"{g.engagement.slug}-{matrix.key.rpartition('.')[2]}.{ending}"
    response = Response(data, content_type=kind)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _page(
    matrix: Matrix, errors: dict[str, str] | None = None, bring: ScoresForm | None = None
) -> str:
    s = current()
    view = matrix_view(s, matrix)
    may_work = access.allowed("work", matrix.subphase) and s.applies(matrix)
    every = "history" in request.args
    return render_template(
        "matrix/matrix.html", s=s, view=view, how=s.applicability(matrix),
        subphase=s.playbook.subphase(matrix.subphase), errors=errors or {},
        typed=request.form if request.method == "POST" else {}, may_work=may_work,
        signed=_signed(s, matrix), every=every, newest=NEWEST,
        history=history_of(_session(), s, matrix, MOST if every else NEWEST),
        uploads=list(dict.fromkeys(file.name for file in uploads(s))) if may_work else [],
        people=s.people.names, bring=bring or ScoresForm(), bringing=bring is not None,
        columns_known=tables.TOLD,
    )  # fmt: skip


def _signed(s: Situation, matrix: Matrix) -> list[Signed]:
    """Who signed something that rests on this matrix, and whether it still stands as signed."""
    return [
        found
        for sheet in s.playbook.sheets
        for statement in sheet.items.values()
        if matrix.key in statement.binds and s.applies(sheet) and s.applies(statement)
        for found in _signatures(s, sheet, statement)
    ]


def _signatures(s: Situation, sheet: Sheet, statement: Statement) -> Iterator[Signed]:
    content, last = statement_content(s, statement), latest(s, sheet)
    digest = sha256(canonical(content))
    href = f"/e/{s.engagement.slug}/sheet/{sheet.key}#{anchor_of(statement.key)}"
    for role in sheet.roles:
        said = signature(s, role, last.get((statement.key, role)), content, digest)
        if said.at is not None and said.approved:
            yield Signed(s.plain(statement.title), href, said.name, said.at, said.state == "stale")


def _to_work_on(key: str) -> Matrix:
    matrix = matrix_of(current(), key)
    access.check("work", matrix.subphase)
    if not current().applies(matrix):
        raise Refusal(f"“{matrix.title}” does not apply here.")
    return matrix


def _session() -> Session:
    return cast(Session, db.session)
