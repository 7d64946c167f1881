"""A text drafted from the records, edited, redrafted and read; two who edit it at once."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from tests.journeys import hands
from tests.journeys.stage import Live, Person, Stage
from tests.journeys.test_meeting import PROFILE

pytestmark = pytest.mark.browser

GAPS = "Q4.v0.gap_analysis"
GAP = {"v_kind": "missing_data", "v_found_in": "intake", "v_severity": "high"}


@pytest.fixture(scope="module")
def acts(live: Live, people: Stage) -> SimpleNamespace:
    """An engagement with a gap, and who writes about it."""
    architect = people.person()
    architect.log_in("ada@firm.example")
    kickoff = (live.today + timedelta(days=7)).isoformat()
    slug = hands.create_engagement(architect, "Lantern Works", {**PROFILE, "kickoff": kickoff})
    hands.add_row(architect, slug, "Q9.register.gaps", {"v_gap": "Terms are blank", **GAP})
    return SimpleNamespace(architect=architect, slug=slug, at=f"/e/{slug}/text/Q4.writing.v0")


def section(person: Person) -> str:
    """What the gap analysis reads now."""
    return person.page.locator(f"#{GAPS.replace('.', '-')}").inner_text()


def edit(person: Person, at: str, words: str) -> None:
    """Add a paragraph to the gap analysis."""
    person.goto(f"{at}/{GAPS}")
    text = person.page.get_by_label("Text", exact=True)
    text.fill(f"{text.input_value()}\n\n{words}")
    person.press("Save")


def test_its_draft_tells_what_the_records_hold(stage: Stage, acts: SimpleNamespace) -> None:
    architect: Person = acts.architect
    architect.goto(f"/e/{acts.slug}/strategy")
    architect.press(architect.page.locator("[id='Q4.writing.v0'] a"))
    assert "Terms are blank" in section(architect)
    assert "Draft" in section(architect)


def test_edits_stand_beside_what_the_records_say_later(stage: Stage, acts: SimpleNamespace) -> None:
    architect: Person = acts.architect
    edit(architect, acts.at, "The terms come **first**.")
    assert architect.page.locator("strong", has_text="first").count()
    hands.add_row(architect, acts.slug, "Q9.register.gaps", {"v_gap": "Ramps are lost", **GAP})
    architect.goto(acts.at)
    assert "The records have changed since this was edited" in section(architect)
    architect.press("Take over what changed")
    assert "Ramps are lost" in section(architect)
    assert "The terms come first." in section(architect)


def test_it_is_accepted_as_read_until_it_changes(stage: Stage, acts: SimpleNamespace) -> None:
    architect: Person = acts.architect
    architect.goto(acts.at)
    block = architect.page.locator(f"#{GAPS.replace('.', '-')}")
    architect.press(block.get_by_role("button", name="Accept as read"))
    assert "Read" in section(architect)
    assert architect.sees("1 of 5 sections read")
    edit(architect, acts.at, "And then the ramps.")
    assert "Changed since read" in section(architect)
    architect.press(block.get_by_role("link", name="Earlier versions"))
    assert architect.sees("Version 1")


def test_the_second_of_two_editors_sees_both_texts(
    stage: Stage, acts: SimpleNamespace, live: Live
) -> None:
    first: Person = acts.architect
    second = stage.person()
    second.log_in("ada@firm.example")
    for person in (first, second):
        person.goto(f"{acts.at}/{GAPS}")
    for person, words in ((first, "Hers alone"), (second, "His alone")):
        person.page.get_by_label("Text", exact=True).fill(words)
        person.press("Save", label="conflict" if person is second else "")
    for words in ("His alone", "Hers alone"):
        assert words in second.page.content()
    first.goto(acts.at)
    assert "Hers alone" in section(first)


def test_it_is_edited_on_a_phone_without_script_and_printed(
    stage: Stage, acts: SimpleNamespace
) -> None:
    architect = stage.person(phone=True, java_script_enabled=False)
    architect.log_in("ada@firm.example", look=False)
    edit(architect, acts.at, "Typed on the train.")
    assert "Typed on the train." in section(architect)
    architect.page.emulate_media(media="print")
    expect(architect.page.get_by_role("link", name="Edit").first).to_be_hidden()
    assert "Typed on the train." in section(architect)
