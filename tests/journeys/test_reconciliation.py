"""Contracts, an export with six errors, the comparison, the explanations, the customer's answer."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from phases.core.commit import commit
from phases.core.db import begin_write
from phases.core.models import User
from phases.engineering.contracts.services import add_contract
from phases.portfolio.services import Draft, create_engagement
from tests.conftest import PROFILE
from tests.engineering.test_reconciliation import CONTRACTS, LEDGER, SIX
from tests.journeys import hands
from tests.journeys.stage import Live, Stage

pytestmark = pytest.mark.browser

FINANCE = "ines@alder.example"


@pytest.fixture(scope="module")
def place(live: Live) -> SimpleNamespace:
    """An engagement of its own with three contracts."""
    with live.records() as session:
        begin_write(session)
        ada = session.scalars(select(User).where(User.email == "ada@firm.example")).one()
        draft = Draft("Alder Glass", "America/New_York", "US", PROFILE, {"architect": ada})
        playbook = live.app.extensions["library"].latest("q2c")
        engagement = create_engagement(session, playbook, ada.ref, draft)
        for text in CONTRACTS:
            add_contract(session, engagement, ada.ref, json.loads(text), "")
        commit(session)
        return SimpleNamespace(at=f"/e/{engagement.slug}", slug=engagement.slug, run="")


def test_six_errors_of_an_import_are_found_and_explained(
    stage: Stage, place: SimpleNamespace
) -> None:
    architect = stage.person()
    architect.log_in("ada@firm.example")
    page = architect.page
    architect.goto(f"{place.at}/reconciliation")
    expect(page.locator("main")).to_contain_text("No invoices are imported yet")
    architect.goto(f"{place.at}/invoices")
    page.get_by_label("Export as CSV or XLSX").set_input_files(SIX)
    architect.press("Look at the file")
    expect(page.locator("main")).to_contain_text("Recognised")
    architect.press("Import", label="an import that is done")
    expect(page.locator("main")).to_contain_text("10 below the titles: 10 used")
    architect.goto(f"{place.at}/invoices")
    expect(page.locator("#invoices tbody tr")).to_have_count(10)

    architect.goto(f"{place.at}/reconciliation")
    architect.press("Reconcile")
    main = page.locator("main")
    for words in ("45.45%", "Tax", "Quantity", "Currency", "Missing", "Unexpected", "Duplicate"):
        expect(main).to_contain_text(words)
    expect(page.locator("#rows tbody tr")).to_have_count(6)
    place.run = page.url.split("#")[0].split("?")[0].replace(architect.live.url, "")
    page.get_by_role("link", name="C-2").first.click()
    architect.look()
    page.get_by_label("It is").select_option("explained")
    architect.press("Save", label="an explanation that lacks words")
    expect(main).to_contain_text("Say in a sentence why")
    page.get_by_label("Why, and what is done about it").fill("One seat too many.")
    architect.press("Save")
    expect(main).to_contain_text("Saved: INV-201")


def test_an_invoice_disputed_by_the_customer_keeps_its_reason(
    stage: Stage, place: SimpleNamespace
) -> None:
    architect = stage.person()
    architect.log_in("ada@firm.example")
    hands.add_contact(architect, place.slug, "Ines Finch", FINANCE, "finance_lead")
    architect.goto(f"{place.run}?outcome=exact")
    page = architect.page
    for box in page.locator("#rows tbody input[type=checkbox]").all()[:3]:
        box.check()
    architect.press("Put before the customer")
    expect(page.locator("main")).to_contain_text("3 test invoices")

    ines = stage.person()
    base = ines.enter(FINANCE)
    ines.goto(f"{base}/sheet/Q16.sheet.invoices")
    expect(ines.page.locator("main")).to_contain_text("100.00 for the full period")
    groups = ines.page.locator("section.statement")
    groups.nth(0).get_by_label("Yes", exact=True).check()
    groups.nth(1).get_by_label("No", exact=True).check()
    groups.nth(1).get_by_role("textbox").fill("Our order number is missing.")
    ines.press(ines.page.locator("main form button[type=submit]").last)
    ines.page.get_by_label("Code").fill(ines.live.code_for(FINANCE))
    ines.press(ines.page.locator("main form button[type=submit]").first)
    architect.goto(f"{place.at}/sheet/Q16.sheet.invoices")
    expect(architect.page.locator("main")).to_contain_text("Our order number is missing.")


def test_both_sides_of_a_layer(stage: Stage, place: SimpleNamespace) -> None:
    architect = stage.person()
    architect.log_in("ada@firm.example")
    page = architect.page
    architect.goto(f"{place.at}/reconciliation#layers")
    page.locator("#layers > summary").click()
    page.get_by_label("Layer").select_option("bank")
    page.get_by_label("Period").fill("2027-03")
    page.get_by_label("Left side").set_input_files(LEDGER)
    page.get_by_label("Right side").set_input_files(LEDGER)
    architect.press("Reconcile the layer", label="a layer")
    expect(page.locator("main")).to_contain_text("Everything is right")
    architect.goto(f"{place.at}/reconciliation/settings")
    architect.goto(f"{place.at}/engineering")
    expect(page.locator("#reconciliation")).to_contain_text("unexplained")
