"""Charges that do not recur: one-off lines and milestones."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from billing.conventions import Conventions
from billing.invoices import Charge, money_words
from billing.lifelines import Life
from billing.money import ZERO, Purse
from billing.proration import number
from billing.rates import Context, in_place
from billing.terms import Milestone, Milestones, OneOff


def one_off(life: Life, context: Context) -> list[Charge]:
    """A line billed once, unless it was removed before."""
    first = life.versions[0]
    line = first.line
    assert isinstance(line, OneOff)
    on = context.lives.clock.moment(line.on) if line.on else life.begin
    price = line.price
    for version in life.versions[1:]:
        if version.start <= on:
            if version.end is not None and version.end <= on and version.end == version.start:
                return []
            price = getattr(version.line, "price", price)
    amount = in_place(price * line.quantity, context.purse, life.c)
    words = money_words(price) if line.quantity == 1 else ""
    words = words or f"{number(line.quantity)} × {money_words(price)}"
    issue = context.issue(on, on, "advance", life.c)
    return [
        Charge(
            line.key, "one_off", line.description, on, on + timedelta(days=1), line.quantity,
            price, amount, issue, f"{words}, once", line.taxes, line.discounts,
        )
    ]  # fmt: skip


def milestones(life: Life, context: Context) -> list[Charge]:
    """The parts of a sum, the last with the balance; those after a removal are not billed."""
    line = life.versions[0].line
    assert isinstance(line, Milestones)
    clock, ends = context.lives.clock, life.now.end
    parts = milestone_amounts(line.total, line.milestones, context.purse, life.c)
    found = []
    for place, (part, (amount, words)) in enumerate(zip(line.milestones, parts, strict=True)):
        on = clock.moment(part.on)
        if len(life.versions) > 1 and ends is not None and on >= ends:
            continue
        issue = context.issue(on, on, "advance", life.c)
        name = f"{line.description} {part.name}".strip()
        charge = Charge(
            line.key, "milestone", name, on, on + timedelta(days=1), Decimal(1), amount, amount,
            issue, words, line.taxes, line.discounts, place, ("milestone_last", "rounding_mode"),
        )  # fmt: skip
        found.append(charge)
    return found


def milestone_amounts(
    total: Decimal, parts: tuple[Milestone, ...], purse: Purse, c: Conventions
) -> list[tuple[Decimal, str]]:
    """Amount and words of each part of *total*."""
    found: list[tuple[Decimal, str]] = []
    billed = ZERO
    for place, part in enumerate(parts):
        last = place + 1 == len(parts)
        if (last and c.milestone_last == "takes_balance") or part.percent is part.amount is None:
            amount = purse.round(total) - billed
            words = f"what remains of {money_words(total)} after {money_words(billed)}"
        elif part.percent is not None:
            amount = purse.round(total * part.percent / 100)
            words = f"{part.percent}% of {money_words(total)}"
        else:
            amount = purse.round(part.amount or ZERO)
            words = f"{money_words(amount)} of {money_words(total)}"
        billed += amount
        found.append((amount, words))
    return found
