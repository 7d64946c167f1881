"""What customers are asked for, item by item, and who has each now.

An item is a step of a checklist that customers see, or a section of a form that was given to a
named person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from phases.core.models import Contact
from phases.mechanisms.checklist.queries import StepView, live_steps
from phases.mechanisms.form.queries import answers_of, asked, is_sent, may_come_later, progress_of
from phases.mechanisms.form.values import EMPTY, lacking
from phases.mechanisms.homework.models import Ask, holds, known_since
from phases.mechanisms.sheet.queries import statement_views
from phases.mechanisms.situation import Situation
from playbook.models import Checklist, Form, Question, Section, Sheet, Step

RETURNED = "returned"


@dataclass(frozen=True)
class Piece:
    """One item. ``kind`` says how it is done: by a button (step), by answers to ``questions``
    (questions, section), by sending ``form`` (form), or by signing a sheet (sheet).

    ``people`` have it by their role; ``words`` say how far it is.
    """

    key: str
    title: str
    text: str
    kind: str
    people: tuple[Contact, ...]
    role_title: str
    open: bool
    form: str = ""
    number: int = 0
    questions: tuple[str, ...] = ()
    critical: bool = False
    due: date | None = None
    overdue: bool = False
    words: str = ""
    tells: str = ""
    subphase: str = ""
    view: StepView | None = None

    @property
    def can_be_given(self) -> bool:
        """Whether somebody else may do it: a signature is its role's own."""
        return self.kind != "sheet"

    @property
    def can_be_handed(self) -> bool:
        """Whether a colleague without a role may do it: sending a form speaks for the firm."""
        return self.kind in ("step", "questions", "section")


# --- what there is --------------------------------------------------------------------------------


def is_reached(s: Situation, summary: Any, code: str) -> bool:
    """Whether the sub-phase *code* is reached, and its phase's gate not passed yet."""
    if summary is None or code > summary.subphase or summary.closed_at is not None:
        return False
    phase = s.playbook.subphase(code).phase
    codes = {part.code for part in s.playbook.subphases_of(phase)}
    return not any(
        gate["code"] in codes and gate["state"] in ("passed", "stale") for gate in summary.gates
    )


def shown_steps(s: Situation, summary: Any) -> Iterator[tuple[Checklist, StepView]]:
    """Steps of the checklists that customers see, until the gate of their phase is passed."""
    for checklist in s.playbook.checklists:
        if checklist.portal and is_reached(s, summary, checklist.subphase):
            yield from ((checklist, view) for view in live_steps(s, checklist))


def role_of(s: Situation, checklist: Checklist, view: StepView) -> str:
    """Who is asked: the step's role, or the checklist's while nobody plays that."""
    played = {contact.role for contact in s.records.contacts}
    return view.role if view.role in played else checklist.role


def pieces(s: Situation, summary: Any) -> list[Piece]:
    """Every step that customers see, and every section that was given to somebody."""
    return s.once(("pieces", ""), lambda: _pieces(s, summary))


def _pieces(s: Situation, summary: Any) -> list[Piece]:
    found = [_step(s, checklist, view) for checklist, view in shown_steps(s, summary)]
    given = {ask.item for ask in s.records.asks}
    for form in s.playbook.forms:
        if s.applies(form) and is_reached(s, summary, form.subphase):
            sections = enumerate(sections_of(s, form), 1)
            found += [section_piece(s, form, one, n) for n, one in sections if one.key in given]
    return found


def piece_of(s: Situation, summary: Any, key: str) -> Piece | None:
    """The item *key* if it is asked of customers now: a step, or any section of a form."""
    found = next((piece for piece in pieces(s, summary) if piece.key == key), None)
    if found is not None or not isinstance(s.playbook.items.get(key), Section):
        return found
    form = s.playbook.container_of(key)
    assert isinstance(form, Form)
    if not s.applies(form) or not is_reached(s, summary, form.subphase):
        return None
    sections = enumerate(sections_of(s, form), 1)
    return next((section_piece(s, form, one, n) for n, one in sections if one.key == key), None)


