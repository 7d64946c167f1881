"""What is typed at a gate."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional


class AttestForm(FlaskForm):
    criterion = HiddenField(validators=[DataRequired()])
    note = TextAreaField("How do you know?", validators=[Length(max=2000)])
    evidence = StringField("Link to the evidence", validators=[Length(max=500)])


class WaiverForm(FlaskForm):
    criterion = HiddenField(validators=[DataRequired()])
    reason = TextAreaField("Why may this be waived?", validators=[Length(max=2000)])
    evidence = StringField("Evidence (link or sentence)", validators=[Length(max=500)])
    expires_on = DateField("Holds until", validators=[Optional()])


class DecideForm(FlaskForm):
    outcome = HiddenField(validators=[DataRequired()])
    note = TextAreaField("Note", validators=[Length(max=2000)])
    weeks = IntegerField("Weeks", validators=[Optional()])
    on = DateField("Date", validators=[Optional()])
