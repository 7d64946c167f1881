"""The page of the invoice template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from phases.core import access
from phases.core.access import staff
from phases.core.commit import commits
from phases.core.db import db
from phases.core.errors import BadValue
from phases.engineering.contracts.queries import Asked, conventions_in, listing
from phases.engineering.template import services
from phases.engineering.template.design import (
    COLUMNS,
    DATES,
    HEAD,
    LABELS,
    NUMBERS,
    Design,
    Refused,
    places,
    read,
)
from phases.mechanisms.page import current

bp = Blueprint("invoice_template", __name__)

SUBPHASE = "2c"


def init_app(app: Flask) -> None:
    """Register the page."""
    app.register_blueprint(bp)


def _session() -> Session:
    return cast(Session, db.session)


@bp.get("/e/<slug>/contracts/template")
@staff("read")
def page(slug: str) -> ResponseReturnValue:
    return _page()


def _page(errors: Mapping[str, str] | None = None) -> str:
    session, engagement = _session(), g.engagement
    record = services.template_of(session, engagement)
    design = services.design_in(session, engagement)
    asked = Asked()
    shown = listing(session, engagement, asked, conventions_in(session, engagement)).lines[:5]
    return render_template(
        "contracts/template.html", s=current(), design=design, record=record,
        typed=request.form if errors else _typed(design), errors=errors or {},
        version=record.version if record else 0, columns=COLUMNS, labels=LABELS, facts=HEAD,
        dates=DATES, numbers=NUMBERS, may_work=access.allowed("work", SUBPHASE),
        logo=services.logo_of(session, engagement), samples=[one for one in shown if one.invoices],
    )  # fmt: skip


def _typed(design: Design) -> dict[str, Any]:
    """The template as its form has it."""
    found: dict[str, Any] = {
        name: getattr(design, name)
        for name in ("seller", "address", "accent", "pattern", "payment", "legal", "dates",
                     "numbers")
    }  # fmt: skip
    for what, shown in (("column", design.columns), ("head", design.head)):
        found |= {f"{what}.{name}": place for name, place in places(shown).items()}
    found |= {f"column_word.{name}": word for name, word in design.column_words.items()}
    return found | {f"word.{name}": word for name, word in design.words.items()}


@bp.post("/e/<slug>/contracts/template")
@staff("work")
@commits
def save(slug: str) -> ResponseReturnValue:
    access.check("work", SUBPHASE)
    logo = request.files.get("logo") or FileStorage()
    try:
        services.save(
            _session(), g.engagement, g.actor, read(request.form),
            request.form.get("version", type=int), logo if logo.filename else None,
            without_logo="no_logo" in request.form,
        )  # fmt: skip
    except (Refused, BadValue) as error:
        return _page({error.field: error.message}), 422
    flash("Saved: the invoice template", "success")
    return redirect(url_for(".page", slug=slug))
