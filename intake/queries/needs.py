"""What waits for a contact: forms, sheets, homework items, and tasks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from phases.core.models import Contact
from phases.mechanisms.form.queries import is_sent, progress_of
from phases.mechanisms.homework.pieces import Piece, held, may_send, named_in, pieces
from phases.mechanisms.homework.services import may_hand, own_ask
from phases.mechanisms.register.values import is_link
from phases.mechanisms.schedule.queries import owner_role, schedule_view
from phases.mechanisms.sheet.queries import opening, statement_views
from phases.mechanisms.situation import Situation
from playbook.models import Form, Schedule, Sheet, Step


@dataclass(frozen=True)
class Part:
    """A homework item that a form asks for among its questions."""

    key: str
    title: str
    words: str
    place: str
    hand: bool


@dataclass(frozen=True)
class Need:
    """One thing we need. ``place`` lies below the contact's address; a step without one is told of
    by its own button, with ``key`` and ``version``. ``link`` leads to what it is about; ``parts``
    are the homework that a form asks for among its questions. ``hand`` and ``back`` tell whether it
    may be handed over and sent back, by the ``item`` if that has another key; ``given`` and
    ``returned`` by whom it came, with what words.
    """

    key: str
    title: str
    text: str
    place: str
    label: str
    kind: str
    minutes: int = 0
    due: date | None = None
    overdue: bool = False
    version: int | None = None
    link: str = ""
    parts: tuple[Part, ...] = ()
    item: str = ""
    hand: bool = False
    back: bool = False
    given: str = ""
    note: str = ""
    returned: str = ""


def all_needs(s: Situation, contact: Contact, summary: Any) -> Iterator[Need]:
    """Forms, sheets, steps, sections and tasks that wait for *contact*; only tasks once all is
    closed."""
    role, reached = contact.role, summary.subphase
    if summary.closed_at is None:
        mine = [p for p in pieces(s, summary) if p.open and contact in held(s, p).people]
        forms = [form for form in s.playbook.forms if is_asked(s, summary, form, contact)]
        for form in forms:
            yield form_need(s, form, contact, [p for p in mine if p.form == form.key], summary)
        for sheet in s.playbook.sheets:
            if role in sheet.roles and sheet.subphase <= reached and s.applies(sheet):
                yield from sheet_need(s, sheet, role, due_of(s, summary, "sheet", sheet.key))
        inside = {form.key for form in forms}
        for piece in mine:
            if (
                piece.kind not in ("form", "sheet")
                and piece.form not in inside
                and _own(s, piece, contact)
            ):
                yield piece_need(s, piece, contact)
    for schedule in schedules_of(s, role, reached):
        yield from schedule_need(s, schedule)


def _own(s: Situation, piece: Piece, contact: Contact) -> bool:
    """Whether *piece* is shown by itself: a section only to whoever was given it by name."""
    return piece.kind != "section" or own_ask(s, contact, piece.key) is not None


def is_asked(s: Situation, summary: Any, form: Form, contact: Contact) -> bool:
    """Whether *contact* is the one to fill *form* in and send it.

    That is whoever has the step that waits for it; while nobody has, all whom the form asks.
    """
    if form.subphase > summary.subphase or not s.applies(form) or is_sent(s, form):
        return False
    if not may_send(s, form, contact):
        return False
    steps = [p for p in pieces(s, summary) if p.kind == "form" and p.form == form.key]
    people = [person for step in steps for person in held(s, step).people]
    return contact in people or not people


def due_of(s: Situation, summary: Any, what: str, key: str) -> date | None:
    """By when a step waits for the form or sheet *key*."""
    dues = (p.due for p in pieces(s, summary) if p.open and key in named(s, p, what))
    return next((due for due in dues if due), None)


def named(s: Situation, piece: Piece, what: str) -> list[str]:
    return named_in(s, piece.key, what) if piece.kind in ("form", "sheet") else []


def form_need(s: Situation, form: Form, contact: Contact, mine: list[Piece], summary: Any) -> Need:
    """A form to fill in and send, with the homework that is among its questions."""
    how_far, due = progress_of(s, form), due_of(s, summary, "form", form.key)
    begun = how_far.done > 0
    parts = tuple(
        Part(p.key, p.title, p.words, f"item/{p.key}", may_hand(s, p, contact))
        for p in mine if p.kind == "questions"
    )  # fmt: skip
    step = next((p for p in mine if p.kind == "form"), None)
    given, note = came_from(s, contact, step) if step else ("", "")
    return Need(
        form.key, s.plain(form.title), how_far.words if begun else s.text(form.text),
        f"form/{form.key}",
        "Begun" if begun else "Not begun", "waiting" if begun else "todo", form.minutes, due,
        bool(due and due < s.today), parts=parts, item=step.key if step else "",
        back=step is not None, given=given, note=note,
    )  # fmt: skip


def piece_need(s: Situation, piece: Piece, contact: Contact) -> Need:
    """A step or a section that is somebody's own."""
    place = {"questions": f"item/{piece.key}", "section": f"form/{piece.form}/{piece.number}"}
    given, note = came_from(s, contact, piece)
    begun = bool(piece.words) and not piece.words.startswith("0 ")
    view = piece.view
    quick = view is not None and view.quick and piece.kind == "step"
    label = ("Begun" if begun else "Not begun") if piece.kind in place else "To do"
    return Need(
        piece.key, piece.title, piece.text, place.get(piece.kind, ""), label,
        "waiting" if begun else "todo", due=piece.due, overdue=piece.overdue,
        version=view.version if view is not None and quick else None,
        link=shown_link(s, piece), hand=may_hand(s, piece, contact), back=True, given=given,
        note=note, returned=came_back(s, piece, contact),
    )  # fmt: skip


