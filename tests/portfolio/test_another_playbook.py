"""A playbook of another kind runs from creation to archive by content alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy.orm import Session

from deliverables.at_once import issue_at_once
from phases.core.commit import commit
from phases.core.db import begin_write, db
from phases.core.models import Contact, Engagement, User
from phases.gates import services as gates
from phases.gates.judge import decide_all, decide_one
from phases.mechanisms.checklist.services import say_step
from phases.mechanisms.form import services as forms
from phases.mechanisms.inputs import services as inputs
from phases.mechanisms.matrix import services as matrices
from phases.mechanisms.matrix.models import Cell
from phases.mechanisms.matrix.scores import Score
from phases.mechanisms.meeting import services as meetings
from phases.mechanisms.metric.services import take_reading
from phases.mechanisms.page import situation_for
from phases.mechanisms.register import services as registers
from phases.mechanisms.register.errors import StandsBehindGate
from phases.mechanisms.sheet import services as sheets
from phases.mechanisms.sheet.queries import sheet_of, statement_views
from phases.mechanisms.situation import Situation
from phases.mechanisms.writing import services as texts
from playbook.loader import load_all
from playbook.models import Gate
from tests.conftest import build
from tests.playbooks import HERE

PLANTS, PATH, SHEET = "G3.register.plants", "G3.matrix.path", "G3.sheet.plan"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """An installation that has only the garden playbook."""
    app = build(tmp_path, f"sqlite:///{tmp_path / 'garden.sqlite3'}", load_all([HERE]))
    app.config["PLAYBOOK_NAME"] = "garden"
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


class Garden:
    """One garden, told in acts; every act is committed and every page then looked at."""

    def __init__(self, session: Session, browser: FlaskClient, lead: User) -> None:
        self.session, self.browser, self.lead = session, browser, lead

    @property
    def engagement(self) -> Engagement:
        return self.session.query(Engagement).one()

    @property
    def s(self) -> Situation:
        return situation_for(self.session, self.engagement)

    def __call__(self, act: Callable[..., Any], *given: Any, **named: Any) -> Any:
        begin_write(self.session)
        made = act(self.session, self.s, self.lead.ref, *given, **named)
        commit(self.session)
        return made

    def gate(self, key: str) -> Gate:
        return self.s.playbook.get(key, Gate)

    def pages(self) -> list[str]:
        base = f"/e/{self.engagement.slug}"
        places = [
            "", "draw", "dig", "people", "documents", "history", "profile", "inputs", "metrics",
            "form/G2.form.wishes", "checklist/G2.checklist.visit", "meeting/G2.meeting.visit",
            f"register/{PLANTS}", f"matrix/{PATH}", "text/G3.writing.letter", f"sheet/{SHEET}",
            "schedule/G4.schedule.care", "gate/1b", "gate/2b", "gate/G3.gate.frost",
            "playbook/G3.gate.frost",
        ]  # fmt: skip
        rest = ["/", "/engagements", "/accounts", "/playbook", "/playbook?by=role",
                "/playbook?by=part"]  # fmt: skip
        return [f"{base}/{place}" for place in places] + rest

    def look(self) -> None:
        for page in self.pages():
            assert self.browser.get(page).status_code == 200, page


@pytest.fixture
def garden(session: Session, staff: Callable[..., FlaskClient], architect: User) -> Garden:
    browser = staff()
    sent = {"customer": "Rose Hill", "category": "private", "size": "garden", "kickoff": KICKOFF,
            "country": "GB", "time_zone": "", "account_manager": ""}  # fmt: skip
    answer = browser.post("/engagements/new", data=sent)
    assert answer.status_code == 302, answer.text
    return Garden(session, browser, architect)


KICKOFF, NOON = "2026-11-16", time(12)


def test_a_garden_from_creation_to_archive(
    garden: Garden, session: Session, contact: Callable[..., Contact], portal: Callable[..., Any]
) -> None:
    owner = contact(garden.engagement, "owner")
    commit(session)
    garden.look()
    wishes_and_visit(garden, owner)
    plan_and_signature(garden, owner, portal)
    planting(garden)
    garden.look()
    garden(gates.decide, garden.gate("G5.gate.over"), "close")
    summary = garden.engagement.summary  # type: ignore[attr-defined]
    assert summary.health == "done"
    assert summary.closed_at is not None
    garden.look()


def wishes_and_visit(garden: Garden, owner: Contact) -> None:
    for name, value in (("soil", "Clay"), ("pond", True), ("depth", "1")):
        begin_write(garden.session)
        key = f"G2.question.{name}"
        forms.save_answer(garden.session, garden.s, owner.ref, "G2.form.wishes", key, value)
        commit(garden.session)
    begin_write(garden.session)
    forms.submit(garden.session, garden.s, owner.ref, "G2.form.wishes")
    commit(garden.session)
    assert garden.s.value("G1.input.soil") == "Clay"
    garden(inputs.confirm, "G1.input.soil", "G2.meeting.visit")
    garden(say_step, "G2.step.look", state="done")
    began = garden.s.today - timedelta(days=1)
    plan = meetings.Plan(began, NOON, 45, "", (garden.lead.ref, owner.ref))
    garden(meetings.plan, "G2.meeting.visit", 1, plan)
    minutes = meetings.Minutes(
        notes={"G2.agenda.walk": "The wall stays."},
        outcomes={"G2.leave.sketch": (True, "On paper.")},
        attendees=[garden.lead.ref, owner.ref],
    )
    garden(meetings.end, "G2.meeting.visit", 1, minutes)
    garden.look()


def plan_and_signature(garden: Garden, owner: Contact, portal: Callable[..., Any]) -> None:
    garden(registers.add_row, PLANTS, title="Apple tree", values={"plant": "Apple", "count": "3"})
    scores = {
        (line, option): Score(number)
        for line in ("G3.requirement.dry", "G3.requirement.price")
        for option, number in (("G3.option.gravel", 4), ("G3.option.stone", 2))
    }
    garden(matrices.save_scores, PATH, {}, scores)
    garden(matrices.decide, PATH, ["G3.option.gravel"], "It drains.")
    assert garden.session.query(Cell).count() >= 4
    garden(texts.accept, "G3.writing.letter", "G3.passage.plants")
    shut = decide_all(garden.s)["G3.gate.plan"]
    assert [line.criterion.key for line in shut.unmet] == ["G3.criterion.signed"]
    client, base = portal(garden.engagement, "owner")
    page = client.get(f"{base}/sheet/{SHEET}").text
    assert "These plants and no others." in page
    s = garden.s
    begin_write(garden.session)
    views = statement_views(s, sheet_of(s, SHEET))
    sheets.sign(
        garden.session, garden.s, sheet_key=SHEET, role="owner", signer=owner.ref, name=owner.name,
        email=owner.email, address="203.0.113.9", proof="link",
        decisions={view.key: (True, "", view.sha256) for view in views},
    )  # fmt: skip
    commit(garden.session)
    garden(gates.decide, garden.gate("G3.gate.plan"), "plant")
    assert garden.engagement.summary.subphase == "2a"  # type: ignore[attr-defined]
    garden.look()


def planting(garden: Garden) -> None:
    with pytest.raises(StandsBehindGate, match="No frost"):
        garden(say_step, "G2.step.trees", state="done")
    garden.session.rollback()
    frost = garden.gate("G3.gate.frost")
    assert decide_one(frost, garden.s).state == "shut"
    garden(gates.attest, frost, "G3.criterion.frost", "The forecast for ten days.")
    garden(say_step, "G2.step.trees", state="done")
    hedge = garden(registers.change_row, PLANTS, "G3.seed.hedge", values={"count": "20"})
    garden(registers.change_row, PLANTS, f"r{hedge.id}", state="planted")
    (apple,) = [row for row in garden.s.records.rows[PLANTS] if row.state != "planted"]
    garden(registers.change_row, PLANTS, f"r{apple.id}", state="planted")
    garden(take_reading, "G4.metric.alive", garden.s.today, numerator="21", denominator="23")
    garden(issue_at_once, "G5.document.plan")
    answer = garden.browser.get(f"/e/{garden.engagement.slug}/documents/G5.document.plan/1.pdf")
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages)
    for words in ("Garden plan", "Hornbeam", "Apple", "Gravel", "For Rose Hill we propose"):
        assert words in text
