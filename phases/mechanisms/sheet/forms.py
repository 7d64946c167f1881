"""What staff type on a sheet."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import IntegerField, TextAreaField
from wtforms.validators import Optional


class WordingForm(FlaskForm):
    text = TextAreaField("Wording")
    version = IntegerField("Version", validators=[Optional()])
