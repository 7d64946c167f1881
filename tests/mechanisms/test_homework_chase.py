"""Following up, from the records to the mail: by the worker's day, by hand, and stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core import clock, outbox, worker
from phases.core.commit import commit
from phases.core.invitations.services import invite
from phases.core.mail import Mail, build, message_of
from phases.core.models import Contact, Engagement, OutboxJob
from phases.mechanisms.checklist.services import say_step
from phases.mechanisms.homework.chasing import follow_up_today
from phases.mechanisms.homework.models import ChaseStop, FollowUp
from phases.mechanisms.page import situation_for
from phases.portfolio import chasing
from phases.portfolio.chasing import chase_day

ZONE = "America/New_York"
VIDEO, SAMPLES = "Q3.homework.watch_video", "Q3.homework.samples"


@contextmanager
def on(day: date, hour: int = 1) -> Iterator[None]:
    """It is *hour* o'clock in New York."""
    with clock.at(datetime.combine(day, time(hour), ZoneInfo(ZONE)).astimezone(UTC)):
        yield


def nov(day: int) -> date:
    return date(2026, 11, day)


@dataclass
class Desk:
    """An engagement made and asked on Monday 2 Nov 2026, its finance lead Fay, its sponsor Sid."""

    app: Flask
    session: Session
    engagement: Engagement
    fay: Contact
    sid: Contact

    def day(self, number: int) -> list[FollowUp]:
        """What the worker writes on a day of November."""
        with on(nov(number)):
            seen = {row.id for row in self.mails()}
            chase_day(self.session, ZONE, nov(number))
            return [row for row in self.mails() if row.id not in seen]

    def mails(self) -> list[FollowUp]:
        self.session.rollback()  # to see what others wrote
        found = list(self.session.scalars(select(FollowUp).order_by(FollowUp.id)))
        self.session.expunge_all()
        self.session.rollback()
        return found

    def mail(self, number: int) -> Mail | None:
        """The newest follow-up, as it goes out on that morning."""
        query = select(OutboxJob).where(OutboxJob.kind == "follow_up")
        job = self.session.scalars(query.order_by(OutboxJob.id.desc())).first()
        assert job is not None
        data = dict(job.data)
        with on(nov(number), 8):
            return build(self.session, "follow_up", data)

    def done(self, *steps: str) -> None:
        engagement = self.session.get_one(Engagement, self.engagement.id)
        s = situation_for(self.session, engagement)
        for key in steps:
            say_step(self.session, s, "u1", key, state="done")
        commit(self.session)


@pytest.fixture
def desk(
    app: Flask, session: Session, make_engagement: Callable[..., Engagement],
    contact: Callable[..., Contact],
) -> Desk:  # fmt: skip
    with on(nov(2), 9):
        engagement = make_engagement(kickoff=nov(27))
        engagement.created_at = clock.now()
        fay, sid = contact(engagement, "finance_lead"), contact(engagement, "sponsor")
        for person in (fay, sid):
            invite(session, engagement, "u1", person)
        commit(session)
        for row in (engagement, fay, sid):
            session.refresh(row)
            session.expunge(row)
    return Desk(app, session, engagement, fay, sid)


def test_the_course_of_a_customer_who_does_not_answer(desk: Desk) -> None:
    told: dict[int, list[tuple[str, int, int]]] = {}
    for number in range(2, 28):
        for row in desk.day(number):
            told.setdefault(number, []).append((row.person, len(row.items), len(row.told)))
    fay, sid = desk.fay.ref, desk.sid.ref
    assert told == {
        5: [(fay, 6, 0)],  # Thursday: all six in one mail
        9: [(fay, 2, 0)],  # the two that help most
        12: [(fay, 6, 0), (sid, 0, 2)],  # 11 Nov is Veterans Day; the sponsor hears of the two
        16: [(fay, 2, 0)],
        18: [(fay, 2, 0), (sid, 0, 6)],
    }


@pytest.mark.data
def test_the_same_day_twice_writes_once(desk: Desk) -> None:
    assert len(desk.day(5)) == 1
    assert desk.day(5) == []
    assert desk.session.query(OutboxJob).filter_by(kind="follow_up").count() == 1


def test_a_worker_that_was_down_catches_up_once(desk: Desk) -> None:
    assert len(desk.day(6)) == 1
    assert desk.day(9) == [], "not two mails in a row"


@pytest.mark.parametrize("number", [7, 8, 11])
def test_never_on_a_weekend_nor_a_holiday(desk: Desk, number: int) -> None:
    assert desk.day(number) == []


def test_it_goes_out_at_eight_there(desk: Desk) -> None:
    desk.day(5)
    job = desk.session.query(OutboxJob).filter_by(kind="follow_up").one()
    assert job.due_at.astimezone(ZoneInfo(ZONE)).isoformat() == "2026-11-05T08:00:00-05:00"


def test_who_was_never_invited_is_not_chased(desk: Desk, contact: Callable[..., Contact]) -> None:
    billing = contact(desk.session.get_one(Engagement, desk.engagement.id), "billing_team").ref
    commit(desk.session)
    assert {row.person for row in desk.day(5)} == {desk.fay.ref}
    assert billing not in {row.person for row in desk.day(12)}


