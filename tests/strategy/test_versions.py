"""Versions of the assessment: when they are cut, what they hold, and that they stay as they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from phases.core.commit import commit
from phases.core.errors import BadValue, Missing, Refusal
from phases.core.models import AssessmentVersion, Engagement
from phases.mechanisms.inputs import services as inputs
from phases.mechanisms.meeting import services as meetings
from phases.mechanisms.meeting.queries import meeting_of
from phases.mechanisms.meeting.services import Minutes
from phases.mechanisms.page import situation_for
from phases.mechanisms.register import services as registers
from phases.mechanisms.register.queries import live_rows, register_of
from phases.mechanisms.situation import Situation
from phases.strategy.versions import queries, services
from phases.strategy.versions.snapshot import thaw

CRM, KICKOFF, DEEP_DIVE = "Q3.input.crm", "Q7.meeting.kickoff", "Q7.meeting.process_deep_dive"
MAP = "Q8.register.current"


@pytest.fixture
def now(session: Session, engagement: Engagement) -> Callable[[], Situation]:
    """The situation of the moment, read anew."""

    def read() -> Situation:
        session.flush()
        return situation_for(session, engagement)

    return read


Now = Callable[[], Situation]


def say(session: Session, now: Now, value: str) -> None:
    inputs.set_input(session, now(), "u1", CRM, value, "Intake form")


def step(session: Session, now: Now, title: str) -> None:
    values = {"step": title, "actor": "Billing", "system": "Excel", "mode": "manual"}
    registers.add_row(session, now(), "u1", MAP, values=values)


def names(now: Now) -> list[str]:
    return [row.name for row in now().records.versions]


def hold(session: Session, now: Now, key: str, *, reached: bool = True, start: bool = False) -> int:
    """Hold a meeting and say of everything it should leave with whether it was *reached*."""
    s = now()
    member = s.records.members[0].user.ref
    number = 1 + len(s.records.meetings.get(key, []))
    if start:
        meetings.start(session, s, "u1", key, number)
    outcomes = dict.fromkeys(meeting_of(s, key).leave, (reached, ""))
    minutes = Minutes(outcomes=outcomes, attendees=[member])
    meetings.end(session, now(), "u1", key, number, minutes)
    return number


def test_v0_is_cut_by_hand_and_says_what_is_known(session: Session, now: Now) -> None:
    say(session, now, "Salesforce")
    step(session, now, "Type the order form")
    row = services.cut(session, now(), "u1", "For the kickoff")
    entries = row.content["entries"]
    assert (row.name, row.note, row.meeting) == ("v0", "For the kickoff", "")
    assert entries[f"input/{CRM}"]["fields"] == {"value": "Salesforce"}
    assert entries[f"input/{CRM}"]["standing"] == "ASSUMED"
    assert entries[f"input/{CRM}"]["source"] == "Intake form"
    assert [e["title"] for key, e in entries.items() if key.startswith(f"row/{MAP}/")] == [
        "Type the order form"
    ]
    assert "recommended/methodology" in entries
    assert row.tally["assumed"] == sum(e["standing"] == "ASSUMED" for e in entries.values())


def test_versions_by_hand_are_numbered_between_the_meetings(session: Session, now: Now) -> None:
    for crm in ("Salesforce", "HubSpot", "Both"):
        say(session, now, crm)
        services.cut(session, now(), "u1")
    assert names(now) == ["v0", "v0.1", "v0.2"]


def test_nothing_new_is_not_cut_again(session: Session, now: Now) -> None:
    services.cut(session, now(), "u1")
    with pytest.raises(Refusal, match="Nothing has changed since v0"):
        services.cut(session, now(), "u1")


def test_a_note_may_not_be_endless(session: Session, now: Now) -> None:
    with pytest.raises(BadValue, match="At most"):
        services.cut(session, now(), "u1", "x" * 2_001)
    assert names(now) == []


def test_what_a_meeting_begins_with_is_v0_and_what_it_ends_with_its_version(
    session: Session, now: Now
) -> None:
    hold(session, now, KICKOFF, start=True)
    found = [(row.name, row.meeting, row.meeting_number) for row in now().records.versions]
    assert found[0] == ("v0", "", None)


def test_a_meeting_that_ends_incompletely_is_offered_its_version(
    session: Session, now: Now
) -> None:
    number = hold(session, now, KICKOFF, reached=False)
    assert names(now) == []
    (waiting,) = queries.pending(now())
    assert (waiting.key, waiting.number, waiting.name) == (KICKOFF, number, "v1")
    row = services.cut_after_meeting(session, now(), "u1", KICKOFF, number)
    assert (row.name, row.meeting) == ("v1", KICKOFF)
    assert queries.pending(now()) == []
    with pytest.raises(Refusal, match="v1 has been cut after this meeting"):
        services.cut_after_meeting(session, now(), "u1", KICKOFF, number)


def test_a_meeting_that_was_opened_again_keeps_its_version(session: Session, now: Now) -> None:
    number = hold(session, now, KICKOFF, reached=False)
    services.cut_after_meeting(session, now(), "u1", KICKOFF, number)
    meetings.reopen(session, now(), "u1", KICKOFF, number)
    meetings.end(session, now(), "u1", KICKOFF, number, Minutes())
    assert names(now) == ["v1"]


def test_a_meeting_held_again_gives_a_version_between(session: Session, now: Now) -> None:
    for _ in range(2):
        number = hold(session, now, KICKOFF, reached=False)
        services.cut_after_meeting(session, now(), "u1", KICKOFF, number)
    assert names(now) == ["v1", "v1.1"]


def test_a_later_version_covers_a_meeting_that_gave_none(session: Session, now: Now) -> None:
    hold(session, now, KICKOFF, reached=False)
    number = hold(session, now, DEEP_DIVE, reached=False)
    services.cut_after_meeting(session, now(), "u1", DEEP_DIVE, number)
    assert queries.pending(now()) == []


@pytest.mark.parametrize(
    ("key", "number", "message"),
    [
        ("Q7.meeting.final_review", 1, "gives no version"),
        (KICKOFF, 1, "has not been held yet"),
    ],
)
def test_no_version_without_a_meeting_that_gives_one(
    session: Session, now: Now, key: str, number: int, message: str
) -> None:
    with pytest.raises(Refusal, match=message):
        services.cut_after_meeting(session, now(), "u1", key, number)


def test_a_version_stands_as_it_was_whatever_happens_later(session: Session, now: Now) -> None:
    say(session, now, "Salesforce")
    step(session, now, "Type the order form")
    row = services.cut(session, now(), "u1")
    before = dict(row.content["entries"])
    say(session, now, "HubSpot")
    step(session, now, "Mail the invoice")
    session.expire_all()
    frozen = queries.find(now(), "v0")
    assert frozen.content["entries"] == before
    assert queries.intact(now(), frozen)
    old = thaw(now(), frozen)
    assert old.shown(CRM) == "Salesforce"
    assert [one.title for one in live_rows(old, register_of(old, MAP))] == ["Type the order form"]


def test_a_tampered_version_is_told(session: Session, now: Now) -> None:
    row = services.cut(session, now(), "u1")
    row.content = {**row.content, "entries": {}}
    assert not queries.intact(now(), row)


def test_a_confirmed_value_says_by_whom_and_where(session: Session, now: Now) -> None:
    say(session, now, "Salesforce")
    services.cut(session, now(), "u1")
    inputs.confirm(session, now(), "u1", CRM, KICKOFF)
    s = now()
    found = queries.comparison(s, queries.side(s, "v0"), queries.side(s, "now"))
    ((change,),) = (group.changes for group in found.groups)
    assert (change.kind, change.value, change.meeting) == ("confirmed", "Salesforce", "Kickoff")
    assert change.who == s.people.name("u1")
    assert found.counts["confirmed"] == found.total == 1


def test_a_correction_tells_both_values(session: Session, now: Now) -> None:
    say(session, now, "Salesforce with CPQ, since May 2024")
    services.cut(session, now(), "u1")
    say(session, now, "Salesforce without CPQ, since May 2024")
    s = now()
    found = queries.comparison(s, queries.side(s, "v0"), queries.side(s, "now"))
    (change,) = found.groups[0].changes
    (field,) = change.fields
    assert (change.kind, field.label) == ("corrected", "Value")
    assert ("del", "with") in field.words
    assert ("ins", "without") in field.words


def test_no_version_no_side(now: Now) -> None:
    with pytest.raises(Missing):
        queries.side(now(), "v9")


# --- pages ----------------------------------------------------------------------------------------


@pytest.fixture
def browser(staff: Callable[..., FlaskClient]) -> FlaskClient:
    return staff("architect")


def test_the_page_says_what_to_do_before_anything_is_cut(
    browser: FlaskClient, engagement: Engagement
) -> None:
    page = browser.get(f"/e/{engagement.slug}/versions").text
    assert "Nothing is cut yet" in page
    assert "Cut v0" in page


@pytest.mark.data
def test_a_version_is_cut_read_and_compared_on_its_pages(
    browser: FlaskClient, session: Session, engagement: Engagement, now: Now
) -> None:
    say(session, now, "Salesforce")
    commit(session)
    at = f"/e/{engagement.slug}/versions"
    browser.post(at, data={"note": "The draft", "once": "k1"})
    page = browser.get(at).text
    assert "v0 of the assessment is cut" in page
    assert "The draft" in page
    assert "They are the same" in page
    assert "Salesforce" in browser.get(f"{at}/v0").text
    say(session, now, "HubSpot")
    commit(session)
    page = browser.get(f"{at}?from=v0&to=now&kind=corrected").text
    assert "<del>Salesforce</del> <ins>HubSpot</ins>" in page
    assert "1 corrected" in page
    assert browser.get(f"{at}?from=v7").status_code == 404
    assert browser.get(f"{at}/v7").status_code == 404


def test_nothing_new_is_refused_on_the_page(browser: FlaskClient, engagement: Engagement) -> None:
    at = f"/e/{engagement.slug}/versions"
    assert browser.post(at, data={"once": "k1"}).status_code == 302
    answer = browser.post(at, data={"once": "k2"})
    assert answer.status_code == 422
    assert "Nothing has changed since v0" in answer.text


def test_a_note_too_long_is_kept_and_told(browser: FlaskClient, engagement: Engagement) -> None:
    answer = browser.post(f"/e/{engagement.slug}/versions", data={"note": "y" * 2_001})
    assert answer.status_code == 422
    assert "At most 2,000 characters" in answer.text
    assert "y" * 2_001 in answer.text


@pytest.mark.parametrize(
    ("role", "status"), [("architect", 302), ("admin", 302), ("account_manager", 403)]
)
def test_who_may_cut(
    staff: Callable[..., FlaskClient], engagement: Engagement, role: str, status: int
) -> None:
    answer = staff(role).post(f"/e/{engagement.slug}/versions", data={"once": "k"})
    assert answer.status_code == status


def test_a_held_meeting_without_its_version_offers_it(
    browser: FlaskClient, session: Session, engagement: Engagement, now: Now
) -> None:
    day = now().today
    plan = meetings.Plan(day, time(0, 1), 30)
    meetings.plan(session, now(), "u1", KICKOFF, 1, plan)
    hold_open(session, now)
    page = browser.get(f"/e/{engagement.slug}/versions").text
    assert "v1 is not cut yet" in page
    data = {"meeting": KICKOFF, "number": "1", "once": "k"}
    assert browser.post(f"/e/{engagement.slug}/versions", data=data).status_code == 302
    assert [row.name for row in session.query(AssessmentVersion)] == ["v1"]


def hold_open(session: Session, now: Now) -> None:
    """End the planned kickoff with nothing reached."""
    member = now().records.members[0].user.ref
    meetings.start(session, now(), "u1", KICKOFF, 1)
    session.query(AssessmentVersion).delete()
    meetings.end(session, now(), "u1", KICKOFF, 1, Minutes(attendees=[member]))
    commit(session)
