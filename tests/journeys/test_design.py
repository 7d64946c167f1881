"""From answers and maps to gaps, risks and an integration design, with a click each."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from phases.core.commit import commit
from phases.core.db import begin_write
from phases.core.models import User
from phases.mechanisms.inputs.services import set_input
from phases.mechanisms.page import situation_for
from phases.portfolio.services import Draft, create_engagement
from tests.conftest import PROFILE
from tests.journeys import hands
from tests.journeys.stage import Live, Stage

pytestmark = pytest.mark.browser

CURRENT, FUTURE = "Q8.register.current", "Q8.register.future"
GAPS, RISKS, MAPPING = "Q9.register.gaps", "Q24.register.risks", "Q11.register.mapping"
TRIGGERS, FUNCTIONS = "Q11.register.triggers", "F.register.functions"
STEP = {"v_actor": "Billing", "v_system": "Word", "v_mode": "manual"}


@pytest.fixture(scope="module")
def place(live: Live) -> SimpleNamespace:
    """An engagement of which the systems are known."""
    with live.records() as session:
        begin_write(session)
        ada = session.scalars(select(User).where(User.email == "ada@firm.example")).one()
        draft = Draft("Birch Optics", "America/New_York", "US", PROFILE, {"architect": ada})
        playbook = live.app.extensions["library"].latest("q2c")
        engagement = create_engagement(session, playbook, ada.ref, draft)
        s = situation_for(session, engagement)
        set_input(session, s, ada.ref, "Q3.input.crm", "Salesforce")
        set_input(session, s, ada.ref, "profile.tools", ["stripe"])
        set_input(session, s, ada.ref, "Q3.input.error_rate", "4")
        commit(session)
        return SimpleNamespace(slug=engagement.slug, at=f"/e/{engagement.slug}/register")


def test_maps_answers_and_functions_become_gaps_and_risks(
    stage: Stage, place: SimpleNamespace
) -> None:
    architect = stage.person()
    architect.log_in("ada@firm.example")
    page = architect.page
    main = page.locator("main")
    for step, more in (("Type the terms", {"v_data_lost": "Start date"}),
                       ("Send the invoice", {"v_after": "Nowhere"})):  # fmt: skip
        hands.add_row(architect, place.slug, CURRENT, {"v_step": step, **STEP, **more})
    expect(main).to_contain_text("comes after “Nowhere”, which is no step of this map")
    hands.add_row(architect, place.slug, FUTURE, {
        "v_step": "Send the invoice", **STEP, "v_mode": "automatic"})  # fmt: skip
    architect.goto(f"{place.at}/{FUTURE}/beside")
    expect(main).to_contain_text("1 step vanishes: Type the terms")
    architect.look("maps side by side")

    architect.goto(f"{place.at}/{GAPS}")
    expect(main).to_contain_text("Found elsewhere, not here yet: 4")
    architect.look("gaps offered")
    page.get_by_role("button", name="Not a gap “Done by hand: Send the invoice”").click()
    expect(main).to_contain_text("1 gap set aside")
    page.get_by_role("button", name="Add gap: all 3").click()
    expect(main).to_contain_text("3 gaps taken over")
    expect(main).not_to_contain_text("Found elsewhere")
    expect(main).to_contain_text("Ranked by severity (blocker first)")

    architect.goto(f"{place.at}/{RISKS}")
    expect(main).to_contain_text("4% of invoices are corrected or sent again")
    page.get_by_role("button", name="Raise it “CRM data is too poor for automation”").click()
    expect(main).to_contain_text("1 risk taken over")


def test_the_integration_design_begins_with_the_usual_fields(
    stage: Stage, place: SimpleNamespace
) -> None:
    architect = stage.person()
    architect.log_in("ada@firm.example")
    page = architect.page
    main = page.locator("main")
    for key, word, count in ((MAPPING, "mapping", 19), (TRIGGERS, "trigger", 4)):
        architect.goto(f"{place.at}/{key}")
        expect(page.get_by_label("Salesforce")).to_be_checked()
        expect(page.get_by_label("Stripe")).to_be_checked()
        architect.look(f"{word}s to begin with")
        page.get_by_role("button", name=f"Add the {word}s of these").click()
        expect(main).to_contain_text(f"{count} {word}s added")
    expect(main.locator(".map svg")).to_be_visible()
    architect.look("architecture")
    hands.add_row(architect, place.slug, MAPPING, {
        "v_purpose": "Delivery note", "v_required": "yes"})  # fmt: skip
    expect(main).to_contain_text("Not in “Gap table” yet: 1")
    page.get_by_role("button", name="Add gap “No source for: Delivery note”").click()
    expect(main).to_contain_text("1 gap taken over")
    expect(main).to_contain_text("Source to come, see the gap table")
