"""What is billed as it stands but ought to be looked at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from billing.amending import CHANGES
from billing.calendars import plain
from billing.checking import Found, last_day
from billing.money import in_use, known_currency
from billing.terms import Agreement, Amendment, AnyLine, Usage

LARGE = Decimal(10) ** 9
"""From this quantity on a line is flagged: it is more often a mistyped figure than a truth."""


def notices(contract: Agreement) -> list[Found]:
    """Oddities, as field and sentence."""
    return [
        *_currency(contract),
        *_discounts(contract),
        *_large(contract),
        *_not_billed(contract),
        *_twice_a_day(contract),
    ]


def _currency(contract: Agreement) -> Iterator[Found]:
    if not in_use(known_currency(contract.currency)):
        yield "currency", f"no country uses {contract.currency.upper()} any more"


def _discounts(contract: Agreement) -> Iterator[Found]:
    end = last_day(contract)
    for place, discount in enumerate(contract.discounts):
        if end and discount.start and discount.start > end:
            what = (
                f"it begins on {discount.start}, after the contract's end {end}: nothing comes off"
            )
            yield f"discounts[{place}]", what


def _large(contract: Agreement) -> Iterator[Found]:
    for where, line in _lines(contract):
        quantity = getattr(line, "quantity", None)
        if quantity is not None and quantity >= LARGE:
            yield f"{where}.quantity", f"{quantity:,f} units is unusually large"
        for at, record in enumerate(getattr(line, "records", ())):
            if record.quantity >= LARGE:
                what = f"{record.quantity:,f} units is unusually large"
                yield f"{where}.records[{at}].quantity", what
    for place, amendment in enumerate(contract.amendments):
        if amendment.quantity is not None and amendment.quantity >= LARGE:
            what = f"{amendment.quantity:,f} units is unusually large"
            yield f"amendments[{place}].quantity", what


def _lines(contract: Agreement) -> Iterator[tuple[str, AnyLine]]:
    for place, line in enumerate(contract.lines):
        yield f"lines[{place}]", line
    for place, amendment in enumerate(contract.amendments):
        if amendment.add:
            yield f"amendments[{place}].add", amendment.add


def _not_billed(contract: Agreement) -> Iterator[Found]:
    """Usage while the line is paused, or after it has ended."""
    for where, line in _lines(contract):
        for at, record in enumerate(line.records if isinstance(line, Usage) else ()):
            on = plain(record.on)
            for amendment in contract.amendments:
                if amendment.line in {None, line.key} and (why := _stopped(amendment, on)):
                    what = f"{record.quantity:,f} units of {on} are not billed: {why}"
                    yield f"{where}.records[{at}]", what
                    break


def _stopped(amendment: Amendment, on: date) -> str:
    """Why nothing is billed on that day, if so."""
    since = plain(amendment.on)
    if amendment.kind in {"cancel", "remove"} and on > since:
        return f"the line ended on {since}"
    if amendment.kind == "pause" and amendment.until and since <= on < amendment.until:
        return f"the line is paused from {since} to {amendment.until}"
    return ""


def _twice_a_day(contract: Agreement) -> Iterator[Found]:
    """Changes of one thing on one day, of which only the last in the list counts."""
    seen: dict[tuple[object, ...], int] = {}
    for place, amendment in enumerate(contract.amendments):
        for name in CHANGES:
            if getattr(amendment, name) is None:
                continue
            key = (amendment.on, amendment.line, name)
            if key in seen:
                what = f"{name} is changed twice on {plain(amendment.on)}; this one counts, not"
                yield f"amendments[{place}].{name}", f"{what} amendments[{seen[key]}]"
            seen[key] = place
