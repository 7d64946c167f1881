"""The form of a row, made from its register's columns, and the form of an import."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import DateField, Field, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from phases.core.choices import pairs
from phases.core.errors import BadValue
from phases.mechanisms.register.queries import RowView, first_state
from phases.mechanisms.register.services import check_values
from phases.mechanisms.register.values import NUMBERS, title_column
from phases.mechanisms.situation import Situation
from playbook.models import Column, Register

VALUE = "v_"
"""Before a column's name, so that no column is taken for state, owner or due."""


class RowForm(FlaskForm):
    """What every row has; ``row_form`` adds the columns."""

    version = IntegerField(validators=[Optional()])

    def values(self) -> dict[str, Any]:
        """What was typed into the columns that the form carries, by column."""
        return {
            field.short_name.removeprefix(VALUE): _data(field)
            for field in self
            if field.short_name.startswith(VALUE)
        }

    def common(self) -> dict[str, str]:
        """Title, state, owner and due as far as the form has them."""
        return {
            name: _data(self[name]) for name in ("title", "state", "owner", "due") if name in self
        }

    def fields(self) -> list[Field]:
        """The fields that a person sees, in order."""
        return [field for field in self if field.short_name not in ("version", "csrf_token")]

    def refuse(self, error: BadValue) -> None:
        """Show *error* beside the field it is about."""
        name = error.field if error.field in self else f"{VALUE}{error.field}"
        field = self[name] if name in self else self.fields()[0]
        field.errors = [*field.errors, error.message]

    def check(self, register: Register) -> bool:
        """Whether it fits the form and the columns; every problem stands beside its field."""
        fits = bool(self.validate())
        _, problems = check_values(register, self.values())
        for problem in problems:
            self.refuse(problem)
        return fits and not problems


def _data(field: Field) -> str:
    data = field.data
    return data.isoformat() if isinstance(data, date) else (data or "")


class ImportForm(FlaskForm):
    """Pasted text or a file."""

    table = TextAreaField(
        "Paste from a spreadsheet",
        description="The first line names the columns. A Ref changes that row; without one a row "
        "is added.",
        validators=[Optional()],
        render_kw={"rows": 5, "spellcheck": "false"},
    )
    file = FileField("Or choose a CSV or XLSX file", validators=[Optional()])


def row_form(s: Situation, register: Register, view: RowView | None = None) -> RowForm:
    """The form of the row in *view*, or of a new one; what was posted comes first."""
    at = view.anchor if view else "new"
    named = title_column(register)
    fields: dict[str, Field] = {}
    start: dict[str, Any] = {"version": view.version if view else 0}
    if not named:
        fields["title"] = StringField("Title", id=f"{at}-title")
        start["title"] = view.title if view else ""
    for name, column in register.columns.items():
        fields[VALUE + name] = _field(column, f"{at}-{name}")
        start[VALUE + name] = _start(column, view.raw.get(name) if view else None)
    fields["state"] = SelectField("State", choices=pairs(_states(register, view)), id=f"{at}-state")
    start["state"] = view.state if view else first_state(register)
    if register.owner:
        fields["owner"] = SelectField("Owner", choices=pairs(_people(s, view)), id=f"{at}-owner")
        start["owner"] = view.owner if view else ""
    if register.due:
        fields["due"] = DateField("Due", validators=[Optional()], id=f"{at}-due")
        start["due"] = view.due if view else None
    return type("OneRowForm", (RowForm,), fields)(data=start)


def _field(column: Column, id_: str) -> Field:
    hint = column.hint
    label = column.title if column.required else f"{column.title} (optional)"
    if column.type == "choice":
        return SelectField(label, choices=pairs([("", "Choose"), *column.options.items()]), id=id_,
                           description=hint)  # fmt: skip
    if column.type == "flag":
        choices = pairs([("", "Not said"), ("yes", "Yes"), ("no", "No")])
        return SelectField(label, choices=choices, id=id_, description=hint)
    if column.type == "date":
        return DateField(label, validators=[Optional()], id=id_, description=hint)
    if column.type == "long_text":
        return TextAreaField(label, id=id_, description=hint, render_kw={"rows": 2})
    kind = {"inputmode": "decimal"} if column.type in NUMBERS else {}
    if column.type == "link":
        kind = {"inputmode": "url", "placeholder": "https://"}
    return StringField(label, id=id_, description=hint, render_kw=kind)


def _start(column: Column, value: Any) -> Any:
    if value is None:
        return None if column.type == "date" else ""
    if column.type == "date":
        return date.fromisoformat(value)
    return {True: "yes", False: "no"}[value] if column.type == "flag" else value


def _states(register: Register, view: RowView | None) -> list[tuple[str, str]]:
    if view is None:
        return [(slug, state.title) for slug, state in register.states.items()]
    return [(view.state, view.state_label), *view.next]


def _people(s: Situation, view: RowView | None) -> list[tuple[str, str]]:
    people = dict(s.people.names)
    if view and view.owner:
        people.setdefault(view.owner, view.owner_name)
    return [("", "Nobody yet"), *people.items()]
