"""What is typed of a step."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from phases.core.errors import BadValue
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


class BulkForm(FlaskForm):
    """One change of many steps; ``act`` names what is set."""

    act = StringField("Act")
    to_owner = StringField("Owner")
    to_due = DateField("Due", validators=[Optional()])

    def chosen(self) -> list[tuple[str, int | None]]:
        """The steps ticked, each with the version that was shown (``Q4.step.x:3``)."""
        found: dict[str, int | None] = {}
        for text in request.form.getlist("steps"):
            key, _, version = text.partition(":")
            found[key] = int(version) if version.isdecimal() and len(version) < 10 else None
        return list(found.items())

    def wanted(self) -> dict[str, Any]:
        """What to say of them.

        Raises:
            BadValue: nothing that steps can be told.
        """
        acts: dict[str, dict[str, Any]] = {
            "done": {"state": "done"}, "reopen": {"state": "todo"},
            "owner": {"owner": self.to_owner.data or ""}, "due": {"due": self.to_due.data},
        }  # fmt: skip
        if self.act.data not in acts:
            raise BadValue("steps", "Choose what to do with the steps.")
        return acts[self.act.data]
