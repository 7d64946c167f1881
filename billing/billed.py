"""Invoices as they are compared: expected, real, or another system's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from pydantic import Field, TypeAdapter, ValidationError

from billing.calendars import plain
from billing.errors import InvoiceError, Problem, UnknownCurrencyError
from billing.invoices import Invoice
from billing.money import known_currency
from billing.parts import Day, Number, Part
from billing.proration import ONE_DAY
from billing.reading import REMEDIES, dotted, said


class BilledLine(NamedTuple):
    """One line of a compared invoice; what a source does not tell is None."""

    line: str
    amount: Decimal
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    discount: Decimal | None = None


class Billed(NamedTuple):
    """One invoice or credit note, whose total is negative. ``period_end`` is exclusive."""

    contract: str
    currency: str
    issue_date: date
    total: Decimal
    kind: str = "invoice"
    number: str = ""
    period_start: date | None = None
    period_end: date | None = None
    net: Decimal | None = None
    tax: Decimal | None = None
    lines: tuple[BilledLine, ...] = ()
    refers_to: str = ""
    row: int = 0
    source: Invoice | None = None


def billed(invoice: Invoice) -> Billed:
    """An expected invoice, to be compared."""
    return Billed(
        invoice.contract, invoice.currency, invoice.issue_date, invoice.total, invoice.kind, "",
        plain(invoice.period_start), plain(invoice.period_end), invoice.net, invoice.tax,
        source=invoice,
    )  # fmt: skip


def lines_of(one: Billed) -> tuple[BilledLine, ...]:
    """Its lines, also where it is expected."""
    if one.source is None:
        return one.lines
    return tuple(
        BilledLine(
            line.charge.line, line.charge.amount, line.charge.quantity, line.charge.unit_price,
            line.discount,
        )
        for line in one.source.lines
    )  # fmt: skip


class RealLine(Part):
    """A line of a real invoice."""

    line: str = Field("", max_length=200)
    amount: Number
    quantity: Number | None = None
    unit_price: Number | None = None
    discount: Number | None = None


class RealInvoice(Part):
    """An invoice or credit note that a billing tool made. ``period_end`` is its last day."""

    contract: str = Field(min_length=1, max_length=80)
    number: str = Field("", max_length=80)
    kind: Literal["invoice", "credit_note"] = "invoice"
    currency: str = Field(min_length=3, max_length=3)
    issue_date: Day
    total: Number
    net: Number | None = None
    tax: Number | None = None
    period_start: Day | None = None
    period_end: Day | None = None
    lines: tuple[RealLine, ...] = ()
    refers_to: str = Field("", max_length=80, description="What a credit note credits.")

    def billed(self, row: int) -> Billed:
        """The invoice, to be compared."""
        end = self.period_end + ONE_DAY if self.period_end else None
        lines = tuple(
            BilledLine(one.line, one.amount, one.quantity, one.unit_price, one.discount)
            for one in self.lines
        )
        return Billed(
            self.contract, self.currency.upper(), self.issue_date, self.total, self.kind,
            self.number, self.period_start, end, self.net, self.tax, lines, self.refers_to, row,
        )  # fmt: skip


REAL = TypeAdapter(RealInvoice)


def real_invoices(rows: Sequence[Any]) -> tuple[Billed, ...]:
    """The invoices that *rows* hold, counted from 1.

    Raises:
        InvoiceError: rows that cannot be read, each named by row, number and field.
    """
    found: list[Billed] = []
    problems: list[Problem] = []
    for row, data in enumerate(rows, 1):
        name = str(data.get("number", "") if isinstance(data, dict) else "")[:80]
        try:
            invoice = REAL.validate_python(data)
        except ValidationError as error:
            for one in error.errors():
                what = said(one)
                field = dotted(list(one["loc"])) or "invoice"
                problems.append(Problem(row, name, field, what, REMEDIES.get(one["type"], "")))
            continue
        problems.extend(_doubts(invoice, row, name))
        found.append(invoice.billed(row))
    if problems:
        raise InvoiceError(problems)
    return tuple(found)


def _doubts(invoice: RealInvoice, row: int, name: str) -> list[Problem]:
    found = []
    try:
        known_currency(invoice.currency)
    except UnknownCurrencyError as error:
        found.append(Problem(row, name, "currency", str(error)))
    begin, end = invoice.period_start, invoice.period_end
    if begin and end and end < begin:
        found.append(Problem(row, name, "period_end", f"{end} lies before the start, {begin}"))
    if invoice.kind == "credit_note" and invoice.total > 0:
        what = f"a credit note of {invoice.total}: its total must not be above zero"
        found.append(Problem(row, name, "total", what, "Give it a minus"))
    net, tax = invoice.net, invoice.tax
    if net is not None and tax is not None and net + tax != invoice.total:
        what = f"net {net} and tax {tax} do not add up to {invoice.total}"
        found.append(Problem(row, name, "total", what))
    return found


def flagged(real: Iterable[Billed]) -> list[Problem]:
    """What can be compared but ought to be looked at: numbers used twice, credits of nothing."""
    kept = list(real)
    counts = Counter(one.number for one in kept if one.number)
    found = []
    for one in kept:
        if counts[one.number] > 1:
            what = f"{counts[one.number]} invoices have this number"
            found.append(Problem(one.row, one.number, "number", what))
        if one.kind == "credit_note" and one.refers_to not in counts:
            what = f"it credits '{one.refers_to}', which is not there"
            if not one.refers_to:
                what = "a credit note without an invoice that it credits"
            found.append(Problem(one.row, one.number, "refers_to", what))
    return found
