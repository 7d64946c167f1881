"""The page of a sheet for staff: who has said what of each statement, and its wording."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from phases.core import access
from phases.core.access import staff
from phases.core.commit import commits
from phases.core.db import db
from phases.core.errors import BadValue, Missing, NotAllowed
from phases.core.models import User
from phases.core.sessions import is_fresh
from phases.mechanisms.exchange import TableForm, download, written
from phases.mechanisms.page import current, current_for
from phases.mechanisms.sheet import services, tables
from phases.mechanisms.sheet.certificate import certificate
from phases.mechanisms.sheet.forms import WordingForm
from phases.mechanisms.sheet.queries import not_applicable, sheet_of, sheet_view
from phases.mechanisms.situation import Situation
from phases.mechanisms.spreadsheet import ImportRefused
from playbook.models import Sheet

bp = Blueprint("sheet", __name__)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


@bp.get("/e/<slug>/sheet/<key>")
@staff("read")
def page(slug: str, key: str) -> ResponseReturnValue:
    return _page(sheet_of(current_for(key), key))


@bp.get("/e/<slug>/sheet/<key>/certificate")
@staff("read")
def certified(slug: str, key: str) -> ResponseReturnValue:
    s = current()
    view = certificate(s, sheet_of(s, key))
    return render_template("sheet/certificate.html", s=s, view=view)


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


@bp.get("/e/<slug>/sheet/<key>/export.<kind>")
@staff("read")
def export(slug: str, key: str, kind: str) -> ResponseReturnValue:
    s = current_for(key)
    view = sheet_view(s, sheet_of(s, key))
    data = written(kind, view.title, tables.table(view))
    return download(data, kind, f"{slug}-{key.rpartition('.')[2]}.{kind}")


@bp.post("/e/<slug>/sheet/<key>/import")
@staff("work")
@commits
def bring_in(slug: str, key: str) -> ResponseReturnValue:
    s = current()
    sheet = sheet_of(s, key)
    access.check("work", sheet.subphase)
    form = TableForm()
    if not form.validate():
        return _page(sheet, bring=form), 422
    session = cast(Session, db.session)
    try:
        count = tables.reword_all(session, s, g.actor, sheet_view(s, sheet), form.rows())
    except ImportRefused as error:
        form.table.errors = list(error.problems)
        return _page(sheet, bring=form), 422
    told = f"{count} {'statement reads' if count == 1 else 'statements read'} differently now."
    flash(told if count else "Nothing in it was new.", "success")
    return redirect(url_for(".page", slug=slug, key=key))


@bp.post("/e/<slug>/sheet/<key>/sign")
@staff("read")
@commits
def sign(slug: str, key: str) -> ResponseReturnValue:
    s = current()
    sheet = sheet_of(s, key)
    role = own_role(s, sheet, g.user)
    if not role:
        raise NotAllowed("Only whoever plays the signing role on this engagement signs this.")
    decisions = typed_decisions(request.form)
    if not is_fresh(g.login):
        return _page(sheet, signing="Your password was given too long ago. Give it again."), 422
    try:
        services.sign(
            cast(Session, db.session), s, sheet_key=key, role=role, decisions=decisions,
            signer=g.actor, name=g.user.name, email=g.user.email,
            address=request.remote_addr or "", proof="login",
        )  # fmt: skip
    except (BadValue, services.NothingDecided, services.NotOpenYet) as error:
        return _page(sheet, signing=error.message), 422
    flash("Signed in your name.", "success")
    return redirect(url_for(".page", slug=g.engagement.slug, key=key))


def own_role(s: Situation, sheet: Sheet, user: User) -> str:
    """The staff role in which *user* signs *sheet* here, empty if in none."""
    mine = {member.role for member in s.records.members if member.user_id == user.id}
    return next((r for r in sheet.roles if r in mine and s.playbook.role(r).side == "staff"), "")


def typed_decisions(typed: Mapping[str, str]) -> dict[str, services.Decision]:
    """The answers to statements in a form: ``said-<key>`` yes or no, its comment, what was seen."""
    return {
        name.removeprefix("said-"): (
            said == "yes",
            typed.get(f"comment-{name.removeprefix('said-')}", ""),
            typed.get(f"seen-{name.removeprefix('said-')}", ""),
        )
        for name, said in typed.items()
        if name.startswith("said-") and said in ("yes", "no")
    }


def _page(
    sheet: Sheet, open_key: str = "", form: WordingForm | None = None, signing: str = "",
    bring: TableForm | None = None,
) -> str:  # fmt: skip
    s = current()
    role = own_role(s, sheet, g.user)
    return render_template(
        "sheet/sheet.html", s=s, view=sheet_view(s, sheet), how=s.applicability(sheet),
        away=not_applicable(s, sheet), subphase=s.playbook.subphase(sheet.subphase),
        open_key=open_key, typed=(form.text.data or "") if form else "",
        error=str(form.text.errors[0]) if form and form.text.errors else "",
        may_work=access.allowed("work", sheet.subphase), signing=signing, own_role=role,
        fresh=is_fresh(g.login), sent=request.form,
        bring=bring or TableForm(formdata=None), bringing=bring is not None,
        columns_known=tables.COLUMNS,
    )  # fmt: skip
