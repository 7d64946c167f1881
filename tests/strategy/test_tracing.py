"""From an input one sees what rests on it, and what it was in each version."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from phases.core.commit import commit
from phases.core.models import Engagement
from phases.mechanisms.inputs import services as inputs
from phases.mechanisms.page import situation_for
from phases.mechanisms.situation import Situation
from phases.strategy.versions import services as versions
from phases.strategy.versions.tracing import Traced, traced
from playbook.models import Input

TERMS, CRM, KICKOFF = "Q3.input.payment_terms", "Q3.input.crm", "Q7.meeting.kickoff"
Now = Callable[[], Situation]


@pytest.fixture
def now(session: Session, engagement: Engagement) -> Now:
    def read() -> Situation:
        session.flush()
        return situation_for(session, engagement)

    return read


def trace(now: Now, key: str) -> Traced:
    s = now()
    return traced(s, s.playbook.get(key, Input))


@pytest.mark.parametrize(
    ("key", "heading", "title"),
    [
        (TERMS, "Gates that read it", "All critical inputs are CONFIRMED"),
        (TERMS, "Documents that show it", "Kickoff deck"),
        (TERMS, "Texts drafted from it", "Payment processing specs"),
        (TERMS, "Meetings that settle it", "Billing process deep dive"),
        (TERMS, "What waits for it", "Strategic package"),
        (TERMS, "Documents that show it", "Tech spec"),  # by a text that is drafted from it
        (CRM, "Meetings that settle it", "Kickoff"),
        ("profile.motion", "What a meeting leaves with", "GTM motion CONFIRMED"),
        ("C10.input.variance_tolerance", "Gates that read it", ""),
    ],
)
def test_what_rests_on_an_input(now: Now, key: str, heading: str, title: str) -> None:
    groups = dict(trace(now, key).groups)
    assert heading in groups
    titles = [one.title for one in groups[heading]]
    assert title in titles or not title


def test_an_input_that_is_not_critical_opens_no_gate_by_that(now: Now) -> None:
    gates = dict(trace(now, CRM).groups).get("Gates that read it", ())
    assert "All critical inputs are CONFIRMED" not in [one.title for one in gates]


def test_the_question_that_asks_for_it_is_named_apart(now: Now) -> None:
    found = trace(now, TERMS)
    assert [one.title for one in found.asked] == ["What are your standard payment terms?"]
    assert "Asked by" not in dict(found.groups)


def test_it_is_followed_through_the_versions(session: Session, now: Now) -> None:
    inputs.set_input(session, now(), "u1", CRM, "Salesforce", "Intake")
    versions.cut(session, now(), "u1")
    inputs.confirm(session, now(), "u1", CRM, KICKOFF)
    versions.cut(session, now(), "u1")
    inputs.set_input(session, now(), "u1", CRM, "HubSpot", "Mail")
    versions.cut(session, now(), "u1")
    found = [(one.version, one.value, one.standing, one.moved) for one in trace(now, CRM).history]
    assert found == [
        ("v0.2", "HubSpot", "ASSUMED", "Corrected"),
        ("v0.1", "Salesforce", "CONFIRMED", "Confirmed"),
        ("v0", "Salesforce", "ASSUMED", ""),
    ]
    assert trace(now, CRM).history[1].meeting == "Kickoff"


def test_its_page_tells_all_of_it(
    staff: Callable[..., FlaskClient], session: Session, engagement: Engagement, now: Now
) -> None:
    inputs.set_input(session, now(), "u1", CRM, "Salesforce", "Intake form of Dana")
    versions.cut(session, now(), "u1")
    commit(session)
    browser = staff("architect")
    page = browser.get(f"/e/{engagement.slug}/inputs/{CRM}").text
    for words in ("Salesforce", "Intake form of Dana", "What rests on it", "versions/v0"):
        assert words in page
    assert (
        f'href="/e/{engagement.slug}/inputs/{CRM}"'
        in browser.get(f"/e/{engagement.slug}/inputs").text
    )
    assert browser.get(f"/e/{engagement.slug}/inputs/Q3.input.none").status_code == 404
