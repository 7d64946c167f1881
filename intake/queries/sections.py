"""A form of the playbook as pages, one for each of its sections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from phases.core.audit import canonical, sha256
from phases.core.clock import now
from phases.core.errors import Missing
from phases.core.models import Contact, StoredFile
from phases.core.template import clock
from phases.mechanisms.form.models import Answer, FormRecord
from phases.mechanisms.form.queries import (
    answers_of,
    form_of,
    is_sent,
    may_come_later,
    progress_of,
    visible,
)
from phases.mechanisms.form.values import EMPTY, lacking, shown
from phases.mechanisms.homework.pieces import (
    Piece,
    held,
    may_send,
    reach,
    section_piece,
    sections_of,
)
from phases.mechanisms.homework.services import may_hand
from phases.mechanisms.situation import Situation
from playbook.book import slug_of
from playbook.models import Form, Question, Section


@dataclass(frozen=True)
class FileView:
    """An upload of the customer's; ``mine`` tells whether this contact may take it out again."""

    id: int
    name: str
    size: str
    who: str
    mine: bool


@dataclass(frozen=True)
class QuestionView:
    """A question on its page. ``version`` and ``was`` tell what the page was made from."""

    question: Question
    name: str
    text: str
    shown: bool
    version: int
    was: str
    said: str
    files: tuple[FileView, ...]
    theirs: str | None = None


@dataclass(frozen=True)
class PageView:
    """One section of a form: the page ``number`` of ``total``.

    ``item`` is the step whose questions alone are shown; ``alone`` when the reader has not the
    whole form.
    """

    form: Form
    section: Section
    number: int
    total: int
    title: str
    form_title: str
    text: str
    questions: tuple[QuestionView, ...]
    progress: str
    sent: bool
    saved: str
    item: str = ""
    alone: bool = False

    @property
    def asked(self) -> list[Question]:
        return [view.question for view in self.questions]

    @property
    def is_last(self) -> bool:
        return self.number == self.total


@dataclass(frozen=True)
class SectionLine:
    """A section in the overview of its form."""

    number: int
    title: str
    done: int
    total: int
    missing: int
    later: bool
    key: str = ""
    who: str = ""
    hand: bool = False

    @property
    def state(self) -> tuple[str, str]:
        """A chip's kind and words."""
        if self.total == 0 or (self.done == 0 and self.missing):
            return "todo", "Not begun"
        if self.missing:
            return "waiting", "Begun"
        return ("done", "Done") if self.done == self.total else ("todo", "More if you can")


def form_for(s: Situation, key: str, contact: Contact) -> Form:
    """The form *key*, if it applies and *contact* may fill in and send all of it.

    Raises:
        Missing: not so.
    """
    form = form_of(s, key)
    if not s.applies(form) or not may_send(s, form, contact):
        raise Missing
    return form


def part_for(s: Situation, key: str, contact: Contact) -> tuple[Form, frozenset[str]]:
    """The form *key*, and the questions of it that *contact* may read and answer.

    Raises:
        Missing: it does not apply, or none is theirs.
    """
    form = form_of(s, key)
    keys = reach(s, form, contact)
    if not s.applies(form) or not keys:
        raise Missing
    return form, keys


def shown_now(s: Situation, form: Form) -> list[Question]:
    """The questions asked by the answers given so far."""
    return visible(form, answers_of(s, form), s.applies)


def page_view(s: Situation, form: Form, number: int, contact: Contact) -> PageView:
    """The page *number* of *form*, as it stands; after sending, only what may come later.

    Raises:
        Missing: there is no such page, or not all of it is for *contact*.
    """
    sections = sections_of(s, form)
    if not 1 <= number <= len(sections):
        raise Missing
    section = sections[number - 1]
    questions = [q for q in section.questions.values() if s.applies(q)]
    if not reach(s, form, contact) >= {q.key for q in questions}:
        raise Missing
    return _page(s, form, section, number, contact, questions)


