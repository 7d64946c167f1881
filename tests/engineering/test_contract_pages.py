"""Contracts on their pages: added, changed part by part, computed, refused by name and field."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

import lxml.html  # type: ignore[import-untyped]
import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core.audit import sha256
from phases.core.models import AuditEvent, Engagement
from phases.engineering.contracts.models import ContractRecord, ContractVersion
from phases.engineering.contracts.services import add_contract, set_conventions

PLAN: dict[str, Any] = {
    "number": "C-1", "customer": "Borealis", "currency": "EUR", "start": "2026-01-15",
    "end": "2026-12-31", "taxes": [{"name": "VAT", "percent": "19"}],
    "lines": [{"key": "plan", "kind": "recurring", "price": "300", "anchor": {"kind": "calendar"}}],
}  # fmt: skip
FORM = {
    "kind": "recurring", "number": "C-9", "customer": "Helios", "currency": "usd",
    "start": "2026-01-01", "end": "2026-12-31", "payment_kind": "net", "payment_days": "30",
    "line-key": "plan", "line-price": "1200", "line-price_per": "yearly",
    "line-frequency": "monthly", "line-timing": "advance", "line-anchor": "contract",
    "line-taxed": "",
}  # fmt: skip


@pytest.fixture
def client(staff: Callable[..., FlaskClient]) -> FlaskClient:
    return staff("architect")


@pytest.fixture
def at(engagement: Engagement) -> str:
    return f"/e/{engagement.slug}/contracts"


@pytest.fixture
def plan(session: Session, engagement: Engagement) -> ContractRecord:
    return add_contract(session, engagement, "u1", PLAN, "as signed")


def versions(session: Session, record: ContractRecord) -> list[ContractVersion]:
    query = select(ContractVersion).where(ContractVersion.contract_id == record.id)
    return list(session.scalars(query.order_by(ContractVersion.number)))


def test_an_empty_list_says_what_to_do(client: FlaskClient, at: str) -> None:
    page = client.get(at).text
    assert "No contract yet" in page
    assert f"{at}/new" in page


def test_a_contract_is_added_by_form(client: FlaskClient, at: str, session: Session) -> None:
    assert client.get(f"{at}/new").status_code == 200
    answer = client.post(f"{at}/new", data=FORM)
    record = session.scalars(select(ContractRecord)).one()
    assert (answer.status_code, answer.location) == (302, f"{at}/{record.id}")
    assert (record.number, record.currency, record.standing) == ("C-9", "USD", "ASSUMED")
    (version,) = versions(session, record)
    assert version.terms["lines"] == [
        {"key": "plan", "kind": "recurring", "price": "1200", "price_per": "yearly",
         "frequency": "monthly", "timing": "advance"}
    ]  # fmt: skip
    page = client.get(answer.location).text
    assert "1,200.00 a year, billed monthly in advance." in page
    assert "its invoices come to the contracted 1,200.00" in page
    assert "net 30" in page


@pytest.mark.parametrize("kind", ["recurring", "one_off", "milestone", "usage"])
def test_each_kind_of_line_has_its_form(client: FlaskClient, at: str, kind: str) -> None:
    page = client.get(f"{at}/new?kind={kind}")
    assert page.status_code == 200
    assert 'name="line-key"' in page.text


LINES: list[tuple[str, dict[str, str], dict[str, Any], str]] = [
    ("one_off", {"price": "500", "on": "2026-02-01"},
     {"price": "500", "on": "2026-02-01"}, "500.00, billed once on 1 Feb 2026."),
    ("milestone", {"total": "900", "milestones-0-name": "Start", "milestones-0-on": "2026-02-01",
                   "milestones-0-percent": "30", "milestones-1-name": "End",
                   "milestones-1-on": "2026-09-01"},
     {"total": "900", "milestones": [{"name": "Start", "on": "2026-02-01", "percent": "30"},
                                     {"name": "End", "on": "2026-09-01"}]},
     "900.00 in 2 parts: Start on 1 Feb 2026 30%; End on 1 Sep 2026 the balance."),
    ("usage", {"model": "graduated", "tiers-0-up_to": "1000", "tiers-0-unit_price": "0.10",
               "tiers-1-unit_price": "0.05", "records": "2026-02-10 1400\n2026-02-11, 100"},
     {"pricing": {"model": "graduated", "tiers": [
         {"up_to": "1000", "unit_price": "0.10", "from": "0"},
         {"unit_price": "0.05", "from": "1000", "up_to": None}]},
      "records": [{"on": "2026-02-10", "quantity": "1400"},
                  {"on": "2026-02-11", "quantity": "100"}]},
     "Graduated: to 1,000 0.10; above 1,000 0.05, billed monthly in arrears; 2 usage records."),
    ("usage", {"model": "package", "size": "100", "price": "9"},
     {"pricing": {"model": "package", "size": "100", "price": "9"}}, "9.00 per package of 100"),
    ("usage", {"model": "percentage", "percent": "2.9", "fixed": "0.30", "minimum": "10"},
     {"pricing": {"model": "percentage", "percent": "2.9", "fixed": "0.30"}, "minimum": "10"},
     "2.9% of money moved plus 0.30 each"),
    ("recurring", {"price": "10", "quantity": "5", "frequency": "custom", "every": "18",
                   "steps-0-periods": "1", "steps-0-quantity": "3", "taxed": "none",
                   "discounts-0-percent": "10", "discounts-0-periods": "2",
                   "anchor": "day", "anchor_day": "1", "trial_days": "14"},
     {"price": "10", "quantity": "5", "frequency": "custom", "every": {"months": 18},
      "steps": [{"periods": 1, "quantity": "3"}], "taxes": [],
      "discounts": [{"percent": "10", "periods": 2}], "anchor": {"kind": "day", "day": 1},
      "trial": {"days": 14}}, "billed every 18 months in advance."),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "typed", "kept", "said"), LINES)
def test_a_line_is_added_and_comes_back_into_its_form(
    client: FlaskClient, at: str, session: Session, plan: ContractRecord, kind: str,
    typed: dict[str, str], kept: dict[str, Any], said: str,
) -> None:  # fmt: skip
    place = f"{at}/{plan.id}/lines/1"
    usual = {"key": "more", "frequency": "monthly", "anchor": "contract", "timing": "advance",
             "aggregation": "sum", "taxed": "", "price_per": "", "version": "1"}  # fmt: skip
    answer = client.post(f"{place}?kind={kind}", data={"kind": kind, **usual, **typed})
    assert answer.status_code == 302, answer.text
    line = versions(session, plan)[-1].terms["lines"][1]
    assert {name: line[name] for name in kept} == kept
    assert said in client.get(f"{at}/{plan.id}").text
    page = client.get(place).text
    again = client.post(place, data=fields_of(page))
    assert again.status_code == 302, again.text
    assert len(versions(session, plan)) == 2  # what was shown, sent back as it stands


def fields_of(page: str) -> dict[str, str]:
    """What a browser would send of the page's form as it stands."""
    (form,) = lxml.html.fromstring(page).xpath("//form[contains(@class, 'terms-form')]")
    return {name: value for name, value in form.form_values() if name != "once"}


