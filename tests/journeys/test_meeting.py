"""A meeting from its proposed date to its minutes, at the desk, on a phone, and without script."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from icalendar import Calendar
from playwright.sync_api import expect

from tests.journeys import hands
from tests.journeys.stage import Live, Person, Stage, text_of

pytestmark = pytest.mark.browser

KICKOFF = "Q7.meeting.kickoff"
PROFILE = {
    "category": "balanced",
    "engagement_type": "single",
    "motion": "sales_led",
    "scope": "single_tool",
    "methodology": "contract_based",
}
FINANCE = "fay@harbour.example"


@pytest.fixture(scope="module")
def acts(live: Live, people: Stage) -> SimpleNamespace:
    """An engagement a week before its kickoff, and who is at work on it."""
    architect = people.person()
    architect.log_in("ada@firm.example")
    kickoff = (live.today + timedelta(days=7)).isoformat()
    slug = hands.create_engagement(architect, "Harbour & Reed", {**PROFILE, "kickoff": kickoff})
    hands.add_contact(architect, slug, "Fay Finch", FINANCE, "finance_lead", invite=False)
    return SimpleNamespace(architect=architect, at=f"/e/{slug}/meeting/{KICKOFF}", slug=slug)


def test_it_is_planned_from_its_phase_and_the_date_is_mailed(
    stage: Stage, acts: SimpleNamespace, live: Live
) -> None:
    architect: Person = acts.architect
    page = architect.page
    architect.goto(f"/e/{acts.slug}/strategy")
    architect.press(page.locator(f"[id='{KICKOFF}'] a"))
    assert architect.sees("The playbook proposes")
    expect(page.get_by_label("Fay Finch")).to_be_checked()
    day = live.today + timedelta(days=8)
    page.get_by_label("Day", exact=True).fill(day.isoformat())
    page.get_by_label("Hour", exact=True).fill("14:30")
    page.get_by_label("Where", exact=True).fill("https://meet.example.com/harbour")
    architect.press("Save and invite")
    assert architect.sees("14:30–16:00")
    live.deliver()
    mail = live.post.newest(FINANCE)
    assert "14:30–16:00" in text_of(mail)
    (file,) = [p for p in mail.walk() if p.get_content_type() == "text/calendar"]
    (event,) = Calendar.from_ical(str(file.get_content())).walk("VEVENT")
    assert event["location"] == "https://meet.example.com/harbour"


def test_it_is_run_by_the_clock_and_written_up_as_one_goes(
    stage: Stage, acts: SimpleNamespace, live: Live
) -> None:
    architect: Person = acts.architect
    page = architect.page
    architect.goto(acts.at)
    architect.press("Start now")
    page.wait_for_function(
        "document.querySelector('[data-meeting-elapsed]').textContent == '0 min'"
    )
    now = page.locator("li.agenda-line[aria-current='step']")
    expect(now).to_contain_text("Walk through the v0")
    page.evaluate(
        "document.querySelector('[data-meeting-clock]').dataset.started ="
        " new Date(Date.now() - 20 * 60000).toISOString()"
    )
    expect(now).to_contain_text("Validate the GTM motion", timeout=15_000)
    page.get_by_label("Notes on Walk through the v0 billing assessment").fill(
        "Two maps, one wrong."
    )
    hands.is_saved(page)
    page.get_by_label("Homework assigned", exact=True).check()
    hands.is_saved(page)
    architect.goto(acts.at)
    notes = page.get_by_label("Notes on Walk through the v0 billing assessment")
    expect(notes).to_have_value("Two maps, one wrong.")
    expect(page.get_by_label("Homework assigned", exact=True)).to_be_checked()


def test_it_confirms_in_place_and_ends_with_who_came(
    stage: Stage, acts: SimpleNamespace, live: Live
) -> None:
    architect: Person = acts.architect
    page = architect.page
    architect.goto(acts.at)
    assumed = page.locator("#assumed")
    assumed.get_by_role("checkbox", name="GTM motion").check()
    page.get_by_label("Who else").last.fill("Two analysts")
    architect.press("End the meeting")
    assert architect.sees("Held, and written up")
    assert architect.sees("Two analysts")
    architect.goto(f"/e/{acts.slug}/inputs")
    assert architect.sees("Kickoff")
    architect.goto(f"/e/{acts.slug}/strategy")
    assert "Held" in page.locator(f"[id='{KICKOFF}']").inner_text()


def test_a_phone_shows_it_and_gives_it_up_again(
    stage: Stage, acts: SimpleNamespace, live: Live
) -> None:
    architect = stage.person(phone=True)
    architect.log_in("ada@firm.example")
    architect.goto(f"/e/{acts.slug}/meeting/Q7.meeting.process_deep_dive")
    page = architect.page
    page.get_by_text("It does not take place").click()
    page.get_by_label("Why").fill("Merged with the kickoff")
    architect.press("Give it up")
    assert architect.sees("Merged with the kickoff")
    architect.press("It takes place after all")
    assert architect.sees("Save the plan")


def test_it_works_without_script(stage: Stage, acts: SimpleNamespace, live: Live) -> None:
    architect = stage.person(java_script_enabled=False)
    architect.log_in("ada@firm.example", look=False)
    page = architect.page
    at = f"/e/{acts.slug}/meeting/Q7.meeting.tool_selection"
    architect.goto(at)
    architect.press("Start now")
    expect(page.locator("[data-meeting-elapsed]")).to_have_text("0 min")
    page.locator("#notes").fill("Stripe, by two votes")
    architect.press("End the meeting")
    assert architect.sees("Held, and written up")
