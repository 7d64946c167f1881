"""Expected invoices for a page, a table, a picture. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from billing.calendars import plain
from billing.contracts import Contract
from billing.conventions import Conventions, merged
from billing.invoices import Invoice, InvoiceLine
from billing.lifelines import Lives
from billing.money import digits
from billing.output import rests_of, shown_end, text
from billing.proration import periods_and_days
from billing.terms import Recurring
from phases.engineering.contracts.words import day

Cell = str | int | Decimal | date | None
COLUMNS = (
    "Contract", "Invoice", "Kind", "Issued", "Due", "Currency", "Line", "Text", "Period from",
    "Period to", "Quantity", "Unit price", "Amount", "Discount", "Net", "Tax", "Gross",
    "How it came about",
)  # fmt: skip


OF_ALL = ("cancel", "extend", "pause")
"""Amendments that without a line are of every line."""

SUMS = ("subtotal", "discount", "net", "tax", "total", "balance_used", "amount_due")


@dataclass(frozen=True)
class LineView:
    """A line of an expected invoice as it is shown; amounts have the currency's digits."""

    key: str
    text: str
    period: str
    quantity: str
    unit_price: str
    amount: str
    discount: str
    tax: str
    explanation: str
    rests_on: tuple[str, ...]


@dataclass(frozen=True)
class InvoiceView:
    """An expected invoice as it is shown. ``number`` counts from 1 in order of issue."""

    number: int
    kind: str
    issued: date
    due: date
    dues: tuple[tuple[date, str], ...]
    period: str
    lines: tuple[LineView, ...]
    subtotal: str
    discount: str
    net: str
    tax: str
    taxes: tuple[tuple[str, str], ...]
    total: str
    balance_used: str
    amount_due: str
    rests_on: tuple[str, ...]

    @property
    def credit(self) -> bool:
        """Whether it is a credit note."""
        return self.kind == "credit_note"


@dataclass(frozen=True)
class Proof:
    """Whether the parts of a recurring line add up to what was contracted for its term."""

    line: str
    contracted: str
    billed: str
    holds: bool
    why: str = ""


def view(number: int, invoice: Invoice, c: Conventions) -> InvoiceView:
    """*invoice* as it is shown."""
    places = digits(invoice.currency, c)
    say = {name: shown(getattr(invoice, name), places) for name in SUMS}
    return InvoiceView(
        number=number, kind=invoice.kind, issued=invoice.issue_date, due=invoice.due_date,
        dues=tuple((due.date, shown(due.amount, places)) for due in invoice.dues),
        period=period(invoice.period_start, invoice.period_end, c),
        lines=tuple(line_view(line, places, c) for line in invoice.lines),
        taxes=tuple(
            (f"{tax.name} {shown(tax.percent)}%", shown(tax.amount, places))
            for tax in invoice.taxes
        ),
        rests_on=tuple(rests_of(invoice)), **say,
    )  # fmt: skip


def shown(value: Decimal, places: int = 0) -> str:
    """A number to be read: thousands apart, at least *places* decimals."""
    return f"{Decimal(text(value, places)):,f}"


def line_view(line: InvoiceLine, places: int, c: Conventions) -> LineView:
    """One line as it is shown."""
    charge = line.charge
    return LineView(
        charge.line, charge.description or charge.line, period(charge.start, charge.end, c),
        shown(charge.quantity), shown(charge.unit_price, places), shown(charge.amount, places),
        shown(line.discount, places) if line.discount else "", shown(line.tax, places),
        line.explanation, charge.rests_on,
    )  # fmt: skip


def period(start: date, end: date, c: Conventions) -> str:
    """From when to when, the end as the conventions show it."""
    last = shown_end(end, c)
    return f"{day(start)} – {day((datetime if 'T' in last else date).fromisoformat(last))}"


def resting(views: Sequence[InvoiceView]) -> list[str]:
    """The conventions that the invoices shown rest on, each once, in order of appearance."""
    found: dict[str, None] = {}
    for one in views:
        found |= dict.fromkeys(name for line in one.lines for name in line.rests_on)
        found |= dict.fromkeys(one.rests_on)
    return list(found)


def table(
    contract: Contract, invoices: Sequence[Invoice], c: Conventions
) -> Iterator[tuple[Cell, ...]]:
    """The invoices line by line, under a head, for a spreadsheet."""
    yield COLUMNS
    for number, invoice in enumerate(invoices, 1):
        places = digits(invoice.currency, c)
        for line in invoice.lines:
            charge = line.charge
            sums = (charge.unit_price, charge.amount, line.discount, line.net, line.tax)
            yield (
                contract.number, number, invoice.kind.replace("_", " "), invoice.issue_date,
                invoice.due_date, invoice.currency, charge.line, charge.description,
                plain(charge.start), end_cell(charge.end, c), charge.quantity,
                *(Decimal(text(sum_, places)) for sum_ in (*sums, line.net + line.tax)),
                line.explanation,
            )  # fmt: skip


def end_cell(end: date, c: Conventions) -> Cell:
    """The end of a period as the conventions show it: a date where it is one."""
    said = shown_end(end, c)
    return date.fromisoformat(said) if len(said) == len("2026-01-31") else said


def proofs(contract: Contract, invoices: Sequence[Invoice], c: Conventions) -> Iterator[Proof]:
    """For each recurring line, what was contracted and what its invoices come to."""
    lives = Lives(contract, c)
    places = digits(contract.currency.upper(), c)
    billed: dict[str, Decimal] = {}
    for invoice in invoices:
        for line in invoice.lines:
            charge = line.charge
            billed[charge.line] = billed.get(charge.line, Decimal(0)) + charge.amount
    amended = {one.line for one in contract.amendments if one.line or one.kind in OF_ALL}
    for one in contract.lines:
        if isinstance(one, Recurring):
            sum_ = billed.get(one.key, Decimal(0))
            why = uncontracted(one, contract, lives, amended)
            wanted = None if why else contracted(one, lives, merged(c, one.conventions))
            if wanted is None:
                why = why or "its term is no whole number of price periods"
                yield Proof(one.key, "", shown(sum_, places), holds=True, why=why)
            else:
                yield Proof(one.key, shown(wanted, places), shown(sum_, places), sum_ == wanted)


def uncontracted(
    line: Recurring, contract: Contract, lives: Lives, amended: set[str | None]
) -> str:
    """Why a line has no amount that was contracted for its whole term; empty if it has one."""
    if line.key in amended or amended & {None}:
        return "it is amended"
    if lives.end is None or contract.bill_through:
        return "its term has no end"
    if line.steps:
        return "it is ramped"
    if line.free or line.trial:
        return "it has free time"
    return ""


def contracted(line: Recurring, lives: Lives, c: Conventions) -> Decimal | None:
    """What a line costs over its term, where that is a whole number of price periods."""
    if line.term_amount is not None:
        return line.term_amount
    start = lives.clock.moment(line.start or lives.contract.start)
    end = lives.clock.end(line.end) if line.end else lives.end
    if end is None or line.price is None:
        return None
    share = periods_and_days(start, end, line.price_span, c).value
    return line.price * line.quantity * share.numerator if share.denominator == 1 else None
