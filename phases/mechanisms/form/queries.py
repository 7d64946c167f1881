"""Which questions a form asks now, what was answered, and how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from phases.core.errors import Missing
from phases.mechanisms.form.models import Answer, FormRecord
from phases.mechanisms.form.values import EMPTY, lacking, shown
from phases.mechanisms.register.values import shown as column_shown
from phases.mechanisms.situation import Situation
from playbook.book import slug_of
from playbook.models import Column, Form, Item, Question, Section

Applies = Callable[[Item], bool]

LATER = ("table", "files")

UNSAID = Answer(key="", version=0, answered_by="")
UNTOUCHED = FormRecord(key="", version=0)
"""What stands in the place of rows that nobody has made."""


def always(_item: Item) -> bool:
    """Everything applies: for a form looked at outside an engagement."""
    return True


def visible(form: Form, answers: Mapping[str, Any], applies: Applies = always) -> list[Question]:
    """The questions that *form* asks, in order, given *answers* by question key.

    A follow-up is asked when its rule holds over answers to questions that are asked themselves.
    """
    said: dict[str, Any] = {}
    found = []
    for section in form.sections.values():
        if not applies(section):
            continue
        for question in section.questions.values():
            if applies(question) and (question.when is None or question.when.holds(said)):
                found.append(question)
                said[slug_of(question.key)] = answers.get(question.key)
    return found


@dataclass(frozen=True)
class Progress:
    """How many of the questions asked are answered, and what is still missing by question key."""

    done: int
    total: int
    missing: dict[str, str]

    @property
    def complete(self) -> bool:
        """Whether the form may be sent."""
        return not self.missing

    @property
    def words(self) -> str:
        return f"{self.done} of {self.total} answered"


def progress(form: Form, answers: Mapping[str, Any], applies: Applies = always) -> Progress:
    """How far *form* is; answers of hidden questions do not count."""
    asked = visible(form, answers, applies)
    missing = {q.key: words for q in asked if (words := lacking(q, answers.get(q.key)))}
    done = sum(answers.get(q.key) not in EMPTY and q.key not in missing for q in asked)
    return Progress(done, len(asked), missing)


@dataclass(frozen=True)
class AnswerView:
    """A question that is asked, with its answer. ``version`` is 0 before anybody answered.

    ``value`` is what is stored (for files, their names), ``rows`` a table's lines in words.
    """

    question: Question
    title: str
    text: str
    hint: str
    section: str
    section_title: str
    value: Any
    shown: str
    rows: tuple[tuple[str, ...], ...]
    missing: str
    version: int
    answered_by: str
    answered_at: datetime | None
    feeds_title: str

    @property
    def key(self) -> str:
        return self.question.key

    @property
    def columns(self) -> tuple[Column, ...]:
        """A table's columns."""
        return tuple(self.question.columns.values())

    @property
    def anchor(self) -> str:
        """Its id on the page."""
        return f"question-{self.key.replace('.', '-')}"


@dataclass(frozen=True)
class FormView:
    """A form of one engagement: what it asks, how far it is, whether it was sent."""

    key: str
    title: str
    text: str
    minutes: int
    roles: tuple[str, ...]
    role_titles: tuple[str, ...]
    subphase: str
    answers: tuple[AnswerView, ...]
    progress: Progress
    submitted_at: datetime | None
    submitted_by: str
    reopened_at: datetime | None
    reopened_by: str
    reopened_why: str
    version: int

    @property
    def sent(self) -> bool:
        return self.submitted_at is not None

    @property
    def state(self) -> tuple[str, str]:
        """The chip's kind and words."""
        return state_of(self.progress.done, sent=self.sent, reopened=self.reopened_at is not None)

    @property
    def sections(self) -> tuple[tuple[str, tuple[AnswerView, ...]], ...]:
        """The answers by their sections' titles, in order."""
        titles = dict.fromkeys((answer.section, answer.section_title) for answer in self.answers)
        return tuple(
            (title, tuple(answer for answer in self.answers if answer.section == key))
            for key, title in titles
        )


