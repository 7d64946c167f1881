"""Contract terms: lines, prices, discounts, taxes, amendments. Frozen and checked (issue 5).

Dates of ends follow ``contract_end_meaning``. Nothing here computes an invoice.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from billing.calendars import Span
from billing.money import ZERO
from billing.parts import (
    CONTRACT_DAY,
    Anchor,
    Day,
    Discount,
    Every,
    Frequency,
    Key,
    Moment,
    Number,
    Part,
    PaymentTerms,
    Price,
    Quantity,
    Tax,
    span_of,
)
from billing.pricing import Pricing

ONE = Decimal(1)
NET_30 = PaymentTerms()


class Step(Part):
    """A stretch of a ramp: another price, quantity or amount.

    Either ``periods`` (so many periods, one step after the other; the last may leave it out) or
    ``start`` and perhaps ``end`` (days). Where no step says anything the line's own price holds; a
    line without one stays at its last step.
    """

    periods: int | None = Field(None, ge=1)
    start: Day | None = None
    end: Day | None = None
    price: Price | None = None
    quantity: Quantity | None = None
    amount: Price | None = Field(None, description="For a whole period, whatever the quantity.")
    restart_anchor: bool = Field(False, description="Whether periods begin anew at its start.")


class Trial(Part):
    """Free time at the start: so many days, or until a date (see ``contract_end_meaning``)."""

    days: int | None = Field(None, ge=1, le=3660)
    until: Day | None = None


class Free(Part):
    """Free periods: the first so many, or those that begin within the dates."""

    periods: int | None = Field(None, ge=1)
    start: Day | None = None
    end: Day | None = None


class Line(Part):
    """What every line has."""

    key: Key = Field(description="Its name within the contract; amendments refer to it.")
    description: str = Field("", max_length=300)
    start: Moment | None = Field(None, description="Default: the contract's start.")
    end: Moment | None = Field(None, description="Default: the contract's end.")
    taxes: tuple[Tax, ...] | None = Field(
        None, description="Default: the contract's taxes. An empty list = not taxed."
    )
    discounts: tuple[Discount, ...] = ()
    conventions: dict[str, Any] = Field(
        default_factory=dict, description="Choices that differ for this line."
    )


class Periodic(Line):
    """A line with billing periods."""

    frequency: Frequency = "monthly"
    every: Every | None = Field(None, description="The period of frequency custom.")
    anchor: Anchor = CONTRACT_DAY
    timing: Literal["advance", "arrears"] = "advance"
    trial: Trial | None = None
    free: tuple[Free, ...] = ()

    @property
    def span(self) -> Span:
        """The length of a billing period."""
        return span_of(self.frequency, self.every)


class Recurring(Periodic):
    """The same price each period; one of ``price``, ``term_amount`` or a step's amounts."""

    kind: Literal["recurring"]
    price: Price | None = Field(None, description="Of one unit for one `price_per`.")
    price_per: Frequency | None = Field(
        None, description="The period that the price is for. Default: the billing period."
    )
    price_every: Every | None = Field(None, description="The period of price_per custom.")
    quantity: Quantity = ONE
    term_amount: Price | None = Field(
        None, description="Instead of a price: the amount of the whole term, spread over it."
    )
    steps: tuple[Step, ...] = ()

    @property
    def price_span(self) -> Span:
        """The length of the period that the price is for."""
        return span_of(self.price_per, self.price_every) if self.price_per else self.span


class OneOff(Line):
    """Billed once."""

    kind: Literal["one_off"]
    on: Day | None = Field(None, description="Default: the line's start.")
    price: Price
    quantity: Quantity = ONE


class Milestone(Part):
    """A part of a sum, billed on a date: percent, amount, or what remains."""

    name: str = "Milestone"
    on: Day
    percent: Annotated[Number, Field(ge=0, le=100)] | None = None
    amount: Price | None = None


class Milestones(Line):
    """A sum billed in parts."""

    kind: Literal["milestone"]
    total: Price
    milestones: tuple[Milestone, ...] = Field(min_length=1)


class Record(Part):
    """Usage at a moment, or of a stretch (then ``on`` is any day of it)."""

    on: Moment
    quantity: Quantity


