"""The choices on which real billing systems differ, each named, with its default (billing.md, 3).

A convention belongs to an engagement, a contract or a line; the narrower wins. What a choice means
is told in its description, which the published schema carries too.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def known_zone(name: str) -> str:
    """*name*, if there is such a time zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"there is no time zone '{name}'; write it like Europe/Paris") from error
    return name


Zone = Annotated[str, AfterValidator(known_zone)]
Basis = Literal[
    "actual_days",
    "calendar_month_days",
    "actual_over_30",
    "thirty_360",
    "strict_30_360",
    "days_over_365",
    "seconds",
    "seconds_less_one",
    "whole_periods_and_days",
    "whole_months_up",
    "none",
]
Rounding = Literal["half_up", "half_even", "half_down", "up", "down", "ceiling", "floor"]


def choice(default: object, description: str) -> Any:
    """A field with its default and what it decides."""
    return Field(default=default, description=description)


class Conventions(BaseModel):
    """How amounts and dates are computed where systems differ. Every field has a default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # dates
    contract_end_meaning: Literal["inclusive", "exclusive"] = choice(
        "inclusive",
        "How every `end` and `until` date of the terms is read: inclusive = the last day of service"
        " (as CRM systems write it), exclusive = the first day without service (as engines do).",
    )
    period_end_display: Literal["inclusive", "exclusive", "last_second"] = choice(
        "inclusive",
        "How the end of a period is shown: its last day, the first day after it, or its last"
        " second (23:59:59).",
    )
    time_zone: Zone = choice(
        "UTC", "The zone in which an instant (date and time) becomes a local date."
    )

    # proration
    proration_basis: Basis = choice(
        "actual_days",
        "What a part of a period costs. actual_days: days / days of the full period;"
        " calendar_month_days: days / days of the calendar month in which the part begins, per"
        " month of the period; actual_over_30: actual days / 30 per month; thirty_360: 30/360 days"
        " (the 31st counts as the 30th) / 30 per month; strict_30_360: the same, and the last day"
        " of any month counts as the 30th; days_over_365: days / 365 of a year's price; seconds:"
        " seconds / seconds of the full period, as they pass; seconds_less_one: both ends shortened"
        " by one second; whole_periods_and_days: whole periods from the start, the rest in days"
        " over the days of the next period; whole_months_up: started months count whole; none: any"
        " part costs the full price.",
    )
    stub_denominator: Literal["cycle_around", "cycle_from_stub", "plan_period"] = choice(
        "cycle_around",
        "Which full period a first, cut off part is measured against: the cycle around it (ending"
        " at the first anchor; a last part: starting at the last anchor), the cycle that would"
        " start where the part starts, or the nominal plan period (7, 30, 91, 182, 365 days), which"
        " then also measures last parts and what a change leaves.",
    )
    rest_days_denominator: Literal["next_period", "calendar_month", "year_over_12", "thirty"] = (
        choice(
            "next_period",
            "With whole_periods_and_days, what the days left are divided by: the days of the"
            " period that would follow, those of the calendar month in which they begin, 365 / 12,"
            " or 30 (the last three: per month of the period).",
        )
    )
    proration_factor_decimals: int | None = Field(
        default=None,
        ge=0,
        le=15,
        description="Decimals to which the share of a period is rounded before it is multiplied"
        " with the price; null = exact.",
    )
    first_stub: Literal["prorate", "full", "free", "merge"] = choice(
        "prorate",
        "What happens to a first part before the first anchor: prorated, billed in full, free, or"
        " merged into the next period.",
    )
    last_stub: Literal["prorate", "full", "free", "merge"] = choice(
        "prorate",
        "What happens to a last part after the last anchor: prorated, billed in full, free, or"
        " merged into the period before.",
    )
    scheduled_end_inside_period: Literal["prorate", "full_period"] = choice(
        "prorate",
        "Whether a contract end inside a period shortens that period (prorate, see last_stub) or"
        " the whole period is billed and shown (full_period).",
    )
    price_period_conversion: Literal["even", "nominal_days", "actual_days"] = choice(
        "even",
        "How a price per year (`price_per`) becomes the price of another billing period: even ="
        " equal parts (a month is 1/12, the parts of one price period add up to it); nominal_days ="
        " days of the billed part / nominal days of the price period (365, 182, 91, 30, 7);"
        " actual_days = days of the billed part / days of the price period.",
    )

    # anchors
    month_end_rule: Literal["keep_day", "keep_distance", "drift", "last_day"] = choice(
        "keep_day",
        "Where a period begins in months that lack the anchor day. keep_day: on the last day, back"
        " to the anchor day afterwards (31 Jan, 28 Feb, 31 Mar); keep_distance: an anchor in the"
        " last three days of its month keeps its distance to the month end; drift: the clamped day"
        " stays (31 Jan, 28 Feb, 28 Mar); last_day: always the last day of the month.",
    )
    leap_day_rule: Literal["feb_28", "mar_1"] = choice(
        "feb_28", "Where a 29 February anchor falls in common years."
    )
    first_anchor: Literal["next_day", "cycle_before"] = choice(
        "next_day",
        "Where cycles longer than a month begin when only a day of month is given. next_day: at its"
        " first occurrence on or after the start, with a short first part before; cycle_before: at"
        " its last occurrence on or before the start, so that the first part is most of a cycle.",
    )

    # invoices
    invoice_date_advance: Literal["period_start", "period_end", "day_after_period_end"] = choice(
        "period_start", "Issue date of what is billed in advance."
    )
    invoice_date_arrears: Literal["period_end", "day_after_period_end"] = choice(
        "day_after_period_end",
        "Issue date of what is billed in arrears: last day of the period, or the day after it.",
    )
    invoice_grace_days: int = Field(
        default=0, ge=0, le=366, description="Days added to every issue date."
    )
    net_days_count: Literal["after_invoice_date", "including_invoice_date"] = choice(
        "after_invoice_date",
        "Whether the invoice date is day 0 (1 Mar net 30 = 31 Mar) or day 1 (= 30 Mar).",
    )

    zero_invoices: Literal["issue", "skip"] = choice(
        "issue", "Whether an invoice whose total is zero is issued."
    )

    # changes
    change_day_owner: Literal["new", "old", "both"] = choice(
        "new", "Who bills the day of a change: the new terms, the old terms, or both."
    )
    cancel_day_owner: Literal["not_billed", "billed"] = choice(
        "not_billed", "Whether the day of a cancellation or removal is still billed."
    )
    change_effect: Literal["immediate_prorated", "immediate_unprorated", "next_period"] = choice(
        "immediate_prorated",
        "When an amendment takes effect: on its date with credit and charge prorated; on its date,"
        " the running period at the full new price and the old one not credited; or at the start of"
        " the next period.",
    )
    change_on_period_start: Literal["replace", "reverse"] = choice(
        "replace",
        "A change on the very day a period begins: replace = that period is billed at the new terms"
        " only; reverse = it was billed already, is credited in full and billed again.",
    )
    change_invoiced: Literal["at_once", "next_period"] = choice(
        "at_once",
        "When what a change credits and charges is invoiced (in arrears: the part before it): on"
        " the day of the change, or with the line's next period.",
    )
    credit_form: Literal[
        "negative_line", "credit_note", "account_balance", "net_in_new_line", "none"
    ] = choice(
        "negative_line",
        "How unused time that was billed comes back: a negative line on the invoice, a credit note"
        " of its own, on the customer's balance used up by later invoices, deducted within the new"
        " line, or not at all.",
    )
    credit_base: Literal["billed", "list", "paid"] = choice(
        "billed",
        "What a credit is a share of: the amount billed for that period, the list price of the"
        " full period, or the amount paid.",
    )
    credit_cap: bool = choice(
        True, "Whether credits never exceed what is left of the billed (or paid) amount."
    )

    # rounding
    rounding_mode: Rounding = choice(
        "half_up", "How amounts are rounded (half_up = half away from zero)."
    )
    rounding_place: Literal["line", "invoice"] = choice(
        "line", "Where amounts are rounded to the currency's digits: each line, or the totals only."
    )
    unit_price_decimals: int | None = Field(
        default=None,
        ge=0,
        le=12,
        description="Decimals to which the prorated unit price is rounded before it is multiplied"
        " with the quantity; null = not rounded.",
    )
    quantity_decimals: int | None = Field(
        default=None,
        ge=0,
        le=12,
        description="Decimals to which a prorated quantity is rounded; null = not rounded.",
    )
    quantity_rounding: Rounding = choice("ceiling", "How a prorated quantity is rounded.")
    term_balance: Literal["whole", "none"] = choice(
        "whole",
        "Whether the parts of a line as signed whose term is a whole number of price periods add"
        " up to the contracted amount exactly (the part that remainder_to names takes the"
        " difference that cut off periods and rounding leave), or each part stands alone.",
    )
    remainder_to: Literal["first", "last", "largest", "leave"] = choice(
        "last",
        "Which part takes the minor units left over when an amount is split: the first, the last,"
        " those with the largest remainders (ties to the earlier), or nobody.",
    )
    currency_decimals: dict[str, int] = Field(
        default={},
        description="Decimals of a currency where they differ from the ISO table,"
        ' such as {"HUF": 0}.',
    )
    three_decimals_end_in_zero: bool = choice(
        False, "Whether amounts in currencies of three digits end in 0 (KWD 5.124 becomes 5.120)."
    )

    # usage and commitments
    tier_upper_bound: Literal["inclusive", "exclusive"] = choice(
        "inclusive", "Whether a quantity equal to a tier's upper bound belongs to that tier."
    )
    tier_flat_fee_on_zero: Literal["graduated", "always", "never"] = choice(
        "graduated", "Which pricing charges the first tier's flat fee when nothing was used."
    )
    package_rounding: Literal["up", "down", "nearest", "exact"] = choice(
        "up", "How a started package counts, after the free units."
    )
    usage_scope: Literal["per_period", "per_record", "cumulative_term"] = choice(
        "per_period",
        "What is priced at once: the sum of a period, each record, or the quantity since the start"
        " of the term less what was billed before.",
    )
    usage_proration: Literal["none", "units", "units_from_record", "amount"] = choice(
        "none",
        "What happens to usage in a cut off period: nothing, the units are prorated"
        " (see quantity_decimals), each record's units are prorated from its day to the period's"
        " end (also in full periods), or the amount is prorated.",
    )
    included_units_prorated: bool = choice(
        True, "Whether included units shrink with a cut off period."
    )
    commitment_scope: Literal["per_period", "cumulative_term"] = choice(
        "per_period", "Whether a minimum commitment is settled each period or at the term's end."
    )
    commitment_prorated: bool = choice(True, "Whether a commitment shrinks with a cut off period.")
    commitment_reduced_by_trial: bool = choice(
        False, "Whether a trial counts as a cut off part for the commitment."
    )
    commitment_counts: Literal["usage_and_fees", "usage_only"] = choice(
        "usage_and_fees", "Which lines of the period count towards a contract's commitment."
    )
    commitment_counts_discounted: bool = choice(
        False, "Whether amounts count towards a commitment after (true) or before discounts."
    )
    true_up_rounding: Literal["terms", "difference"] = choice(
        "terms",
        "terms: commitment and fees are rounded, then subtracted; difference: subtracted exactly,"
        " then rounded.",
    )

    # discounts and tax
    discount_timing: Literal["before_tax", "after_tax"] = choice(
        "before_tax", "Whether a discount lowers the taxed amount."
    )
    discount_stacking: Literal["sequential", "additive"] = choice(
        "sequential", "Each on what the former left, or all on the original amount."
    )
    discount_rounding: Literal["line", "exact"] = choice(
        "line",
        "Whether each line's share of a discount is rounded (the shares add up to it), or kept"
        " exact until the invoice total.",
    )
    discount_capped: bool = choice(True, "Whether a discount never makes a line negative.")
    discount_on_proration: bool = choice(
        True, "Whether prorated lines of a change (credit and charge) carry the discount."
    )
    tax_rounding: Literal["per_line", "per_rate", "per_invoice"] = choice(
        "per_line",
        "Where tax is rounded: on each line and tax, on the total of each tax, or once per invoice"
        " (the sum of unrounded taxes).",
    )
    tax_source: Literal["line", "contract"] = choice(
        "line", "Which taxes win where both the line and the contract name some."
    )

    # trials, co-terms, milestones
    trial_shifts_anchor: bool = choice(
        True, "Whether the trial's end becomes the anchor of a line anchored to the contract day."
    )
    trial_zero_invoice: bool = choice(
        False, "Whether a trial or free period shows as a line of zero."
    )
    coterm: Literal["end_with_base", "own_term", "extend_base"] = choice(
        "end_with_base",
        "When an added line ends: with the contract, after its own term, or the contract is"
        " extended to the added line's end.",
    )
    coterm_aligns_billing_day: bool = choice(
        True, "Whether an added line is billed on the contract's billing day."
    )
    milestone_last: Literal["takes_balance", "own"] = choice(
        "takes_balance", "Whether the last milestone takes the balance whatever its own rule says."
    )

    # comparison
    tolerance: Annotated[Decimal, Field(ge=0)] = choice(
        Decimal(0), "Largest difference of an invoice total that still counts as within tolerance."
    )


DEFAULT = Conventions()


def merged(base: Conventions, own: Mapping[str, Any]) -> Conventions:
    """*base* with the choices of *own* on top."""
    return Conventions.model_validate({**base.model_dump(), **own}) if own else base
