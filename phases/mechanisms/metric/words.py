"""Periods, values and differences in words. Pure."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache

from babel.numbers import get_currency_precision, get_territory_currencies, list_currencies

from phases.mechanisms.metric.compare import Difference
from phases.mechanisms.metric.judge import step

UNITS = {
    "hours": ("hour", "hours"), "days": ("day", "days"), "minutes": ("minute", "minutes"),
    "count": ("", ""), "money": ("", ""),
}  # fmt: skip
ASKED = {
    "hours": "Hours", "days": "Days", "minutes": "Minutes", "count": "How many", "money": "Amount",
}  # fmt: skip
"""What the field of a value is called."""


@lru_cache(maxsize=4096)
def period_words(period: str, first: date) -> str:
    """A period in words: ``16–22 Nov 2026``, ``Nov 2026``, ``Q4 2026``, ``16 Nov 2026``."""
    if period == "quarter":
        return f"Q{(first.month + 2) // 3} {first.year}"
    if period == "month":
        return f"{first:%b %Y}"
    if period == "day":
        return f"{first.day} {first:%b %Y}"
    last = step("day", first, 6)
    start = str(first.day) if first.month == last.month else f"{first.day} {first:%b}"
    if first.year != last.year:
        start = f"{first.day} {first:%b %Y}"
    return f"{start}–{last.day} {last:%b %Y}"


def period_short(period: str, first: date) -> str:
    """A period as the label of a chart: ``16 Nov``, ``Nov 26``, ``Q4 26``."""
    if period == "quarter":
        return f"Q{(first.month + 2) // 3} {first:%y}"
    return f"{first:%b %y}" if period == "month" else f"{first.day} {first:%b}"


def currency_in(said: str, country: str) -> str:
    """The currency that *said* names by its code, else that of *country*; empty if neither does."""
    named = re.findall(r"[A-Z]{3}", said.upper()) if len(said) < 80 else []
    known = [code for code in named if code in list_currencies()]
    return known[0] if known else next(iter(get_territory_currencies(country[:2].upper())), "")


def money_words(value: Decimal, currency: str) -> str:
    """An amount with its currency, by the decimals that are usual in it: ``USD 1,204.00``."""
    decimals = get_currency_precision(currency) if currency else 2
    return f"{currency} {value:,.{decimals}f}".strip()


def value_words(unit: str, value: Decimal | None, currency: str = "") -> str:
    """A value with its unit: ``98.5%``, ``1 hour``, ``3``, ``USD 1,204.00``."""
    if value is None:
        return "Nothing to measure"
    if unit == "money":
        return money_words(value, currency)
    number = plain(value.quantize(Decimal("0.01"), rounding="ROUND_DOWN"))
    if unit == "percent":
        return f"{number}%"
    one, many = UNITS[unit]
    return f"{number} {one if value == 1 else many}".strip()


def plain(value: Decimal) -> str:
    """A number without trailing zeros."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def amount(unit: str, value: float) -> str:
    """A size of a difference, with its unit: ``6.1 points``, ``2 days``."""
    number = plain(Decimal(f"{abs(value):.2f}"))
    many = "points" if unit == "percent" else UNITS[unit][number != "1"]
    return f"{number} {many}".strip()


def difference_words(unit: str, better: str | None, found: Difference) -> str:
    """How much higher or lower the first is, and whether that is better: ``6.1 points lower``."""
    if not round(found.value, 2):
        return "No difference"
    way = "higher" if found.value > 0 else "lower"
    judged = "" if better is None else ", which is better" if way == better else ", which is worse"
    return f"{amount(unit, found.value)} {way}{judged}"


def chance_words(unit: str, found: Difference) -> str:
    """Whether the difference could be chance, in a sentence."""
    if found.interval is None:
        return (
            "Whether it could be chance cannot be told: that needs the number of cases behind "
            "every figure and, for means, their spread."
        )
    low, high = (f"{'−' if end < 0 else ''}{amount('count', end)}" for end in found.interval)
    unit_words = amount(unit, 2).partition(" ")[2]
    between = f"the 95% interval, {low} to {high}{' ' + unit_words if unit_words else ''},"
    if found.may_be_chance:
        return f"It could be chance: {between} holds zero."
    side = "above" if found.value > 0 else "below"
    return f"Chance alone would hardly do that: {between} lies {side} zero."
