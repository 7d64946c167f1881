"""The pages of CRM exports: upload, columns, audit, rows to download, taking over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from flask import (
    Blueprint,
    Flask,
    Response,
    flash,
    g,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from billing.crm.errors import UnreadableExport
from billing.crm.fields import DEALS
from billing.crm.offending import offending_csv
from billing.crm.report import Finding
from billing.crm.table import Table, open_table
from phases.core import access
from phases.core.access import staff
from phases.core.commit import commits
from phases.core.db import db
from phases.core.errors import BadValue, Missing, Unavailable
from phases.core.files import takes_up_to
from phases.core.models import StoredFile
from phases.mechanisms.page import current, current_for
from phases.mechanisms.register.links import ORIGINS
from phases.strategy.crm import pictures, queries, services, working
from phases.strategy.crm.forms import ColumnsForm, UploadForm, amounts_of, columns_form, dates_of
from phases.strategy.crm.keys import GAPS, RISKS, STEP, SUBPHASE
from phases.strategy.crm.marks import unpack
from phases.strategy.crm.models import CrmExport
from phases.strategy.crm.queries import Page

bp = Blueprint("crm", __name__)


def init_app(app: Flask) -> None:
    """Register the pages, and what the worker does for them."""
    working.init_kinds()
    if queries.came_from not in ORIGINS:
        ORIGINS.append(queries.came_from)
    app.register_blueprint(bp)


@bp.get("/e/<slug>/crm")
@staff("read")
def page(slug: str) -> ResponseReturnValue:
    return _list(UploadForm())


@bp.post("/e/<slug>/crm")
@takes_up_to(services.MOST_SENT)
@staff("work")
@commits
def upload(slug: str) -> ResponseReturnValue:
    access.check("work", SUBPHASE)
    form = UploadForm()
    sent = {name: each or FileStorage() for name, each in form.uploads().items()}
    try:
        export, new = services.take_in(_session(), g.engagement, g.actor, sent)
    except BadValue as error:
        field = form[error.field if error.field in form else "export"]
        field.errors = [*field.errors, error.message]
        return _list(form), 422
    return _to(export, new)


@bp.post("/e/<slug>/crm/from/<int:file_id>")
@staff("work")
@commits
def take_stored(slug: str, file_id: int) -> ResponseReturnValue:
    access.check("work", SUBPHASE)
    return _to(*services.take_stored(_session(), g.engagement, g.actor, file_id))


def _to(export: CrmExport, new: bool) -> ResponseReturnValue:
    if not new:
        who = current().people.name(export.uploaded_by)
        flash(f"These very files were uploaded before, by {who}. Here is what they say.", "warning")
    return redirect(url_for(".export", slug=g.engagement.slug, number=export.id))


def _list(form: UploadForm) -> str:
    s = _here()
    lines = queries.export_lines(_session(), s, url_for(".page", slug=g.engagement.slug))
    return render_template(
        "crm/exports.html", s=s, form=form, lines=lines, offered=queries.offered(s, lines),
        may_work=access.allowed("work", SUBPHASE),
    )  # fmt: skip


@bp.get("/e/<slug>/crm/<int:number>")
@staff("read")
def export(slug: str, number: int) -> ResponseReturnValue:
    s, found = _here(), _page(number)
    if found.audit is None:
        if found.run is None:
            return redirect(url_for(".columns", slug=slug, number=number))
        return render_template(
            "crm/run.html", s=s, page=found, may_work=access.allowed("work", SUBPHASE)
        )
    suggested = queries.suggestion_views(_session(), s, found.audit["suggestions"])
    return render_template(
        "crm/audit.html", s=s, page=found, a=found.audit["audit"], suggested=suggested,
        pictures=pictures.pictures(found.audit["audit"]["structure"]), worth=pictures.worth,
        may_work=access.allowed("work", SUBPHASE), labels={f.key: f.label for f in DEALS},
        by_finding={one.finding: one for one in suggested if one.finding},
    )  # fmt: skip


@bp.get("/e/<slug>/crm/<int:number>/columns")
@staff("read")
def columns(slug: str, number: int) -> ResponseReturnValue:
    found = _page(number)
    if found.look is None:
        return redirect(url_for(".export", slug=slug, number=number))
    return _columns(found, columns_form(found.look, typed=False))


@bp.post("/e/<slug>/crm/<int:number>/columns")
@staff("work")
@commits
def correct(slug: str, number: int) -> ResponseReturnValue:
    access.check("work", SUBPHASE)
    found = _page(number)
    if found.look is None:
        raise Missing
    form = columns_form(found.look, typed=True)
    if not form.validate():
        return _columns(found, form), 422
    services.correct(
        _session(), g.engagement, g.actor, found.export, form.mapping(),
        [question["key"] for question in found.look["questions"]],
        request.form.get("version", type=int),
    )  # fmt: skip
    return redirect(url_for(".export", slug=slug, number=number))


def _columns(found: Page, form: ColumnsForm) -> str:
    look = cast("dict[str, Any]", found.look)
    known = {match["field"]: match for match in look["matches"]}
    used = {match["title"] for match in look["matches"]}
    return render_template(
        "crm/columns.html", s=_here(), page=found, look=look, form=form,
        found=[(f, known[f.key]) for f in DEALS if f.key in known],
        lacking=[f for f in DEALS if f.key not in known],
        left=[title for title in look["titles"] if title not in used],
        dates=dict(form.of("date", dates_of(look))),
        decimals=dict(form.of("decimal", amounts_of(look))),
        stages=form.of("stage", [word for word, _ in look["stages"]]),
        may_work=access.allowed("work", SUBPHASE),
    )  # fmt: skip


@bp.post("/e/<slug>/crm/<int:number>/offered")
@staff("work")
@commits
def use_offered(slug: str, number: int) -> ResponseReturnValue:
    access.check("work", SUBPHASE)
    found = _page(number)
    if not found.offered:
        raise Missing
    services.look_again(_session(), g.engagement, g.actor, found.export, found.offered)
    return redirect(url_for(".export", slug=slug, number=number))


@bp.post("/e/<slug>/crm/<int:number>/take")
@staff("work")
@commits
def take(slug: str, number: int) -> ResponseReturnValue:
    access.check("work", SUBPHASE)
    s = _here()
    found, result = _audited(number)
    wanted = set(request.form.getlist("name"))
    views = queries.suggestion_views(_session(), s, result["suggestions"])
    left = {one.name for one in views if one.is_open and (not wanted or one.name in wanted)}
    chosen = [one for one in result["suggestions"] if one["name"] in left]
    count = services.take_over(_session(), s, g.actor, found.export, chosen)
    flash("1 finding taken over." if count == 1 else f"{count} findings taken over.", "success")
    return redirect(url_for(".export", slug=slug, number=number, _anchor="take-over"))


@bp.get("/e/<slug>/crm/<int:number>/rows.csv")
@staff("read")
def rows(slug: str, number: int) -> ResponseReturnValue:
    found, result = _audited(number)
    wanted = request.args.get("finding", "")
    findings = [
        _finding(each, result["marks"][each["key"]])
        for each in result["audit"]["findings"]
        if wanted in ("", each["key"])
    ]
    if not findings:
        raise Missing
    table = _table(queries.stored_of(_session(), g.engagement, found.export))
    stem = found.export.name.rpartition(".")[0] or found.export.name
    name = f"{stem}-{wanted or 'findings'}.csv"
    response = Response(stream_with_context(_csv(table, findings)), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _finding(told: dict[str, Any], marks: str) -> Finding:
    return Finding(
        key=told["key"], kind=told["kind"], title=told["title"], count=told["rows"],
        of=told["of"], by_state=told["by_state"], gaps=told["gap_rows"], why=told["why"],
        rows=unpack(marks),
    )  # fmt: skip


def _csv(table: Table, findings: list[Finding]) -> Iterator[str]:
    yield "\ufeff"
    yield from offending_csv(table, findings)


def _table(stored: StoredFile) -> Table:
    try:
        return open_table(working.source_of(stored), working.LIMITS)
    except UnreadableExport as error:
        raise Missing(str(error)) from error
    except OSError as error:
        raise Unavailable("The file store does not answer. Try again later.") from error


@bp.get("/e/<slug>/crm/<int:number>/<picture>.svg")
@staff("read")
def image(slug: str, number: int, picture: str) -> ResponseReturnValue:
    one = pictures.picture(_audited(number)[1]["audit"]["structure"], picture)
    if one is None:
        raise Missing
    drawn = pictures.image(one, request.args.get("paper", "light"), narrow="narrow" in request.args)
    return Response(drawn, mimetype="image/svg+xml")


def _audited(number: int) -> tuple[Page, dict[str, Any]]:
    """The export, and what its last audit says."""
    found = _page(number)
    if found.audit is None:
        raise Missing("This export has not been audited yet.")
    return found, found.audit


def _page(number: int) -> Page:
    export = queries.of_engagement(_session(), g.engagement, number)
    return queries.page_of(_session(), g.engagement, export)


def _here() -> Any:
    s = current()
    if STEP not in s.playbook.items:
        raise Missing
    return current_for(GAPS, RISKS)


def _session() -> Session:
    return cast(Session, db.session)
