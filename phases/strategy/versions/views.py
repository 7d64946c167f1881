"""The page of the assessment's versions: cut one, read one, compare any two."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from phases.core import access
from phases.core.access import staff
from phases.core.commit import commits
from phases.core.db import db
from phases.core.errors import BadValue
from phases.mechanisms.inputs.services import input_of
from phases.mechanisms.page import current
from phases.mechanisms.register.links import INPUTS, above_of
from phases.strategy.versions import frame, queries, services
from phases.strategy.versions.compare import KINDS
from phases.strategy.versions.forms import CutForm
from phases.strategy.versions.queries import NOW, Comparison
from phases.strategy.versions.tracing import traced

bp = Blueprint("versions", __name__)


def init_app(app: Flask) -> None:
    """Register the pages, and have meetings cut their versions."""
    services.init()
    app.register_blueprint(bp)


@bp.get("/e/<slug>/versions")
@staff("read")
def index(slug: str) -> ResponseReturnValue:
    return _page(CutForm(formdata=None))


@bp.post("/e/<slug>/versions")
@staff("work")
@commits
def cut(slug: str) -> ResponseReturnValue:
    s, form = current(), CutForm()
    access.check("work", frame.first_subphase(s.playbook))
    note, meeting = form.note.data or "", form.meeting.data or ""
    try:
        if meeting:
            number = form.number.data or 0
            row = services.cut_after_meeting(_session(), s, g.actor, meeting, number, note)
        else:
            row = services.cut(_session(), s, g.actor, note)
    except BadValue as error:
        form.note.errors = [error.message]
        return _page(form), 422
    flash(f"{row.name} of the assessment is cut and stays as it is.", "success")
    return redirect(url_for(".index", slug=slug, _anchor=f"version-{row.name}"))


@bp.get("/e/<slug>/versions/<version>")
@staff("read")
def one(slug: str, version: str) -> ResponseReturnValue:
    s = current()
    row = queries.find(s, version)
    return render_template(
        "versions/version.html", s=s, row=row, line=queries.line_of(s, row),
        intact=queries.intact(s, row), parts=list(queries.parts(s, queries.side(s, version))),
    )  # fmt: skip


@bp.get("/e/<slug>/inputs/<key>")
@staff("read")
def one_input(slug: str, key: str) -> ResponseReturnValue:
    """One input: value, standing and source, what rests on it, and what it was in each version."""
    s = current()
    s.records.narrow(*above_of(s, INPUTS))
    item = input_of(s, key)
    return render_template(
        "versions/input.html", s=s, traced=traced(s, item), how=s.applicability(item)
    )


def _page(form: CutForm) -> str:
    s = current()
    lines = queries.versions(s)
    compared = _compared()
    now = compared if compared and _is_now(compared) else _now()
    kind = request.args.get("kind", "")
    return render_template(
        "versions/versions.html", s=s, lines=lines, form=form, compared=compared, now=now,
        draft=next(iter(frame.writings(s)), None), pending=queries.pending(s),
        next_name=queries.next_name(s), kinds=KINDS,
        now_moved=queries.moved_words(dict(now.counts)) if now else (),
        labels=queries.LABELS, kind=kind if kind in KINDS else "",
        cuts=bool(frame.phases_of(s.playbook)),
        may_work=access.allowed("work", frame.first_subphase(s.playbook)),
    )  # fmt: skip


def _compared() -> Comparison | None:
    """The two versions asked for; else the newest with what stands now."""
    s = current()
    if not s.records.versions:
        return None
    left = request.args.get("from", "") or s.records.versions[-1].name
    right = request.args.get("to", "") or NOW
    return queries.comparison(s, queries.side(s, left), queries.side(s, right))


def _now() -> Comparison | None:
    """What changed since the newest version."""
    s = current()
    if not s.records.versions:
        return None
    last = queries.side(s, s.records.versions[-1].name)
    return queries.comparison(s, last, queries.side(s, NOW))


def _is_now(compared: Comparison) -> bool:
    return (compared.left.name, compared.right.name) == (current().records.versions[-1].name, NOW)


def _session() -> Session:
    return cast(Session, db.session)
