"""The intake form as a customer fills it in."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from phases.core.models import Contact, Engagement, StoredFile
from phases.mechanisms.form import services
from phases.mechanisms.form.models import Answer, FormRecord
from phases.mechanisms.form.queries import answers_of, asked
from phases.mechanisms.form.values import EMPTY
from phases.mechanisms.page import situation_for
from playbook.models import Form

FORM = "form/Q3.form.intake"
TODAY, REACH, UPLOADS = 1, 3, 6
VALUES: dict[str, Any] = {
    "text": "Some words", "long_text": "Some more words", "number": "12", "percent": "4",
    "money": "USD 10", "date": "2026-12-01", "yes_no": "no",
}  # fmt: skip


def fill(session: Session, engagement: Engagement, actor: str) -> None:
    """Answer every question that must be answered."""
    s = situation_for(session, engagement)
    form = s.playbook.get("Q3.form.intake", Form)
    for _ in range(6):
        for question in asked(s, form):
            if question.required and answers_of(s, form).get(question.key) in EMPTY:
                value = VALUES.get(question.type) or next(reversed(question.options))
                services.save_answer(session, s, actor, form.key, question.key, value)


def stored(session: Session, slug: str) -> Answer | None:
    return session.query(Answer).filter(Answer.key.endswith(f".{slug}")).one_or_none()


def shown_question(html: str, slug: str) -> bool:
    found = re.search(rf'data-question="q-{slug}"( hidden)?', html)
    assert found, f"{slug} is not on the page"
    return not found[1]


def test_every_section_of_the_form_is_a_page(
    engagement: Engagement, portal: Callable[..., Any]
) -> None:
    client, base = portal(engagement)
    assert "Billing intake" in client.get(f"{base}/{FORM}").text
    for number in range(1, UPLOADS + 1):
        page = client.get(f"{base}/{FORM}/{number}")
        assert page.status_code == 200
        assert f"part {number} of 6" in page.text
    assert client.get(f"{base}/{FORM}/7").status_code == 404


def test_a_follow_up_appears_once_an_answer_calls_for_it(
    engagement: Engagement, portal: Callable[..., Any], session: Session
) -> None:
    client, base = portal(engagement)
    page = client.get(f"{base}/{FORM}/{REACH}").text
    assert shown_question(page, "international")
    assert not shown_question(page, "multi_currency")
    answer = client.post(
        f"{base}/{FORM}/{REACH}", data={"q-international": "yes", "do": "continue"}
    )
    assert answer.location.endswith(f"/{FORM}/{REACH}#q-multi_currency")
    page = client.get(f"{base}/{FORM}/{REACH}").text
    assert shown_question(page, "multi_currency")
    assert "1 more" in page or "One more question follows" in page
    kept = stored(session, "international")
    assert kept is not None
    assert kept.value is True


def test_an_answer_is_saved_as_it_is_typed(
    engagement: Engagement, portal: Callable[..., Any], session: Session
) -> None:
    client, base = portal(engagement)
    answer = client.post(
        f"{base}/{FORM}/answer",
        data={
            "autosave_field": "q-international",
            "q-international": "yes",
            "q-international-version": "0",
        },
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 200
    assert answer.json["versions"] == {"q-international-version": 1}
    assert "q-multi_currency" in answer.json["shown"]
    assert answer.json["progress"].startswith("1 of ")
    kept = stored(session, "international")
    assert kept is not None
    assert kept.value is True


def test_the_second_of_two_who_type_the_same_answer_is_told(
    engagement: Engagement, portal: Callable[..., Any]
) -> None:
    first, first_base = portal(engagement)
    second, second_base = portal(engagement, "revops_lead")
    data = {"autosave_field": "q-crm", "q-crm-version": "0"}
    assert (
        first.post(f"{first_base}/{FORM}/answer", data={**data, "q-crm": "Salesforce"}).status_code
        == 200
    )
    answer = second.post(f"{second_base}/{FORM}/answer", data={**data, "q-crm": "HubSpot"})
    assert answer.status_code == 409
    assert answer.json["theirs"] == "Salesforce"
    assert answer.json["versions"] == {"q-crm-version": 1}
    assert "Finance Lead" in answer.json["message"]


@pytest.mark.data
def test_a_page_sent_over_anothers_answer_keeps_both_texts(
    engagement: Engagement, portal: Callable[..., Any], session: Session
) -> None:
    first, first_base = portal(engagement)
    second, second_base = portal(engagement, "revops_lead")
    html = second.get(f"{second_base}/{FORM}/{TODAY}").text
    was = re.search(r'name="q-crm-was" value="(\w+)"', html)
    assert was
    first.post(
        f"{first_base}/{FORM}/{TODAY}",
        data={"q-crm": "Salesforce", "q-crm-version": "0", "q-crm-was": was[1]},
    )
    sent = {"q-crm": "HubSpot", "q-crm-version": "0", "q-crm-was": was[1], "q-invoice_volume": "40"}
    page = second.post(f"{second_base}/{FORM}/{TODAY}", data=sent)
    assert page.status_code == 409
    assert "HubSpot" in page.text
    assert "Salesforce" in page.text
    assert stored(session, "invoice_volume") is None, "nothing of the page is half saved"
    again = {**sent, **dict(re.findall(r'name="(q-crm-(?:version|was))" value="(\w+)"', page.text))}
    assert second.post(f"{second_base}/{FORM}/{TODAY}", data=again).status_code == 302
    kept = stored(session, "crm")
    assert kept is not None
    assert kept.value == "HubSpot"


def test_what_one_person_left_alone_does_not_undo_anothers_answer(
    engagement: Engagement, portal: Callable[..., Any], session: Session
) -> None:
    first, first_base = portal(engagement)
    second, second_base = portal(engagement, "revops_lead")
    html = second.get(f"{second_base}/{FORM}/{TODAY}").text
    hidden = dict(re.findall(r'name="(q-[a-z_]+-(?:version|was))" value="(\w+)"', html))
    first.post(f"{first_base}/{FORM}/{TODAY}", data={"q-crm": "Salesforce"})
    answer = second.post(
        f"{second_base}/{FORM}/{TODAY}", data={**hidden, "q-crm": "", "q-invoice_volume": "40"}
    )
    assert answer.status_code == 302
    kept = stored(session, "crm")
    assert kept is not None
    assert kept.value == "Salesforce"


def test_a_bad_value_is_refused_beside_its_field_and_kept(
    engagement: Engagement, portal: Callable[..., Any], session: Session
) -> None:
    client, base = portal(engagement)
    page = client.post(
        f"{base}/{FORM}/{TODAY}", data={"q-invoice_volume": "many", "q-crm": "HubSpot"}
    )
    assert page.status_code == 422
    assert 'href="#q-invoice_volume"' in page.text
    assert 'value="many"' in page.text
    assert stored(session, "crm") is None


def test_lines_of_the_tool_inventory_are_added_and_removed_without_a_script(
    engagement: Engagement, portal: Callable[..., Any], session: Session
) -> None:
    client, base = portal(engagement)
    page = f"{base}/{FORM}/{UPLOADS}"
    line = {"q-tool_inventory-0-system": "NetSuite", "q-tool_inventory-0-used_for": "Ledger"}
    answer = client.post(page, data={**line, "do": "add:tool_inventory"})
    assert "add=tool_inventory" in answer.location
    assert 'name="q-tool_inventory-1-system"' in client.get(answer.location).text
    html = client.get(page).text
    hidden = dict(re.findall(r'name="(q-tool_inventory-(?:version|was))" value="(\w+)"', html))
    more = {
        **line,
        **hidden,
        "q-tool_inventory-1-system": "Stripe",
        "q-tool_inventory-1-used_for": "Cards",
    }
    client.post(page, data={**more, "do": "drop:tool_inventory:0"})
    kept = stored(session, "tool_inventory")
    assert kept is not None
    assert [row["system"] for row in kept.value] == ["Stripe"]


def upload(client: Any, base: str, name: str, content: bytes) -> Any:
    data = {"q-sample_contract": (io.BytesIO(content), name), "do": "upload:sample_contract"}
    return client.post(f"{base}/{FORM}/{UPLOADS}", data=data, content_type="multipart/form-data")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.pdf", b"", "is empty"),
        ("program.exe", b"MZ....", "cannot be taken"),
        ("picture.pdf", b"\x89PNG\r\n\x1a\n" + b"0" * 64, "is not what its ending says"),
        ("big.pdf", b"%PDF-1.4" + b"0" * 1024 * 1024, "over 1 MB"),
    ],
)  # fmt: skip
def test_a_file_that_may_not_come_in_is_refused_beside_its_field(
    engagement: Engagement, portal: Callable[..., Any], session: Session,
    monkeypatch: pytest.MonkeyPatch,
    name: str, content: bytes, says: str,
) -> None:  # fmt: skip
    monkeypatch.setattr("phases.core.files.LARGEST", 1024 * 1024)
    client, base = portal(engagement)
    page = upload(client, base, name, content)
    assert page.status_code == 422
    assert says in page.text
    assert 'href="#q-sample_contract"' in page.text
    assert session.query(StoredFile).count() == 0


def test_a_full_disk_loses_nothing_that_was_typed(
    engagement: Engagement,
    portal: Callable[..., Any],
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: Any) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("phases.core.files.write", full)
    client, base = portal(engagement)
    data = {
        "q-tool_inventory-0-system": "NetSuite",
        "q-sample_contract": (io.BytesIO(b"%PDF-1.4 hello"), "contract.pdf"),
    }
    page = client.post(f"{base}/{FORM}/{UPLOADS}", data=data, content_type="multipart/form-data")
    assert page.status_code == 503
    assert "the disk is full" in page.text
    assert 'value="NetSuite"' in page.text
    assert session.query(StoredFile).count() == 0


def test_more_than_twenty_files_are_refused(
    engagement: Engagement, portal: Callable[..., Any], session: Session
) -> None:
    client, base = portal(engagement)
    files = [(io.BytesIO(b"%PDF-1.4 hello"), f"{n}.pdf") for n in range(21)]
    page = client.post(
        f"{base}/{FORM}/{UPLOADS}",
        data={"q-sample_contract": files},
        content_type="multipart/form-data",
    )
    assert page.status_code == 422
    assert "20 files are the most" in page.text
    assert session.query(StoredFile).count() == 0


def test_a_file_is_listed_downloaded_and_taken_out_again(
    engagement: Engagement, portal: Callable[..., Any], session: Session
) -> None:
    client, base = portal(engagement)
    assert upload(client, base, "contract.pdf", b"%PDF-1.4 hello").status_code == 302
    row = session.query(StoredFile).one()
    assert row.claimed_by == "Q3.followup.sample_contract"
    html = client.get(f"{base}/{FORM}/{UPLOADS}").text
    assert "contract.pdf" in html
    sent = client.get(f"{base}/files/{row.id}")
    assert sent.data == b"%PDF-1.4 hello"
    assert sent.headers["Content-Disposition"].startswith("attachment")
    other, other_base = portal(engagement, "it_lead")
    assert (
        other.post(
            f"{other_base}/{FORM}/{UPLOADS}", data={"do": f"remove:sample_contract:{row.id}"}
        ).status_code
        == 403
    )
    client.post(f"{base}/{FORM}/{UPLOADS}", data={"do": f"remove:sample_contract:{row.id}"})
    assert "contract.pdf" not in client.get(f"{base}/{FORM}/{UPLOADS}").text
    assert client.get(f"{base}/files/{row.id}").status_code == 404


def test_sending_with_something_missing_names_it(
    engagement: Engagement, portal: Callable[..., Any], session: Session
) -> None:
    client, base = portal(engagement)
    page = client.get(f"{base}/{FORM}/check").text
    assert "Still to answer before you can send it" in page
    assert 'href="' + f"{base}/{FORM}/1#q-billing_tools" in page
    assert client.post(f"{base}/{FORM}/submit").status_code == 422
    assert session.query(FormRecord).count() == 0


def test_a_sent_form_is_read_only_but_takes_files_and_systems(
    engagement: Engagement,
    portal: Callable[..., Any],
    session: Session,
    contact: Callable[..., Contact],
) -> None:
    client, base = portal(engagement)
    fill(session, engagement, contact(engagement).ref)
    assert "Send to Northgate Advisory" in client.get(f"{base}/{FORM}/check").text
    answer = client.post(f"{base}/{FORM}/submit", data={"once": "k1"})
    assert answer.location.endswith("/sent")
    assert client.post(f"{base}/{FORM}/submit", data={"once": "k1"}).location == answer.location
    page = client.get(answer.location).text
    assert "What happens next" in page
    read = client.get(f"{base}/{FORM}").text
    assert "can no longer be changed here" in read
    assert "Ada Architect" in read
    assert client.get(f"{base}/{FORM}/{TODAY}").status_code == 404
    assert upload(client, base, "late.pdf", b"%PDF-1.4 late").status_code == 302
    line = {"q-tool_inventory-0-system": "NetSuite", "q-tool_inventory-0-used_for": "Ledger"}
    assert client.post(f"{base}/{FORM}/{UPLOADS}", data=line).status_code == 302
    assert stored(session, "tool_inventory") is not None
    late = client.get(f"{base}/{FORM}/{UPLOADS}").text
    assert "late.pdf" in late


def test_an_answer_shows_who_gave_it(engagement: Engagement, portal: Callable[..., Any]) -> None:
    first, first_base = portal(engagement)
    first.post(f"{first_base}/{FORM}/{TODAY}", data={"q-crm": "Salesforce"})
    second, second_base = portal(engagement, "revops_lead")
    assert (
        f"Answered by Finance Lead of {engagement.customer}"
        in second.get(f"{second_base}/{FORM}/{TODAY}").text
    )
    assert "Answered by" not in first.get(f"{first_base}/{FORM}/{TODAY}").text


def test_somebody_whose_role_is_not_asked_gets_no_form(
    engagement: Engagement, portal: Callable[..., Any]
) -> None:
    client, base = portal(engagement, "sponsor")
    assert client.get(f"{base}/{FORM}").status_code == 404
    assert (
        client.post(
            f"{base}/{FORM}/answer", data={"autosave_field": "q-crm", "q-crm": "x"}
        ).status_code
        == 404
    )
