"""Bad input: a clear message beside the field, what was typed kept, nothing half-saved."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from phases.core import outbox
from phases.core.clock import now
from phases.core.commit import commit
from phases.core.db import Base, db
from phases.core.invitations import services as invitations
from phases.core.models import Engagement, Grant, OutboxJob, StoredFile
from phases.core.settings import Settings
from phases.portfolio.demo.paper import paper
from tests.trust.acts import CASES, FORM, GAP, GAPS, World, creation

LONG = "x" * 6000
UPLOADS = "6"
CONTRACT = "q-sample_contract"


def count(session: Session) -> dict[str, int]:
    """How many rows each table has."""
    session.rollback()
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


def refused(w: World, answer: Any, before: dict[str, int], *words: str, status: int = 422) -> None:
    """The page says *words*, and nothing was saved."""
    page = html.unescape(answer.text)
    assert answer.status_code == status, page[:3000]
    for word in words:
        assert word in page, page[:3000]
    assert count(w.session) == before


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"v_gap": ""}, "Enter gap"),
        ({"v_gap": LONG}, "is the most"),
        ({"v_kind": "nothing such"}, "Not a valid choice"),
        ({"due": "31.12.2026"}, "Not a valid date"),
        ({"due": "2026-02-30"}, "Not a valid date"),
        ({"owner": "u999"}, "Not a valid choice"),
    ],
)
def test_a_row(w: World, said: dict[str, str], message: str) -> None:
    before = count(w.session)
    typed = {**GAP, "v_plan": "The plan that was typed", **said}
    answer = w.staff.post(f"{w.at}/register/{GAPS}/rows", data=typed)
    refused(w, answer, before, message, "The plan that was typed")


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"due": "tomorrow"}, "date"),
        ({"state": "no such state"}, "state"),
        ({"note": LONG}, "5000"),
        ({"owner": "c999"}, "owner"),
        ({"evidence": "not a link", "state": "done"}, "https://"),
    ],
)
def test_a_step(w: World, said: dict[str, str], message: str) -> None:
    before = count(w.session)
    place = f"{w.at}/checklist/Q16.checklist.tests/Q16.test.crm_sync"
    typed = {"note": "The note that was typed", "version": "0", "back": "checklist", **said}
    answer = w.staff.post(place, data=typed)
    kept = ("The note that was typed",) if "note" not in said else ()
    refused(w, answer, before, *kept)
    assert message.lower() in html.unescape(answer.text).lower()


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"customer": ""}, "Give the customer's name."),
        ({"customer": "x" * 200}, "120"),
        ({"kickoff": "soon"}, "Not a valid date"),
        ({"kickoff": "1890-01-01"}, "Give a date between 2000 and 2100."),
        ({"motion": "by air"}, "Not a valid choice"),
        ({"time_zone": "Mars/Olympus"}, "Not a valid choice"),
    ],
)
def test_a_new_engagement(w: World, said: dict[str, str], message: str) -> None:
    before = count(w.session)
    place, typed = creation(w)
    refused(w, w.staff.post(place, data={**typed, **said}), before, message, "Europe/Berlin")


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"q-tool_renewal": "soon"}, "date"),
        ({"q-invoice_volume": "many"}, "number"),
        ({"q-crm": "x" * 400}, "300"),
        ({"q-billing_owner": "nobody such"}, "list"),
    ],
)
def test_an_answer(w: World, said: dict[str, str], message: str) -> None:
    first = {"q-billing_tools": "stripe", "q-keep_tool": "no", "do": "continue"}
    assert w.customer.post(f"{w.base}/form/{FORM}/1", data=first).status_code == 302
    before = count(w.session)
    typed = {"q-billing_tools_detail": "The words that were typed", "do": "continue", **said}
    answer = w.customer.post(f"{w.base}/form/{FORM}/1", data=typed)
    refused(w, answer, before, "The words that were typed", "There is a problem")
    assert message in html.unescape(answer.text).lower()


def upload(w: World, content: bytes, name: str) -> Any:
    said = {CONTRACT: (BytesIO(content), name), "do": "upload:sample_contract"}
    answer = w.customer.post(
        f"{w.base}/form/{FORM}/{UPLOADS}", data=said, content_type="multipart/form-data"
    )
    answer.request.environ["wsgi.input"].close()  # the test client leaves its temporary file open
    return answer


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"", "empty.pdf", "is empty"),
        (b"MZ\x90\x00 a program", "setup.exe", "cannot be taken"),
        (b"MZ\x90\x00 a program", "contract.pdf", "not what its ending says"),
        (b"%PDF-1.4 " + b"0" * (25 * 1024 * 1024 + 1), "large.pdf", "over 25 MB"),
        (b"PK\x03\x04 broken", "list.xlsx", "not what its ending says"),
    ],
)
def test_a_file(w: World, content: bytes, name: str, message: str) -> None:
    before = count(w.session)
    refused(w, upload(w, content, name), before, message)


def test_a_request_far_too_large_says_so(w: World, app: Flask) -> None:
    answer = upload(w, b"%PDF-1.4 " + b"0" * (app.config["MAX_CONTENT_LENGTH"] + 1), "vast.pdf")
    assert answer.status_code == 413
    assert "25 MB" in answer.text
    assert w.session.query(StoredFile).count() == 0


def test_a_full_disk_is_said_and_nothing_stands_half_saved(
    w: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: Any, **_kwargs: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("phases.core.files.write", full)
    answer = upload(w, paper(["A contract"]), "contract.pdf")
    assert answer.status_code == 503
    assert "disk" in answer.text or "store" in answer.text
    w.session.rollback()
    assert [f for f in w.session.query(StoredFile) if f.claimed_by] == []
    monkeypatch.undo()
    assert upload(w, paper(["A contract"]), "contract.pdf").status_code == 302
    assert [f.name for f in w.session.query(StoredFile) if f.claimed_by] == ["contract.pdf"]


@pytest.fixture
def link(w: World) -> Callable[..., str]:
    """An invitation of the Finance Lead; keywords set what it is like."""

    def make(**columns: Any) -> str:
        invitation = invitations.invite(w.session, w.engagement, "u1", w.contact)
        invitation.created_at = now() - timedelta(hours=1)
        token = invitations.mint(w.session, invitation)
        for name, value in columns.items():
            setattr(invitation, name, value)
        commit(w.session)
        return f"/c/enter/{token}"

    return make


@pytest.mark.parametrize(
    ("columns", "word"),
    [
        ({"expires_at": now() - timedelta(days=1)}, "expired"),
        ({"revoked_at": now()}, "withdrawn"),
        ({"used_at": now()}, "used"),
    ],
)
def test_a_link_that_no_longer_opens(
    w: World, link: Callable[..., str], anonymous: FlaskClient, columns: Any, word: str
) -> None:
    place = link(**columns)
    before = count(w.session)
    for answer in (anonymous.get(place), anonymous.post(place)):
        assert answer.status_code in (404, 410)
        assert word in answer.text.lower()
    assert count(w.session) == before


def test_a_link_that_never_was_tells_nothing(w: World, anonymous: FlaskClient) -> None:
    answer = anonymous.get("/c/enter/never-was")
    assert answer.status_code == 404
    assert w.engagement.customer not in answer.text


def test_a_link_opens_one_engagement_only(
    w: World,
    link: Callable[..., str],
    anonymous: FlaskClient,
    make_engagement: Callable[..., Engagement],
) -> None:
    """Of another engagement, with the reference of one's own, there is nothing to be had."""
    other = make_engagement("Borealis Foods")
    anonymous.post(link())
    ref = w.session.query(Grant).order_by(Grant.id.desc()).first()
    assert ref is not None
    assert anonymous.get(f"/c/{ref.ref}/").status_code == 200
    assert other.customer not in anonymous.get(f"/c/{ref.ref}/").text
    assert anonymous.get(f"/e/{other.slug}/").status_code == 302
    assert anonymous.get("/c/somebody-elses/").status_code == 404


