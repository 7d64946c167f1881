"""The gate page and what is done on it."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from phases.core.access import allowed, staff
from phases.core.commit import commits
from phases.core.db import db
from phases.core.errors import BadValue, Missing
from phases.gates import services
from phases.gates.checks import CHECKS
from phases.gates.forms import AttestForm, DecideForm, WaiverForm
from phases.gates.judge import decide_one
from phases.gates.queries import unmet_since
from phases.gates.tables import table
from phases.mechanisms.exchange import download, written
from phases.mechanisms.page import current, current_for
from playbook.models import Gate

bp = Blueprint("gate", __name__)


def init_app(app: Flask) -> None:
    """Register the pages, and the check that asks for gates."""
    app.extensions["checks"] = CHECKS
    app.register_blueprint(bp)


def _gate(code: str) -> Gate:
    playbook = current().playbook
    gates = (*playbook.gates, *playbook.guards)
    gate = next((gate for gate in gates if gate.place == code), None)
    if gate is None:
        raise Missing
    return gate


def _page(code: str, open_line: str = "", errors: dict[str, str] | None = None) -> str:
    s, gate = current(), _gate(code)
    decision = decide_one(gate, s)
    return render_template(
        "gates/gate.html",
        s=s,
        decision=decision,
        since=unmet_since(_session(), s, decision) if decision.state != "na" else {},
        gate=gate,
        people=s.people,
        attest=AttestForm(),
        waiver=WaiverForm(),
        decide=DecideForm(),
        errors=errors or {},
        open_line=open_line,
        may_decide=allowed("decide"),
        is_admin=g.user.is_a("admin"),
        actor=g.actor,
    )


def _back(code: str) -> ResponseReturnValue:
    return redirect(url_for("gate.page", slug=g.engagement.slug, code=code))


@bp.get("/e/<slug>/gate/<code>")
@staff("read")
def page(slug: str, code: str) -> ResponseReturnValue:
    gate = _gate(code)
    before = (other.key for other in current().playbook.gates if other.subphase <= gate.subphase)
    current_for(gate.key, *before)
    return _page(code)


@bp.get("/e/<slug>/gate/<code>/export.<kind>")
@staff("read")
def export(slug: str, code: str, kind: str) -> ResponseReturnValue:
    s, gate = current(), _gate(code)
    decision = decide_one(gate, s)
    since = unmet_since(_session(), s, decision) if decision.state != "na" else {}
    data = written(kind, s.plain(gate.title), table(s, decision, since))
    return download(data, kind, f"{slug}-gate-{code}.{kind}")


@bp.post("/e/<slug>/gate/<code>/attest")
@staff("decide")
@commits
def attest(slug: str, code: str) -> ResponseReturnValue:
    form, gate = AttestForm(), _gate(code)
    line = str(form.criterion.data)
    if not form.validate():
        return _page(code, line, _first(form.errors)), 422
    try:
        services.attest(
            _session(), current(), g.actor, gate, line, str(form.note.data), str(form.evidence.data)
        )
    except BadValue as error:
        return _page(code, line, {error.field: error.message}), 422
    flash("Attested in your name.", "success")
    return _back(code)


@bp.post("/e/<slug>/gate/<code>/waive")
@staff("waive")
@commits
def waive(slug: str, code: str) -> ResponseReturnValue:
    form, gate, admin = WaiverForm(), _gate(code), g.user.is_a("admin")
    line = str(form.criterion.data)
    if not form.validate():
        return _page(code, line, _first(form.errors)), 422
    reason, evidence, until = str(form.reason.data), str(form.evidence.data), form.expires_on.data
    try:
        if "grant" in request.form:
            services.grant_waiver(
                _session(), current(), g.actor, admin, gate, line, reason, evidence, until
            )
            flash("Waived until its last day.", "success")
        else:
            services.request_waiver(
                _session(), current(), g.actor, gate, line, reason, evidence, until
            )
            flash(
                "Asked for. An admin or another architect of this engagement can grant it.",
                "success",
            )
    except BadValue as error:
        return _page(code, line, {error.field: error.message}), 422
    return _back(code)


@bp.post("/e/<slug>/gate/<code>/withdraw/<int:record_id>")
@staff("decide")
@commits
def withdraw(slug: str, code: str, record_id: int) -> ResponseReturnValue:
    services.withdraw(_session(), current(), g.actor, _gate(code), record_id)
    flash("Withdrawn.", "success")
    return _back(code)


@bp.post("/e/<slug>/gate/<code>/decide")
@staff("decide")
@commits
def decide(slug: str, code: str) -> ResponseReturnValue:
    form, gate = DecideForm(), _gate(code)
    chosen = str(form.outcome.data)
    if not form.validate():
        return _page(code, chosen, _first(form.errors)), 422
    try:
        services.decide(
            _session(), current(), g.actor, gate, chosen, str(form.note.data), form.weeks.data,
            form.on.data,
        )  # fmt: skip
    except BadValue as error:
        return _page(code, chosen, {error.field: error.message}), 422
    flash("Decided and recorded.", "success")
    return _back(code)


@bp.post("/e/<slug>/gate/<code>/fixed")
@staff("decide")
@commits
def fixed(slug: str, code: str) -> ResponseReturnValue:
    services.close_loop(_session(), current(), g.actor, _gate(code))
    flash("Noted. The gate can be judged again.", "success")
    return _back(code)


def _session() -> Session:
    return cast(Session, db.session)


def _first(errors: object) -> dict[str, str]:
    found = cast("dict[str, list[str]]", errors)
    return {name: str(messages[0]) for name, messages in found.items() if messages}
