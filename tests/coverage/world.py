"""One engagement in which everything applies, its people, and how each kind of item is said."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import Decimal
from functools import cache, cached_property
from io import BytesIO
from itertools import count
from typing import Any, TypeVar, cast

from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy.orm import Session

from phases.core.audit import sha256
from phases.core.clock import now
from phases.core.commit import commit
from phases.core.db import db
from phases.core.models import Contact, Grant, Invitation, Role, StaffSession, User
from phases.mechanisms.metric.words import value_words
from playbook.applicability import Applicable
from playbook.book import Playbook, slug_of
from playbook.models import (
    Checklist,
    Column,
    Criterion,
    Document,
    Form,
    Gate,
    Input,
    Item,
    Matrix,
    MatrixOption,
    Meeting,
    Metric,
    Passage,
    Point,
    Question,
    Register,
    Requirement,
    Schedule,
    Seed,
    Sheet,
    Statement,
    Step,
    Task,
    Trigger,
    Writing,
)
from tests.coverage.hands import Page, form_of, problems, values_of

FLAGS = (
    "keep_tool", "usage_based", "erp", "tax", "multi_currency", "multi_entity", "revrec",
    "payouts", "compliance", "launch_checklist", "marketing", "pilot",
)  # fmt: skip
CHOSEN = {
    "category": "balanced", "scope": "single_tool", "methodology": "usage_based",
    "motion": "hybrid",
}  # fmt: skip
BEGAN = timedelta(days=40)
"""How long ago it went live: hypercare is over, and the first weeks are on the calendar."""

ItemT = TypeVar("ItemT", bound=Item)
Said = dict[str, str]
"""By the key of an item, the words that were typed and read back."""


class World:
    """An installation with an architect's browser, and an engagement for each kind of hand-over.

    In both everything that can apply does; what the customer keeps applies in one of them, what
    the architect keeps in the other.
    """

    def __init__(self, app: Flask, playbook: Playbook) -> None:
        self.app, self.playbook = app, playbook
        self.marks = count(1001)
        self.said: dict[str, Said] = {}
        with app.app_context():
            user = User(
                name="Ada Architect", email="ada@firm.example", password="!", active=True,
                fs_uniquifier=sha256("ada"), roles=[Role(name="architect"), Role(name="admin")],
            )  # fmt: skip
            db.session.add(user)
            db.session.flush()
            login = StaffSession(
                token_hash=sha256("token"), user_id=user.id, expires_at=now() + timedelta(hours=1)
            )
            db.session.add(login)
            commit(cast(Session, db.session))
        self.staff = app.test_client()
        with self.staff.session_transaction() as cookie:
            cookie["staff"] = "token"

    @cached_property
    def single(self) -> Place:
        return Place(self, "single")

    @cached_property
    def dedicated(self) -> Place:
        return Place(self, "dedicated")

    @cached_property
    def handoff(self) -> str:
        """Where the pages of an information handoff begin that builds no system."""
        return self.create("Nothing Built Ltd", self.handoff_profile)

    @property
    def handoff_profile(self) -> dict[str, str]:
        scope = {"scope": "information_handoff", "methodology": "information_handoff"}
        return {**CHOSEN, **scope, "engagement_type": "single"}

    @cached_property
    def handoff_view(self) -> Applicable:
        """What applies to it, and why."""
        return Applicable(self.playbook, {**self.handoff_profile, "path": "undecided"})

    def open(self, address: str) -> Page:
        """A page as the architect sees it."""
        return Page(self.staff, address)

    def mark(self) -> str:
        """Words that stand nowhere else."""
        return f"Mark{next(self.marks)}"

    def family(self, family: str) -> Said:
        """Say something of every item of *family*, once, and read it back."""
        if family not in self.said:
            items = self.playbook.family(family)
            self.said[family] = {}
            for place in (self.single, self.dedicated):
                here = [i for i in items if place.asks(i) and i.key not in self.said[family]]
                if here:
                    self.said[family] |= SAY[type(here[0])](place, here)
                if len(self.said[family]) == len(items):
                    break
        return self.said[family]

    def rows(self, register: str) -> Said:
        """Add a row to *register*, once, and read it back."""
        if register not in self.said:
            self.said[register] = added(self.single, self.playbook.get(register, Register))
        return self.said[register]

    def say(self, part: str) -> Said:
        """Say something of a family, or add a row to a register."""
        return self.rows(part) if part in self.playbook.items else self.family(part)

    def create(self, customer: str, chosen: dict[str, str]) -> str:
        """Create an engagement on its page; where its own pages begin."""
        page = Page(self.staff, "/engagements/new")
        typed = {"customer": customer, "kickoff": day(BEGAN), "time_zone": "UTC", **chosen}
        sent = {**dict(values_of(page.form("/engagements/new"))), **typed}
        answer = self.staff.post("/engagements/new", data=sent)
        if answer.status_code == 422:
            again = dict(values_of(form_of(answer.text)))
            assert "accepted" in again, problems(answer.text)
            answer = self.staff.post("/engagements/new", data=again)
        assert answer.status_code == 302, problems(answer.text)
        return str(answer.headers["Location"]).rstrip("/")


class Place:
    """One engagement: its pages, and the browsers of the customer's people."""

    def __init__(self, world: World, engagement_type: str) -> None:
        self.world, self.app, self.playbook = world, world.app, world.playbook
        self.staff, self.mark = world.staff, world.mark
        chosen = {**CHOSEN, "engagement_type": engagement_type}
        self.base = world.create(f"Everything {engagement_type}", chosen)
        self.profile(dict.fromkeys(FLAGS, "y"))
        self.go_live()
        self.applies = Applicable(
            self.playbook, {**chosen, **dict.fromkeys(FLAGS, True), "path": "full"}
        )

    def asks(self, item: Item) -> bool:
        """Whether *item* applies here, where it stands."""
        return self.applies.of(item).applies

    @cached_property
    def portals(self) -> dict[str, tuple[FlaskClient, str]]:
        """By role, a contact's browser and where its pages begin."""
        roles = [slug for slug, role in self.playbook.roles.items() if role.side == "customer"]
        return {role: self.invite(role) for role in roles}

    def profile(self, typed: dict[str, str]) -> None:
        """Change the profile on its page, looking at the preview first."""
        page = self.page("profile")
        form = page.form(f"{self.base}/profile/preview")
        assert set(typed) <= {field.name for field in form.inputs}
        sent = {**dict(values_of(form)), **typed}
        preview = self.staff.post(f"{self.base}/profile/preview", data=sent)
        assert preview.status_code == 200, problems(preview.text)
        sure = dict(values_of(form_of(preview.text, f"{self.base}/profile")))
        assert self.staff.post(f"{self.base}/profile", data=sure).status_code == 302

    def go_live(self) -> None:
        """Open the gate to real invoices by waivers, and say since when they are real."""
        (gate,) = (g for g in self.playbook.of(Gate) if self.sets_go_live(g))
        start, until = f"{self.base}/gate/{gate.place}", day(-timedelta(days=30))
        page = self.page(f"gate/{gate.place}")
        for form in page.forms(f"{start}/waive"):
            typed = {"reason": "Not looked at here.", "evidence": "None.", "expires_on": until}
            page.send(f"{start}/waive", typed, form, press="grant")
        page = self.page(f"gate/{gate.place}")
        form = page.form_with(f"{start}/decide", "on")
        page.send(f"{start}/decide", {"on": day(BEGAN)}, form)

    @staticmethod
    def sets_go_live(gate: Gate) -> bool:
        """Whether an outcome of *gate* asks for the day of going live."""
        return any(one.asks == "profile.go_live" for one in gate.outcomes.values())

    def invite(self, role: str) -> tuple[FlaskClient, str]:
        """Add a contact on the people page, and open a browser with its grant."""
        mail = f"{role}@{self.base.rpartition('/')[2]}.example"
        typed = {"name": f"Person {role}", "email": mail, "role": role}
        self.page("people").send(f"{self.base}/people", typed)
        ref = sha256(mail)[:20]
        with self.app.app_context():
            person = db.session.query(Contact).filter_by(email=mail).one()
            held = {"engagement_id": person.engagement_id, "contact_id": person.id}
            letter = Invitation(
                **held, created_by="u1", token_hash=sha256(mail), used_at=now(),
                expires_at=now() + timedelta(days=1),
            )  # fmt: skip
            db.session.add(letter)
            db.session.flush()
            db.session.add(
                Grant(
                    **held, ref=ref, secret_hash=sha256("secret"), invitation_id=letter.id,
                    expires_at=now() + timedelta(days=1),
                )
            )  # fmt: skip
            commit(cast(Session, db.session))
        client = self.app.test_client()
        with client.session_transaction() as cookie:
            cookie["grants"] = {ref: "secret"}
        return client, f"/c/{ref}"

    def page(self, place: str) -> Page:
        """A page of the engagement."""
        return Page(self.staff, f"{self.base}/{place}")

    def holder(self, item: Item, kind: type[ItemT]) -> ItemT:
        """The item at the top that holds *item*."""
        return self.playbook.get(self.playbook.container_of(item.key).key, kind)

    @cache  # noqa: B019 - one world a module
    def pdf(self, document: str) -> str:
        """The text of the draft of *document*, without its spaces: lines break anywhere."""
        of = {"subject": PERIOD} if self.playbook.get(document, Document).per else {}
        place = f"{self.base}/documents/{document}/draft.pdf"
        answer = self.staff.get(place, query_string=of)
        assert answer.status_code == 200, f"{document}: {answer.status_code}"
        pages = PdfReader(BytesIO(answer.data)).pages
        return "".join("".join(page.extract_text().split()) for page in pages)


