"""When an invoice is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from billing.calendars import add_months, month_end, on_day
from billing.conventions import Conventions
from billing.invoices import Due
from billing.money import Purse
from billing.parts import PaymentTerms


def due_date(issue: date, terms: PaymentTerms, c: Conventions) -> date:
    """The day by which an invoice of *issue* is to be paid."""
    days = terms.days
    if days and c.net_days_count == "including_invoice_date":
        days -= 1
    if terms.kind == "net":
        day = add_months(issue, terms.months) if terms.months else issue
        return day + timedelta(days=days)
    if terms.kind == "on_receipt":
        return issue
    if terms.kind == "net_then_month_end":
        end = month_end(add_months(issue, terms.months) + timedelta(days=days))
        return end + timedelta(days=terms.then_days)
    if terms.kind == "end_of_month":
        end = month_end(add_months(month_end(issue), terms.months))
        return end + timedelta(days=days)
    if terms.months:
        return add_months(issue, terms.months, terms.day)
    return on_day(issue + timedelta(days=days), terms.day)


def dues(
    issue: date, amount: Decimal, terms: Sequence[PaymentTerms], purse: Purse, c: Conventions
) -> tuple[Due, ...]:
    """Each part of an invoice with its day; the last takes what rounding leaves."""
    if len(terms) == 1:
        return (Due(due_date(issue, terms[0], c), amount),)
    shares = purse.split(amount, [Fraction(part.percent or 0) for part in terms], "last")
    return tuple(Due(due_date(issue, t, c), s) for t, s in zip(terms, shares, strict=True))
