"""Tax on lines and invoices: exclusive or inclusive, several, compound, rounded where agreed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from billing.conventions import Conventions
from billing.invoices import TaxAmount
from billing.money import WIDE, ZERO, Purse
from billing.parts import Tax

HUNDRED = Decimal(100)


def line_taxes(
    amount: Decimal, taxes: Sequence[Tax], purse: Purse, c: Conventions
) -> tuple[Decimal, tuple[TaxAmount, ...]]:
    """Net and taxes of a line of *amount*; inclusive taxes are taken out of it.

    With ``tax_rounding`` other than per line the taxes are not rounded here.
    """
    per_line = c.tax_rounding == "per_line"
    inclusive = taxes[0].inclusive
    if per_line and not inclusive:
        for tax in taxes:
            if tax.reverse_charge or tax.on_top_of_previous:
                break
        else:
            return amount, tuple([_beside(amount, tax, purse) for tax in taxes])
    base = amount
    if inclusive:
        base = WIDE.divide(amount, factor(taxes))
    found: list[TaxAmount] = []
    before = ZERO
    for tax in taxes:
        taxed = base + before if tax.on_top_of_previous else base
        exact = ZERO if tax.reverse_charge else WIDE.multiply(taxed, tax.percent / HUNDRED)
        sum_ = purse.round(exact) if per_line else exact
        before += sum_ if per_line and not inclusive else exact
        found.append(TaxAmount(tax.name, tax.jurisdiction, tax.percent, taxed, sum_))
    if not inclusive:
        return amount, tuple(found)
    contained = sum((tax.amount for tax in found), ZERO)
    return amount - contained, tuple(found)


def _beside(amount: Decimal, tax: Tax, purse: Purse) -> TaxAmount:
    """A tax on top of *amount* and of nothing else."""
    percent = tax.percent
    sum_ = purse.round(WIDE.multiply(amount, percent) / HUNDRED)
    return TaxAmount(tax.name, tax.jurisdiction, percent, amount, sum_)


def factor(taxes: Sequence[Tax]) -> Decimal:
    """What the net is multiplied with to give the gross."""
    whole = Decimal(1)
    for tax in taxes:
        if not tax.reverse_charge:
            rate = tax.percent / HUNDRED
            whole += rate * whole if tax.on_top_of_previous else rate
    return whole


def invoice_taxes(
    lines: Sequence[tuple[TaxAmount, ...]], purse: Purse, c: Conventions
) -> tuple[Decimal, tuple[TaxAmount, ...]]:
    """The invoice's tax, and each tax of it, rounded where ``tax_rounding`` says."""
    if len(lines) == 1 and c.tax_rounding == "per_line":
        return sum([tax.amount for tax in lines[0]], ZERO), lines[0]
    sums: dict[tuple[str, str, Decimal], list[Decimal]] = {}
    for taxes in lines:
        for tax in taxes:
            found = sums.setdefault((tax.name, tax.jurisdiction, tax.percent), [ZERO, ZERO])
            found[0] += tax.base
            found[1] += tax.amount
    each = tuple(
        TaxAmount(*key, purse.round(base), purse.round(amount))
        for key, (base, amount) in sums.items()
    )
    if c.tax_rounding == "per_invoice":
        exact = sum((amount for _, amount in sums.values()), ZERO)
        return purse.round(exact), each
    return sum((tax.amount for tax in each), ZERO), each
