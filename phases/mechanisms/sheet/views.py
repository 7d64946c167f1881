"""The page of a sheet for staff: who has said what of each statement, and its wording."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Flask, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from phases.core import access
from phases.core.access import staff
from phases.core.commit import commits
from phases.core.db import db
from phases.core.errors import BadValue, Missing
from phases.mechanisms.page import current
from phases.mechanisms.sheet import services
from phases.mechanisms.sheet.forms import WordingForm
from phases.mechanisms.sheet.queries import not_applicable, sheet_of, sheet_view
from playbook.models import Sheet

bp = Blueprint("sheet", __name__)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


@bp.get("/e/<slug>/sheet/<key>")
@staff("read")
def page(slug: str, key: str) -> ResponseReturnValue:
    return _page(sheet_of(current(), key))


@bp.post("/e/<slug>/sheet/<key>/<statement_key>/wording")
@staff("work")
@commits
def reword(slug: str, key: str, statement_key: str) -> ResponseReturnValue:
    sheet = sheet_of(current(), key)
    if statement_key not in sheet.items:
        raise Missing
    access.check("work", sheet.subphase)
    form = WordingForm()
    if not form.validate():
        return _page(sheet, statement_key, form), 422
    text, version = form.text.data or "", form.version.data
    try:
        services.reword(cast(Session, db.session), current(), g.actor, statement_key, text, version)
    except BadValue as error:
        form.text.errors = [error.message]
        return _page(sheet, statement_key, form), 422
    flash("Saved. Whoever had signed other words is asked again.", "success")
    anchor = "statement-" + statement_key.replace(".", "-")
    return redirect(url_for(".page", slug=g.engagement.slug, key=key, _anchor=anchor))


def _page(sheet: Sheet, open_key: str = "", form: WordingForm | None = None) -> str:
    s = current()
    return render_template(
        "sheet/sheet.html", s=s, view=sheet_view(s, sheet), how=s.applicability(sheet),
        away=not_applicable(s, sheet), subphase=s.playbook.subphase(sheet.subphase),
        open_key=open_key, typed=(form.text.data or "") if form else "",
        error=str(form.text.errors[0]) if form and form.text.errors else "",
        may_work=access.allowed("work", sheet.subphase),
    )  # fmt: skip
