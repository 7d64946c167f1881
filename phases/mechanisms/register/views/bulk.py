"""Many rows at once."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, g, redirect, request
from flask.typing import ResponseReturnValue

from phases.core.access import staff
from phases.core.commit import commits
from phases.core.errors import BadValue, Missing
from phases.mechanisms.page import current
from phases.mechanisms.register import bulk
from phases.mechanisms.register.bulk import Chosen, Done
from phases.mechanisms.register.values import plural
from phases.mechanisms.register.views.frame import back, bp, register_page, session, to_work_on

Act = Callable[[str, list[Chosen]], Done]

ACTS: dict[str, tuple[Act, str]] = {
    "state": (lambda key, rows: bulk.move(
        session(), current(), g.actor, key, rows, request.form.get("to_state", "")), "changed"),
    "owner": (lambda key, rows: bulk.give(
        session(), current(), g.actor, key, rows, request.form.get("to_owner", "")), "changed"),
    "due": (lambda key, rows: bulk.date_rows(
        session(), current(), g.actor, key, rows, request.form.get("to_due", "")), "changed"),
    "remove": (lambda key, rows: bulk.remove(session(), current(), g.actor, key, rows), "removed"),
    "restore": (lambda key, rows: bulk.restore(
        session(), current(), g.actor, key, rows), "put back"),
}  # fmt: skip
"""What can be done to the rows chosen, and how it is told."""

TOLD = 8
"""How many refusals are told one by one."""


@bp.post("/e/<slug>/register/<key>/bulk")
@staff("work")
@commits
def many(slug: str, key: str) -> ResponseReturnValue:
    register = to_work_on(key)
    act, verb = ACTS.get(request.form.get("act", ""), (None, ""))
    if act is None:
        raise Missing
    try:
        done = act(key, _chosen())
    except BadValue as error:
        return register_page(register, wrong=error.message), 422
    if done.refs:
        flash(f"{plural(register.row_word, len(done.refs))} {verb}.", "success")
    for line in done.refused[:TOLD]:
        flash(f"Not {verb}: {line}", "warning")
    if rest := len(done.refused) - TOLD if len(done.refused) > TOLD else 0:
        flash(f"And {rest} more were not {verb}.", "warning")
    removed = ",".join(done.refs) if verb == "removed" else None
    return redirect(back(register, removed=removed))


def _chosen() -> list[Chosen]:
    """The rows ticked, each with the version that was shown (``r12:3``)."""
    texts = [text for value in request.form.getlist("rows") for text in value.split(",") if text]
    found: dict[str, int | None] = {}
    for text in texts:
        ref, _, version = text.partition(":")
        found[ref] = int(version) if version.isdecimal() and len(version) < 10 else None
    return list(found.items())
