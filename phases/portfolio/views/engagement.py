"""Pages of one engagement as a whole: overview, phase, profile, history."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from phases.core.access import allowed, staff
from phases.core.addresses import row_number
from phases.core.commit import commits
from phases.core.db import db
from phases.core.errors import Missing, check_version
from phases.gates.judge import decide_all
from phases.mechanisms.page import current, current_for
from phases.mechanisms.situation import PROFILE, Situation
from phases.portfolio import queries, services
from phases.portfolio.forms import ProfileForm, profile_form
from phases.portfolio.panels import blocks, looked_into
from phases.portfolio.words import event_words, in_a_row
from playbook.recommend import contradictions, recommendations

bp = Blueprint("engagement", __name__)


@bp.get("/e/<slug>/")
@staff("read")
def overview(slug: str) -> ResponseReturnValue:
    s = current()
    return render_template(
        "portfolio/overview.html",
        s=s,
        work=queries.work_of(_session(), g.engagement, 12),
        events=in_a_row(
            event_words(s, e) for e in queries.history(_session(), g.engagement, limit=24)
        )[:8],
        contradictions=contradictions(s.playbook, s.profile),
        people=s.people,
    )


@bp.get("/e/<slug>/<phase_slug>")
@staff("read")
def phase(slug: str, phase_slug: str) -> ResponseReturnValue:
    s = current()
    found = next((p for p in s.playbook.phases if p.slug == phase_slug), None)
    if found is None:
        raise Missing
    current_for(*looked_into(s.playbook, found.slug))
    last = s.playbook.subphases_of(found.slug)[-1].code
    gates = {d.gate.subphase: d for d in decide_all(s, last).values()}
    found_blocks = blocks(s, found.slug)
    return render_template(
        "portfolio/phase.html",
        s=s,
        phase=found,
        how=s.applicability(found),
        blocks=found_blocks,
        gates=gates,
        people=s.people,
        may_work={
            block.subphase.code: allowed("work", block.subphase.code) for block in found_blocks
        },
    )


@bp.get("/e/<slug>/profile")
@staff("read")
def profile(slug: str) -> ResponseReturnValue:
    s = current()
    return _profile_page(_form(s, data=_form_data(s.profile)))


@bp.post("/e/<slug>/profile/preview")
@staff("work")
def preview(slug: str) -> ResponseReturnValue:
    s = current()
    form = _form(s)
    if not form.validate():
        return _profile_page(form), 422
    then = services.with_profile(s, form.profile())
    return render_template(
        "portfolio/profile_preview.html",
        s=s,
        form=form,
        then=then,
        differences=queries.differences(s, then),
        changed=[n for n, v in form.profile().items() if services.plain(v) != s.profile.get(n)],
    )


@bp.post("/e/<slug>/profile")
@staff("work")
@commits
def change_profile(slug: str) -> ResponseReturnValue:
    s = current()
    form = _form(s)
    if not form.validate():
        return _profile_page(form), 422
    kept, theirs = _both_texts(s, form.profile())
    check_version(
        g.engagement.version, request.form.get("version", type=int), kept=kept, theirs=theirs
    )
    changed = services.change_profile(_session(), s, g.actor, form.profile())
    flash(
        "Profile changed. What applies has followed." if changed else "Nothing changed.", "success"
    )
    return redirect(url_for("engagement.overview", slug=slug))


def _form(s: Situation, **given: Any) -> ProfileForm:
    """The form without what a gate has yet to record."""
    form = profile_form(s.playbook)(**given)
    form.names = tuple(name for name in form.names if not s.recorded_by(PROFILE + name))
    return form


def _both_texts(s: Situation, values: dict[str, object]) -> tuple[dict[str, str], dict[str, str]]:
    """What was chosen and what stands, in words, for the facts in which the two differ."""
    then = services.with_profile(s, values)
    keys = {
        s.playbook.get(PROFILE + name).title: PROFILE + name
        for name, value in values.items()
        if services.plain(value) != s.profile.get(name)
    }
    unknown = "Not known"
    kept = {title: then.words_for(key) or unknown for title, key in keys.items()}
    return kept, {title: s.shown(key) or unknown for title, key in keys.items()}


def _profile_page(form: ProfileForm) -> str:
    s = current()
    return render_template(
        "portfolio/profile.html",
        s=s,
        form=form,
        may_work=allowed("work"),
        at_gates=[
            (s.playbook.get(PROFILE + name).title, gate)
            for name in s.playbook.profile
            if (gate := s.recorded_by(PROFILE + name))
        ],
        contradictions=contradictions(s.playbook, s.profile),
        advice=recommendations(s.playbook, s.profile),
    )


def _form_data(values: dict[str, object]) -> dict[str, object]:
    return {
        name: date.fromisoformat(str(value)) if name in ("kickoff", "go_live") and value else value
        for name, value in values.items()
    }


@bp.get("/e/<slug>/history")
@staff("read")
def history(slug: str) -> ResponseReturnValue:
    s = current()
    before = request.args.get("before", type=row_number)
    rows = queries.history(_session(), g.engagement, before, request.args.get("about", "")[:160])
    return render_template(
        "portfolio/history.html",
        s=s,
        events=[event_words(s, row) for row in rows],
        older=rows[-1].seq if len(rows) == 50 else None,
        about=request.args.get("about", ""),
    )


def _session() -> Session:
    return cast(Session, db.session)
