"""Schedules: what is due, what became of it, and who owns it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from phases.core.clock import today
from phases.core.errors import BadValue, Conflict, Missing
from phases.core.models import Engagement, Input
from phases.mechanisms.schedule import queries, services
from phases.mechanisms.schedule.models import OccurrenceRecord
from phases.mechanisms.schedule.queries import state_of
from phases.mechanisms.situation import Situation
from playbook.models import Schedule, Task
from tests.mechanisms.tabular import (
    CARE,
    MONTHLY,
    ONCE,
    TODAY,
    playbook,
    situation,
    stored_situation,
)

GO_LIVE = "2026-08-20"
"""Monthly instances: 21 Sep (the 20th is a Sunday), 20 Oct, 20 Nov (today), 21 Dec."""
SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER = (
    date(2026, 9, 21), date(2026, 10, 20), date(2026, 11, 20), date(2026, 12, 21),
)  # fmt: skip


@pytest.fixture
def kept(session: Session) -> Situation:
    return stored_situation(session, go_live=GO_LIVE)


def schedule() -> Schedule:
    return playbook().get(CARE, Schedule)


def states(s: Situation, until: date = DECEMBER, task: str = MONTHLY) -> dict[date, str]:
    views = queries.occurrence_views(s, schedule(), until)
    return {view.due: view.state for view in views if view.task == task}


@pytest.mark.parametrize(
    ("due", "following", "state"),
    [
        (date(2026, 11, 21), None, "upcoming"),
        (date(2026, 11, 20), None, "due"),
        (date(2026, 11, 19), None, "overdue"),
        (date(2026, 11, 19), date(2026, 11, 21), "overdue"),
        (date(2026, 11, 19), date(2026, 11, 20), "missed"),
    ],
)
def test_the_state_of_what_nobody_recorded(due: date, following: date | None, state: str) -> None:
    assert state_of(due, following, TODAY) == state


def test_an_instance_is_missed_once_the_next_has_come() -> None:
    assert states(situation(go_live=GO_LIVE)) == {
        SEPTEMBER: "missed", OCTOBER: "missed", NOVEMBER: "due", DECEMBER: "upcoming",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("result", "state"), [("ok", "done"), ("red_flag", "red_flag"), ("skipped", "skipped")]
)
def test_a_recorded_instance_is_what_became_of_it(result: str, state: str) -> None:
    record = OccurrenceRecord(task=MONTHLY, due=OCTOBER, result=result, note="n", version=1)
    s = situation(go_live=GO_LIVE, occurrences={(MONTHLY, OCTOBER): record})
    assert states(s)[OCTOBER] == state


def test_without_an_anchor_nothing_is_due() -> None:
    s = situation()
    assert queries.occurrence_views(s, schedule(), DECEMBER) == []
    view = queries.schedule_view(s, schedule())
    assert view.anchor == "the go-live date"


def test_tasks_that_do_not_apply_are_listed_apart() -> None:
    view = queries.schedule_view(situation(go_live=GO_LIVE), schedule())
    assert [task.key for task in view.tasks] == [MONTHLY, ONCE]
    assert [(task.title, task.reason) for task in view.dropped] == [
        ("Meter", "Only when Usage-based is yes")
    ]
    assert len(queries.schedule_view(situation(usage_based=True), schedule()).tasks) == 3


def test_what_is_now_and_what_is_ahead() -> None:
    view = queries.schedule_view(situation(go_live=GO_LIVE), schedule())
    assert [(o.task, o.due) for o in view.now] == [(ONCE, OCTOBER), (MONTHLY, NOVEMBER)]
    assert [(o.task, o.due) for o in view.ahead] == [(MONTHLY, DECEMBER)]
    assert view.triggers[0].threshold == "Over 2%"


@pytest.mark.parametrize(
    ("engagement_type", "role", "owner"),
    [
        ("single", "finance_lead", "Finance Lead"),
        ("dedicated", "architect", "Architect (Ann Architect)"),
        (None, "architect", "Architect (Ann Architect)"),
    ],
)
def test_the_owner_follows_the_engagement_type(
    engagement_type: str | None, role: str, owner: str
) -> None:
    view = queries.schedule_view(situation(engagement_type=engagement_type), schedule())
    assert (view.owner_role, view.owner) == (role, owner)


def test_a_year_at_a_glance() -> None:
    s = situation(go_live=GO_LIVE)
    months, rows = queries.year(s, queries.schedule_view(s, schedule()))
    assert (months[0], months[-1], len(months)) == (date(2026, 9, 1), date(2027, 8, 1), 12)
    assert [len(instances) for instances in rows[0].months] == [1] * 12
    assert queries.year(situation(), queries.schedule_view(situation(), schedule())) == ((), ())


@pytest.mark.parametrize(
    ("key", "words"), [(MONTHLY, "every month"), (ONCE, "once, 2 months after go live")]
)
def test_rhythm_in_words(key: str, words: str) -> None:
    assert queries.rhythm(playbook().get(key, Task)) == words


# --- recording -----------------------------------------------------------------------------------


@pytest.mark.parametrize("due", [SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER])
def test_what_is_past_due_or_next_can_be_recorded(
    session: Session, kept: Situation, due: date
) -> None:
    services.record_occurrence(session, kept, "u1", CARE, MONTHLY, due, "ok", version=0)
    assert states(kept)[due] == "done"


@pytest.mark.parametrize("due", [date(2026, 11, 19), date(2026, 8, 20), date(2027, 1, 20)])
def test_no_other_day_can(session: Session, kept: Situation, due: date) -> None:
    with pytest.raises(BadValue) as refused:
        services.record_occurrence(session, kept, "u1", CARE, MONTHLY, due, "ok")
    assert refused.value.field == "due"


@pytest.mark.parametrize(
    ("result", "note", "evidence", "field"),
    [
        ("red_flag", "", "", "note"),
        ("skipped", " ", "", "note"),
        ("fine", "", "", "result"),
        ("ok", "", "ftp://x.test", "evidence"),
    ],
)
def test_a_result_says_what_it_must(
    session: Session, kept: Situation, result: str, note: str, evidence: str, field: str
) -> None:
    with pytest.raises(BadValue) as refused:
        services.record_occurrence(
            session, kept, "u1", CARE, MONTHLY, NOVEMBER, result, note, evidence
        )
    assert refused.value.field == field


def test_a_result_can_be_changed_by_who_has_seen_it(session: Session, kept: Situation) -> None:
    services.record_occurrence(session, kept, "u1", CARE, MONTHLY, NOVEMBER, "ok", version=0)
    with pytest.raises(Conflict):
        services.record_occurrence(session, kept, "u2", CARE, MONTHLY, NOVEMBER, "ok", version=0)
    services.record_occurrence(
        session, kept, "u1", CARE, MONTHLY, NOVEMBER, "red_flag", "Off by $120", version=1
    )
    assert states(kept)[NOVEMBER] == "red_flag"


def test_a_task_that_is_unknown_or_does_not_apply_is_missing(
    session: Session, kept: Situation
) -> None:
    for task in ("T5.task.none", "T5.task.usage"):
        with pytest.raises(Missing):
            services.record_occurrence(session, kept, "u1", CARE, task, NOVEMBER, "ok")


# --- page ----------------------------------------------------------------------------------------

KEY = "Q20.schedule.maintenance"


def live(session: Session, engagement: Engagement, day: date) -> None:
    """The engagement went live on *day*."""
    row = session.query(Input).filter_by(engagement_id=engagement.id, key="profile.go_live").first()
    if row is None:
        row = Input(engagement_id=engagement.id, key="profile.go_live", changed_by="u1")
        session.add(row)
    row.value = day.isoformat()
    session.flush()


def test_before_go_live_the_page_says_what_the_dates_wait_for(
    engagement: Engagement, staff: Callable[..., FlaskClient]
) -> None:
    text = staff().get(f"/e/{engagement.slug}/schedule/{KEY}").text
    assert "count from the go-live date" in text
    assert "2% of invoices" in text


def test_a_result_is_recorded_on_the_page(
    engagement: Engagement, staff: Callable[..., FlaskClient], session: Session,
    situation: Callable[..., Situation],
) -> None:  # fmt: skip
    live(session, engagement, today("America/New_York") - timedelta(days=40))
    s = situation(engagement)
    view = queries.schedule_view(s, s.playbook.get(KEY, Schedule))
    item = view.now[0]
    client, page = staff(), f"/e/{engagement.slug}/schedule/{KEY}"
    assert item.title in client.get(page).text
    address = f"{page}/{item.task}/{item.due.isoformat()}"
    refused = client.post(address, data={"result": "red_flag", "evidence": "https://a.test"})
    assert refused.status_code == 422
    assert "Say what the red flag is" in refused.text
    assert "https://a.test" in refused.text
    client.post(address, data={"result": "red_flag", "note": "Off by $120", "version": "0"})
    shown = client.get(f"{page}?task={item.task}&due={item.due.isoformat()}").text
    assert "Off by $120" in shown
    assert client.post(address, data={"result": "ok", "version": "0"}).status_code == 409


@pytest.mark.parametrize("address", ["Q20.monthly.accuracy/soon", "Q20.monthly.none/2026-11-20"])
def test_no_such_instance(
    engagement: Engagement, staff: Callable[..., FlaskClient], address: str
) -> None:
    page = f"/e/{engagement.slug}/schedule/{KEY}/{address}"
    assert staff().post(page, data={"result": "ok"}).status_code == 404
