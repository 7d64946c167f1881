"""Expected invoices as JSON, in the terms' own words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from billing.calendars import plain
from billing.contracts import Contract, Document
from billing.conventions import Conventions
from billing.expect import expected_of
from billing.invoices import Invoice, InvoiceLine, TaxAmount
from billing.money import digits, iso_digits
from billing.notices import notices
from billing.proration import ONE_DAY


def expected_json(document: Document) -> dict[str, Any]:
    """The expected invoices of every contract, with the conventions they follow.

    Raises:
        TermsError: a contract cannot be billed.
    """
    return {
        "contracts": [
            contract_json(contract, c, invoices) for contract, c, invoices in expected_of(document)
        ]
    }


def contract_json(
    contract: Contract, c: Conventions, invoices: tuple[Invoice, ...]
) -> dict[str, Any]:
    """One contract's invoices."""
    total = sum((invoice.total for invoice in invoices), Decimal(0))
    return {
        "number": contract.number,
        "customer": contract.customer,
        "currency": contract.currency.upper(),
        "conventions": c.model_dump(mode="json"),
        "notices": [{"field": field, "what": what} for field, what in notices(contract)],
        "total": text(total, decimals(contract, c)),
        "invoices": [invoice_json(invoice, c) for invoice in invoices],
    }


def decimals(contract: Contract, c: Conventions) -> int:
    """Digits of the contract's currency."""
    return digits(contract.currency.upper(), c)


def invoice_json(invoice: Invoice, c: Conventions) -> dict[str, Any]:
    """One invoice, amounts as text with the currency's digits."""
    places = digits(invoice.currency, c)
    sums = ("subtotal", "discount", "net", "tax", "total", "balance_used", "amount_due")
    return {
        "kind": invoice.kind,
        "issue_date": invoice.issue_date.isoformat(),
        "due_date": invoice.due_date.isoformat(),
        "period_start": moment(invoice.period_start),
        "period_end": shown_end(invoice.period_end, c),
        "currency": invoice.currency,
        "lines": [line_json(line, places, c) for line in invoice.lines],
        **{name: text(getattr(invoice, name), places) for name in sums},
        "taxes": [tax_json(tax, places) for tax in invoice.taxes],
        "rests_on": c.model_dump(mode="json", include=set(rests_of(invoice))),
        "dues": [
            {"date": due.date.isoformat(), "amount": text(due.amount, places)}
            for due in invoice.dues
        ],
    }


def rests_of(invoice: Invoice) -> Iterator[str]:
    """The conventions on which an invoice's dates and sums rest, those of its lines apart."""
    yield from ("invoice_date_advance", "invoice_date_arrears", "invoice_grace_days")
    yield from ("net_days_count", "rounding_mode", "rounding_place")
    if invoice.taxes:
        yield from ("tax_rounding", "tax_source")
    if invoice.discount:
        yield from ("discount_timing", "discount_stacking", "discount_rounding", "discount_capped")
        yield from ("discount_on_proration", "remainder_to")
    if invoice.kind == "credit_note" or invoice.balance_used:
        yield "credit_form"
    if not invoice.total:
        yield "zero_invoices"
    if iso_digits(invoice.currency) == 3:
        yield "three_decimals_end_in_zero"


def line_json(line: InvoiceLine, places: int, c: Conventions) -> dict[str, Any]:
    """One line: dates, quantity, unit price, amount, tax, and how it came about."""
    charge = line.charge
    dump = c.model_dump(mode="json", include=set(charge.rests_on)) if charge.rests_on else {}
    return {
        "line": charge.line,
        "kind": charge.kind,
        "description": charge.description,
        "period_start": moment(charge.start),
        "period_end": shown_end(charge.end, c),
        "quantity": text(charge.quantity),
        "unit_price": text(charge.unit_price, places),
        "amount": text(charge.amount, places),
        "discount": text(line.discount, places),
        "net": text(line.net, places),
        "tax": text(line.tax, places),
        "taxes": [tax_json(tax, places) for tax in line.taxes],
        "explanation": line.explanation,
        "rests_on": dump,
    }


def tax_json(tax: TaxAmount, places: int) -> dict[str, str]:
    """One tax."""
    return {
        "name": tax.name,
        "jurisdiction": tax.jurisdiction,
        "percent": text(tax.percent),
        "base": text(tax.base, places),
        "amount": text(tax.amount, places),
    }


def text(value: Decimal, places: int = 0) -> str:
    """An exact number with at least *places* decimals and no more than twelve."""
    plain_value = round(value, 12).normalize() if value else Decimal(0)
    exponent = plain_value.as_tuple().exponent
    own = -exponent if isinstance(exponent, int) else 0
    return f"{plain_value:.{max(own, places, 0)}f}"


def moment(value: date) -> str:
    """A date, or an instant with its offset."""
    return value.isoformat()


def shown_end(end: date, c: Conventions) -> str:
    """The end of a period as the conventions show it; *end* is exclusive."""
    if c.period_end_display == "exclusive":
        return end.isoformat()
    if c.period_end_display == "last_second":
        last = end - timedelta(seconds=1) if isinstance(end, datetime) else end - ONE_DAY
        return last.isoformat() if isinstance(last, datetime) else f"{last.isoformat()}T23:59:59"
    return (
        plain(end - timedelta(microseconds=1)).isoformat()
        if isinstance(end, datetime)
        else (end - ONE_DAY).isoformat()
    )
