"""Files of contracts: added, their columns corrected, imported, accounted for row by row."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage

from billing.agreements.fields import FIELDS
from billing.agreements.recognise import said
from phases.core.access import staff
from phases.core.commit import commits
from phases.core.errors import BadValue
from phases.core.models import Run
from phases.core.runs import queries as runs
from phases.core.runs import services as run_services
from phases.engineering.contracts import imports, looking
from phases.engineering.contracts.models import ContractImport
from phases.engineering.contracts.views.frame import (
    SUBPHASE,
    bp,
    list_crumbs,
    may_work,
    sent_version,
    session,
    to_work,
)
from phases.mechanisms.page import current

ASKED = "ask."
"""Before a question's key in the form."""


class FileForm(FlaskForm):
    """A file of contracts."""

    file = FileField(
        "CSV or XLSX file",
        description="As Salesforce, HubSpot, Stripe, Chargebee, NetSuite or QuickBooks export it. "
        "Nothing is imported before you have seen how it is read.",
    )


def register_runs() -> None:
    """Have the worker read large files."""
    place = "contracts/import/{}".format
    run_services.register(
        imports.READ,
        run_services.Kind(
            "import of contracts", imports.carry_out, lambda run: place(run.subject), imports.keep,
            SUBPHASE,
        ),
    )  # fmt: skip
    run_services.register(
        looking.LOOK,
        run_services.Kind(
            "look at a file of contracts", looking.carry_out, lambda run: place(run.subject),
            looking.keep, SUBPHASE,
        ),
    )  # fmt: skip


@bp.get("/e/<slug>/contracts/import")
@staff("read")
def files(slug: str) -> ResponseReturnValue:
    return _files(FileForm(formdata=None))


def _files(form: FileForm) -> str:
    return render_template(
        "contracts/imports.html", s=current(), form=form, may_work=may_work(),
        imports=imports.imports_of(session(), g.engagement),
        crumbs=list_crumbs({"label": "Import", "href": ""}),
    )  # fmt: skip


@bp.post("/e/<slug>/contracts/import")
@staff("work")
@commits
def add_file(slug: str) -> ResponseReturnValue:
    to_work()
    form = FileForm()
    try:
        record = imports.add_file(session(), g.engagement, g.actor, form.file.data or FileStorage())
    except BadValue as error:
        form.file.errors = [error.message]
        return _files(form), 422
    return redirect(_address(record))


def _address(record: ContractImport) -> str:
    return url_for("contracts.file", slug=g.engagement.slug, import_id=record.id)


@bp.get("/e/<slug>/contracts/import/<int:import_id>")
@staff("read")
def file(slug: str, import_id: int) -> ResponseReturnValue:
    return _file(imports.find_import(session(), g.engagement, import_id))


def _file(record: ContractImport, errors: dict[str, str] | None = None) -> str:
    run = session().get(Run, record.run_id) if record.run_id else None
    view = runs.view(session(), g.engagement, run) if run else None
    mapping, asked = looking.mapping_of(record), {each["key"] for each in record.found["questions"]}
    return render_template(
        "contracts/import.html", s=current(), record=record, found=record.found,
        most_faults=imports.MOST_FAULTS,
        mapping=mapping, fields=FIELDS, may_work=may_work(),
        said=[one for one in said(mapping) if one.key not in asked],
        run=view, open=record.state == "mapping" or bool(
            view and view.over and record.state in ("reading", "looking")), errors=errors or {},
        typed=request.form if errors else {},
        crumbs=list_crumbs(
            {"label": "Import", "href": url_for(".files", slug=g.engagement.slug)},
            {"label": record.file_name, "href": ""},
        ),
    )  # fmt: skip


@bp.post("/e/<slug>/contracts/import/<int:import_id>/correct")
@staff("work")
@commits
def correct(slug: str, import_id: int) -> ResponseReturnValue:
    to_work()
    record = imports.find_import(session(), g.engagement, import_id)
    looking.freed(session(), record)
    try:
        imports.correct(session(), g.engagement, g.actor, record, _answers(record), sent_version())
    except BadValue as error:
        record = imports.find_import(session(), g.engagement, import_id)
        return _file(record, {error.field: error.message}), 422
    return redirect(_address(imports.find_import(session(), g.engagement, import_id)))


def _answers(record: ContractImport) -> dict[str, str]:
    """What was typed and is not so already."""
    typed = {name.removeprefix(ASKED): value.strip() for name, value in request.form.items()
             if name.startswith(ASKED)}  # fmt: skip
    return looking.mapping_of(record).changed_by(typed)


@bp.post("/e/<slug>/contracts/import/<int:import_id>/take")
@staff("work")
@commits
def take(slug: str, import_id: int) -> ResponseReturnValue:
    to_work()
    record = imports.find_import(session(), g.engagement, import_id)
    looking.freed(session(), record)
    imports.take(session(), g.engagement, g.actor, record)
    if record.state == "done":
        done = record.account
        flash(f"{done['added']} added, {done['changed']} changed, {done['refused']} rows refused.",
              "warning" if done["refused"] else "success")  # fmt: skip
    return redirect(_address(record))


@bp.post("/e/<slug>/contracts/import/<int:import_id>/drop")
@staff("work")
@commits
def drop(slug: str, import_id: int) -> ResponseReturnValue:
    to_work()
    record = imports.find_import(session(), g.engagement, import_id)
    looking.freed(session(), record)
    imports.drop(session(), g.engagement, g.actor, record)
    flash(f"Left out: {record.file_name}", "success")
    return redirect(url_for(".files", slug=slug))
