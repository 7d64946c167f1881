"""A checklist, a metric, a trigger, a schedule, a form and a certificate, worked in the browser."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from phases.core.clock import today
from phases.core.commit import commit
from phases.core.db import begin_write
from phases.core.models import User
from phases.mechanisms.form.services import save_answer
from phases.mechanisms.page import situation_for
from phases.portfolio.services import Draft, create_engagement
from tests.conftest import PROFILE, live_since
from tests.journeys.stage import Live, Person, Stage

pytestmark = pytest.mark.browser

SEND, INTAKE, SHEET = "Q3.checklist.send", "Q3.form.intake", "Q5.sheet.definitions"
TICKETS, PRICING = "Q18.metric.tickets", "Q20.trigger.new_pricing"


@pytest.fixture(scope="module")
def place(live: Live) -> SimpleNamespace:
    """An engagement that has been live for six weeks, and its address."""
    with live.records() as session:
        begin_write(session)
        ada = session.scalars(select(User).where(User.email == "ada@firm.example")).one()
        draft = Draft("Birch Power", "America/New_York", "US", PROFILE, {"architect": ada})
        playbook = live.app.extensions["library"].latest("q2c")
        engagement = create_engagement(session, playbook, ada.ref, draft)
        live_since(session, engagement, today(engagement.time_zone) - timedelta(days=42))
        s = situation_for(session, engagement)
        save_answer(session, s, ada.ref, INTAKE, "Q3.followup.crm", "HubSpot")
        commit(session)
        return SimpleNamespace(at=f"/e/{engagement.slug}")


@pytest.fixture
def architect(stage: Stage) -> Person:
    person = stage.person()
    person.log_in("ada@firm.example")
    return person


def test_steps_are_filtered_and_changed_together(architect: Person, place: SimpleNamespace) -> None:
    page, main = architect.page, architect.page.locator("main")
    architect.goto(f"{place.at}/checklist/{SEND}?state=open")
    page.get_by_label("Choose Send the billing intake form").check()
    page.get_by_label("Choose Send the billing intro video").check()
    architect.press(page.locator("#bulk").get_by_role("button", name="Done", exact=True))
    expect(main).to_contain_text("1 step changed.")
    expect(main).to_contain_text("Give the link that proves it")
    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(page.locator("li.step details[open]").first).to_be_visible()
    architect.goto(f"{place.at}/checklist/{SEND}?step=Q3.send.intake_form")
    expect(main).to_contain_text("To do → Done")
    architect.look("a step with its history")
    architect.goto(f"{place.at}/checklists?state=overdue")
    expect(page.locator("h1")).to_have_text("Checklists")


def test_readings_are_taken_and_brought_in(architect: Person, place: SimpleNamespace) -> None:
    page, main = architect.page, architect.page.locator("main")
    architect.goto(f"{place.at}/metrics")
    card = page.locator(f"section[id='{TICKETS.replace('.', '-')}']")
    card.get_by_label("How many").fill("4")
    architect.press(card.get_by_role("button", name="Save reading"))
    expect(main).to_contain_text("Reading taken: Billing support tickets")
    page.locator("#import > summary").click()
    page.locator("textarea[name=table]").fill(f"Metric\tPeriod\tValue\n{TICKETS}\tsoon\t4\n")
    architect.press(page.locator("#import").get_by_role("button", name="Import"))
    expect(main).to_contain_text("Line 2, Period")
    architect.look("readings refused")


def test_a_trigger_is_told_and_answered(architect: Person, place: SimpleNamespace) -> None:
    page, main = architect.page, architect.page.locator("main")
    architect.goto(f"{place.at}/triggers")
    card = page.locator(f"section[id='{PRICING.replace('.', '-')}']")
    card.get_by_text("This happened").click()
    card.get_by_label("What happened?").fill("Usage tiers from January")
    architect.press(card.get_by_role("button", name="Say that it happened"))
    expect(page.locator(".engagement-head")).to_contain_text("Red flag")
    architect.look("a tripped trigger")
    card.get_by_label("What was done about it?").fill("A billing update is scoped.")
    architect.press(card.get_by_role("button", name="Record the answer"))
    expect(main).to_contain_text("A billing update is scoped.")


def test_a_due_task_is_recorded(architect: Person, place: SimpleNamespace) -> None:
    page, main = architect.page, architect.page.locator("main")
    architect.goto(f"{place.at}/schedule/Q20.schedule.maintenance")
    expect(main).to_contain_text("Twelve months")
    first = page.locator("#now li.step").first
    first.get_by_label("All well").check()
    architect.press(first.get_by_role("button", name="Record the result"))
    expect(main).to_contain_text("Recorded:")
    with page.expect_download() as taken:
        page.get_by_role("link", name="Calendar file").click()
    assert taken.value.suggested_filename.endswith(".ics")


def test_answers_and_signatures_are_looked_up(architect: Person, place: SimpleNamespace) -> None:
    main = architect.page.locator("main")
    architect.goto(f"{place.at}/form/{INTAKE}?history=Q3.followup.crm")
    expect(main).to_contain_text("nothing → HubSpot")
    architect.goto(f"{place.at}/sheet/{SHEET}")
    architect.press("Certificate")
    expect(main).to_contain_text("Not complete")
    expect(main).to_contain_text("Not signed by: Finance Lead and RevOps Lead.")
