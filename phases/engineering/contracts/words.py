"""A contract's terms in words. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from billing.contracts import Contract
from billing.parts import Anchor, Discount, Every, PaymentTerms, Tax
from billing.pricing import Package, Percentage, PerUnit, Tiered
from billing.terms import (
    Amendment,
    AnyLine,
    Commitment,
    Milestones,
    OneOff,
    Periodic,
    Recurring,
    Step,
    Usage,
)

OFTEN = {
    "weekly": "weekly", "monthly": "monthly", "quarterly": "quarterly",
    "half_yearly": "half-yearly", "yearly": "yearly",
}  # fmt: skip
EACH = {
    "weekly": "week", "monthly": "month", "quarterly": "quarter", "half_yearly": "half-year",
    "yearly": "year",
}  # fmt: skip
KINDS = {
    "recurring": "Recurring", "one_off": "One-off", "milestone": "Milestones", "usage": "Usage",
}  # fmt: skip
ORDINALS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}


@dataclass(frozen=True)
class Said:
    """A part of the terms: where it stands, what it is called, and what is agreed."""

    place: int
    key: str
    kind: str
    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Readable:
    """A contract to be read."""

    facts: tuple[tuple[str, str], ...]
    lines: tuple[Said, ...]
    amendments: tuple[Said, ...]
    others: tuple[str, ...]


def readable(contract: Contract) -> Readable:
    """*contract* in words."""
    return Readable(
        tuple(facts(contract)),
        tuple(
            Said(place, line.key, line.kind, line.description or line.key, tuple(said_of(line)))
            for place, line in enumerate(contract.lines)
        ),
        tuple(
            Said(place, one.line or "", one.kind, day(one.on), (amendment(one),))
            for place, one in enumerate(contract.amendments)
        ),
        tuple(others(contract)),
    )


def day(value: date | None) -> str:
    """``15 Jan 2025``; an instant with its hour."""
    if value is None:
        return ""
    hour = f", {value:%H:%M}" if isinstance(value, datetime) else ""
    return f"{value.day} {value:%b %Y}{hour}"


def amount(value: Decimal | None) -> str:
    """A number with thousands marks and at least two decimals."""
    if value is None:
        return ""
    plain = value.normalize() if value else Decimal(0)
    exponent = plain.as_tuple().exponent
    return f"{plain:,.{max(2, -exponent if isinstance(exponent, int) else 2)}f}"


def number(value: Decimal) -> str:
    """A quantity without decimals that say nothing."""
    return f"{value.normalize():,f}" if value else "0"


def facts(contract: Contract) -> Iterator[tuple[str, str]]:
    """The head of a contract."""
    if contract.customer:
        yield "Customer", contract.customer
    yield "Currency", contract.currency.upper()
    yield "Term", term(contract)
    yield "Payment", "; ".join(payment(one) for one in contract.payment_terms)
    if contract.taxes:
        yield "Tax", "; ".join(tax(one) for one in contract.taxes)
    if contract.discounts:
        yield "Discount", "; ".join(discount(one) for one in contract.discounts)
    if contract.account_credit:
        yield "On the customer’s balance", amount(contract.account_credit)


def term(contract: Contract) -> str:
    """From when to when."""
    start = day(contract.start)
    if contract.end:
        return f"{start} to {day(contract.end)}"
    if contract.months:
        return f"{contract.months} months from {start}"
    return f"from {start}, without an end"


def payment(terms: PaymentTerms) -> str:
    """When an invoice is due."""
    days, months = f"{terms.days} days", f"{terms.months} months" if terms.months else ""
    said = {
        "on_receipt": "on receipt",
        "net": f"net {terms.days}" + (f" and {months}" if months else ""),
        "net_then_month_end": f"{days} after the invoice, then the end of that month"
        + (f" and {terms.then_days} days" if terms.then_days else ""),
        "end_of_month": f"{days} after the end of the month" if not terms.months
        else f"end of the month {months} later",
        "day_of_month": f"the {ordinal(terms.day)} of a month, at least {days} after the invoice",
    }[terms.kind]  # fmt: skip
    return f"{number(terms.percent)}% {said}" if terms.percent is not None else said


def ordinal(value: int) -> str:
    """``1st``, ``22nd``."""
    return f"{value}{ORDINALS.get(value, 'th')}"


def tax(one: Tax) -> str:
    """A tax in words."""
    where = f" ({one.jurisdiction})" if one.jurisdiction else ""
    how = "included in prices" if one.inclusive else "on top"
    if one.reverse_charge:
        how = "reverse charge"
    if one.on_top_of_previous:
        how += ", also on the taxes before it"
    return f"{one.name}{where} {number(one.percent)}%, {how}"


def discount(one: Discount) -> str:
    """A discount in words."""
    off = f"{number(one.percent)}%" if one.percent is not None else amount(one.amount)
    parts = [f"{one.name}: {off} off"]
    if one.lines:
        parts.append(f"of {', '.join(one.lines)}")
    if one.periods:
        parts.append(f"for the first {counted(one.periods, 'period')}")
    if one.start:
        parts.append(f"from {day(one.start)}")
    if one.end:
        parts.append(f"to {day(one.end)}")
    if one.used_up:
        parts.append("given once, used up by one invoice after the other")
    return " ".join(parts)


def said_of(line: AnyLine) -> Iterator[str]:
    """A line in sentences."""
    yield SAYS[line.kind](line)
    if isinstance(line, Periodic):
        yield anchored(line)
        yield from free_of(line)
    if line.start or line.end:
        until = f" to {day(line.end)}" if line.end else ""
        yield f"From {day(line.start) or 'the contract’s start'}{until}."
    if isinstance(line, Recurring) and line.steps:
        yield "Ramp: " + "; ".join(step(one) for one in line.steps) + "."
    for one in line.discounts:
        yield f"{discount(one)}."
    if line.taxes is not None:
        yield ("Tax: " + "; ".join(map(tax, line.taxes)) if line.taxes else "Not taxed") + "."
    if line.conventions:
        yield f"Own conventions: {choices(line.conventions)}."


def choices(own: dict[str, Any]) -> str:
    """Conventions that differ, by their names."""
    return ", ".join(
        f"{name.replace('_', ' ')} = {str(value).replace('_', ' ')}" for name, value in own.items()
    )


def often(frequency: str, every: Every | None) -> str:
    """``monthly``, or ``every 18 months``."""
    if every is None:
        return OFTEN[frequency]
    length = next(
        (f"{count} {unit}" for count, unit in
         ((every.months, "months"), (every.weeks, "weeks"), (every.days, "days")) if count), "",
    )  # fmt: skip
    return f"every {length}"


def _recurring(line: Recurring) -> str:
    billed = f"billed {often(line.frequency, line.every)}"
    when = "in advance" if line.timing == "advance" else "in arrears"
    if line.term_amount is not None:
        return f"{amount(line.term_amount)} for the whole term, {billed} {when}."
    if line.price is None:
        return f"{billed.capitalize()} {when}, priced by its steps."
    quantity = "" if line.quantity == 1 else f"{number(line.quantity)} × "
    per = EACH.get(line.price_per or line.frequency, "period")
    return f"{quantity}{amount(line.price)} a {per}, {billed} {when}."


def _one_off(line: OneOff) -> str:
    quantity = "" if line.quantity == 1 else f"{number(line.quantity)} × "
    on = f" on {day(line.on)}" if line.on else " at the start"
    return f"{quantity}{amount(line.price)}, billed once{on}."


def _milestones(line: Milestones) -> str:
    parts = (
        f"{one.name} on {day(one.on)} "
        + (f"{number(one.percent)}%" if one.percent is not None
           else amount(one.amount) or "the balance")
        for one in line.milestones
    )  # fmt: skip
    return f"{amount(line.total)} in {len(line.milestones)} parts: {'; '.join(parts)}."


def _usage(line: Usage) -> str:
    billed = f"billed {often(line.frequency, line.every)} in arrears"
    parts = [f"{priced(line.pricing)}, {billed}"]
    if line.included:
        parts.append(f"{number(line.included)} units included")
    if line.minimum is not None:
        parts.append(f"at least {amount(line.minimum)} a period")
    if line.maximum is not None:
        parts.append(f"at most {amount(line.maximum)} a period")
    if line.aggregation != "sum":
        parts.append(f"a period counts the {line.aggregation} of its records")
    parts.append(counted(len(line.records), "usage record"))
    return f"{'; '.join(parts)}."


SAYS: dict[str, Callable[[Any], str]] = {
    "recurring": _recurring, "one_off": _one_off, "milestone": _milestones, "usage": _usage,
}  # fmt: skip


def priced(pricing: Any) -> str:
    """A price of usage."""
    match pricing:
        case PerUnit():
            free = f" after {number(pricing.free_units)} free" if pricing.free_units else ""
            return f"{amount(pricing.price)} per unit{free}"
        case Package():
            return f"{amount(pricing.price)} per package of {number(pricing.size)}"
        case Percentage():
            fixed = f" plus {amount(pricing.fixed)} each" if pricing.fixed else ""
            return f"{number(pricing.percent)}% of money moved{fixed}"
        case Tiered():
            return f"{pricing.model.capitalize()}: {'; '.join(tiers(pricing))}"
    raise TypeError(pricing)


def tiers(pricing: Tiered) -> Iterator[str]:
    """Each tier with its bounds and price."""
    for one in pricing.tiers:
        below = number(one.from_ or Decimal(0))
        upto = f"to {number(one.up_to)}" if one.up_to is not None else f"above {below}"
        price = f"{number(one.percent)}%" if one.percent is not None else amount(one.unit_price)
        flat = f" plus {amount(one.flat_fee)}" if one.flat_fee else ""
        yield f"{upto} {price}{flat}"


def anchored(line: Periodic) -> str:
    """Where periods begin."""
    return f"Periods begin {anchor(line.anchor)}."


def anchor(one: Anchor) -> str:
    """An anchor in words."""
    if one.kind == "calendar":
        return "with the calendar" + (f", years in month {one.month}" if one.month else "")
    if one.kind == "day":
        return f"on the {ordinal(one.day or 1)}" + (f" of month {one.month}" if one.month else "")
    if one.kind == "date":
        return f"in step with {day(one.date)}"
    return "on the day the line begins"


def free_of(line: Periodic) -> Iterator[str]:
    """Trial and free periods."""
    if line.trial:
        until = f"until {day(line.trial.until)}" if line.trial.until else f"{line.trial.days} days"
        yield f"Trial: {until}."
    for one in line.free:
        if one.periods:
            yield f"Free: the first {counted(one.periods, 'period')}."
        else:
            yield f"Free from {day(one.start)} to {day(one.end) or 'the end'}."


def step(one: Step) -> str:
    """A step of a ramp."""
    if one.start:
        when = f"from {day(one.start)}" + (f" to {day(one.end)}" if one.end else "")
    else:
        when = counted(one.periods, "period") if one.periods else "from then on"
    what = [
        f"price {amount(one.price)}" if one.price is not None else "",
        f"quantity {number(one.quantity)}" if one.quantity is not None else "",
        f"{amount(one.amount)} a period" if one.amount is not None else "",
    ]
    return f"{when}: {', '.join(filter(None, what))}"


AMENDED = {
    "upgrade": "Upgrade of {line}", "downgrade": "Downgrade of {line}",
    "change": "Change of {line}", "remove": "Removal of {line}", "add": "New line {add}",
    "coterm": "New line {add}, ending and billed with the contract",
    "cancel": "Cancellation of the contract", "extend": "Extension to {end}",
    "pause": "Pause of {line} until {until}",
}  # fmt: skip


def amendment(one: Amendment) -> str:
    """An amendment in a sentence."""
    title = AMENDED[one.kind].format(
        line=one.line or "every line", add=one.add.key if one.add else "",
        end=day(one.end), until=day(one.until),
    )  # fmt: skip
    parts = [
        f"price {amount(one.price)}" if one.price is not None else "",
        f"quantity {number(one.quantity)}" if one.quantity is not None else "",
        f"billed {often(one.frequency, one.every)}" if one.frequency else "",
        f"periods {anchor(one.anchor)}" if one.anchor else "",
        f"usage {priced(one.pricing)}" if one.pricing else "",
        " ".join(said_of(one.add)) if one.add else "",
        choices(one.conventions) if one.conventions else "",
    ]
    what = "; ".join(filter(None, parts)).rstrip(".")
    return f"{title}{': ' if what else ''}{what}."


def others(contract: Contract) -> Iterator[str]:
    """What has no place of its own on the page."""
    for one in contract.commitments:
        yield commitment(one)
    if contract.prior_credits:
        yield f"{counted(len(contract.prior_credits), 'credit')} given before."
    if contract.payments:
        count = counted(len(contract.payments), "payment")
        yield f"{count} recorded, for credits of what was paid."
    if contract.conventions:
        yield f"Own conventions: {choices(contract.conventions)}."


def commitment(one: Commitment) -> str:
    """A minimum commitment in words."""
    of = f" of {', '.join(one.lines)}" if one.lines else ""
    over = f"; beyond it times {number(one.overage_factor)}" if one.overage_factor else ""
    return f"Minimum commitment{of}: {amount(one.amount)} {often(one.frequency, one.every)}{over}."


def counted(count: int, word: str) -> str:
    """``1 credit``, ``3 credits``."""
    return f"{count} {word}{'' if count == 1 else 's'}"
