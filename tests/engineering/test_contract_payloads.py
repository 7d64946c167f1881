"""Versions of contracts become payloads, filled from what was frozen; nobody types it again."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from billing.conventions import DEFAULT
from phases.core.models import Engagement
from phases.engineering.contracts import payloads
from phases.engineering.contracts.models import ContractRecord
from phases.engineering.contracts.services import add_contract, change_terms, remove
from phases.engineering.contracts.terms import contract_under
from phases.mechanisms.page import situation_for

PLAN: dict[str, Any] = {
    "number": "C-1", "customer": "Borealis", "currency": "eur", "start": "2026-01-15",
    "end": "2026-12-31", "payment_terms": [{"kind": "net", "days": 45}],
    "taxes": [{"name": "VAT", "percent": "19", "jurisdiction": "DE"}],
    "lines": [
        {"key": "plan", "kind": "recurring", "price": "300", "quantity": "2",
         "anchor": {"kind": "calendar"}, "trial": {"days": 14}},
        {"key": "calls", "kind": "usage", "included": "100",
         "pricing": {"model": "per_unit", "price": "0.5"}},
    ],
}  # fmt: skip
UPGRADE = {"kind": "upgrade", "line": "plan", "on": "2026-07-01", "quantity": "5"}
REGISTER = payloads.REGISTER
SAID = {"accepted_on": "2026-01-10", "approved_by": "Dana Hill"}


@pytest.fixture
def client(staff: Callable[..., FlaskClient]) -> FlaskClient:
    return staff("architect")


@pytest.fixture
def at(engagement: Engagement) -> str:
    return f"/e/{engagement.slug}"


@pytest.fixture
def plan(session: Session, engagement: Engagement) -> ContractRecord:
    return add_contract(session, engagement, "u1", PLAN, "as signed")


def amended() -> dict[str, Any]:
    return {**copy.deepcopy(PLAN), "amendments": [UPGRADE]}


def ids(session: Session, engagement: Engagement) -> list[int]:
    return [version.id for _, version in payloads.waiting(session, engagement).shown]


def rows(session: Session, engagement: Engagement) -> list[Any]:
    return situation_for(session, engagement).records.rows.get(REGISTER, [])


def test_the_columns_are_filled_from_the_terms() -> None:
    found = payloads.values_of(contract_under(PLAN, DEFAULT))
    assert found == {
        "contract": "C-1", "effective_on": "2026-01-15", "recipients": "Borealis",
        "term": "15 Jan 2026 to 31 Dec 2026",
        "price_lines": "plan: 2 × 300.00 a month, billed monthly in advance. Periods begin with the"
        " calendar. Trial: 14 days.",
        "billing_period": "monthly in advance, with the calendar;"
        " monthly in arrears, on the day the line begins",
        "trial": "Trial: 14 days.",
        "usage_terms": "calls: 0.50 per unit, billed monthly in arrears; 100 units included;"
        " 0 usage records. Periods begin on the day the line begins.",
        "payment_terms": "net 45", "currency": "EUR", "tax_conditions": "VAT (DE) 19%, on top",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "day"),
    [
        (None, PLAN, date(2026, 1, 15)),
        (None, amended(), date(2026, 1, 15)),
        (PLAN, amended(), date(2026, 7, 1)),
        (amended(), PLAN, date(2026, 1, 15)),
        (PLAN, {**PLAN, "customer": "Other"}, date(2026, 1, 15)),
    ],
)
def test_a_version_holds_from_its_amendment_or_from_the_start(
    before: Any, after: Any, day: date
) -> None:
    earlier = contract_under(before, DEFAULT) if before else None
    assert payloads.effective_on(contract_under(after, DEFAULT), earlier) == day


def test_the_register_says_what_is_not_handed_over(
    client: FlaskClient, at: str, plan: ContractRecord
) -> None:
    page = client.get(f"{at}/register/{REGISTER}").text
    assert "1 contract version is not handed over yet" in page
    assert f"{at}/contracts/payloads" in page


@pytest.mark.data
def test_versions_are_handed_over_once_and_an_amendment_names_the_one_before(
    client: FlaskClient, at: str, plan: ContractRecord, session: Session, engagement: Engagement
) -> None:
    change_terms(session, engagement, "u1", plan, amended(), "upgrade")
    session.commit()
    said = {**SAID, "versions": ids(session, engagement)}
    answer = client.post(f"{at}/contracts/payloads", data=said)
    assert answer.location.endswith(f"/register/{REGISTER}")
    first, second = rows(session, engagement)
    assert (first.values["version"], second.values["version"]) == ("1", "2")
    assert first.values["reason"] == "as signed"
    assert "replaces" not in first.values
    assert second.values["replaces"] == [f"{REGISTER}/{first.seed}"]
    assert second.values["effective_on"] == "2026-07-01"
    assert second.values["approved_by"] == "Dana Hill"
    assert len(second.values["terms"]) == 64
    assert ids(session, engagement) == []
    assert client.post(f"{at}/contracts/payloads", data=said).status_code == 422
    assert "not handed over yet" not in client.get(f"{at}/register/{REGISTER}").text
    assert "Nothing is waiting" in client.get(f"{at}/contracts/payloads").text
    assert "VAT (DE) 19%" in client.get(f"{at}/register/{REGISTER}?edit={first.seed}").text


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"accepted_on": ""}, "on which day"),
        ({"accepted_on": "tomorrow"}, "field-error"),
        ({"approved_by": " "}, "who approved it"),
        ({"quote": "c:/quote.pdf"}, "is not a link"),
        ({"versions": []}, "Choose at least one version"),
        ({"versions": ["999999"]}, "Choose at least one version"),
        ({"versions": ["x"]}, "Choose at least one version"),
    ],
)
def test_what_terms_do_not_say_is_asked_for(
    client: FlaskClient, at: str, plan: ContractRecord, session: Session, engagement: Engagement,
    said: dict[str, Any], message: str,
) -> None:  # fmt: skip
    session.commit()
    sent = {**SAID, "versions": ids(session, engagement), **said}
    answer = client.post(f"{at}/contracts/payloads", data=sent)
    assert answer.status_code == 422
    assert message in answer.text
    assert rows(session, engagement) == []


def test_a_removed_contract_and_another_customers_are_not_offered(
    plan: ContractRecord, session: Session, engagement: Engagement, make_engagement: Any
) -> None:
    other = make_engagement("Another")
    assert payloads.waiting(session, other).shown == ()
    assert payloads.count(session, engagement) == 1
    remove(session, engagement, "u1", plan)
    assert payloads.waiting(session, engagement).shown == ()


def test_many_versions_are_shown_fifty_at_a_time(
    client: FlaskClient, at: str, session: Session, engagement: Engagement
) -> None:
    for number in range(53):
        add_contract(session, engagement, "u1", {**PLAN, "number": f"C-{number:03}"})
    session.commit()
    page = client.get(f"{at}/contracts/payloads").text
    assert "53 versions are not handed over; the first 50 are shown." in page
    said = {**SAID, "versions": ids(session, engagement)}
    again = client.post(f"{at}/contracts/payloads", data=said)
    assert again.location.endswith("/contracts/payloads")
    assert payloads.count(session, engagement) == 3
    assert "C-052" in client.get(f"{at}/contracts/payloads?contract=C-052").text
    assert "C-051" not in client.get(f"{at}/contracts/payloads?contract=C-052").text


def test_a_date_that_must_be_given_is_not_called_optional(client: FlaskClient, at: str) -> None:
    page = client.get(f"{at}/register/{REGISTER}").text
    label = page[page.index('for="new-accepted_on"') :]
    assert "optional" not in label[: label.index("</label>")]
    optional = client.get(f"{at}/register/Q16.register.defects").text
    label = optional[optional.index('for="new-retested_on"') :]
    assert label[: label.index("</label>")].count("(optional)") == 1