def came_from(s: Situation, contact: Contact, piece: Piece) -> tuple[str, str]:
    """Who gave *piece* to *contact* by name, and with what words."""
    ask = own_ask(s, contact, piece.key)
    return (s.people.name(ask.by), ask.note) if ask is not None else ("", "")


def came_back(s: Situation, piece: Piece, contact: Contact) -> str:
    """That somebody to whom *contact* had handed *piece* sent it back, and why."""
    told = held(s, piece).told
    if told is None or told.by != contact.ref:
        return ""
    who = s.people.name(f"c{told.contact_id}")
    return f"{who} sent this back: {told.said or 'it is not theirs'}"


def sheet_need(s: Situation, sheet: Sheet, role: str, due: date | None) -> Iterator[Need]:
    if not opening(s, sheet).met:
        return
    states = required_states(s, sheet, role)
    fresh, stale = states.count("none"), states.count("stale")
    if not fresh + stale:
        return
    parts = [f"{fresh} to read and answer"] if fresh else []
    parts += [f"{stale} changed since you answered"] if stale else []
    minutes = max(1, round(sheet.minutes * (fresh + stale) / len(states)))
    yield Need(
        sheet.key, s.plain(sheet.title), " and ".join(parts), f"sheet/{sheet.key}",
        "Changed" if stale and not fresh else "To approve", "stale" if stale else "todo",
        minutes, due,
        bool(due and due < s.today),
    )  # fmt: skip


def required_states(s: Situation, sheet: Sheet, role: str) -> list[str]:
    """What *role* said of each required statement; their content is drawn up only if it signed."""
    if sheet.rows_of or any(x.sheet == sheet.key for x in s.records.sign_offs):
        views = statement_views(s, sheet)
        return [view.signature(role).state for view in views if view.required]
    return ["none" for item in sheet.items.values() if item.required and s.applies(item)]


def shown_link(s: Situation, piece: Piece) -> str:
    """The link that a step is about, once somebody has given it."""
    if piece.view is None:
        return ""
    said = s.records.steps.get(s.playbook.get(piece.key, Step).shows)
    return said.evidence if said is not None and is_link(said.evidence or "") else ""


def schedules_of(s: Situation, role: str, reached: str) -> list[Schedule]:
    """The schedules that are *role*'s to keep."""
    return [
        x for x in s.playbook.schedules
        if x.portal and x.subphase <= reached and owner_role(s, x) == role and s.applies(x)
    ]  # fmt: skip


def schedule_need(s: Situation, schedule: Schedule) -> Iterator[Need]:
    waiting = schedule_view(s, schedule).now
    if waiting:
        first = min(view.due for view in waiting)
        count = "1 check is due" if len(waiting) == 1 else f"{len(waiting)} checks are due"
        yield Need(schedule.key, s.plain(schedule.title), count, f"schedule/{schedule.key}", "Due",
                   "watch", 5 * len(waiting), first, first < s.today)  # fmt: skip
