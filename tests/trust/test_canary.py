"""Two customers: not a word of the one is on any page, document or export of the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.routing import Rule

from phases.core import files
from phases.core.commit import commit
from phases.core.invitations.services import add_contact
from phases.core.models import Contact, Engagement, User
from phases.gates import services as gates
from phases.mechanisms.checklist.queries import live_steps
from phases.mechanisms.checklist.services import say_step
from phases.mechanisms.form.queries import asked, form_of
from phases.mechanisms.form.services import save_answer
from phases.mechanisms.homework.models import Ask
from phases.mechanisms.inputs.services import set_input
from phases.mechanisms.matrix.queries import matrix_view
from phases.mechanisms.matrix.services import set_score
from phases.mechanisms.page import situation_for
from phases.mechanisms.register.services import add_row, change_row
from phases.mechanisms.sheet.queries import statement_views
from phases.mechanisms.sheet.services import reword, sign
from phases.mechanisms.situation import Situation
from phases.portfolio.demo.paper import paper
from playbook.models import Gate
from tests.trust.test_whole_map import OTHERS, access_of, rules

CANARY = "Xanthippe"
SAMPLES = "Q3.homework.samples"
TEXTS = ("text", "long_text")
OTHERWISE = {
    "number": "1", "percent": "1", "money": "1.00", "date": "2026-11-30", "flag": "yes",
    "link": "https://docs.example.com/",
}  # fmt: skip
"""What required columns of other types are filled with."""


@pytest.fixture
def told(
    session: Session, make_engagement: Callable[..., Engagement], architect: User
) -> Engagement:
    """An engagement in which the canary stands wherever something can be written freely."""
    engagement = make_engagement(f"{CANARY} Works")
    actor = architect.ref
    person = add_contact(
        session, engagement, actor, f"{CANARY} Finance", f"{CANARY}@works.example", "finance_lead",
        f"{CANARY} of title",
    )  # fmt: skip
    commit(session)
    upload = FileStorage(BytesIO(paper([CANARY])), filename=f"{CANARY}.pdf")
    stored = files.store(session, engagement, upload, person.ref)
    files.claim(session, engagement, stored.id, "Q3.followup.sample_contract", person.ref)
    s = situation_for(session, engagement)
    write_steps(session, s, actor)
    write_registers(session, s, actor)
    write_inputs(session, s, actor)
    write_answers(session, s, person.ref)
    write_homework(session, s, person)
    write_statements(session, s, actor, person)
    matrix = s.playbook.matrices[0]
    view = matrix_view(s, matrix)
    option, line = view.options[0].key, view.lines[0].key
    set_score(session, s, actor, matrix.key, line, option, 3, f"{CANARY} in a note",
              f"https://docs.example.com/{CANARY}")  # fmt: skip
    gate = s.playbook.get("Q12.gate.1d", Gate)
    gates.attest(session, s, actor, gate, "Q12.criterion.understanding", f"{CANARY} said so")
    commit(session)
    return engagement


def write_steps(session: Session, s: Situation, actor: str) -> None:
    for checklist in s.playbook.checklists:
        if s.applies(checklist):
            for step in list(live_steps(s, checklist)):
                say_step(session, s, actor, step.key, note=f"{CANARY} in a step")


def write_registers(session: Session, s: Situation, actor: str) -> None:
    for register in s.playbook.registers:
        if not s.applies(register):
            continue
        words = {n: f"{CANARY} in {n}" for n, c in register.columns.items() if c.type in TEXTS}
        words |= {
            n: OTHERWISE.get(c.type) or next(iter(c.options))
            for n, c in register.columns.items()
            if c.required and c.type not in TEXTS
        }
        if not register.fixed:
            add_row(session, s, actor, register.key, title=f"{CANARY} row", values=words)
            continue
        for seed in list(register.seeds.values())[:1]:
            if s.applies(seed):
                change_row(session, s, actor, register.key, seed.key, values=words)


def write_inputs(session: Session, s: Situation, actor: str) -> None:
    for item in s.playbook.inputs:
        if item.type in TEXTS and s.applies(item):
            set_input(session, s, actor, item.key, f"{CANARY} in an input", f"{CANARY} source")


def write_answers(session: Session, s: Situation, actor: str) -> None:
    form = form_of(s, "Q3.form.intake")
    for question in asked(s, form):
        if question.type in TEXTS:
            save_answer(session, s, actor, form.key, question.key, f"{CANARY} in an answer")


def write_homework(session: Session, s: Situation, person: Contact) -> None:
    words = {"by": "u1", "note": f"{CANARY} in a word", "said": f"{CANARY} said"}
    asked = Ask(engagement_id=s.engagement.id, contact_id=person.id, item=SAMPLES, **words)
    session.add(asked)
    session.flush()


def write_statements(session: Session, s: Situation, actor: str, person: Any) -> None:
    sheet = next(x for x in s.playbook.sheets if x.key == "Q5.sheet.definitions")
    reword(session, s, actor, "Q5.term.invoice", f"{CANARY} in a wording.")
    first = statement_views(s, sheet)[0]
    sign(
        session, s, sheet_key=sheet.key, role="finance_lead", signer=person.ref, name=person.name,
        email=person.email, address="203.0.113.9", proof="link",
        decisions={first.key: (False, f"{CANARY} in a comment", first.sha256)},
    )  # fmt: skip


def text_of(answer: Any) -> str:
    """What can be read in an answer, whatever its kind."""
    if answer.mimetype == "application/pdf":
        return pdf_text(answer.data)
    if answer.mimetype == "application/zip":
        with ZipFile(BytesIO(answer.data)) as archive:
            parts = [archive.read(name) for name in archive.namelist()]
            words = [pdf_text(part) if part.startswith(b"%PDF") else str(part) for part in parts]
            return " ".join([*archive.namelist(), *words])
    if "spreadsheet" in answer.mimetype:
        book = load_workbook(BytesIO(answer.data), read_only=True)
        words = [str(c) for sheet in book for row in sheet.iter_rows(values_only=True) for c in row]
        book.close()
        return " ".join(words)
    return str(answer.get_data(as_text=True))


def pdf_text(content: bytes) -> str:
    """The words of a PDF, and what it says of itself."""
    reader = PdfReader(BytesIO(content))
    return str(reader.metadata or "") + " ".join(page.extract_text() for page in reader.pages)


def keys_of(s: Situation, rule: Rule) -> list[str]:
    """Every key that the addresses of *rule* can be asked with."""
    kinds = {
        "register": s.playbook.registers, "sheet": s.playbook.sheets, "form": s.playbook.forms,
        "checklist": s.playbook.checklists, "matrix": s.playbook.matrices,
        "schedule": s.playbook.schedules, "documents": s.playbook.documents,
        "metrics": s.playbook.metrics,
    }  # fmt: skip
    kind = next((kind for kind in kinds if f"/{kind}/" in rule.rule), "")
    return [item.key for item in kinds.get(kind, ())] or [OTHERS["statement_key"]]


def addresses(s: Situation, rule: Rule, **known: Any) -> Iterator[str]:
    """The addresses of *rule* in the engagement of *s*, one for each of its things."""
    several = {"key": keys_of(s, rule), "phase_slug": [p.slug for p in s.playbook.phases]}
    several |= {"code": [g.subphase for g in s.playbook.gates], "number": list("123456")}
    name = next((n for n in several if n in rule.arguments), "")
    for value in several.get(name, [""]):
        rest = {n: {**OTHERS, "row_ref": "new", "ref": "r1"}.get(n, "1") for n in rule.arguments}
        built = rule.build({**rest, **{n: v for n, v in known.items() if n in rule.arguments},
                            **({name: value} if name else {})})  # fmt: skip
        assert built is not None, rule
        yield built[1]


def test_the_canary_is_there_to_be_found(
    told: Engagement, staff: Callable[..., FlaskClient], session: Session, app: Flask
) -> None:
    """Or else the test below would find nothing anywhere."""
    client = staff("architect")
    for place in ("", "strategy", "inputs", "people", "sheet/Q5.sheet.definitions",
                  "register/Q9.register.gaps", "register/Q9.register.gaps/export.csv",
                  "matrix/Q10.matrix.tool", "gate/1d", "form/Q3.form.intake"):  # fmt: skip
        assert CANARY in client.get(f"/e/{told.slug}/{place}").text, place


def test_nothing_of_one_engagement_is_in_another(
    told: Engagement,
    make_engagement: Callable[..., Engagement],
    staff: Callable[..., FlaskClient],
    portal: Callable[..., Any],
    session: Session,
    app: Flask,
) -> None:
    other = make_engagement("Borealis Foods")
    customer, base = portal(other)
    commit(session)
    s, client = situation_for(session, other), staff("architect")
    asked_for, found = 0, []
    for rule in rules(app):
        who = access_of(app, rule).who
        if "GET" not in (rule.methods or ()) or not {"slug", "ref"} & set(rule.arguments):
            continue
        if who not in ("staff", "customer"):
            continue
        browser = customer if who == "customer" else client
        known = {"slug": other.slug} if who == "staff" else {"ref": base.removeprefix("/c/")}
        for place in addresses(s, rule, **known):
            answer = browser.get(place)
            asked_for += answer.status_code == 200
            if CANARY.lower() in text_of(answer).lower():
                found.append(place)
    assert found == []
    assert asked_for > 100


def test_the_customer_of_one_sees_nothing_of_the_other_anywhere(
    told: Engagement,
    make_engagement: Callable[..., Engagement],
    portal: Callable[..., Any],
    session: Session,
    app: Flask,
) -> None:
    """With the addresses of the other there is nothing to be had, nor a word of whose they are."""
    other = make_engagement("Borealis Foods")
    customer, _ = portal(other)
    _, base = portal(told)
    commit(session)
    s = situation_for(session, told)
    for rule in rules(app):
        if "GET" not in (rule.methods or ()) or access_of(app, rule).who != "customer":
            continue
        for place in addresses(s, rule, ref=base.removeprefix("/c/")):
            answer = customer.get(place)
            assert answer.status_code == 404, place
            assert CANARY not in answer.text, place
