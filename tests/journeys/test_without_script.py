"""Everything also works where no script runs, and script runs only as the policy allows."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from sqlalchemy import select

from phases.core.commit import commit
from phases.core.db import begin_write
from phases.core.invitations.services import add_contact, invite
from phases.core.models import User
from phases.portfolio.services import Draft, create_engagement
from tests.conftest import PROFILE
from tests.journeys import hands
from tests.journeys.hands import FORM
from tests.journeys.stage import Live, Stage

pytestmark = pytest.mark.browser

FINANCE = "fiona@borealis.example"


@pytest.fixture(scope="module")
def acts(live: Live) -> SimpleNamespace:
    """An engagement with one contact who has been invited."""
    with live.records() as session:
        begin_write(session)
        ada = session.scalars(select(User).where(User.email == "ada@firm.example")).one()
        draft = Draft("Borealis Foods", "America/New_York", "US", PROFILE, {"architect": ada})
        playbook = live.app.extensions["library"].latest("q2c")
        engagement = create_engagement(session, playbook, ada.ref, draft)
        contact = add_contact(session, engagement, ada.ref, "Fiona Bell", FINANCE, "finance_lead")
        invite(session, engagement, ada.ref, contact)
        commit(session)
        return SimpleNamespace(slug=engagement.slug)


def test_a_part_of_the_form_is_saved_by_its_button(stage: Stage, acts: SimpleNamespace) -> None:
    finance = stage.person(phone=True, java_script_enabled=False)
    base = finance.enter(FINANCE, look=False)
    page = finance.page
    page.goto(f"{stage.live.url}{base}/form/{FORM}/1")
    hands.answer(page, "billing_tools", ["stripe"])
    hands.answer(page, "billing_tools_detail", "Stripe takes cards.")
    hands.answer(page, "crm", "HubSpot")
    page.get_by_role("button", name="Continue", exact=True).first.click()
    assert "follows from your answers" in page.inner_text("main")
    hands.answer(page, "keep_tool", value=True)
    page.get_by_role("button", name="Save and come back later").click()
    assert "Saved. Come back whenever it suits you." in page.inner_text("main")
    page.goto(f"{stage.live.url}{base}/form/{FORM}/1")
    assert page.locator("[name='q-crm']").input_value() == "HubSpot"
    assert page.locator("[name='q-keep_tool'][value='yes']").is_checked()


def test_a_row_is_edited_and_a_step_ticked_without_script(
    stage: Stage, acts: SimpleNamespace
) -> None:
    architect = stage.person(java_script_enabled=False)
    page = architect.page
    architect.log_in("ada@firm.example", look=False)
    page.goto(f"{stage.live.url}/e/{acts.slug}/register/Q28.register.edge_cases")
    page.get_by_role("link", name="Edit Refunds").click()
    assert "?edit=" in page.url
    form = page.locator("tr.row-form form").first
    hands.put(form, "v_handling", "By card, within five days.")
    form.get_by_role("button", name="Save ").click()
    assert "By card, within five days." in page.inner_text("main")
    page.goto(f"{stage.live.url}/e/{acts.slug}/checklist/Q3.checklist.send")
    step = page.locator("li.step", has_text="Billing intake form")
    step.locator("form[action$='/done'] button").click()
    assert "Done" in page.locator("li.step", has_text="Billing intake form").inner_text()


def test_the_keyboard_reaches_search_and_rows(stage: Stage, acts: SimpleNamespace) -> None:
    """``/`` goes to the search; a row is opened, changed and saved without a mouse."""
    architect = stage.person()
    page = architect.page
    architect.log_in("ada@firm.example")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("borealis")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "q=borealis" in page.url
    assert architect.sees("Borealis Foods")
    architect.goto(f"/e/{acts.slug}/register/Q28.register.edge_cases")
    page.get_by_role("link", name="Edit Credits").focus()
    page.keyboard.press("Enter")
    page.wait_for_load_state("load")
    field = page.locator("tr.row-form form [name='v_handling']")
    field.focus()
    page.keyboard.type("A credit memo against the invoice.")
    with page.expect_navigation():
        page.locator("tr.row-form form button[type='submit']").first.press("Enter")
    assert architect.sees("A credit memo against the invoice.")


def test_the_policy_is_the_browsers_too(stage: Stage, acts: SimpleNamespace) -> None:
    """A script or style written into the page does not run: the header holds in a real browser."""
    architect = stage.person()
    page = architect.page
    architect.log_in("ada@firm.example")
    architect.check()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1';"
        " document.body.append(s); }"
    )
    assert page.evaluate("window.ran") is None
    assert any("Content Security Policy" in text for text in refused)
    architect.complaints.clear()
