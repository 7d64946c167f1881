"""A matrix scored, decided and disputed by people at a browser."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from phases.core.commit import commit
from phases.core.db import begin_write
from phases.core.models import User
from phases.portfolio.services import Draft, create_engagement
from tests.conftest import PROFILE
from tests.journeys.stage import Live, Stage

pytestmark = pytest.mark.browser

MATRIX = "Q10.matrix.tool"


@pytest.fixture(scope="module")
def place(live: Live) -> SimpleNamespace:
    """An engagement of its own, and the address of its matrix."""
    with live.records() as session:
        begin_write(session)
        ada = session.scalars(select(User).where(User.email == "ada@firm.example")).one()
        draft = Draft("Rowan Tools", "America/New_York", "US", PROFILE, {"architect": ada})
        playbook = live.app.extensions["library"].latest("q2c")
        engagement = create_engagement(session, playbook, ada.ref, draft)
        commit(session)
        return SimpleNamespace(matrix=f"/e/{engagement.slug}/matrix/{MATRIX}")


def test_options_are_scored_one_waits_one_is_chosen_and_dissent_stands(
    stage: Stage, place: SimpleNamespace
) -> None:
    architect = stage.person()
    architect.log_in("ada@firm.example")
    page = architect.page
    architect.goto(place.matrix)
    architect.look("nothing scored")
    page.get_by_text("Leave an option for later").click()
    page.locator("#deferral").fill("Once usage is billed.")
    waiting = page.locator("#defer-option option").first.inner_text()
    waiting_key = page.locator("#defer-option option").first.get_attribute("value")
    page.get_by_role("button", name="Defer it").click()
    expect(page.locator("#ranking")).to_contain_text("Deferred: Once usage is billed.")
    scores = page.locator("input[name^='score:']")
    page.evaluate("document.querySelectorAll('table.heat td details').forEach(d => d.open = true)")
    for box, words in (("note", "Seen in the trial."), ("link", "https://docs.example.com/trial")):
        for one in page.locator(f"[name^='{box}:']:not([name$='{waiting_key}'])").all():
            one.fill(words)
    for number in range(scores.count()):
        cell = scores.nth(number)
        label = cell.get_attribute("aria-label") or ""
        cell.fill("" if f"Score of {waiting} " in label else "5" if "Stripe" in label else "3")
    page.get_by_role("button", name="Save weights and scores").click()
    expect(page.locator("#ranking")).to_contain_text("Stripe leads by 2.0")
    page.get_by_text("What each requirement gives").click()
    architect.look("scored")
    page.get_by_label("Stripe", exact=True).check()
    page.locator("#reason").fill("It does all of it.")
    page.get_by_role("button", name="Record the decision").click()
    expect(page.locator("#decision")).to_contain_text("It does all of it.")
    page.get_by_text("Record another view").click()
    page.locator("#why").fill("It costs more than we said.")
    page.get_by_role("button", name="Record dissent").click()
    expect(page.locator("#decision")).to_contain_text("It costs more than we said.")
    page.get_by_text("History", exact=True).last.click()
    expect(page.locator(".timeline").last).to_contain_text("Dissent of")
    architect.look("decided, with dissent")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export CSV").click()
    table = download.value.path().read_text(encoding="utf-8-sig")
    page.locator("#import > summary").click()
    page.locator("#import textarea").fill(table.replace(",5,Seen", ",4,Seen", 1))
    page.locator("#import").get_by_role("button", name="Import").click()
    expect(page.locator("main")).to_contain_text("1 scores changed")
    expect(page.locator("main")).to_contain_text("Decide again")
    architect.look("stale")


def test_the_matrix_on_a_phone(stage: Stage, place: SimpleNamespace) -> None:
    architect = stage.person(phone=True)
    architect.log_in("ada@firm.example")
    architect.goto(place.matrix)
    architect.look("matrix on a phone")
    assert architect.sees("Ranking")
