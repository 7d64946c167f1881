"""The projections say what the records say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core.models import Contact, Engagement
from phases.mechanisms.meeting.services import Minutes, Plan, end, plan
from phases.mechanisms.meeting.services import start as begin
from phases.mechanisms.sheet.queries import sheet_of, statement_views
from phases.mechanisms.sheet.services import sign
from phases.mechanisms.situation import Situation
from phases.portfolio.frame import Work
from phases.portfolio.models import EngagementSummary, WorkItem
from phases.portfolio.project import project
from phases.portfolio.services import begin_day, refresh, refresh_due


def stored_work(session: Session, engagement: Engagement) -> list[Work]:
    rows = session.scalars(
        select(WorkItem).where(WorkItem.engagement_id == engagement.id).order_by(WorkItem.id)
    )
    return [
        Work(**{name: getattr(row, name) for name in Work.__dataclass_fields__}) for row in rows
    ]


@pytest.mark.data
def test_what_creation_stores_is_what_the_records_give(
    session: Session, engagement: Engagement, situation: Callable[[Engagement], Situation]
) -> None:
    fresh = project(situation(engagement))
    summary = session.get_one(EngagementSummary, engagement.id)
    assert {name: getattr(summary, name) for name in fresh.summary} == fresh.summary
    assert stored_work(session, engagement) == list(fresh.work)


@pytest.mark.data
def test_refreshing_changes_nothing_when_nothing_happened(
    session: Session, engagement: Engagement
) -> None:
    before = stored_work(session, engagement)
    refresh(session, engagement)
    assert stored_work(session, engagement) == before
    assert before


def test_a_date_that_makes_something_due_refreshes_the_projection(
    session: Session, engagement: Engagement
) -> None:
    summary = session.get_one(EngagementSummary, engagement.id)
    assert summary.refresh_on is not None
    assert refresh_due(session, date(2000, 1, 1)) == 0
    assert refresh_due(session, summary.refresh_on) == 1


def test_every_sub_phase_stands_on_the_rail_once(session: Session, engagement: Engagement) -> None:
    rail = session.get_one(EngagementSummary, engagement.id).rail
    codes = [mark["code"] for phase in rail for mark in phase["marks"]]
    assert codes == [f"{number}{letter}" for number in "1234" for letter in "abcd"]
    assert [phase["gate"]["code"] for phase in rail] == ["1d", "2d", "3d", "4d"]


def test_an_information_handoff_skips_hypercare_and_says_why(
    session: Session, make_engagement: Callable[..., Engagement]
) -> None:
    made = make_engagement(
        "Info Co", scope="information_handoff", methodology="information_handoff"
    )
    rail = session.get_one(EngagementSummary, made.id).rail
    marks = {mark["code"]: mark for phase in rail for mark in phase["marks"]}
    assert marks["3c"]["state"] == "na"
    assert marks["3c"]["reason"]
    assert rail[3]["mode"] == "light"


@pytest.mark.data
def test_a_day_that_begins_refreshes_the_engagements_of_its_zone(
    session: Session, engagement: Engagement
) -> None:
    summary = session.get_one(EngagementSummary, engagement.id)
    due, written = summary.refresh_on, summary.updated_at
    assert due is not None
    session.commit()
    begin_day(session, "Asia/Tokyo", due)
    assert session.get_one(EngagementSummary, engagement.id).updated_at == written
    summary.refresh_on = date(2000, 1, 1)
    session.commit()
    begin_day(session, engagement.time_zone, date(2000, 1, 1))
    assert session.get_one(EngagementSummary, engagement.id).updated_at > written


def test_a_rejected_statement_is_the_architects_turn(
    session: Session,
    engagement: Engagement,
    contact: Callable[..., Contact],
    situation: Callable[[Engagement], Situation],
) -> None:
    lead = contact(engagement, "finance_lead")
    s = situation(engagement)
    view = statement_views(s, sheet_of(s, "Q5.sheet.definitions"))[0]
    sign(
        session, s, sheet_key="Q5.sheet.definitions", role="finance_lead",
        decisions={view.key: (False, "We never say that.", view.sha256)}, signer=lead.ref,
        name=lead.name, email=lead.email, address="", proof="link",
    )  # fmt: skip
    answers = [work for work in project(situation(engagement)).work if work.verb == "Answer"]
    assert [(work.title, work.why, work.role) for work in answers] == [
        (f"{lead.name} rejected “{view.title}”", "We never say that.", "architect")
    ]


KICKOFF = "Q7.meeting.kickoff"


@pytest.mark.parametrize(
    ("days", "planned", "verb"),
    [
        (20, None, None),
        (8, None, "Plan"),
        (-1, None, "Plan"),
        (14, 3, None),
        (14, 0, "Hold"),
        (14, -1, "Write up"),
    ],
)
def test_a_meeting_waits_for_its_architect_when_it_is_to_be_planned_held_or_written_up(
    make_engagement: Callable[..., Engagement], session: Session,
    situation: Callable[[Engagement], Situation], days: int, planned: int | None, verb: str | None,
) -> None:  # fmt: skip
    today = situation(make_engagement()).today
    engagement = make_engagement("Helios", kickoff=(today + timedelta(days=days)).isoformat())
    s = situation(engagement)
    if planned is not None:
        day = s.today + timedelta(days=planned)
        plan(session, s, "u1", KICKOFF, 1, Plan(day, time(9), 60))
    found = [w for w in project(situation(engagement)).work if w.key == f"{KICKOFF}:1"]
    assert [w.verb for w in found] == ([verb] if verb else [])


def test_a_meeting_that_was_held_waits_for_nobody(
    make_engagement: Callable[..., Engagement], session: Session,
    situation: Callable[[Engagement], Situation],
) -> None:  # fmt: skip
    engagement = make_engagement()
    begin(session, situation(engagement), "u1", KICKOFF, 1)
    end(session, situation(engagement), "u1", KICKOFF, 1, Minutes(others="Dee"))
    assert not [w for w in project(situation(engagement)).work if w.key.startswith(KICKOFF)]
