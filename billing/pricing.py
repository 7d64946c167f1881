"""Prices of usage: per unit, graduated, volume, package, percentage with fixed part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from billing.conventions import Conventions
from billing.errors import BeyondTiersError
from billing.money import WIDE, ZERO, rounded
from billing.parts import Part, Percent, Price, Quantity
from billing.proration import number

PACKAGES = {"up": "ceiling", "down": "floor", "nearest": "half_up"}


class Tier(Part):
    """A range of quantities and what a unit in it costs.

    ``up_to`` is its upper bound, none for the last; ``from`` may be given to be checked: it must be
    the bound of the tier before. ``percent`` takes the place of ``unit_price`` where the quantity
    is an amount of money; with ``package_size`` the unit price is that of a package.
    """

    from_: Quantity | None = Field(None, alias="from")
    up_to: Quantity | None = None
    unit_price: Price = ZERO
    flat_fee: Price = ZERO
    percent: Percent | None = None
    package_size: Annotated[Quantity, Field(gt=0)] | None = None


class PerUnit(Part):
    """So much for each unit, less the free ones."""

    model: Literal["per_unit"]
    price: Price
    free_units: Quantity = ZERO


class Package(Part):
    """So much for each package of so many units; how a started one counts is a convention."""

    model: Literal["package"]
    size: Annotated[Quantity, Field(gt=0)]
    price: Price
    free_units: Quantity = ZERO


class Percentage(Part):
    """A share of money moved, plus a fixed part of each transaction (usage record)."""

    model: Literal["percentage"]
    percent: Percent
    fixed: Price = Field(ZERO, description="Of each transaction.")
    free_transactions: int = Field(0, ge=0, description="Without the fixed part.")
    free_amount: Price = Field(ZERO, description="Of the money moved in the period.")
    minimum: Price | None = Field(None, description="Least fee of a transaction.")
    maximum: Price | None = Field(None, description="Largest fee of a transaction.")


class Tiered(Part):
    """Graduated: each tier's units at its own price. Volume: all units at the price of the tier
    that the quantity reaches."""

    model: Literal["graduated", "volume"]
    tiers: tuple[Tier, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def tiers_join(self) -> Self:
        """Refuse gaps and overlaps between tiers.

        Tiers may be given by lower bounds alone; then the next lower bound is the upper one.
        """
        bounds: list[Tier] = []
        for place, tier in enumerate(self.tiers):
            below = bounds[-1].up_to if bounds else ZERO
            upper = tier.up_to
            if upper is None and place + 1 < len(self.tiers):
                upper = self.tiers[place + 1].from_
            _joined(tier, place, below, upper, last=place + 1 == len(self.tiers))
            bounds.append(tier.model_copy(update={"from_": below, "up_to": upper}))
        object.__setattr__(self, "tiers", tuple(bounds))
        return self


def _joined(
    tier: Tier, place: int, below: Decimal | None, upper: Decimal | None, *, last: bool
) -> None:
    assert below is not None
    if tier.from_ is not None and tier.from_ != below:
        fault = "gap" if tier.from_ > below else "overlap"
        raise ValueError(
            f"tier {place + 1} begins at {tier.from_} but the one before ends at {below}: {fault}"
        )
    if upper is None and not last:
        raise ValueError(f"tier {place + 1} has no upper bound though more tiers follow")
    if upper is not None and upper <= below:
        raise ValueError(f"tier {place + 1} ends at {upper}, not above {below}: overlap")


Pricing = Annotated[PerUnit | Package | Percentage | Tiered, Field(discriminator="model")]


@dataclass(frozen=True, slots=True)
class Rated:
    """One part of a usage price: units of one tier, packages, a flat fee."""

    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    words: str


def total(parts: Sequence[Rated]) -> Decimal:
    """What the parts cost together, not rounded."""
    return sum((part.amount for part in parts), ZERO)


def rate(
    pricing: PerUnit | Package | Percentage | Tiered,
    quantity: Decimal,
    c: Conventions,
    records: Sequence[Decimal] = (),
) -> tuple[Rated, ...]:
    """What *quantity* costs, part by part; *records* are the single uses it is the sum of.

    Raises:
        BeyondTiersError: the last tier is bounded and the quantity larger.
    """
    match pricing:
        case PerUnit():
            units = max(quantity - pricing.free_units, ZERO)
            return (_units(units, pricing.price),)
        case Package():
            packages = started(max(quantity - pricing.free_units, ZERO), pricing.size, c)
            words = f"{counted(packages, 'package')} of {number(pricing.size)} at {pricing.price}"
            return (Rated(packages, pricing.price, packages * pricing.price, words),)
        case Percentage():
            return _percentage(pricing, quantity, records or ((quantity,) if quantity else ()))
        case Tiered(model="volume"):
            return _volume(pricing, quantity, c)
        case _:
            return _graduated(pricing, quantity, c)


def counted(count: Decimal, one: str) -> str:
    """So many of something, one or several."""
    return f"{number(count)} {one}{'' if count == 1 else 's'}"


def started(units: Decimal, size: Decimal, c: Conventions) -> Decimal:
    """How many packages *units* make."""
    exact = WIDE.divide(units, size)
    if c.package_rounding == "exact":
        return exact
    return rounded(exact, 0, PACKAGES[c.package_rounding])


def _units(units: Decimal, price: Decimal) -> Rated:
    amount = WIDE.multiply(units, price)
    return Rated(units, price, amount, f"{counted(units, 'unit')} at {price}")


def _percentage(
    pricing: Percentage, quantity: Decimal, records: Sequence[Decimal]
) -> tuple[Rated, ...]:
    share = pricing.percent / 100
    if pricing.minimum is not None or pricing.maximum is not None:
        fees = [_clamped(record * share + pricing.fixed, pricing) for record in records]
        words = f"{pricing.percent}% of each of {len(records)} transactions, within its limits"
        return (Rated(quantity, share, sum(fees, ZERO), words),)
    base = max(quantity - pricing.free_amount, ZERO)
    moved = Rated(base, share, base * share, f"{pricing.percent}% of {number(base)}")
    paid = Decimal(max(len(records) - pricing.free_transactions, 0))
    if not pricing.fixed or not paid:
        return (moved,)
    words = f"{counted(paid, 'transaction')} at {pricing.fixed}"
    return moved, Rated(paid, pricing.fixed, paid * pricing.fixed, words)


def _clamped(fee: Decimal, pricing: Percentage) -> Decimal:
    if pricing.minimum is not None:
        fee = max(fee, pricing.minimum)
    return fee if pricing.maximum is None else min(fee, pricing.maximum)


def _volume(pricing: Tiered, quantity: Decimal, c: Conventions) -> tuple[Rated, ...]:
    if not quantity:
        fee = pricing.tiers[0].flat_fee if c.tier_flat_fee_on_zero == "always" else ZERO
        return (Rated(ZERO, ZERO, fee, "no units" + (f", flat fee {fee}" if fee else "")),)
    return tuple(_in_tier(quantity, tier_of(pricing, quantity, c), c))


def tier_of(pricing: Tiered, quantity: Decimal, c: Conventions) -> Tier:
    """The tier that *quantity* reaches."""
    for tier in pricing.tiers:
        if tier.up_to is None or quantity < tier.up_to:
            return tier
        if quantity == tier.up_to and c.tier_upper_bound == "inclusive":
            return tier
    raise BeyondTiersError(quantity, pricing.tiers[-1].up_to)


def _graduated(pricing: Tiered, quantity: Decimal, c: Conventions) -> tuple[Rated, ...]:
    if not quantity:
        fee = ZERO if c.tier_flat_fee_on_zero == "never" else pricing.tiers[0].flat_fee
        return (Rated(ZERO, ZERO, fee, "no units" + (f", flat fee {fee}" if fee else "")),)
    reached = tier_of(pricing, quantity, c)
    parts: list[Rated] = []
    for tier in pricing.tiers:
        assert tier.from_ is not None
        upper = quantity if tier.up_to is None else min(quantity, tier.up_to)
        parts.extend(_in_tier(upper - tier.from_, tier, c))
        if tier is reached:
            break
    return tuple(parts)


def _in_tier(units: Decimal, tier: Tier, c: Conventions) -> list[Rated]:
    parts = []
    if tier.percent is not None:
        share = tier.percent / 100
        parts.append(Rated(units, share, units * share, f"{tier.percent}% of {number(units)}"))
    elif tier.package_size is not None:
        packages = started(units, tier.package_size, c)
        size = number(tier.package_size)
        words = f"{counted(packages, 'package')} of {size} at {tier.unit_price}"
        parts.append(Rated(packages, tier.unit_price, packages * tier.unit_price, words))
    elif units:
        parts.append(_units(units, tier.unit_price))
    if tier.flat_fee:
        parts.append(Rated(Decimal(1), tier.flat_fee, tier.flat_fee, f"flat fee {tier.flat_fee}"))
    return parts