def test_a_mail_server_that_is_down_delays_the_mail_and_loses_nothing(
    w: World, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        app.config,
        "SETTINGS",
        Settings(
            firm_name="Northgate Advisory", smtp_host="127.0.0.1", smtp_port=9, smtp_tls="none"
        ),
    )
    assert w.staff.post(f"{w.at}/people/{w.contact.id}/invite").status_code == 302
    db.session.remove()
    outbox.deliver_due(app)
    job = db.session.scalars(select(OutboxJob).where(OutboxJob.kind == "invitation")).one()
    assert (job.state, job.attempts) == (outbox.WAITING, 1)
    assert "refused" in job.error.lower()
    assert job.due_at > now()
    page = w.admin.get("/settings/outgoing").text
    assert "refused" in page.lower() or "again" in page.lower()


def test_what_was_typed_into_a_seed_row_is_kept(w: World) -> None:
    before = count(w.session)
    said = {"v_handling": "Words that were typed", "v_frequency": "now and then", "version": "0"}
    answer = w.staff.post(f"{w.at}/register/{CASES}/rows/Q28.case.refunds", data=said)
    refused(w, answer, before, "Words that were typed", "Not a valid choice")


def test_addresses_that_make_no_sense_are_not_found(w: World, tmp_path: Path) -> None:
    for place in (
        f"{w.at}/register/{GAPS}?edit=r999999",
        f"{w.at}/register/nothing",
        f"{w.at}/gate/9z",
        f"{w.at}/documents/Q25.document.maintenance/99.pdf",
        f"{w.at}/schedule/Q18.schedule.weeks?task=nothing&due=never",
    ):
        assert w.staff.get(place).status_code in (200, 404), place
    answer = w.staff.post(f"{w.at}/schedule/Q18.schedule.weeks/week.one/never", data={})
    assert answer.status_code == 404
