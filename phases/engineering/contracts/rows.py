"""Small tables within a form: one line of fields for each tax, discount, step, tier."""

from __future__ import annotations

from typing import Any, cast

from wtforms import Form, HiddenField, StringField
from wtforms.fields import FieldList, FormField
from wtforms.validators import Length
from wtforms.widgets import DateInput, NumberInput, TextInput

LONGEST = 300
BLANK = 2
"""Empty lines under those that are filled."""


def stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def words(label: str, hint: str = "", longest: int = LONGEST, **more: Any) -> StringField:
    """A line of text."""
    return StringField(
        label, description=hint, filters=[stripped], validators=[Length(max=longest)],
        render_kw={"maxlength": longest}, **more,
    )  # fmt: skip


def amount(label: str, hint: str = "") -> StringField:
    """A number that keeps every digit, so it is read as text."""
    return StringField(
        label, description=hint, filters=[stripped], validators=[Length(max=40)],
        render_kw={"inputmode": "decimal", "maxlength": 40, "class": "input-short"},
    )  # fmt: skip


def count(label: str, hint: str = "") -> StringField:
    """A whole number."""
    return StringField(
        label, description=hint, filters=[stripped], validators=[Length(max=9)],
        widget=NumberInput(min=0, step=1),
    )  # fmt: skip


class DayOrInstant(DateInput):
    """A calendar's input; plain text where an instant with its hour stands in it."""

    def __call__(self, field: Any, **kwargs: Any) -> Any:
        if "T" in (field.data or ""):
            return TextInput()(field, **kwargs)
        return super().__call__(field, **kwargs)


def day(label: str, hint: str = "") -> StringField:
    """A date in ISO form."""
    return StringField(
        label, description=hint, filters=[stripped], validators=[Length(max=40)],
        widget=DayOrInstant(),
    )  # fmt: skip


class RowForm(Form):
    """One line; ``at`` says which part of the terms it was, so that what the form does not show
    stays with it."""

    at = HiddenField()

    @property
    def cells(self) -> list[Any]:
        """The fields that are shown."""
        return [field for field in self if field.name != self.at.name]

    @property
    def said(self) -> dict[str, str]:
        """What was typed, by the fields' short names."""
        return {
            field.short_name: field.data
            for field in self.cells
            if field.data not in (None, "", False)
        }


class TaxRow(RowForm):
    name = words("Name", longest=80)
    jurisdiction = words("Jurisdiction", longest=80)
    percent = amount("Percent")


class DiscountRow(RowForm):
    name = words("Name", longest=80)
    percent = amount("Percent")
    amount = amount("or amount")
    start = day("From")
    end = day("To")
    periods = count("First periods")


class StepRow(RowForm):
    periods = count("Periods")
    start = day("or from")
    end = day("to")
    price = amount("Price")
    quantity = amount("Quantity")
    amount = amount("or amount")


class FreeRow(RowForm):
    periods = count("First periods")
    start = day("or from")
    end = day("to")


class TierRow(RowForm):
    up_to = amount("Up to")
    unit_price = amount("Unit price")
    flat_fee = amount("Flat fee")
    percent = amount("or percent")


class MilestoneRow(RowForm):
    name = words("Milestone", longest=120)
    on = day("On")
    percent = amount("Percent")
    amount = amount("or amount")


class PaymentRow(RowForm):
    days = count("Days after the invoice")
    percent = amount("Percent of it")


def rows(form: type[RowForm], label: str, hint: str = "") -> FieldList:
    """A table of *form*'s lines."""
    return FieldList(FormField(form), label=label, description=hint)


def entries(found: FieldList) -> list[RowForm]:
    """The lines of a table, blank ones too."""
    return [cast(RowForm, entry.form) for entry in found.entries]


def filled(found: FieldList) -> list[RowForm]:
    """The lines in which something was typed."""
    return [row for row in entries(found) if row.said]


def with_blanks(found: FieldList) -> None:
    """Have empty lines under those that are filled."""
    blank = sum(not row.said for row in entries(found))
    for _ in range(BLANK - blank):
        found.append_entry()
