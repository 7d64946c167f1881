"""The list of contracts, and the page of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlencode

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from billing.contracts import Contract
from billing.conventions import Conventions, merged
from billing.errors import TermsError
from billing.invoices import Invoice
from billing.money import digits
from billing.notices import notices
from billing.parts import iso_day
from phases.core.access import staff
from phases.core.audit import canonical
from phases.core.commit import commits
from phases.core.errors import Missing
from phases.engineering.contracts import payloads, schedule, services
from phases.engineering.contracts.conventions import views as choice_views
from phases.engineering.contracts.models import ContractRecord, ContractVersion
from phases.engineering.contracts.queries import (
    Asked,
    conventions_in,
    listing,
    versions_of,
)
from phases.engineering.contracts.terms import (
    contract_under,
    horizon_of,
    invoices_of,
    said,
    total_of,
    written_json,
)
from phases.engineering.contracts.timeline import drawing
from phases.engineering.contracts.views.frame import (
    address,
    bp,
    list_crumbs,
    may_work,
    sent_version,
    session,
    the_contract,
    to_change,
)
from phases.engineering.contracts.words import readable
from phases.mechanisms.exchange import download, written
from phases.mechanisms.page import current

INVOICES = 24
"""How many expected invoices a page shows."""


@bp.get("/e/<slug>/contracts")
@staff("read")
def index(slug: str) -> ResponseReturnValue:
    asked = Asked.of(request.args)
    shows = listing(session(), g.engagement, asked, conventions_in(session(), g.engagement))
    return render_template(
        "contracts/contracts.html", s=current(), asked=asked, shows=shows, may_work=may_work(),
        here=partial(_here, url_for(".index", slug=slug)), crumbs=list_crumbs()[:1],
        digits={line.currency: digits(line.currency, Conventions()) for line in shows.lines},
    )  # fmt: skip


def _here(at: str, /, **args: Any) -> str:
    said_ = {name: value for name, value in args.items() if value not in (None, "")}
    return f"{at}?{urlencode(said_)}" if said_ else at


@dataclass(frozen=True)
class Expected:
    """The expected invoices of a contract, a page of them shown, or why there are none."""

    contract: Contract | None
    conventions: Conventions
    invoices: tuple[Invoice, ...]
    shown: tuple[schedule.InvoiceView, ...]
    total: str
    through: date | None
    problems: tuple[str, ...] = ()

    @property
    def credits(self) -> int:
        return sum(one.total < 0 for one in self.invoices)


def expected_of(
    terms: Any, conventions: Conventions, number: int, through: date | None
) -> Expected:
    """What *terms* call for under *conventions*; the page *number* of it."""
    contract = None
    try:
        contract = contract_under(terms, conventions)
        own = merged(conventions, contract.conventions)
        horizon = through or horizon_of(contract, current().today)
        invoices = invoices_of(contract, conventions, horizon)
    except TermsError as error:
        return Expected(contract, conventions, (), (), "", None,
                        tuple(f"{one.field}: {said(one)}" for one in error.problems))  # fmt: skip
    first = (number - 1) * INVOICES
    shown = tuple(
        schedule.view(first + place, invoice, own)
        for place, invoice in enumerate(invoices[first : first + INVOICES], 1)
    )
    total = schedule.shown(total_of(invoices), digits(contract.currency.upper(), own))
    return Expected(contract, own, invoices, shown, total, horizon_of(contract) and horizon)


@bp.get("/e/<slug>/contracts/<int:contract_id>")
@staff("read")
def page(slug: str, contract_id: int) -> ResponseReturnValue:
    record = the_contract(contract_id)
    versions = versions_of(session(), record)
    return render_template("contracts/contract.html", **_page(record, versions))


def _page(record: ContractRecord, versions: Sequence[ContractVersion]) -> dict[str, Any]:
    conventions = conventions_in(session(), g.engagement)
    version = _version(record, versions)
    number = _number(request.args.get("page", ""))
    expected = expected_of(version.terms, conventions, number, _through())
    pages = max(1, -(-len(expected.invoices) // INVOICES))
    if number > pages:
        raise Missing
    contract = expected.contract
    here = partial(_here, address(record))
    old = {"v": version.number} if version.number != record.version else {}
    return {
        "s": current(), "record": record, "version": version, "versions": versions,
        "expected": expected, "words": readable(contract) if contract else None,
        "proofs": list(schedule.proofs(contract, expected.invoices, expected.conventions))
        if contract and not expected.problems else [],
        "notices": list(notices(contract)) if contract else [],
        "picture": Markup(drawing(contract, expected.invoices))  # noqa: S704 - words are escaped
        if contract and expected.invoices else "",
        "choices": choice_views(schedule.resting(expected.shown), expected.conventions),
        "pages": {
            "number": number, "pages": pages, "total": len(expected.invoices),
            "first": (number - 1) * INVOICES + 1, "last": min(number * INVOICES,
                                                             len(expected.invoices)),
            "prev_href": here(page=number - 1, through=_through(), **old) if number > 1 else None,
            "next_href": here(page=number + 1, through=_through(), **old)
            if number < pages else None,
        },
        "may_work": may_work(), "json": written_json(version.terms),
        "payloads": payloads.applies(current()),
        "crumbs": list_crumbs({"label": record.number, "href": ""}),
    }  # fmt: skip


def _number(text_: str) -> int:
    return int(text_) if text_.isdecimal() and 0 < len(text_) < 6 and int(text_) else 1


def _through() -> date | None:
    """Until when the page of an open contract is computed, as its address says."""
    try:
        return iso_day(request.args.get("through", ""))
    except ValueError:
        return None


def _version(record: ContractRecord, versions: Sequence[ContractVersion]) -> ContractVersion:
    asked = request.args.get("v", "")
    wanted = int(asked) if asked.isdecimal() and len(asked) < 7 else record.version
    found = next((one for one in versions if one.number == wanted), None)
    if found is None:
        raise Missing
    return found


@bp.get("/e/<slug>/contracts/<int:contract_id>/invoices.<kind>")
@staff("read")
def invoices(slug: str, contract_id: int, kind: str) -> ResponseReturnValue:
    record = the_contract(contract_id)
    version = _version(record, versions_of(session(), record))
    found = expected_of(version.terms, conventions_in(session(), g.engagement), 1, _through())
    if found.contract is None or found.problems:
        raise Missing
    table = list(schedule.table(found.contract, found.invoices, found.conventions))
    data = written(kind, "Expected invoices", table)
    return download(data, kind, f"{g.engagement.slug}-{_file_name(record)}-invoices.{kind}")


@bp.get("/e/<slug>/contracts/<int:contract_id>/terms.json")
@staff("read")
def terms(slug: str, contract_id: int) -> ResponseReturnValue:
    """The payload of a version, byte for byte what its hash is of."""
    record = the_contract(contract_id)
    version = _version(record, versions_of(session(), record))
    name = f"{g.engagement.slug}-{_file_name(record)}-v{version.number}.json"
    return download(canonical(version.terms).encode(), "application/json", name)


def _file_name(record: ContractRecord) -> str:
    kept = "".join(c if c.isalnum() or c in "-_" else "-" for c in record.number)
    return kept.strip("-")[:40] or str(record.id)


# --- standing, removing ---------------------------------------------------------------------------


@bp.post("/e/<slug>/contracts/<int:contract_id>/confirm")
@staff("work")
@commits
def confirm(slug: str, contract_id: int) -> ResponseReturnValue:
    record = to_change(contract_id)
    services.confirm(session(), g.engagement, g.actor, record, sent_version())
    return redirect(address(record))


@bp.post("/e/<slug>/contracts/<int:contract_id>/assume")
@staff("work")
@commits
def assume(slug: str, contract_id: int) -> ResponseReturnValue:
    record = to_change(contract_id)
    services.assume(session(), g.engagement, g.actor, record, sent_version())
    return redirect(address(record))


@bp.post("/e/<slug>/contracts/<int:contract_id>/remove")
@staff("work")
@commits
def remove(slug: str, contract_id: int) -> ResponseReturnValue:
    record = to_change(contract_id)
    services.remove(session(), g.engagement, g.actor, record, sent_version())
    flash(f"Removed: contract {record.number}. Its page can put it back.", "success")
    return redirect(address(record))


@bp.post("/e/<slug>/contracts/<int:contract_id>/restore")
@staff("work")
@commits
def restore(slug: str, contract_id: int) -> ResponseReturnValue:
    record = to_change(contract_id)
    services.restore(session(), g.engagement, g.actor, record)
    flash(f"Put back: contract {record.number}", "success")
    return redirect(address(record))
