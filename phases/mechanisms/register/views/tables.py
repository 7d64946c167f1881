"""A register into a spreadsheet and back."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, flash, g, redirect
from flask.typing import ResponseReturnValue

from phases.core.access import staff
from phases.core.commit import commits
from phases.mechanisms import spreadsheet
from phases.mechanisms.page import current
from phases.mechanisms.register import tables
from phases.mechanisms.register.forms import ImportForm
from phases.mechanisms.register.imports import Plan, import_rows, plan_rows
from phases.mechanisms.register.queries import register_of, row_views
from phases.mechanisms.register.views.frame import (
    Preview,
    PreviewLine,
    back,
    bp,
    register_page,
    session,
    to_work_on,
)
from phases.mechanisms.spreadsheet import ImportRefused
from playbook.models import Register


@bp.post("/e/<slug>/register/<key>/preview")
@staff("work")
def preview(slug: str, key: str) -> ResponseReturnValue:
    """What an import would do; nothing is done."""
    register = to_work_on(key)
    form = ImportForm()
    if not form.validate():
        return register_page(register, bring=form), 422
    try:
        rows = posted_rows(form)
        seen = _preview(register, plan_rows(current(), register, rows))
    except ImportRefused as error:
        form.table.errors = list(error.problems)
        return register_page(register, bring=form), 422
    form.table.data = spreadsheet.tsv_of(rows)
    form.table.errors = list(seen.problems)
    page = register_page(register, bring=form, preview=seen)
    return (page, 422) if seen.problems else page


@bp.post("/e/<slug>/register/<key>/import")
@staff("work")
@commits
def bring_in(slug: str, key: str) -> ResponseReturnValue:
    register = to_work_on(key)
    form = ImportForm()
    if not form.validate():
        return register_page(register, bring=form), 422
    try:
        done = import_rows(session(), current(), g.actor, key, posted_rows(form))
    except ImportRefused as error:
        form.table.errors = list(error.problems)
        return register_page(register, bring=form), 422
    flash(tables.summary(register, done.added, done.changed), "success")
    return redirect(back(register))


def posted_rows(form: ImportForm) -> list[list[str]]:
    """The cells of what was uploaded or pasted."""
    upload = form.file.data
    if upload and upload.filename:
        return spreadsheet.rows_of_file(upload.filename, upload.read())
    return spreadsheet.rows_of_text(form.table.data or "")


def _preview(register: Register, plans: Sequence[Plan]) -> Preview:
    titles = tables.columns_of(register)
    names = list(dict.fromkeys(name for plan in plans for name in plan.line.cells))
    return Preview(
        head=tuple(titles[name] for name in names),
        lines=tuple(_line(names, plan) for plan in plans),
        problems=tuple(
            tables.problem_of(plan.line, error, register)
            for plan in plans
            for error in plan.problems
        ),
    )


def _line(names: Sequence[str], plan: Plan) -> PreviewLine:
    wrong = {error.field: error.message for error in plan.problems}
    first = names[0]
    if wrong and not set(wrong) & set(names):
        wrong = {first: " ".join(wrong.values())}
    return PreviewLine(
        number=plan.line.number,
        cells=tuple((plan.line.cells.get(name, ""), wrong.get(name, "")) for name in names),
        adds=plan.view is None,
        changes=plan.view is not None and plan.changes,
    )


@bp.get("/e/<slug>/register/<key>/export.csv")
@staff("read")
def export_csv(slug: str, key: str) -> ResponseReturnValue:
    register = register_of(current(), key)
    data = tables.csv_of(current(), register, row_views(current(), register))
    return _download(data, spreadsheet.CSV, register, "csv")


@bp.get("/e/<slug>/register/<key>/export.xlsx")
@staff("read")
def export_xlsx(slug: str, key: str) -> ResponseReturnValue:
    register = register_of(current(), key)
    data = tables.xlsx_of(current(), register, row_views(current(), register))
    return _download(data, spreadsheet.XLSX, register, "xlsx")


def _download(data: bytes, kind: str, register: Register, ending: str) -> Response:
    name = f"{g.engagement.slug}-{register.key.rpartition('.')[2]}.{ending}"
    response = Response(data, content_type=kind)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