def sections_of(s: Situation, form: Form) -> list[Section]:
    """The sections that apply and have a question that may be asked."""
    return [
        section
        for section in form.sections.values()
        if s.applies(section) and any(s.applies(q) for q in section.questions.values())
    ]


def named_in(s: Situation, key: str, what: str) -> list[str]:
    """What the checks of the step *key* name: its ``question``, ``form`` or ``sheet``."""
    checks = s.playbook.get(key, Step).done_when
    return [found for check in checks if (found := getattr(check, what, ""))]


def form_asked_by(s: Situation, key: str) -> Form | None:
    """The form of the questions that the step *key* waits for."""
    questions = named_in(s, key, "question")
    found = s.playbook.container_of(questions[0]) if questions else None
    return found if isinstance(found, Form) else None


def _step(s: Situation, checklist: Checklist, view: StepView) -> Piece:
    role = role_of(s, checklist, view)
    kind, form, questions, words = _how(s, view)
    people = tuple(c for c in s.records.contacts if c.role == role)
    if kind == "sheet":
        people = tuple(_signers(s, view))
    return Piece(
        view.key, view.title, view.text, kind, people, s.playbook.role(role).title, view.open,
        form=form, questions=questions, critical=view.critical, due=view.due,
        overdue=view.overdue, words=words, tells=checklist.escalates,
        subphase=checklist.subphase, view=view,
    )  # fmt: skip


def _how(s: Situation, view: StepView) -> tuple[str, str, tuple[str, ...], str]:
    """How a step is done: the kind, the form, the questions, and how far it is."""
    if named_in(s, view.key, "sheet"):
        return "sheet", "", (), ""
    if forms := named_in(s, view.key, "form"):
        form = s.playbook.get(forms[0], Form)
        every = tuple(q for part in form.sections.values() for q in part.questions)
        return "form", form.key, every, progress_of(s, form).words
    if wanted := form_asked_by(s, view.key):
        keys = tuple(named_in(s, view.key, "question"))
        return "questions", wanted.key, keys, _words(s, wanted, keys)
    return "step", "", (), ""


def _words(s: Situation, form: Form, keys: Iterable[str]) -> str:
    shown = [q for q in asked(s, form) if q.key in set(keys)]
    answers = answers_of(s, form)
    done = sum(answers.get(q.key) not in EMPTY for q in shown)
    return f"{done} of {len(shown)} answered" if shown else ""


def _signers(s: Situation, view: StepView) -> Iterator[Contact]:
    """Everybody whose signature a sheet still waits for."""
    for key in named_in(s, view.key, "sheet"):
        sheet = s.playbook.get(key, Sheet)
        if not view.open:
            yield from (c for c in s.records.contacts if c.role in sheet.roles)
            continue
        views = [one for one in statement_views(s, sheet) if one.required]
        for contact in s.records.contacts:
            if contact.role in sheet.roles and any(
                one.signature(contact.role).state in ("none", "stale") for one in views
            ):
                yield contact


def section_piece(s: Situation, form: Form, section: Section, number: int) -> Piece:
    """A section of *form*: open while an answer is missing that the form, or a step, waits for."""
    keys = tuple(key for key, q in section.questions.items() if s.applies(q))
    return Piece(
        section.key, s.plain(section.title), s.text(section.text), "section",
        tuple(c for c in s.records.contacts if c.role in form.roles),
        s.playbook.role(form.roles[0]).title if form.roles else "",
        bool(_missing(s, form, keys)), form=form.key, number=number, questions=keys,
        words=_words(s, form, keys), subphase=form.subphase, **_as_its_form(s, form),
    )  # fmt: skip


def _as_its_form(s: Situation, form: Form) -> dict[str, Any]:
    """Due, and told of, as the step that waits for the whole form."""
    for checklist in s.playbook.checklists:
        for key, step in checklist.items.items() if checklist.portal else ():
            if form.key in named_in(s, key, "form"):
                due = s.due(step.due)
                return {"due": due, "overdue": bool(due and due < s.today),
                        "tells": checklist.escalates}  # fmt: skip
    return {}


