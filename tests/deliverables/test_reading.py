"""Documents as pages, in the portal, and handed over as one file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from deliverables import services
from deliverables.render import Printed, context_hash
from phases.core.commit import commit
from phases.core.db import db
from phases.core.models import Engagement, IssuedDocument, OutboxJob, StoredFile
from phases.core.outbox import Job
from phases.mechanisms.inputs.services import set_input
from phases.mechanisms.metric.models import Reading
from phases.mechanisms.register.models import Row
from phases.mechanisms.situation import Situation

Portal = Callable[..., tuple[FlaskClient, str]]
Staff = Callable[..., FlaskClient]
Read = Callable[[Engagement], Situation]

CARD, BOARD = "Q1.document.card", "Q30.document.dashboard"
PACKAGE, PACK = "Q25.document.package", "C6.document.evidence"
PERIODS = "C5.register.periods"
MAINTENANCE = "Q25.document.maintenance"


@pytest.fixture
def base(engagement: Engagement) -> str:
    return f"/e/{engagement.slug}/documents"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Printing without the printer, and what was asked of it."""
    asked: list[Any] = []

    def pretend(context: Any) -> Printed:
        asked.append(context)
        return Printed(b"%PDF-1.7 " + context_hash(context).encode(), 2)

    monkeypatch.setattr("deliverables.cache.print_document", pretend)
    monkeypatch.setattr("deliverables.services.print_document", pretend)
    return asked


def issue(session: Session, client: FlaskClient, base: str, key: str, once: str) -> None:
    """Issue *key*, and print it as the worker does."""
    assert client.post(f"{base}/{key}/issue", data={"once": once}).status_code == 302
    rows = session.scalars(select(OutboxJob).where(OutboxJob.kind == services.RENDER)).all()
    for job in [Job(j.id, j.kind, j.data, j.engagement_id, 1) for j in rows]:
        services.render_issued(session, job)


MARCH, APRIL = "2027-03", "2027-04"


@pytest.fixture
def periods(session: Session, engagement: Engagement) -> None:
    """Two accounting periods."""
    for position, period in enumerate((MARCH, APRIL)):
        session.add(
            Row(
                engagement_id=engagement.id, register=PERIODS, title=period, state="open",
                values={"period": period}, position=position, changed_by="u1",
            )
        )  # fmt: skip
    commit(session)


def keep(
    client: FlaskClient, base: str, name: str, content: bytes, once: str, subject: str = MARCH
) -> int:
    said = {"file": (io.BytesIO(content), name), "once": once, "subject": subject}
    return client.post(
        f"{base}/{PACK}/files", data=said, content_type="multipart/form-data"
    ).status_code


