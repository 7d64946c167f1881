"""Reconciliations: begun, read, explained, exported, used."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from billing.money import iso_digits
from billing.proration import ONE_DAY
from phases.core import access
from phases.core.access import staff
from phases.core.choices import pairs
from phases.core.commit import commits
from phases.core.db import db
from phases.core.errors import BadValue, Missing
from phases.core.models import Run
from phases.core.runs import queries as run_queries
from phases.core.runs import services as runs
from phases.engineering.contracts.queries import count_contracts
from phases.engineering.contracts.schedule import shown
from phases.engineering.invoices import queries as invoices
from phases.engineering.reconciliation import closing, defects, queries, services, settings, uses
from phases.engineering.reconciliation.export import lines_of
from phases.engineering.reconciliation.forms import (
    LayerForm,
    SettingsForm,
    StartForm,
    VarianceForm,
)
from phases.engineering.reconciliation.models import Outcome, Reconciliation
from phases.engineering.reconciliation.queries import Asked
from phases.engineering.reconciliation.sides import kept, side_of
from phases.engineering.reconciliation.words import (
    CAUSES,
    LAYERS,
    OUTCOMES,
    PURPOSES,
    STATES,
    about,
)
from phases.mechanisms.exchange import TYPES, download
from phases.mechanisms.page import current
from phases.mechanisms.register.values import plural
from phases.mechanisms.spreadsheet import csv_of, xlsx_of

bp = Blueprint("reconciliation", __name__)
SUBPHASE = "2d"
MOST_EXPORTED = 200_000


def init_app(app: Flask) -> None:
    """Register the pages, and have the worker compare what is much."""
    runs.register(
        services.RUN,
        runs.Kind("reconciliation", services.carry_out, services.place_of, services.keep, SUBPHASE),
    )
    app.register_blueprint(bp)


def _session() -> Session:
    return cast(Session, db.session)


def _to_work() -> None:
    access.check("work", SUBPHASE)


def _may_work() -> bool:
    return access.allowed("work", SUBPHASE)


def _crumbs(*more: dict[str, str]) -> list[dict[str, str]]:
    slug = g.engagement.slug
    return [
        {"label": "Engineering", "href": f"/e/{slug}/engineering"},
        {"label": "Reconciliation", "href": url_for("reconciliation.index", slug=slug)},
        *more,
    ]


@bp.get("/e/<slug>/reconciliation")
@staff("read")
def index(slug: str) -> ResponseReturnValue:
    layers = LayerForm(formdata=None)
    if asked := LAYERS.get(request.args.get("layer", "")):
        layers.layer.data = request.args["layer"]
        layers.period.data = request.args.get("period", "")[:20]
    return _index(StartForm(formdata=None), layers, begins=asked is not None)


def _index(start_form: StartForm, layer_form: LayerForm, *, begins: bool = False) -> str:
    return render_template(
        "reconciliation/index.html", s=current(), start_form=start_form, layer_form=layer_form,
        begins=begins,
        listed=queries.listed(_session(), g.engagement), purposes=PURPOSES, layers=LAYERS,
        contracts=count_contracts(_session(), g.engagement),
        files=[one for one in invoices.imports_of(_session(), g.engagement)
               if one.state == "done"],
        may_work=_may_work(), crumbs=_crumbs()[:1],
    )  # fmt: skip


@bp.post("/e/<slug>/reconciliation")
@staff("work")
@commits
def start(slug: str) -> ResponseReturnValue:
    _to_work()
    form = StartForm()
    if form.validate():
        try:
            record = services.start(
                _session(), g.engagement, g.actor, form.purpose.data or "",
                first_day=form.first_day.data, last_day=form.last_day.data,
                only_named=bool(form.only_named.data),
            )  # fmt: skip
            return redirect(url_for(".page", slug=slug, number=record.id))
        except BadValue as error:
            field = form[error.field]
            field.errors = [*field.errors, error.message]
    return _index(form, LayerForm(formdata=None)), 422


@bp.post("/e/<slug>/reconciliation/layers")
@staff("work")
@commits
def start_layer(slug: str) -> ResponseReturnValue:
    """Take both files of a layer in and compare them; a file may leave something to ask first."""
    _to_work()
    form = LayerForm()
    if not form.validate():
        return _index(StartForm(formdata=None), form), 422
    try:
        return _layer(slug, form)
    except BadValue as error:
        field = form[error.field] if error.field in ("layer", "period", "right") else form.left
        field.errors = [*field.errors, error.message]
        return _index(StartForm(formdata=None), form), 422


def _layer(slug: str, form: LayerForm) -> ResponseReturnValue:
    layer, period = LAYERS[form.layer.data or ""], (form.period.data or "").strip()
    if not period:
        raise BadValue("period", "Say which period, such as 2027-03.")
    names = (("left", layer.left), ("right", layer.right))
    files = {
        name: kept(_session(), g.engagement, g.actor, getattr(form, name).data, name)
        for name, _ in names
    }
    sides = {
        name: [side_of(_session(), g.engagement, g.actor, files[name], name, side)]
        for name, side in names
    }
    waiting = [one for side in sides.values() for one in side if one.state != "done"]
    if waiting:
        large = any(one.state == "looking" for one in waiting)
        what = "is large and is being looked at" if large else "leaves something open"
        flash(f"A file {what}. Answer, import it, then reconcile the layer with the imported"
              " files.", "warning")  # fmt: skip
        return redirect(url_for("invoices.page", slug=slug, import_id=waiting[0].id))
    found = services.start_layer(_session(), g.engagement, g.actor, form.layer.data or "", period,
                                 sides["left"], sides["right"])  # fmt: skip
    return redirect(url_for(".page", slug=slug, number=found.id))


@bp.get("/e/<slug>/reconciliation/settings")
@staff("read")
def settings_page(slug: str) -> ResponseReturnValue:
    rules = settings.chosen(_session(), g.engagement)
    form = SettingsForm(formdata=None)
    form.amounts.data = _lines(rules.amounts, " ")
    form.tolerance.data = _lines(rules.tolerance, " ")
    form.names.data = _lines(rules.names, " = ")
    form.percent.data = rules.percent
    return _settings(form, rules.version)


def _lines(found: Any, mark: str) -> str:
    return "\n".join(f"{name}{mark}{value}" for name, value in found.items())


def _settings(form: SettingsForm, version: int) -> str:
    return render_template("reconciliation/settings.html", s=current(), form=form, version=version,
                           may_work=_may_work(), crumbs=_crumbs())  # fmt: skip


@bp.post("/e/<slug>/reconciliation/settings")
@staff("work")
@commits
def save_settings(slug: str) -> ResponseReturnValue:
    _to_work()
    form, version = SettingsForm(), request.form.get("version", type=int)
    if form.validate():
        try:
            settings.save(
                _session(), g.engagement, g.actor, amounts=form.amounts.data or "",
                percent=form.percent.data or "", tolerance=form.tolerance.data or "",
                names=form.names.data or "", version=version,
            )  # fmt: skip
            flash("Saved: what is reconciled by", "success")
            return redirect(url_for(".settings_page", slug=slug))
        except BadValue as error:
            field = form[error.field]
            field.errors = [*field.errors, error.message]
    return _settings(form, version or 0), 422


# --- one reconciliation ---------------------------------------------------------------------------


def _record(number: int) -> Reconciliation:
    return services.find(_session(), g.engagement, number)


@bp.get("/e/<slug>/reconciliation/<int:number>")
@staff("read")
def page(slug: str, number: int) -> ResponseReturnValue:
    return _page(_record(number))


def _page(record: Reconciliation, wrong: str = "") -> str:
    session, s = _session(), current()
    run = session.get(Run, record.run_id) if record.run_id else None
    asked = Asked.of(request.args)
    shows = queries.page_of(session, record, asked)
    return render_template(
        "reconciliation/page.html", s=s, record=record, wrong=wrong, asked=asked, shows=shows,
        run=run_queries.view(session, g.engagement, run) if run else None,
        about=about(record.purpose, record.layer), title=queries.title_of(record),
        days=record.period or queries.days_of(record.first_day, record.last_day),
        summary=record.summary, counts=queries.state_counts(session, record),
        rate=queries.rate, outcomes=OUTCOMES, states=STATES, causes=CAUSES,
        people=_people(), offers=[*uses.offers(s, record), *closing.offers(session, s, record)],
        tests=uses.takes_tests(s, record),
        defects=defects.takes_defects(s, record),
        put=uses.standing_of(s, [row.test_row for row in shows.rows]),
        may_work=_may_work(), crumbs=_crumbs(), digits=iso_digits, here=_here(record),
    )  # fmt: skip


def _here(record: Reconciliation) -> Any:
    def address(**values: Any) -> str:
        return url_for(".page", slug=g.engagement.slug, number=record.id, _anchor="rows", **values)

    return address


def _people() -> list[tuple[str, str]]:
    return [*current().people.names.items()]


@bp.get("/e/<slug>/reconciliation/<int:number>/rows/<int:row_id>")
@staff("read")
def row(slug: str, number: int, row_id: int) -> ResponseReturnValue:
    record = _record(number)
    found = services.find_row(_session(), record, row_id)
    form = VarianceForm(formdata=None)
    form.state.data, form.cause.data = found.state, found.cause or _likely(found)
    form.owner.data, form.resolution.data = found.owner, found.resolution
    return _row(record, found, form)


def _likely(found: Outcome) -> str:
    first = found.causes.split(", ")[0]
    return first if first in CAUSES and found.state == "open" else ""


def _row(record: Reconciliation, found: Outcome, form: VarianceForm) -> str:
    form.owner.choices = pairs([("", "Nobody yet"), *_people()])
    invoice = invoices.invoice_with_lines(_session(), g.engagement, found.invoice_id)
    left = invoices.invoice_with_lines(_session(), g.engagement, _left_id(record, found))
    here = url_for(".page", slug=g.engagement.slug, number=record.id)
    title = queries.title_of(record)
    return render_template(
        "reconciliation/row.html", s=current(), record=record, row=found, form=form,
        invoice=invoice, left=left, about=about(record.purpose, record.layer), outcomes=OUTCOMES,
        states=STATES, causes=CAUSES, may_work=_may_work(), digits=iso_digits(found.currency),
        one_day=ONE_DAY, plain_number=_plain_number,
        crumbs=_crumbs({"label": f"{title} no. {record.id}", "href": here}),
    )  # fmt: skip


def _plain_number(value: Decimal | str | None, places: int = 0) -> str:
    """A quantity or a price without idle zeros; nothing where a side does not tell it."""
    return shown(Decimal(value), places) if value not in (None, "") else ""


def _left_id(record: Reconciliation, found: Outcome) -> int | None:
    """The record of the left side, where it is a file's."""
    if not record.files["left"]:
        return None
    return found.expected.get("row") or None


