"""What is typed of a step."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from phases.mechanisms.checklist.services import LONGEST


class StepForm(FlaskForm):
    """Fields that a form leaves out stay as they stand. ``back`` names the page it was on."""

    state = StringField("State")
    owner = StringField("Owner")
    due = DateField("Due", validators=[Optional()])
    note = TextAreaField("Note", validators=[Length(max=LONGEST)])
    evidence = StringField("Evidence", validators=[Length(max=LONGEST)])
    version = IntegerField("Version", validators=[Optional()])
    back = StringField("Back")
