"""What staff type of a form."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from phases.mechanisms.form.services import LONGEST_WHY


class ReopenForm(FlaskForm):
    why = TextAreaField(
        "Why is it opened again?",
        description="The customer reads this.",
        validators=[
            DataRequired("Say why it is opened again; the customer reads it."),
            Length(
                max=LONGEST_WHY, message=f"That is too long; {LONGEST_WHY} characters are the most."
            ),
        ],
        render_kw={"rows": 2, "maxlength": LONGEST_WHY},
    )