def item_view(s: Situation, piece: Piece, contact: Contact) -> PageView:
    """The questions that the step *piece* waits for, as a page of their own.

    Raises:
        Missing: they are not for *contact*.
    """
    if piece.kind != "questions":
        raise Missing
    form, keys = part_for(s, piece.form, contact)
    if not keys >= set(piece.questions):
        raise Missing
    sections = sections_of(s, form)
    number = next(n for n, x in enumerate(sections, 1) if piece.questions[0] in x.questions)
    questions = [
        q for x in sections for q in x.questions.values()
        if q.key in piece.questions and s.applies(q)
    ]  # fmt: skip
    page = _page(s, form, sections[number - 1], number, contact, questions)
    return replace(page, item=piece.key, title=piece.title, text=piece.text)


def _page(
    s: Situation, form: Form, section: Section, number: int, contact: Contact,
    questions: list[Question],
) -> PageView:  # fmt: skip
    asked, sent = {q.key for q in shown_now(s, form)}, is_sent(s, form)
    if sent:
        questions = [q for q in questions if may_come_later(q) and q.key in asked]
        if not questions:
            raise Missing
    alone = not may_send(s, form, contact)
    return PageView(
        form=form, section=section, number=number, total=len(sections_of(s, form)),
        title=s.plain(section.title),
        form_title=s.plain(form.title), text=s.text(section.text),
        questions=tuple(question_view(s, q, q.key in asked, contact) for q in questions),
        progress=progress_words(s, form, reach(s, form, contact)), sent=sent,
        saved=last_saved(s, questions), alone=alone,
    )  # fmt: skip


def progress_words(s: Situation, form: Form, keys: frozenset[str]) -> str:
    """How many of the questions *keys*, which are all that somebody sees, are answered."""
    answers, shown = answers_of(s, form), [q for q in shown_now(s, form) if q.key in keys]
    if len(shown) == len(shown_now(s, form)):
        return progress_of(s, form).words
    return f"{sum(answers.get(q.key) not in EMPTY for q in shown)} of {len(shown)} answered"


def question_view(
    s: Situation, question: Question, is_shown: bool, contact: Contact
) -> QuestionView:
    """*question* as it stands."""
    answer = s.records.answers.get(question.key)
    return QuestionView(
        question=question, name=f"q-{slug_of(question.key)}", text=s.text(question.text),
        shown=is_shown, version=answer.version if answer else 0,
        was=mark(answer.value if answer else None), said=said(s, answer, contact),
        files=file_views(s, question, contact),
    )  # fmt: skip


def mark(value: Any) -> str:
    """A short mark of a stored value, by which a page tells what it was made from."""
    return sha256(canonical(None if value in EMPTY else value))[:16]


def said(s: Situation, answer: Answer | None, contact: Contact) -> str:
    """When an answer was saved, and by whom if by somebody else."""
    if answer is None or answer.answered_at is None:
        return ""
    if answer.answered_by == contact.ref:
        return f"Saved {clock(answer.answered_at)}"
    return f"Answered by {s.people.name(answer.answered_by)}, {clock(answer.answered_at)}"


def last_saved(s: Situation, questions: list[Question]) -> str:
    """When the latest answer of *questions* was saved."""
    times = [a.answered_at for q in questions if (a := s.records.answers.get(q.key)) is not None]
    return f"Saved {clock(max(times))}" if times else ""


def file_views(s: Situation, question: Question, contact: Contact) -> tuple[FileView, ...]:
    """What was uploaded to *question*."""
    if question.type != "files":
        return ()
    files = s.records.files.get(question.key, [])
    return tuple(file_view(s, file, contact) for file in files)


def file_view(s: Situation, file: StoredFile, contact: Contact) -> FileView:
    """One upload."""
    return FileView(
        file.id, file.name, size_words(file.size),
        f"{s.people.name(file.uploaded_by)}, {clock(file.uploaded_at)}",
        file.uploaded_by == contact.ref,
    )  # fmt: skip


def size_words(size: int) -> str:
    """A size as people say it."""
    if size < 1000:
        return f"{size} bytes"
    return f"{size / 1000:.0f} KB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


