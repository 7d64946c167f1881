"""What we need from a contact, where the project is, and whom to ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from intake.queries.needs import Need, all_needs, schedules_of
from phases.core.models import Contact, Member
from phases.mechanisms.homework.pieces import Holding, Piece, held, may_send, pieces
from phases.mechanisms.situation import Situation
from playbook.models import Form

NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


@dataclass(frozen=True)
class Other:
    """What somebody else has. ``ask`` is what the reader gave them and may take back."""

    who: str
    title: str
    words: str = ""
    place: str = ""
    ask: int = 0


@dataclass(frozen=True)
class Person:
    name: str
    role: str
    email: str


@dataclass(frozen=True)
class HomeView:
    """The first page of a contact."""

    needs: tuple[Need, ...]
    colleagues: tuple[Other, ...]
    done: tuple[str, ...]
    after: tuple[str, ...]
    rail: dict[str, Any]
    now: str
    people: tuple[Person, ...]
    schedules: tuple[tuple[str, str], ...]
    registers: tuple[tuple[str, str], ...]

    @property
    def heading(self) -> str:
        """``Three things we need from you``."""
        count = len(self.needs)
        number = NUMBERS[count] if count < len(NUMBERS) else str(count)
        return f"{number} thing{'' if count == 1 else 's'} we need from you"

    @property
    def minutes(self) -> int:
        return sum(need.minutes for need in self.needs)


def home_view(s: Situation, contact: Contact, summary: Any) -> HomeView:
    """Everything the first page of *contact* shows."""
    read_people(s)
    role = contact.role
    return HomeView(
        needs=tuple(sorted(all_needs(s, contact, summary), key=lambda n: n.due or date.max)),
        colleagues=tuple(others(s, contact, summary)),
        done=tuple(done(s, role, summary)), after=next_words(s, summary),
        rail=plain_rail(summary.rail),
        now=now_words(s, summary), people=contacts_at_firm(s),
        schedules=tuple((x.key, s.plain(x.title)) for x in schedules_of(s, role, summary.subphase)),
        registers=tuple(
            (r.key, s.plain(r.title)) for r in s.playbook.registers
            if r.portal and s.applies(r) and r.subphase <= summary.subphase
        ),
    )  # fmt: skip


def read_people(s: Situation) -> None:
    """Read contacts and team in one query, since this page needs nearly every set there is."""
    assert s.records.session is not None
    rows = s.records.session.execute(
        select(Contact, Member)
        .select_from(Contact)
        .outerjoin(Member, Member.engagement_id == Contact.engagement_id)
        .where(Contact.engagement_id == s.engagement.id, Contact.removed_at.is_(None))
        .order_by(Contact.id, Member.id)
    ).all()
    s.records.contacts = list(dict.fromkeys(contact for contact, _ in rows))
    s.records.members = list(dict.fromkeys(member for _, member in rows if member is not None))


def others(s: Situation, contact: Contact, summary: Any) -> Iterator[Other]:
    """What others at the customer have, and what the reader handed to them."""
    if summary.closed_at is not None:
        return
    for piece in pieces(s, summary):
        if not piece.open or piece.kind == "sheet":
            continue
        now_with = held(s, piece)
        if piece.kind == "section" and now_with.ask is None:
            yield from waiting_for_consent(s, contact, piece)
        elif contact not in now_with.people:
            yield with_others(s, contact, piece, now_with)
            yield from waiting_for_consent(s, contact, piece)


def with_others(s: Situation, contact: Contact, piece: Piece, now_with: Holding) -> Other:
    """An item that somebody else has."""
    who = ", ".join(person.name for person in now_with.people) or piece.role_title
    ask = now_with.ask
    mine = ask.id if ask is not None and ask.by == contact.ref else 0
    form = s.playbook.items.get(piece.form)
    open_to = isinstance(form, Form) and may_send(s, form, contact) and piece.kind == "form"
    return Other(who, piece.title, piece.words, f"form/{piece.form}" if open_to else "", mine)


def waiting_for_consent(s: Situation, contact: Contact, piece: Piece) -> Iterator[Other]:
    """What the reader handed over and the architect has not agreed to yet."""
    for ask in s.records.asks:
        if ask.item == piece.key and ask.waits and not ask.ended_at and ask.by == contact.ref:
            words = f"waits for {s.names_of('architect') or 'us'} to agree"
            yield Other(s.people.name(f"c{ask.contact_id}"), piece.title, words, "", ask.id)


def done(s: Situation, role: str, summary: Any) -> Iterator[str]:
    """What has been sent, signed and passed, in sentences."""
    for form in s.playbook.forms:
        if (record := s.records.forms.get(form.key)) and record.submitted_at:
            yield f"{s.plain(form.title)} was sent by {s.people.name(record.submitted_by)}."
    for sheet in s.playbook.sheets:
        count = len(
            {x.statement for x in s.records.sign_offs if x.sheet == sheet.key and x.role == role}
        )
        if count:
            lines = "1 line" if count == 1 else f"{count} lines"
            yield f"You answered {lines} of “{s.plain(sheet.title)}”."
    for gate in summary.gates:
        if gate["state"] in ("passed", "stale"):
            yield f"{gate['title']} was passed."


def now_words(s: Situation, summary: Any) -> str:
    """Where the project is, in a sentence."""
    if summary.closed_at:
        return "The project is complete."
    found = next((p for p in s.playbook.subphases if p.code == summary.subphase), None)
    if found is None:
        return ""
    phase = s.playbook.phase(found.phase)
    where = f"{s.plain(phase.title)} (phase {phase.number} of {len(s.playbook.phases)})"
    return f"We are in {where}, at {found.code}, {s.plain(found.title)}."


def next_words(s: Situation, summary: Any) -> tuple[str, ...]:
    """What happens next and when, as far as it is known."""
    if summary.closed_at:
        return ("The project is complete. We stay in touch about how billing runs.",)
    found = []
    if summary.kickoff and summary.kickoff >= s.today:
        found.append(f"We read what you send us before the kickoff on {day(summary.kickoff)}.")
    elif summary.kickoff is None:
        found.append("We agree the date of the kickoff with you.")
    following = next(
        (p for p in s.playbook.subphases if p.code > summary.subphase and s.applies(p)), None
    )
    if following is not None:
        found.append(f"The next step is {following.code}, {s.plain(following.title)}.")
    if summary.go_live and summary.go_live >= s.today:
        found.append(f"Go-live is planned for {day(summary.go_live)}.")
    found.append("We write to you when we need something.")
    return tuple(found)


def day(value: date) -> str:
    return f"{value:%a} {value.day} {value:%b %Y}"


def plain_rail(stored: list[dict[str, Any]]) -> dict[str, Any]:
    """The rail without links, and without the reasons that are written for staff."""
    bare = {"href": "", "reason": ""}
    return {
        "phases": [
            {
                **phase,
                "href": "",
                "marks": [
                    {**m, **bare, "state": CALM.get(m["state"], m["state"])} for m in phase["marks"]
                ],
                "gate": phase["gate"] and {**phase["gate"], **bare},
            }
            for phase in stored
        ]
    }


CALM = {"blocked": "current"}
"""What is blocked is for the team to say; the customer sees where the project is."""


def contacts_at_firm(s: Situation) -> tuple[Person, ...]:
    """The team, the architect first."""
    people = [
        Person(m.user.name, s.playbook.role(m.role).title, m.user.email)
        for m in sorted(s.records.members, key=lambda m: m.role != "architect")
    ]
    return tuple(people)
