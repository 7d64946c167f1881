"""Versions of contracts, handed over to billing as payloads."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import DateField, StringField, URLField
from wtforms.validators import DataRequired, Length, Optional

from phases.core.access import staff
from phases.core.commit import commits
from phases.core.errors import BadValue
from phases.engineering.contracts import payloads
from phases.engineering.contracts.views.frame import bp, list_crumbs, may_work, session, to_work
from phases.mechanisms.notes import Note
from phases.mechanisms.page import current
from phases.mechanisms.register.values import plural
from phases.mechanisms.situation import Situation


class HandOverForm(FlaskForm):
    """What terms do not say."""

    accepted_on = DateField(
        "Accepted on",
        validators=[DataRequired("Say on which day the customer accepted it.")],
        description="One day for all that are ticked: tick those that were accepted together.",
    )
    approved_by = StringField(
        "Commercial approval by",
        validators=[DataRequired("Say who approved it commercially."), Length(max=300)],
    )
    quote = URLField(
        "Quote or order snapshot", validators=[Optional(), Length(max=1000)],
        description="Link to the approved document, frozen. Only where it holds for all that are"
        " ticked.",
    )  # fmt: skip


def note(s: Situation) -> Note | None:
    """What the register of payloads says of versions that are not in it."""
    if s.records.session is None or not payloads.applies(s):
        return None
    total = payloads.count(s.records.session, s.engagement)
    if not total:
        return None
    found = payloads.Waiting((), total)
    are = "contract version is" if total == 1 else "contract versions are"
    return Note(
        f"{found.count.capitalize()} {are} not handed over yet. Terms are taken as they were"
        " frozen; you say when they were accepted, and who approved them.",
        f"/e/{s.engagement.slug}/contracts/payloads", "Hand over contract versions",
    )  # fmt: skip


@bp.get("/e/<slug>/contracts/payloads")
@staff("read")
def hand_over_page(slug: str) -> ResponseReturnValue:
    return _page(HandOverForm(formdata=None))


def _page(form: HandOverForm, chosen: set[int] | None = None, wrong: str = "") -> str:
    s, number = current(), request.args.get("contract", "")[:80]
    found = payloads.waiting(session(), g.engagement, number)
    return render_template(
        "contracts/payloads.html", s=s, form=form, waiting=found, number=number, wrong=wrong,
        ticked={version.id for _, version in found.shown} if chosen is None else chosen,
        applies=payloads.applies(s), register=payloads.REGISTER, may_work=may_work(),
        crumbs=list_crumbs(),
    )  # fmt: skip


@bp.post("/e/<slug>/contracts/payloads")
@staff("work")
@commits
def hand_over(slug: str) -> ResponseReturnValue:
    to_work()
    form, ids = HandOverForm(), set(request.form.getlist("versions", type=int))
    if not form.validate():
        return _page(form, ids), 422
    try:
        done = payloads.hand_over(
            session(), current(), g.actor, ids, accepted_on=str(form.accepted_on.data),
            approved_by=form.approved_by.data or "", quote=form.quote.data or "",
        )  # fmt: skip
    except BadValue as error:
        if error.field not in form:
            return _page(form, ids, error.message), 422
        field = form[error.field]
        field.errors = [*field.errors, error.message]
        return _page(form, ids), 422
    flash(f"{plural('contract version', done).capitalize()} handed over to billing.", "success")
    more = payloads.count(session(), g.engagement)
    if more:
        return redirect(url_for(".hand_over_page", slug=slug))
    return redirect(f"/e/{slug}/register/{payloads.REGISTER}")
