"""My work, the portfolio, accounts, and creating an engagement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast
from urllib.parse import urlencode

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core.access import may, staff
from phases.core.clock import today
from phases.core.commit import commits
from phases.core.db import db
from phases.core.errors import BadValue
from phases.core.models import Role, User
from phases.portfolio import queries, services
from phases.portfolio.forms import ProfileForm, creation_form, zone_of
from playbook.book import Playbook
from playbook.recommend import Contradicted, contradictions, recommendations

bp = Blueprint("everywhere", __name__)


def newest() -> Playbook:
    """The playbook that new engagements follow."""
    return cast(
        Playbook, current_app.extensions["library"].latest(current_app.config["PLAYBOOK_NAME"])
    )


@bp.get("/")
@staff("look")
def work() -> ResponseReturnValue:
    lines = queries.my_work(_session(), g.user)
    return render_template(
        "portfolio/work.html",
        groups=queries.group_work(lines),
        today=today(current_app.config["SETTINGS"].time_zone),
        may_create=may(g.user, "create", None),
    )


@bp.get("/engagements")
@staff("look")
def engagements() -> ResponseReturnValue:
    wanted = _filter()
    only_own = not g.user.is_a("admin", "architect", "account_manager")
    page = queries.portfolio(_session(), wanted, g.user, only_own)
    return render_template(
        "portfolio/engagements.html",
        page=page,
        wanted=wanted,
        playbook=newest(),
        address=address,
        pager=pager(page, wanted),
        names=_names(page),
        may_create=may(g.user, "create", None),
    )


def _filter() -> queries.Filter:
    args = request.args
    return queries.Filter(
        q=args.get("q", "").strip()[:100],
        phase=args.get("phase", ""),
        health=args.get("health", ""),
        methodology=args.get("methodology", ""),
        mine=args.get("mine") == "1",
        sort=args.get("sort", "attention"),
        page=max(1, args.get("page", 1, type=int)),
    )


def address(wanted: queries.Filter, **changes: object) -> str:
    """The portfolio's address with some of its filters changed."""
    if "page" not in changes:
        changes["page"] = 1
    values = vars(replace(wanted, **changes))  # type: ignore[arg-type]
    kept = {
        k: 1 if v is True else v
        for k, v in values.items()
        if v and (k, v) not in (("page", 1), ("sort", "attention"))
    }
    return url_for("everywhere.engagements") + (f"?{urlencode(kept)}" if kept else "")


def pager(page: queries.Portfolio, wanted: queries.Filter) -> dict[str, object]:
    """What the pagination macro shows."""
    first = (page.page - 1) * queries.PAGE + 1
    return {
        "number": page.page,
        "pages": page.pages,
        "total": page.total,
        "first": first,
        "last": min(first + queries.PAGE - 1, page.total),
        "prev_href": address(wanted, page=page.page - 1) if page.page > 1 else None,
        "next_href": address(wanted, page=page.page + 1) if page.page < page.pages else None,
    }


def _names(page: queries.Portfolio) -> dict[str, str]:
    refs = {row.architect for row in page.rows} | {row.account_manager for row in page.rows}
    ids = [int(ref[1:]) for ref in refs if ref]
    if not ids:
        return {}
    found = _session().execute(select(User.id, User.name).where(User.id.in_(ids)))
    return {f"u{user_id}": name for user_id, name in found}


@bp.get("/accounts")
@staff("look")
def accounts() -> ResponseReturnValue:
    return render_template(
        "portfolio/accounts.html",
        rows=queries.accounts(_session(), g.user),
        titles={slug: role.title for slug, role in newest().roles.items()},
        today=today(current_app.config["SETTINGS"].time_zone),
    )


@bp.get("/engagements/new")
@staff("create")
def new() -> ResponseReturnValue:
    return _new_page(_creation_form()())


@bp.post("/engagements/new")
@staff("create")
@commits
def create() -> ResponseReturnValue:
    form = _creation_form()()
    if not form.validate():
        return _new_page(form), 422
    profile = form.profile()
    taken = _take_advice(profile)
    found = contradictions(newest(), profile)
    if found and request.form.get("accepted", "") != _named(found):
        return _new_page(form, found), 422
    members = {"architect": g.user}
    if form["account_manager"].data:
        members["account_manager"] = _session().get_one(User, int(form["account_manager"].data))
    draft = services.Draft(
        form["customer"].data, form["time_zone"].data or zone_of(form["country"].data),
        form["country"].data, profile, members,
    )  # fmt: skip
    try:
        made = services.create_engagement(
            _session(), newest(), g.actor, draft, current_app.config["SETTINGS"].firm_name
        )
    except BadValue as error:
        form[error.field].errors = [error.message]
        return _new_page(form), 422
    flash(f"{made.customer} is set up. Start with the people and the homework.", "success")
    for advice in taken:
        flash(advice, "info")
    return redirect(url_for("engagement.overview", slug=made.slug))


def _take_advice(profile: dict[str, Any]) -> list[str]:
    """Fill in what *profile* leaves to the recommendation; what was taken, and why."""
    taken = []
    for name, advice in recommendations(newest(), profile).items():
        if name in profile and profile[name] is None:
            profile[name] = advice.option
            taken.append(f"{advice.title} is recommended: {' '.join(advice.reasons)}")
    return taken


def _creation_form() -> type[ProfileForm]:
    staff_by_role: dict[str, list[tuple[int, str]]] = {}
    rows = _session().execute(
        select(Role.name, User.id, User.name)
        .join(User.roles)
        .where(User.active)
        .order_by(User.name)
    )
    for role, user_id, name in rows:
        staff_by_role.setdefault(role, []).append((user_id, name))
    return creation_form(newest(), staff_by_role)


def _new_page(form: ProfileForm, found: Sequence[Contradicted] = ()) -> str:
    return render_template(
        "portfolio/new.html", form=form, playbook=newest(), contradictions=found,
        accepted=_named(found),
    )  # fmt: skip


def _named(found: Sequence[Contradicted]) -> str:
    """Which contradictions somebody has seen, so that others stop the form again."""
    return " ".join(f"{each.input}={each.option}" for each in found)


def _session() -> Session:
    return cast(Session, db.session)