def test_what_is_done_is_not_chased_and_the_mail_says_what_is_open_as_it_goes(desk: Desk) -> None:
    desk.day(5)
    desk.done(VIDEO)
    mail = desk.mail(5)
    assert mail is not None
    assert "Watch the billing intro video" not in mail.text
    lines = [line for line in mail.text.splitlines() if line.startswith("- ")]
    assert len(lines) == 5
    assert lines[0].endswith("this helps us most")
    assert "List the systems" in lines[0] or "sample contract" in lines[0]
    assert "The kickoff on Fri 27 Nov 2026 takes place all the same" in mail.text
    assert "5 things are still open" in mail.subject
    html = message_of(mail, 1).get_body(("html",))
    assert html is not None
    assert "/c/enter/" in str(html.get_content())


def test_the_sponsor_reads_who_has_what(desk: Desk) -> None:
    for number in (5, 9, 12):
        desk.day(number)
    mail = desk.mail(12)
    assert mail is not None
    assert mail.address == desk.sid.email
    assert "Finance Lead of Acme Robotics: Upload a sample contract" in mail.text
    assert "a word from you would help" in mail.text


def test_nothing_open_by_the_morning_is_no_mail(desk: Desk, app: Flask) -> None:
    desk.day(5)
    desk.session.query(FollowUp).one().person = desk.sid.ref
    commit(desk.session)
    assert desk.mail(5) is None


def test_a_retried_mail_makes_no_second_invitation(desk: Desk) -> None:
    desk.day(5)
    first, second = desk.mail(5), desk.mail(5)
    assert first is not None
    assert second is not None
    assert first.text != second.text, "the link before is void"
    row = desk.session.query(FollowUp).one()
    assert row.invitation_id is not None