@bp.post("/e/<slug>/reconciliation/<int:number>/rows/<int:row_id>")
@staff("work")
@commits
def explain(slug: str, number: int, row_id: int) -> ResponseReturnValue:
    _to_work()
    record = _record(number)
    found = services.find_row(_session(), record, row_id)
    form = VarianceForm()
    if form.validate():
        try:
            services.explain(
                _session(), g.engagement, g.actor, record, found, state=form.state.data or "",
                owner=form.owner.data or "", cause=form.cause.data or "",
                resolution=form.resolution.data or "",
                version=request.form.get("version", type=int), people=current().people.names,
            )  # fmt: skip
            flash(f"Saved: {found.number or found.contract}", "success")
            return redirect(url_for(".row", slug=slug, number=number, row_id=row_id))
        except BadValue as error:
            field = form[error.field]
            field.errors = [*field.errors, error.message]
    return _row(record, found, form), 422


@bp.post("/e/<slug>/reconciliation/<int:number>/rows")
@staff("work")
@commits
def many(slug: str, number: int) -> ResponseReturnValue:
    """Explain the rows ticked, enter them as defects, or put them before the customer."""
    _to_work()
    record, ids = _record(number), request.form.getlist("rows", type=int)
    try:
        if request.form.get("act") == "tests":
            count = uses.put_tests(_session(), current(), g.actor, record, ids)
            flash(f"Put before the customer: {count} test invoices", "success")
        elif request.form.get("act") == "defects":
            count = defects.enter(_session(), current(), g.actor, record, ids)
            flash(f"{plural('defect', count)} entered", "success")
        else:
            count = services.explain_many(
                _session(), g.engagement, g.actor, record, ids,
                owner=request.form.get("owner", ""), cause=request.form.get("cause", ""),
                resolution=request.form.get("resolution", ""),
                state=request.form.get("state", ""), people=current().people.names,
            )  # fmt: skip
            flash(f"Changed: {count} variances", "success")
    except BadValue as error:
        return _page(record, error.message), 422
    asked = Asked.of(request.args)
    return redirect(_here(record)(**asked.args()))


