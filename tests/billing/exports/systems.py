"""Exports of six systems and a plain one, written from their published column lists."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook

from billing.money import iso_digits

NEW_YORK = ZoneInfo("America/New_York")
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Line:
    """A line of an invoice as it is made up for a test."""

    item: str
    amount: Decimal
    tax: Decimal = Decimal(0)


@dataclass(frozen=True)
class Made:
    """An invoice as it is made up for a test. ``end`` is the last day of the period."""

    number: str
    contract: str
    customer: str
    issue: date
    start: date
    end: date
    currency: str
    lines: tuple[Line, ...]
    credit: bool = False

    @property
    def sign(self) -> int:
        return -1 if self.credit else 1

    @property
    def net(self) -> Decimal:
        return self.sign * sum((line.amount for line in self.lines), Decimal(0))

    @property
    def tax(self) -> Decimal:
        return self.sign * sum((line.tax for line in self.lines), Decimal(0))

    @property
    def total(self) -> Decimal:
        return self.net + self.tax


@dataclass
class Written:
    """Rows of an export, and how it is to be read if the file itself does not say."""

    rows: list[list[str]]
    answers: dict[str, str] = field(default_factory=dict)
    nothing: int = 0
    """How many rows are no part of any invoice."""

    def csv(self, separator: str = ",", encoding: str = "utf-8") -> bytes:
        stream = io.StringIO()
        csv.writer(stream, delimiter=separator, lineterminator="\r\n").writerows(self.rows)
        return stream.getvalue().encode(encoding)

    def xlsx(self) -> bytes:
        book = Workbook()
        sheet: Any = book.active
        for row in self.rows:
            sheet.append([cell or None for cell in row])
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()


def columns(titles: str) -> list[str]:
    return titles.split(",")


def money(amount: Decimal, currency: str) -> str:
    return f"{amount:.{iso_digits(currency)}f}"


def thousands(amount: Decimal, currency: str) -> str:
    """``4,250.00``, and ``(500.00)`` below zero."""
    text = f"{abs(amount):,.{iso_digits(currency)}f}"
    return f"({text})" if amount < 0 else text


def comma(amount: Decimal, currency: str) -> str:
    """``1.190,00``"""
    text = f"{amount:,.{iso_digits(currency)}f}"
    return text.translate(str.maketrans(",.", ".,"))


def american(day: date) -> str:
    return f"{day.month}/{day.day}/{day.year}"


def minor(amount: Decimal, currency: str) -> str:
    return str(int(amount.scaleb(iso_digits(currency))))


def instant(day: date) -> str:
    """Midnight in New York, as Stripe writes it."""
    local = datetime.combine(day, time(0), NEW_YORK)
    return local.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def stripe(made: Sequence[Made]) -> Written:
    titles = columns(
        "id,Number,Status,Customer,Customer Name,Subscription,Currency,Amount Due,Subtotal,"
        "Tax,Total,Date (UTC),Due Date (UTC),Period Start (UTC),Period End (UTC),"
        "Minimum Line Item Period Start (UTC),Maximum Line Item Period End (UTC),Description"
    )
    rows = [
        [f"in_{n}", one.number, "open", f"cus_{n}", one.customer, one.contract,
         one.currency.lower(), money(one.total, one.currency), money(one.net, one.currency),
         money(one.tax, one.currency), money(one.total, one.currency), instant(one.issue),
         instant(one.issue + timedelta(days=30)), instant(one.issue), instant(one.issue),
         instant(one.start), instant(one.end + ONE_DAY), ""]
        for n, one in enumerate(made)
    ]  # fmt: skip
    answers = {"zone": "local", "ends": "day_after"}
    if all(one.total % 1 == 0 for one in made):
        answers["units"] = "major"
    return Written([["Working copy"], titles, *rows], answers)


def chargebee(made: Sequence[Made]) -> Written:
    most = max(len(one.lines) for one in made)
    each = ("id", "entity_type", "entity_id", "date_from", "date_to", "quantity", "unit_amount",
            "amount", "tax1_name", "tax1_amount")  # fmt: skip
    titles = columns(
        "invoice[id],invoice[currency_code],invoice[customer_id],invoice[subscription_id],"
        "invoice[status],invoice[date],invoice[price_type],round_off,invoice[total],"
        "invoice[due_date],use_for_proration"
    )
    titles += [f"line_items[{name}][{n}]" for n in range(most) for name in each]
    rows = []
    for one in made:
        row = [one.number, one.currency, one.customer, one.contract, "payment_due",
               f"{one.issue} 00:00:00", "tax_exclusive", "", minor(one.total, one.currency),
               "", "true"]  # fmt: skip
        for n in range(most):
            if n < len(one.lines):
                line = one.lines[n]
                amount = minor(line.amount * one.sign, one.currency)
                row += [f"li_{n}", "plan_item_price", line.item, f"{one.start} 00:00:00",
                        f"{one.end} 23:59:59", "1", amount, amount, "VAT",
                        minor(line.tax * one.sign, one.currency)]  # fmt: skip
            else:
                row += [""] * len(each)
        rows.append(row)
    return Written([titles, *rows], {"units": "minor", "ends": "last_day"})


def quickbooks(made: Sequence[Made]) -> Written:
    """A report: titles, a heading and a total for each customer, negatives in brackets."""
    by_customer: dict[str, list[Made]] = {}
    for one in made:
        by_customer.setdefault(one.customer, []).append(one)
    blank = [""] * 7
    rows = [["The firm", *blank], ["Transaction List by Customer", *blank],
            ["January - December 2026", *blank], [""] * 8,
            ["", "Date", "Transaction Type", "Num", "PO Number", "Order Number", "Amount",
             "Balance"]]  # fmt: skip
    nothing = 0
    for customer, ones in by_customer.items():
        rows.append([customer, *blank])
        for one in ones:
            kind = "Credit Memo" if one.credit else "Invoice"
            rows.append(["", f"{one.issue:%m/%d/%Y}", kind, one.number, "", one.contract,
                         thousands(one.total, one.currency), "0.00"])  # fmt: skip
        total = sum((one.total for one in ones), Decimal(0))
        rows.append([f"Total for {customer}", *[""] * 5, f"${thousands(total, 'USD')}", ""])
        nothing += 2
    rows += [["TOTAL", *[""] * 5, "$1.00", ""], [""] * 8,
             ["Thursday, Jan 08, 2026 11:12:33 AM GMT+1 - Accrual Basis", *blank]]  # fmt: skip
    answers = {"date:Date": "month", "currency": made[0].currency}
    return Written(rows, answers, nothing + 2)


def quickbooks_lines(made: Sequence[Made]) -> Written:
    """The import template: header fields on an invoice's first row only."""
    titles = columns(
        "*InvoiceNo,*Customer,*InvoiceDate,*DueDate,Terms,Location,Memo,"
        "Item(Product/Service),ItemDescription,ItemQuantity,ItemRate,*ItemAmount,"
        "Service Date,Item Tax Amount,*Item Tax Code,Currency"
    )
    rows = []
    for one in made:
        head = [one.number, one.customer, f"{one.issue:%d/%m/%Y}", "", "Net 30", "", one.contract]
        for line in one.lines:
            amount = money(line.amount * one.sign, one.currency)
            rows.append([*head, line.item, "", "1", amount, amount, "",
                         money(line.tax * one.sign, one.currency), "S", one.currency])  # fmt: skip
            head = [""] * 7
    return Written([titles, *rows], {"date:*InvoiceDate": "day", "column:contract": "Memo"})


