"""The forms of a contract's parts: its head, a line of each kind, an amendment, its JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields import FieldList
from wtforms.validators import Length, Optional
from wtforms.widgets import HiddenInput

from phases.core.choices import pairs
from phases.engineering.contracts.rows import (
    DiscountRow,
    FreeRow,
    MilestoneRow,
    PaymentRow,
    StepRow,
    TaxRow,
    TierRow,
    amount,
    count,
    day,
    entries,
    rows,
    with_blanks,
    words,
)
from phases.engineering.contracts.services import LONGEST_WHY

FREQUENCIES = [
    ("weekly", "Weekly"), ("monthly", "Monthly"), ("quarterly", "Quarterly"),
    ("half_yearly", "Half-yearly"), ("yearly", "Yearly"),
    ("custom", "Every so many months"),
]  # fmt: skip
SAME = ("", "As the billing period")
ANCHORS = [
    ("contract", "On the day the line begins"),
    ("calendar", "With calendar months, quarters or years"),
    ("day", "On a fixed day"),
    ("date", "In step with a date"),
]
PAYMENT = [
    ("net", "Days after the invoice date"),
    ("on_receipt", "On receipt"),
    ("end_of_month", "Days after the end of the invoice’s month"),
    ("net_then_month_end", "Days after the invoice, then to the end of that month"),
    ("day_of_month", "On a day of the month"),
    ("parts", "In several parts (below)"),
]
MODELS = [
    ("per_unit", "Per unit"), ("graduated", "Graduated: each tier’s units at its own price"),
    ("volume", "Volume: all units at the price of the tier reached"),
    ("package", "Packages of so many units"),
    ("percentage", "Percentage of money moved, with a fixed part"),
]  # fmt: skip
TAXED = [("", "As the contract"), ("own", "Its own, below"), ("none", "Not taxed")]
AMENDMENTS = [
    ("change", "Change of a line"), ("upgrade", "Upgrade of a line"),
    ("downgrade", "Downgrade of a line"), ("add", "New line"),
    ("coterm", "New line that ends and bills with the contract"),
    ("remove", "Removal of a line"), ("cancel", "Cancellation of the contract"),
    ("extend", "Extension to another end"), ("pause", "Pause"),
]  # fmt: skip
AS_USUAL = ("", "As the conventions say")
EFFECTS = [
    AS_USUAL, ("immediate_prorated", "On its date, prorated"),
    ("immediate_unprorated", "On its date, not prorated"), ("next_period", "At the next period"),
]  # fmt: skip
CREDITS = [
    AS_USUAL, ("negative_line", "Negative line on the invoice"),
    ("credit_note", "Credit note"), ("account_balance", "On the customer’s balance"),
    ("net_in_new_line", "Deducted within the new line"), ("none", "Not given back"),
]  # fmt: skip

RAMP = "Ramp: another price, quantity or amount for some periods"

Groups = Sequence[tuple[str, tuple[str, ...]]]


class PartForm(FlaskForm):
    """A part of a contract's terms. ``GROUPS`` are its fields under their headings."""

    GROUPS: Groups = ()
    FOLDED: frozenset[str] = frozenset(
        ["Payment in several parts", "Discounts on the whole contract", "Term of the line", RAMP,
         "Trial and free periods", "Discounts and tax of the line", "Least and largest amounts",
         "The new line", "Extension or pause", "How it is billed"]
    )  # fmt: skip
    """Groups that are shut until something is typed in them."""
    version = IntegerField(widget=HiddenInput(), validators=[Optional()])
    why = StringField(
        "Why this version", [Length(max=LONGEST_WHY)], render_kw={"maxlength": LONGEST_WHY},
        description="For example: as signed, upgrade, correction.",
    )  # fmt: skip

    def says(self, names: Sequence[str]) -> bool:
        """Whether something is typed, or wrong, in the fields *names*."""
        return any(
            field.errors or (any(row.said for row in entries(field))
                             if isinstance(field, FieldList)
                             else field.data not in (None, "", False, field.default))
            for field in (self[name] for name in names)
        )  # fmt: skip

    def room(self) -> None:
        """Have empty lines in every table."""
        for field in self:
            if isinstance(field, FieldList):
                with_blanks(field)