def test_what_a_form_does_not_show_stays(
    client: FlaskClient, at: str, session: Session, engagement: Engagement
) -> None:
    line = {**PLAN["lines"][0], "conventions": {"last_stub": "full"},
            "taxes": [{"name": "A", "percent": "5"},
                      {"name": "B", "percent": "7", "on_top_of_previous": True}]}  # fmt: skip
    record = add_contract(session, engagement, "u1", {**PLAN, "lines": [line]})
    place = f"{at}/{record.id}/lines/0"
    sent = fields_of(client.get(place).text) | {"price": "310"}
    assert client.post(place, data=sent).status_code == 302
    assert versions(session, record)[-1].terms["lines"] == [{**line, "price": "310",
                                                             "frequency": "monthly",
                                                             "timing": "advance"}]  # fmt: skip


def test_an_amendment_is_added_and_taken_out(
    client: FlaskClient, at: str, session: Session, plan: ContractRecord
) -> None:
    place = f"{at}/{plan.id}/amendments/0"
    said = {"kind": "upgrade", "on": "2026-06-16", "line": "plan", "price": "400",
            "credit_form": "credit_note", "why": "Bigger plan"}  # fmt: skip
    shown = fields_of(client.get(place).text)
    assert client.post(place, data=shown | said).status_code == 302
    assert versions(session, plan)[-1].terms["amendments"] == [
        {"kind": "upgrade", "on": "2026-06-16", "line": "plan", "price": "400",
         "conventions": {"credit_form": "credit_note"}}
    ]  # fmt: skip
    page = client.get(f"{at}/{plan.id}").text
    assert "Upgrade of plan: price 400.00" in page
    assert "Credit note" in page
    assert "Bigger plan" in page
    assert client.post(f"{place}/remove", data={"version": "2"}).status_code == 302
    assert [one.terms.get("amendments", []) for one in versions(session, plan)][2] == []
    assert versions(session, plan)[2].terms["lines"] == versions(session, plan)[0].terms["lines"]


