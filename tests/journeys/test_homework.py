"""Homework that gets done: a sponsor hands a part to a colleague, who answers on a phone, and says
of another that it is not theirs; the architect sees who has what."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.hands import add_contact, create_engagement, put
from tests.journeys.stage import PHONE, Person, Stage, text_of

CUSTOMER = "Tidal Freight"
SID, CORA = "sid@tidal.example", "cora@tidal.example"
TODAY, UPLOADS = "How you bill today", "Systems and samples"
CHOICES = {
    "category": "balanced", "scope": "single_tool", "methodology": "contract_based",
    "motion": "sales_led", "engagement_type": "single", "country": "US",
}  # fmt: skip


def ask(architect: Person, slug: str, item: str, whom: str, note: str = "") -> None:
    """Ask somebody by name."""
    architect.goto(f"/e/{slug}/homework")
    page = architect.page
    page.locator("#ask summary").click()
    page.get_by_label("What", exact=True).select_option(label=f"Billing intake: {item}")
    page.get_by_label("Whom", exact=True).select_option(label=f"{whom}, Sponsor (CFO or VP)")
    page.get_by_label("A word to them").fill(note)
    architect.press("Ask them")
    assert architect.sees(f"{whom} is asked for “{item}”.")


def hand(giver: Person, item: str, note: str) -> None:
    """Hand one item on the home page to Cora."""
    page = giver.page
    giver.press(page.get_by_role("link", name=f"Hand to a colleague: {item}"))
    expect(page.get_by_label(item)).to_be_checked()
    page.get_by_label("Your colleague's name").fill("Cora Lind")
    page.get_by_label("Your colleague's e-mail address").fill(CORA)
    page.get_by_label("A word to them").fill(note)
    giver.press("Send the link")
    assert giver.sees("Handed to Cora Lind")


def test_a_sponsor_hands_a_part_to_a_colleague(stage: Stage) -> None:
    ada = stage.person()
    ada.log_in("ada@firm.example")
    slug = create_engagement(ada, CUSTOMER, CHOICES)
    add_contact(ada, slug, "Sid Mora", SID, "sponsor")
    ask(ada, slug, TODAY, "Sid Mora", "You know who runs it")
    ask(ada, slug, UPLOADS, "Sid Mora")

    sid = stage.person()
    home = sid.enter(SID)
    assert sid.sees("Two things we need from you")
    assert sid.sees("“You know who runs it”")
    hand(sid, TODAY, "You run billing")
    hand(sid, UPLOADS, "And these, if you have them")
    assert sid.sees(f"Cora Lind: {TODAY}")

    cora = stage.person(phone=True)
    cora.enter(CORA)
    assert cora.page.viewport_size == PHONE
    assert "Two things for you" in cora.page.inner_text("h1")
    assert cora.sees("Sid Mora asks you: “You run billing”")
    cora.press(cora.page.get_by_role("link", name=TODAY, exact=True))
    put(cora.page, "q-crm", "HubSpot with DealHub")
    cora.page.locator("[name='q-crm']").blur()
    expect(cora.page.locator("[data-saved-for='q-crm']")).to_contain_text("Saved")
    cora.press("Save")
    assert "Two things for you" in cora.page.inner_text("h1"), "more of it is open"
    cora.press(cora.page.get_by_role("link", name=f"Not mine: {UPLOADS}"))
    cora.page.get_by_label("Who might know?").fill("Ben in treasury has the contracts")
    cora.press("Send it back")
    assert "One thing for you" in cora.page.inner_text("h1")

    sid.goto(f"{home}/")
    assert sid.sees("Cora Lind sent this back: Ben in treasury has the contracts")
    stage.live.deliver()
    assert "came back to you" in text_of(stage.live.post.newest(SID))
    sid.press(sid.page.get_by_role("link", name=f"Not mine: {UPLOADS}"))
    sid.page.get_by_label("Who might know?").fill("Ben Ito, treasury")
    sid.press("Send it back")

    ada.goto("/")
    assert ada.sees("Find who answers")
    ada.goto(f"/e/{slug}/homework")
    assert ada.sees("Sid Mora says it is not theirs")
    assert ada.sees("“Ben Ito, treasury”")
    row = ada.page.locator("tr", has_text=TODAY).first
    expect(row).to_contain_text("Cora Lind")
    expect(row).to_contain_text("handed over by Sid Mora")
    ada.goto(f"/e/{slug}/form/Q3.form.intake")
    answered = ada.page.locator("tr", has_text="HubSpot with DealHub")
    expect(answered).to_contain_text("Cora Lind")
    take_back(ada, cora, slug)


def take_back(ada: Person, cora: Person, slug: str) -> None:
    """Taken back by the architect, it is gone from the phone at once; what was answered stays."""
    ada.goto(f"/e/{slug}/homework")
    row = ada.page.locator("tr", has_text=TODAY).first
    row.locator("summary", has_text="Take back").click()
    ada.press(row.get_by_role("button", name="Take back"))
    assert ada.sees("Taken back from Cora Lind")
    cora.page.reload()
    assert cora.sees("Nothing is open with you")
