"""Forms of the page of an engagement's people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # not in its stubs
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

LONG = "Use {} characters or fewer."


def choices(prompt: str, options: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """The options of a select, a prompt first."""
    return [SelectChoice("", prompt), *(SelectChoice(value, label) for value, label in options)]


class ContactForm(FlaskForm):
    name = StringField(
        "Name",
        [InputRequired("Enter the person's name."), Length(max=120, message=LONG.format(120))],
        render_kw={"autocomplete": "off"},
    )
    email = EmailField(
        "E-mail address",
        [
            InputRequired("Enter the person's e-mail address."),
            Length(max=254, message=LONG.format(254)),
        ],
        description="Links and codes go there, so it must be their own.",
        render_kw={"autocomplete": "off"},
    )
    role = SelectField("Role", description="Decides what they are asked and what they sign.")
    title = StringField(
        "Job title",
        [Optional(), Length(max=120, message=LONG.format(120))],
        render_kw={"autocomplete": "off"},
    )
    version = IntegerField(widget=HiddenInput(), validators=[Optional()])

    def __init__(self, roles: Iterable[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = choices("Choose a role", roles)

    def values(self) -> dict[str, str]:
        """What was typed, as the services take it."""
        return {
            "name": self.name.data or "",
            "email": self.email.data or "",
            "role": self.role.data or "",
            "title": self.title.data or "",
        }


class NewContactForm(ContactForm):
    invite = BooleanField("Send the invitation now", default=True)


class MemberForm(FlaskForm):
    person = SelectField("Person and role")

    def __init__(self, candidates: Iterable[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person.choices = choices("Choose a person", candidates)

    def chosen(self) -> tuple[int, str]:
        """The user's id and the role."""
        user, _, role = (self.person.data or "0.").partition(".")
        return int(user), role