def netsuite(made: Sequence[Made]) -> Written:
    """A saved search: the main line repeats the total, lines stand with the other sign."""
    titles = columns(
        "Internal ID,*,Date,Type,Document Number,Name,Created From,Currency,Line ID,Item,"
        "Quantity,Start Date,End Date,Amount"
    )
    names = {"EUR": "Euro", "USD": "US Dollar"}
    rows = []
    for n, one in enumerate(made):
        head = [str(n), "*", f"{one.issue:%d.%m.%Y}", "Credit Memo" if one.credit else "Invoice",
                one.number, one.customer, one.contract,
                names.get(one.currency, one.currency)]  # fmt: skip
        rows.append([*head, "0", "", "", "", "", comma(one.total, one.currency)])
        period = [f"{one.start:%d.%m.%Y}", f"{one.end:%d.%m.%Y}"]
        for place, line in enumerate(one.lines, 1):
            amount = comma(-one.sign * (line.amount + line.tax), one.currency)
            rows.append([head[0], "", *head[2:], str(place), line.item, "1", *period, amount])
    answers = {"date:Date": "day", "date:Start Date": "day", "date:End Date": "day",
               "ends": "last_day", "decimal:Amount": "comma"}  # fmt: skip
    return Written([titles, *rows], answers)


def salesforce(made: Sequence[Made]) -> Written:
    titles = columns(
        "Invoice Number,Account Name,Contract Number,Invoice Date,Due Date,Start Date,"
        "End Date,Currency ISO Code,Tax Amount,Total Amount,Status"
    )
    titles = ["Case Safe ID", *titles, "Invoice Run ID"]
    rows = [
        [f"a0{n}", one.number, one.customer, one.contract, american(one.issue),
         "", f"{one.start}", f"{one.end}", one.currency,
         money(one.tax, one.currency), money(one.total, one.currency), "Posted", "r1"]
        for n, one in enumerate(made)
    ]  # fmt: skip
    foot = [
        ["Confidential Information - Do Not Distribute", *[""] * 12],
        ["Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved.", *[""] * 12],
    ]
    return Written([titles, *rows, *foot], {"date:Invoice Date": "month", "ends": "last_day"}, 2)