def test_a_new_line_comes_by_amendment(
    client: FlaskClient, at: str, session: Session, plan: ContractRecord
) -> None:
    said = {"kind": "coterm", "on": "2026-06-16", "add_key": "extra", "add_price": "50"}
    shown = fields_of(client.get(f"{at}/{plan.id}/amendments/0").text)
    assert client.post(f"{at}/{plan.id}/amendments/0", data=shown | said).status_code == 302
    added = versions(session, plan)[-1].terms["amendments"][0]["add"]
    assert added == {"kind": "recurring", "key": "extra", "price": "50", "frequency": "monthly"}
    assert (
        "New line extra, ending and billed with the contract" in client.get(f"{at}/{plan.id}").text
    )


REFUSED: list[tuple[dict[str, str], str, str]] = [
    ({"end": "2025-12-01"}, "end", "before it starts on 2026-01-01"),
    ({"end": "9999-12-31"}, "end", "The year 9999 is not between"),
    ({"currency": "XQZ"}, "currency", "There is no currency"),
    ({"currency": "EURO"}, "currency", "cannot be longer than 3"),
    ({"line-price": "-5"}, "line-price", "Price must not be below 0"),
    ({"line-price": "much"}, "line-price", "Price is not a number"),
    ({"line-price": ""}, "line-price", "neither a price nor a term_amount"),
    ({"line-quantity": "1000000000001"}, "line-quantity", "must not be above"),
    ({"months": "12"}, "months", "An end is given too"),
    ({"line-steps-0-start": "2026-02-01", "line-steps-0-end": "2026-06-30",
      "line-steps-0-price": "5", "line-steps-1-start": "2026-05-01",
      "line-steps-1-end": "2026-08-31", "line-steps-1-price": "6"}, "line-steps", "ramps overlap"),
    ({"taxes-0-name": "VAT", "taxes-0-percent": "-3"}, "taxes-0-percent", "must not be below"),
    ({"payment_kind": "parts", "payment_parts-0-percent": "50", "payment_parts-0-days": "10",
      "payment_parts-1-percent": "20", "payment_parts-1-days": "20"}, "payment_kind",
     "add up to 100"),
    ({"line-frequency": "custom"}, "line-every", "needs the length of its period"),
    ({"number": ""}, "number", "Number is missing"),
    ({"line-discounts-0-name": "Off"}, "line-discounts", "either a percent or an amount"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "field", "said"), REFUSED)
def test_what_cannot_be_billed_is_refused_at_its_field(
    client: FlaskClient, at: str, session: Session, typed: dict[str, str], field: str, said: str
) -> None:
    answer = client.post(f"{at}/new", data=FORM | typed)
    assert answer.status_code == 422
    assert said.casefold() in answer.text.casefold()
    assert shown_at(answer.text, field), field
    assert session.scalars(select(ContractRecord)).all() == []


def shown_at(page: str, field: str) -> bool:
    """Whether an error stands at the field, or at the small table it is in."""
    tree = lxml.html.fromstring(page)
    own = tree.xpath(f"//*[@name='{field}' or @id='{field}']")
    return any(
        each.get("aria-invalid") or "field-invalid" in (each.get("class") or "") for each in own
    )


