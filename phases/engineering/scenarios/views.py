"""The scenario pack of an engagement: chosen, tried, compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from billing.conventions import DEFAULT, merged
from billing.money import iso_digits
from billing.output import text
from billing.reading import document_of
from billing.scenarios import ALL, Scenario
from phases.core import access, files
from phases.core.access import staff
from phases.core.commit import commits
from phases.core.db import db
from phases.core.errors import BadValue
from phases.core.models import StoredFile
from phases.engineering.contracts.conventions import views as choice_views
from phases.engineering.contracts.words import readable
from phases.engineering.scenarios import services
from phases.engineering.scenarios.evidence import (
    CHECKLIST,
    PASSED,
    Tested,
    by_test,
    record_test,
    still_open,
)
from phases.engineering.scenarios.judging import (
    Unreadable,
    Verdict,
    applies,
    currency_of,
    recorded_of,
    tests_of,
    verdicts,
)
from phases.engineering.scenarios.models import ScenarioRun
from phases.mechanisms.notes import Note, register_note
from phases.mechanisms.page import current
from phases.mechanisms.situation import Situation
from phases.mechanisms.spreadsheet import ImportRefused, rows_of_file

bp = Blueprint("scenarios", __name__)

SUBPHASE = "2d"
NAMES = ("issue", "total", "tax", "line", "amount")
BLANK = 3
MOST_ROWS = 300


def init_app(app: Flask) -> None:
    """Register the pages, and what the checklist of technical tests says of them."""
    register_note(CHECKLIST, note)
    app.register_blueprint(bp)


def _session() -> Session:
    return cast(Session, db.session)


def _may() -> bool:
    return access.allowed("work", SUBPHASE)


@dataclass(frozen=True)
class PackLine:
    """A scenario in the list; ``outcome`` is of its newest try, empty before the first."""

    scenario: Scenario
    applies: bool
    chosen: bool
    outcome: str
    tests: tuple[str, ...]


@bp.get("/e/<slug>/contracts/scenarios")
@staff("read")
def pack(slug: str) -> ResponseReturnValue:
    return _pack()


def _pack(wrong: str = "") -> str:
    """The pack; with *test* in the address what proves that test, by tries up to *until*."""
    s, until = current(), _until()
    known = services.tries(_session(), s.engagement, s.profile, until)
    lines, tests = pack_lines(s, known), by_test(_session(), s, known)
    proving = next((one for one in tests if one.step.key == request.args.get("test")), None)
    only = "chosen" in request.args
    shown = [one for one in lines if _wanted(one, proving, only=only)]
    return render_template(
        "scenarios/pack.html", s=s, lines=shown, all=lines, may_work=_may(), only=only,
        tests=tests, proving=proving, until=until, wrong=wrong,
    )  # fmt: skip


def _wanted(one: PackLine, proving: Tested | None, *, only: bool) -> bool:
    if proving is not None:
        return one.chosen and proving.step.key in one.tests
    return one.chosen or not only


def _until() -> int | None:
    said = request.args.get("until", "")
    return int(said) if said.isdecimal() and len(said) < 10 else None


def pack_lines(s: Situation, known: services.Known) -> list[PackLine]:
    """Every scenario, with what became of it here."""
    chosen, runs = known
    return [
        PackLine(one, applies(one, s.profile), one.key in chosen,
                 runs[one.key].outcome if one.key in runs else "", tests_of(one.key))
        for one in ALL
    ]  # fmt: skip


@bp.post("/e/<slug>/contracts/scenarios/tests")
@staff("work")
@commits
def record_tests(slug: str) -> ResponseReturnValue:
    """Give technical tests the results that their scenarios prove."""
    access.check("work", SUBPHASE)
    s, keys = current(), request.form.get("test", "").split()
    try:
        done = [record_test(_session(), s, g.actor, key) for key in keys]
    except BadValue as error:
        return _pack(error.message), 422
    for one in done:
        _tell(one, still_open(_session(), s, one))
    return redirect(url_for(".pack", slug=slug, _anchor="tests"))


def _tell(one: Tested, waiting: int) -> None:
    verb = "passed" if one.result == PASSED else "failed"
    what = f"Recorded as {verb}, with these tries as its evidence: {one.step.title}."
    if waiting:
        what += f" Defects to be fixed: {waiting}."
    flash(what, "success" if one.result == PASSED else "warning")


def note(s: Situation) -> Note | None:
    """What the checklist of technical tests says of results that nobody has recorded."""
    session = s.records.session
    found = [one for one in by_test(session, s) if one.offered] if session else []
    if not found:
        return None
    count = "1 technical test has" if len(found) == 1 else f"{len(found)} technical tests have"
    return Note(
        f"{count} a result from the scenario pack that is not recorded here yet.",
        f"/e/{s.engagement.slug}/contracts/scenarios#tests", "Record results of scenarios",
    )  # fmt: skip


@bp.post("/e/<slug>/contracts/scenarios")
@staff("work")
@commits
def choose(slug: str) -> ResponseReturnValue:
    access.check("work", SUBPHASE)
    keys = set(request.form.getlist("scenarios"))
    services.choose(_session(), g.engagement, g.actor, current().profile, keys)
    flash(f"Chosen: {len(keys)} scenarios", "success")
    return redirect(url_for(".pack", slug=slug))


@bp.get("/e/<slug>/contracts/scenarios/<scenario>")
@staff("read")
def one(slug: str, scenario: str) -> ResponseReturnValue:
    return _page(services.scenario_of(scenario))


@dataclass(frozen=True)
class RunView:
    """A try with what was compared, and the file that proves it."""

    run: ScenarioRun
    verdicts: list[Verdict]
    file: StoredFile | None


def _page(
    scenario: Scenario, errors: dict[str, str] | None = None,
    typed: list[dict[str, str]] | None = None,
) -> str:  # fmt: skip
    s = current()
    contract = document_of(scenario.document).contracts[0]
    runs = services.runs_of(_session(), g.engagement, scenario.key)
    own = merged(DEFAULT, dict(scenario.conventions))
    return render_template(
        "scenarios/scenario.html", s=s, scenario=scenario, words=readable(contract),
        own=choice_views(scenario.conventions, own), currency=currency_of(scenario),
        digits=iso_digits(currency_of(scenario)),
        runs=list(_run_views(scenario, runs)), may_work=_may(), errors=errors or {},
        rows=typed or _suggested(scenario), note=request.form.get("note", ""), text=text,
        tests=[one for one in by_test(_session(), s) if one.step.key in tests_of(scenario.key)],
    )  # fmt: skip


def _run_views(scenario: Scenario, runs: list[ScenarioRun]) -> Iterator[RunView]:
    known = {file.id: file for file in _files(runs)}
    for run in runs:
        file = known.get(run.file_id) if run.file_id else None
        yield RunView(run, verdicts(scenario, run.invoices), file)


def _files(runs: list[ScenarioRun]) -> list[StoredFile]:
    ids = [run.file_id for run in runs if run.file_id]
    if not ids:
        return []
    query = db.select(StoredFile).where(StoredFile.id.in_(ids))
    return list(_session().scalars(query))


def _suggested(scenario: Scenario) -> list[dict[str, str]]:
    """As many empty rows as there ought to be invoices, and some more."""
    return [dict.fromkeys(NAMES, "") for _ in range(len(scenario.invoices) + BLANK)]


@bp.post("/e/<slug>/contracts/scenarios/<scenario>")
@staff("work")
@commits
def record(slug: str, scenario: str) -> ResponseReturnValue:
    access.check("work", SUBPHASE)
    found = services.scenario_of(scenario)
    rows = _typed()
    upload = request.files.get("file") or FileStorage()
    try:
        invoices = recorded_of(_of_file(upload) if upload.filename and not any(
            any(row.values()) for row in rows) else rows)  # fmt: skip
        _something(invoices, found)
        stored = None
        if upload.filename:
            stored = files.store(_session(), g.engagement, upload, g.actor)
        run = services.record_run(
            _session(), g.engagement, g.actor, scenario, invoices, request.form.get("note", ""),
            stored,
        )  # fmt: skip
        if stored:
            claimed = f"scenario/{scenario}/{run.id}"
            files.claim(_session(), g.engagement, stored.id, claimed, g.actor)
    except (Unreadable, BadValue) as error:
        return _page(found, {error.field: error.message}, rows), 422
    flash("Recorded: exact, to the minor unit" if run.outcome == "exact" else
          "Recorded: it differs; the comparison below says where",
          "success" if run.outcome == "exact" else "warning")  # fmt: skip
    return redirect(url_for(".one", slug=slug, scenario=scenario, _anchor="tries"))


def _something(invoices: list[dict[str, Any]], scenario: Scenario) -> None:
    if not invoices and "none" not in request.form:
        raise Unreadable("1:issue", "Record at least one invoice, or say that the tool made none.")
    if invoices and "none" in request.form:
        raise Unreadable("none", "Invoices are recorded; the tool cannot have made none.")


def _typed() -> list[dict[str, str]]:
    columns = {name: request.form.getlist(name)[:MOST_ROWS] for name in NAMES}
    count = max((len(values) for values in columns.values()), default=0)
    return [
        {name: values[row] if row < len(values) else "" for name, values in columns.items()}
        for row in range(count)
    ]


HEADS = {
    "issue": ("issue", "issued", "issue date", "invoice date", "date"),
    "total": ("total", "invoice total"), "tax": ("tax",), "line": ("line", "item", "description"),
    "amount": ("amount", "line amount"),
}  # fmt: skip


def _of_file(upload: FileStorage) -> list[dict[str, str]]:
    """The rows of a table of what the tool made.

    Raises:
        Unreadable: it is no such table.
    """
    try:
        rows = rows_of_file(upload.filename or "", upload.stream.read())
    except ImportRefused as error:
        raise Unreadable("file", " ".join(error.problems)) from None
    upload.stream.seek(0)
    head = [cell.strip().casefold() for cell in rows[0]] if rows else []
    places = {
        name: head.index(known) for name, heads in HEADS.items() for known in heads if known in head
    }
    if not {"issue", "total"} <= set(places):
        raise Unreadable(
            "file", "Its first line needs the columns Issue date and Total; Tax, Line and Amount "
            "may stand beside them. Or type the invoices, and keep the file as evidence."
        )  # fmt: skip
    return [
        {name: row[at] if at < len(row) else "" for name, at in places.items()}
        for row in rows[1 : MOST_ROWS + 1]
    ]
