"""What words in exports of contracts stand for: frequencies, payment terms, kinds, states."""

from __future__ import annotations

import re
from typing import Any

FREQUENCIES = {
    word: name
    for name, words in {
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
NOT_BILLED = re.compile(
    r"^(draft|in approval( process)?|closed ?lost|lost|cancell?ed|void(ed)?|declined|rejected|"
    r"incomplete( expired)?|deleted|entwurf|storniert|prospect.*|open|qualif.*|appointment.*|"
    r"presentation.*|negotiat.*|proposal.*|decisionmaker.*)$",
    re.IGNORECASE,
)


def frequency_of(text: str) -> str:
    """The frequency that *text* names; ``every_24`` for so many months; empty if none is known."""
    return FREQUENCIES.get(" ".join(text.casefold().split()), "")


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


def timing_of(text: str) -> str:
    """``advance`` or ``arrears``; empty if it says neither."""
    word = text.casefold()
    if re.search(r"arrear|postpaid|nachschüssig|end of period|in arrears", word):
        return "arrears"
    if re.search(r"advance|prepaid|upfront|vorschüssig|^yes$|^true$|beginning", word):
        return "advance"
    return ""