class Usage(Periodic):
    """Priced by what was used, in arrears."""

    kind: Literal["usage"]
    timing: Literal["advance", "arrears"] = "arrears"
    pricing: Pricing
    records: tuple[Record, ...] = ()
    aggregation: Literal["sum", "maximum", "last", "count"] = Field(
        "sum", description="What a period's records come to."
    )
    included: Quantity = Field(ZERO, description="Units of each full period that cost nothing.")
    minimum: Price | None = Field(None, description="Least amount of a full period (true-up).")
    maximum: Price | None = Field(
        None, description="Largest amount of a period; with a cumulative scope, of the term."
    )
    prior_quantity: Quantity = Field(ZERO, description="Used and billed before these records.")
    prior_billed: Price | None = Field(
        None, description="Billed before for it. Default: the price of prior_quantity."
    )


AnyLine = Annotated[Recurring | OneOff | Milestones | Usage, Field(discriminator="kind")]


class Commitment(Part):
    """A least amount per period; what is missing is billed as a true-up.

    With ``overage_factor`` the counted lines are billed up to the commitment as they are, and
    beyond it times the factor.
    """

    amount: Price
    frequency: Frequency = "monthly"
    every: Every | None = None
    anchor: Anchor = CONTRACT_DAY
    lines: tuple[Key, ...] = Field(
        (), description="Lines that count; empty = all (see commitment_counts)."
    )
    overage_factor: Price | None = None
    taxes: tuple[Tax, ...] | None = None

    @property
    def span(self) -> Span:
        """The length of its period."""
        return span_of(self.frequency, self.every)


class Amendment(Part):
    """A change of the contract on a date.

    ``upgrade``, ``downgrade`` and ``change`` give a line (``line``) another price, quantity,
    frequency or anchor; ``add`` brings a line (``add``); ``coterm`` adds one that ends and bills
    with the contract; ``remove`` ends a line; ``cancel`` ends all; ``extend`` moves the contract's
    end to ``end``; ``pause`` stops a line (or all) until ``until``.
    """

    kind: Literal[
        "upgrade", "downgrade", "change", "add", "coterm", "remove", "cancel", "extend", "pause"
    ]
    on: Moment
    line: Key | None = None
    price: Price | None = None
    quantity: Quantity | None = None
    frequency: Frequency | None = None
    every: Every | None = None
    anchor: Anchor | None = None
    pricing: Pricing | None = Field(None, description="New prices of a usage line.")
    restart_anchor: bool = Field(False, description="Whether periods begin anew on this day.")
    add: AnyLine | None = None
    end: Day | None = None
    until: Day | None = Field(None, description="Of a pause: the day on which service resumes.")
    conventions: dict[str, Any] = Field(
        default_factory=dict,
        description="Choices for this amendment, such as change_effect or credit_form.",
    )


class PriorCredit(Part):
    """A credit given before on a line's period; it lowers what may still be credited."""

    line: Key
    period_start: Day
    amount: Price


class Payment(Part):
    """What was paid of a line's period, for credits based on paid amounts."""

    line: Key
    period_start: Day
    amount: Price


class Agreement(Part):
    """What was agreed with a customer; see `billing.contracts` for what holds it together."""

    number: str = Field(min_length=1, max_length=80, description="Unique within the document.")
    customer: str = Field("", max_length=200)
    currency: str = Field(min_length=3, max_length=3, description="ISO code, such as EUR.")
    start: Moment
    end: Moment | None = Field(
        None,
        description="See contract_end_meaning. Without end and months: open, then"
        " bill_through must be given.",
    )
    months: int | None = Field(None, ge=1, le=1200, description="Term, instead of an end.")
    payment_terms: tuple[PaymentTerms, ...] = Field(
        (NET_30,), min_length=1, description="One, or several with the percent of each."
    )
    taxes: tuple[Tax, ...] = ()
    discounts: tuple[Discount, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    lines: tuple[AnyLine, ...] = Field(min_length=1)
    amendments: tuple[Amendment, ...] = ()
    account_credit: Price = Field(ZERO, description="On the customer's balance at the start.")
    prior_credits: tuple[PriorCredit, ...] = ()
    payments: tuple[Payment, ...] = ()
    bill_through: Day | None = Field(
        None, description="Last issue date of the invoices wanted. Default: the document's."
    )
    conventions: dict[str, Any] = Field(
        default_factory=dict, description="Choices that differ for this contract."
    )
