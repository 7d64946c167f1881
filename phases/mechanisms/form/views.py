"""The page of a form for staff: the answers, who gave them, and opening it again."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from phases.core import access
from phases.core.access import staff
from phases.core.commit import commits
from phases.core.db import db
from phases.mechanisms.exchange import TableForm, download, written
from phases.mechanisms.form import services, tables
from phases.mechanisms.form.forms import ReopenForm
from phases.mechanisms.form.history import history_of
from phases.mechanisms.form.queries import form_of, form_view
from phases.mechanisms.page import current
from phases.mechanisms.spreadsheet import ImportRefused
from playbook.models import Form

bp = Blueprint("form", __name__)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


@bp.get("/e/<slug>/form/<key>")
@staff("read")
def page(slug: str, key: str) -> ResponseReturnValue:
    return _page(form_of(current(), key), ReopenForm())


@bp.get("/e/<slug>/form/<key>/export.<kind>")
@staff("read")
def export(slug: str, key: str, kind: str) -> ResponseReturnValue:
    view = form_view(current(), form_of(current(), key))
    return download(
        written(kind, view.title, tables.table(view)),
        kind,
        f"{slug}-{key.rpartition('.')[2]}.{kind}",
    )


@bp.post("/e/<slug>/form/<key>/import")
@staff("work")
@commits
def bring_in(slug: str, key: str) -> ResponseReturnValue:
    s = current()
    item = form_of(s, key)
    access.check("work", item.subphase)
    form = TableForm()
    if not form.validate():
        return _page(item, ReopenForm(formdata=None), form), 422
    session = cast(Session, db.session)
    try:
        count = tables.answer_all(session, s, g.actor, item, form_view(s, item), form.rows())
    except ImportRefused as error:
        form.table.errors = list(error.problems)
        return _page(item, ReopenForm(formdata=None), form), 422
    told = f"{count} {'answer' if count == 1 else 'answers'} taken over."
    flash(told if count else "Nothing in it was new.", "success")
    return redirect(url_for(".page", slug=slug, key=key))


@bp.post("/e/<slug>/form/<key>/reopen")
@staff("work")
@commits
def reopen(slug: str, key: str) -> ResponseReturnValue:
    item = form_of(current(), key)
    access.check("work", item.subphase)
    form = ReopenForm()
    if not form.validate():
        return _page(item, form), 422
    services.reopen(cast(Session, db.session), current(), g.actor, key, str(form.why.data))
    flash("Opened again. The customer can change the answers and send it once more.", "success")
    return redirect(url_for(".page", slug=g.engagement.slug, key=key))


def _page(item: Form, form: ReopenForm, bring: TableForm | None = None) -> str:
    s = current()
    view, asked = form_view(s, item), request.args.get("history", "")
    answer = next((one for one in view.answers if one.key == asked), None)
    told = history_of(cast(Session, db.session), s, answer.question) if answer else []
    return render_template(
        "form/form.html", s=s, view=view, form=form, told=told, asked=asked,
        how=s.applicability(item),
        subphase=s.playbook.subphase(item.subphase), files=s.records.files,
        may_work=access.allowed("work", item.subphase),
        bring=bring or TableForm(formdata=None), bringing=bring is not None,
        columns_known=tables.COLUMNS,
    )  # fmt: skip
