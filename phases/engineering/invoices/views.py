"""Files of invoices: taken in, corrected, read, left out again; and the invoices they held."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, Flask, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from billing.exports.fields import ENTRY_FIELDS, FIELDS, POSTED
from billing.exports.mapping import InvoiceMapping
from billing.exports.recognise import kinds_said
from billing.mapping import SYSTEMS
from billing.money import iso_digits
from billing.proration import ONE_DAY
from billing.recognition import Question, columns_said
from phases.core import access
from phases.core.access import staff
from phases.core.commit import commits
from phases.core.db import db
from phases.core.errors import BadValue
from phases.core.models import Run
from phases.core.runs import queries as run_queries
from phases.core.runs import services as runs
from phases.engineering.invoices import queries, reading, services
from phases.engineering.invoices.forms import FileForm
from phases.engineering.invoices.models import InvoiceImport
from phases.mechanisms.page import current

bp = Blueprint("invoices", __name__)
ANSWER = "answer:"
"""Before a question's key in the form."""
SUBPHASE = "2d"
"""Where invoices are compared first, for the question of who works on them."""


def init_app(app: Flask) -> None:
    """Register the pages, and have the worker read large files."""
    runs.register(
        services.READ,
        runs.Kind("import of invoices", services.carry_out, services.place_of, services.keep,
                  SUBPHASE),
    )  # fmt: skip
    runs.register(
        services.LOOK,
        runs.Kind("look at a file of invoices", services.look, services.place_of,
                  services.keep_look, SUBPHASE),
    )  # fmt: skip
    app.register_blueprint(bp)


def _session() -> Session:
    return cast(Session, db.session)


def crumbs(*more: dict[str, str]) -> list[dict[str, str]]:
    """Where a page lies below the engagement."""
    slug = g.engagement.slug
    return [
        {"label": "Engineering", "href": f"/e/{slug}/engineering"},
        {"label": "Invoices", "href": url_for("invoices.index", slug=slug)},
        *more,
    ]


@bp.get("/e/<slug>/invoices")
@staff("read")
def index(slug: str) -> ResponseReturnValue:
    return _index(FileForm(formdata=None))


def _index(form: FileForm) -> str:
    page = queries.invoice_page(_session(), g.engagement, request.args)
    imports = [
        one for one in queries.imports_of(_session(), g.engagement)
        if one.side in reading.INVOICES
    ]  # fmt: skip
    return render_template(
        "invoices/invoices.html", s=current(), form=form, imports=imports, page=page,
        sides=reading.SIDES, systems=SYSTEMS, may_work=access.allowed("work", SUBPHASE),
        digits=iso_digits, crumbs=crumbs()[:1], money=reading.money, one_day=ONE_DAY,
    )  # fmt: skip


@bp.post("/e/<slug>/invoices")
@staff("work")
@commits
def add(slug: str) -> ResponseReturnValue:
    access.check("work", SUBPHASE)
    form = FileForm()
    try:
        if not form.validate():
            return _index(form), 422
        side = form.side.data or ""
        record = services.add_file(_session(), g.engagement, g.actor, form.file.data or _Nothing(),
                                   side)  # fmt: skip
    except BadValue as error:
        field = form.side if error.field == "side" else form.file
        field.errors = [*field.errors, error.message]
        return _index(form), 422
    return redirect(url_for(".page", slug=slug, import_id=record.id))


class _Nothing:
    """No file was chosen."""

    filename: str | None = None
    stream: Any = None


@bp.get("/e/<slug>/invoices/import/<int:import_id>")
@staff("read")
def page(slug: str, import_id: int) -> ResponseReturnValue:
    return _page(_record(import_id))


def _record(import_id: int) -> InvoiceImport:
    return services.import_of(_session(), g.engagement, import_id)


def _page(record: InvoiceImport, errors: dict[str, str] | None = None) -> str:
    run = _session().get(Run, record.run_id) if record.run_id else None
    view = run_queries.view(_session(), g.engagement, run) if run else None
    mapping = services.mapping_of(record)
    return render_template(
        "invoices/import.html", s=current(), record=record, run=view, errors=errors or {},
        open=record.state in ("mapping", "refused") or bool(
            view and view.over and record.state in ("reading", "looking")
            and services.known(record)),
        mapping=mapping, said=_said(record, mapping),
        fields=_INVOICE_FIELDS if record.side in reading.INVOICES else _ENTRY_FIELDS,
        systems=SYSTEMS, sides=reading.SIDES, ledger=record.side not in reading.INVOICES,
        may_work=access.allowed("work", SUBPHASE), crumbs=crumbs(), money=reading.money,
        digits=iso_digits, by={match["field"]: match for match in record.found["matches"]},
    )  # fmt: skip


def _said(record: InvoiceImport, mapping: InvoiceMapping) -> list[Question]:
    """What is told of columns and kinds of documents and is no open question."""
    asked = {each["key"] for each in record.found["questions"]}
    return [one for one in (*columns_said(mapping), *kinds_said(mapping)) if one.key not in asked]


_ENTRY_FIELDS = tuple(field for field in FIELDS if field.key in ENTRY_FIELDS)
_INVOICE_FIELDS = tuple(field for field in FIELDS if field.key not in POSTED)


@bp.post("/e/<slug>/invoices/import/<int:import_id>")
@staff("work")
@commits
def correct(slug: str, import_id: int) -> ResponseReturnValue:
    access.check("work", SUBPHASE)
    record = _record(import_id)
    services.freed(_session(), record)
    try:
        services.correct(_session(), g.engagement, g.actor, record, _answers(record),
                         request.form.get("version", type=int))  # fmt: skip
    except BadValue as error:
        _session().refresh(record)
        return _page(record, {error.field: error.message}), 422
    if record.state == "looking":
        flash(
            "Saved. The file is being looked at again; import it after that.",
            "success",
        )
    elif request.form.get("then") == "import" and record.found["ready"]:
        services.take(_session(), g.engagement, g.actor, record)
    elif request.form.get("then") == "import":
        flash("Saved, but not imported: questions are still open.", "warning")
    else:
        flash("Saved: how the file is read", "success")
    return redirect(url_for(".page", slug=slug, import_id=import_id))


def _answers(record: InvoiceImport) -> dict[str, str]:
    """What was answered otherwise than it stands."""
    typed = {name.removeprefix(ANSWER): value.strip() for name, value in request.form.items()
             if name.startswith(ANSWER)}  # fmt: skip
    return services.mapping_of(record).changed_by(typed)


@bp.post("/e/<slug>/invoices/import/<int:import_id>/remove")
@staff("work")
@commits
def remove(slug: str, import_id: int) -> ResponseReturnValue:
    access.check("work", SUBPHASE)
    services.remove(_session(), g.engagement, g.actor, _record(import_id))
    flash("Removed: later comparisons leave this file out. It can be put back.", "success")
    return redirect(url_for(".page", slug=slug, import_id=import_id))


@bp.post("/e/<slug>/invoices/import/<int:import_id>/restore")
@staff("work")
@commits
def restore(slug: str, import_id: int) -> ResponseReturnValue:
    access.check("work", SUBPHASE)
    services.restore(_session(), g.engagement, g.actor, _record(import_id))
    return redirect(url_for(".page", slug=slug, import_id=import_id))


@bp.get("/e/<slug>/invoices/import/<int:import_id>/mapping.json")
@staff("read")
def mapping_file(slug: str, import_id: int) -> ResponseReturnValue:
    text = services.mapping_of(_record(import_id)).to_json()
    name = f"attachment; filename=mapping-{import_id}.json"
    return Response(text, mimetype="application/json", headers={"Content-Disposition": name})
