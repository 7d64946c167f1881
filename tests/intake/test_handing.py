"""Handing homework to a colleague, who sees that and nothing else; and saying: not mine."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core import outbox
from phases.core.clock import now
from phases.core.commit import commit
from phases.core.db import begin_write
from phases.core.invitations.services import mint
from phases.core.mail import build, message_of
from phases.core.models import AuditEvent, Contact, Engagement, Invitation, OutboxJob, StoredFile
from phases.mechanisms.form.models import Answer
from phases.mechanisms.homework.models import Ask
from phases.mechanisms.homework.rules import MOST_A_DAY
from phases.mechanisms.page import situation_for
from phases.portfolio.models import WorkItem
from tests.trust.test_whole_map import access_of, address, rules

TODAY, PRICING, UPLOADS = "Q3.section.today", "Q3.section.pricing", "Q3.section.uploads"
SAMPLES, PROCESS = "Q3.homework.samples", "Q3.homework.current_process"
VIDEO, INVENTORY = "Q3.homework.watch_video", "Q3.homework.tool_inventory"
FORM = "Q3.form.intake"
CORA = "cora@acme-robotics.example"


@dataclass
class Hall:
    """Fay, who gives, and whoever she lets in."""

    app: Flask
    session: Session
    engagement: Engagement
    fay: FlaskClient
    base: str

    def hand(
        self, *items: str, email: str = CORA, name: str = "Cora Colleague", **more: str
    ) -> Any:
        form = {"items": list(items), "name": name, "email": email, **more}
        return self.fay.post(f"{self.base}/item/{items[0]}/hand", data=form)

    def ask(self) -> Ask:
        """The newest ask."""
        return self.session.scalars(select(Ask).order_by(Ask.id.desc())).first()  # type: ignore[return-value]

    def mail(self, kind: str = "asked") -> Any:
        """The newest mail of a kind, as it is sent."""
        query = select(OutboxJob).where(OutboxJob.kind == kind).order_by(OutboxJob.id.desc())
        job = self.session.scalars(query).first()
        assert job is not None, f"no mail of kind {kind}"
        found = build(self.session, kind, dict(job.data))
        self.session.rollback()
        return found

    def come_in(self, token: str = "") -> tuple[FlaskClient, str]:
        """Open the newest link in a browser of its own."""
        if not token:
            token = re.search(r"/c/enter/(\S+)", self.mail().text)[1]  # type: ignore[index]
        client = self.app.test_client()
        answer = client.post(f"/c/enter/{token}")
        assert answer.status_code == 302, answer.text
        return client, answer.location.rstrip("/")


@pytest.fixture
def hall(app: Flask, session: Session, engagement: Engagement, portal: Callable[..., Any]) -> Hall:
    fay, base = portal(engagement)
    return Hall(app, session, engagement, fay, base)


# --- what a colleague gets ------------------------------------------------------------------------


@pytest.mark.data
def test_a_section_is_handed_over_and_answered(hall: Hall) -> None:
    assert hall.hand(TODAY, note="You run it").location == f"{hall.base}/"
    mail = hall.mail()
    assert mail.address == CORA
    assert "How you bill today" in mail.text
    assert "You run it" in mail.text
    cora, base = hall.come_in()
    home = cora.get(f"{base}/").text
    assert "One thing for you" in home
    assert "Finance Lead of Acme Robotics asks you: “You run it”" in home
    page = cora.get(f"{base}/form/{FORM}/1")
    assert page.status_code == 200
    sent = {"q-crm": "HubSpot", "q-crm-version": "0", "q-crm-was": "", "do": "continue"}
    assert cora.post(f"{base}/form/{FORM}/1", data=sent).location == f"{base}/"
    answer = hall.session.query(Answer).filter(Answer.key.endswith(".crm")).one()
    assert answer.answered_by == f"c{hall.ask().contact_id}"
    html = hall.fay.get(f"{hall.base}/form/{FORM}/1").text
    assert "Answered by Cora Colleague" in html
    assert "Cora Colleague: " in hall.fay.get(f"{hall.base}/").text


def test_staff_see_who_answered(hall: Hall, staff: Callable[..., FlaskClient]) -> None:
    hall.hand(TODAY)
    cora, base = hall.come_in()
    sent = {"autosave_field": "q-crm", "q-crm": "HubSpot", "q-crm-version": "0"}
    assert cora.post(f"{base}/form/{FORM}/answer", data=sent).status_code == 200
    assert "Cora Colleague, " in staff().get(f"/e/{hall.engagement.slug}/form/{FORM}").text


def test_one_item_opens_just_its_questions(hall: Hall) -> None:
    hall.hand(PROCESS)
    cora, base = hall.come_in()
    page = cora.get(f"{base}/item/{PROCESS}").text
    assert "q-invoice_process" in page
    assert "q-crm" not in page
    assert cora.get(f"{base}/form/{FORM}/1").status_code == 404
    sent = {"autosave_field": "q-crm", "q-crm": "x", "q-crm-version": "0"}
    assert cora.post(f"{base}/form/{FORM}/answer", data=sent).status_code == 404


def test_several_items_are_one_mail(hall: Hall) -> None:
    hall.hand(SAMPLES, VIDEO)
    assert hall.session.query(OutboxJob).filter_by(kind="asked").count() == 1
    assert "2 things" in hall.mail().subject


def test_a_second_handover_names_the_first_too_since_its_link_is_void(hall: Hall) -> None:
    hall.hand(VIDEO)
    hall.hand(SAMPLES)
    text = hall.mail().text
    assert "Watch the billing intro video" in text
    assert "Upload a sample contract" in text


def test_a_step_is_done_by_its_button(hall: Hall) -> None:
    hall.hand(VIDEO)
    cora, base = hall.come_in()
    assert cora.post(f"{base}/step/{VIDEO}", data={"version": "0"}).status_code == 302
    assert "Nothing is open with you" in cora.get(f"{base}/").text
    assert cora.post(f"{base}/step/Q3.homework.intake_form").status_code == 404


# --- what a colleague does not get ----------------------------------------------------------------

WHAT_WAS_HANDED = {"portal.home", "portal.section", "portal.save_section", "portal.leave"}
"""The page, the section that was handed over (the first), and going."""


def test_a_colleague_finds_nothing_anywhere_else(hall: Hall) -> None:
    """Every customer address, with every item that was not handed over."""
    hall.hand(TODAY)
    cora, base = hall.come_in()
    ref = base.removeprefix("/c/")
    for rule in rules(hall.app):
        if access_of(hall.app, rule).who != "customer":
            continue
        place = address(hall.app, rule, ref=ref)
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            status = cora.open(place, method=method).status_code
            if rule.endpoint not in WHAT_WAS_HANDED:
                assert status == 404, (rule, method, status)
            if rule.endpoint == "portal.leave":
                cora, base = hall.come_in(fresh_token(hall))
                ref = base.removeprefix("/c/")


def fresh_token(hall: Hall) -> str:
    """Another link for the colleague."""
    begin_write(hall.session)
    row = Invitation(
        engagement_id=hall.engagement.id, contact_id=hall.ask().contact_id, created_by="u1",
        expires_at=now() + timedelta(days=1),
    )  # fmt: skip
    hall.session.add(row)
    hall.session.flush()
    token = mint(hall.session, row)
    commit(hall.session)
    return token


@pytest.mark.parametrize("number", range(2, 7))
def test_other_sections_stay_shut(hall: Hall, number: int) -> None:
    hall.hand(TODAY)
    cora, base = hall.come_in()
    assert cora.get(f"{base}/form/{FORM}/{number}").status_code == 404
    assert cora.post(f"{base}/form/{FORM}/{number}", data={"do": "continue"}).status_code == 404


def test_autosave_tells_nothing_of_other_sections(hall: Hall) -> None:
    hall.hand(TODAY)
    cora, base = hall.come_in()
    sent = {"autosave_field": "q-crm", "q-crm": "HubSpot", "q-crm-version": "0"}
    told: Any = cora.post(f"{base}/form/{FORM}/answer", data=sent).json
    assert "q-crm" in told["shown"]
    assert "q-pricing_model" not in told["shown"]
    assert told["progress"] == "1 of 6 answered"


def test_files_of_other_questions_stay_shut_also_after_taking_back(hall: Hall) -> None:
    def upload(question: str, by: str) -> StoredFile:
        row = StoredFile(
            engagement_id=hall.engagement.id, name="a.txt", kind="text/plain", size=1,
            sha256="0" * 64, path=question, uploaded_by=by, claimed_by=question,
        )  # fmt: skip
        hall.session.add(row)
        hall.session.flush()
        return row

    hall.hand(SAMPLES)
    cora, base = hall.come_in()
    me = f"c{hall.ask().contact_id}"
    other = upload("Q3.followup.process_documents", "c1")
    own = upload("Q3.followup.sample_contract", me)
    assert cora.get(f"{base}/files/{other.id}").status_code == 404
    assert cora.get(f"{base}/files/{own.id}").status_code != 404
    hall.fay.post(f"{hall.base}/given/{hall.ask().id}/take-back")
    assert cora.get(f"{base}/files/{own.id}").status_code == 404


def test_another_engagement_knows_nothing_of_it(
    hall: Hall, make_engagement: Callable[..., Engagement], portal: Callable[..., Any]
) -> None:
    hall.hand(TODAY)
    cora, base = hall.come_in()
    other = make_engagement("Borealis Foods")
    stranger, stranger_base = portal(other)
    ask = hall.ask().id
    assert stranger.post(f"{stranger_base}/given/{ask}/take-back").status_code == 404
    assert stranger.get(f"{base}/").status_code == 404
    assert cora.get(f"{stranger_base}/").status_code == 404
    assert hall.ask().ended_at is None


def test_taken_back_it_is_gone_at_once(hall: Hall) -> None:
    hall.hand(TODAY)
    cora, base = hall.come_in()
    assert cora.get(f"{base}/form/{FORM}/1").status_code == 200
    hall.fay.post(f"{hall.base}/given/{hall.ask().id}/take-back")
    assert cora.get(f"{base}/form/{FORM}/1").status_code == 404
    sent = {"autosave_field": "q-crm", "q-crm": "x", "q-crm-version": "0"}
    assert cora.post(f"{base}/form/{FORM}/answer", data=sent).status_code == 404
    assert "Nothing is open with you" in cora.get(f"{base}/").text


def test_revoked_and_expired_links_open_nothing(
    hall: Hall, staff: Callable[..., FlaskClient]
) -> None:
    hall.hand(TODAY)
    cora, base = hall.come_in()
    token = fresh_token(hall)
    row = hall.session.scalars(select(Invitation).order_by(Invitation.id.desc())).first()
    assert row is not None
    row.expires_at = now() - timedelta(minutes=1)
    assert hall.app.test_client().post(f"/c/enter/{token}").status_code == 410
    staff().post(f"/e/{hall.engagement.slug}/people/{hall.ask().contact_id}/revoke")
    assert "/c/ended/" in cora.get(f"{base}/").location
    assert hall.app.test_client().post(f"/c/enter/{token}").status_code == 410


def test_a_colleague_hands_nothing_on(hall: Hall) -> None:
    hall.hand(TODAY, VIDEO)
    cora, base = hall.come_in()
    for item in (TODAY, VIDEO, SAMPLES):
        form = {"items": item, "name": "Dan", "email": "dan@acme-robotics.example"}
        assert cora.post(f"{base}/item/{item}/hand", data=form).status_code == 404
    assert hall.session.query(Ask).count() == 2


def test_nobody_hands_over_what_is_not_theirs(hall: Hall, portal: Callable[..., Any]) -> None:
    sponsor, base = portal(hall.engagement, "sponsor")
    form = {"items": TODAY, "name": "Dan", "email": "dan@acme-robotics.example"}
    assert sponsor.get(f"{base}/item/{TODAY}/hand").status_code == 404
    assert sponsor.post(f"{base}/item/{TODAY}/hand", data=form).status_code == 403
    assert hall.hand("Q3.homework.definitions").status_code == 403
    assert hall.hand("Q3.homework.intake_form").status_code == 403, "sending it is not handed on"
    assert hall.hand("Q4.step.review_intake").status_code == 404
    assert hall.session.query(Ask).count() == 0


# --- misuse ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["Cora\r\nBcc: all@evil.example", "Cora\nX: y", "Cora\x00", "Cora <a@b.c>", "http://evil.example",
     "Win at evil.com", "", "x" * 121, "Cora\u2028Bcc: x@y"],
)  # fmt: skip
def test_a_name_is_a_name_and_never_a_header(hall: Hall, name: str) -> None:
    answer = hall.hand(VIDEO, name=name)
    if answer.status_code == 302:
        message = message_of(hall.mail(), 1)
        assert {"Bcc", "X"} & set(message.keys()) == set()
        assert message["To"].count("@") == 1 or "\n" not in message["To"]
        assert message["To"].addresses[0].addr_spec == CORA
        assert len(message["To"].addresses) == 1
    else:
        assert answer.status_code == 422
        assert hall.session.query(Ask).count() == 0


@pytest.mark.parametrize(
    "email",
    ["", "cora", "cora@", "a@b.example, c@d.example", "cora@acme.example\nBcc: x@y.example"],
)
def test_an_address_is_one_address(hall: Hall, email: str) -> None:
    assert hall.hand(VIDEO, email=email).status_code == 422
    assert hall.session.query(Contact).filter_by(role="").count() == 0


@pytest.mark.parametrize("note", ["see https://evil.example", "www.evil.example", "x" * 301])
def test_the_word_to_a_colleague_carries_no_link(hall: Hall, note: str) -> None:
    answer = hall.hand(VIDEO, note=note)
    assert answer.status_code == 422
    assert "Cora Colleague" in answer.text, "what was typed is kept"


def test_another_companys_address_waits_for_the_architect(
    hall: Hall, staff: Callable[..., FlaskClient]
) -> None:
    answer = hall.hand(TODAY, email="cora@elsewhere.example")
    assert answer.status_code == 302
    assert hall.session.query(OutboxJob).filter_by(kind="asked").count() == 0
    assert "Waits for Ada Architect to agree" in hall.fay.get(f"{hall.base}/").text
    work = hall.session.query(WorkItem).filter_by(verb="Agree or decline").one()
    assert work.place == "homework"
    page = staff().get(f"/e/{hall.engagement.slug}/homework").text
    assert "cora@elsewhere.example" in page
    ask = hall.ask().id
    staff().post(f"/e/{hall.engagement.slug}/homework/asks/{ask}/allow")
    cora, base = hall.come_in()
    assert cora.get(f"{base}/form/{FORM}/1").status_code == 200
    assert hall.session.query(WorkItem).filter_by(verb="Agree or decline").count() == 0


def test_until_then_an_invitation_of_the_colleague_opens_nothing(hall: Hall) -> None:
    hall.hand(TODAY, email="cora@elsewhere.example")
    cora, base = hall.come_in(fresh_token(hall))
    assert cora.get(f"{base}/form/{FORM}/1").status_code == 404


def test_a_free_mail_domain_proves_nothing(hall: Hall) -> None:
    hall.session.query(Contact).one().email = "fay@gmail.com"
    hall.hand(TODAY, email="somebody@gmail.com")
    assert hall.ask().waits


def test_declined_it_stays_where_it_was(hall: Hall, staff: Callable[..., FlaskClient]) -> None:
    hall.hand(TODAY, email="cora@elsewhere.example")
    staff().post(f"/e/{hall.engagement.slug}/homework/asks/{hall.ask().id}/decline")
    assert hall.ask().how == "declined"
    assert hall.session.query(OutboxJob).filter_by(kind="asked").count() == 0


def test_somebody_who_was_taken_off_does_not_come_back_by_a_colleague(hall: Hall) -> None:
    gone = Contact(engagement_id=hall.engagement.id, name="Gus", role="it_lead", email=CORA,
                   removed_at=now())  # fmt: skip
    hall.session.add(gone)
    assert hall.hand(VIDEO).status_code == 422
    hall.session.refresh(gone)
    assert gone.removed_at is not None


def test_a_thousand_handovers_are_not_sent(hall: Hall) -> None:
    refused = 0
    for number in range(60):
        answer = hall.hand(VIDEO, email=f"c{number}@acme-robotics.example")
        refused += answer.status_code == 429
    assert hall.session.query(Ask).count() == MOST_A_DAY
    assert hall.session.query(OutboxJob).filter_by(kind="asked").count() == MOST_A_DAY
    assert refused == 60 - MOST_A_DAY
    many = [VIDEO] * 1000
    assert hall.hand(*many).status_code == 429


def test_who_has_a_role_already_keeps_it_and_gets_a_link(
    hall: Hall, contact: Callable[..., Contact]
) -> None:
    it = contact(hall.engagement, "it_lead")
    hall.hand(PRICING, email=it.email)
    assert not hall.ask().waits
    client, base = hall.come_in()
    assert client.get(f"{base}/form/{FORM}").status_code == 200
    assert "Pricing, terms and contracts" in client.get(f"{base}/").text


def test_it_is_all_in_the_history_without_names(hall: Hall) -> None:
    hall.hand(TODAY)
    hall.fay.post(f"{hall.base}/given/{hall.ask().id}/take-back")
    kinds = [row.kind for row in hall.session.scalars(select(AuditEvent).order_by(AuditEvent.id))]
    assert kinds[-4:] == ["ContactAdded", "ItemHandedOver", "ContactInvited", "ItemTakenBack"]
    told = [str(row.data) for row in hall.session.scalars(select(AuditEvent))]
    assert not any("Cora" in line for line in told)


# --- not mine -------------------------------------------------------------------------------------


def test_not_mine_goes_back_to_who_handed_it_over(hall: Hall) -> None:
    hall.hand(TODAY)
    cora, base = hall.come_in()
    assert "Finance Lead of Acme Robotics" in cora.get(f"{base}/item/{TODAY}/back").text
    cora.post(f"{base}/item/{TODAY}/back", data={"said": "Ask Ben in sales ops"})
    assert cora.get(f"{base}/form/{FORM}/1").status_code == 404
    mail = hall.mail("notice")
    assert "How you bill today" in mail.text
    assert "came back to you" in mail.text
    assert hall.session.query(WorkItem).filter_by(verb="Find who answers").count() == 0


def test_an_item_that_came_back_says_so_with_its_words(hall: Hall) -> None:
    hall.hand(VIDEO)
    cora, base = hall.come_in()
    cora.post(f"{base}/item/{VIDEO}/back", data={"said": "Ask Ben in sales ops"})
    assert (
        "Cora Colleague sent this back: Ask Ben in sales ops" in hall.fay.get(f"{hall.base}/").text
    )


def test_not_mine_of_the_last_one_waits_for_the_architect(
    hall: Hall, staff: Callable[..., FlaskClient]
) -> None:
    page = hall.fay.get(f"{hall.base}/item/{VIDEO}/back").text
    assert "Ada Architect will find who knows" in page
    hall.fay.post(f"{hall.base}/item/{VIDEO}/back", data={"said": "The CFO watches videos"})
    assert f"step/{VIDEO}" not in hall.fay.get(f"{hall.base}/").text
    work = hall.session.query(WorkItem).filter_by(verb="Find who answers").one()
    assert "The CFO watches videos" in work.why
    assert work.assignee.startswith("u")
    html = staff().get(f"/e/{hall.engagement.slug}/homework").text
    assert "Came back to you" in html
    assert "The CFO watches videos" in html
    me = hall.session.query(Contact).one().id
    sent = {"item": VIDEO, "contact": str(me), "note": "Please do, it takes 5 minutes"}
    assert staff().post(f"/e/{hall.engagement.slug}/homework/ask", data=sent).status_code == 302
    assert "Please do, it takes 5 minutes" in hall.fay.get(f"{hall.base}/").text
    assert hall.session.query(WorkItem).filter_by(verb="Find who answers").count() == 0


def test_not_mine_of_somebody_elses_is_not_there(hall: Hall, portal: Callable[..., Any]) -> None:
    sponsor, base = portal(hall.engagement, "sponsor")
    assert sponsor.post(f"{base}/item/{VIDEO}/back").status_code == 404
    assert hall.fay.post(f"{hall.base}/item/Q3.homework.definitions/back").status_code == 404
    assert hall.session.query(Ask).count() == 0


# --- one page, two people -------------------------------------------------------------------------


def was(html: str, slug: str) -> dict[str, str]:
    """What a page was made from, for one question."""
    return dict(re.findall(rf'name="(q-{slug}-(?:version|was))" value="(\w+)"', html))


def test_two_people_in_one_section_keep_both_answers(hall: Hall) -> None:
    """Fay and Cora opened the same page; each fills in another field, and sends all of it."""
    hall.hand(TODAY)
    cora, base = hall.come_in()
    pages = [c.get(f"{b}/form/{FORM}/1").text for c, b in ((hall.fay, hall.base), (cora, base))]
    common = [{**was(html, "crm"), **was(html, "invoice_volume")} for html in pages]
    first = {**common[0], "q-crm": "HubSpot", "q-invoice_volume": ""}
    second = {**common[1], "q-crm": "", "q-invoice_volume": "40"}
    assert hall.fay.post(f"{hall.base}/form/{FORM}/1", data=first).status_code == 302
    assert cora.post(f"{base}/form/{FORM}/1", data=second).status_code == 302
    s = situation_for(hall.session, hall.engagement)
    said = {key.rpartition(".")[2]: a.value for key, a in s.records.answers.items()}
    assert (said["crm"], said["invoice_volume"]) == ("HubSpot", "40")


def test_two_people_at_one_answer_see_both(hall: Hall) -> None:
    hall.hand(TODAY)
    cora, base = hall.come_in()
    common = was(cora.get(f"{base}/form/{FORM}/1").text, "crm")
    hall.fay.post(f"{hall.base}/form/{FORM}/1", data={**common, "q-crm": "HubSpot"})
    answer = cora.post(f"{base}/form/{FORM}/1", data={**common, "q-crm": "Salesforce"})
    assert answer.status_code == 409
    assert "Salesforce" in answer.text
    assert "HubSpot" in answer.text
    assert "Finance Lead of Acme Robotics changed this" in answer.text


def test_a_kept_mail_is_for_an_admin_without_a_server(hall: Hall) -> None:
    hall.hand(TODAY)
    outbox.deliver_due(hall.app)
    hall.session.rollback()
    job = hall.session.query(OutboxJob).filter_by(kind="asked").one()
    assert job.state == outbox.KEPT
