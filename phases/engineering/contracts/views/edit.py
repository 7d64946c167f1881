"""Adding a contract and changing its parts; every save is a new version of its terms."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from billing.errors import Problem
from phases.core.access import staff
from phases.core.choices import pairs
from phases.core.commit import commits
from phases.core.errors import BadValue, Missing
from phases.engineering.contracts import services, shapes
from phases.engineering.contracts.forms import (
    LINE_FORMS,
    AmendmentForm,
    HeadForm,
    JsonForm,
    LineForm,
    PartForm,
    grids,
)
from phases.engineering.contracts.models import ContractRecord
from phases.engineering.contracts.queries import newest_version
from phases.engineering.contracts.shapes import Unreadable
from phases.engineering.contracts.terms import TermsRefused, read_json, written_json
from phases.engineering.contracts.views.frame import (
    address,
    bp,
    list_crumbs,
    may_work,
    reading_only,
    session,
    the_contract,
    to_change,
    to_work,
)
from phases.engineering.contracts.words import KINDS
from phases.mechanisms.page import current

Terms = dict[str, Any]
NEW_LINES = {"recurring": "plan", "one_off": "setup", "milestone": "project", "usage": "usage"}


def _form_page(
    form: PartForm, title: str, *, record: ContractRecord | None = None, refused: bool = False,
    **more: Any,
) -> ResponseReturnValue:  # fmt: skip
    form.room()
    crumbs = [{"label": record.number, "href": address(record)}] if record else []
    page = render_template(
        "contracts/edit.html", s=current(), form=form, title=title, record=record,
        grids={field.short_name for field in grids(form)},
        crumbs=list_crumbs(*crumbs, {"label": title, "href": ""}), **more,
    )  # fmt: skip
    return (page, 422) if refused else page


def _refuse(form: PartForm, error: BadValue, prefix: str = "") -> None:
    if isinstance(error, TermsRefused):
        shapes.refuse(form, error.problems, prefix)
    elif error.field in form:
        field = form[error.field]
        field.errors = [*field.errors, error.message]
    else:
        form.form_errors.append(error.message)


# --- a new contract -------------------------------------------------------------------------------


@bp.get("/e/<slug>/contracts/new")
@staff("work")
def new(slug: str) -> ResponseReturnValue:
    if not may_work():
        return reading_only(url_for(".index", slug=slug))
    kind = _kind(request.args.get("kind", "recurring"))
    if kind == "json":
        return _new_page(JsonForm(formdata=None), None, kind)
    head, line = HeadForm(formdata=None), LINE_FORMS[kind](formdata=None, prefix="line-")
    shapes.fill(head, {"payment_kind": "net", "payment_days": "30"})
    shapes.fill(line, {"key": NEW_LINES[kind]})
    return _new_page(head, line, kind)


@bp.post("/e/<slug>/contracts/new")
@staff("work")
@commits
def add(slug: str) -> ResponseReturnValue:
    to_work()
    kind = _kind(request.form.get("kind", "recurring"))
    if kind == "json":
        return _add_json()
    head, line = HeadForm(), LINE_FORMS[kind](prefix="line-")
    if not (head.validate() & line.validate()):
        return _new_page(head, line, kind, refused=True)
    try:
        terms = shapes.head_terms(head, {})
        terms["lines"] = [shapes.line_terms(line, {}, kind)]
        record = services.add_contract(session(), g.engagement, g.actor, terms, head.why.data or "")
    except Unreadable as error:
        line[error.field].errors = [*line[error.field].errors, error.message]
        return _new_page(head, line, kind, refused=True)
    except BadValue as error:
        _refuse_new(head, line, error)
        return _new_page(head, line, kind, refused=True)
    flash(f"Added: contract {record.number}", "success")
    return redirect(address(record))


def _refuse_new(head: HeadForm, line: LineForm, error: BadValue) -> None:
    """What is wrong with the line to the line's form, all else to the head's."""
    problems = error.problems if isinstance(error, TermsRefused) else ()
    of_line = [one for one in problems if one.field.startswith("lines[0]")]
    shapes.refuse(line, of_line, "lines[0]")
    if not problems:
        _refuse(head, error)
    shapes.refuse(head, [one for one in problems if one not in of_line])


def _add_json() -> ResponseReturnValue:
    form = JsonForm()
    if not form.validate():
        return _new_page(form, None, "json", refused=True)
    try:
        data = read_json(form.terms.data or "")
        added = [
            services.add_contract(session(), g.engagement, g.actor, terms, form.why.data or "")
            for terms in _each(data)
        ]
    except BadValue as error:
        _refuse(form, error)
        return _new_page(form, None, "json", refused=True)
    what = f"contract {added[0].number}" if len(added) == 1 else f"{len(added)} contracts"
    flash(f"Added: {what}", "success")
    return redirect(address(added[0]))


MOST_AT_ONCE = 50


def _each(data: Any) -> list[Any]:
    """The contracts of a document, or the one that was given alone.

    Raises:
        TermsRefused: there are none, or too many for a page.
    """
    if not isinstance(data, dict) or "contracts" not in data:
        return [data]
    found = data["contracts"]
    if not isinstance(found, list) or not 0 < len(found) <= MOST_AT_ONCE:
        what = f"give 1 to {MOST_AT_ONCE} contracts; import more from a file"
        raise TermsRefused((Problem(0, "", "contracts", what),))
    return found


def _kind(kind: str) -> str:
    if kind not in LINE_FORMS and kind != "json":
        raise Missing
    return kind


def _new_page(
    form: PartForm, line: LineForm | None, kind: str, *, refused: bool = False
) -> ResponseReturnValue:
    if line is not None:
        line.room()
    return _form_page(
        form, "New contract", refused=refused, line=line, kind=kind,
        kinds={**KINDS, "json": "As JSON"},
        line_grids={field.short_name for field in grids(line)} if line else set(),
    )  # fmt: skip


# --- parts of one that is there -------------------------------------------------------------------


def _terms(record: ContractRecord) -> Terms:
    return deepcopy(newest_version(session(), record).terms)


def _save(record: ContractRecord, form: PartForm, terms: Any, what: str) -> ResponseReturnValue:
    before = record.version
    services.change_terms(
        session(), g.engagement, g.actor, record, terms, form.why.data or "", form.version.data
    )
    if record.version != before:
        flash(f"Saved: {what}. These are the terms' version {record.version}.", "success")
    return redirect(address(record))


@bp.get("/e/<slug>/contracts/<int:contract_id>/edit")
@staff("work")
def head(slug: str, contract_id: int) -> ResponseReturnValue:
    record = the_contract(contract_id)
    if not may_work():
        return reading_only(address(record))
    form = HeadForm(formdata=None)
    shapes.fill(form, shapes.head_data(_terms(record)))
    form.version.data = record.version
    return _form_page(form, "Contract details", record=record)


@bp.post("/e/<slug>/contracts/<int:contract_id>/edit")
@staff("work")
@commits
def save_head(slug: str, contract_id: int) -> ResponseReturnValue:
    record = to_change(contract_id)
    form = HeadForm()
    if form.validate():
        try:
            return _save(record, form, shapes.head_terms(form, _terms(record)), "the head")
        except BadValue as error:
            _refuse(form, error)
    return _form_page(form, "Contract details", record=record, refused=True)


@bp.get("/e/<slug>/contracts/<int:contract_id>/lines/<int:place>")
@staff("work")
def line(slug: str, contract_id: int, place: int) -> ResponseReturnValue:
    record = the_contract(contract_id)
    if not may_work():
        return reading_only(address(record))
    found, kind = _line(record, place)
    form = LINE_FORMS[kind](formdata=None)
    shapes.fill(form, shapes.line_data(found or {"key": _free_key(record, kind)}))
    form.version.data = record.version
    return _line_page(record, form, found, kind)


@bp.post("/e/<slug>/contracts/<int:contract_id>/lines/<int:place>")
@staff("work")
@commits
def save_line(slug: str, contract_id: int, place: int) -> ResponseReturnValue:
    record = to_change(contract_id)
    found, kind = _line(record, place)
    form = LINE_FORMS[kind]()
    if form.validate():
        terms = _terms(record)
        try:
            made = shapes.line_terms(form, found or {}, kind)
            terms["lines"][place : place + 1] = [made]
            return _save(record, form, terms, f"line {made.get('key', '')}")
        except Unreadable as error:
            form[error.field].errors = [*form[error.field].errors, error.message]
        except BadValue as error:
            _refuse(form, error, f"lines[{place}]")
    return _line_page(record, form, found, kind, refused=True)


def _line(record: ContractRecord, place: int) -> tuple[Terms | None, str]:
    """The line in *place* and its kind; none for the place after the last, where one is added."""
    lines = newest_version(session(), record).terms["lines"]
    if place < len(lines):
        return lines[place], lines[place]["kind"]
    kind = _kind(request.values.get("kind", "recurring"))
    if place > len(lines) or kind == "json":
        raise Missing
    return None, kind


def _free_key(record: ContractRecord, kind: str) -> str:
    """A name for a new line that no other has."""
    taken = {one.get("key") for one in newest_version(session(), record).terms["lines"]}
    name = NEW_LINES[kind]
    return next(n for n in (name, *(f"{name}-{i}" for i in range(2, 999))) if n not in taken)


def _line_page(
    record: ContractRecord, form: LineForm, found: Terms | None, kind: str, *,
    refused: bool = False,
) -> ResponseReturnValue:  # fmt: skip
    title = f"Line {found['key']}" if found else f"New line: {KINDS[kind].lower()}"
    return _form_page(form, title, record=record, refused=refused, kind=kind)


@bp.post("/e/<slug>/contracts/<int:contract_id>/lines/<int:place>/remove")
@staff("work")
@commits
def remove_line(slug: str, contract_id: int, place: int) -> ResponseReturnValue:
    return _without(contract_id, "lines", place)


@bp.post("/e/<slug>/contracts/<int:contract_id>/amendments/<int:place>/remove")
@staff("work")
@commits
def remove_amendment(slug: str, contract_id: int, place: int) -> ResponseReturnValue:
    return _without(contract_id, "amendments", place)


def _without(contract_id: int, part: str, place: int) -> ResponseReturnValue:
    """Take a part out, as a new version."""
    record = to_change(contract_id)
    form = PartForm()
    terms = _terms(record)
    parts = terms.get(part, [])
    if place >= len(parts):
        raise Missing
    del parts[place]
    return _save(record, form, terms, "a part was taken out")


@bp.get("/e/<slug>/contracts/<int:contract_id>/amendments/<int:place>")
@staff("work")
def amendment(slug: str, contract_id: int, place: int) -> ResponseReturnValue:
    record = the_contract(contract_id)
    if not may_work():
        return reading_only(address(record))
    form = AmendmentForm(formdata=None)
    found = _amendment(record, place, form)
    shapes.fill(form, shapes.amendment_data(found or {}))
    form.version.data = record.version
    return _form_page(form, "Amendment" if found else "New amendment", record=record)


@bp.post("/e/<slug>/contracts/<int:contract_id>/amendments/<int:place>")
@staff("work")
@commits
def save_amendment(slug: str, contract_id: int, place: int) -> ResponseReturnValue:
    record = to_change(contract_id)
    form = AmendmentForm()
    found = _amendment(record, place, form)
    if form.validate():
        terms = _terms(record)
        amendments = terms.setdefault("amendments", [])
        amendments[place : place + 1] = [shapes.amendment_terms(form, found or {})]
        try:
            return _save(record, form, terms, "the amendment")
        except BadValue as error:
            _refuse(form, error, f"amendments[{place}]")
    title = "Amendment" if found else "New amendment"
    return _form_page(form, title, record=record, refused=True)


def _amendment(record: ContractRecord, place: int, form: AmendmentForm) -> Terms | None:
    """The amendment in *place*; none for the place after the last. Its form knows the lines."""
    terms = newest_version(session(), record).terms
    known = [one["key"] for one in terms["lines"]]
    known += [one["add"]["key"] for one in terms.get("amendments", []) if one.get("add")]
    form.line.choices = pairs([("", "None, or all"), *((key, key) for key in known)])
    amendments: list[Terms] = terms.get("amendments", [])
    if place > len(amendments):
        raise Missing
    return amendments[place] if place < len(amendments) else None


@bp.get("/e/<slug>/contracts/<int:contract_id>/json")
@staff("work")
def as_json(slug: str, contract_id: int) -> ResponseReturnValue:
    record = the_contract(contract_id)
    if not may_work():
        return reading_only(address(record))
    form = JsonForm(formdata=None)
    form.terms.data = written_json(_terms(record))
    form.version.data = record.version
    return _form_page(form, "Terms as JSON", record=record)


@bp.post("/e/<slug>/contracts/<int:contract_id>/json")
@staff("work")
@commits
def save_json(slug: str, contract_id: int) -> ResponseReturnValue:
    record = to_change(contract_id)
    form = JsonForm()
    if form.validate():
        try:
            return _save(record, form, read_json(form.terms.data or ""), "the terms")
        except BadValue as error:
            _refuse(form, error)
    return _form_page(form, "Terms as JSON", record=record, refused=True)