class HeadForm(PartForm):
    """What the whole contract has."""

    GROUPS = (
        ("Contract", ("number", "customer", "currency")),
        ("Term", ("start", "end", "months")),
        ("Payment", ("payment_kind", "payment_days", "payment_day")),
        ("Payment in several parts", ("payment_parts",)),
        ("Tax", ("taxes", "inclusive")),
        ("Discounts on the whole contract", ("discounts",)),
    )
    number = words("Number", "As the CRM has it; no two contracts share one.", 80)
    customer = words("Customer", longest=200)
    currency = words("Currency", "Three letters, such as EUR.", 3)
    start = day("Start")
    end = day("End", "Its last day. Leave it out for a term in months, or an open end.")
    months = count("or months", "The term, instead of an end.")
    payment_kind = SelectField("Due", choices=pairs(PAYMENT), default="net")
    payment_days = count("Days")
    payment_day = count("Day of the month")
    payment_parts = rows(PaymentRow, "Parts", "Their percents add up to 100.")
    taxes = rows(TaxRow, "Taxes", "Of every line that has none of its own.")
    inclusive = BooleanField("Prices contain the tax already")
    discounts = rows(DiscountRow, "Discounts")


class LineForm(PartForm):
    """What every line has."""

    key = words("Name", "Within the contract; amendments refer to it.", 80)
    description = words("Text on the invoice")
    start = day("From", "If not from the contract’s start.")
    end = day("To", "If not to the contract’s end.")
    taxed = SelectField("Tax", choices=pairs(TAXED))
    taxes = rows(TaxRow, "Taxes of this line")
    inclusive = BooleanField("The price contains the tax already")
    discounts = rows(DiscountRow, "Discounts")


class PeriodicForm(LineForm):
    """A line with billing periods."""

    frequency = SelectField("Billed", choices=pairs(FREQUENCIES), default="monthly")
    every = count("Every … months", "For “every so many months”.")
    anchor = SelectField("Periods begin", choices=pairs(ANCHORS))
    anchor_day = count("Day", "Of the month; of the week for weeks (1 = Monday).")
    anchor_month = count("Month", "1 to 12, for quarters, half-years and years.")
    anchor_date = day("Date", "Any day on which a period begins.")
    trial_days = count("Trial days")
    trial_until = day("or trial until")
    free = rows(FreeRow, "Free periods")


PERIODS = ("frequency", "every", "anchor", "anchor_day", "anchor_month", "anchor_date")
TERM = ("start", "end")
OFF = ("discounts", "taxed", "taxes", "inclusive")
TRIAL = ("trial_days", "trial_until", "free")


class RecurringForm(PeriodicForm):
    GROUPS = (
        ("Line", ("key", "description")),
        ("Price", ("price", "price_per", "quantity", "term_amount")),
        ("Billing periods", (*PERIODS[:2], "timing", *PERIODS[2:])),
        ("Term of the line", TERM),
        (RAMP, ("steps",)),
        ("Trial and free periods", TRIAL),
        ("Discounts and tax of the line", OFF),
    )
    timing = SelectField(
        "Invoiced", choices=pairs([("advance", "In advance"), ("arrears", "In arrears")])
    )
    price = amount("Price", "Of one unit.")
    price_per = SelectField("The price is for", choices=pairs([SAME, *FREQUENCIES[:-1]]))
    quantity = amount("Quantity", "1 if left out.")
    term_amount = amount("or amount of the whole term", "Instead of a price, spread over the term.")
    steps = rows(
        StepRow, "Steps", "Each for so many periods, one after the other, or between two days."
    )


class OneOffForm(LineForm):
    GROUPS = (
        ("Line", ("key", "description")),
        ("Price", ("price", "quantity", "on")),
        ("Discounts and tax of the line", OFF),
    )
    on = day("Billed on", "The contract’s start if left out.")
    price = amount("Price")
    quantity = amount("Quantity", "1 if left out.")


