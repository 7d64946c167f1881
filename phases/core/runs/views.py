"""A run asked for by the page that shows it; stop and try again."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Flask, flash, g, jsonify, redirect
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from phases.core import access, outbox
from phases.core.access import staff
from phases.core.commit import commits
from phases.core.db import db
from phases.core.models import Run
from phases.core.runs import queries, services
from phases.core.runs.services import JOB, KINDS
from phases.core.runs.working import carry_out

bp = Blueprint("runs", __name__)


def init_app(app: Flask) -> None:
    """Register the addresses, and have the worker carry runs out."""
    outbox.HANDLERS[JOB] = carry_out
    app.register_blueprint(bp)


def _session() -> Session:
    return cast(Session, db.session)


@bp.get("/e/<slug>/runs/<int:run_id>")
@staff("read")
def progress(slug: str, run_id: int) -> ResponseReturnValue:
    run = queries.of_engagement(_session(), g.engagement, run_id)
    return jsonify(queries.view(_session(), g.engagement, run).as_data())


@bp.post("/e/<slug>/runs/<int:run_id>/cancel")
@staff("work")
@commits
def cancel(slug: str, run_id: int) -> ResponseReturnValue:
    run = _mine(run_id)
    services.cancel(_session(), g.engagement, g.actor, run)
    flash(f"Stopped {services.told(run)}.", "success")
    return _to_its_page(slug, run)


@bp.post("/e/<slug>/runs/<int:run_id>/again")
@staff("work")
@commits
def again(slug: str, run_id: int) -> ResponseReturnValue:
    run = _mine(run_id)
    services.again(_session(), g.engagement, g.actor, run)
    return _to_its_page(slug, run)


def _mine(run_id: int) -> Run:
    run = queries.of_engagement(_session(), g.engagement, run_id)
    access.check("work", KINDS[run.kind].subphase)
    return run


def _to_its_page(slug: str, run: Run) -> ResponseReturnValue:
    return redirect(f"/e/{slug}/{KINDS[run.kind].place(run)}")
