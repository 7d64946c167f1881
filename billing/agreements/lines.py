"""A row of an export as a line of a contract: recurring, once, or usage with its prices."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter, ValidationError

from billing.agreements.row import Row, Unfit, written
from billing.agreements.tiers import Raw, has_tiers, joined, tiers_of
from billing.agreements.words import (
    LICENSED,
    ONE_OFF,
    USAGE,
    frequency_of,
    model_of,
    period_of,
    times,
    timing_of,
)
from billing.conventions import DEFAULT, Conventions
from billing.errors import BillingError
from billing.pricing import Pricing, rate, total

PER = {"month": "monthly", "year": "yearly"}
TIERS = ("graduated", "volume", "stairstep")
SHARE = re.compile(r"^(\d{1,3}(?:[.,]\d+)?)\s?%(?: off)?$", re.IGNORECASE)
MONTHS = {"monthly": 1, "quarterly": 3, "half_yearly": 6, "yearly": 12}
PRICING: TypeAdapter[Any] = TypeAdapter(Pricing)


@dataclass
class LineDraft:
    """A line while its rows are gathered. ``model`` is empty for a price of each unit; ``ends`` are
    the row's own dates."""

    row: Row
    item: str
    terms: dict[str, Any]
    usage: bool
    model: str
    tiers: list[Raw]
    rows: list[int] = field(default_factory=list)
    ends: tuple[date | None, date | None] = (None, None)


def line_of(row: Row, *, exclusive: bool = False) -> LineDraft:
    """What *row* tells of a line; prices by model or tier are set once all its rows are there.

    Raises:
        Unfit: a cell that no term can be made of.
    """
    item = row.text("item")
    often, kind = _frequency(row), row.text("kind")
    once = often == "one_off" or bool(ONE_OFF.search(kind))
    model, usage = _model(row)
    terms: dict[str, Any] = {
        "key": item, "kind": "usage" if usage else "one_off" if once else "recurring",
        "description": (row.text("text") or item)[:300],
    }  # fmt: skip
    tiers = tiers_of(row, item) if model in TIERS else []
    if not once:
        terms |= period_of(often)
        if timing := timing_of(row.text("timing")):
            terms["timing"] = timing
        terms |= _trial(row, exclusive=exclusive) | _free(row, often)
    if usage:
        terms |= _beside(row)
    elif not model:
        _nothing_of_usage(row)
        terms |= _price(row, once=once)
    terms |= _discounts(row) | _taxes(row)
    terms = {key: value for key, value in terms.items() if value not in (None, "")}
    return LineDraft(row, item, terms, usage, model, tiers, [row.line])


# --- time -----------------------------------------------------------------------------------------


def _frequency(row: Row) -> str:
    text, count = row.text("frequency"), row.text("every")
    often = frequency_of(text) if text else row.mapping.frequency
    if not often:
        what = f"“{text[:40]}” is no billing frequency that is known" if text else (
            "there is no billing frequency")  # fmt: skip
        raise Unfit("frequency", what)
    if not text or not count or often == "one_off":
        return often
    number = row.number("every")
    if number is None or number % 1 or not 0 < number <= 3660:
        raise Unfit("every", f"“{count[:40]}” is no number of intervals")
    return times(often, int(number)) if number != 1 else often


def _trial(row: Row, *, exclusive: bool) -> dict[str, Any]:
    until, days = row.day("trial_end"), row.count("trial_days")
    if until is not None:
        starts = [day for key in ("line_start", "start") if (day := row.day(key))]
        last = until + timedelta(days=exclusive - (row.mapping.trial_ends == "day_after"))
        over = starts and last + timedelta(days=not exclusive) <= starts[0]
        return {} if over else {"trial": {"until": last.isoformat()}}
    return {"trial": {"days": days}} if days else {}


def _free(row: Row, often: str) -> dict[str, Any]:
    periods, months = row.count("free_periods"), row.count("free_months")
    if months:
        length = MONTHS.get(often, 0)
        if periods or not length or months % length:
            raise Unfit("free_months", f"{months} months are no whole number of billing periods")
        periods = months // length
    return {"free": [{"periods": periods}]} if periods else {}


# --- prices ---------------------------------------------------------------------------------------


def _model(row: Row) -> tuple[str, bool]:
    """The pricing model, and whether the line is one of usage."""
    told, kind = row.text("model"), row.text("kind")
    model = model_of(told) if told else kind and (model_of(kind) or "")
    if model is None:
        what = (
            f"“{told[:40]}” is no pricing model that is known; take the column away if it is none"
        )
        raise Unfit("model", what)
    if model == "package" and not row.text("package_size") and "block" in told.casefold():
        model = "stairstep"
    if has_tiers(row) and (model not in TIERS or _only_tiered(row)):
        model = row.mapping.tiers
        if not model:
            what = "there are tiers, and nobody has said how they are priced"
            raise Unfit("model", what)
    elif model == "graduated" and _only_tiered(row):
        raise Unfit("model", "its prices are tiered, and this file does not tell them")
    if not model and row.text("price").endswith("%"):
        model = "percentage"
    usage = bool(USAGE.search(kind) or USAGE.search(told)) or model == "percentage"
    counted = row.text("quantity") or LICENSED.search(kind)
    return model, usage or bool(model and not counted)


def _only_tiered(row: Row) -> bool:
    """Whether the file says that there are tiers, and not of which kind, as Stripe's does."""
    title = row.mapping.columns.get("model", "").casefold()
    return "scheme" in title and row.text("model").casefold() == "tiered"


