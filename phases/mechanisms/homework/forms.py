"""The form by which staff ask a named person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import SelectField, TextAreaField
from wtforms.validators import Optional

from phases.core.invitations.forms import choices


class AskForm(FlaskForm):
    item = SelectField("What", validate_choice=False)
    contact = SelectField(
        "Whom", validate_choice=False, description="They get a mail with a link of their own."
    )
    note = TextAreaField(
        "A word to them", validators=[Optional()],
        description="It stands in the mail, without links.",
        render_kw={"rows": 2, "maxlength": 300},
    )  # fmt: skip

    def __init__(
        self, items: Iterable[tuple[str, str]], people: Iterable[tuple[str, str]], *args: Any,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.item.choices = choices("Choose an item", items)
        self.contact.choices = choices("Choose a contact", people)
