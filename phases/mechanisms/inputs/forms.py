"""What is typed of an input: its value by its type, its source, and whether it is confirmed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Optional
from wtforms.widgets import DateInput

from phases.core.choices import pairs
from phases.mechanisms.inputs.queries import InputView
from phases.mechanisms.inputs.services import LONGEST_SOURCE

Pairs = Iterable[tuple[str, str]]


class InputForm(FlaskForm):
    """One input; ``value`` is made for its type."""

    value: Any
    source = StringField("Source", validators=[Length(max=LONGEST_SOURCE)])
    confirmed = BooleanField("Confirmed")
    meeting = SelectField("Confirmed in", validate_choice=False)
    version = IntegerField("Version", validators=[Optional()])


class StandingForm(FlaskForm):
    """Confirming an input as it stands, or taking that back."""

    meeting = StringField("Meeting")
    version = IntegerField("Version", validators=[Optional()])


def input_form(view: InputView, meetings: Pairs, *, typed: bool) -> InputForm:
    """The form of one input, filled with what stands there unless it was *typed* and sent."""
    made = type("OneInputForm", (InputForm,), {"value": FIELDS[view.type](view)})
    data = {"value": as_typed(view), "source": view.source}
    form: InputForm = made() if typed else made(formdata=None, data=data)
    form.meeting.choices = pairs([("", "No meeting"), *meetings])
    for field in form:
        field.id = f"{view.anchor}-{field.name}"
        field.label.field_id = field.id
    return form


class FactForm(FlaskForm):
    """One input among others in a larger form, whose own proof against forgery serves."""

    value: Any
    seen = IntegerField("Version", validators=[Optional()])


def fact_form(view: InputView, *, typed: bool) -> FactForm:
    """The fields of one input, named after it, filled with what stands there unless *typed*."""
    made = type("OneFactForm", (FactForm,), {"value": FIELDS[view.type](view)})
    named: dict[str, Any] = {"prefix": f"fact-{view.anchor}-", "meta": {"csrf": False}}
    data = {"value": as_typed(view), "seen": view.version}
    form: FactForm = made(**named) if typed else made(formdata=None, data=data, **named)
    return form


def as_typed(view: InputView) -> Any:
    """A stored value as its field takes it."""
    if view.type == "flag":
        return "" if view.value is None else "yes" if view.value else "no"
    return view.value


def _text(view: InputView) -> Any:
    return StringField(view.title, description=view.hint)


def _long_text(view: InputView) -> Any:
    return TextAreaField(view.title, description=view.hint, render_kw={"rows": 3})


def _number(view: InputView) -> Any:
    return StringField(view.title, description=view.hint, render_kw={"inputmode": "decimal"})


def _money(view: InputView) -> Any:
    return StringField(
        view.title, description=view.hint or "With its currency, as in USD 1,200.00."
    )


def _date(view: InputView) -> Any:
    return StringField(view.title, description=view.hint, widget=DateInput())


def _choice(view: InputView) -> Any:
    options = pairs([("", "Not known yet"), *view.options])
    return SelectField(view.title, description=view.hint, choices=options, validate_choice=False)


def _choices(view: InputView) -> Any:
    options = pairs(view.options)
    return SelectMultipleField(
        view.title, description=view.hint, choices=options, validate_choice=False
    )


def _flag(view: InputView) -> Any:
    options = pairs([("yes", "Yes"), ("no", "No"), ("", "Not known yet")])
    return RadioField(view.title, description=view.hint, choices=options, validate_choice=False)


FIELDS: dict[str, Callable[[InputView], Any]] = {
    "text": _text, "long_text": _long_text, "number": _number, "percent": _number, "money": _money,
    "date": _date, "choice": _choice, "choices": _choices, "flag": _flag,
}  # fmt: skip
"""From an input's type to the field that takes its value."""
