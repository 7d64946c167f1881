"""Registers that the customer fills in together with the team."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from intake.views.frame import bp, session
from phases.core.access import customer_only
from phases.core.commit import commits
from phases.core.errors import BadValue, Missing
from phases.mechanisms.page import current
from phases.mechanisms.register.forms import VALUE, RowForm, row_form
from phases.mechanisms.register.queries import RowView, find_row, live_rows, register_of
from phases.mechanisms.register.rules import refuse_if_append_only
from phases.mechanisms.register.services import add_row, change_row
from playbook.models import Column, Register

NEW = "new"
TEAMS_OWN = ("state", "owner", "due")
"""What the team decides of a row; the customer fills in the rest."""


def shared_register(key: str) -> Register:
    """The register *key*, if customers share it."""
    register = register_of(current(), key)
    if not register.portal or not current().applies(register):
        raise Missing
    return register


def row_of(register: Register, row_ref: str) -> RowView | None:
    """The row *row_ref*; None for a new one, where rows may be added."""
    if row_ref != NEW:
        refuse_if_append_only(register)
        return find_row(current(), register, row_ref)
    if register.fixed:
        raise Missing
    return None


def form_of(register: Register, row: RowView | None) -> RowForm:
    """The form of a row, without what is the team's to decide and what it rests on."""
    form = row_form(current(), register, row)
    inner = [f"{VALUE}{name}" for name in register.columns if name not in shown_columns(register)]
    for name in (*TEAMS_OWN, *inner):
        if name in form:
            del form[name]
    return form


def shown_columns(register: Register) -> dict[str, Column]:
    """The columns that customers see: links lead to records that are the team's."""
    return {name: c for name, c in register.columns.items() if c.type != "rests_on"}


@bp.get("/c/<ref>/register/<key>")
@customer_only
def register(ref: str, key: str) -> ResponseReturnValue:
    shared = shared_register(key)
    return render_template(
        "intake/register.html", register=shared, rows=live_rows(current(), shared), s=current(),
        columns=shown_columns(shared),
    )  # fmt: skip


@bp.get("/c/<ref>/register/<key>/<row_ref>")
@customer_only
def row(ref: str, key: str, row_ref: str) -> ResponseReturnValue:
    shared = shared_register(key)
    found = row_of(shared, row_ref)
    return row_page(shared, found, form_of(shared, found))


def row_page(shared: Register, found: RowView | None, form: RowForm) -> str:
    return render_template(
        "intake/row.html",
        register=shared,
        row=found,
        form=form,
        title=current().plain(shared.title),
    )


@bp.post("/c/<ref>/register/<key>/<row_ref>")
@customer_only
@commits
def save_row(ref: str, key: str, row_ref: str) -> ResponseReturnValue:
    shared = shared_register(key)
    found = row_of(shared, row_ref)
    form = form_of(shared, found)
    if not ((found is not None and form.behind(found)) or form.check(shared)):
        return row_page(shared, found, form), 422
    title = form.common().get("title")
    try:
        if found is None:
            add_row(session(), current(), g.actor, key, title=title or "", values=form.values())
        else:
            change_row(
                session(),
                current(),
                g.actor,
                key,
                row_ref,
                title=title,
                values=form.values(),
                version=form.version.data,
            )
    except BadValue as problem:
        form.refuse(problem)
        return row_page(shared, found, form), 422
    flash("Saved. Thank you.", "success")
    return redirect(url_for(".register", ref=g.grant.ref, key=key))