def test_gaps_in_tiers_and_unreadable_records_are_refused(client: FlaskClient, at: str) -> None:
    usage = {"kind": "usage", "line-model": "volume", "line-aggregation": "sum"}
    tiers = {"line-tiers-0-up_to": "100", "line-tiers-0-unit_price": "1",
             "line-tiers-1-up_to": "50", "line-tiers-1-unit_price": "2"}  # fmt: skip
    answer = client.post(f"{at}/new", data=FORM | usage | tiers)
    assert answer.status_code == 422
    assert "tier 2 ends at 50, not above 100: overlap" in answer.text.casefold()
    answer = client.post(f"{at}/new", data=FORM | usage | {"line-records": "2026-02-01 5\nmany"})
    assert answer.status_code == 422
    assert "Line 2: write a day and a quantity." in answer.text


def test_two_contracts_with_one_number_are_refused_by_name(
    client: FlaskClient, at: str, session: Session, plan: ContractRecord
) -> None:
    answer = client.post(f"{at}/new", data=FORM | {"number": "C-1"})
    assert answer.status_code == 422
    assert "Another contract has the number C-1 (Borealis)" in answer.text
    document = json.dumps({"contracts": [{**PLAN, "number": "C-2"}, PLAN]})
    answer = client.post(f"{at}/new", data={"kind": "json", "terms": document})
    assert answer.status_code == 422
    assert session.scalars(select(ContractRecord.number)).all() == ["C-1"]


def test_contracts_are_added_as_json(client: FlaskClient, at: str, session: Session) -> None:
    document = json.dumps({"contracts": [PLAN, {**PLAN, "number": "C-2"}]})
    assert client.post(f"{at}/new", data={"kind": "json", "terms": document}).status_code == 302
    assert sorted(session.scalars(select(ContractRecord.number))) == ["C-1", "C-2"]


BAD_JSON = [
    ("{", "cannot be read"),
    ("[" * 20000, "cannot be read"),
    ('{"number": 1e999999}', "contract"),
    ('{"contracts": []}', "give 1 to 50 contracts"),
    ("[]", "contract"),
    ("null", "contract"),
    ('{"number": "X", "lines": "none"}', "lines"),
    (json.dumps({**PLAN, "prices": 3}), "prices"),
    (json.dumps({**PLAN, "lines": [{**PLAN["lines"][0], "price": -1}]}), "lines[0].price"),
    (json.dumps({**PLAN, "end": "2099-12-31", "lines": [
        {**PLAN["lines"][0], "key": f"l{n}", "frequency": "custom", "every": {"days": 1}}
        for n in range(9)]}), "invoice lines"),
    (json.dumps({**PLAN, "amendments": [{"kind": "cancel", "on": "2031-01-01"}]}),
     "lies outside the term"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "said"), BAD_JSON)
def test_json_that_cannot_be_billed_is_refused_with_its_path(
    client: FlaskClient, at: str, session: Session, typed: str, said: str
) -> None:
    answer = client.post(f"{at}/new", data={"kind": "json", "terms": typed})
    assert answer.status_code == 422
    assert said.casefold() in answer.text.casefold()
    assert session.scalars(select(ContractRecord)).all() == []


def test_a_billion_units_are_flagged_by_name(
    client: FlaskClient, at: str, session: Session
) -> None:
    answer = client.post(f"{at}/new", data=FORM | {"line-quantity": "1000000000"})
    assert answer.status_code == 302
    assert "1,000,000,000 units is unusually large" in client.get(answer.location).text
    page = client.get(f"{at}?show=flagged").text
    assert "C-9" in page
    assert "Look at it" in page


def test_a_version_is_never_changed_and_can_be_shown(
    client: FlaskClient, at: str, session: Session, plan: ContractRecord
) -> None:
    before = versions(session, plan)[0]
    hash_, terms = before.sha256, dict(before.terms)
    sent = fields_of(client.get(f"{at}/{plan.id}/edit").text) | {"customer": "Borealis AG"}
    assert client.post(f"{at}/{plan.id}/edit", data=sent).status_code == 302
    first, second = versions(session, plan)
    assert (first.sha256, first.terms) == (hash_, terms)
    assert second.terms["customer"] == "Borealis AG"
    page = client.get(f"{at}/{plan.id}?v=1").text
    assert "This is version 1" in page
    assert client.get(f"{at}/{plan.id}?v=3").status_code == 404
    payload = client.get(f"{at}/{plan.id}/terms.json?v=1").data
    assert sha256(payload) == hash_


