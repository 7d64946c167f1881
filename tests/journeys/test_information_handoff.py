"""A customer who keeps its billing system: complete at phase 1, a light phase 4, archived."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from phases.core.models import Engagement
from phases.portfolio.models import EngagementSummary
from tests.journeys import hands
from tests.journeys.fill import fill
from tests.journeys.stage import Live, Person, Stage

pytestmark = pytest.mark.browser

STORY = "handoff.yaml"
PROFILE = {
    "category": "balanced",
    "engagement_type": "single",
    "motion": "sales_led",
    "scope": "information_handoff",
    "methodology": "information_handoff",
    "keep_tool": True,
    "erp": True,
    "multi_entity": True,
    "account_manager": "4",
}
CONTACTS = {
    "finance_lead": ("Marion Leclerc", "marion@kestrel.example"),
    "revops_lead": ("Dev Patel", "dev@kestrel.example"),
    "billing_team": ("Louise Tran", "louise@kestrel.example"),
    "it_lead": ("Hank Moreau", "hank@kestrel.example"),
}


@pytest.fixture(scope="module")
def acts(live: Live, people: Stage) -> SimpleNamespace:
    """Who is at work, and on what."""
    return SimpleNamespace(architect=people.person(), slug="", counted_from=live.today)


def test_it_is_created_with_its_scope(stage: Stage, acts: SimpleNamespace) -> None:
    architect: Person = acts.architect
    architect.log_in("ada@firm.example")
    kickoff = (architect.live.today - timedelta(days=2)).isoformat()
    acts.slug = hands.create_engagement(
        architect, "Kestrel Freight", {**PROFILE, "kickoff": kickoff}
    )
    for role, (name, email) in CONTACTS.items():
        hands.add_contact(architect, acts.slug, name, email, role, invite=False)


def test_gate_1d_offers_to_complete_at_phase_1(
    stage: Stage, acts: SimpleNamespace, live: Live
) -> None:
    architect: Person = acts.architect
    fill(live, acts.slug, "strategy", acts.counted_from, STORY)
    architect.goto(f"/e/{acts.slug}/gate/1d")
    assert architect.sees("Proceed with light engineering")
    assert not architect.sees("Proceed to engineering")
    hands.decide(architect, acts.slug, "1d", "Complete at phase 1")


def test_what_follows_is_skipped_or_light_and_says_why(stage: Stage, acts: SimpleNamespace) -> None:
    architect: Person = acts.architect
    for phase, word in (
        ("engineering", "Skipped:"),
        ("enablement", "Skipped:"),
        ("handoff", "Light:"),
    ):
        architect.goto(f"/e/{acts.slug}/{phase}")
        callout = architect.page.locator("main .callout", has_text=word).first.inner_text()
        assert len(callout) > len(word) + 20, callout
    architect.goto(f"/e/{acts.slug}/gate/2d")
    assert architect.sees("This gate does not apply")


def test_it_is_handed_over_and_archived(stage: Stage, acts: SimpleNamespace, live: Live) -> None:
    architect: Person = acts.architect
    for name in ("configuration", "runbook", "maintenance"):
        architect.goto(f"/e/{acts.slug}/documents")
        link = architect.page.locator(f"main a[href$='/documents/Q25.document.{name}']")
        if link.count():
            architect.press(link)
            form = architect.page.locator(f"form[action$='/Q25.document.{name}/issue']")
            architect.press(form.get_by_role("button"))
    live.deliver()
    for part in ("handoff", "acceptance", "close"):
        fill(live, acts.slug, part, acts.counted_from, STORY)
    hands.decide(architect, acts.slug, "4d", "Close the project")
    with live.records() as session:
        found = select(EngagementSummary.closed_at).join(Engagement)
        assert session.scalar(found.where(Engagement.slug == acts.slug)) is not None