class MilestoneForm(LineForm):
    GROUPS = (
        ("Line", ("key", "description")),
        ("Milestones", ("total", "milestones")),
        ("Discounts and tax of the line", OFF),
    )
    total = amount("Sum of all milestones")
    milestones = rows(
        MilestoneRow, "Milestones", "The last one takes what remains if it has neither."
    )


class UsageForm(PeriodicForm):
    GROUPS = (
        ("Line", ("key", "description")),
        ("Price", ("model", "price", "size", "percent", "fixed", "free_units", "tiers")),
        ("What is counted", ("aggregation", "included")),
        ("Least and largest amounts", ("minimum", "maximum")),
        ("Billing periods", PERIODS),
        ("Usage", ("records",)),
        ("Term of the line", TERM),
        ("Trial and free periods", TRIAL),
        ("Discounts and tax of the line", OFF),
    )
    model = SelectField("Priced", choices=pairs(MODELS))
    price = amount("Price", "Per unit, or per package.")
    size = amount("Units in a package")
    percent = amount("Percent")
    fixed = amount("Fixed part", "Of each transaction.")
    free_units = amount("Free units")
    tiers = rows(TierRow, "Tiers", "From 0 upwards; the last one has no upper bound.")
    aggregation = SelectField(
        "A period’s records count as",
        choices=pairs([("sum", "Their sum"), ("maximum", "The largest"), ("last", "The last"),
                 ("count", "How many there are")]),
    )  # fmt: skip
    included = amount("Included units per period")
    minimum = amount("Least amount per period")
    maximum = amount("Largest amount per period")
    records = TextAreaField(
        "Usage records", render_kw={"rows": 5}, validators=[Length(max=200_000)],
        description="One a line: the day, then the quantity, such as 2026-02-10 1400.",
    )  # fmt: skip


class AmendmentForm(PartForm):
    GROUPS = (
        ("Amendment", ("kind", "on", "line")),
        ("What the line has from then on", ("price", "quantity", "frequency", "restart_anchor")),
        ("The new line", ("add_key", "add_description", "add_price", "add_quantity",
                          "add_frequency")),
        ("Extension or pause", ("end", "until")),
        ("How it is billed", ("change_effect", "credit_form")),
    )  # fmt: skip
    kind = SelectField("Kind", choices=pairs(AMENDMENTS))
    on = day("On")
    line = SelectField("Line", validate_choice=False)
    price = amount("Price")
    quantity = amount("Quantity")
    frequency = SelectField("Billed", choices=pairs([("", "As before"), *FREQUENCIES[:-1]]))
    restart_anchor = BooleanField("Periods begin anew on this day")
    add_key = words("Name", "Of the line that is added.", 80)
    add_description = words("Text on the invoice")
    add_price = amount("Price")
    add_quantity = amount("Quantity")
    add_frequency = SelectField("Billed", choices=pairs(FREQUENCIES[:-1]), default="monthly")
    end = day("New end", "Of the contract, for an extension.")
    until = day("Service resumes on", "For a pause.")
    change_effect = SelectField("Takes effect", choices=pairs(EFFECTS))
    credit_form = SelectField("Unused time comes back as", choices=pairs(CREDITS))


class JsonForm(PartForm):
    GROUPS = (("Terms", ("terms",)),)
    terms = TextAreaField(
        "Terms as JSON", render_kw={"rows": 24, "spellcheck": "false", "class": "mono"},
        description="As the published schema has them; amounts as text or exact numbers.",
    )  # fmt: skip


LINE_FORMS: dict[str, type[LineForm]] = {
    "recurring": RecurringForm,
    "one_off": OneOffForm,
    "milestone": MilestoneForm,
    "usage": UsageForm,
}


class NoticeForm(FlaskForm):
    """A form whose fields are its hidden ones."""

    version = IntegerField(widget=HiddenInput(), validators=[Optional()])


def grids(form: PartForm) -> list[Any]:
    """The form's small tables."""
    return [field for field in form if isinstance(field, FieldList)]
