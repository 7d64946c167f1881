"""The engagement's billing conventions: explained, and chosen."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from billing.conventions import Conventions
from phases.core.access import staff
from phases.core.commit import commits
from phases.core.errors import BadValue
from phases.engineering.contracts import services
from phases.engineering.contracts.conventions import grouped, read
from phases.engineering.contracts.models import ConventionRecord
from phases.engineering.contracts.queries import conventions_in, count_contracts
from phases.engineering.contracts.views.frame import (
    bp,
    list_crumbs,
    may_work,
    sent_version,
    session,
    to_work,
)
from phases.mechanisms.page import current


@bp.get("/e/<slug>/contracts/conventions")
@staff("read")
def conventions(slug: str) -> ResponseReturnValue:
    return _page(conventions_in(session(), g.engagement))


@bp.post("/e/<slug>/contracts/conventions")
@staff("work")
@commits
def save_conventions(slug: str) -> ResponseReturnValue:
    to_work()
    try:
        services.set_conventions(
            session(), g.engagement, g.actor, read(request.form), sent_version()
        )
    except BadValue as error:
        page = _page(conventions_in(session(), g.engagement), {error.field: error.message})
        return page, 422
    flash("Saved: the billing conventions", "success")
    return redirect(url_for(".conventions", slug=slug))


def _page(stored: Conventions, errors: dict[str, str] | None = None) -> str:
    record = session().get(ConventionRecord, g.engagement.id)
    groups = grouped(stored)
    return render_template(
        "contracts/conventions.html", s=current(), groups=groups, errors=errors or {},
        typed=request.form if errors else {}, may_work=may_work(),
        version=record.version if record else 0, record=record,
        own=[choice for _, choices in groups for choice in choices if choice.own],
        contracts=count_contracts(session(), g.engagement), people=current().people,
        crumbs=list_crumbs({"label": "Billing conventions", "href": ""}),
    )  # fmt: skip