@dataclass(frozen=True)
class Overview:
    """A form before its pages: how far it is, and where to go on."""

    form: Form
    title: str
    text: str
    minutes: int
    sections: tuple[SectionLine, ...]
    progress: str
    done: int
    total: int
    complete: bool
    sent: bool
    sent_at: Any
    sent_by: str
    reopened_by: str
    reopened_why: str
    others: str
    go_on: int


def overview(s: Situation, form: Form, contact: Contact) -> Overview:
    """*form* as its first page shows it."""
    lines = tuple(_with_whom(s, form, contact, line) for line in _lines(s, form))
    how_far = progress_of(s, form)
    record = s.records.forms.get(form.key) or FormRecord(key=form.key)
    others = [c.name for c in s.records.contacts if c.role in form.roles and c.id != contact.id]
    return Overview(
        form=form, title=s.plain(form.title), text=s.text(form.text), minutes=form.minutes,
        sections=lines, progress=how_far.words, done=how_far.done, total=how_far.total,
        complete=how_far.complete, sent=record.submitted_at is not None,
        sent_at=record.submitted_at,
        sent_by=s.people.name(record.submitted_by or ""),
        reopened_by=s.people.name(record.reopened_by or "") if not record.submitted_at else "",
        reopened_why=record.reopened_why or "", others=", ".join(others),
        go_on=next((line.number for line in lines if line.missing), 1),
    )  # fmt: skip


def _lines(s: Situation, form: Form) -> list[SectionLine]:
    answers, asked = answers_of(s, form), shown_now(s, form)
    lines = []
    for number, section in enumerate(sections_of(s, form), 1):
        own = [q for q in asked if q.key in section.questions]
        missing = sum(bool(lacking(q, answers.get(q.key))) for q in own)
        done = sum(answers.get(q.key) not in EMPTY for q in own)
        later = any(may_come_later(q) for q in own)
        title = s.plain(section.title)
        lines.append(SectionLine(number, title, done, len(own), missing, later, section.key))
    return lines


def _with_whom(s: Situation, form: Form, contact: Contact, line: SectionLine) -> SectionLine:
    """*line* with who was given it by name, and whether *contact* may hand it over."""
    section = form.sections[line.key]
    piece = section_piece(s, form, section, line.number)
    now_with = held(s, piece)
    who = s.people.name(f"c{now_with.ask.contact_id}") if now_with.ask else ""
    open_now = piece.open and not is_sent(s, form)
    return replace(line, who=who, hand=open_now and may_hand(s, piece, contact))


@dataclass(frozen=True)
class CheckLine:
    """An answer on the page that is looked over before sending."""

    title: str
    shown: str
    rows: tuple[str, ...]
    missing: str
    said: str
    href: str
    optional: bool


@dataclass(frozen=True)
class CheckPart:
    title: str
    lines: tuple[CheckLine, ...]


def check_parts(s: Situation, form: Form, contact: Contact, base: str) -> list[CheckPart]:
    """Every question asked with its answer, by section; *base* is the address of the form."""
    answers, asked = answers_of(s, form), shown_now(s, form)
    parts = []
    for number, section in enumerate(sections_of(s, form), 1):
        lines = tuple(
            _check_line(s, q, answers, contact, f"{base}/{number}#q-{slug_of(q.key)}")
            for q in asked
            if q.key in section.questions
        )
        parts.append(CheckPart(s.plain(section.title), lines))
    return [part for part in parts if part.lines]


def _check_line(
    s: Situation, question: Question, answers: Mapping[str, Any], contact: Contact, href: str
) -> CheckLine:
    value = answers.get(question.key)
    words = shown(question, value)
    return CheckLine(
        title=s.plain(question.title), shown=words,
        rows=tuple(words.split("\n")) if question.type == "table" and words else (),
        missing=lacking(question, value), said=said(s, s.records.answers.get(question.key),
        contact),
        href=href, optional=not question.required,
    )  # fmt: skip


def saved_words() -> str:
    """This minute, for a page that has just saved."""
    return clock(now())
