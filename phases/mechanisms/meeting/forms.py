"""What is typed of a meeting: its plan, and what is written up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import DateField, IntegerField, StringField, TextAreaField, TimeField
from wtforms.validators import InputRequired, Optional

from phases.core.errors import BadValue
from phases.mechanisms.form.values import EMPTY
from phases.mechanisms.inputs.forms import fact_form
from phases.mechanisms.inputs.queries import InputView
from phases.mechanisms.inputs.values import parse
from phases.mechanisms.meeting.queries import MeetingView, TickView
from phases.mechanisms.meeting.services import Minutes, Plan
from phases.mechanisms.situation import Situation
from playbook.models import Input

Typed = MultiDict[str, str]
Corrected = dict[str, tuple[Any, int]]


class PlanForm(FlaskForm):
    """When, where, and whom else; people of the engagement are ticked beside it."""

    day = DateField("Day", validators=[InputRequired("Choose the day.")])
    hour = TimeField("Hour", validators=[InputRequired("Choose the hour.")])
    minutes = IntegerField("Minutes", validators=[InputRequired("Say how long it takes.")])
    place = StringField("Where", description="A room, or the link of the call.")
    others = TextAreaField("Who else", description="Names, one a line; they get no mail.")
    version = IntegerField(validators=[Optional()])

    def plan(self, attendees: list[str]) -> Plan:
        """What was typed, once it is valid."""
        assert isinstance(self.day.data, date)
        assert isinstance(self.hour.data, time)
        return Plan(
            self.day.data, self.hour.data, self.minutes.data or 0, (self.place.data or "").strip(),
            tuple(attendees), self.others.data or "",
        )  # fmt: skip


class ActForm(FlaskForm):
    """One act on a meeting; fields of what is written up are named by what they are of."""

    reason = StringField("Why")
    version = IntegerField(validators=[Optional()])


def plan_form(view: MeetingView) -> PlanForm:
    """The plan as it stands, or as the playbook proposes it."""
    form = PlanForm(formdata=None)
    form.day.data = view.starts.date() if view.starts else view.slot.due
    form.hour.data = view.starts.time() if view.starts else time.fromisoformat(view.hour)
    form.minutes.data, form.place.data, form.others.data = view.minutes, view.place, view.others
    return form


def corrected_of(s: Situation, facts: Iterable[InputView], typed: Typed) -> Corrected:
    """Inputs for which something else was typed than stands there; emptied fields say nothing.

    Raises:
        BadValue: what was typed is not of the input's type; the field is the input's own.
    """
    found: Corrected = {}
    for view in facts:
        field = f"fact-{view.anchor}-value"
        if field not in typed:
            continue
        form = fact_form(view, typed=True)
        try:
            value = parse(s.playbook, s.playbook.get(view.key, Input), form["value"].data)
        except BadValue as error:
            raise BadValue(field, error.message) from error
        if value not in EMPTY and value != view.value:
            found[view.key] = form["value"].data, form.seen.data or 0
    return found


def minutes_of(view: MeetingView, typed: Typed, corrected: Corrected | None = None) -> Minutes:
    """What was written up in a whole form."""
    return Minutes(
        notes=_notes(view, typed),
        brought=[tick.key for tick in view.bring if f"bring-{tick.name}" in typed],
        outcomes=_outcomes(view.leave, typed),
        attendees=typed.getlist("attendees"),
        others=typed.get("others", ""),
        confirmed=dict(confirmed(pair) for pair in typed.getlist("confirm")),
        corrected=corrected,
    )


def one_of(view: MeetingView, typed: Typed, field: str) -> Minutes | None:
    """What was written up in one field, saved as one goes; None for one that is not saved so."""
    if field == "notes" or any(line.name == field for line in view.lines):
        return Minutes(notes=_notes(view, typed))
    if field == "attendees":
        return Minutes(attendees=typed.getlist(field))
    if field == "others":
        return Minutes(others=typed.get(field, ""))
    for tick in view.bring:
        if field == f"bring-{tick.name}":
            there = {t.key for t in view.bring if t.done} - {tick.key}
            return Minutes(brought=[*there, *([tick.key] if field in typed else [])])
    for tick in view.leave:
        if field == f"outcome-{tick.name}":
            return Minutes(outcomes={tick.key: (field in typed, tick.note)})
        if field == f"outcome-note-{tick.name}":
            return Minutes(outcomes={tick.key: (tick.done, typed.get(field, ""))})
    return None


def _notes(view: MeetingView, typed: Typed) -> Mapping[str, str]:
    found = {line.key: typed[line.name] for line in view.lines if line.name in typed}
    return found | ({"": typed["notes"]} if "notes" in typed else {})


def _outcomes(ticks: tuple[TickView, ...], typed: Typed) -> dict[str, tuple[bool, str]]:
    return {
        tick.key: (f"outcome-{tick.name}" in typed, typed.get(f"outcome-note-{tick.name}", ""))
        for tick in ticks
    }


def confirmed(pair: str) -> tuple[str, int]:
    """An input and the version that was seen, as ticked: ``Q3.input.crm:2``.

    Raises:
        BadValue: it is none.
    """
    key, _, version = pair.rpartition(":")
    if not key or not version.isdecimal() or len(version) > 9:
        raise BadValue("confirm", "Reload the page.")
    return key, int(version)