def day(ago: timedelta = timedelta()) -> str:
    """The day so long ago, as a page takes it."""
    return (now().date() - ago).isoformat()


def steps(here: Place, items: Iterable[Step]) -> Said:
    """A note, and evidence as a link, on the checklist's page."""
    said = {}
    for item in items:
        page, action = _opened_at(here, item)
        said[item.key] = mark = here.mark()
        page.send(action, {"note": mark, "evidence": f"https://example.com/{mark}"})
    _opened.cache_clear()
    for item in items:
        page, action = _opened_at(here, item)
        assert page.value(action, "note") == said[item.key]
        assert page.value(action, "evidence") == f"https://example.com/{said[item.key]}"
    _opened.cache_clear()
    return said


def _opened_at(here: Place, step: Step) -> tuple[Page, str]:
    """The page that holds the form of *step*, by its link if it is done, and where that posts."""
    place = f"checklist/{here.holder(step, Checklist).key}"
    action = f"{here.base}/{place}/{step.key}"
    page = _opened(here, place)
    return (page if page.forms(action) else here.page(f"{place}?step={step.key}")), action


@cache
def _opened(here: Place, place: str) -> Page:
    """A page that holds the forms of many items, opened once for all of them."""
    return here.page(place)


def questions(here: Place, items: Iterable[Question]) -> Said:
    """An answer in the customer's portal, read there again and on the page for staff."""
    said = {}
    for item in items:
        form = here.holder(item, Form)
        client, start = here.portals[form.roles[0]]
        name = f"q-{slug_of(item.key)}"
        page = _section_with(client, f"{start}/form/{form.key}", name, len(form.sections))
        typed, said[item.key] = answer(here, item, name)
        page.send(page.path, typed)
        shown = Page(client, page.path)
        for field, value in typed.items():
            found = shown.value(page.path, field)
            assert value in (found, [found]), f"{item.key} {field}: {found}"
        words = here.page(f"form/{form.key}").words()
        assert said[item.key] in words
    return said


