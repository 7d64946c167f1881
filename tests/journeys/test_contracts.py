"""From a contract to its expected invoices: refused, mended, amended, imported, tried, sampled."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from phases.core.commit import commit
from phases.core.db import begin_write
from phases.core.models import User
from phases.portfolio.services import Draft, create_engagement
from tests.conftest import PROFILE
from tests.journeys.stage import Live, Stage

pytestmark = pytest.mark.browser

FILE = (
    "Contract Number,Customer,Currency,Start Date,End Date,Price,Billing Frequency\n"
    "C-2,Beta,EUR,2026-01-01,2026-12-31,100,Monthly\n"
    "C-3,Gamma,EUR,2026-12-31,2026-01-01,100,Monthly\n"
    "C-4,Delta,QQQ,2026-01-01,2026-12-31,100,Monthly\n"
    "C-5,Eta,EUR,2026-01-01,2026-12-31,-5,Monthly\n"
)


@pytest.fixture(scope="module")
def place(live: Live) -> SimpleNamespace:
    """An engagement of its own, and the address of its contracts."""
    with live.records() as session:
        begin_write(session)
        ada = session.scalars(select(User).where(User.email == "ada@firm.example")).one()
        draft = Draft("Birch Mills", "America/New_York", "US", PROFILE, {"architect": ada})
        playbook = live.app.extensions["library"].latest("q2c")
        engagement = create_engagement(session, playbook, ada.ref, draft)
        commit(session)
        return SimpleNamespace(contracts=f"/e/{engagement.slug}/contracts")


def save(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()
    page.wait_for_load_state()


def test_a_contract_is_added_mended_amended_and_computed(
    stage: Stage, place: SimpleNamespace
) -> None:
    architect = stage.person()
    architect.log_in("ada@firm.example")
    page = architect.page
    architect.goto(place.contracts)
    architect.look("no contract")
    page.get_by_role("link", name="Add contract").first.click()
    for name, value in (("number", "C-1"), ("customer", "Alpha"), ("currency", "eur"),
                        ("start", "2026-01-15"), ("end", "2025-12-31"),
                        ("line-price", "300")):  # fmt: skip
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=line-anchor]").select_option("calendar")
    architect.look("a new contract")
    save(page, "Add contract")
    expect(page.locator(".error-summary")).to_contain_text("before it starts")
    architect.look("refused")
    page.locator("[name=end]").fill("2026-12-31")
    save(page, "Add contract")
    expect(page.locator("main")).to_contain_text("17 of 31 days of 300.00.")
    architect.look("a contract")

    page.get_by_role("link", name="Add amendment").click()
    page.locator("[name=kind]").select_option("upgrade")
    page.locator("[name=on]").fill("2026-04-16")
    page.locator("[name=line]").select_option("plan")
    page.locator("[name=price]").fill("400")
    architect.look("an amendment")
    save(page, "Save as version 2")
    expect(page.locator("main")).to_contain_text("Upgrade of plan: price 400.00.")
    expect(page.locator("main")).to_contain_text("Credit for 15 of 30 days of 300.00 billed.")
    save(page, "Confirm version 2")
    expect(page.locator("main")).to_contain_text("CONFIRMED")

    architect.goto(f"{place.contracts}/conventions")
    page.locator("[name=proration_basis]").select_option("thirty_360")
    architect.look("conventions")
    save(page, "Save conventions")
    expect(page.locator("main")).to_contain_text("1 of 61 differ from the default")


def test_a_file_is_asked_about_imported_and_its_errors_told_apart(
    stage: Stage, place: SimpleNamespace
) -> None:
    architect = stage.person()
    architect.log_in("ada@firm.example")
    page = architect.page
    architect.goto(f"{place.contracts}/import")
    page.locator("[name=file]").set_input_files(
        {"name": "crm.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    )
    save(page, "Look at it")
    expect(page.locator("main")).to_contain_text("What is “Price” for?")
    architect.look("how a file is read")
    page.get_by_label("What is “Price” for?").select_option("period")
    save(page, "Read the file again")
    save(page, "Import the contracts")
    main = page.locator("main")
    for words in ("before it starts", "no currency “QQQ”", "-5 is negative"):
        expect(main).to_contain_text(words)
    architect.look("refused rows")
    architect.goto(place.contracts)
    expect(page.locator("table[data-keyboard-list] tbody tr")).to_have_count(2)
    architect.look("the list")


def test_a_scenario_is_tried_and_a_template_edited(stage: Stage, place: SimpleNamespace) -> None:
    architect = stage.person(phone=True)
    architect.log_in("ada@firm.example")
    page = architect.page
    architect.goto(f"{place.contracts}/scenarios")
    architect.look("the pack on a phone")
    page.get_by_role("link", name="Upgrade in the middle of April").click()
    for row, (day, total) in enumerate(
        (("2025-04-01", "100"), ("2025-04-16", "50.00"), ("2025-05-01", "200.01")), 1
    ):
        page.get_by_label(f"Issued, row {row}").fill(day)
        page.get_by_label(f"Total, row {row}").fill(total)
    save(page, "Compare and keep")
    expect(page.locator("#tries")).to_contain_text("+0.01")
    architect.look("a try that differs")
    architect.goto(f"{place.contracts}/template")
    page.get_by_label("Name", exact=True).fill("Birch Mills Ltd")
    architect.look("the invoice template")
    save(page, "Save template")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Birch Mills Ltd")
