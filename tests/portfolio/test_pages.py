"""What people read on the pages that span engagements and on those of one as a whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core.models import Contact, Engagement
from phases.portfolio.models import EngagementSummary, WorkItem

FORM = {
    "customer": "Helios Grid",
    "category": "balanced",
    "scope": "single_tool",
    "methodology": "recommend",
    "motion": "sales_led",
    "engagement_type": "single",
    "kickoff": "2026-12-01",
    "time_zone": "Europe/Berlin",
    "country": "DE",
    "account_manager": "",
    "once": "k1",
}


@pytest.fixture
def browser(staff: Callable[..., FlaskClient]) -> FlaskClient:
    return staff("architect")


@pytest.mark.data
def test_an_architect_creates_an_engagement_and_lands_on_it(
    browser: FlaskClient, session: Session
) -> None:
    answer = browser.post("/engagements/new", data=FORM)
    assert answer.headers["Location"] == "/e/helios-grid/"
    page = browser.get("/e/helios-grid/").text
    assert "Helios Grid" in page
    assert "Contract-based billing set-up is recommended: " in page  # from the motion, with why
    assert "holidays of Germany" in page
    made = session.scalars(select(Engagement)).one()
    assert (made.time_zone, made.country) == ("Europe/Berlin", "DE")


@pytest.mark.data
def test_a_double_click_creates_one_engagement(browser: FlaskClient, session: Session) -> None:
    first, second = (browser.post("/engagements/new", data=FORM) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert len(session.scalars(select(Engagement)).all()) == 1


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("customer", "", "Give the customer&#39;s name."),
        ("customer", "x" * 121, "Field cannot be longer than 120 characters."),
        ("kickoff", "soon", "Not a valid date value."),
        ("kickoff", "0026-11-02", "Give a date between 2000 and 2100."),
        ("scope", "everything", "Not a valid choice."),
        ("time_zone", "Mars/Olympus", "Not a valid choice."),
    ],
)
def test_bad_input_is_told_beside_its_field_and_nothing_is_lost(
    browser: FlaskClient, session: Session, field: str, value: str, message: str
) -> None:
    answer = browser.post("/engagements/new", data={**FORM, field: value})
    assert answer.status_code == 422
    assert message in answer.text
    assert "Europe/Berlin" in answer.text
    if field != "customer":
        assert "Helios Grid" in answer.text
    assert session.scalar(select(Engagement)) is None


@pytest.mark.data
def test_a_new_engagement_gives_its_architect_work(
    browser: FlaskClient, engagement: Engagement, session: Session
) -> None:
    page = browser.get("/").text
    assert "Acme Robotics" in page
    assert session.scalars(select(WorkItem)).first() is not None


@pytest.mark.parametrize(
    "place",
    [
        "",
        "strategy",
        "engineering",
        "enablement",
        "handoff",
        "profile",
        "history",
        "gate/1d",
        "gate/2d",
        "gate/3d",
        "gate/4d",
    ],
)
def test_every_page_of_a_fresh_engagement_renders(
    browser: FlaskClient, engagement: Engagement, place: str
) -> None:
    answer = browser.get(f"/e/{engagement.slug}/{place}")
    assert answer.status_code == 200, answer.text
    assert answer.text.count("<h1") == 1


@pytest.mark.parametrize(
    "place",
    [
        "/",
        "/engagements",
        "/engagements?q=acme&phase=strategy&mine=1&sort=kickoff",
        "/accounts",
        "/engagements/new",
        "/playbook",
        "/playbook?q=proration",
        "/playbook/Q5.term.invoice",
    ],
)
def test_pages_that_span_engagements_render(
    browser: FlaskClient, engagement: Engagement, place: str
) -> None:
    assert browser.get(place).status_code == 200


def test_the_portfolio_filters_and_says_when_nothing_fits(
    browser: FlaskClient, engagement: Engagement
) -> None:
    assert "Acme Robotics" in browser.get("/engagements?q=robot").text
    assert "Nothing fits these filters" in browser.get("/engagements?q=50%25").text


def test_changing_the_profile_shows_first_what_would_change(
    browser: FlaskClient, engagement: Engagement, session: Session
) -> None:
    values = {
        "category": "balanced",
        "scope": "information_handoff",
        "methodology": "information_handoff",
        "motion": "sales_led",
        "engagement_type": "single",
        "kickoff": "2026-11-02",
    }
    preview = browser.post(f"/e/{engagement.slug}/profile/preview", data=values)
    assert "does not apply" in preview.text
    assert "Hypercare" in preview.text
    summary: Any = session.get(EngagementSummary, engagement.id)
    assert summary.methodology == "contract_based"
    browser.post(f"/e/{engagement.slug}/profile", data={**values, "version": engagement.version})
    assert session.get_one(EngagementSummary, engagement.id).methodology == "information_handoff"


def test_two_people_who_change_the_profile_do_not_overwrite_each_other(
    browser: FlaskClient, engagement: Engagement
) -> None:
    values = {
        "category": "balanced",
        "scope": "multi_tool",
        "methodology": "hybrid",
        "motion": "hybrid",
        "engagement_type": "single",
        "version": engagement.version,
    }
    assert browser.post(f"/e/{engagement.slug}/profile", data=values).status_code == 302
    second = browser.post(f"/e/{engagement.slug}/profile", data={**values, "motion": "plg"})
    assert second.status_code == 409


def test_accounts_name_whom_to_call_and_put_flags_first(
    browser: FlaskClient, session: Session, engagement: Engagement, contact: Callable[..., Contact]
) -> None:
    contact(engagement, "finance_lead")
    summary = session.scalars(select(EngagementSummary)).one()
    summary.subphase = "4a"
    for kind, due in (("step", date(2026, 1, 1)), ("flag", date(2026, 12, 1))):
        session.add(
            WorkItem(
                engagement_id=engagement.id, kind=kind, key=kind, subphase="4a", verb="Do",
                title=f"Some {kind}", place="", due=due, role="architect",
            )
        )  # fmt: skip
    session.commit()
    page = browser.get("/accounts").text
    assert "To call:" in page
    assert "Finance Lead" in page
    assert page.index("Some flag") < page.index("Some step")


def test_the_playbook_shows_the_columns_of_a_register(browser: FlaskClient) -> None:
    page = browser.get("/playbook/Q9.register.gaps").text
    assert "Its columns" in page
    assert "Severity" in page


def test_customers_of_one_name_get_addresses_of_their_own(
    make_engagement: Callable[..., Engagement],
) -> None:
    slugs = [make_engagement(name).slug for name in ("New", "Acme", "Acme", "ACME!", "Ünïcode")]
    assert slugs == ["new-2", "acme", "acme-2", "acme-3", "unicode"]