def _section_with(client: FlaskClient, form: str, name: str, most: int) -> Page:
    for number in range(1, most + 1):
        page = Page(client, f"{form}/{number}")
        fields = {field.name or "" for field in page.form(page.path).inputs}
        if any(field == name or field.startswith(f"{name}-0") for field in fields):
            return page
    raise AssertionError(f"{name} is asked on no page of {form}")


def answer(here: Place, item: Question, name: str) -> tuple[dict[str, Any], str]:
    """What is typed to answer a question, and how it reads afterwards."""
    mark = here.mark()
    if item.type in ("choice", "choices"):
        slug, option = next(iter(item.options.items()))
        return {name: slug if item.type == "choice" else [slug]}, option.title
    if item.type == "yes_no":
        return {name: "yes"}, "Yes"
    if item.type == "table":
        cells = {f"{name}-0-{n}": cell_of(c, mark) for n, c in item.columns.items()}
        return cells, mark
    if item.type in ("number", "percent", "money"):
        number = mark.removeprefix("Mark") if item.type != "percent" else "7.31"
        return {name: number}, number
    assert item.type in ("text", "long_text"), item.type
    return {name: mark}, mark


def cell_of(column: Column, mark: str) -> str:
    """What is typed into a cell of a table."""
    return {
        "choice": next(iter(column.options), ""), "number": "3", "percent": "3",
        "money": "USD 100.00", "date": day(), "flag": "yes",
        "link": f"https://example.com/{mark}",
    }.get(column.type, mark)  # fmt: skip


