"""What other records offer to a register, taken over from its page or from theirs."""

from __future__ import annotations

from flask import flash, g, redirect, request
from flask.typing import ResponseReturnValue

from phases.core.access import staff
from phases.core.commit import commits
from phases.core.errors import BadValue
from phases.mechanisms.page import current
from phases.mechanisms.register.queries import register_of
from phases.mechanisms.register.taking import take
from phases.mechanisms.register.values import plural
from phases.mechanisms.register.views.frame import address, bp, register_page, session, to_work_on


@bp.post("/e/<slug>/register/<key>/offers")
@staff("work")
@commits
def take_over(slug: str, key: str) -> ResponseReturnValue:
    register = to_work_on(key)
    unwanted = request.form.getlist("unwanted")
    chosen = " ".join(unwanted or request.form.getlist("take")).split()
    try:
        done = take(session(), current(), g.actor, key, chosen, unwanted=bool(unwanted))
    except BadValue as error:
        return register_page(register, wrong=error.message), 422
    if done.rows:
        verb = "set aside" if unwanted else "taken over"
        flash(f"{plural(register.row_word, done.rows)} {verb}.", "success")
    if done.gone:
        flash("The rest had been taken over already, or no longer applies.", "warning")
    at = request.form.get("at", "")
    back = register_of(current(), at) if at in current().playbook.items else register
    return redirect(address(back, _anchor="offers"))