def _price(row: Row, *, once: bool) -> dict[str, Any]:
    price, amount, quantity = row.money("price"), row.money("amount"), row.number("quantity")
    if price is None and amount is None:
        raise Unfit("amount", "there is no price")
    if price is None and row.number("discount"):
        what = "the amount may have the discount in it already; give the unit price"
        raise Unfit("discount", what)
    basis = row.mapping.basis
    if basis == "term" and not once:
        whole = amount if amount is not None else (price or Decimal(0)) * (quantity or 1)
        return {"term_amount": written(whole)}
    if price is None:
        assert amount is not None
        price, quantity = _each(amount, quantity)
    found = {"price": written(price)}
    if quantity is not None and quantity != 1:
        found["quantity"] = written(quantity)
    return found | ({"price_per": PER[basis]} if basis in PER and not once else {})


def _each(amount: Decimal, quantity: Decimal | None) -> tuple[Decimal, Decimal | None]:
    """The price of one, where the amount of so many is a whole number of small parts of it."""
    if not quantity or quantity == 1:
        return amount, None
    one = amount / quantity
    exact = round(one, 6) * quantity == amount
    return (round(one, 6), quantity) if exact else (amount, None)


def _beside(row: Row) -> dict[str, Any]:
    """What a usage line has beside its prices."""
    quantity = row.number("quantity")
    if quantity is not None and quantity > 1:
        what = (
            f"{written(quantity)} of a usage line may be included, committed or expected; put it"
            " into a column of included units, or leave it out"
        )
        raise Unfit("quantity", what)
    found = {"included": row.number("included"), "minimum": row.money("minimum")}
    return {key: written(value) for key, value in found.items() if value}


def _nothing_of_usage(row: Row) -> None:
    for key in ("included", "minimum", "package_size", "percent", "fixed"):
        if row.text(key) and row.number(key):
            what = f"“{row.text(key)[:40]}” goes with usage, and nothing says that this line is one"
            raise Unfit(key, what)


def finished(line: LineDraft, conventions: Conventions = DEFAULT) -> dict[str, Any]:
    """The terms of a line all of whose rows are there.

    Raises:
        Unfit: its prices make no sense.
    """
    if not line.usage and not line.model:
        return line.terms
    pricing = _pricing(line)
    if line.usage:
        return line.terms | {"pricing": pricing}
    return line.terms | _counted(line, pricing, conventions)


def _pricing(line: LineDraft) -> dict[str, Any]:
    row = line.row
    if line.model in TIERS:
        if not line.tiers:
            raise Unfit("model", f"prices are {line.model}, and the file has no tiers")
        system = row.mapping.system
        tiers = joined(line.tiers, exclusive=system == "salesforce", flat=line.model == "stairstep")
        return {"model": "graduated" if line.model == "graduated" else "volume", "tiers": tiers}
    if line.model == "percentage":
        return _percentage(row)
    price = row.money("price")
    if price is None:
        what = "usage has prices that this file does not tell; add the contract by form"
        raise Unfit("price", what)
    if line.model == "package":
        size = row.number("package_size")
        if not size:
            raise Unfit("package_size", "nothing says how many units a package has")
        return {"model": "package", "size": written(size), "price": written(price)}
    return {"model": "per_unit", "price": written(price)}


def _percentage(row: Row) -> dict[str, Any]:
    key = "price" if row.text("price").endswith("%") else "percent"
    share = row.number(key)
    if share is None:
        raise Unfit("percent", "nothing says what share is charged")
    fixed = row.money("fixed")
    return {"model": "percentage", "percent": written(share),
            **({"fixed": written(fixed)} if fixed else {})}  # fmt: skip


def _counted(line: LineDraft, pricing: dict[str, Any], c: Conventions) -> dict[str, Any]:
    """A quantity that is agreed, at the price that its tiers or packages come to."""
    quantity = line.row.number("quantity") or Decimal(0)
    try:
        price = total(rate(PRICING.validate_python(pricing), quantity, c))
    except (ValidationError, BillingError) as error:
        raise Unfit("tier_from", _said(error)) from None
    words = f"{written(quantity)} units, {line.model} prices"
    text = ", ".join(filter(None, (line.terms.get("description", ""), words)))
    basis = line.row.mapping.basis if line.terms["kind"] == "recurring" else ""
    name = "term_amount" if basis == "term" else "price"
    per = {"price_per": PER[basis]} if basis in PER else {}
    return {name: written(price), "description": text[:300]} | per


def _said(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(one["msg"].removeprefix("Value error, ") for one in error.errors())
    return str(error)


# --- discounts and taxes --------------------------------------------------------------------------


def _discounts(row: Row) -> dict[str, Any]:
    percent, amount = row.number("discount"), row.money("discount_amount")
    coupon = row.text("coupon")
    if not percent and not amount and (share := SHARE.match(coupon)):
        percent = Decimal(share[1].replace(",", "."))
    elif not percent and not amount and coupon and not re.fullmatch(r"0+([.,]0+)?", coupon):
        what = (
            f"“{coupon[:40]}” takes something off, and the file does not say how much; give a"
            " discount in percent or as an amount, or take the column away"
        )
        raise Unfit("coupon", what)
    if percent and amount:
        raise Unfit("discount_amount", "there is a discount in percent and another as an amount")
    if not percent and not amount:
        return {}
    found: dict[str, Any] = {"percent": written(percent)} if percent else {
        "amount": written(amount or Decimal(0))}  # fmt: skip
    if (end := row.day("discount_end")) is not None:
        found["end"] = end.isoformat()
    if periods := row.count("discount_periods"):
        found["periods"] = periods
    return {"discounts": [found]}


def _taxes(row: Row) -> dict[str, Any]:
    tax = row.number("tax")
    if tax is None:
        return {}
    return {"taxes": [{"percent": written(tax)}] if tax else []}