def statements(here: Place, items: Iterable[Statement]) -> Said:
    """Own words by the architect, then each role's Yes with a comment in the portal."""
    said = {}
    items = list(items)
    sheet = here.holder(items[0], Sheet)
    place = f"{here.base}/sheet/{sheet.key}"
    for item in items:
        said[item.key] = here.mark()
        page = here.page(f"sheet/{sheet.key}")
        page.send(f"{place}/{item.key}/wording", {"text": said[item.key]})
    for role in sheet.roles:
        client, start = here.portals[role]
        page = Page(client, f"{start}/sheet/{sheet.key}")
        assert all(mark in page.words() for mark in said.values())
        typed: dict[str, str] = {}
        for item in items:
            name = f"statement-{item.key.replace('.', '-')}"
            typed[f"{name}-answer"] = "yes"
            typed[f"{name}-comment"] = f"{said[item.key]} {role}"
        page.send(page.path, typed)
    words = here.page(f"sheet/{sheet.key}").words()
    for item in items:
        assert said[item.key] in words
        assert all(f"“{said[item.key]} {role}”" in words for role in sheet.roles)
    return said


def seeds(here: Place, items: Iterable[Seed]) -> Said:
    """Values in the rows that the playbook gives a register."""
    said = {}
    for item in items:
        register = here.holder(item, Register)
        place = f"{here.base}/register/{register.key}"
        page = here.page(f"register/{register.key}?edit={item.key}")
        said[item.key] = mark = here.mark()
        title = next(iter(register.columns))
        typed = row_of(register, mark) | {f"v_{title}": f"{item.title[:80]} {mark}"}
        page.send(f"{place}/rows/{item.key}", typed)
    for item in items:
        register = here.holder(item, Register)
        page = here.page(f"register/{register.key}?edit={item.key}")
        typed = row_of(register, said[item.key])
        form = page.form_with(f"{here.base}/register/{register.key}/rows/", next(iter(typed)))
        stands = dict(values_of(form))
        assert {name for name in typed if not stands.get(name)} == set(), item.key
        assert said[item.key] in page.words()
    return said


def row_of(register: Register, mark: str) -> dict[str, str]:
    """Something for every column that is typed into."""
    typed = {
        f"v_{name}": cell_of(column, mark)
        for name, column in register.columns.items()
        if column.type != "rests_on"
    }
    return typed | ({"v_period": PERIOD} if "v_period" in typed else {})


PERIOD = "2027-03"
"""The accounting period that all rows with a period are of."""


def added(here: Place, register: Register) -> Said:
    """One more row, by the form at the foot of the register."""
    mark, place = here.mark(), f"register/{register.key}"
    typed = row_of(register, mark)
    page = here.page(f"{place}?add=1")
    form = page.form(f"{here.base}/{place}/rows")
    if "title" in {field.name for field in form.inputs}:
        typed["title"] = mark
    at = page.send(f"{here.base}/{place}/rows", typed)
    assert mark in Page(here.staff, at.partition("#")[0]).words()
    return {register.key: mark}


def matrix_lines(here: Place, items: Iterable[Requirement]) -> Said:
    """A weight and a score with its note and document for each requirement."""
    items = list(items)
    matrix = here.holder(items[0], Matrix)
    first = next(iter(matrix.options))
    return _scored(here, matrix, {item.key: (item.key, first) for item in items}, weighed=True)


def matrix_options(here: Place, items: Iterable[MatrixOption]) -> Said:
    """A score with its note and document for each option, on the last requirement."""
    items = list(items)
    matrix = here.holder(items[0], Matrix)
    last = list(matrix.requirements)[-1]
    return _scored(here, matrix, {item.key: (last, item.key) for item in items}, weighed=False)


