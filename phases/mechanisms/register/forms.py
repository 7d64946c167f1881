"""The form of a row, made from its register's columns, and the form of an import."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from flask import request
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    DateField,
    Field,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional

from phases.core.choices import pairs
from phases.core.errors import BadValue
from phases.mechanisms.register import links
from phases.mechanisms.register.errors import StandsBehindGate
from phases.mechanisms.register.links import LinkView
from phases.mechanisms.register.queries import RowView, first_state
from phases.mechanisms.register.rules import changed_entry, new_entry
from phases.mechanisms.register.values import NUMBERS, title_column
from phases.mechanisms.situation import Situation
from playbook.models import Column, Register

VALUE = "v_"
"""Before a column's name, so that no column is taken for state, owner or due."""

FIND = "find_"
"""Before a column's name: the words that links are looked for by."""


class LinksField(SelectMultipleField):
    """What a row rests on, as boxes to tick: what stands there, what is ticked, what was found."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, validate_choice=False, choices=[], **kwargs)
        self.offered: list[LinkView] = []
        self.sought: str | None = None

    def offer(self, s: Situation, register: Register) -> None:
        """Set what can be ticked."""
        name = self.short_name.removeprefix(VALUE)
        ticked = links.views(s, self.data or ())
        found: list[LinkView] = []
        if self.seeks:
            self.sought = request.form.get(FIND + name, "").strip()
            column = register.columns[name]
            found = links.search(links.candidates(s, column), self.sought)
        self.offered = list({one.ref: one for one in (*ticked, *found)}.values())

    @property
    def find_name(self) -> str:
        """The name of the field that is searched by."""
        return FIND + self.short_name.removeprefix(VALUE)

    @property
    def seeks(self) -> bool:
        """Whether a search was asked for rather than saving."""
        asked = request.form.get("find") == self.short_name
        return asked or bool(request.form.get(self.find_name, "").strip())


class RowForm(FlaskForm):
    """What every row has; ``row_form`` adds the columns."""

    situation: ClassVar[Situation]
    view: ClassVar[RowView | None]
    refused: tuple[BadValue, ...] = ()
    version = IntegerField(validators=[Optional()])

    def values(self) -> dict[str, Any]:
        """What was typed into the columns that the form carries, by column."""
        return {
            field.short_name.removeprefix(VALUE): _data(field)
            for field in self
            if field.short_name.startswith(VALUE)
        }

    def common(self) -> dict[str, Any]:
        """Title, state, owner and due as far as the form has them."""
        return {
            name: _data(self[name]) for name in ("title", "state", "owner", "due") if name in self
        }

    def fields(self) -> list[Field]:
        """The fields that a person sees, in order."""
        return [field for field in self if field.short_name not in ("version", "csrf_token")]

    def refuse(self, error: BadValue) -> None:
        """Show *error* beside the field it is about."""
        self.refused = (*self.refused, error)
        name = error.field if error.field in self else f"{VALUE}{error.field}"
        field = self[name] if name in self else self.fields()[0]
        field.errors = [*field.errors, error.message]

    def behind(self, view: RowView) -> bool:
        """Whether somebody changed the row since the form was made; the service tells both."""
        return self.version.data is not None and self.version.data != view.version

    def check(self, register: Register) -> bool:
        """Whether it fits the form and the register; every problem stands beside its field."""
        fits = bool(self.validate())
        said: dict[str, Any] = {**self.common(), "values": self.values()}
        if self.view is None:
            entry = new_entry(self.situation, register, **said)
        else:
            entry = changed_entry(self.situation, register, self.view, **said)
        for problem in entry.problems:
            self.refuse(problem)
        return fits and not entry.problems

    @property
    def gate(self) -> str:
        """The page of the gate that stands before what was asked for; empty if none does."""
        return next((e.place for e in self.refused if isinstance(e, StandsBehindGate)), "")

    @property
    def seeks(self) -> bool:
        """Whether links are being looked for; then nothing is saved yet."""
        return any(isinstance(field, LinksField) and field.seeks for field in self)


def _data(field: Field) -> Any:
    data = field.data
    if isinstance(data, list):
        return data
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


class MayBeEmpty(Optional):
    """Lets a date be empty, of which its label says whether it may stay so."""

    def __init__(self) -> None:
        super().__init__()
        self.field_flags = {}


def row_form(
    s: Situation, register: Register, view: RowView | None = None, like: RowView | None = None
) -> RowForm:
    """The form of the row in *view*, or of a new one (which may begin *like* another).

    What was posted comes first.
    """
    at = view.anchor if view else "new"
    first = view or like
    named = title_column(register)
    fields: dict[str, Field] = {}
    start: dict[str, Any] = {"version": view.version if view else 0}
    if not named:
        fields["title"] = StringField("Title", id=f"{at}-title")
        start["title"] = first.title if first else ""
    for name, column in register.columns.items():
        fields[VALUE + name] = _field(column, f"{at}-{name}", s.plain(column.hint))
        start[VALUE + name] = _start(column, first.raw.get(name) if first else None)
    fields["state"] = SelectField("State", choices=pairs(_states(register, view)), id=f"{at}-state")
    start["state"] = view.state if view else first_state(register)
    if register.owner:
        fields["owner"] = SelectField("Owner", choices=pairs(people(s, view)), id=f"{at}-owner")
        start["owner"] = view.owner if view else ""
    if register.due:
        fields["due"] = DateField("Due", validators=[Optional()], id=f"{at}-due")
        start["due"] = view.due if view else None
    about = {"situation": s, "view": view}
    form: RowForm = type("OneRowForm", (RowForm,), fields | about)(data=start)
    for field in form:
        if isinstance(field, LinksField):
            field.offer(s, register)
    return form


def _field(column: Column, id_: str, hint: str) -> Field:
    label = column.title if column.required else f"{column.title} (optional)"
    if column.type == "choice":
        return SelectField(label, choices=pairs([("", "Choose"), *column.options.items()]), id=id_,
                           description=hint)  # fmt: skip
    if column.type == "rests_on":
        return LinksField(label, id=id_, description=hint)
    if column.type == "flag":
        choices = pairs([("", "Not said"), ("yes", "Yes"), ("no", "No")])
        return SelectField(label, choices=choices, id=id_, description=hint)
    if column.type == "date":
        return DateField(label, validators=[MayBeEmpty()], id=id_, description=hint)
    if column.type == "long_text":
        return TextAreaField(label, id=id_, description=hint, render_kw={"rows": 2})
    kind = {"inputmode": "decimal"} if column.type in NUMBERS else {}
    if column.type == "link":
        kind = {"inputmode": "url", "placeholder": "https://"}
    return StringField(label, id=id_, description=hint, render_kw=kind)


def _start(column: Column, value: Any) -> Any:
    if value is None:
        return {"date": None, "rests_on": []}.get(column.type, "")
    if column.type == "date":
        return date.fromisoformat(value)
    return {True: "yes", False: "no"}[value] if column.type == "flag" else value


def _states(register: Register, view: RowView | None) -> list[tuple[str, str]]:
    if view is None:
        return [(slug, state.title) for slug, state in register.states.items()]
    return [(view.state, view.state_label), *view.next]


def people(s: Situation, view: RowView | None) -> list[tuple[str, str]]:
    """Whom a row may belong to, with who owns the one in *view* already."""
    names = dict(s.people.names)
    if view and view.owner:
        names.setdefault(view.owner, view.owner_name)
    return [("", "Nobody yet"), *names.items()]
