"""The assessment as a document: as it stands, and each version as it was cut."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from deliverables import services
from phases.core.commit import commit
from phases.core.models import Engagement
from phases.mechanisms.inputs import services as inputs
from phases.mechanisms.page import situation_for
from phases.strategy.versions import services as versions
from tests.deliverables.test_print import text_of

CRM, KEY = "Q3.input.crm", "Q4.document.assessment"


def sections(context: Any) -> dict[str, Any]:
    return {part["id"]: part for part in context["sections"]}


def say(session: Session, engagement: Engagement, value: str) -> None:
    inputs.set_input(session, situation_for(session, engagement), "u1", CRM, value, "Intake")
    session.flush()


def cut(session: Session, engagement: Engagement) -> str:
    session.flush()
    return versions.cut(session, situation_for(session, engagement), "u1").name


def test_the_draft_says_what_changed_since_the_last_version(
    session: Session, engagement: Engagement
) -> None:
    say(session, engagement, "Salesforce")
    assert "changed" not in sections(services.draft(situation_for(session, engagement), KEY))
    cut(session, engagement)
    say(session, engagement, "HubSpot")
    found = sections(services.draft(situation_for(session, engagement), KEY))
    (row,) = found["changed"]["blocks"][0]["rows"]
    assert [cell["text"] for cell in row[1:4]] == ["Corrected", "Salesforce", "HubSpot"]
    assert found["changed"]["title"] == "What changed since v0"
    assert "1 corrected" in found["changed"]["lead"]


def test_nothing_new_is_said_so(session: Session, engagement: Engagement) -> None:
    cut(session, engagement)
    found = sections(services.draft(situation_for(session, engagement), KEY))
    assert found["changed"]["blocks"][0]["markdown"] == "Nothing has changed since v0."


def test_what_is_recommended_stands_beside_what_was_chosen(
    session: Session, engagement: Engagement
) -> None:
    found = sections(services.draft(situation_for(session, engagement), KEY))
    rows = {row[0]["text"]: row for row in found["recommended"]["blocks"][0]["rows"]}
    of, advice, because, stands = rows["Methodology"]
    assert of["text"] == "Methodology"
    assert advice["text"].startswith("Contract-based")
    assert because["text"]
    assert stands["standing"] == "ASSUMED"


def test_a_version_prints_what_it_was_cut_with(
    session: Session, engagement: Engagement, staff: Callable[..., FlaskClient]
) -> None:
    say(session, engagement, "Salesforce with CPQ")
    cut(session, engagement)
    say(session, engagement, "HubSpot Enterprise")
    commit(session)
    answer = staff("architect").get(f"/e/{engagement.slug}/versions/v0/assessment.pdf")
    assert answer.mimetype == "application/pdf"
    read = text_of(answer.data)
    assert "VERSION v0" in read
    assert "Salesforce with CPQ" in read
    assert "HubSpot" not in read
    assert "DRAFT" not in read


def test_each_version_is_compared_with_the_one_before_it(
    session: Session, engagement: Engagement
) -> None:
    for value in ("Salesforce", "HubSpot", "Dynamics"):
        say(session, engagement, value)
        cut(session, engagement)
    found = sections(services.draft_of_version(situation_for(session, engagement), "v0.1"))
    (row,) = found["changed"]["blocks"][0]["rows"]
    assert [cell["text"] for cell in row[2:4]] == ["Salesforce", "HubSpot"]