def _scored(
    here: Place, matrix: Matrix, cells: dict[str, tuple[str, str]], *, weighed: bool
) -> Said:
    place = f"{here.base}/matrix/{matrix.key}"
    typed: dict[str, str] = {}
    said = {key: here.mark() for key in cells}
    page = here.page(f"matrix/{matrix.key}")
    for key, (line, option) in cells.items():
        noted = page.value(place, f"note:{line}:{option}")
        typed[f"score:{line}:{option}"] = "4"
        typed[f"note:{line}:{option}"] = f"{noted} {said[key]}".strip()
        typed[f"link:{line}:{option}"] = f"https://example.com/{said[key]}"
        if weighed:
            typed[f"weight:{line}"] = "7"
    page.send(place, typed)
    page = here.page(f"matrix/{matrix.key}")
    assert {name: page.value(place, name) for name in typed} == typed
    return said


def passages(here: Place, items: Iterable[Passage]) -> Said:
    """Each section of a text edited by hand, and read on the page of the text."""
    said = {}
    for item in items:
        text = here.holder(item, Writing)
        page = here.page(f"text/{text.key}/{item.key}")
        said[item.key] = here.mark()
        typed = f"{said[item.key]} is agreed.\n\n- One\n- Two"
        page.send(f"{here.base}/text/{text.key}/{item.key}", {"text": typed})
    for item in items:
        text = here.holder(item, Writing)
        assert f"{said[item.key]} is agreed." in _opened(here, f"text/{text.key}").words()
    _opened.cache_clear()
    return said


def readings(here: Place, items: Iterable[Metric]) -> Said:
    """A reading with its note for each metric, of each thing that it is read of."""
    said = {}
    for item in items:
        mark = here.mark()
        number = int(mark.removeprefix("Mark")) % 1000
        action = f"{here.base}/metrics/{item.key}"
        page = _opened(here, "metrics")
        percent = {"numerator": str(number), "denominator": "1000"}
        for form in page.forms(action):
            figures = percent if item.unit == "percent" else {"value": str(number)}
            page.send(action, {"note": mark, **figures}, form)
        exact = Decimal(number) / 10 if item.unit == "percent" else Decimal(number)
        said[item.key] = value_words(item.unit, exact)
        _opened.cache_clear()
        assert _opened(here, "metrics").words().count(mark) >= len(item.subjects or ("",))
    words = _opened(here, "metrics").words()
    _opened.cache_clear()
    assert all(shown in words for shown in said.values())
    return said


def inputs(here: Place, items: Iterable[Input]) -> Said:
    """A value with its source for each fact, on the page of all of them."""
    said = {}
    for item in items:
        mark, action = here.mark(), f"{here.base}/inputs/{item.key}"
        option = next(iter(here.playbook.options(item).items()), ("", None))
        typed = {
            "choice": option[0], "choices": [option[0]], "flag": "y", "date": day(),
            "text": mark, "long_text": mark,
        }.get(item.type, "7")  # fmt: skip
        page = here.page(f"inputs?edit={item.key}")
        page.send(action, {"value": typed, "source": mark})
        again = here.page(f"inputs?edit={item.key}")
        assert again.value(action, "source") == mark
        assert again.value(action, "value") in (typed, typed[0])
        said[item.key] = mark if typed == mark else option[1].title if option[1] else str(typed)
    return said


def tasks(here: Place, items: Iterable[Task]) -> Said:
    """The result of one occurrence of each task, with a note."""
    said = {}
    for item in items:
        schedule = here.holder(item, Schedule)
        place = f"schedule/{schedule.key}"
        page = here.page(place)
        due = page.links(f"task={item.key}&")
        opened = Page(here.staff, due[0].partition("#")[0]) if due else page
        start = f"{here.base}/{place}/{item.key}/"
        actions = [
            f.get("action") for f in opened.tree.forms if f.get("action", "").startswith(start)
        ]
        assert actions, f"{item.key} has no occurrence to record"
        said[item.key] = mark = here.mark()
        typed = {"result": "ok", "note": mark, "evidence": f"https://example.com/{mark}"}
        opened.send(actions[0], typed)
        shown = Page(here.staff, opened.address if due else f"{here.base}/{place}")
        again = shown.links(f"task={item.key}&")
        if mark not in shown.text and again:
            shown = Page(here.staff, again[0].partition("#")[0])
        assert mark in shown.text
    return said


