"""A sample invoice of a contract, in the dress of the engagement's invoice template."""

from __future__ import annotations

import base64
from typing import Any, cast

from flask import Blueprint, Flask, g
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from billing.contracts import Contract
from billing.conventions import Conventions, merged
from billing.errors import TermsError
from billing.invoices import Invoice, InvoiceLine
from billing.money import digits
from billing.output import shown_end
from billing.parts import iso_day
from deliverables.answers import as_pdf
from deliverables.render import context_hash, paper_of, print_document
from phases.core import files
from phases.core.access import staff
from phases.core.db import db
from phases.core.errors import Missing
from phases.engineering.contracts.queries import conventions_in, find_contract, newest_version
from phases.engineering.contracts.terms import contract_under, invoices_of
from phases.engineering.template.design import Design
from phases.engineering.template.services import design_in, logo_of

bp = Blueprint("samples", __name__)

TEMPLATE = "deliverables/invoice.html"
NUMERIC = ("quantity", "unit_price", "discount", "tax", "amount")
WIDTHS = {"description": 28, "period": 22, "explanation": 26}
OTHER = 13


def init_app(app: Flask) -> None:
    """Register the page."""
    app.register_blueprint(bp)


@bp.get("/e/<slug>/contracts/<int:contract_id>/sample-<int:number>.pdf")
@staff("read")
def sample(slug: str, contract_id: int, number: int) -> ResponseReturnValue:
    session = cast(Session, db.session)
    record = find_contract(session, g.engagement, contract_id)
    conventions = conventions_in(session, g.engagement)
    design = design_in(session, g.engagement)
    logo = logo_of(session, g.engagement)
    address = _picture(logo.kind, logo.path) if logo else ""
    terms, paper = newest_version(session, record).terms, paper_of(g.engagement.country)
    session.rollback()  # printing takes its time, and nobody waits for it
    context = drawn(terms, conventions, design, number, address, paper)
    pdf = print_document(context).pdf
    return as_pdf(pdf, context_hash(context), f"{slug}-sample-{contract_id}-{number}.pdf")


def _picture(kind: str, path: str) -> str:
    try:
        data = files.read(path)
    except OSError:
        return ""
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def drawn(
    terms: Any, conventions: Conventions, design: Design, number: int, logo: str, paper: str
) -> dict[str, Any]:
    """What the sample shows.

    Raises:
        Missing: the contract cannot be billed, or calls for no such invoice.
    """
    try:
        contract = contract_under(terms, conventions)
        invoices = invoices_of(contract, conventions)
    except TermsError:
        raise Missing("This contract cannot be billed as it stands.") from None
    if not 0 < number <= len(invoices):
        raise Missing("The contract calls for no such invoice.")
    own = merged(conventions, contract.conventions)
    return _context(contract, invoices[number - 1], own, design, number) | {
        "logo": logo, "paper": paper, "template": TEMPLATE, "format": "report",
    }  # fmt: skip


def _context(
    contract: Contract, invoice: Invoice, c: Conventions, design: Design, number: int
) -> dict[str, Any]:
    places = digits(invoice.currency, c)
    words = design.words
    title = words["credit_note" if invoice.kind == "credit_note" else "invoice"]
    name = design.called(contract.number, number)
    facts = {
        "number": name, "issued": design.day(invoice.issue_date),
        "due": design.day(invoice.due_date), "contract": contract.number,
        "period": _period(invoice.period_start, invoice.period_end, c, design),
    }  # fmt: skip
    return {
        "title": title, "name": name, "seller": design.seller, "address": design.address,
        "accent": design.accent, "bill_to": words["bill_to"], "customer": contract.customer,
        "facts": [[words[key], facts[key]] for key in design.head],
        "columns": [[key, design.column_words[key], key in NUMERIC] for key in design.columns],
        "widths": _widths(design.columns),
        "lines": [
            [_cell(key, line, c, design, places) for key in design.columns]
            for line in invoice.lines
        ],
        "sums": list(_sums(invoice, design, places)), "currency": invoice.currency,
        "dues": [[design.day(due.date), design.number(due.amount, places)] for due in invoice.dues]
        if len(invoice.dues) > 1 else [],
        "payment_title": words["payment"], "payment": design.payment, "legal": design.legal,
    }  # fmt: skip


def _period(start: Any, end: Any, c: Conventions, design: Design) -> str:
    last = iso_day(shown_end(end, c)[:10])
    first = iso_day(start.isoformat()[:10])
    return design.day(first) if first == last else f"{design.day(first)} – {design.day(last)}"


def _cell(key: str, line: InvoiceLine, c: Conventions, design: Design, places: int) -> str:
    charge = line.charge
    if key in ("description", "explanation"):
        words = line.explanation if key == "explanation" else charge.description or charge.line
        return words[:1].upper() + words[1:]
    if key == "period":
        return _period(charge.start, charge.end, c, design)
    value = {
        "quantity": charge.quantity, "unit_price": charge.unit_price, "discount": line.discount,
        "tax": line.tax, "amount": charge.amount,
    }[key]  # fmt: skip
    return design.number(value, 0 if key == "quantity" else places)


def _widths(columns: tuple[str, ...]) -> list[float]:
    """Per cent of each column; words take more room than numbers."""
    parts = [WIDTHS.get(key, OTHER) for key in columns]
    return [round(100 * part / sum(parts), 2) for part in parts]


def _sums(invoice: Invoice, design: Design, places: int) -> Any:
    """Label, amount and whether it is the total."""
    words = design.words
    yield [words["subtotal"], design.number(invoice.subtotal, places), False]
    if invoice.discount:
        yield [words["discount"], design.number(-invoice.discount, places), False]
    for tax in invoice.taxes:
        percent = f"{tax.name} {design.number(tax.percent)}%"
        yield [percent, design.number(tax.amount, places), False]
    if invoice.tax and not invoice.taxes:
        yield [words["tax"], design.number(invoice.tax, places), False]
    yield [words["total"], f"{design.number(invoice.total, places)} {invoice.currency}", True]
    if invoice.balance_used:
        yield [words["balance"], design.number(-invoice.balance_used, places), False]
        due = design.number(invoice.amount_due, places)
        yield [words["to_pay"], f"{due} {invoice.currency}", True]
