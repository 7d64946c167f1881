"""The form of a result."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from phases.mechanisms.schedule.services import LONGEST


class ResultForm(FlaskForm):
    """What came of one instance of a task."""

    result = StringField("Result")
    note = TextAreaField("Note", validators=[Length(max=LONGEST)])
    evidence = StringField("Evidence", validators=[Length(max=LONGEST)])
    version = IntegerField(validators=[Optional()])
