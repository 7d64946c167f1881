"""Tiers as exports carry them: a row for each, columns that are numbered, or lists in one cell."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

from billing.agreements.fields import TELLING, TIERED
from billing.agreements.row import Row, Unfit, written
from billing.money import ZERO

ONE = Decimal(1)
ENDLESS = re.compile(
    r"^(|inf(inity|inite)?|∞|unlimited|max|and (above|more|up)|above|no limit|unbegrenzt|\+)$",
    re.IGNORECASE,
)
FIXED = re.compile(r"fixed|flat", re.IGNORECASE)


class Raw(NamedTuple):
    """A tier as it is written. ``above`` where its lower bound is the last unit before it."""

    line: int
    lower: Decimal | None
    upper: Decimal | None
    price: Decimal | None
    flat: Decimal | None
    above: bool


def has_tiers(row: Row) -> bool:
    """Whether the row tells a tier."""
    texts, more = row.texts, row.more
    return any(texts.get(key) or (key in more and any(more[key])) for key in TELLING)


def tiers_of(row: Row, item: str = "") -> list[Raw]:
    """The tiers that the row tells of the line *item*."""
    if row.text("tier_ranges"):
        return list(_listed(row))
    found = []
    for place in range(max((len(row.all(key)) for key in TIERED), default=0)):
        cells = {key: row.all(key)[place] for key in TIERED if place < len(row.all(key))}
        owner = cells.pop("tier_item", "")
        if any(cells.values()) and (not owner or not item or owner == item):
            found.append(_tier(row, cells))
    return found


def _tier(row: Row, cells: dict[str, str]) -> Raw:
    above = row.number("tier_above", cells.get("tier_above", ""))
    lower = row.number("tier_from", cells.get("tier_from", "")) if above is None else above
    text = cells.get("tier_up_to", "")
    upper = None if ENDLESS.match(text) else row.number("tier_up_to", text)
    price = row.money("tier_price", cells.get("tier_price", ""))
    flat = row.money("tier_flat", cells.get("tier_flat", ""))
    if FIXED.search(cells.get("tier_option", "")):
        if flat is not None:
            raise Unfit("tier_option", "the tier has a flat fee, and its price is one too")
        price, flat = None, price
    if price is None and flat is None:
        raise Unfit("tier_price", "the tier has no price")
    return Raw(row.line, lower, upper, price, flat, above is not None)


def _listed(row: Row) -> Iterator[Raw]:
    """HubSpot's lists: the prices name their ranges by place, from 0."""
    ranges, prices = (_list(row, key) for key in ("tier_ranges", "tier_prices"))
    by_place = {str(one.get("index", place)): one for place, one in enumerate(prices)}
    for place, one in enumerate(ranges):
        price = by_place.get(str(place), {}).get("price")
        if price is None:
            raise Unfit("tier_prices", f"the tier from {one.get('start')} has no price")
        ends = [row.number("tier_ranges", str(one.get(key) or "")) for key in ("start", "end")]
        yield Raw(row.line, ends[0] or ZERO, ends[1], row.money("tier_prices", str(price)), None,
                  above=False)  # fmt: skip


def _list(row: Row, key: str) -> list[dict[str, Any]]:
    try:
        found = json.loads(row.text(key) or "[]", parse_float=Decimal)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list) or not found or not all(isinstance(o, dict) for o in found):
        raise Unfit(key, f"“{row.text(key)[:40]}” is no list of tiers")
    return found


def joined(tiers: Sequence[Raw], *, exclusive: bool, flat: bool) -> list[dict[str, str]]:
    """*tiers* as terms have them, in order, each up to the bound of the next.

    With *exclusive* an upper bound is the first unit of the next tier; with *flat* a tier's price
    is that of the whole quantity.

    Raises:
        Unfit: they leave a gap, overlap, or begin too late.
    """
    ordered = sorted(tiers, key=lambda tier: (tier.lower if tier.lower is not None
                                              else tier.upper or Decimal("Infinity")))  # fmt: skip
    first = ordered[0].lower
    if first is not None and first > ONE:
        what = f"the first tier begins at {written(first)}; nothing says what fewer units cost"
        raise Unfit("tier_from", what)
    last = ordered[-1].upper
    if last is not None and exclusive and first == ONE:
        last -= ONE
    ends = [*(_end(one, other, exclusive=exclusive) for one, other in pairwise(ordered)), last]
    return [_terms(tier, end, flat=flat) for tier, end in zip(ordered, ends, strict=True)]


def _end(one: Raw, other: Raw, *, exclusive: bool) -> Decimal:
    """The last unit of a tier that *other* follows."""
    upper, lower = one.upper, other.lower
    if lower is None:
        if upper is None or (other.upper is not None and other.upper <= upper):
            raise Unfit("tier_up_to", "two tiers have no end, or the same one")
        return upper
    if upper is None:
        return lower if other.above or one.lower == ZERO else lower - 1
    if upper == lower:
        if exclusive and one.lower is not None:
            return upper - 1 if _whole_units(one) else upper
        if one.lower == ONE:
            what = f"the tiers overlap: {written(upper)} units belong to two of them"
            raise Unfit("tier_from", what)
        return upper
    if upper + 1 == lower or (0 < lower - upper < 1):
        return upper
    word = "overlap" if lower < upper else "leave a gap"
    what = f"the tiers {word}: one ends at {written(upper)}, the next begins at {written(lower)}"
    raise Unfit("tier_from", what)


def _whole_units(tier: Raw) -> bool:
    """Whether tiers are counted from the first unit on, so that bounds are units."""
    return tier.lower is not None and tier.lower >= ONE


def _terms(tier: Raw, end: Decimal | None, *, flat: bool) -> dict[str, str]:
    price, fee = (None, tier.price or tier.flat) if flat else (tier.price, tier.flat)
    told = {"up_to": end, "unit_price": price, "flat_fee": fee}
    return {key: written(value) for key, value in told.items() if value is not None}
