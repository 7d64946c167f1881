"""What is typed when a version is cut."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, StringField
from wtforms.validators import Optional


class CutForm(FlaskForm):
    """``meeting`` and ``number`` name the meeting it is cut after; none for one cut by hand."""

    note = StringField("What it is for", description="Optional. It stands beside the version.")
    meeting = HiddenField()
    number = IntegerField(validators=[Optional()])
