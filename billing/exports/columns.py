"""Which columns an export has, where titles alone do not settle it."""

from __future__ import annotations

from collections.abc import Iterable

from billing.exports.fields import ENTRY_FIELDS, HINTS, names_of
from billing.exports.grid import ABOVE, Grid
from billing.exports.words import currency_of
from billing.recognition import Question


def named_currency(
    doubts: Iterable[Question], samples: dict[str, list[str]]
) -> dict[str, str]:  # fmt: skip
    """The column of currencies that are told by their names."""
    titles = [doubt.column for doubt in doubts if doubt.key == "column:currency"]
    good = [title for title in titles if all(map(currency_of, samples[title]))]
    return {"currency": good[0]} if good else {}


def settled_columns(
    grid: Grid, columns: dict[str, str], samples: dict[str, list[str]], system: str
) -> dict[str, str]:
    """What titles alone cannot tell: an amount of rows that are no lines is the total, an account
    in a ledger's export is no customer."""
    found = dict(columns)
    if system in {"quickbooks", "netsuite"} and "account" in names_of(found.get("customer", "-")):
        found.pop("customer")
    lines = bool(HINTS & set(found))
    if "line_amount" in found and "total" not in found and not lines:
        found["total"] = found.pop("line_amount")
    if "number" not in found and "id" in found:
        found["number"] = found.pop("id")
    if "contract" in found and not samples.get(found["contract"]):
        found.pop("contract")
    if "customer" not in found and ABOVE in grid.places:
        found["customer"] = ABOVE
    if not lines and not grid.indexed:
        for key in ("line_tax", "line_discount", "line_number"):
            found.pop(key, None)
    return found


def of_entries(columns: dict[str, str]) -> dict[str, str]:
    """What of an invoice's columns an entry of a ledger has."""
    found = dict(columns)
    if "line_amount" in found and "total" not in found:
        found["total"] = found["line_amount"]
    if {"debit", "credit"} <= set(found):
        found = {key: title for key, title in found.items() if key not in ("total", "posted")}
    else:
        found = {key: title for key, title in found.items() if key not in ("debit", "credit")}
    return {key: title for key, title in found.items() if key in ENTRY_FIELDS}