def _missing(s: Situation, form: Form, keys: tuple[str, ...]) -> list[Question]:
    """The questions among *keys* that are asked, wanted, and not answered."""
    answers, sent = answers_of(s, form), is_sent(s, form)
    shown = [q for q in asked(s, form) if q.key in keys and (not sent or may_come_later(q))]
    wanted = _wanted(s)
    needed = [q for q in shown if q.required or q.key in wanted]
    missing = [
        q
        for q in needed
        if lacking(q, answers.get(q.key)) or (q.key in wanted and answers.get(q.key) in EMPTY)
    ]
    untouched = not needed and all(answers.get(q.key) in EMPTY for q in shown)
    return missing or (shown if untouched else [])


def _wanted(s: Situation) -> set[str]:
    """The questions that steps of the customer's wait for."""
    return {
        question
        for checklist in s.playbook.checklists
        if checklist.portal
        for key in checklist.items
        for question in named_in(s, key, "question")
    }


# --- who has it -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Holding:
    """Who has an item now. ``ask`` is set when it is with a named person; ``back`` when it waits
    for the architect to find somebody else; ``told`` are the latest words with which it came back.
    """

    people: tuple[Contact, ...]
    ask: Ask | None = None
    back: Ask | None = None
    told: Ask | None = None


def holding(people: Sequence[Contact], asks: Sequence[Ask], contacts: Sequence[Contact]) -> Holding:
    """Who has an item that *people* have by their role, given all *asks* about it, oldest first.

    What a person was asked by name is theirs; sent back, it is with whoever gave it; sent back by
    somebody whom staff had asked, or by the last who had it by role, with the architect.
    """
    known = {contact.id: contact for contact in contacts}
    asks = [ask for ask in asks if ask.contact_id in known]
    told = next((ask for ask in reversed(asks) if ask.ended_at and ask.how == RETURNED), None)
    named = [ask for ask in asks if holds(ask)]
    if named:
        last = named[-1]
        newer = told if told is not None and _ended(told) > known_since(last) else None
        return Holding((known[last.contact_id],), last, None, newer)
    refused = {ask.contact_id for ask in _latest(asks) if ask.how == RETURNED and not ask.by}
    left = tuple(contact for contact in people if contact.id not in refused)
    newest = max((a for a in asks if a.ended_at), key=_ended, default=None)
    is_back = newest is not None and newest.how == RETURNED and not newest.by.startswith("c")
    if is_back and (newest.by or not left):  # type: ignore[union-attr] # is_back says so
        return Holding((), None, newest, newest)
    return Holding(left, None, None, told if newest is told else None)


def _ended(ask: Ask) -> Any:
    return ask.ended_at


def _latest(asks: Iterable[Ask]) -> list[Ask]:
    """The last ask of each person."""
    return list({ask.contact_id: ask for ask in asks}.values())


def held(s: Situation, piece: Piece) -> Holding:
    """Who has *piece* now."""
    asks = [ask for ask in s.records.asks if ask.item == piece.key]
    return holding(piece.people, asks, s.records.contacts)


# --- what a person may answer ---------------------------------------------------------------------


def reach(s: Situation, form: Form, contact: Contact) -> frozenset[str]:
    """The questions of *form* that *contact* may read and answer: all by role, else those that
    were given to them; none is an empty set."""
    every = [q for section in form.sections.values() for q in section.questions]
    if contact.role in form.roles:
        return frozenset(every)
    found: set[str] = set()
    for ask in s.records.asks:
        if ask.contact_id == contact.id and holds(ask):
            found |= _opened(s, form, ask.item, contact)
    return frozenset(found & set(every))


def _opened(s: Situation, form: Form, key: str, contact: Contact) -> set[str]:
    item = s.playbook.items.get(key)
    if isinstance(item, Section):
        return set(item.questions)
    if not isinstance(item, Step):
        return set()
    if form.key in named_in(s, key, "form") and contact.role:
        return {q for section in form.sections.values() for q in section.questions}
    return set(named_in(s, key, "question"))


def may_send(s: Situation, form: Form, contact: Contact) -> bool:
    """Whether *contact* may look over and send the whole form."""
    every = {q for section in form.sections.values() for q in section.questions}
    return bool(contact.role) and reach(s, form, contact) >= every
