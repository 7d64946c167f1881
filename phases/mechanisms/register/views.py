"""The page of a register: filter, edit in place, add, remove and put back, import and export."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, Flask, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from phases.core import access
from phases.core.access import staff
from phases.core.commit import commits
from phases.core.db import db
from phases.core.errors import BadValue
from phases.mechanisms.page import current
from phases.mechanisms.register import queries, services, tables
from phases.mechanisms.register.diagram import drawing
from phases.mechanisms.register.errors import ImportRefused
from phases.mechanisms.register.forms import ImportForm, RowForm, row_form
from phases.mechanisms.register.imports import import_rows
from phases.mechanisms.register.queries import RowView, find_row, register_of, row_views
from phases.mechanisms.register.values import NUMBERS, title_column
from playbook.models import Register

bp = Blueprint("register", __name__)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


@bp.get("/e/<slug>/register/<key>")
@staff("read")
def page(slug: str, key: str) -> ResponseReturnValue:
    register = register_of(current(), key)
    opened = request.args.get("edit", "")
    view = find_row(current(), register, opened) if opened else None
    return _page(register, view)


@bp.post("/e/<slug>/register/<key>/rows")
@staff("work")
@commits
def add(slug: str, key: str) -> ResponseReturnValue:
    register = _to_work_on(key)
    form = row_form(current(), register)
    if not form.check(register):
        return _page(register, add=form), 422
    try:
        row = services.add_row(
            _session(), current(), g.actor, key, values=form.values(), **_given(form)
        )
    except BadValue as error:
        form.refuse(error)
        return _page(register, add=form), 422
    flash(f"Added: {row.title}", "success")
    return redirect(_address(register, _anchor=f"row-{queries.ref_of(row)}"))


@bp.post("/e/<slug>/register/<key>/rows/<ref>")
@staff("work")
@commits
def change(slug: str, key: str, ref: str) -> ResponseReturnValue:
    register = _to_work_on(key)
    view = find_row(current(), register, ref)
    form = row_form(current(), register, view)
    if not form.check(register):
        return _page(register, view, edit=form), 422
    try:
        row = services.change_row(
            _session(), current(), g.actor, key, ref, values=form.values(), **_given(form),
            version=form.version.data,
        )  # fmt: skip
    except BadValue as error:
        form.refuse(error)
        return _page(register, view, edit=form), 422
    flash(f"Saved: {row.title}", "success")
    return redirect(_address(register, _anchor=f"row-{queries.ref_of(row)}"))


@bp.post("/e/<slug>/register/<key>/rows/<ref>/remove")
@staff("work")
@commits
def remove(slug: str, key: str, ref: str) -> ResponseReturnValue:
    register = _to_work_on(key)
    row = services.remove_row(
        _session(), current(), g.actor, key, ref, request.form.get("version", type=int)
    )
    return redirect(_address(register, removed=queries.ref_of(row)))


@bp.post("/e/<slug>/register/<key>/rows/<ref>/restore")
@staff("work")
@commits
def restore(slug: str, key: str, ref: str) -> ResponseReturnValue:
    register = _to_work_on(key)
    row = services.restore_row(_session(), current(), g.actor, key, ref)
    flash(f"Put back: {row.title}", "success")
    return redirect(_address(register, _anchor=f"row-{ref}"))


@bp.post("/e/<slug>/register/<key>/rows/<ref>/confirm")
@staff("work")
@commits
def confirm(slug: str, key: str, ref: str) -> ResponseReturnValue:
    register = _to_work_on(key)
    row = services.confirm_row(
        _session(), current(), g.actor, key, ref, version=request.form.get("version", type=int)
    )
    return redirect(_address(register, _anchor=f"row-{queries.ref_of(row)}"))


@bp.post("/e/<slug>/register/<key>/rows/<ref>/assume")
@staff("work")
@commits
def assume(slug: str, key: str, ref: str) -> ResponseReturnValue:
    register = _to_work_on(key)
    row = services.assume_row(
        _session(), current(), g.actor, key, ref, version=request.form.get("version", type=int)
    )
    return redirect(_address(register, _anchor=f"row-{queries.ref_of(row)}"))


@bp.post("/e/<slug>/register/<key>/import")
@staff("work")
@commits
def bring_in(slug: str, key: str) -> ResponseReturnValue:
    register = _to_work_on(key)
    form = ImportForm()
    if not form.validate():
        return _page(register, bring=form), 422
    try:
        done = import_rows(_session(), current(), g.actor, key, _posted_rows(form))
    except ImportRefused as error:
        form.table.errors = list(error.problems)
        return _page(register, bring=form), 422
    flash(tables.summary(register, done.added, done.changed), "success")
    return redirect(_address(register))


def _posted_rows(form: ImportForm) -> list[list[str]]:
    upload = form.file.data
    if upload and upload.filename:
        return tables.rows_of_file(upload.filename, upload.read())
    return tables.rows_of_text(form.table.data or "")


@bp.get("/e/<slug>/register/<key>/export.csv")
@staff("read")
def export_csv(slug: str, key: str) -> ResponseReturnValue:
    register = register_of(current(), key)
    data = tables.csv_of(register, row_views(current(), register))
    return _download(data, "text/csv; charset=utf-8", register, "csv")


@bp.get("/e/<slug>/register/<key>/export.xlsx")
@staff("read")
def export_xlsx(slug: str, key: str) -> ResponseReturnValue:
    register = register_of(current(), key)
    data = tables.xlsx_of(register, row_views(current(), register))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _download(data, kind, register, "xlsx")


def _download(data: bytes, kind: str, register: Register, ending: str) -> Response:
    name = f"{g.engagement.slug}-{register.key.rpartition('.')[2]}.{ending}"
    response = Response(data, content_type=kind)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _page(
    register: Register, view: RowView | None = None, *, edit: RowForm | None = None,
    add: RowForm | None = None, bring: ImportForm | None = None,
) -> str:  # fmt: skip
    s = current()
    rows = row_views(s, register)
    state = request.args.get("state", "")
    may_work = access.allowed("work", register.subphase)
    named = title_column(register)
    return render_template(
        "register/register.html", s=s, register=register, how=s.applicability(register),
        subphase=s.playbook.subphase(register.subphase), columns=_columns(register, rows, named),
        rows=[row for row in rows if _shown(row, state) or (view and row.ref == view.ref)],
        filters=_filters(register, rows, state), away=queries.not_applicable(s, register),
        open=view, history=queries.history(_session(), s, view) if view and view.version else [],
        edit=edit or (row_form(s, register, view) if view and may_work else None),
        add=add or row_form(s, register), adding=add is not None or "add" in request.args,
        bring=bring or ImportForm(), bringing=bring is not None, may_work=may_work,
        removed=request.args.get("removed", ""), drawing=Markup(drawing(register, rows)),  # noqa: S704 - drawn from escaped words
        numbers=NUMBERS, columns_known=tables.columns_of(register),
    )  # fmt: skip


def _columns(register: Register, rows: list[RowView], named: str) -> dict[str, Any]:
    """The columns to show: not those without any value, nor the one that only repeats the title."""
    said = {name for row in rows for name, words in row.shown.items() if words}
    if all(row.raw.get(named) in (row.title, None) for row in rows):
        said.discard(named)
    return {name: column for name, column in register.columns.items() if name in said}


def _shown(row: RowView, state: str) -> bool:
    return row.overdue if state == "overdue" else state in ("", row.state)


def _filters(
    register: Register, rows: list[RowView], chosen: str
) -> list[tuple[str, int, str, bool]]:
    """Label, count, address and whether it is chosen, of every filter."""
    found = [("", "All", len(rows))]
    found += [
        (slug, state.title, sum(row.state == slug for row in rows))
        for slug, state in register.states.items()
    ]
    found.append(("overdue", "Overdue", sum(row.overdue for row in rows)))
    return [
        (label, count, _address(register, **({"state": slug} if slug else {})), slug == chosen)
        for slug, label, count in found
        if count or slug in ("", chosen)
    ]


def _to_work_on(key: str) -> Register:
    register = register_of(current(), key)
    access.check("work", register.subphase)
    return register


def _given(form: RowForm) -> dict[str, Any]:
    return form.common()


def _address(register: Register, **values: Any) -> str:
    return url_for(".page", slug=g.engagement.slug, key=register.key, **values)


def _session() -> Session:
    return cast(Session, db.session)
