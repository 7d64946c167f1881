"""What words in exports of contracts stand for: frequencies, payment terms, kinds, states."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

WORDS = 4096
"""So many words are known again."""

FREQUENCIES = {
    word: name
    for name, words in {
        "daily": "daily|day|every day|täglich",
        "weekly": "weekly|week|w|every week|wöchentlich",
        "monthly": "monthly|month|m|every month|1 month|monatlich|per month|mensuel",
        "quarterly": "quarterly|quarter|q|every quarter|3 months|every 3 months|quartalsweise"
        "|vierteljährlich|per quarter",
        "half_yearly": "half-yearly|half yearly|semiannual|semi-annual|semiannually|semi-annually"
        "|6 months|every 6 months|per_six_months|per six months|halbjährlich|biannual",
        "yearly": "yearly|year|y|annual|annually|every year|12 months|per year|jährlich",
        "every_24": "per_two_years|every two years|2 years|24 months|biennial",
        "every_36": "per_three_years|every three years|3 years|36 months",
        "every_48": "per_four_years|4 years|48 months",
        "every_60": "per_five_years|5 years|60 months",
        "one_off": "one-time|one time|onetime|once|one-off|one off|einmalig|upfront|prepaid",
    }.items()
    for word in words.split("|")
}  # fmt: skip

NET = re.compile(r"^(?:net|netto|n)?[\s/-]*(\d{1,3})(?:\s*(?:days?|d|tage))?$", re.IGNORECASE)
MONTH_END = re.compile(r"^(?:net|n)?[\s/-]*(\d{1,3})?[\s,/-]*(?:days?\s*)?(?:eom|end of month)$",
                       re.IGNORECASE)  # fmt: skip
ON_RECEIPT = re.compile(
    r"^(due (up)?on receipt|on receipt|immediate(ly)?|due immediately|sofort|cod|prepaid)$",
    re.IGNORECASE,
)
ONE_OFF = re.compile(r"one[ -]?(time|off)|set[ -]?up|non[ -]?recurring|einmal", re.IGNORECASE)
USAGE = re.compile(r"usage|metered|consumption|verbrauch", re.IGNORECASE)
MODELS = {
    "stairstep": r"stair|tiered flat|flat tier",
    "graduated": r"graduated|\bslab|tiered|progressive|staffel",
    "volume": r"volume|\brange\b|all units|mengen",
    "percentage": r"percent|%|ad valorem",
    "package": r"package|bundle|paket|\bblock\b",
    "": r"per[ _-]?unit|^unit$|standard|\blist\b|licen[sc]ed|\bflat\b|fixed|linear|recurring|usage"
    r"|metered|one[ _-]?time|^ramp$",
}
"""Pricing models and the words for them; the last is a price for each unit."""
LICENSED = re.compile(r"licen[sc]ed", re.IGNORECASE)
MANY = re.compile(
    r"^(?:every |per |alle )?(\d{1,4})[ -]?(day|week|month|quarter|year|tag|woche|monat|jahr)"
    r"(?:s|e|en|n|ly)?$",
    re.IGNORECASE,
)
LENGTHS = {
    "weekly": ("weeks", 1), "monthly": ("months", 1), "quarterly": ("months", 3),
    "half_yearly": ("months", 6), "yearly": ("months", 12), "daily": ("days", 1),
}  # fmt: skip
UNITS = {
    "day": "daily", "tag": "daily", "week": "weekly", "woche": "weekly", "month": "monthly",
    "monat": "monthly", "quarter": "quarterly", "year": "yearly", "jahr": "yearly",
}  # fmt: skip
NAMES = {length: name for name, length in LENGTHS.items() if name != "daily"}
NOT_BILLED = re.compile(
    r"^(draft|in approval( process)?|closed ?lost|lost|cancell?ed|void(ed)?|declined|rejected|"
    r"incomplete( expired)?|deleted|entwurf|storniert|prospect.*|open|qualif.*|appointment.*|"
    r"presentation.*|negotiat.*|proposal.*|decisionmaker.*)$",
    re.IGNORECASE,
)


@lru_cache(maxsize=WORDS)
def frequency_of(text: str) -> str:
    """The frequency that *text* names; ``every_24`` for so many months, ``weeks_2`` for so many
    weeks or days; empty if none is known."""
    word = " ".join(text.casefold().split())
    if found := MANY.match(word):
        return times(UNITS[found[2].casefold()], int(found[1]))
    return FREQUENCIES.get(word, "")


def times(often: str, count: int) -> str:
    """*count* periods of the frequency *often* as one; empty if that is none."""
    unit, length = ("months", int(often[6:])) if often.startswith("every_") else LENGTHS[often]
    whole = unit, length * count
    if whole in NAMES:
        return NAMES[whole]
    return "" if not count else f"{'every' if unit == 'months' else unit}_{length * count}"


def period_of(often: str) -> dict[str, Any]:
    """A frequency as terms have it."""
    if often in {"weekly", "monthly", "quarterly", "half_yearly", "yearly"}:
        return {"frequency": often}
    unit, _, count = ("days_1" if often == "daily" else often).partition("_")
    length = {"months" if unit == "every" else unit: int(count)}
    return {"frequency": "custom", "every": length}


@lru_cache(maxsize=WORDS)
def model_of(text: str) -> str | None:
    """The pricing model that *text* names, empty for a price of each unit; none if unknown."""
    for model, words in MODELS.items():
        if re.search(words, text, re.IGNORECASE):
            return model
    return None


def payment_of(text: str) -> dict[str, Any] | None:
    """The payment terms that *text* names; none if nobody can know."""
    word = text.strip()
    if ON_RECEIPT.match(word):
        return {"kind": "on_receipt"}
    if found := MONTH_END.match(word):
        return {"kind": "end_of_month", "days": int(found[1] or 0)}
    if found := NET.match(word):
        days = int(found[1])
        return {"kind": "net", "days": days} if days <= 730 else None
    return None


@lru_cache(maxsize=WORDS)
def timing_of(text: str) -> str:
    """``advance`` or ``arrears``; empty if it says neither."""
    word = text.casefold()
    if re.search(r"arrear|postpaid|nachschüssig|end of period|in arrears", word):
        return "arrears"
    if re.search(r"advance|prepaid|upfront|vorschüssig|^yes$|^true$|beginning", word):
        return "advance"
    return ""
