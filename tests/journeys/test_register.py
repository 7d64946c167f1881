"""A register worked through: pasted, filtered, edited by keyboard, many at once, on a phone."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from phases.core.commit import commit
from phases.core.db import begin_write
from phases.core.models import User
from phases.mechanisms.page import situation_for
from phases.mechanisms.register.services import add_row
from phases.portfolio.services import Draft, create_engagement
from tests.conftest import PROFILE
from tests.journeys.stage import Live, Stage

pytestmark = pytest.mark.browser

GAPS = "Q9.register.gaps"
TABLE = "Gap\tKind\tFound in\tSeverity\n" + "".join(
    f"Gap {n}\t{'Manual step' if n % 2 else 'missing_data'}\tIntake\tHigh\n" for n in range(1, 8)
)


@pytest.fixture(scope="module")
def place(live: Live) -> SimpleNamespace:
    """An engagement of its own, and the address of its gap table."""
    with live.records() as session:
        begin_write(session)
        ada = session.scalars(select(User).where(User.email == "ada@firm.example")).one()
        draft = Draft("Alder Paper", "America/New_York", "US", PROFILE, {"architect": ada})
        playbook = live.app.extensions["library"].latest("q2c")
        engagement = create_engagement(session, playbook, ada.ref, draft)
        s = situation_for(session, engagement)
        for n in (1, 2):
            said = {"gap": f"Shared {n}", "kind": "manual_step", "found_in": "intake",
                    "severity": "low"}  # fmt: skip
            add_row(session, s, ada.ref, GAPS, values=said)
        commit(session)
        return SimpleNamespace(gaps=f"/e/{engagement.slug}/register/{GAPS}")


def titles(page: Page) -> list[str]:
    heads = page.locator("table[data-keyboard-list] tbody > tr > th[scope=row]")
    return list(heads.evaluate_all("all => all.map(head => head.firstChild.textContent.trim())"))


def test_a_register_is_pasted_filtered_edited_and_changed_at_once(
    stage: Stage, place: SimpleNamespace
) -> None:
    architect = stage.person()
    architect.log_in("ada@firm.example")
    page = architect.page
    architect.goto(place.gaps)
    page.locator("#import > summary").click()
    page.locator("textarea[name=table]").fill(TABLE + "Odd\tNonsense\tIntake\tHigh\n")
    page.get_by_role("button", name="Look at it first").click()
    expect(page.locator("main")).to_contain_text("Line 9, Kind")
    architect.look("preview with a problem")
    page.locator("textarea[name=table]").fill(TABLE)
    page.get_by_role("button", name="Look again").click()
    expect(page.locator("main")).to_contain_text("7 would be added, 0 changed")
    architect.look("preview")
    page.get_by_role("button", name="Import 7 rows").click()
    expect(page.locator("main")).to_contain_text("7 gaps added")

    page.wait_for_load_state()
    page.keyboard.press("/")
    page.keyboard.type("gap 3")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=gap+3*")
    assert titles(page) == ["Gap 3"]
    page.keyboard.press("j")
    page.keyboard.press("e")
    page.wait_for_url("**edit=*")
    page.locator("tr.row-form [name=v_plan]").fill("Ask Finance")
    architect.look("a row open")
    page.get_by_role("button", name="Save gap").click()
    expect(page.locator("main")).to_contain_text("Saved: Gap 3")
    assert "q=gap+3" in page.url
    page.get_by_role("link", name="Edit Gap 3").click()
    page.get_by_text("History", exact=True).last.click()
    expect(page.locator(".timeline")).to_contain_text("changed plan")
    expect(page.locator(".timeline")).to_contain_text("nothing → Ask Finance")

    architect.goto(place.gaps)
    for n in (1, 2):
        page.get_by_label(f"Choose Gap {n}", exact=True).check()
    page.locator("select[name=to_state]").select_option("planned")
    page.get_by_role("button", name="Set state").click()
    expect(page.locator("main")).to_contain_text("2 gaps changed.")
    page.get_by_role("link", name="Planned 2").click()
    assert titles(page) == ["Gap 1", "Gap 2"]
    architect.look("filtered")
    page.get_by_label("Choose Gap 1", exact=True).check()
    page.locator("#bulk").get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("main")).to_contain_text("1 gap put back.")
    architect.goto(f"{place.gaps}?q=nowhere")
    expect(page.locator(".empty")).to_contain_text("No gap fits")
    architect.look("filtered to nothing")
    page.keyboard.press("n")
    expect(page.locator("#add form")).to_be_visible()


def test_on_a_phone_rows_stand_as_cards(stage: Stage, place: SimpleNamespace) -> None:
    architect = stage.person(phone=True)
    architect.log_in("ada@firm.example")
    architect.goto(place.gaps)
    architect.look("gaps on a phone")
    row = architect.page.locator("table.stacks tbody tr").first
    cells = row.locator("td[data-label]:visible").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect().left)"
    )
    assert len({round(left) for left in cells}) == 1
    architect.page.get_by_role("link", name="Add gap").click()
    architect.page.locator("#add [name=v_gap]").fill("By thumb")
    for name, value in (("v_kind", "manual_step"), ("v_found_in", "intake"), ("v_severity", "low")):
        architect.page.locator(f"#add [name={name}]").select_option(value)
    architect.page.locator("#add").get_by_role("button", name="Add gap", exact=True).click()
    expect(architect.page.locator("main")).to_contain_text("Added: By thumb")


def test_without_script_rows_are_changed_together(stage: Stage, place: SimpleNamespace) -> None:
    architect = stage.person(java_script_enabled=False)
    architect.log_in("ada@firm.example", look=False)
    page = architect.page
    page.goto(f"{stage.live.url}{place.gaps}?q=shared")
    page.get_by_label("Choose Shared 1", exact=True).check()
    page.locator("select[name=to_owner]").select_option(index=1)
    page.get_by_role("button", name="Set owner").click()
    assert "1 gap changed." in page.inner_text("main")
