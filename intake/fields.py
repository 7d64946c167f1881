"""Form fields made of a playbook's questions. Values stay as typed; ``form.values`` judges them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    Field,
    MultipleFileField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, DateInput, ListWidget

from phases.core.choices import pairs
from phases.mechanisms.situation import Situation
from playbook.book import slug_of
from playbook.models import Column, Question

MOST_ROWS = 200


def name_of(question: Question) -> str:
    """The name of the question's field."""
    return f"q-{slug_of(question.key)}"


class TableField(Field):
    """A question for a table: a list of rows, each a mapping from column to what was typed."""

    def __init__(self, columns: Mapping[str, Column], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.columns = columns
        self.blank = 0

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:  # noqa: ARG002 - WTForms calls it so
        self.errors = []
        self.data = [dict(row) for row in data or []]
        if formdata is not None and any(key.startswith(f"{self.name}-") for key in formdata):
            self.data = self._typed(formdata)

    def _typed(self, formdata: Any) -> list[dict[str, Any]]:
        start, rows = f"{self.name}-", set()
        for key in formdata:
            number, _, _ = key.removeprefix(start).partition("-")
            if key.startswith(start) and number.isdecimal() and len(number) < 5:
                rows.add(int(number))
        return [
            {slug: formdata.get(f"{start}{row}-{slug}", "") for slug in self.columns}
            for row in sorted(rows)[: MOST_ROWS + 1]
        ]

    def drop(self, number: int) -> None:
        """Take the row *number* out."""
        if 0 <= number < len(self.data):
            del self.data[number]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows to show: at least one, and as many blank ones as were asked for."""
        extra = max(self.blank, 0 if self.data else 1)
        return [*self.data, *({} for _ in range(extra))]


def _text(question: Question, s: Situation, **common: Any) -> Field:  # noqa: ARG001 - one shape
    return StringField(**common, render_kw={"maxlength": 300})


def _long_text(question: Question, s: Situation, **common: Any) -> Field:  # noqa: ARG001
    return TextAreaField(**common, render_kw={"rows": 5, "maxlength": 5000})


def _number(question: Question, s: Situation, **common: Any) -> Field:  # noqa: ARG001
    return StringField(**common, render_kw={"inputmode": "decimal", "class": "input-short"})


def _date(question: Question, s: Situation, **common: Any) -> Field:  # noqa: ARG001
    return StringField(**common, widget=DateInput())


def _choice(question: Question, s: Situation, **common: Any) -> Field:
    return RadioField(**common, choices=_options(question, s), validate_choice=False)


def _choices(question: Question, s: Situation, **common: Any) -> Field:
    return SelectMultipleField(
        **common, choices=_options(question, s), validate_choice=False,
        widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
    )  # fmt: skip


def _yes_no(question: Question, s: Situation, **common: Any) -> Field:  # noqa: ARG001
    return RadioField(
        **common, choices=pairs([("yes", "Yes"), ("no", "No")]), validate_choice=False
    )


def _table(question: Question, s: Situation, **common: Any) -> Field:  # noqa: ARG001
    return TableField(question.columns, **common)


def _files(question: Question, s: Situation, **common: Any) -> Field:  # noqa: ARG001
    return MultipleFileField(**common)


def _options(question: Question, s: Situation) -> list[SelectChoice]:
    return [
        SelectChoice(
            slug, s.plain(option.title), {"hint": s.plain(option.text)} if option.text else {}
        )
        for slug, option in question.options.items()
    ]


FIELDS: dict[str, Callable[..., Any]] = {
    "text": _text, "long_text": _long_text, "number": _number, "percent": _number, "money": _number,
    "date": _date, "choice": _choice, "choices": _choices, "yes_no": _yes_no, "table": _table,
    "files": _files,
}  # fmt: skip
"""From a question's type to the field that asks it."""

SUFFIXES = {"percent": "%"}
SHAPES = {"money": "With its currency, for example USD 1,200.00."}


def section_form(
    s: Situation, asked: Iterable[Question], answers: Mapping[str, Any], formdata: Any = None
) -> FlaskForm:
    """A form of *asked*, filled with *answers* by question key, or with what was typed."""
    questions = list(asked)
    made = {name_of(q): _field(s, q) for q in questions}
    kind = type("SectionForm", (FlaskForm,), made)
    data = {name_of(q): _as_typed(q, answers.get(q.key)) for q in questions}
    form: FlaskForm = kind(formdata=formdata, data=data)
    return form


def _field(s: Situation, question: Question) -> Any:
    hint = " ".join(
        part for part in (s.plain(question.hint), SHAPES.get(question.type, "")) if part
    )
    return FIELDS[question.type](
        question, s, label=s.plain(question.title), description=hint,
        validators=() if question.required else (Optional(),),
    )  # fmt: skip


def _as_typed(question: Question, value: Any) -> Any:
    """A stored answer as its field takes it."""
    if question.type == "files":
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value


def typed(question: Question, field: Any) -> Any:
    """What was typed into the field of *question*, as ``form.values.parse`` takes it."""
    if question.type == "files":
        return None
    return field.data
