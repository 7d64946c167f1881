"""What terms are made of: exact numbers, dates that mean one thing, frozen parts."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, WithJsonSchema

from billing.calendars import MONTHS, Span

FIRST_YEAR, LAST_YEAR = 1900, 2999
ISO_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
ISO_INSTANT = re.compile(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")


def exact(value: Any) -> Any:
    """Refuse binary floats and truth values where an exact number is wanted."""
    if isinstance(value, (float, bool)):
        what = f"{value!r} is not an exact number; write it as text or a decimal"
        raise ValueError(what)  # noqa: TRY004 - what pydantic reports
    return value


def within_years(value: date) -> date:
    """Refuse dates that stand for "never" or were mistyped."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError(
            f"the year {value.year} is not between {FIRST_YEAR} and {LAST_YEAR};"
            " for terms without an end leave the end out"
        )
    return value


def iso_day(value: Any) -> date:
    """A calendar date, from ISO text or as it is."""
    if isinstance(value, str) and ISO_DAY.match(value):
        return within_years(date.fromisoformat(value))
    if isinstance(value, date) and not isinstance(value, datetime):
        return within_years(value)
    raise ValueError(f"{value!r} is not a date; write it as YYYY-MM-DD")


def iso_moment(value: Any) -> date:
    """A calendar date, or an instant with its offset."""
    if isinstance(value, str) and ISO_INSTANT.match(value):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return within_years(value)
    return iso_day(value)


Number = Annotated[
    Decimal,
    Field(allow_inf_nan=False, max_digits=30, decimal_places=15, ge=-(10**15), le=10**15),
    BeforeValidator(exact),
]
Price = Annotated[
    Decimal,
    Field(
        allow_inf_nan=False,
        max_digits=30,
        decimal_places=15,
        ge=0,
        le=10**15,
        description="A price or amount, never negative.",
    ),
    BeforeValidator(exact),
]
Quantity = Annotated[
    Decimal,
    Field(allow_inf_nan=False, max_digits=30, decimal_places=15, ge=0, le=10**12),
    BeforeValidator(exact),
]
Percent = Annotated[
    Decimal,
    Field(allow_inf_nan=False, max_digits=30, decimal_places=15, ge=0, le=1000),
    BeforeValidator(exact),
]
Day = Annotated[
    date, BeforeValidator(iso_day), WithJsonSchema({"type": "string", "format": "date"})
]
Moment = Annotated[
    date,
    PlainValidator(iso_moment),
    WithJsonSchema(
        {
            "type": "string",
            "description": "A date (YYYY-MM-DD), or an instant with its offset"
            " (YYYY-MM-DDThh:mm:ssZ), which becomes a date in the time zone of the conventions"
            " unless proration is by seconds.",
        }
    ),
]
Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._/:-]*$", max_length=80)]
Frequency = Literal["weekly", "monthly", "quarterly", "half_yearly", "yearly", "custom"]


class Part(BaseModel):
    """A piece of the terms."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Every(Part):
    """The length of a custom period; exactly one of the three."""

    months: int = Field(0, ge=0, le=120, description="So many months (24 = every two years).")
    weeks: int = Field(0, ge=0, le=520)
    days: int = Field(0, ge=0, le=3660, description="So many days; the anchor day drifts.")

    @property
    def span(self) -> Span:
        """The length it says."""
        return Span(self.months, self.weeks * 7 + self.days)


SPANS = {name: Span(months=months) for name, months in MONTHS.items()} | {"weekly": Span(days=7)}


def span_of(frequency: str, every: Every | None) -> Span:
    """The length of a period."""
    return every.span if every else SPANS[frequency]


class Anchor(Part):
    """Where periods begin.

    ``contract``: on the day the line begins (after a trial: see ``trial_shifts_anchor``);
    ``day``: on a fixed day of month, or of week for weekly periods (1 = Monday), in ``month`` for
    longer cycles; ``calendar``: with calendar months, quarters, half-years, years (that begin in
    ``month``) or weeks (Monday); ``date``: in step with a given date.
    """

    kind: Literal["contract", "day", "calendar", "date"] = "contract"
    day: int | None = Field(None, ge=1, le=31, description="Day of month; of week for weeks.")
    month: int | None = Field(None, ge=1, le=12)
    date: Day | None = Field(None, description="For kind date: any day on which a period begins.")


CONTRACT_DAY = Anchor()


class Tax(Part):
    """One tax of one jurisdiction."""

    name: str = "Tax"
    jurisdiction: str = Field("", max_length=80, description="Such as DE, US-CA or US-NY-NYC.")
    percent: Percent
    inclusive: bool = Field(False, description="Whether prices contain this tax already.")
    on_top_of_previous: bool = Field(
        False, description="Whether it is also charged on the taxes listed before it (compound)."
    )
    reverse_charge: bool = Field(
        False, description="The customer owes it: shown with a tax of zero."
    )


class Discount(Part):
    """Percent or amount off, for a line or (on the contract) for the whole invoice."""

    name: str = "Discount"
    percent: Annotated[Percent, Field(le=100)] | None = None
    amount: Price | None = Field(None, description="Off each invoice, spread over its lines.")
    start: Day | None = Field(None, description="First day: periods that begin on or after it.")
    end: Day | None = Field(None, description="Periods that begin on or before it.")
    periods: int | None = Field(
        None,
        ge=1,
        description="Only the line's first so many periods (for a whole-contract "
        "discount: the contract's first so many invoices).",
    )
    used_up: bool = Field(
        False,
        description="On a contract: the amount is given once, used up by one invoice after the"
        " other.",
    )
    lines: tuple[Key, ...] = Field(
        (), description="On a contract: only these lines; empty = all lines."
    )


class PaymentTerms(Part):
    """When an invoice is due.

    ``on_receipt``: on the invoice date; ``net``: ``months`` and ``days`` after it;
    ``net_then_month_end``: ``then_days`` after the end of the month that contains that day;
    ``end_of_month``: ``days``
    after the end of the invoice's month, or the end of the month ``months`` later;
    ``day_of_month``: the first ``day`` of a month at least ``days`` after the invoice date, or
    that day of the month ``months`` later.
    """

    kind: Literal["on_receipt", "net", "net_then_month_end", "end_of_month", "day_of_month"] = "net"
    days: int = Field(30, ge=0, le=730)
    months: int = Field(0, ge=0, le=24)
    day: int = Field(1, ge=1, le=31)
    then_days: int = Field(0, ge=0, le=365)
    percent: Annotated[Percent, Field(le=100)] | None = Field(
        None, description="Share of the invoice, where payment is due in several parts."
    )
