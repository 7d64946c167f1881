"""Meetings: dates from rules, series across month ends, minutes, calendars, and the check."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core import clock, mail
from phases.core.errors import BadValue, Conflict, Missing, Refusal
from phases.core.models import Contact, Engagement, OutboxJob
from phases.mechanisms.inputs import services as inputs
from phases.mechanisms.meeting import beside, invitations, queries, services, slots
from phases.mechanisms.meeting.checks import meetings_held
from phases.mechanisms.meeting.models import MeetingRecord
from phases.mechanisms.meeting.panel import panel
from phases.mechanisms.meeting.services import Minutes, Plan
from phases.mechanisms.page import situation_for
from phases.mechanisms.situation import Situation
from playbook import checks
from playbook.models import Meeting
from tests.mechanisms.spoken import (
    GAPS,
    HOURS,
    KICKOFF,
    MONTHLY,
    REVIEW,
    TODAY,
    meeting,
    passed,
    playbook,
    situation,
    stored,
)

NOON = datetime(2026, 11, 20, 11, tzinfo=UTC)
"""Noon in Berlin."""


@pytest.fixture
def kept(session: Session) -> Situation:
    return stored(session)


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def item(key: str) -> Meeting:
    return playbook().get(key, Meeting)


def states(s: Situation, key: str) -> list[tuple[int, str, str]]:
    return [(x.number, str(x.day or ""), x.state) for x in slots.slots(s, item(key))]


def noon_on(day: int, month: int = 11) -> datetime:
    return datetime(2026, month, day, 11, tzinfo=UTC)


# --- dates and states -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "today", "state"),
    [
        (None, date(2026, 11, 8), "proposed"),
        (None, date(2026, 11, 9), "unplanned"),
        (None, date(2026, 11, 30), "unplanned"),
        ({"planned_at": noon_on(23)}, TODAY, "planned"),
        ({"planned_at": noon_on(20)}, TODAY, "today"),
        ({"planned_at": noon_on(19)}, TODAY, "overdue"),
        ({"planned_at": noon_on(20), "started_at": NOON}, TODAY, "running"),
        ({"planned_at": noon_on(19), "ended_at": NOON}, TODAY, "held"),
        ({"planned_at": noon_on(23), "dropped": "No need"}, TODAY, "dropped"),
        ({"ended_at": NOON, "dropped": "Both"}, TODAY, "dropped"),
        ({}, TODAY, "unplanned"),
    ],
)
def test_a_meetings_state_follows_what_was_said_and_the_day(
    fields: dict[str, Any] | None, today: date, state: str
) -> None:
    rows = {} if fields is None else {KICKOFF: [meeting(KICKOFF, **fields)]}
    (slot,) = slots.slots(situation(today, meetings=rows), item(KICKOFF))
    assert slot.state == state
    assert slot.label
    assert slot.chip


def test_the_day_is_that_of_the_engagements_zone() -> None:
    late = datetime(2026, 11, 19, 23, 30, tzinfo=UTC)  # half past midnight in Berlin
    rows = {KICKOFF: [meeting(KICKOFF, planned_at=late)]}
    assert states(situation(meetings=rows), KICKOFF) == [(1, "2026-11-20", "today")]


def test_without_its_anchor_a_meeting_has_no_day_yet() -> None:
    assert states(situation(kickoff=None), KICKOFF) == [(1, "", "open")]


def test_a_meeting_that_nobody_recorded_is_past_once_its_gate_is_passed() -> None:
    s = situation(gate_records=[passed("T8.gate.one", date(2026, 11, 18))])
    assert states(s, KICKOFF) == [(1, "2026-11-09", "past")]
    assert slots.next_number(s, item(KICKOFF)) == 2


@pytest.mark.parametrize(
    ("go_live", "extra", "found"),
    [
        (None, 0, []),
        ("2026-11-02", 0, ["2026-11-09", "2026-11-16", "2026-11-23", "2026-11-30"]),
        (
            "2026-11-02",
            2,
            ["2026-11-09", "2026-11-16", "2026-11-23", "2026-11-30", "2026-12-07", "2026-12-14"],
        ),
        ("2026-12-28", 0, ["2027-01-04", "2027-01-11", "2027-01-19", "2027-01-25"]),
        ("9999-12-31", 0, []),
    ],
)
def test_a_weekly_series_runs_until_hypercare_ends(
    go_live: str | None, extra: int, found: list[str]
) -> None:
    s = situation(go_live=go_live, extra=extra)
    assert [day for _, day, _ in states(s, HOURS) if day] == found


def test_the_series_ends_on_the_day_the_gate_was_passed() -> None:
    s = situation(go_live="2026-10-05", gate_records=[passed("T8.gate.two", date(2026, 11, 3))])
    assert [day for _, day, _ in states(s, HOURS)][-1] == "2026-11-02"


def test_while_nobody_passes_the_gate_the_series_goes_on() -> None:
    found = states(situation(go_live="2026-09-28"), HOURS)
    assert (found[-1][1], found[-1][2]) == ("2026-11-16", "unplanned")
    assert {state for _, _, state in found[:-1]} == {"missed"}


@pytest.mark.parametrize(
    ("go_live", "today", "found"),
    [
        ("2027-01-31", date(2027, 2, 1), ["2027-03-01", "2027-03-31", "2027-04-30"]),
        ("2028-01-31", date(2028, 2, 1), ["2028-02-29", "2028-03-31", "2028-05-01"]),
    ],
)
def test_a_monthly_series_keeps_to_the_end_of_the_month(
    go_live: str, today: date, found: list[str]
) -> None:
    s = situation(today, go_live=go_live)
    assert [day for _, day, _ in states(s, MONTHLY)][:3] == found


def test_a_series_without_any_date_is_one_meeting_to_plan() -> None:
    assert states(situation(), HOURS) == [(1, "", "open")]
    assert panel(situation(), item(HOURS)).label == "No date yet"


def test_a_moved_anchor_moves_the_dates_to_come_and_no_record() -> None:
    rows = {HOURS: [meeting(HOURS, planned_at=noon_on(10), ended_at=noon_on(10))]}
    before = states(situation(go_live="2026-11-02", meetings=rows), HOURS)
    after = states(situation(go_live="2026-11-04", meetings=rows), HOURS)
    assert before[0] == after[0] == (1, "2026-11-10", "held")
    assert (before[1][1], after[1][1]) == ("2026-11-16", "2026-11-18")


def test_the_page_opens_with_what_runs_then_with_what_is_to_come() -> None:
    rows = {
        HOURS: [
            meeting(HOURS, 1, ended_at=noon_on(9)),
            meeting(HOURS, 3, planned_at=noon_on(23), started_at=NOON),
        ]
    }
    s = situation(go_live="2026-11-02", meetings=rows)
    assert slots.current(slots.slots(s, item(HOURS))).number == 3
    s.records.meetings[HOURS][1].started_at = None
    assert slots.current(slots.slots(s, item(HOURS))).number == 2


# --- the check ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "met", "words"),
    [
        (None, False, "has not been held."),
        ({"planned_at": noon_on(23)}, False, "it is planned for 23 Nov 2026"),
        ({"started_at": NOON, "attendees": ["u1"]}, False, "has not been held."),
        ({"ended_at": NOON}, False, "nobody says who came"),
        ({"ended_at": NOON, "attendees": ["c1"]}, True, "Kickoff of Acme & Co"),
        ({"ended_at": NOON, "others": "Two analysts"}, True, "Held:"),
        ({"ended_at": NOON, "attendees": ["c1"], "dropped": "No"}, False, "has not been held."),
    ],
)
def test_a_meeting_counts_as_held_only_with_those_who_came(
    fields: dict[str, Any] | None, met: bool, words: str
) -> None:
    rows = {} if fields is None else {KICKOFF: [meeting(KICKOFF, **fields)]}
    found = meetings_held(checks.MeetingsHeld(meetings=(KICKOFF,)), situation(meetings=rows))
    assert found.met is met
    assert words in (found.evidence if met else found.lacks[0].sentence)
    assert met or found.lacks[0].place == f"meeting/{KICKOFF}"


def test_a_meeting_that_does_not_apply_lacks_nothing() -> None:
    check = checks.MeetingsHeld(meetings=("T6.meeting.handoff",))
    assert meetings_held(check, situation()).met
    assert not meetings_held(check, situation(scope="handoff")).met


# --- what may be done to it -----------------------------------------------------------------------


PLAN = Plan(date(2026, 11, 23), time(9, 30), 45, "Room 2", ("c1", "u1"), " Dee \n\n Eve ")


def test_planning_sets_an_instant_in_the_engagements_zone(
    session: Session, kept: Situation
) -> None:
    row = services.plan(session, kept, "u1", KICKOFF, 1, PLAN)
    assert row.planned_at == datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
    assert (row.minutes, row.place, row.attendees, row.others) == (
        45, "Room 2", ["u1", "c1"], "Dee\nEve",
    )  # fmt: skip
    view = queries.meeting_view(kept, item(KICKOFF), queries.slot_of(kept, item(KICKOFF), 1))
    assert (view.day, view.hour) == ("2026-11-23", "09:30")
    assert invitations.when(kept, view) == "Mon 23 Nov 2026, 09:30–10:15 (Europe/Berlin)"


def test_an_hour_that_the_clock_change_skips_is_still_an_instant(
    session: Session, kept: Situation
) -> None:
    skipped = Plan(date(2027, 3, 28), time(2, 30), 30)
    row = services.plan(session, kept, "u1", KICKOFF, 1, skipped)
    assert row.planned_at is not None
    assert slots.slots(kept, item(KICKOFF))[0].day == date(2027, 3, 28)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"day": date(9999, 12, 31)}, "day"),
        ({"day": date(1, 1, 1)}, "day"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 10**9}, "minutes"),
        ({"place": "x" * 501}, "place"),
        ({"attendees": ("u99",)}, "attendees"),
        ({"attendees": ("c1", "'; DROP TABLE")}, "attendees"),
        ({"others": "x" * 2001}, "others"),
    ],
)
def test_a_plan_out_of_reach_is_refused(
    session: Session, kept: Situation, changes: dict[str, Any], field: str
) -> None:
    usual: dict[str, Any] = {"day": TODAY, "hour": time(9), "minutes": 30}
    given = Plan(**(usual | changes))
    with pytest.raises(BadValue) as refused:
        services.plan(session, kept, "u1", KICKOFF, 1, given)
    assert refused.value.field == field


def test_two_who_plan_at_once_are_told(session: Session, kept: Situation) -> None:
    services.plan(session, kept, "u1", KICKOFF, 1, PLAN, version=0)
    with pytest.raises(Conflict) as clash:
        services.plan(session, kept, "u1", KICKOFF, 1, PLAN, version=0)
    assert clash.value.theirs["When"] == "23 Nov 2026, 09:30"


def test_a_meeting_is_started_written_up_and_ended(session: Session, kept: Situation) -> None:
    row = services.start(session, kept, "u1", KICKOFF, 1)
    assert row.attendees == ["u1", "c1"]
    with clock.at(NOON + timedelta(minutes=25)):
        view = queries.meeting_view(kept, item(KICKOFF), queries.slot_of(kept, item(KICKOFF), 1))
        assert (view.elapsed, [line.now for line in view.lines]) == (25, [False, True])
        given = Minutes(
            notes={"T6.agenda.walk": "Two maps.", "": "Late start", "nobody.asks": "x"},
            brought=["T6.bring.map", "x"], outcomes={"T6.leave.facts": (True, "All but one")},
            attendees=["c1"], others="Dee",
        )  # fmt: skip
        row = services.end(session, kept, "u1", KICKOFF, 1, given)
    assert row.notes == {"T6.agenda.walk": "Two maps.", "": "Late start"}
    assert row.outcomes == {"T6.leave.facts": {"done": True, "note": "All but one"}}
    assert (row.attendees, row.brought) == (["c1"], ["T6.bring.map"])
    assert row.ended_at == NOON + timedelta(minutes=25)
    assert states(kept, KICKOFF) == [(1, "2026-11-20", "held")]
    assert slots.next_number(kept, item(KICKOFF)) == 2
    reopened = services.reopen(session, kept, "u1", KICKOFF, 1)
    assert reopened.ended_at is None


def test_one_written_up_afterwards_was_held_when_it_was_planned(
    session: Session, kept: Situation
) -> None:
    early = Plan(date(2026, 11, 12), time(10), 90)
    services.plan(session, kept, "u1", KICKOFF, 1, early)
    row = services.end(session, kept, "u1", KICKOFF, 1, Minutes(attendees=["c1"]))
    began = datetime(2026, 11, 12, 9, tzinfo=UTC)
    assert (row.started_at, row.ended_at) == (began, began + timedelta(minutes=90))


@pytest.mark.parametrize(
    ("before", "act", "error"),
    [
        ("nothing", "reopen", Refusal),
        ("nothing", "restore", Refusal),
        ("nothing", "invite", Refusal),
        ("planned", "end", Refusal),
        ("started", "start", Refusal),
        ("started", "end_alone", BadValue),
        ("held", "start", Refusal),
        ("held", "plan", Refusal),
        ("held", "drop", Refusal),
        ("dropped", "start", Refusal),
        ("dropped", "write", Refusal),
        ("nothing", "drop_silently", BadValue),
    ],
)
def test_what_does_not_follow_is_refused(
    session: Session, kept: Situation, before: str, act: str, error: type[Exception]
) -> None:
    def call(name: str) -> None:
        given = (session, kept, "u1", KICKOFF, 1)
        {
            "nothing": lambda: None,
            "plan": lambda: services.plan(*given, PLAN),
            "start": lambda: services.start(*given),
            "end": lambda: services.end(*given, Minutes(attendees=["c1"])),
            "end_alone": lambda: services.end(*given, Minutes(attendees=[])),
            "write": lambda: services.write(*given, Minutes(notes={"": "x"})),
            "reopen": lambda: services.reopen(*given),
            "drop": lambda: services.drop(*given, "Not needed"),
            "drop_silently": lambda: services.drop(*given, "  "),
            "restore": lambda: services.restore(*given),
            "invite": lambda: services.invite(*given),
        }[name]()

    steps = {"planned": ["plan"], "started": ["start"], "held": ["start", "end"]}
    for step in steps.get(before, ["drop"] if before == "dropped" else []):
        call(step)
    with pytest.raises(error):
        call(act)


@pytest.mark.parametrize("number", [0, 2, 99, 10**12])
def test_there_is_no_second_meeting_before_the_first_is_over(
    session: Session, kept: Situation, number: int
) -> None:
    with pytest.raises(Missing):
        services.start(session, kept, "u1", KICKOFF, number)


def test_a_meeting_may_be_held_again(session: Session, kept: Situation) -> None:
    services.drop(session, kept, "u1", KICKOFF, 1, "Nobody was there")
    services.start(session, kept, "u1", KICKOFF, 2)
    assert [state for _, _, state in states(kept, KICKOFF)] == ["dropped", "running"]


def test_one_that_does_not_apply_cannot_be_held(session: Session, kept: Situation) -> None:
    with pytest.raises(Refusal, match="does not apply"):
        services.start(session, kept, "u1", "T6.meeting.handoff", 1)


@pytest.mark.parametrize(
    "given",
    [
        Minutes(notes={"T6.agenda.walk": "x" * 100_000}),
        Minutes(notes={"": "x" * 100_000}),
        Minutes(outcomes={"T6.leave.facts": (True, "x" * 100_000)}),
    ],
)
def test_notes_have_an_end(session: Session, kept: Situation, given: Minutes) -> None:
    with pytest.raises(BadValue, match="20,000 is the most"):
        services.write(session, kept, "u1", KICKOFF, 1, given)


def test_a_part_that_is_not_given_stays(session: Session, kept: Situation) -> None:
    services.write(session, kept, "u1", KICKOFF, 1, Minutes(notes={"": "One"}, attendees=["c1"]))
    row = services.write(session, kept, "u1", KICKOFF, 1, Minutes(others="Dee"))
    assert (row.notes, row.attendees, row.others) == ({"": "One"}, ["c1"], "Dee")


def test_a_note_written_beforehand_does_not_say_who_comes(
    session: Session, kept: Situation
) -> None:
    services.write(session, kept, "u1", KICKOFF, 1, Minutes(notes={"": "Ask for the figures"}))
    slot = queries.slot_of(kept, item(KICKOFF), 1)
    assert queries.meeting_view(kept, item(KICKOFF), slot).present == (
        "Ann Architect", "Fay Finance",
    )  # fmt: skip
    assert services.start(session, kept, "u1", KICKOFF, 1).attendees == ["u1", "c1"]


def test_an_input_confirmed_in_it_says_so(session: Session, kept: Situation) -> None:
    from_nothing = [view.key for view in beside.assumed(kept, item(KICKOFF))]
    assert from_nothing == ["T2.input.tool"]
    assert [v.key for v in beside.assumed(kept, item(REVIEW))] == [
        "T2.input.hour",
        "T2.input.tool",
    ]
    with pytest.raises(BadValue):
        services.write(session, kept, "u1", KICKOFF, 1, Minutes(confirmed={"T2.input.tool": 0}))
    inputs.set_input(session, kept, "u1", "T2.input.tool", "Tabs")
    services.write(session, kept, "u1", KICKOFF, 1, Minutes(confirmed={"T2.input.tool": 1}))
    said = kept.records.inputs["T2.input.tool"]
    assert (said.standing, said.standing_in) == ("CONFIRMED", KICKOFF)
    assert beside.assumed(kept, item(KICKOFF)) == ()


def test_beside_it_stand_its_registers_guides_and_what_comes_next(kept: Situation) -> None:
    (capture,) = beside.captures(kept, item(KICKOFF))
    assert (capture.href, capture.open) == (f"/e/acme/register/{GAPS}", 0)
    assert [guide.key for guide in beside.guides(kept, item(KICKOFF))] == ["T5.guide.before"]
    following = beside.following(situation(meetings={KICKOFF: [meeting(KICKOFF, ended_at=NOON)]}),
                                  item(KICKOFF))  # fmt: skip
    assert following is not None
    assert (following[0].key, following[1].due) == (REVIEW, date(2026, 11, 23))


# --- calendars and mails --------------------------------------------------------------------------


def sent(app: Flask, session: Session, s: Situation, kind: str) -> mail.Mail | None:
    job = session.scalars(
        select(OutboxJob).where(OutboxJob.kind == kind).order_by(OutboxJob.id.desc())
    ).first()
    assert job is not None
    return mail.BUILDERS[kind](session, job.data)


@pytest.fixture
def real(engagement: Engagement, session: Session, fay: Contact) -> Situation:
    """An engagement of the whole playbook, with somebody to invite."""
    return situation_for(session, engagement)


@pytest.fixture
def fay(engagement: Engagement, session: Session) -> Contact:
    found = Contact(
        engagement_id=engagement.id, name='Fay "F" Finance', email="fay@acme.test",
        role="finance_lead",
    )  # fmt: skip
    session.add(found)
    session.flush()
    return found


Q7 = "Q7.meeting.kickoff"


def plan_of(fay: Contact, **changes: Any) -> Plan:
    given: dict[str, Any] = {
        "day": date(2026, 11, 24),
        "hour": time(10),
        "minutes": 90,
        "place": "Room; 2, left",
    }
    return Plan(**(given | {"attendees": (fay.ref,)} | changes))


def test_the_mail_carries_the_date_and_a_change_keeps_its_identity(
    app: Flask, session: Session, real: Situation, fay: Contact
) -> None:
    services.plan(session, real, "u1", Q7, 1, plan_of(fay))
    services.invite(session, real, "u1", Q7, 1)
    first = sent(app, session, real, invitations.KIND)
    assert first is not None
    assert "Tue 24 Nov 2026" in first.subject
    assert "Walk through the v0 billing assessment" in first.text
    services.plan(session, real, "u1", Q7, 1, plan_of(fay, hour=time(15)))
    services.invite(session, real, "u1", Q7, 1)
    second = sent(app, session, real, invitations.KIND)
    assert second is not None
    events = [Calendar.from_ical(m.attachments[0].text).walk("VEVENT")[0] for m in (first, second)]
    assert events[0]["uid"] == events[1]["uid"]
    assert int(str(events[0]["sequence"])) < int(str(events[1]["sequence"]))
    assert events[0]["location"] == "Room; 2, left"
    message = mail.message_of(second, 1)
    parts = [part.get_content_type() for part in message.walk()]
    assert "text/calendar" in parts


def test_giving_it_up_is_told_to_those_invited_only(
    app: Flask, session: Session, real: Situation, fay: Contact
) -> None:
    services.plan(session, real, "u1", Q7, 1, plan_of(fay))
    services.invite(session, real, "u1", Q7, 1)
    services.drop(session, real, "u1", Q7, 1, "Merged with the deep dive.")
    told = sent(app, session, real, invitations.CALLED_OFF)
    assert told is not None
    assert "Merged with the deep dive." in told.text
    assert "METHOD:CANCEL" in told.attachments[0].text
    assert sent(app, session, real, invitations.KIND) is None


def test_nobody_is_written_to_who_has_left(
    app: Flask, session: Session, real: Situation, fay: Contact
) -> None:
    services.plan(session, real, "u1", Q7, 1, plan_of(fay))
    services.invite(session, real, "u1", Q7, 1)
    fay.removed_at = NOON
    session.flush()
    assert sent(app, session, real, invitations.KIND) is None


# --- pages ----------------------------------------------------------------------------------------

Staff = Callable[..., FlaskClient]


@pytest.fixture
def browser(staff: Staff) -> FlaskClient:
    return staff("architect")


def base(engagement: Engagement) -> str:
    return f"/e/{engagement.slug}/meeting/{Q7}"


PLANNED = {"day": "2026-11-24", "hour": "10:00", "minutes": "90", "place": "Room 2", "version": "0"}


def test_a_meeting_is_planned_and_invited_on_its_page(
    browser: FlaskClient, engagement: Engagement, fay: Contact, session: Session
) -> None:
    at = base(engagement)
    data = PLANNED | {"attendees": fay.ref, "invite": "1"}
    assert browser.post(f"{at}/1/plan", data=data).status_code == 302
    page = browser.get(at)
    assert "Room 2" in page.text
    assert "24 Nov 2026, 10:00–11:30" in page.text
    file = browser.get(f"{at}/1/invite.ics")
    assert (file.status_code, file.mimetype) == (200, "text/calendar")
    assert "attachment" in file.headers["Content-Disposition"]
    jobs = session.scalars(select(OutboxJob).where(OutboxJob.kind == "meeting")).all()
    assert [job.data["to"] for job in jobs] == [fay.ref]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"day": ""}, "Choose the day."),
        ({"day": "9999-12-31"}, "is the year right?"),
        ({"day": "2026-13-45"}, "Not a valid date value"),
        ({"hour": "25:99"}, "Not a valid time value"),
        ({"minutes": "99999999999999999999"}, "from 5 minutes to a day"),
        ({"attendees": "u424242"}, "Choose people of this engagement."),
    ],
)
def test_a_plan_that_cannot_be_keeps_what_was_typed(
    browser: FlaskClient, engagement: Engagement, changes: dict[str, str], said: str
) -> None:
    page = browser.post(f"{base(engagement)}/1/plan", data=PLANNED | changes)
    assert page.status_code == 422
    assert said in page.text
    assert "Room 2" in page.text


def test_minutes_are_kept_field_by_field_and_as_a_whole(
    browser: FlaskClient, engagement: Engagement, session: Session
) -> None:
    at = base(engagement)
    browser.post(f"{at}/1/start")
    typed = {"autosave_field": "note-Q6-agenda-walk_v0", "note-Q6-agenda-walk_v0": "<b>Late</b>"}
    answer = browser.post(f"{at}/1/minutes", data=typed | {"version": "1"})
    assert answer.get_json()["version"] == 2
    clash = browser.post(f"{at}/1/minutes", data=typed | {"version": "1"})
    assert (clash.status_code, clash.get_json()["version"]) == (409, 2)
    ticked = {"autosave_field": "outcome-Q6-leave-homework", "outcome-Q6-leave-homework": "y"}
    assert browser.post(f"{at}/1/minutes", data=ticked | {"version": "2"}).status_code == 200
    page = browser.get(at).text
    assert "&lt;b&gt;Late" in page
    row = session.scalars(select(MeetingRecord)).one()
    assert row.outcomes["Q6.leave.homework"]["done"]
    unknown = browser.post(f"{at}/1/minutes", data={"autosave_field": "nothing"})
    assert unknown.status_code == 404


def test_nobody_came_is_said_beside_what_was_written(
    browser: FlaskClient, engagement: Engagement
) -> None:
    at = base(engagement)
    browser.post(f"{at}/1/start")
    page = browser.post(
        f"{at}/1/minutes", data={"end": "1", "notes": "All is well", "version": "1"}
    )
    assert page.status_code == 422
    assert "Say who came" in page.text
    assert "All is well" in page.text


def test_a_very_long_note_comes_back_whole(browser: FlaskClient, engagement: Engagement) -> None:
    note = "word " * 20_000
    page = browser.post(f"{base(engagement)}/1/minutes", data={"notes": note, "version": "0"})
    assert page.status_code == 422
    assert note.strip() in page.text


def test_two_who_write_up_at_once_see_both_texts(
    browser: FlaskClient, engagement: Engagement
) -> None:
    at = base(engagement)
    browser.post(f"{at}/1/minutes", data={"notes": "Hers", "version": "0"})
    page = browser.post(f"{at}/1/minutes", data={"notes": "His", "version": "0"})
    assert page.status_code == 409
    assert "Hers" in page.text
    assert "His" in page.text


@pytest.mark.parametrize(
    "confirm", ["Q3.input.crm", "Q3.input.crm:99999999999", "nothing:1", ":", "profile.scope:x"]
)
def test_a_forged_confirmation_changes_nothing(
    browser: FlaskClient, engagement: Engagement, confirm: str
) -> None:
    page = browser.post(f"{base(engagement)}/1/minutes", data={"confirm": confirm})
    assert page.status_code in (404, 422)


@pytest.mark.parametrize("number", ["0", "7", "-1", "x", "9" * 5000])
def test_there_is_nothing_at_a_number_that_is_none(
    browser: FlaskClient, engagement: Engagement, number: str
) -> None:
    assert browser.get(f"{base(engagement)}?number={number}").status_code == 404


def test_who_may_not_work_on_it_reads_it(staff: Staff, engagement: Engagement) -> None:
    reader = staff("account_manager")
    page = reader.get(base(engagement))
    assert page.status_code == 200
    assert "Save the plan" not in page.text
    assert reader.post(f"{base(engagement)}/1/start").status_code == 403
