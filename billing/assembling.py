"""Charges become invoices: grouped by issue date, discounted, taxed, added up, due."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from operator import attrgetter

from billing.calendars import plain
from billing.contracts import Contract
from billing.conventions import Conventions
from billing.discounts import discounts_of
from billing.dues import dues
from billing.invoices import (
    Charge,
    Due,
    Invoice,
    InvoiceLine,
    TaxAmount,
    explained,
    money_words,
)
from billing.money import ZERO, Purse
from billing.parts import Discount, Tax
from billing.taxes import invoice_taxes, line_taxes

NONE: tuple[TaxAmount, ...] = ()
SORTED = attrgetter("start", "line", "kind", "end")
CENTS = re.compile(r"(?<=\d)\.00(?!\d| %)")
"""Cents that amounts of a currency without any are not to be told with."""
NOTES = frozenset(("credit_note", "account_balance"))


def assembled(
    contract: Contract, charges: list[Charge], purse: Purse, c: Conventions
) -> tuple[Invoice, ...]:
    """The invoices and credit notes that *charges* make, in order."""
    maker = Maker(contract, purse, c)
    if any(charge.form == "net_in_new_line" for charge in charges):
        charges = netted(charges)
    if not c.trial_zero_invoice:
        charges = [one for one in charges if not one.free]
    groups: dict[tuple[date, str], list[Charge]] = {}
    for charge in charges:
        key = (plain(charge.issue), charge.form if charge.form in NOTES else "invoice")
        groups.setdefault(key, []).append(charge)
    for (issue, form), group in sorted(groups.items(), key=in_order):
        if len(group) > 1:
            group.sort(key=SORTED)
        maker.add(issue, form, group)
    return tuple(maker.made)


def in_order(item: tuple[tuple[date, str], list[Charge]]) -> tuple[date, bool, str]:
    """By day; on one day the invoice before the credit notes."""
    (issue, form), _ = item
    return issue, form != "invoice", form


def netted(charges: list[Charge]) -> list[Charge]:
    """Charges with credits taken off the new line of the same item, where there is one."""
    kept = [charge for charge in charges if charge.form != "net_in_new_line"]
    for credit in charges:
        if credit.form != "net_in_new_line":
            continue
        for charge in kept:
            same = (charge.line, charge.issue) == (credit.line, credit.issue)
            if same and charge.kind == "recurring" and charge.start == credit.start:
                before = charge.words or money_words(charge.amount)
                charge.amount += credit.amount
                charge.words = f"{before}, less {credit.words}"
                break
        else:
            kept.append(credit)
    return kept


def _inclusive(contract: Contract) -> bool:
    """Whether any tax is inside its price."""
    lines = [*contract.lines, *(one.add for one in contract.amendments if one.add)]
    given = [contract.taxes, *(one.taxes for one in (*lines, *contract.commitments))]
    return any(tax.inclusive for taxes in given if taxes for tax in taxes)


class Maker:
    """Makes one invoice after the other, with the customer's balance."""

    def __init__(self, contract: Contract, purse: Purse, c: Conventions) -> None:
        self.contract = contract
        self.purse = purse
        self.c = c
        self.balance = contract.account_credit
        self.number = 0
        self.left: dict[Discount, Decimal] = {}
        self.made: list[Invoice] = []
        self.terms = contract.payment_terms
        self.inclusive = _inclusive(contract)

    def taxes_of(self, charge: Charge) -> Sequence[Tax]:
        """The taxes of a line or of the contract, as agreed."""
        own, whole = charge.taxes, self.contract.taxes
        if own is None:
            return whole
        return whole if self.c.tax_source == "contract" and whole else own

    def add(self, issue: date, form: str, charges: list[Charge]) -> None:
        """One more invoice or credit note."""
        subtotal, discount, lines = self.lines(charges)
        tax, taxes = self.tax(lines)
        net, total = self.totals(subtotal, discount, lines, tax)
        if not total and form == "invoice" and self.c.zero_invoices == "skip":
            return
        used, amount_due = self.settled(total, form)
        parts = dues(issue, amount_due, self.terms, self.purse, self.c)
        if total < 0:
            parts = (Due(issue, amount_due),)
        one = charges[0] if len(charges) == 1 else None
        begin = one.start if one else min(charge.start for charge in charges)
        end = one.end if one else max(charge.end for charge in charges)
        self.made.append(
            Invoice(
                self.contract.number, "invoice" if form == "invoice" else "credit_note",
                self.purse.currency, issue, parts[-1].date, begin, end, tuple(lines),
                subtotal, discount, net, tax, taxes, total, used, amount_due, parts,
            )
        )  # fmt: skip
        self.number += form == "invoice"

    def lines(self, charges: list[Charge]) -> tuple[Decimal, Decimal, list[InvoiceLine]]:
        """Sum before discounts, sum of discounts, and the lines."""
        given: list[Decimal] | None = None
        if self.contract.discounts or any(charge.discounts for charge in charges):
            whole = self.contract.discounts
            given = discounts_of(charges, whole, self.number, self.purse, self.c, self.left)
        if given is None:
            lines = [self.line(charge, ZERO) for charge in charges]
        else:
            lines = [self.line(one, off) for one, off in zip(charges, given, strict=True)]
        subtotal = discount = ZERO
        for line in lines:
            subtotal += line.charge.amount
            discount += line.discount
        if self.c.rounding_place == "invoice":
            subtotal = self.purse.round(subtotal)
        return subtotal, self.purse.round(discount) if discount else ZERO, lines

    def line(self, charge: Charge, discount: Decimal) -> InvoiceLine:
        """A line with its taxes."""
        if not self.purse.decimals:
            charge.words = CENTS.sub("", explained(charge))
        net = charge.amount - discount if discount else charge.amount
        taxes = self.taxes_of(charge)
        if not taxes:
            return InvoiceLine(charge, discount, net, ZERO, NONE)
        base = net if self.c.discount_timing == "before_tax" else charge.amount
        left, each = line_taxes(base, taxes, self.purse, self.c)
        tax = each[0].amount if len(each) == 1 else sum([one.amount for one in each], ZERO)
        return InvoiceLine(charge, discount, net - (base - left), tax, each)

    def tax(self, lines: list[InvoiceLine]) -> tuple[Decimal, tuple[TaxAmount, ...]]:
        """The invoice's tax."""
        taxed = [line.taxes for line in lines if line.taxes]
        return invoice_taxes(taxed, self.purse, self.c) if taxed else (ZERO, NONE)

    def totals(
        self, subtotal: Decimal, discount: Decimal, lines: list[InvoiceLine], tax: Decimal
    ) -> tuple[Decimal, Decimal]:
        """Net and total; prices with tax inside keep their sum as the total."""
        after = subtotal - discount if discount else subtotal
        if not self.inclusive:
            return after, after + tax
        contained = beside = ZERO
        for line in lines:
            if line.taxes and line.net != line.charge.amount - line.discount:
                contained += line.tax
            else:
                beside += abs(line.tax)
        inside = self.purse.round(contained) if beside else tax
        return after - inside, after - inside + tax

    def settled(self, total: Decimal, form: str) -> tuple[Decimal, Decimal]:
        """What the balance takes of it and what is left to pay."""
        if total < 0 and form in {"invoice", "account_balance"}:
            self.balance -= total
            return total, ZERO
        used = min(self.balance, total) if self.balance and total > 0 else ZERO
        self.balance -= used
        return used, total - used
