"""Answering a form, sending it, and opening it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from phases.core import audit
from phases.core.clock import now
from phases.core.errors import BadValue, Refusal, check_version
from phases.mechanisms.form.events import AnswerSaved, FormReopened, FormSubmitted
from phases.mechanisms.form.models import Answer, FormRecord
from phases.mechanisms.form.queries import (
    answers_of,
    asked,
    form_of,
    is_sent,
    may_come_later,
    progress_of,
    question_of,
    visible,
)
from phases.mechanisms.form.values import EMPTY, parse, shown
from phases.mechanisms.history.services import note as keep
from phases.mechanisms.inputs.services import feed, input_of
from phases.mechanisms.situation import Situation
from playbook.models import Form, Question

LONGEST_WHY = 500
TEXTS = ("text", "long_text")


class NotComplete(Refusal):
    """Answers are missing; ``missing`` says by question key what of each."""

    title = "Some answers are missing"

    def __init__(self, missing: Mapping[str, str], titles: Mapping[str, str]) -> None:
        listed = "; ".join(f"“{titles[key]}”" for key in missing)
        super().__init__(f"This cannot be sent yet. Still to answer: {listed}.")
        self.missing = dict(missing)


def save_answer(
    session: Session, s: Situation, actor: str, form_key: str, question_key: str, raw: Any,
    version: int | None = None,
) -> Answer:  # fmt: skip
    """Keep one answer as it is typed; nothing typed clears it. Half-filled tables are kept too.

    A sent form still takes what may come later: tables and files that are not required.

    Raises:
        BadValue: *raw* is not of the question's type.
        Conflict: somebody else answered it first.
        Refusal: the form was sent, or does not ask this.
    """
    form = form_of(s, form_key)
    question = question_of(form, question_key)
    if not may_come_later(question):
        _must_be_open(s, form)
    if question not in visible(form, answers_of(s, form), s.applies):
        raise Refusal(f"“{s.plain(question.title)}” is not asked, by the answers given so far.")
    value = parse(question, raw)
    answer = s.records.answers.get(question_key) or Answer(
        engagement_id=s.engagement.id, key=question_key, value=None, version=0, answered_by=actor
    )
    if value == answer.value:
        return answer
    check_version(
        answer.version, version,
        kept={question_key: shown(question, value)},
        theirs={question_key: shown(question, answer.value)},
    )  # fmt: skip
    before = answer.value
    answer.value, answer.answered_by = value, actor
    answer.version += 1
    session.add(answer)
    s.records.answers[question_key] = answer
    session.flush()
    event = AnswerSaved(question_key, form_key, answer.version)
    audit.record(session, s.engagement, actor, event)
    keep(session, s.engagement, actor, question_key, answer.version, {"value": (before, value)})
    return answer


def submit(session: Session, s: Situation, actor: str, form_key: str) -> FormRecord:
    """Send the form: answers that feed inputs become ASSUMED ones, unless CONFIRMED already.

    Raises:
        NotComplete: required answers are missing.
        Refusal: it was sent already, or does not apply.
    """
    form = form_of(s, form_key)
    _must_be_open(s, form)
    how_far = progress_of(s, form)
    if how_far.missing:
        titles = {q.key: s.plain(q.title) for q in asked(s, form)}
        raise NotComplete(how_far.missing, titles)
    record = _record(s, form_key)
    record.submitted_at, record.submitted_by = now(), actor
    answers = answers_of(s, form)
    given = [q for q in asked(s, form) if answers.get(q.key) not in EMPTY]
    _save(session, s, actor, record, FormSubmitted(form_key, tuple(q.key for q in given)))
    for question in given:
        if question.feeds:
            value = _as_fed(s, question, answers[question.key])
            feed(session, s, actor, question.feeds, value, f"Intake, {s.plain(question.title)}")
    return record


def _as_fed(s: Situation, question: Question, value: Any) -> Any:
    """An answer as the input takes it: in words where the input is text."""
    return shown(question, value) if input_of(s, question.feeds).type in TEXTS else value


def reopen(session: Session, s: Situation, actor: str, form_key: str, why: str) -> FormRecord:
    """Open a sent form again; its answers stay.

    Raises:
        BadValue: no reason is given.
        Refusal: it has not been sent.
    """
    form = form_of(s, form_key)
    why = why.strip()
    if not why:
        raise BadValue("why", "Say why it is opened again; the customer reads it.")
    if len(why) > LONGEST_WHY:
        raise BadValue("why", f"That is too long; {LONGEST_WHY} characters are the most.")
    if not is_sent(s, form):
        raise Refusal(f"“{s.plain(form.title)}” has not been sent, so it is open already.")
    record = _record(s, form_key)
    record.submitted_at, record.submitted_by = None, ""
    record.reopened_at, record.reopened_by, record.reopened_why = now(), actor, why
    return _save(session, s, actor, record, FormReopened(form_key))


def _must_be_open(s: Situation, form: Form) -> None:
    if not s.applies(form):
        raise Refusal(f"“{s.plain(form.title)}” does not apply to this engagement.")
    if is_sent(s, form):
        raise Refusal(
            f"“{s.plain(form.title)}” has been sent. To change an answer, have it opened again."
        )


def _record(s: Situation, form_key: str) -> FormRecord:
    return s.records.forms.get(form_key) or FormRecord(
        engagement_id=s.engagement.id, key=form_key, version=0, submitted_by="", reopened_by="",
        reopened_why="",
    )  # fmt: skip


def _save(session: Session, s: Situation, actor: str, record: FormRecord, event: Any) -> FormRecord:
    record.version += 1
    session.add(record)
    s.records.forms[record.key] = record
    session.flush()
    audit.record(session, s.engagement, actor, event)
    return record
