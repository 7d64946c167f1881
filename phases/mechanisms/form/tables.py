"""A form as a table: out with its answers in words, in with answers that came by another way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from phases.core.errors import BadValue
from phases.mechanisms.exchange import Line, Table, lines_of, planned, whole_of
from phases.mechanisms.form.queries import AnswerView, FormView
from phases.mechanisms.form.services import save_answer
from phases.mechanisms.form.values import kind_of, parse
from phases.mechanisms.situation import Situation
from playbook.models import Form, Question

COLUMNS = {
    "question": "Question", "title": "Title", "section": "Section", "answer": "Answer",
    "who": "Answered by", "at": "Answered at", "missing": "Missing", "version": "Version",
}  # fmt: skip
UNTYPED = ("table", "files")
"""Kinds of answers that no single cell holds."""


def table(view: FormView) -> Table:
    """Head and every question that is asked, with its answer in words."""
    body = [
        [
            answer.key, answer.title, answer.section_title, answer.shown or None,
            answer.answered_by or None,
            answer.answered_at.isoformat(timespec="minutes") if answer.answered_at else None,
            answer.missing or None, answer.version,
        ]
        for answer in view.answers
    ]  # fmt: skip
    return [list(COLUMNS.values()), *body]


def answer_all(
    session: Session, s: Situation, actor: str, form: Form, view: FormView,
    rows: Sequence[Sequence[str]],
) -> int:  # fmt: skip
    """Give the answers of a table with a head; how many were new. Empty cells are passed over.

    Raises:
        ImportRefused: anything at all is wrong; no answer was changed.
    """
    seen: dict[str, int] = {}

    def plan(line: Line) -> tuple[AnswerView, Any] | None:
        answer, text = _answer(view, line), line.get("answer")
        if answer.key in seen:
            raise BadValue("question", f"it stands in line {seen[answer.key]} already.")
        seen[answer.key] = line.number
        if not text or text == answer.shown:
            return None
        value = _read(answer.question, text)
        if answer.version and whole_of("version", line.get("version")) != answer.version:
            raise BadValue("version", "it was answered since; export the form afresh.")
        return answer, value

    plans = planned(COLUMNS, lines_of(COLUMNS, rows), plan)
    for answer, value in plans:
        save_answer(session, s, actor, form.key, answer.key, value, answer.version)
    return len(plans)


def _answer(view: FormView, line: Line) -> AnswerView:
    name = line.get("question") or line.get("title")
    for answer in view.answers:
        if name and name.casefold() in (answer.key.casefold(), answer.title.casefold()):
            return answer
    raise BadValue("question", f"no question that is asked here is called “{name}”.")


def _read(question: Question, text: str) -> Any:
    """What *text* says, options by their titles or slugs, as it is typed into the form."""
    if question.type in UNTYPED:
        raise BadValue("answer", "it has more than one cell holds; it is answered on the form.")
    raw: Any = text
    if question.type in ("choice", "choices"):
        slugs = {title.casefold(): slug for slug, title in kind_of(question).options.items()}
        whole = slugs.get(text.casefold(), text)
        raw = whole if whole != text or question.type == "choice" else _several(slugs, text)
    try:
        parse(question, raw)
    except BadValue as error:
        raise BadValue("answer", error.message) from None
    return raw


def _several(slugs: dict[str, str], text: str) -> list[str]:
    """Options listed with commas; a title with a comma in it is written as its slug."""
    return [slugs.get(part.strip().casefold(), part.strip()) for part in text.split(",")]