def test_the_list_draws_nothing_up_and_needs_few_queries(
    staff: Staff, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, seen = staff("architect"), []
    monkeypatch.setattr("deliverables.services.draw_up", lambda *_: pytest.fail("drawn up"))
    note = lambda _c, _cur, said, *_: seen.append(said)  # noqa: E731 - a listener
    event.listen(db.engine, "before_cursor_execute", note)
    page = client.get(base).text
    event.remove(db.engine, "before_cursor_execute", note)
    assert sum(said.lstrip().upper().startswith("SELECT") for said in seen) <= 12
    assert page.count("/draft.pdf") >= 25
    for title in ("Project one-pager", "Kickoff deck", "Gap analysis", "FAQ", "Templates"):
        assert title in page


def test_the_list_says_when_records_have_changed_since_a_copy(
    staff: Staff, base: str, session: Session, engagement: Engagement, situation: Read,
    quick: list[Any],
) -> None:  # fmt: skip
    client = staff("architect")
    issue(session, client, base, CARD, "a")
    assert "Issued, no. 1" in client.get(base).text
    set_input(session, situation(engagement), "u1", "Q3.input.crm", "HubSpot")
    assert "Records changed since no. 1" in client.get(base).text


def test_the_card_is_a_page_with_every_phase_and_why_it_is_light(
    staff: Staff, make_engagement: Callable[..., Engagement]
) -> None:
    made = make_engagement(
        "Light Ltd", scope="information_handoff", methodology="information_handoff"
    )
    page = staff("architect").get(f"/e/{made.slug}/documents/{CARD}").text
    for words in ("Balanced", "LIGHT", "no system is built", "30–40%", "1a", "4d", "Ada Architect"):
        assert words in page


def test_the_dashboard_shows_typed_readings_to_staff_and_to_its_readers(
    staff: Staff, portal: Portal, session: Session, engagement: Engagement
) -> None:
    session.add(
        Reading(
            engagement_id=engagement.id, metric="Q30.metric.mrr", period=date(2026, 10, 1),
            value=Decimal(421300), note="", changed_by="u1",
        )
    )  # fmt: skip
    commit(session)
    assert (
        "USD 421,300.00" in staff("architect").get(f"/e/{engagement.slug}/documents/{BOARD}").text
    )
    for role in ("sponsor", "finance_lead", "revops_lead"):
        client, at = portal(engagement, role)
        assert "USD 421,300.00" in client.get(f"{at}/documents/{BOARD}").text
        assert BOARD in client.get(f"{at}/documents").text


def test_who_is_no_reader_does_not_find_it(portal: Portal, engagement: Engagement) -> None:
    client, at = portal(engagement, "it_lead")
    for place in (BOARD, f"{BOARD}/now.pdf", "Q25.document.template_intake"):
        assert client.get(f"{at}/documents/{place}").status_code == 404
    listed = client.get(f"{at}/documents").text
    assert BOARD not in listed
    assert CARD in listed


def test_a_customer_has_the_page_as_pdf(
    portal: Portal, engagement: Engagement, quick: list[Any]
) -> None:
    client, at = portal(engagement, "sponsor")
    answer = client.get(f"{at}/documents/{BOARD}/now.pdf")
    assert answer.data.startswith(b"%PDF")
    assert answer.mimetype == "application/pdf"


def test_copies_that_are_not_for_a_contact_are_not_listed_nor_handed_out(
    staff: Staff, portal: Portal, base: str, session: Session, engagement: Engagement,
    quick: list[Any],
) -> None:  # fmt: skip
    issue(session, staff("architect"), base, BOARD, "a")
    row = session.scalars(select(IssuedDocument)).one()
    reader, at = portal(engagement, "sponsor")
    other, elsewhere = portal(engagement, "it_lead")
    assert reader.get(f"{at}/documents/{row.id}").status_code == 200
    assert other.get(f"{elsewhere}/documents/{row.id}").status_code == 404


def test_the_package_is_one_file_of_issued_copies_and_names_what_is_missing(
    staff: Staff, base: str, session: Session, quick: list[Any]
) -> None:
    client = staff("architect")
    page = client.get(f"{base}/{PACKAGE}").text
    assert "Billing process runbook: Billing process runbook has no issued copy." in page
    issue(session, client, base, MAINTENANCE, "a")
    copy = client.get(f"{base}/{MAINTENANCE}/1.pdf").data
    answer = client.get(f"{base}/{PACKAGE}/bundle.zip")
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.namelist() == ["00-package.pdf", "08-maintenance-no-1.pdf"]
        assert archive.read("08-maintenance-no-1.pdf") == copy


def test_the_customer_has_the_package_once_it_is_issued_and_as_it_was(
    staff: Staff, portal: Portal, base: str, session: Session, engagement: Engagement,
    quick: list[Any],
) -> None:  # fmt: skip
    client, (customer, at) = staff("architect"), portal(engagement, "finance_lead")
    place = f"{at}/documents/{PACKAGE}/bundle.zip"
    assert customer.get(place).status_code == 404
    issue(session, client, base, MAINTENANCE, "a")
    issue(session, client, base, PACKAGE, "b")
    issue(session, client, base, MAINTENANCE, "c")
    assert place in customer.get(f"{at}/documents").text
    with zipfile.ZipFile(io.BytesIO(customer.get(place).data)) as archive:
        assert archive.namelist() == ["00-package-no-1.pdf", "08-maintenance-no-1.pdf"]


def test_an_unchanged_package_has_the_same_bytes(
    staff: Staff, base: str, session: Session, quick: list[Any]
) -> None:
    client = staff("architect")
    issue(session, client, base, MAINTENANCE, "a")
    first = client.get(f"{base}/{PACKAGE}/bundle.zip").data
    assert client.get(f"{base}/{PACKAGE}/bundle.zip").data == first


def test_a_document_by_itself_is_no_bundle(staff: Staff, base: str) -> None:
    assert staff("architect").get(f"{base}/{CARD}/bundle.zip").status_code == 404


@pytest.mark.usefixtures("periods")
def test_the_pack_of_a_period_keeps_the_exact_bytes_with_their_hash(
    staff: Staff, base: str, session: Session, quick: list[Any]
) -> None:
    client, content = staff("architect"), b"id,amount\r\nch_1,100.00\r\n"
    assert keep(client, base, "balance.csv", content, "a") == 302
    assert keep(client, base, "balance.csv", content, "a") == 302
    assert keep(client, base, "april.csv", b"id,amount", "b", APRIL) == 302
    file = session.scalars(
        select(StoredFile).where(StoredFile.claimed_by == f"{PACK}/{MARCH}")
    ).one()
    assert file.sha256[:12] in client.get(f"{base}/{PACK}?subject={MARCH}").text
    assert file.sha256[:12] not in client.get(f"{base}/{PACK}?subject={APRIL}").text
    zipped = client.get(f"{base}/{PACK}/bundle.zip?subject={MARCH}").data
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        assert archive.namelist() == ["00-evidence-2027-03.pdf", "files/01-balance.csv"]
        assert archive.read("files/01-balance.csv") == content
    assert file.sha256 in str(quick[-1]["sections"])


@pytest.mark.usefixtures("periods")
def test_there_is_one_pack_for_each_period_and_none_without(
    staff: Staff, portal: Portal, base: str, session: Session, engagement: Engagement,
    quick: list[Any],
) -> None:  # fmt: skip
    client, (customer, at) = staff("architect"), portal(engagement, "finance_lead")
    assert "0 of 2 issued" in client.get(base).text
    keep(client, base, "balance.csv", b"id,amount", "a")
    for once, period in (("b", MARCH), ("c", APRIL), ("d", MARCH)):
        said = {"once": once, "subject": period}
        assert client.post(f"{base}/{PACK}/issue", data=said).status_code == 302
    for job in session.scalars(select(OutboxJob).where(OutboxJob.kind == services.RENDER)).all():
        services.render_issued(session, Job(job.id, job.kind, job.data, job.engagement_id, 1))
    rows = session.scalars(select(IssuedDocument).order_by(IssuedDocument.number)).all()
    told = [(row.number, row.subject, row.context["issue"]["supersedes"]) for row in rows]
    assert told == [(1, MARCH, 0), (2, APRIL, 0), (3, MARCH, 1)]
    listed = client.get(f"{base}/{PACK}").text
    assert "Issued, no. 3" in listed
    assert "Issued, no. 2" in listed
    handed = customer.get(f"{at}/documents").text
    assert "Close evidence pack, 2027-04, no. 2" in handed
    assert handed.count("Superseded") == 1
    place = f"{at}/documents/{PACK}/bundle.zip"
    with zipfile.ZipFile(io.BytesIO(customer.get(f"{place}?subject={MARCH}").data)) as archive:
        assert archive.namelist() == ["00-evidence-2027-03-no-3.pdf", "files/01-balance.csv"]
    with zipfile.ZipFile(io.BytesIO(customer.get(f"{place}?subject={APRIL}").data)) as archive:
        assert archive.namelist() == ["00-evidence-2027-04-no-2.pdf"]
    assert customer.get(place).status_code == 404


@pytest.mark.usefixtures("periods")
@pytest.mark.parametrize("subject", ["", "2027-05", "<script>", "2027-03/../x"])
def test_of_no_period_there_is_no_pack(staff: Staff, base: str, subject: str) -> None:
    client = staff("architect")
    said = {"once": subject, "subject": subject}
    assert client.post(f"{base}/{PACK}/issue", data=said).status_code == 404
    assert client.get(f"{base}/{PACK}/draft.pdf", query_string=said).status_code == 404
    assert keep(client, base, "balance.csv", b"id,amount", f"f{subject}", subject) == 404
    assert client.get(f"{base}/{CARD}", query_string={"subject": MARCH}).status_code == 404


def test_before_the_first_period_the_page_says_where_periods_are_entered(
    staff: Staff, base: str
) -> None:
    page = staff("architect").get(f"{base}/{PACK}").text
    assert "No period yet" in page
    assert f"/register/{PERIODS}" in page


@pytest.mark.usefixtures("periods")
def test_a_file_of_the_pack_can_be_taken_out(
    staff: Staff, base: str, session: Session, quick: list[Any]
) -> None:
    client = staff("architect")
    keep(client, base, "balance.csv", b"id,amount", "a")
    file = session.scalars(
        select(StoredFile).where(StoredFile.claimed_by == f"{PACK}/{MARCH}")
    ).one()
    place, said = f"{base}/{PACK}/files/{file.id}/remove", {"subject": MARCH}
    assert client.post(place, data={"once": "z", "subject": APRIL}).status_code == 404
    assert client.post(place, data={"once": "b", **said}).status_code == 302
    assert client.post(place, data={"once": "c", **said}).status_code == 404
    client.get(f"{base}/{PACK}?subject={MARCH}")  # says what was done
    assert "balance.csv" not in client.get(f"{base}/{PACK}?subject={MARCH}").text


@pytest.mark.usefixtures("periods")
@pytest.mark.parametrize(("name", "content"), [("", b""), ("x.exe", b"MZ"), ("empty.csv", b"")])
def test_what_is_no_file_is_refused_on_the_same_page(
    staff: Staff, base: str, name: str, content: bytes
) -> None:
    assert keep(staff("architect"), base, name, content, "a") == 422


def test_other_documents_keep_no_files(staff: Staff, base: str) -> None:
    said = {"file": (io.BytesIO(b"a,b"), "a.csv"), "once": "a"}
    answer = staff("architect").post(
        f"{base}/{CARD}/files", data=said, content_type="multipart/form-data"
    )
    assert answer.status_code == 404