def test_one_engagement_that_fails_does_not_hold_up_the_others(
    desk: Desk, make_engagement: Callable[..., Engagement], contact: Callable[..., Contact],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    with on(nov(2), 9):
        other = make_engagement("Borealis Foods", kickoff=nov(27))
        other.created_at = clock.now()
        invite(desk.session, other, "u1", contact(other))
        works = other.id
        commit(desk.session)
    real, broken = follow_up_today, desk.engagement.id

    def sometimes(session: Session, s: Any, summary: Any) -> int:
        if s.engagement.id == broken:
            raise RuntimeError("cannot be read")
        return real(session, s, summary)

    monkeypatch.setattr(chasing, "follow_up_today", sometimes)
    with on(nov(5)), pytest.raises(RuntimeError):
        chase_day(desk.session, ZONE, nov(5))
    assert [row.engagement_id for row in desk.mails()] == [works]


def test_the_worker_calls_it(desk: Desk) -> None:
    with on(nov(5)):
        worker.begin_days(desk.app)
    assert len(desk.mails()) == 1


def test_another_zone_has_its_own_day(desk: Desk) -> None:
    with on(nov(5)):
        chase_day(desk.session, "Europe/Berlin", nov(5))
    assert desk.mails() == []


# --- the architect's hand -------------------------------------------------------------------------


@pytest.fixture
def at(desk: Desk) -> str:
    return f"/e/{desk.engagement.slug}/homework"


@pytest.fixture
def today() -> Iterator[Any]:
    """It is Wednesday 4 Nov 2026, 10:00 in New York, for pages too."""
    with time_machine.travel(datetime(2026, 11, 4, 15, tzinfo=UTC), tick=False) as found:
        yield found


@pytest.fixture
def ada(desk: Desk, today: Any, staff: Callable[..., FlaskClient]) -> FlaskClient:
    client = staff()
    commit(desk.session)
    return client


def planned(client: FlaskClient, at: str) -> str:
    """The table of what goes to whom when."""
    answer = client.get(at)
    assert answer.status_code == 200
    return answer.text.split('id="plan"')[1].split("</section>")[0]


def test_the_page_says_what_goes_to_whom_when(desk: Desk, ada: FlaskClient, at: str) -> None:
    html = ada.get(at).text
    assert "0 of 6 items are there" in html
    assert "An open item never holds up the kickoff on Fri 27 Nov 2026" in html
    assert "Thu 5 Nov 2026" in planned(ada, at)
    assert "Finance Lead of Acme Robotics" in planned(ada, at)
    assert "Sponsor" not in planned(ada, at), "nothing is due to them"


def test_sent_now_it_goes_at_once_and_once_a_day(desk: Desk, ada: FlaskClient, at: str) -> None:
    sent = {"person": desk.fay.ref}
    assert ada.post(f"{at}/write", data=sent).status_code == 302
    assert "Mon 9 Nov 2026" in planned(ada, at), "the next one keeps its distance"
    assert ada.post(f"{at}/write", data=sent).status_code == 409
    (row,) = desk.mails()
    assert (row.day, row.by, len(row.items)) == (nov(4), "u1", 6)
    job = desk.session.query(OutboxJob).filter_by(kind="follow_up").one()
    assert job.due_at <= clock.now()
    html = ada.get(at).text
    assert "sent by Ada Architect" in html


def test_sent_now_on_a_weekend_it_waits_for_monday(
    desk: Desk, today: Any, staff: Callable[..., FlaskClient], at: str
) -> None:
    today.move_to(datetime(2026, 11, 7, 15, tzinfo=UTC))
    ada = staff()
    ada.post(f"{at}/write", data={"person": desk.fay.ref})
    told = ada.get(at).text
    assert "it goes out on Mon 9 Nov 2026, the next business day there" in told
    job = desk.session.query(OutboxJob).filter_by(kind="follow_up").one()
    assert job.due_at == datetime(2026, 11, 9, 13, tzinfo=UTC)


@pytest.mark.parametrize("person", ["", "c999", "u1", "x"])
def test_nobody_is_written_to_who_has_nothing_open(
    desk: Desk, ada: FlaskClient, at: str, person: str
) -> None:
    assert ada.post(f"{at}/write", data={"person": person}).status_code == 422
    assert desk.mails() == []


def test_an_item_is_stopped_and_resumed(desk: Desk, ada: FlaskClient, at: str) -> None:
    ada.post(f"{at}/stop", data={"item": VIDEO})
    assert "Watch the billing intro video" not in planned(ada, at)
    (row,) = desk.day(5)
    assert VIDEO not in row.items
    assert len(row.items) == 5
    mail = desk.mail(5)
    assert mail is not None
    assert "Watch the billing" not in mail.text
    stop = desk.session.query(ChaseStop).one().id
    assert ada.post(f"{at}/stops/{stop}/end").status_code == 302
    assert ada.post(f"{at}/stops/{stop}/end").status_code == 404
    assert "Watch the billing intro video" in planned(ada, at)


def test_a_person_is_stopped_even_between_midnight_and_eight(
    desk: Desk, ada: FlaskClient, at: str
) -> None:
    desk.day(5)
    ada.post(f"{at}/stop", data={"person": desk.fay.ref})
    assert desk.mail(5) is None
    assert desk.day(9) == []
    assert "Stopped" in planned(ada, at)
    assert ada.post(f"{at}/write", data={"person": desk.fay.ref}).status_code == 422


@pytest.mark.parametrize("form", [{}, {"item": "nothing"}, {"person": "c999"}])
def test_only_what_is_there_is_stopped(
    desk: Desk, ada: FlaskClient, at: str, form: dict[str, str]
) -> None:
    assert ada.post(f"{at}/stop", data=form).status_code == 404


def test_a_stop_of_another_engagement_is_not_there(
    desk: Desk, ada: FlaskClient, at: str, make_engagement: Callable[..., Engagement]
) -> None:
    other = make_engagement("Borealis Foods")
    ada.post(f"{at}/stop", data={"item": VIDEO})
    stop = desk.session.query(ChaseStop).one().id
    assert ada.post(f"/e/{other.slug}/homework/stops/{stop}/end").status_code == 404


def test_asked_by_name_the_course_begins_with_that_person(
    desk: Desk, ada: FlaskClient, at: str
) -> None:
    asked = {"item": SAMPLES, "contact": str(desk.sid.id), "note": ""}
    assert ada.post(f"{at}/ask", data=asked).status_code == 302
    (row,) = desk.day(5)
    assert SAMPLES not in row.items
    (row,) = [row for row in desk.day(9) if row.person == desk.sid.ref]
    assert row.items == [SAMPLES]


@pytest.mark.parametrize(
    ("item", "person", "words"),
    [
        ("", "1", "Choose an item that is open."),
        ("Q3.homework.definitions", "1", "Choose an item that is open."),
        (VIDEO, "", "Choose a contact."),
        (VIDEO, "999", "Choose a contact."),
    ],
)
def test_a_wrong_asking_is_told(
    desk: Desk, ada: FlaskClient, at: str, item: str, person: str, words: str
) -> None:
    answer = ada.post(f"{at}/ask", data={"item": item, "contact": person, "note": "Kept words"})
    assert answer.status_code == 422
    assert words in answer.text
    assert "Kept words" in answer.text


def test_outside_roles_read_and_do_nothing(
    desk: Desk, today: Any, staff: Callable[..., FlaskClient], at: str
) -> None:
    reader = staff("account_manager")
    html = reader.get(at).text
    assert "Send now" not in html
    assert reader.post(f"{at}/write", data={"person": desk.fay.ref}).status_code == 403


def test_the_outbox_sends_it_once_it_is_eight(desk: Desk) -> None:
    desk.day(5)
    with on(nov(5), 7):
        outbox.deliver_due(desk.app)
    assert desk.session.query(OutboxJob).filter_by(kind="follow_up").one().state == outbox.WAITING
    desk.session.rollback()
    with on(nov(5), 8):
        outbox.deliver_due(desk.app)
    assert desk.session.query(OutboxJob).filter_by(kind="follow_up").one().state == outbox.KEPT
