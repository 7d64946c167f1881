"""The page of documents: drafts, issuing, copies."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from deliverables import cache, services
from deliverables.render import Printed, context_hash
from deliverables.services import render_issued
from phases.core import documents
from phases.core.audit import touch
from phases.core.commit import commit
from phases.core.models import (
    AuditEvent,
    Contact,
    Engagement,
    Input,
    IssuedDocument,
    OutboxJob,
)
from phases.core.outbox import HANDLERS, Job
from phases.mechanisms.inputs.services import set_input
from phases.mechanisms.situation import Situation

KEY = "Q25.document.maintenance"
EARLY = "Q25.document.configuration"


@pytest.fixture
def base(engagement):
    return f"/e/{engagement.slug}/documents"


@pytest.fixture
def quick(app, monkeypatch):
    """Printing without the printer: how often it was asked, and for what. Nothing is kept yet."""
    asked = []
    for kept in cache.folder().iterdir():
        kept.unlink()

    def pretend(context):
        asked.append(context)
        return Printed(b"%PDF-1.7 " + context_hash(context).encode(), 7)

    monkeypatch.setattr("deliverables.cache.print_document", pretend)
    monkeypatch.setattr("deliverables.services.print_document", pretend)
    return asked


def copies(session):
    return list(session.scalars(select(IssuedDocument).order_by(IssuedDocument.number)))


def carry_out(session):
    """Do what the worker does with the jobs that issuing left."""
    rows = session.scalars(select(OutboxJob).where(OutboxJob.kind == "render_document"))
    for job in [Job(j.id, j.kind, j.data, j.engagement_id, 1) for j in rows]:
        HANDLERS[job.kind](session, job)


def test_a_draft_of_a_new_engagement_is_a_pdf_and_says_when_it_is_unchanged(staff, base):
    client = staff("architect")
    first = client.get(f"{base}/{EARLY}/draft.pdf")
    assert first.status_code == 200
    assert first.data.startswith(b"%PDF-1.7")
    tag = {"If-None-Match": first.headers["ETag"]}
    assert client.get(f"{base}/{EARLY}/draft.pdf", headers=tag).status_code == 304


def test_an_unchanged_draft_is_printed_once_and_a_changed_one_again(
    staff, base, quick, session, engagement, situation
):
    client = staff("architect")
    first = client.get(f"{base}/{EARLY}/draft.pdf")
    assert client.get(f"{base}/{EARLY}/draft.pdf").data == first.data
    assert len(quick) == 1
    set_input(session, situation(engagement), "u1", "Q3.input.crm", "Salesforce")
    assert client.get(f"{base}/{EARLY}/draft.pdf").data != first.data
    assert len(quick) == 2


def test_the_page_tells_what_is_missing_and_where_to_enter_it(staff, base, engagement):
    client = staff("architect")
    assert "Not issued yet" in client.get(base).text
    page = client.get(f"{base}/{EARLY}").text
    assert "No field mapping recorded yet: see 1c Integration design." in page
    assert f'href="/e/{engagement.slug}/register/Q11.register.mapping"' in page


def test_each_thing_missing_leads_to_a_page_that_exists(staff, base):
    client = staff("architect")
    places = set(re.findall(r'<li><a href="(/e/[^"]+/[^"]+)">', client.get(f"{base}/{EARLY}").text))
    assert len(places) >= 5
    assert {place: client.get(place).status_code for place in places} == dict.fromkeys(places, 200)


def test_issuing_freezes_numbers_and_records(staff, base, quick, session):
    client = staff("architect")
    assert client.post(f"{base}/{KEY}/issue", data={"once": "a"}).status_code == 302
    page = client.get(base).text
    assert "Maintenance schedule issued as no. 1." in page
    assert "Issued, no. 1" in page
    row = copies(session)[0]
    assert row.context["issue"]["chain_head"] == row.chain_head != ""
    assert row.context_sha256 == context_hash(row.context)
    event = session.scalars(select(AuditEvent).where(AuditEvent.kind == "DocumentIssued")).one()
    assert (event.subject, event.data["number"]) == (KEY, 1)
    assert event.previous == row.chain_head


def test_a_double_click_issues_once(staff, base, quick, session):
    client = staff("architect")
    for _ in range(2):
        assert client.post(f"{base}/{KEY}/issue", data={"once": "same"}).status_code == 302
    assert [row.number for row in copies(session)] == [1]


def test_the_newest_number_is_current_and_the_older_superseded(staff, base, quick, session):
    client = staff("architect")
    client.post(f"{base}/{KEY}/issue", data={"once": "a"})
    client.post(f"{base}/{KEY}/issue", data={"once": "b"})
    views = documents.views_of(copies(session))
    assert [(view.number, view.current) for view in views] == [(2, True), (1, False)]
    page = client.get(f"{base}/{KEY}").text
    assert re.search(r"No\. 2.*Current.*No\. 1.*Superseded", page, re.DOTALL)
    assert copies(session)[1].context["issue"]["supersedes"] == 1


def test_the_worker_stores_the_bytes_and_a_second_run_changes_nothing(staff, base, quick, session):
    client = staff("architect")
    client.post(f"{base}/{KEY}/issue", data={"once": "a"})
    before = client.get(f"{base}/{KEY}/1.pdf").data
    carry_out(session)
    row = copies(session)[0]
    assert (row.state, row.pages, row.size) == (documents.READY, 7, len(before))
    assert row.sha256 == hashlib.sha256(before).hexdigest()
    printed = len(quick)
    carry_out(session)
    assert len(quick) == printed
    answer = client.get(f"{base}/{KEY}/1.pdf")
    assert answer.data == before
    assert answer.mimetype == "application/pdf"


def test_an_issued_copy_stays_while_the_draft_moves_on(staff, base, quick, session, engagement):
    client = staff("architect")
    client.post(f"{base}/{EARLY}/issue", data={"once": "a"})
    carry_out(session)
    issued = client.get(f"{base}/{EARLY}/1.pdf").data
    session.add(
        Input(engagement_id=engagement.id, key="Q3.input.crm", value="HubSpot", changed_by="u1")
    )
    assert "Draft differs from no. 1" in client.get(f"{base}/{EARLY}").text
    assert client.get(f"{base}/{EARLY}/1.pdf").data == issued


def test_other_bytes_than_were_issued_are_not_handed_out(app, staff, base, quick, session):
    client = staff("architect")
    client.post(f"{base}/{KEY}/issue", data={"once": "a"})
    carry_out(session)
    row = copies(session)[0]
    (app.config["DATA_DIR"] / "files" / row.path).write_bytes(b"%PDF-1.7 forged")
    answer = client.get(f"{base}/{KEY}/1.pdf")
    assert answer.status_code == 503
    assert "not the one that was issued" in answer.text


@pytest.mark.parametrize(
    ("role", "key", "status"),
    [
        ("architect", EARLY, 302),
        ("admin", EARLY, 302),
        ("account_manager", KEY, 302),
        ("account_manager", EARLY, 403),
        ("engineer", KEY, 404),
    ],
)
def test_who_may_issue_what(role, key, status, staff, base, quick):
    assert staff(role).post(f"{base}/{key}/issue", data={"once": "a"}).status_code == status


@pytest.mark.parametrize(
    "path", ["Q25.document.nothing/draft.pdf", f"{KEY}/7.pdf", "Q5.sheet.definitions/draft.pdf"]
)
def test_what_is_not_there_is_not_found(path, staff, base):
    assert staff("architect").get(f"{base}/{path}").status_code == 404


def test_a_document_that_does_not_apply_says_why_and_cannot_be_drawn(staff, make_engagement):
    made = make_engagement(
        "Handoff Ltd", scope="information_handoff", methodology="information_handoff"
    )
    client = staff("architect")
    page = client.get(f"/e/{made.slug}/documents").text
    assert "Not part of this engagement" in page
    assert client.get(f"/e/{made.slug}/documents/{EARLY}/draft.pdf").status_code == 404


def test_an_engagement_s_copies_are_not_anothers(staff, base, quick, make_engagement):
    client = staff("architect")
    client.post(f"{base}/{KEY}/issue", data={"once": "a"})
    other = make_engagement("Other Inc")
    assert client.get(f"/e/{other.slug}/documents/{KEY}/1.pdf").status_code == 404


def test_a_job_for_a_copy_that_is_gone_is_dropped(session):
    assert render_issued(session, Job(1, "render_document", {"document": 99}, None, 1)) == "dropped"


def test_the_cache_keeps_no_more_than_it_may(app, tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "MOST", 2)
    for n in range(4):
        cache.keep(tmp_path / f"{n}.pdf", b"x")
    assert len(list(tmp_path.glob("*"))) == 2


def test_reading_leaves_no_trace(staff, base, quick, session):
    client = staff("architect")
    client.get(base)
    client.get(f"{base}/{KEY}/draft.pdf")
    assert copies(session) == []
    commit(session)


def test_a_draft_rests_on_the_chain_the_day_and_the_people(
    session: Session,
    engagement: Engagement,
    contact: Callable[..., Contact],
    situation: Callable[[Engagement], Situation],
) -> None:
    def mark() -> str:
        commit(session)
        return services.mark_of(situation(engagement), "Q25.document.maintenance")

    before = mark()
    assert mark() == before
    person = contact(engagement)
    named = mark()
    person.name = "Somebody Else"
    renamed = mark()
    touch(session, engagement)
    assert len({before, named, renamed, mark()}) == 4