def test_two_editors_the_later_one_is_told(
    client: FlaskClient, at: str, session: Session, plan: ContractRecord
) -> None:
    sent = fields_of(client.get(f"{at}/{plan.id}/lines/0").text)
    assert client.post(f"{at}/{plan.id}/lines/0", data=sent | {"price": "310"}).status_code == 302
    answer = client.post(f"{at}/{plan.id}/lines/0", data=sent | {"price": "320"})
    assert answer.status_code == 409
    assert "Somebody else saved" in answer.text
    assert len(versions(session, plan)) == 2


def test_a_contract_is_confirmed_and_new_terms_are_assumed_again(
    client: FlaskClient, at: str, session: Session, plan: ContractRecord
) -> None:
    assert client.post(f"{at}/{plan.id}/confirm", data={"version": "1"}).status_code == 302
    assert plan.standing == "CONFIRMED"
    sent = fields_of(client.get(f"{at}/{plan.id}/lines/0").text) | {"price": "310"}
    client.post(f"{at}/{plan.id}/lines/0", data=sent)
    session.refresh(plan)
    assert (plan.standing, plan.version) == ("ASSUMED", 2)
    assert client.post(f"{at}/{plan.id}/confirm", data={"version": "1"}).status_code == 409
    kinds = session.scalars(select(AuditEvent.kind).where(AuditEvent.subject.like("contract/%")))
    assert list(kinds) == ["ContractAdded", "ContractConfirmed", "ContractChanged"]


def test_a_contract_is_removed_and_put_back(
    client: FlaskClient, at: str, session: Session, plan: ContractRecord
) -> None:
    assert client.post(f"{at}/{plan.id}/remove", data={"version": "1"}).status_code == 302
    assert "C-1</a>" not in client.get(at).text
    assert "C-1</a>" in client.get(f"{at}?show=removed").text
    assert "Put it back" in client.get(f"{at}/{plan.id}").text
    answer = client.post(f"{at}/new", data=FORM | {"number": "C-1"})
    assert "which was removed. Put that one back" in answer.text
    assert client.post(f"{at}/{plan.id}/restore").status_code == 302
    assert "C-1</a>" in client.get(at).text


def test_expected_invoices_are_a_table_a_picture_and_files(
    client: FlaskClient, at: str, plan: ContractRecord
) -> None:
    page = client.get(f"{at}/{plan.id}").text
    assert "17 of 31 days of 300.00." in page
    assert 'role="img" aria-label="Contract C-1: 12 invoices from 2026-01-15 to 2026-12-01.' in page
    assert "Proration basis" in page
    csv = client.get(f"{at}/{plan.id}/invoices.csv").data.decode("utf-8-sig").splitlines()
    assert len(csv) == 13
    assert csv[1].startswith("C-1,1,invoice,2026-01-15,2026-02-14,EUR,plan,,2026-01-15,2026-01-31")
    book = load_workbook(BytesIO(client.get(f"{at}/{plan.id}/invoices.xlsx").data))
    first = dict(zip(*([*row] for row in book.worksheets[0].iter_rows(max_row=2)), strict=True))
    cells = {head.value: cell for head, cell in first.items()}
    assert cells["Period to"].value == datetime(2026, 1, 31)  # noqa: DTZ001 - a date
    assert (cells["Amount"].value, cells["Amount"].number_format) == (164.52, "#,##0.00")
    assert client.get(f"{at}/{plan.id}/invoices.pdf").status_code == 404


def test_an_open_contract_is_computed_as_far_as_asked(
    client: FlaskClient, at: str, session: Session, engagement: Engagement
) -> None:
    terms = {name: value for name, value in PLAN.items() if name != "end"}
    record = add_contract(session, engagement, "u1", terms)
    page = client.get(f"{at}/{record.id}?through=2026-03-31").text
    assert "without an end" in page
    assert page.count('id="invoice-') == 3
    assert client.get(f"{at}/{record.id}?through=9999-99-99").status_code == 200


def test_many_invoices_come_in_pages(
    client: FlaskClient, at: str, session: Session, engagement: Engagement
) -> None:
    record = add_contract(session, engagement, "u1", {**PLAN, "end": "2036-12-31"})
    assert client.get(f"{at}/{record.id}").text.count('id="invoice-') == 24
    assert 'id="invoice-132"' in client.get(f"{at}/{record.id}?page=6").text
    assert client.get(f"{at}/{record.id}?page=7").status_code == 404


