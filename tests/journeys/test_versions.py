"""From a kickoff through its versions and what moved between them to the package that waits."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from tests.journeys import hands
from tests.journeys.stage import Live, Person, Stage
from tests.journeys.test_meeting import PROFILE

pytestmark = pytest.mark.browser

KICKOFF, PACKAGE = "Q7.meeting.kickoff", "Q12.sheet.package"


@pytest.fixture(scope="module")
def acts(live: Live, people: Stage) -> SimpleNamespace:
    """An engagement on the day of its kickoff, and its architect."""
    architect = people.person()
    architect.log_in("ada@firm.example")
    kickoff = (live.today + timedelta(days=1)).isoformat()
    slug = hands.create_engagement(architect, "Merrow Labs", {**PROFILE, "kickoff": kickoff})
    return SimpleNamespace(architect=architect, at=f"/e/{slug}", slug=slug)


def test_the_kickoff_begins_with_v0_and_corrects_it_in_place(
    stage: Stage, acts: SimpleNamespace, live: Live
) -> None:
    architect: Person = acts.architect
    page = architect.page
    architect.goto(f"{acts.at}/versions")
    assert architect.sees("Nothing is cut yet")
    architect.goto(f"{acts.at}/meeting/{KICKOFF}")
    assert architect.sees("“GTM motion” is ASSUMED, not yet CONFIRMED.")
    architect.press("Start now")
    assumed = page.locator("#assumed")
    assumed.get_by_role("checkbox", name="GTM motion").check()
    crm = assumed.locator("li", has_text="CRM, and CPQ if any")
    crm.get_by_role("checkbox").check()
    crm.locator("summary").click()
    crm.get_by_role("textbox").fill("HubSpot")
    page.get_by_label("Who else").last.fill("Dana of Finance")
    architect.press("End the meeting")
    assert architect.sees("v1 of the assessment is not cut yet")


def test_its_version_is_cut_and_shows_what_moved(
    stage: Stage, acts: SimpleNamespace, live: Live
) -> None:
    architect: Person = acts.architect
    page = architect.page
    architect.press("Cut v1")
    assert architect.sees("v1 of the assessment is cut and stays as it is.")
    architect.goto(f"{acts.at}/versions?from=v0&to=v1")
    moved = page.locator("#part-inputs")
    expect(moved.locator("tr", has_text="GTM motion")).to_contain_text("Confirmed")
    expect(moved.locator("tr", has_text="GTM motion")).to_contain_text("Kickoff")
    expect(moved.locator("tr", has_text="CRM, and CPQ if any")).to_contain_text("HubSpot")
    page.get_by_role("link", name="Confirmed").click()
    expect(page.locator("#part-inputs")).not_to_contain_text("HubSpot")
    architect.goto(f"{acts.at}/versions/v0")
    assert not architect.sees("HubSpot")
    architect.goto(f"{acts.at}/inputs/Q3.input.crm")
    assert architect.sees("Through the versions")


def test_the_package_waits_until_every_input_is_confirmed(
    stage: Stage, acts: SimpleNamespace, live: Live
) -> None:
    architect: Person = acts.architect
    architect.goto(f"{acts.at}/sheet/{PACKAGE}")
    assert architect.sees("Nobody can say Yes yet")
    architect.goto(f"{acts.at}/meeting/Q7.meeting.final_review")
    assert architect.sees("Not ready to be held")


def test_it_reads_on_a_phone(stage: Stage, acts: SimpleNamespace, live: Live) -> None:
    architect = stage.person(phone=True)
    architect.log_in("ada@firm.example")
    architect.goto(f"{acts.at}/versions?from=v0&to=v1")
    assert architect.sees("What moved")
    architect.goto(f"{acts.at}/meeting/{KICKOFF}")
    assert architect.sees("what moved since v0")