def state_of(done: int, *, sent: bool, reopened: bool) -> tuple[str, str]:
    """The kind and the words of the chip of a form with *done* answers."""
    if sent:
        return "done", "Sent"
    if reopened:
        return "waiting", "Reopened, waiting for the customer"
    return ("waiting", "Being answered") if done else ("waiting", "Not begun")


def form_of(s: Situation, key: str) -> Form:
    """The form *key* of the engagement's playbook.

    Raises:
        Missing: there is none.
    """
    item = s.playbook.items.get(key)
    if not isinstance(item, Form):
        raise Missing
    return item


def question_of(form: Form, key: str) -> Question:
    """The question *key* of *form*.

    Raises:
        Missing: it asks no such thing.
    """
    for question in questions(form):
        if question.key == key:
            return question
    raise Missing


def questions(form: Form) -> Iterator[Question]:
    """Every question of *form*, asked or not."""
    for section in form.sections.values():
        yield from section.questions.values()


def answers_of(s: Situation, form: Form) -> dict[str, Any]:
    """What was answered, by question key, also to questions that are hidden now.

    The answer to a question for files is the list of their names.
    """
    return s.once(("answers", form.key), lambda: _answers_of(s, form))


def _answers_of(s: Situation, form: Form) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for question in questions(form):
        if question.type == "files":
            found[question.key] = [file.name for file in s.records.files.get(question.key, [])]
        elif (answer := s.records.answers.get(question.key)) is not None:
            found[question.key] = answer.value
    return found


def asked(s: Situation, form: Form) -> list[Question]:
    """The questions that *form* asks of this engagement now."""
    if not s.applies(form):
        return []
    return s.once(("asked", form.key), lambda: visible(form, answers_of(s, form), s.applies))


def progress_of(s: Situation, form: Form) -> Progress:
    """How far *form* is in this engagement."""
    return s.once(("progress", form.key), lambda: progress(form, answers_of(s, form), s.applies))


def is_sent(s: Situation, form: Form) -> bool:
    """Whether *form* was sent and has not been reopened since."""
    record = s.records.forms.get(form.key)
    return record is not None and record.submitted_at is not None


def may_come_later(question: Question) -> bool:
    """Whether *question* may still be answered after the form was sent (Q3 chases open items)."""
    return question.type in LATER and not question.required


def form_view(s: Situation, form: Form) -> FormView:
    """*form* with its answers, for staff and for the customer's check before sending."""
    record = s.records.forms.get(form.key) or UNTOUCHED
    answers = answers_of(s, form)
    how_far = progress_of(s, form)
    return FormView(
        key=form.key, title=s.plain(form.title), text=s.text(form.text), minutes=form.minutes,
        roles=form.roles, role_titles=tuple(s.playbook.role(role).title for role in form.roles),
        subphase=form.subphase,
        answers=tuple(_answer(s, q, answers.get(q.key), how_far) for q in asked(s, form)),
        progress=how_far, submitted_at=record.submitted_at,
        submitted_by=s.people.name(record.submitted_by or ""), reopened_at=record.reopened_at,
        reopened_by=s.people.name(record.reopened_by or ""),
        reopened_why=record.reopened_why or "", version=record.version or 0,
    )  # fmt: skip


def _answer(s: Situation, question: Question, value: Any, how_far: Progress) -> AnswerView:
    said = s.records.answers.get(question.key) or UNSAID
    section = s.playbook.parent_of(question.key)
    assert isinstance(section, Section)
    fed = s.playbook.items.get(question.feeds)
    return AnswerView(
        question=question, title=s.plain(question.title), text=s.text(question.text),
        hint=s.plain(question.hint), section=section.key, section_title=s.plain(section.title),
        value=value, shown=shown(question, value), rows=_rows(question, value),
        missing=how_far.missing.get(question.key, ""),
        version=said.version,
        answered_by=s.people.name(said.answered_by or ""), answered_at=said.answered_at,
        feeds_title=s.plain(fed.title) if fed else "",
    )  # fmt: skip


def _rows(question: Question, value: Any) -> tuple[tuple[str, ...], ...]:
    if question.type != "table" or value in EMPTY:
        return ()
    columns = question.columns.items()
    return tuple(
        tuple(column_shown(column, row.get(slug)) for slug, column in columns) for row in value
    )
