"""The first page: what we need, where the project is, and nothing of anybody else's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from phases.core.clock import now, today
from phases.core.db import db
from phases.core.models import Contact, Engagement, IssuedDocument, StoredFile
from phases.mechanisms.checklist.models import StepRecord
from phases.mechanisms.form import services as form_services
from phases.mechanisms.page import situation_for
from phases.mechanisms.schedule.models import OccurrenceRecord
from phases.mechanisms.sheet.services import reword

SCHEDULE = "Q20.schedule.maintenance"
CANARY = "Kanarienvogel"


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements sent to the database meanwhile."""
    sent: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)


def test_a_finance_lead_sees_what_is_needed_with_time_and_date(
    make_engagement: Callable[..., Engagement], portal: Callable[..., Any]
) -> None:
    client, base = portal(make_engagement(kickoff=date(2031, 3, 5)))
    html = client.get(f"{base}/").text
    assert re.search(r"<h1>\w+ things we need from you</h1>", html)
    assert "Billing intake" in html
    assert "Definition Alignment Document" in html
    assert "About 25 minutes" in html
    assert "Mon 3 Mar 2031" in html, "two business days before the kickoff"
    assert "the kickoff on Wed 5 Mar 2031" in html
    assert "ada.architect@firm.example" in html


def test_a_step_of_ones_own_is_done_by_a_button(
    engagement: Engagement, portal: Callable[..., Any], session: Session
) -> None:
    client, base = portal(engagement)
    assert "Watch the billing intro video" in client.get(f"{base}/").text
    other, other_base = portal(engagement, "it_lead")
    assert other.post(f"{other_base}/step/Q3.homework.watch_video").status_code == 404
    assert client.post(f"{base}/step/Q3.homework.intake_form").status_code == 404
    client.post(f"{base}/step/Q3.homework.watch_video", data={"version": "0"})
    assert session.query(StepRecord).one().state == "done"
    assert 'step/Q3.homework.watch_video"' not in client.get(f"{base}/").text


def test_homework_of_a_role_nobody_plays_falls_to_the_checklists_own(
    engagement: Engagement, portal: Callable[..., Any]
) -> None:
    client, base = portal(engagement)
    assert "Upload a sample contract" in client.get(f"{base}/").text
    billing, billing_base = portal(engagement, "billing_team")
    assert "Upload a sample contract" in billing.get(f"{billing_base}/").text
    html = client.get(f"{base}/").text
    assert f"Billing Team of {engagement.customer}: Upload a sample contract" in html


def test_somebody_with_nothing_to_do_learns_what_happens_next(
    engagement: Engagement, portal: Callable[..., Any]
) -> None:
    client, base = portal(engagement, "sponsor")
    html = client.get(f"{base}/").text
    assert "Nothing is needed from you now" in html
    assert "We write to you when we need something." in html


@pytest.mark.parametrize(
    "page",
    [
        "/",
        "/documents",
        "/form/Q3.form.intake",
        "/form/Q3.form.intake/6",
        "/form/Q3.form.intake/check",
        "/sheet/Q5.sheet.definitions",
        "/sheet/Q5.sheet.definitions/signed",
        "/sheet/Q12.sheet.package",
        f"/schedule/{SCHEDULE}",
    ],
)
def test_no_page_asks_the_database_more_than_twelve_times(
    engagement: Engagement, portal: Callable[..., Any], page: str
) -> None:
    client, base = portal(engagement)
    client.get(base + page)
    with counted() as sent:
        answer = client.get(base + page)
    assert answer.status_code == 200
    selects = [one for one in sent if one.startswith("SELECT")]
    assert len(selects) <= 12, "\n".join(selects)


def test_maintenance_is_kept_by_the_customer_of_a_single_project(
    make_engagement: Callable[..., Engagement], portal: Callable[..., Any], session: Session
) -> None:
    engagement = make_engagement(go_live=today("America/New_York") - timedelta(days=120))
    client, base = portal(engagement)
    page = f"{base}/schedule/{SCHEDULE}"
    html = client.get(page).text
    found = re.search(rf'href="({page}/[^"]+)"', html)
    assert found, html
    one = found[1]
    assert client.get(one).status_code == 200
    refused = client.post(one, data={"result": "red_flag", "note": ""})
    assert refused.status_code == 422
    assert "Say what the red flag is" in refused.text
    assert client.post(one, data={}).status_code == 422
    assert client.post(one, data={"result": "ok", "note": "All matched"}).status_code == 302
    assert session.query(OccurrenceRecord).one().result == "ok"
    dedicated = make_engagement("Beta", engagement_type="dedicated")
    other, other_base = portal(dedicated)
    assert other.get(f"{other_base}/schedule/{SCHEDULE}").status_code == 404