def triggers(here: Place, items: Iterable[Trigger]) -> Said:
    """Each trigger said to have tripped, and answered."""
    said = {}
    for item in items:
        said[item.key] = mark = here.mark()
        action = f"{here.base}/triggers/{item.key}"
        page = here.page("triggers")
        page.send(action, {"on": day(), "note": mark})
        page = here.page("triggers")
        assert mark in page.words()
        page.send(f"{action}/answer", {"answer": f"{mark} answered"})
    words = here.page("triggers").words()
    assert all(f"{mark} answered" in words for mark in said.values())
    return said


def criteria(here: Place, items: Iterable[Criterion]) -> Said:
    """Attested lines attested with a note; computed ones say what is missing and where to go."""
    said = {}
    for item in items:
        gate = here.holder(item, Gate)
        place = f"gate/{gate.place}"
        page = here.page(place)
        (line,) = page.tree.xpath(f'//li[@id="{item.key}"]')
        assert item.title in " ".join(line.text_content().split())
        if item.by == "attested":
            said[item.key] = mark = here.mark()
            action = f"{here.base}/{place}/attest"
            form = next(f for f in line.iter("form") if f.get("action") == action)
            page.send(action, {"note": mark}, form)
            assert mark in here.page(place).words()
            continue
        told = [" ".join(one.text_content().split()) for one in line.iter("li", "p")]
        said[item.key] = told[1] if len(told) > 1 else told[0]
        assert said[item.key]
        leads = [a.get("href") for a in line.iter("a")]
        assert leads or "criterion-unmet" not in line.get("class"), item.key
        for address in set(leads[:2]):
            assert Page(here.staff, address.partition("#")[0]).text
    return said


def meetings(here: Place, items: Iterable[Meeting]) -> Said:
    """Notes in the minutes of each meeting."""
    said = {}
    for item in items:
        said[item.key] = mark = here.mark()
        page = here.page(f"meeting/{item.key}")
        page.send(minutes_of(page), {"notes": mark})
        page = here.page(f"meeting/{item.key}")
        assert page.value(minutes_of(page), "notes") == mark
    return said


def minutes_of(page: Page) -> str:
    """Where the minutes of a meeting's page are sent."""
    return next(
        str(form.get("action"))
        for form in page.tree.forms
        if (form.get("action") or "").endswith("/minutes")
    )


def points(here: Place, items: Iterable[Point]) -> Said:
    """Agenda lines noted, what is brought ticked, what a meeting leaves with ticked and noted."""
    items, said = list(items), {}
    holder = here.playbook.container_of(items[0].key)
    if not isinstance(holder, Meeting):
        return guidance(here, items)
    page, typed = here.page(f"meeting/{holder.key}"), {}
    for item in items:
        name = item.key.replace(".", "-")
        said[item.key] = mark = here.mark()
        if item.key in holder.agenda:
            typed[f"note-{name}"] = mark
        elif item.key in holder.bring:
            typed[f"bring-{name}"] = "y"
            said[item.key] = item.title
        else:
            if not item.done_when:  # else the records tick it
                typed[f"outcome-{name}"] = "y"
            typed[f"outcome-note-{name}"] = mark
    action = minutes_of(page)
    page.send(action, typed)
    page = here.page(f"meeting/{holder.key}")
    assert {name: page.value(action, name) for name in typed} == typed
    return said


def guidance(here: Place, items: Iterable[Point]) -> Said:
    """What is only there to know: shown with its words at its place and in the playbook's pages."""
    said = {}
    for item in items:
        holder = here.playbook.container_of(item.key)
        phase = here.playbook.subphase(here.playbook.subphase_of(holder.key)).phase
        assert item.title in _opened(here, phase).words(), f"{item.key} on {phase}"
        assert item.title in here.page(f"playbook/{item.key}").words()
        said[item.key] = item.title
    _opened.cache_clear()
    return said


SAY: dict[type[Item], Callable[[Place, Any], Said]] = {
    Criterion: criteria,
    Input: inputs,
    MatrixOption: matrix_options,
    Meeting: meetings,
    Metric: readings,
    Passage: passages,
    Point: points,
    Question: questions,
    Requirement: matrix_lines,
    Seed: seeds,
    Statement: statements,
    Step: steps,
    Task: tasks,
    Trigger: triggers,
}
"""By kind of item, how something is said of it through the pages, and read back."""
