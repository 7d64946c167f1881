"""A register begun with the rows of the usual systems."""

from __future__ import annotations

from flask import flash, g, redirect, request
from flask.typing import ResponseReturnValue

from phases.core.access import staff
from phases.core.commit import commits
from phases.core.errors import BadValue, Missing
from phases.mechanisms.page import current
from phases.mechanisms.register.starting import start
from phases.mechanisms.register.values import plural
from phases.mechanisms.register.views.frame import back, bp, register_page, session, to_work_on
from playbook.models import Starter


@bp.post("/e/<slug>/register/<key>/start")
@staff("work")
@commits
def begin(slug: str, key: str) -> ResponseReturnValue:
    register = to_work_on(key)
    starter = current().playbook.items.get(request.form.get("starter", ""))
    if not isinstance(starter, Starter):
        raise Missing
    chosen = {name: [one for one in request.form.getlist(name) if one] for name in starter.slots}
    try:
        done = start(session(), current(), g.actor, key, starter.key, chosen)
    except BadValue as error:
        return register_page(register, wrong=error.message), 422
    there = f" {done.there} were there already." if done.there else ""
    flash(f"{plural(register.row_word, done.added)} added.{there}", "success")
    return redirect(back(register))