@bp.post("/e/<slug>/reconciliation/<int:number>/take")
@staff("work")
@commits
def take(slug: str, number: int) -> ResponseReturnValue:
    """Take a reading, a check or a period's result from the figures."""
    _to_work()
    record = _record(number)
    try:
        key = request.form.get("key", "")
        taking = closing.take if key in closing.REGISTERS else uses.take
        offer = taking(_session(), current(), g.actor, record, key)
    except BadValue as error:
        return _page(record, error.message), 422
    flash(f"Recorded: {offer.title}, {offer.period}: {offer.value}", "success")
    return redirect(url_for(".page", slug=slug, number=number))


@bp.post("/e/<slug>/reconciliation/<int:number>/remove")
@staff("work")
@commits
def remove(slug: str, number: int) -> ResponseReturnValue:
    _to_work()
    services.remove(_session(), g.engagement, g.actor, _record(number))
    flash(f"Removed: reconciliation no. {number}", "success")
    return redirect(url_for(".index", slug=slug))


@bp.get("/e/<slug>/reconciliation/<int:number>/rows.<kind>")
@staff("read")
def export(slug: str, number: int, kind: str) -> ResponseReturnValue:
    record = _record(number)
    if kind not in TYPES:
        raise Missing
    rows = queries.every(_session(), record, Asked.of(request.args))
    lines = lines_of(rows, current().people)
    name = f"reconciliation-{number}.{kind}"
    data = csv_of(lines) if kind == "csv" else xlsx_of(queries.title_of(record), lines)
    return download(data, TYPES[kind], name)
