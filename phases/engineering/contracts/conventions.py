"""The billing conventions as they are shown and chosen: grouped, named, explained. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from billing.conventions import DEFAULT, Conventions

GROUPS: Mapping[str, tuple[str, ...]] = {
    "Dates": ("contract_end_meaning", "period_end_display", "time_zone"),
    "Parts of a period": (
        "proration_basis", "stub_denominator", "rest_days_denominator",
        "proration_factor_decimals", "first_stub", "last_stub", "scheduled_end_inside_period",
        "price_period_conversion",
    ),
    "Where periods begin": ("month_end_rule", "leap_day_rule", "first_anchor"),
    "Dates of invoices": (
        "invoice_date_advance", "invoice_date_arrears", "invoice_grace_days", "net_days_count",
        "zero_invoices",
    ),
    "Changes and credits": (
        "change_day_owner", "cancel_day_owner", "change_effect", "change_on_period_start",
        "change_invoiced", "credit_form", "credit_base", "credit_cap",
    ),
    "Rounding": (
        "rounding_mode", "rounding_place", "unit_price_decimals", "quantity_decimals",
        "quantity_rounding", "term_balance", "remainder_to", "currency_decimals",
        "three_decimals_end_in_zero",
    ),
    "Usage and commitments": (
        "tier_upper_bound", "tier_flat_fee_on_zero", "package_rounding", "usage_scope",
        "usage_proration", "included_units_prorated", "commitment_scope", "commitment_prorated",
        "commitment_reduced_by_trial", "commitment_counts", "commitment_counts_discounted",
        "true_up_rounding",
    ),
    "Discounts and tax": (
        "discount_timing", "discount_stacking", "discount_rounding", "discount_capped",
        "discount_on_proration", "tax_rounding", "tax_source",
    ),
    "Trials, co-terms, milestones": (
        "trial_shifts_anchor", "trial_zero_invoice", "coterm", "coterm_aligns_billing_day",
        "milestone_last",
    ),
    "Comparison": ("tolerance",),
}  # fmt: skip
"""Every convention under the heading where one looks for it."""

DIFFERS = {
    "contract_end_meaning": "An end of 31 Dec read as the first day without service loses a day: "
    "the commonest difference between a CRM and a billing tool.",
    "proration_basis": "20.00 a month from 21 Jan, 21:55: 6.51 by the second, 7.10 by the day, "
    "20.00 as a full period.",
    "stub_denominator": "14 days of 249.95: 116.64 (14 of 30) or 112.88 (14 of 31).",
    "rest_days_denominator": "A month and 14 days at 100: 146.67 over 30, 145.16 over 31.",
    "month_end_rule": "From 31 Jan: 28 Feb, then 31 Mar; with drift 28 Mar.",
    "change_day_owner": "If both bill the day of a change in a month of 31 days: 32/31 in all.",
    "credit_base": "A second change within days credits 8.02 × 24/25 as billed, or a share of the "
    "list price.",
    "credit_cap": "After an earlier credit of 10.00: 239.95 at most, else 241.89.",
    "rounding_mode": "74.985 becomes 74.99 half up, 74.98 half even.",
    "remainder_to": "100.00 in three parts: the third cent falls to the first or to the last.",
    "tax_rounding": "The same lines: tax 14.45 or 14.44, 36.64 or 36.67.",
    "tier_upper_bound": "Whether the unit at the bound is billed at this tier’s price or the "
    "next one’s.",
    "true_up_rounding": "8,235.61 from rounded terms, 8,235.62 from the exact difference.",
    "discount_stacking": "Twice 60% off 49.00: 7.84 one after the other; nothing is left if they "
    "are added.",
    "net_days_count": "Net 30 of 1 Mar: 31 Mar, or 30 Mar if the invoice’s own day counts.",
}
"""Where a choice shows: the same data, and what each choice makes of it (published cases)."""


TITLES = {"true_up_rounding": "True-up rounding", "coterm": "Co-term",
          "coterm_aligns_billing_day": "Co-term aligns billing day"}  # fmt: skip
WORDS = {"feb_28": "28 February", "mar_1": "1 March"}


@dataclass(frozen=True)
class ChoiceView:
    """A convention as it is shown. ``kind`` is choice, yes_no, number, text or map; ``options`` are
    values with their words."""

    name: str
    title: str
    text: str
    differs: str
    kind: str
    options: tuple[tuple[str, str], ...]
    value: str
    value_words: str
    default: str
    default_words: str

    @property
    def own(self) -> bool:
        """Whether it is not the default."""
        return self.value != self.default


def title_of(name: str) -> str:
    """A convention's name in plain words."""
    return TITLES.get(name, name.replace("_", " ").capitalize())


def grouped(conventions: Conventions) -> list[tuple[str, list[ChoiceView]]]:
    """Every convention under its heading."""
    return [(title, [view(name, conventions) for name in names]) for title, names in GROUPS.items()]


def views(names: Iterable[str], conventions: Conventions) -> list[ChoiceView]:
    """The conventions called *names*."""
    return [view(name, conventions) for name in names]


def view(name: str, conventions: Conventions) -> ChoiceView:
    """One convention as it is shown."""
    field = Conventions.model_fields[name]
    kind, options = kind_of(field.annotation)
    value, usual = getattr(conventions, name), getattr(DEFAULT, name)
    return ChoiceView(
        name, title_of(name), plain(field.description or ""), DIFFERS.get(name, ""), kind, options,
        written(value), words_of(value), written(usual), words_of(usual),
    )  # fmt: skip


def plain(text: str) -> str:
    """A description without the marks of code."""
    words = re.sub(r"\b[a-z]+(?:_[a-z0-9]+)+\b", lambda found: found[0].replace("_", " "), text)
    return words.replace("`", "").replace("null =", "empty =")


def kind_of(annotation: Any) -> tuple[str, tuple[tuple[str, str], ...]]:
    """How a convention is chosen, by its type."""
    if get_origin(annotation) is Literal:
        return "choice", tuple((value, words_of(value)) for value in get_args(annotation))
    if annotation is bool:
        return "yes_no", (("yes", "yes"), ("no", "no"))
    if get_origin(annotation) is dict:
        return "map", ()
    if annotation is str:
        return "text", ()
    return "number", ()


def written(value: Any) -> str:
    """A value as it stands in a form."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{code} {count}" for code, count in sorted(value.items()))
    return str(value)


def words_of(value: Any) -> str:
    """A value in words."""
    if value is None:
        return "not rounded"
    if isinstance(value, str) and "/" not in value and value != "UTC":
        return WORDS.get(value, value.replace("_", " "))
    return written(value) or "none"


def read(form: Mapping[str, str]) -> dict[str, Any]:
    """The choices typed; what is left empty is the default. Checked by the conventions."""
    found: dict[str, Any] = {}
    for name, field in Conventions.model_fields.items():
        if name in form:
            kind, _ = kind_of(field.annotation)
            value = _read(kind, form[name].strip())
            if value is not None:
                found[name] = value
    return found


def _read(kind: str, text: str) -> Any:
    if kind == "yes_no":
        return {"yes": True, "no": False}.get(text, text)
    if kind == "map":
        return _digits(text)
    return text or None


def _digits(text: str) -> Any:
    """``HUF 0, CLF 4`` as currencies with their decimals; the text itself where it is not so."""
    pairs = [part.split() for part in text.split(",") if part.strip()]
    if not all(len(pair) == 2 and pair[1].isdecimal() for pair in pairs):
        return text
    return {code.upper(): int(count) for code, count in pairs}
