"""What we need from a contact, where the project is, and whom to ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from intake.queries.sections import sections_of
from phases.core.models import Contact, Member
from phases.mechanisms.checklist.queries import StepView, live_steps
from phases.mechanisms.form.queries import is_sent, progress_of
from phases.mechanisms.register.values import is_link
from phases.mechanisms.schedule.queries import owner_role, schedule_view
from phases.mechanisms.sheet.queries import statement_views
from phases.mechanisms.situation import Situation
from playbook.book import slug_of
from playbook.models import Checklist, Form, Schedule, Sheet, Step

NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


@dataclass(frozen=True)
class Need:
    """One thing we need. ``place`` lies below the contact's address; a step without one is told of
    by its own button, with ``key`` and ``version``. ``link`` leads to what it is about;
    ``includes`` names the homework that a form asks for among its questions."""

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
    includes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Person:
    name: str
    role: str
    email: str


@dataclass(frozen=True)
class HomeView:
    """The first page of a contact."""

    needs: tuple[Need, ...]
    colleagues: tuple[str, ...]
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


def home_view(s: Situation, role: str, summary: Any) -> HomeView:
    """Everything the first page of somebody in *role* shows."""
    read_people(s)
    steps = list(homework(s, summary))
    closed = summary.closed_at is not None
    wanted = all_needs(s, role, summary.subphase, steps, closed=closed)
    needs = sorted(wanted, key=lambda n: n.due or date.max)
    return HomeView(
        needs=tuple(needs), colleagues=tuple(waiting_for_others(s, role, steps)),
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


def homework(s: Situation, summary: Any) -> Iterator[tuple[Checklist, StepView]]:
    """Open steps of the checklists that customers see, until the gate of their phase is passed."""
    for checklist in s.playbook.checklists:
        if checklist.portal and is_open(s, summary, checklist.subphase):
            yield from ((checklist, view) for view in live_steps(s, checklist) if view.open)


def is_open(s: Situation, summary: Any, code: str) -> bool:
    """Whether the sub-phase *code* is reached, and its phase's gate not passed yet."""
    if code > summary.subphase:
        return False
    phase = s.playbook.subphase(code).phase
    codes = {part.code for part in s.playbook.subphases_of(phase)}
    return not any(
        gate["code"] in codes and gate["state"] in ("passed", "stale") for gate in summary.gates
    )


def role_of(s: Situation, checklist: Checklist, view: StepView) -> str:
    """Who is asked: the step's role, or the checklist's while nobody plays that."""
    played = {contact.role for contact in s.records.contacts}
    return view.role if view.role in played else checklist.role


def all_needs(
    s: Situation, role: str, reached: str, steps: list[tuple[Checklist, StepView]], *, closed: bool
) -> Iterator[Need]:
    """Forms, sheets, steps and tasks that wait for *role*; only tasks once all is closed."""
    if closed:
        for schedule in schedules_of(s, role, reached):
            yield from schedule_need(s, schedule)
        return
    dues = {asked: view.due for _, view in steps for asked in asked_by(s, view) if view.due}
    for form in s.playbook.forms:
        if (
            role in form.roles
            and form.subphase <= reached
            and s.applies(form)
            and not is_sent(s, form)
        ):
            yield form_need(s, form, dues.get(form.key), tuple(included(s, role, form, steps)))
    for sheet in s.playbook.sheets:
        if role in sheet.roles and sheet.subphase <= reached and s.applies(sheet):
            yield from sheet_need(s, sheet, role, dues.get(sheet.key))
    for checklist, view in steps:
        if role_of(s, checklist, view) == role and not covered(s, view, role):
            yield step_need(s, view)
    for schedule in schedules_of(s, role, reached):
        yield from schedule_need(s, schedule)


def asked_by(s: Situation, view: StepView) -> list[str]:
    """The forms and sheets that a step waits for."""
    checks = s.playbook.get(view.key, Step).done_when
    return [
        key
        for check in checks
        if (key := getattr(check, "form", "") or getattr(check, "sheet", ""))
    ]


def covered(s: Situation, view: StepView, role: str = "") -> bool:
    """Whether the step is nothing but a form or sheet, which are asked for as such.

    So is one that waits for answers of a form which *role* is asked to fill in.
    """
    if asked_by(s, view):
        return True
    forms = forms_of(s, view)
    return bool(forms) and all(role in form.roles and not is_sent(s, form) for form in forms)


def forms_of(s: Situation, view: StepView) -> list[Form]:
    """The forms of the questions that a step waits for."""
    questions = [getattr(c, "question", "") for c in s.playbook.get(view.key, Step).done_when]
    found = [s.playbook.container_of(key) for key in questions if key]
    return [form for form in found if isinstance(form, Form)]


def included(
    s: Situation, role: str, form: Form, steps: list[tuple[Checklist, StepView]]
) -> Iterator[str]:
    """The open steps of *role* that wait for answers of *form* and are not asked for beside it."""
    for checklist, view in steps:
        if role_of(s, checklist, view) == role and form in forms_of(s, view):
            yield s.plain(s.playbook.get(view.key).title)


def form_need(s: Situation, form: Form, due: date | None, includes: tuple[str, ...]) -> Need:
    how_far = progress_of(s, form)
    begun = how_far.done > 0
    return Need(
        form.key, s.plain(form.title), how_far.words if begun else s.text(form.text),
        f"form/{form.key}",
        "Begun" if begun else "Not begun", "waiting" if begun else "todo", form.minutes, due,
        bool(due and due < s.today), includes=includes,
    )  # fmt: skip


def sheet_need(s: Situation, sheet: Sheet, role: str, due: date | None) -> Iterator[Need]:
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


def step_need(s: Situation, view: StepView) -> Need:
    place = question_place(s, view)
    return Need(
        view.key, s.plain(s.playbook.get(view.key).title), view.text, place,
        "Open" if place else "To do", "todo", 0, view.due, view.overdue,
        view.version if view.quick and not place else None, shown_link(s, view),
    )  # fmt: skip


def shown_link(s: Situation, view: StepView) -> str:
    """The link that the step is about, once somebody has given it."""
    said = s.records.steps.get(s.playbook.get(view.key, Step).shows)
    return said.evidence if said is not None and is_link(said.evidence or "") else ""


def question_place(s: Situation, view: StepView) -> str:
    """Where a step's question is answered, if it waits for one."""
    for check in s.playbook.get(view.key, Step).done_when:
        question = getattr(check, "question", "")
        if question and not s.find(check).met:
            form = s.playbook.container_of(question)
            assert isinstance(form, Form)
            for number, section in enumerate(sections_of(s, form), 1):
                if question in section.questions:
                    return f"form/{form.key}/{number}#q-{slug_of(question)}"
    return ""


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


def waiting_for_others(
    s: Situation, role: str, steps: list[tuple[Checklist, StepView]]
) -> Iterator[str]:
    """What colleagues at the customer have been asked."""
    for checklist, view in steps:
        asked = role_of(s, checklist, view)
        if asked != role and not covered(s, view):
            who = s.names_of(asked) or s.playbook.role(asked).title
            yield f"{who}: {s.plain(s.playbook.get(view.key).title)}"


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
