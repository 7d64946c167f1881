"""Triggers: tripped by readings or by somebody's word, told once, answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core.clock import today
from phases.core.commit import commit
from phases.core.errors import BadValue, Conflict, Missing, Refusal
from phases.core.models import Engagement, Member, OutboxJob, User
from phases.mechanisms.metric.services import take_reading
from phases.mechanisms.page import situation_for
from phases.mechanisms.situation import Situation
from phases.mechanisms.trigger.queries import trigger_of, trigger_view, trigger_views
from phases.mechanisms.trigger.services import answer_trip, say_trip
from phases.portfolio.models import EngagementSummary, WorkItem
from tests.conftest import live_since

SYNC, PRICING = "Q20.trigger.sync_failures", "Q20.trigger.new_pricing"
PAYMENTS = "Q20.trigger.failed_payments"
FAILURES, FAILED = "Q20.metric.sync_failures", "Q20.metric.failed_payments"


@pytest.fixture
def manager(session: Session, user: Callable[..., User], engagement: Engagement) -> User:
    """The account manager of the engagement."""
    found = user("account_manager", "Mia Manager")
    session.add(Member(engagement_id=engagement.id, user_id=found.id, role="account_manager"))
    session.flush()
    return found


@pytest.fixture
def live(session: Session, engagement: Engagement, manager: User) -> Situation:
    """The engagement, live for four months."""
    live_since(session, engagement, today(engagement.time_zone) - timedelta(days=130))
    return situation_for(session, engagement)


def month(s: Situation, back: int) -> date:
    """The first day of the month so many before this one."""
    first = s.today.replace(day=1)
    for _ in range(back):
        first = (first - timedelta(days=1)).replace(day=1)
    return first


def notices(session: Session) -> list[dict[str, Any]]:
    jobs = session.scalars(
        select(OutboxJob).where(OutboxJob.kind == "notice").order_by(OutboxJob.id)
    )
    return [job.data for job in jobs]


def is_tripped(s: Situation, key: str) -> bool:
    return trigger_view(s, trigger_of(s, key)).tripped


def test_a_reading_over_the_threshold_trips_and_tells_the_account_manager_once(
    session: Session, live: Situation, manager: User
) -> None:
    reading = take_reading(session, live, "u1", FAILURES, month(live, 1), value=5)
    assert not is_tripped(live, SYNC)
    take_reading(session, live, "u1", FAILURES, month(live, 1), value=6, version=reading.version)
    assert is_tripped(live, SYNC)
    take_reading(session, live, "u1", FAILURES, month(live, 1), value=9, version=reading.version)
    told = [n for n in notices(session) if n["item"] == SYNC]
    assert [n["to"] for n in told] == [manager.ref]
    assert told[0]["topic"] == "trigger"


def test_failed_payments_trip_only_in_two_months_on_end(session: Session, live: Situation) -> None:
    for back, failed, tripped in ((3, 11, False), (2, 10, False), (1, 11, False), (0, 12, True)):
        take_reading(
            session, live, "u1", FAILED, month(live, back), numerator=failed, denominator=100
        )
        assert is_tripped(live, PAYMENTS) is tripped


def test_answered_it_is_quiet_until_the_next_month_is_beyond_too(
    session: Session, live: Situation
) -> None:
    take_reading(session, live, "u1", FAILURES, month(live, 1), value=6)
    on = trigger_view(live, trigger_of(live, SYNC)).open[0].on
    answer_trip(session, live, "u1", SYNC, on, "One mapping was mended.", version=0)
    assert not is_tripped(live, SYNC)
    take_reading(session, live, "u1", FAILURES, month(live, 0), value=7)
    assert is_tripped(live, SYNC)


def test_said_by_hand_it_is_red_and_told(session: Session, live: Situation, manager: User) -> None:
    say_trip(session, live, "c1", PRICING, live.today, "Usage tiers from January")
    view = trigger_view(live, trigger_of(live, PRICING))
    assert view.tripped
    assert "Usage tiers" in view.why
    assert [(n["to"], n["topic"]) for n in notices(session)] == [(manager.ref, "trigger")]


@pytest.mark.parametrize(
    ("days", "note", "field"), [(1, "Soon", "on"), (0, "  ", "note"), (0, "x" * 2001, "note")]
)
def test_what_cannot_be_said(
    session: Session, live: Situation, days: int, note: str, field: str
) -> None:
    with pytest.raises(BadValue) as refused:
        say_trip(session, live, "u1", PRICING, live.today + timedelta(days=days), note)
    assert refused.value.field == field


def test_a_day_is_needed_and_said_once(session: Session, live: Situation) -> None:
    with pytest.raises(BadValue):
        say_trip(session, live, "u1", PRICING, None, "New tiers")
    say_trip(session, live, "u1", PRICING, live.today, "New tiers")
    with pytest.raises(BadValue, match="said already"):
        say_trip(session, live, "u1", PRICING, live.today, "Again")


def test_an_answer_says_something_of_a_time_that_it_tripped(
    session: Session, live: Situation
) -> None:
    trip = say_trip(session, live, "u1", PRICING, live.today, "New tiers")
    with pytest.raises(BadValue):
        answer_trip(session, live, "u1", PRICING, live.today, " ")
    with pytest.raises(Refusal, match="did not trip"):
        answer_trip(session, live, "u1", PRICING, live.today - timedelta(days=3), "Nothing")
    with pytest.raises(Conflict):
        answer_trip(session, live, "u1", PRICING, live.today, "Scoped", version=trip.version + 1)


def test_no_trigger_that_does_not_apply(
    make_engagement: Callable[..., Engagement], session: Session
) -> None:
    s = situation_for(session, make_engagement("Handoff Only", scope="information_handoff"))
    assert SYNC not in [view.key for view in trigger_views(s)]
    with pytest.raises(Missing):
        trigger_of(s, SYNC)


def test_the_engagement_turns_red_and_the_account_manager_has_it_on_the_list(
    session: Session, live: Situation, manager: User, staff: Callable[..., FlaskClient]
) -> None:
    say_trip(session, live, "u1", PRICING, live.today, "New tiers")
    commit(session)
    summary = session.scalars(
        select(EngagementSummary).where(EngagementSummary.engagement_id == live.engagement.id)
    ).one()
    assert summary.health == "red"
    item = session.scalars(select(WorkItem).where(WorkItem.key == PRICING)).one()
    assert (item.kind, item.assignee) == ("flag", manager.ref)
    page = staff("account_manager", "Mia Manager").get("/").text
    assert "Call about" in page
    assert "New pricing model" in page


def test_on_the_page_it_is_said_and_answered(
    engagement: Engagement, live: Situation, staff: Callable[..., FlaskClient]
) -> None:
    client = staff("account_manager", "Mia Manager")
    place = f"/e/{engagement.slug}/triggers"
    day = live.today.isoformat()
    refused = client.post(f"{place}/{PRICING}", data={"on": day, "note": ""})
    assert refused.status_code == 422
    assert "Say what happened." in refused.text
    assert client.post(f"{place}/{PRICING}", data={"on": day, "note": "Tiers"}).status_code == 302
    assert "Tripped" in client.get(place).text
    empty = client.post(f"{place}/{PRICING}/answer", data={"on": day, "answer": ""})
    assert empty.status_code == 422
    said = {"on": day, "answer": "Scoped and agreed", "version": "1"}
    assert client.post(f"{place}/{PRICING}/answer", data=said).status_code == 302
    page = client.get(place).text
    assert "Scoped and agreed" in page
    assert "Tripped" not in page


def test_an_engineer_who_is_not_on_it_says_nothing(
    engagement: Engagement, live: Situation, staff: Callable[..., FlaskClient]
) -> None:
    answer = staff("engineer").post(
        f"/e/{engagement.slug}/triggers/{PRICING}", data={"on": "2026-01-01", "note": "x"}
    )
    assert answer.status_code == 404


def test_the_customer_says_it_in_the_portal(
    session: Session, engagement: Engagement, live: Situation, manager: User,
    portal: Callable[..., tuple[FlaskClient, str]],
) -> None:  # fmt: skip
    client, base = portal(engagement)
    page = f"{base}/schedule/Q20.schedule.maintenance"
    assert "When to call us" in client.get(page).text
    day = live.today.isoformat()
    tell = f"{page}/triggers/{PRICING}"
    refused = client.post(tell, data={"on": "", "note": "New price list"})
    assert refused.status_code == 422
    assert "New price list" in refused.text
    assert client.post(tell, data={"on": day, "note": "New price list"}).status_code == 302
    assert "We know" in client.get(page).text
    assert [n["to"] for n in notices(session)] == [manager.ref]
    assert client.post(f"{page}/triggers/Q20.trigger.none", data={}).status_code == 404


def test_somebody_who_does_not_keep_the_schedule_says_nothing(
    engagement: Engagement, live: Situation, portal: Callable[..., tuple[FlaskClient, str]]
) -> None:
    client, base = portal(engagement, "revops_lead")
    tell = f"{base}/schedule/Q20.schedule.maintenance/triggers/{PRICING}"
    assert client.post(tell, data={"on": "2026-01-01", "note": "x"}).status_code == 404