def test_the_list_is_filtered_sorted_and_counted(
    client: FlaskClient, at: str, session: Session, engagement: Engagement
) -> None:
    for n in range(60):
        add_contract(session, engagement, "u1", {
            **PLAN, "number": f"C-{n:03}", "customer": f"Customer {n % 7}",
            "currency": "USD" if n % 3 else "EUR"})  # fmt: skip
    page = client.get(at).text
    assert "1–50 of 60" in page
    assert "C-049</a>" in page
    assert "C-050</a>" not in page
    assert "C-050</a>" in client.get(f"{at}?page=2").text
    found = client.get(f"{at}?currency=EUR&q=customer+3").text
    assert found.count('<th scope="row">') == 7  # a 3 in the number or in the customer's name
    assert "No contract fits" in client.get(f"{at}?q=%25").text
    assert client.get(f"{at}?sort=-number").text.index("C-059") > 0
    for odd in ("?page=99999", "?page=-1", "?sort=x", "?standing=x", "?show=x", "?currency=%00"):
        assert client.get(at + odd).status_code == 200, odd


# --- conventions ----------------------------------------------------------------------------------


def test_conventions_are_explained_and_chosen(
    client: FlaskClient, at: str, session: Session, plan: ContractRecord
) -> None:
    page = client.get(f"{at}/conventions").text
    assert page.count('class="field convention') == 61
    assert "All are as most systems have them." in page
    sent = {"proration_basis": "thirty_360", "credit_cap": "no", "tolerance": "0.05",
            "currency_decimals": "HUF 0", "unit_price_decimals": "", "version": "0"}  # fmt: skip
    assert client.post(f"{at}/conventions", data=sent).status_code == 302
    page = client.get(f"{at}/{plan.id}").text
    assert "days of 300.00" in page
    assert "17 of 31 days" not in page
    assert "(default: actual days)" in page
    assert client.post(f"{at}/conventions", data=sent).status_code == 409


@pytest.mark.parametrize(
    ("name", "value"),
    [("proration_basis", "guess"), ("time_zone", "Moon/Base"), ("tolerance", "-1"),
     ("credit_cap", "perhaps"), ("invoice_grace_days", "9999"), ("currency_decimals", "HUF"),
     ("unit_price_decimals", "two")],
)  # fmt: skip
def test_a_choice_that_is_none_is_refused_at_its_field(
    client: FlaskClient, at: str, name: str, value: str
) -> None:
    answer = client.post(f"{at}/conventions", data={name: value, "version": "0"})
    assert answer.status_code == 422
    assert f'href="#{name}"' in answer.text
    assert f'value="{value}"' in answer.text or f'id="{name}-error"' in answer.text


def test_terms_that_new_conventions_make_unbillable_say_so(
    client: FlaskClient, at: str, session: Session, engagement: Engagement
) -> None:
    day = {**PLAN, "start": "2026-01-15", "end": "2026-01-15"}
    record = add_contract(session, engagement, "u1", day)
    set_conventions(session, engagement, "u1", {"contract_end_meaning": "exclusive"})
    page = client.get(f"{at}/{record.id}").text
    assert "It cannot be billed under the conventions as they are." in page
    assert "Cannot be billed" in client.get(at).text


# --- who may --------------------------------------------------------------------------------------


def test_an_account_manager_reads_but_does_not_change(
    staff: Callable[..., FlaskClient], at: str, plan: ContractRecord
) -> None:
    manager = staff("account_manager")
    page = manager.get(f"{at}/{plan.id}")
    assert page.status_code == 200
    assert "Edit details" not in page.text
    led = manager.get(f"{at}/{plan.id}/lines/0")
    assert (led.status_code, led.location) == (302, f"{at}/{plan.id}")
    assert manager.post(f"{at}/{plan.id}/confirm").status_code == 403


def test_a_contract_of_another_engagement_is_not_there(
    client: FlaskClient, make_engagement: Callable[..., Engagement], plan: ContractRecord
) -> None:
    other = make_engagement("Other Works")
    assert client.get(f"/e/{other.slug}/contracts/{plan.id}").status_code == 404
    assert client.post(f"/e/{other.slug}/contracts/{plan.id}/confirm").status_code == 404