@pytest.fixture
def issued(app: Flask, session: Session) -> Callable[[Engagement], IssuedDocument]:
    """An issued copy of the runbook with a few bytes."""

    def make(engagement: Engagement) -> IssuedDocument:
        path = f"{engagement.id}/runbook.pdf"
        folder = app.config["DATA_DIR"] / "files" / str(engagement.id)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "runbook.pdf").write_bytes(b"%PDF-1.7 runbook")
        row = IssuedDocument(
            engagement_id=engagement.id, key="Q25.document.runbook", number=1, state="issued",
            context={},
            context_sha256="0" * 64, chain_head="", path=path, sha256="a" * 64, size=16, pages=9,
            issued_by="u1", issued_at=now(),
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row

    return make


def test_an_issued_document_is_downloaded(
    engagement: Engagement,
    portal: Callable[..., Any],
    issued: Callable[[Engagement], IssuedDocument],
) -> None:
    row = issued(engagement)
    client, base = portal(engagement)
    assert "Billing process runbook" in client.get(f"{base}/").text
    assert "Billing process runbook, no. 1" in client.get(f"{base}/documents").text
    sent = client.get(f"{base}/documents/{row.id}")
    assert sent.data.startswith(b"%PDF")
    assert sent.headers["Content-Disposition"].startswith("attachment")


def test_a_document_that_is_still_being_drawn_up_is_not_there(
    engagement: Engagement, portal: Callable[..., Any], session: Session,
    issued: Callable[[Engagement], IssuedDocument],
) -> None:  # fmt: skip
    row = issued(engagement)
    row.sha256 = None
    session.flush()
    client, base = portal(engagement)
    assert client.get(f"{base}/documents/{row.id}").status_code == 404


def test_nothing_of_one_customer_reaches_another(
    make_engagement: Callable[..., Engagement], portal: Callable[..., Any], session: Session,
    contact: Callable[..., Contact], issued: Callable[[Engagement], IssuedDocument],
) -> None:  # fmt: skip
    """Engagement A carries a canary in all it holds; B sees it nowhere, nor anything by A's ids."""
    a, b = make_engagement(f"{CANARY} GmbH"), make_engagement("Beta Inc")
    person = contact(a)
    person.name = f"{CANARY} Person"
    s = situation_for(session, a)
    form_services.save_answer(
        session, s, person.ref, "Q3.form.intake", "Q3.followup.crm", f"{CANARY} CRM"
    )
    reword(session, s, "u1", "Q5.term.invoice", f"{CANARY} wording")
    file = StoredFile(
        engagement_id=a.id, name=f"{CANARY}.pdf", kind="application/pdf", size=1, sha256="0" * 64,
        path="x", uploaded_by=person.ref, claimed_by="Q3.followup.sample_contract",
    )  # fmt: skip
    session.add(file)
    document = issued(a)
    a_client, a_base = portal(a)
    b_client, b_base = portal(b)
    pages = [
        "/", "/documents", "/form/Q3.form.intake", "/form/Q3.form.intake/check",
        *(f"/form/Q3.form.intake/{n}" for n in range(1, 7)), "/sheet/Q5.sheet.definitions",
        "/sheet/Q5.sheet.definitions/signed",
    ]  # fmt: skip
    assert CANARY in "".join(a_client.get(a_base + page).text for page in pages)
    for page in pages:
        answer = b_client.get(b_base + page)
        assert answer.status_code == 200
        assert CANARY not in answer.text, page
        assert b_client.get(a_base + page).status_code == 404
    for place in (f"/files/{file.id}", f"/documents/{document.id}"):
        assert b_client.get(b_base + place).status_code == 404
        assert b_client.get(a_base + place).status_code == 404
    remove = {"do": f"remove:sample_contract:{file.id}"}
    assert b_client.post(f"{b_base}/form/Q3.form.intake/6", data=remove).status_code == 404
    assert b_client.post(f"{a_base}/step/Q3.homework.watch_video").status_code == 404


def test_a_file_that_answers_no_form_is_not_for_customers(
    engagement: Engagement, portal: Callable[..., Any], session: Session
) -> None:
    file = StoredFile(
        engagement_id=engagement.id, name="internal.pdf", kind="application/pdf", size=1,
        sha256="0" * 64,
        path="x", uploaded_by="u1", claimed_by="r12",
    )  # fmt: skip
    session.add(file)
    session.flush()
    client, base = portal(engagement)
    assert client.get(f"{base}/files/{file.id}").status_code == 404
    assert "internal.pdf" not in client.get(f"{base}/documents").text


def test_the_video_is_one_click_away_once_its_link_is_known(
    engagement: Engagement, portal: Callable[..., Any], staff: Callable[..., Any]
) -> None:
    client, base = portal(engagement)
    assert "Open it in a new tab" not in client.get(f"{base}/").text
    link = "https://video.example.com/intro"
    sent = {"state": "done", "evidence": link, "version": "0"}
    staff().post(f"/e/{engagement.slug}/checklist/Q3.checklist.send/Q3.send.intro_video", data=sent)
    assert f'href="{link}"' in client.get(f"{base}/").text
