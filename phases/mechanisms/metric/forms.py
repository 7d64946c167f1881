"""The form of a reading."""

from __future__ import annotations

from datetime import date

from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import Length, Regexp

from phases.core.errors import BadValue
from phases.mechanisms.metric.services import LONGEST_NOTE

PERIOD = r"^\d{4}-\d{2}-\d{2}(:\d{1,6})?$"


class ReadingForm(FlaskForm):
    """A percentage comes as its two parts, anything else as a value.

    ``period`` is the first day, and after a colon the version of the reading it has.
    """

    subject = StringField("Of")
    period = StringField("Period", validators=[Regexp(PERIOD, message="Choose a period.")])
    numerator = StringField("Part")
    denominator = StringField("Whole")
    value = StringField("Value")
    size = StringField("Cases")
    spread = StringField("Spread")
    note = TextAreaField("Note", validators=[Length(max=LONGEST_NOTE)])

    def chosen(self) -> tuple[date, int | None]:
        """The first day of the period chosen, and the version that was shown."""
        day, _, version = (self.period.data or "").partition(":")
        try:
            return date.fromisoformat(day), int(version) if version else None
        except ValueError:
            raise BadValue("period", "Choose a period.") from None
