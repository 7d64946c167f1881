"""Files of contracts through their pages: asked about, imported, refused row by row."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core import outbox
from phases.core.models import AuditEvent, Engagement, Run
from phases.engineering.contracts import imports
from phases.engineering.contracts.models import ContractImport, ContractRecord, ContractVersion
from phases.engineering.contracts.services import add_contract, set_conventions

HEAD = "Contract Number,Customer,Currency,Start Date,End Date,Price,Billing Frequency,Quantity\n"
ROW = "C-{n},Acme {n},EUR,2026-01-01,2026-12-31,100,Monthly,2\n"


@pytest.fixture
def client(staff: Callable[..., FlaskClient]) -> FlaskClient:
    return staff("architect")


@pytest.fixture
def at(engagement: Engagement) -> str:
    return f"/e/{engagement.slug}/contracts/import"


def send(client: FlaskClient, at: str, text: str | bytes, name: str = "contracts.csv") -> Any:
    data = text.encode() if isinstance(text, str) else text
    return client.post(at, data={"file": (io.BytesIO(data), name)})


def rows(*numbers: int) -> str:
    return HEAD + "".join(ROW.format(n=n) for n in numbers)


def taken(client: FlaskClient, at: str, text: str) -> str:
    """Add the file, answer what it is asked, import it; its page afterwards."""
    place = send(client, at, text).location
    client.post(f"{place}/correct", data={"ask.basis": "period"})
    answer = client.post(f"{place}/take")
    assert answer.status_code == 302, answer.text
    return client.get(place).text


def test_a_file_is_asked_about_before_anything_is_imported(
    client: FlaskClient, at: str, session: Session
) -> None:
    assert client.get(at).status_code == 200
    place = send(client, at, rows(1, 2)).location
    page = client.get(place).text
    assert "What is “Price” for?" in page
    assert "the title says so" in page
    assert client.post(f"{place}/take").status_code == 409
    assert session.scalars(select(ContractRecord)).all() == []


def test_a_file_is_imported_and_accounted_for(
    client: FlaskClient, at: str, session: Session
) -> None:
    page = taken(client, at, rows(1, 2, 3))
    assert "<dt>Contracts added</dt><dd>3</dd>" in page
    records = session.scalars(select(ContractRecord).order_by(ContractRecord.number)).all()
    assert [(r.number, r.customer, r.currency, r.standing) for r in records] == [
        (f"C-{n}", f"Acme {n}", "EUR", "ASSUMED") for n in (1, 2, 3)
    ]
    version = session.scalars(select(ContractVersion)).first()
    assert version is not None
    assert version.terms["lines"][0] | {"description": ""} == {
        "key": "plan", "kind": "recurring", "frequency": "monthly", "price": "100",
        "quantity": "2", "description": "",
    }  # fmt: skip
    assert version.why == "Imported from contracts.csv"
    contracts = client.get(at.replace("/import", "")).text
    assert "2,400.00 EUR" in contracts
    kinds = session.scalars(select(AuditEvent.kind).where(AuditEvent.subject.like("contract-i%")))
    assert list(kinds) == ["ContractFileAdded", "ContractMappingChanged", "ContractsImported"]


def test_how_a_file_is_read_is_remembered(client: FlaskClient, at: str) -> None:
    taken(client, at, rows(1))
    place = send(client, at, rows(2)).location
    assert "What is “Price” for?" not in client.get(place).text
    assert client.post(f"{place}/take").status_code == 302


def test_the_same_file_again_changes_nothing_and_a_mended_one_makes_versions(
    client: FlaskClient, at: str, session: Session
) -> None:
    taken(client, at, rows(1, 2))
    page = taken(client, at, rows(1, 2))
    assert "<dt>As they were</dt><dd>2</dd>" in page
    page = taken(
        client, at, rows(1, 2).replace("C-2,Acme 2,EUR,2026-01-01", "C-2,Acme 2,EUR,2026-02-01")
    )
    assert "<dt>Given new terms</dt><dd>1</dd>" in page
    changed = session.scalars(select(ContractRecord).where(ContractRecord.number == "C-2")).one()
    assert (changed.version, changed.starts_on.isoformat()) == (2, "2026-02-01")


BAD = [
    ("C-9,X,EUR,2026-12-31,2026-01-01,100,Monthly,1", "ends on 2026-01-01, before it starts"),
    ("C-9,X,EUR,2026-01-01,2026-12-31,-100,Monthly,1", "-100 is negative"),
    ("C-9,X,QQQ,2026-01-01,2026-12-31,100,Monthly,1", "no currency “QQQ”"),
    ("C-9,X,EUR,2026-01-01,9999-12-31,100,Monthly,1", "year 9999"),
    ("C-9,X,EUR,2026-01-01,2026-12-31,100,Monthly,5000000000000", "must not be above"),
    ("C-1,X,EUR,2026-01-01,2026-12-31,100,Monthly,1", "two contracts with one number"),
    (",X,EUR,2026-01-01,2026-12-31,100,Monthly,1", "no contract number"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "said"), BAD)
def test_what_cannot_be_billed_is_refused_by_line_and_name_and_the_rest_is_imported(
    client: FlaskClient, at: str, session: Session, row: str, said: str
) -> None:
    page = taken(client, at, rows(1, 2, 3) + row + "\n")
    assert said.casefold() in page.casefold()
    assert '<td class="num" data-label="Line">5</td>' in page
    numbers = set(session.scalars(select(ContractRecord.number)))
    assert numbers >= {"C-2", "C-3"}
    assert "C-9" not in numbers


def test_a_billion_units_are_flagged(client: FlaskClient, at: str) -> None:
    page = taken(client, at, HEAD + ROW.format(n=1).replace(",2\n", ",1000000000\n"))
    assert "1 to look at" in page


def test_a_removed_contract_is_not_brought_back_by_a_file(
    client: FlaskClient, at: str, session: Session, engagement: Engagement
) -> None:
    taken(client, at, rows(1))
    record = session.scalars(select(ContractRecord)).one()
    base = at.replace("/import", "")
    client.post(f"{base}/{record.id}/remove", data={"version": "1"})
    page = taken(client, at, rows(1).replace("100", "200"))
    assert "the contract of this number was removed" in page.casefold()


def test_ends_are_written_as_the_engagements_conventions_read_them(
    client: FlaskClient, at: str, session: Session, engagement: Engagement
) -> None:
    set_conventions(session, engagement, "u1", {"contract_end_meaning": "exclusive"})
    taken(client, at, rows(1))
    record = session.scalars(select(ContractRecord)).one()
    page = client.get(f"{at.replace('/import', '')}/{record.id}").text
    assert "to 1 Jan 2027" in page
    assert page.count('id="invoice-') == 12


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [(b"", "x.csv", "is empty"), (b"Contract Number,Price\n", "x.csv", "no row"),
     (b"\x00\x01", "x.csv", "not what its ending says"), (b"PK\x03\x04rest", "x.xlsx", "not what"),
     (b"Contract Number,Price\nA,1,2,3,4\nB,1\n", "x.csv", "cells"),
     (b"%PDF-1.4 x", "x.pdf", "Choose a CSV or XLSX file")],
)  # fmt: skip
def test_what_is_no_table_is_refused(
    client: FlaskClient, at: str, session: Session, data: bytes, name: str, said: str
) -> None:
    answer = send(client, at, data, name)
    assert answer.status_code == 422
    assert said in answer.text
    assert session.scalars(select(ContractImport)).all() == []


def test_no_file_at_all_is_refused(client: FlaskClient, at: str) -> None:
    answer = client.post(at)
    assert answer.status_code == 422
    assert "Choose a file." in answer.text


def test_columns_are_corrected_by_hand(client: FlaskClient, at: str, session: Session) -> None:
    text = rows(1).replace("Contract Number", "Ref code").replace("Price", "What it costs")
    place = send(client, at, text).location
    assert "cannot be imported without" in client.get(place).text
    said = {"ask.column:number": "Ref code", "ask.column:price": "What it costs",
            "ask.basis": "period", "version": "1"}  # fmt: skip
    assert client.post(f"{place}/correct", data=said).status_code == 302
    assert client.post(f"{place}/take").status_code == 302
    assert session.scalars(select(ContractRecord.number)).all() == ["C-1"]


def test_an_answer_that_is_none_is_refused(client: FlaskClient, at: str) -> None:
    place = send(client, at, rows(1)).location
    answer = client.post(f"{place}/correct", data={"ask.basis": "decade"})
    assert answer.status_code == 422
    answer = client.post(f"{place}/correct", data={"ask.currency": "XQZ"})
    assert "there is no currency" in answer.text.casefold()
    answer = client.post(f"{place}/correct", data={"ask.nose": "x"})
    assert answer.status_code == 422


def test_a_file_is_left_out(client: FlaskClient, at: str) -> None:
    place = send(client, at, rows(1)).location
    assert client.post(f"{place}/drop").status_code == 302
    assert "This file was not imported." in client.get(place).text
    assert client.post(f"{place}/take").status_code == 409


def test_a_large_file_is_read_by_the_worker(
    app: Flask, client: FlaskClient, at: str, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "AT_ONCE", 10)
    place = send(client, at, rows(*range(20)) + "X,,EUR,soon,,5,Monthly,1\n").location
    client.post(f"{place}/correct", data={"ask.basis": "period"})
    assert client.post(f"{place}/take").status_code == 302
    page = client.get(place).text
    assert "data-run=" in page
    assert session.scalars(select(ContractRecord)).all() == []
    outbox.deliver_due(app)
    session.rollback()
    assert session.scalars(select(Run.state)).all() == ["done"]
    page = client.get(place).text
    assert "<dt>Contracts added</dt><dd>20</dd>" in page
    assert "<dt>Rows refused</dt><dd>1</dd>" in page


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """No file is small enough to be looked at while somebody waits."""
    monkeypatch.setattr("billing.crm.source.AT_ONCE", 0)


@pytest.mark.usefixtures("slow")
def test_a_file_that_takes_long_is_looked_at_by_the_worker(
    app: Flask, client: FlaskClient, at: str, session: Session
) -> None:
    place = send(client, at, rows(1, 2)).location
    assert "data-run=" in client.get(place).text
    assert "Being looked at" in client.get(at).text
    assert client.post(f"{place}/take").status_code == 409
    outbox.deliver_due(app)
    assert "What is “Price” for?" in client.get(place).text
    client.post(f"{place}/correct", data={"ask.basis": "period"})
    assert "data-run=" in client.get(place).text
    outbox.deliver_due(app)
    client.post(f"{place}/take")
    assert "<dt>Contracts added</dt><dd>2</dd>" in client.get(place).text
    assert session.scalars(select(Run.state)).all() == ["done", "done"]


@pytest.mark.usefixtures("slow")
def test_a_long_file_that_is_no_table_says_so_and_is_left_out(
    app: Flask, client: FlaskClient, at: str
) -> None:
    place = send(client, at, "nothing here").location
    outbox.deliver_due(app)
    page = client.get(place).text
    assert "no row of column titles" in page
    assert "Try again" in page
    assert client.post(f"{place}/drop").status_code == 302
    assert "This file was not imported." in client.get(place).text


@pytest.mark.data
def test_many_contracts_are_written_on_both_databases(
    client: FlaskClient, at: str, session: Session, engagement: Engagement
) -> None:
    taken(client, at, rows(*range(30)))
    add_contract(session, engagement, "u1", {
        "number": "Z", "currency": "EUR", "start": "2026-01-01", "months": 1,
        "lines": [{"key": "a", "kind": "one_off", "price": "1"}]})  # fmt: skip
    assert len(session.scalars(select(ContractVersion)).all()) == 31


def test_a_file_of_another_engagement_is_not_there(
    client: FlaskClient, at: str, make_engagement: Callable[..., Engagement]
) -> None:
    place = send(client, at, rows(1)).location
    other = make_engagement("Other Works")
    elsewhere = f"/e/{other.slug}/contracts/import/{place.rsplit('/', 1)[1]}"
    assert client.get(elsewhere).status_code == 404
    assert client.post(f"{elsewhere}/take").status_code == 404


def place_of(client: FlaskClient, at: str, text: str) -> tuple[str, str]:
    place = send(client, at, text).location
    return place, client.get(place).text


def price_of(session: Session, number: str) -> Any:
    version = session.scalars(select(ContractVersion).join(
        ContractRecord, ContractRecord.id == ContractVersion.contract_id
    ).where(ContractRecord.number == number)).one()  # fmt: skip
    line = version.terms["lines"][0]
    return line["price"], line.get("price_per")


OTHER = HEAD.replace("Price,", "Fee,").replace("Customer,", "Client,")


def test_each_heading_row_is_read_as_it_was_confirmed_for_it(
    client: FlaskClient, at: str, session: Session
) -> None:
    for head, basis, n in ((HEAD, "period", 1), (OTHER, "year", 2)):
        place, _ = place_of(client, at, head + ROW.format(n=n))
        client.post(f"{place}/correct", data={"ask.basis": basis, "ask.column:price": head.split(
            ",")[5]})  # fmt: skip
        assert client.post(f"{place}/take").status_code == 302
    for head, n in ((HEAD, 3), (OTHER, 4)):
        place, page = place_of(client, at, head + ROW.format(n=n))
        assert "Read as “contracts.csv” was" in page
        client.post(f"{place}/take")
    assert (price_of(session, "C-3"), price_of(session, "C-4")) == (
        ("100", None), ("100", "yearly"))  # fmt: skip


def test_a_column_that_is_new_is_recognised_beside_what_is_remembered(
    client: FlaskClient, at: str, session: Session
) -> None:
    taken(client, at, rows(1))
    more = HEAD.replace("\n", ",Discount Percent\n") + ROW.format(n=2).replace("\n", ",10\n")
    place, page = place_of(client, at, more)
    assert "What is “Price” for?" not in page
    client.post(f"{place}/take")
    version = session.scalars(select(ContractVersion).order_by(ContractVersion.id.desc())).first()
    assert version is not None
    assert version.terms["lines"][0]["discounts"][0]["percent"] == "10"


def test_what_a_file_proves_goes_before_what_is_remembered(
    client: FlaskClient, at: str, session: Session
) -> None:
    day_first = rows(1).replace("2026-01-01", "31/01/2026").replace("2026-12-31", "30/01/2027")
    month_first = rows(2).replace("2026-01-01", "01/31/2026").replace("2026-12-31", "01/30/2027")
    taken(client, at, day_first)
    taken(client, at, month_first)
    found = session.scalars(select(ContractRecord.starts_on).order_by(ContractRecord.number)).all()
    assert [day.isoformat() for day in found] == ["2026-01-31", "2026-01-31"]


def test_an_answer_that_was_given_can_be_given_otherwise(
    client: FlaskClient, at: str, session: Session
) -> None:
    place, _ = place_of(client, at, rows(1))
    client.post(f"{place}/correct", data={"ask.basis": "period"})
    page = client.get(place).text
    assert "How it is read" in page
    client.post(f"{place}/correct", data={"ask.basis": "year"})
    client.post(f"{place}/take")
    assert price_of(session, "C-1") == ("100", "yearly")


def test_nothing_is_remembered_of_another_engagement(
    client: FlaskClient, at: str, make_engagement: Any
) -> None:
    taken(client, at, rows(1))
    other = make_engagement("Borealis")
    _, page = place_of(client, f"/e/{other.slug}/contracts/import", rows(1))
    assert "What is “Price” for?" in page
    assert "Read as" not in page


USAGE = (
    "Contract Number,Customer,Currency,Start Date,Product,Billing Frequency,From Quantity,"
    "To Quantity,Tier Price\n"
    "U-1,Acme,EUR,2026-01-01,Calls,Monthly,1,1000,0.10\n"
    "U-1,Acme,EUR,2026-01-01,Calls,Monthly,1001,,0.05\n"
    "U-2,Beta,EUR,2026-01-01,Calls,Monthly,1,1000,0.10\n"
    "U-2,Beta,EUR,2026-01-01,Calls,Monthly,2001,,0.05\n"
)


def test_tiers_of_usage_are_imported_once_it_is_said_how_they_are_priced(
    client: FlaskClient, at: str, session: Session
) -> None:
    place = send(client, at, USAGE).location
    assert "How are tiers priced?" in client.get(place).text
    assert client.post(f"{place}/take").status_code == 409
    client.post(f"{place}/correct", data={"ask.tiers": "graduated"})
    client.post(f"{place}/take")
    page = client.get(place).text
    assert "leave a gap: one ends at 1000, the next begins at 2001" in page
    version = session.scalars(select(ContractVersion)).one()
    (line,) = version.terms["lines"]
    assert (line["kind"], line["pricing"]["model"]) == ("usage", "graduated")
    assert [tier["unit_price"] for tier in line["pricing"]["tiers"]] == ["0.1", "0.05"]
