"""Approving definitions from the portal, with and without a code by mail."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from phases.core.invitations import codes
from phases.core.models import Code, Engagement
from phases.core.settings import Settings
from phases.mechanisms.page import situation_for
from phases.mechanisms.sheet.models import SignOff
from phases.mechanisms.sheet.services import reword

SHEET = "sheet/Q5.sheet.definitions"
INVOICE = "statement-Q5-term-invoice"
DUNNING = "statement-Q5-term-dunning"


@pytest.fixture
def mail_is_set_up(app: Flask) -> Iterator[None]:
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = Settings(firm_name=before.firm_name, smtp_host="mail.example")
    yield
    app.config["SETTINGS"] = before


def seen(html: str) -> dict[str, str]:
    """The hashes that stand on the page."""
    return dict(re.findall(r'name="(statement-[\w-]+-seen)" value="(\w+)"', html))


def reword_invoice(session: Session, engagement: Engagement) -> None:
    s = situation_for(session, engagement)
    reword(session, s, "u1", "Q5.term.invoice", "A document that asks to be paid, in writing.")


def test_yes_and_no_are_signed_with_what_was_read(
    engagement: Engagement, portal: Callable[..., Any], session: Session
) -> None:
    client, base = portal(engagement)
    html = client.get(f"{base}/{SHEET}").text
    assert "weaker proof" in html
    answers = {
        f"{INVOICE}-answer": "yes",
        f"{DUNNING}-answer": "no",
        f"{DUNNING}-comment": "We do not.",
    }
    answer = client.post(f"{base}/{SHEET}", data={**seen(html), **answers})
    signs = {x.statement: x for x in session.query(SignOff)}
    assert set(signs) == {"Q5.term.invoice", "Q5.term.dunning"}
    assert signs["Q5.term.invoice"].approved
    assert not signs["Q5.term.dunning"].approved
    assert signs["Q5.term.dunning"].comment == "We do not."
    assert {x.proof for x in signs.values()} == {"link"}
    page = client.get(answer.location).text
    assert "the version of" in page
    assert signs["Q5.term.invoice"].sha256[:12] not in page
    assert "What remains for you" in page
    assert "RevOps Lead" in page


def test_looking_at_a_sheet_writes_nothing(
    engagement: Engagement, portal: Callable[..., Any], session: Session
) -> None:
    client, base = portal(engagement)
    head = engagement.chain_head
    client.get(f"{base}/{SHEET}")
    assert engagement.chain_head == head
    assert session.query(SignOff).count() == 0


def test_a_no_without_a_comment_is_refused_beside_its_field(
    engagement: Engagement, portal: Callable[..., Any], session: Session
) -> None:
    client, base = portal(engagement)
    html = client.get(f"{base}/{SHEET}").text
    answers = {f"{INVOICE}-answer": "yes", f"{DUNNING}-answer": "no"}
    page = client.post(f"{base}/{SHEET}", data={**seen(html), **answers})
    assert page.status_code == 422
    assert f'href="#{DUNNING}"' in page.text
    assert re.search(rf'id="{INVOICE}-yes"[^>]* checked', page.text), "what was chosen is kept"
    assert session.query(SignOff).count() == 0


def test_signing_nothing_is_refused(engagement: Engagement, portal: Callable[..., Any]) -> None:
    client, base = portal(engagement)
    page = client.post(f"{base}/{SHEET}", data=seen(client.get(f"{base}/{SHEET}").text))
    assert page.status_code == 422
    assert "Answer Yes or No to at least one" in page.text


def test_words_that_change_while_they_are_read_are_not_signed(
    engagement: Engagement, portal: Callable[..., Any], session: Session
) -> None:
    client, base = portal(engagement)
    html = client.get(f"{base}/{SHEET}").text
    reword_invoice(session, engagement)
    answers = {f"{INVOICE}-answer": "no", f"{INVOICE}-comment": "Keep this remark"}
    page = client.post(f"{base}/{SHEET}", data={**seen(html), **answers})
    assert page.status_code == 409
    assert "Keep this remark" in page.text
    assert "in writing" in page.text
    assert session.query(SignOff).count() == 0


def test_only_what_changed_is_asked_again_and_its_changes_are_shown(
    engagement: Engagement, portal: Callable[..., Any], session: Session
) -> None:
    client, base = portal(engagement)
    html = client.get(f"{base}/{SHEET}").text
    every = {name.removesuffix("-seen") + "-answer": "yes" for name in seen(html)}
    client.post(f"{base}/{SHEET}", data={**seen(html), **every})
    assert "You have answered everything" in client.get(f"{base}/{SHEET}").text
    reword_invoice(session, engagement)
    html = client.get(f"{base}/{SHEET}").text
    assert "1 to answer" in html
    assert "<ins>" in html
    assert "changed since you answered" in client.get(f"{base}/").text
    client.post(f"{base}/{SHEET}", data={**seen(html), f"{INVOICE}-answer": "yes"})
    assert session.query(SignOff).filter_by(statement="Q5.term.invoice").count() == 2


@pytest.mark.data
@pytest.mark.usefixtures("mail_is_set_up")
def test_with_mail_a_batch_is_signed_by_a_code(
    engagement: Engagement, portal: Callable[..., Any], session: Session
) -> None:
    client, base = portal(engagement)
    html = client.get(f"{base}/{SHEET}").text
    answers = {
        f"{INVOICE}-answer": "yes",
        f"{DUNNING}-answer": "no",
        f"{DUNNING}-comment": "We do not.",
    }
    answer = client.post(f"{base}/{SHEET}", data={**seen(html), **answers})
    assert answer.location == f"{base}/{SHEET}/code"
    assert session.query(SignOff).count() == 0
    assert "We do not." in client.get(answer.location).text
    digits = codes.mint(session, session.query(Code).one())
    wrong = client.post(answer.location, data={"code": "12 34"})
    assert wrong.status_code == 422
    assert "4 more tries" in wrong.text
    assert "We do not." in client.get(f"{base}/{SHEET}").text, "what was typed is kept"
    done = client.post(answer.location, data={"code": f"{digits[:3]} {digits[3:]}"})
    assert "/signed" in done.location
    assert {x.proof for x in session.query(SignOff)} == {"code"}
    assert session.query(SignOff).count() == 2
    assert client.post(answer.location, data={"code": digits}).status_code == 404


@pytest.mark.usefixtures("mail_is_set_up")
def test_five_wrong_codes_are_the_most(
    engagement: Engagement, portal: Callable[..., Any], session: Session
) -> None:
    client, base = portal(engagement)
    html = client.get(f"{base}/{SHEET}").text
    client.post(f"{base}/{SHEET}", data={**seen(html), f"{INVOICE}-answer": "yes"})
    digits = codes.mint(session, session.query(Code).one())
    wrong = "0" * 6 if digits != "0" * 6 else "1" * 6
    for _ in range(5):
        assert client.post(f"{base}/{SHEET}/code", data={"code": wrong}).status_code == 422
    assert client.post(f"{base}/{SHEET}/code", data={"code": digits}).status_code == 429
    assert "ask for a new one" in client.get(f"{base}/{SHEET}/code").text
    assert client.post(f"{base}/{SHEET}/code/again").status_code == 302
    fresh = codes.mint(session, session.query(Code).order_by(Code.id.desc()).first())  # type: ignore[arg-type]
    assert client.post(f"{base}/{SHEET}/code", data={"code": fresh}).status_code == 302
    assert session.query(SignOff).count() == 1


@pytest.mark.usefixtures("mail_is_set_up")
def test_a_code_does_not_sign_words_that_changed_since(
    engagement: Engagement, portal: Callable[..., Any], session: Session
) -> None:
    client, base = portal(engagement)
    html = client.get(f"{base}/{SHEET}").text
    client.post(f"{base}/{SHEET}", data={**seen(html), f"{INVOICE}-answer": "yes"})
    digits = codes.mint(session, session.query(Code).one())
    reword_invoice(session, engagement)
    page = client.post(f"{base}/{SHEET}/code", data={"code": digits})
    assert page.status_code == 409
    assert session.query(SignOff).count() == 0


def test_a_role_that_does_not_sign_gets_no_sheet(
    engagement: Engagement, portal: Callable[..., Any]
) -> None:
    client, base = portal(engagement, "it_lead")
    assert client.get(f"{base}/{SHEET}").status_code == 404
    assert client.post(f"{base}/{SHEET}").status_code == 404


def test_a_signer_reads_the_certificate_and_nobody_else(
    engagement: Engagement, portal: Callable[..., Any]
) -> None:
    client, base = portal(engagement)
    html = client.get(f"{base}/{SHEET}").text
    assert "certificate" not in html
    said = {**seen(html), f"{INVOICE}-answer": "no", f"{INVOICE}-comment": "Not to us."}
    client.post(f"{base}/{SHEET}", data=said)
    assert f"{base}/{SHEET}/certificate" in client.get(f"{base}/{SHEET}").text
    assert f"{base}/{SHEET}/certificate" in client.get(f"{base}/{SHEET}/signed").text
    page = client.get(f"{base}/{SHEET}/certificate").text
    for words in ("Not complete", "“Not to us.”", "the personal link alone", "as it reads above"):
        assert words in page
    other, elsewhere = portal(engagement, "it_lead")
    assert other.get(f"{elsewhere}/{SHEET}/certificate").status_code == 404
