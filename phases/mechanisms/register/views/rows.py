"""One row after another: add, edit in place, remove and put back, confirm."""

from __future__ import annotations

from flask import flash, g, redirect, request
from flask.typing import ResponseReturnValue

from phases.core.access import staff
from phases.core.commit import commits
from phases.core.errors import BadValue
from phases.mechanisms.page import current
from phases.mechanisms.register import links, queries, services
from phases.mechanisms.register.forms import row_form
from phases.mechanisms.register.moving import move_row
from phases.mechanisms.register.offers import sources_of
from phases.mechanisms.register.queries import find_row, register_of
from phases.mechanisms.register.rules import refuse_if_append_only
from phases.mechanisms.register.views.frame import (
    back,
    back_to,
    bp,
    register_page,
    session,
    to_work_on,
)


@bp.get("/e/<slug>/register/<key>")
@staff("read")
def page(slug: str, key: str) -> ResponseReturnValue:
    register = register_of(current(), key)
    s = current()
    s.records.narrow(*links.around(s, register), *sources_of(s, register))
    opened = request.args.get("edit", "")
    return register_page(register, find_row(current(), register, opened) if opened else None)


@bp.post("/e/<slug>/register/<key>/rows")
@staff("work")
@commits
def add(slug: str, key: str) -> ResponseReturnValue:
    register = to_work_on(key)
    form = row_form(current(), register)
    if form.seeks or not form.check(register):
        return register_page(register, add=form), 422
    try:
        row = services.add_row(
            session(), current(), g.actor, key, values=form.values(), **form.common()
        )
    except BadValue as error:
        form.refuse(error)
        return register_page(register, add=form), 422
    flash(f"Added: {row.title}", "success")
    return redirect(back_to(register, queries.ref_of(row)))


@bp.post("/e/<slug>/register/<key>/rows/<ref>")
@staff("work")
@commits
def change(slug: str, key: str, ref: str) -> ResponseReturnValue:
    register = to_work_on(key)
    refuse_if_append_only(register)
    view = find_row(current(), register, ref)
    form = row_form(current(), register, view)
    if form.seeks or not (form.behind(view) or form.check(register)):
        return register_page(register, view, edit=form), 422
    try:
        row = services.change_row(
            session(), current(), g.actor, key, ref, values=form.values(), **form.common(),
            version=form.version.data,
        )  # fmt: skip
    except BadValue as error:
        form.refuse(error)
        return register_page(register, view, edit=form), 422
    flash(f"Saved: {row.title}", "success")
    return redirect(back_to(register, queries.ref_of(row)))


@bp.post("/e/<slug>/register/<key>/rows/<ref>/move")
@staff("work")
@commits
def move(slug: str, key: str, ref: str) -> ResponseReturnValue:
    register = to_work_on(key)
    places = -1 if request.form.get("way") == "up" else 1
    move_row(session(), current(), g.actor, key, ref, places, _version())
    return redirect(back_to(register, ref))


@bp.post("/e/<slug>/register/<key>/rows/<ref>/remove")
@staff("work")
@commits
def remove(slug: str, key: str, ref: str) -> ResponseReturnValue:
    register = to_work_on(key)
    row = services.remove_row(session(), current(), g.actor, key, ref, _version())
    return redirect(back(register, removed=queries.ref_of(row)))


@bp.post("/e/<slug>/register/<key>/rows/<ref>/restore")
@staff("work")
@commits
def restore(slug: str, key: str, ref: str) -> ResponseReturnValue:
    register = to_work_on(key)
    row = services.restore_row(session(), current(), g.actor, key, ref)
    flash(f"Put back: {row.title}", "success")
    return redirect(back_to(register, ref))


@bp.post("/e/<slug>/register/<key>/rows/<ref>/confirm")
@staff("work")
@commits
def confirm(slug: str, key: str, ref: str) -> ResponseReturnValue:
    register = to_work_on(key)
    row = services.confirm_row(session(), current(), g.actor, key, ref, version=_version())
    return redirect(back_to(register, queries.ref_of(row)))


@bp.post("/e/<slug>/register/<key>/rows/<ref>/assume")
@staff("work")
@commits
def assume(slug: str, key: str, ref: str) -> ResponseReturnValue:
    register = to_work_on(key)
    row = services.assume_row(session(), current(), g.actor, key, ref, version=_version())
    return redirect(back_to(register, queries.ref_of(row)))


def _version() -> int | None:
    return request.form.get("version", type=int)