def hubspot(made: Sequence[Made]) -> Written:
    titles = columns(
        "Record ID,Number,Invoice Status,Invoice date,Due date,Currency,Amount billed,"
        "Balance due,Associated Company,Associated Deal"
    )
    rows = [
        [str(n), one.number, "Open", f"{one.issue} 00:00", "", one.currency,
         money(one.total, one.currency), "0", one.customer, one.contract]
        for n, one in enumerate(made)
    ]  # fmt: skip
    return Written([titles, *rows])


def plain(made: Sequence[Made]) -> Written:
    titles = columns("Invoice,Contract,Customer,Date,From,To,Currency,Net,VAT,Total")
    rows = [
        [one.number, one.contract, one.customer, f"{one.issue}", f"{one.start}", f"{one.end}",
         one.currency, comma(one.net, one.currency), comma(one.tax, one.currency),
         comma(one.total, one.currency)]
        for one in made
    ]  # fmt: skip
    answers = {"ends": "last_day"} | {
        f"decimal:{name}": "comma" for name in ("Net", "VAT", "Total")
    }
    return Written([titles, *rows], answers)


Writer = Callable[[Sequence[Made]], Written]
WRITERS: dict[str, Writer] = {
    "stripe": stripe, "chargebee": chargebee, "quickbooks": quickbooks,
    "quickbooks lines": quickbooks_lines, "netsuite": netsuite, "salesforce": salesforce,
    "hubspot": hubspot, "plain": plain,
}  # fmt: skip
ONE_CURRENCY = frozenset(("quickbooks",))
"""Formats that do not tell the currency of each invoice."""


def some(numbers: Iterable[int] = range(1, 5)) -> list[Made]:
    """A few invoices of two customers, the last one a credit."""
    made = []
    for n in numbers:
        start = date(2026, n, 1)
        end = date(2026, n + 1, 1) - ONE_DAY
        lines = (Line("Seats", Decimal("1000.50") * n, Decimal("190.10") * n), Line("Support",
                 Decimal(50), Decimal("9.50")))  # fmt: skip
        made.append(Made(f"INV-{n}", f"C-{n % 2}", ("Acme", "Beta")[n % 2], start + timedelta(14),
                         start, end, "USD", lines, credit=n == 4))  # fmt: skip
    return made
