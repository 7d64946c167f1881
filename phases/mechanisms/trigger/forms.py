"""What is typed of a trigger."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, TextAreaField
from wtforms.validators import Optional


class TripForm(FlaskForm):
    """This happened, on that day."""

    on = DateField("When did it happen?", validators=[Optional()])
    note = TextAreaField("What happened?", render_kw={"rows": 2, "maxlength": 2000})


class AnswerForm(FlaskForm):
    """What was done about it. ``on`` names the time it tripped."""

    on = DateField("Tripped on")
    answer = TextAreaField("What was done about it?")
    version = IntegerField(validators=[Optional()])
