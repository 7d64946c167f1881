"""Contracts as six systems export them, and what their files leave open."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from billing.agreements.mapping import ContractMapping
from billing.agreements.reader import Reading, read_contracts
from billing.agreements.recognise import Recognition, recognise
from billing.agreements.words import frequency_of, payment_of, timing_of
from billing.crm.errors import UnfitMapping
from billing.crm.source import Source
from billing.crm.table import open_table
from billing.reading import contract_of


def look(text: str, given: ContractMapping | None = None) -> Recognition:
    return recognise(open_table(Source.of_bytes("x.csv", text.encode())), given)


def read(text: str, **answers: str) -> Reading:
    table = open_table(Source.of_bytes("x.csv", text.encode()))
    found = recognise(table)
    mapping = found.settled
    for key, value in answers.items():
        mapping = mapping.answered(key.replace("__", ":"), value)
    return read_contracts(table, mapping)


SALESFORCE = (
    "Contract Number,Account Name,Contract Start Date,Contract End Date,Product Name,Quantity,"
    "Sales Price,Total Price,Billing Frequency,Payment Terms,Opportunity ID,Status\n"
    '00000101,Acme,1/15/2026,1/14/2027,Platform,1,"1,200.00","1,200.00",Monthly,Net 45,006A,'
    "Activated\n"
    "00000101,Acme,1/15/2026,1/14/2027,Seats,25,40.00,1000.00,Monthly,Net 45,006A,Activated\n"
    "00000102,Borealis,2/1/2026,1/31/2027,Platform,1,900,900,Quarterly,Due on receipt,006B,Draft\n"
    "Copyright (c) 2026 salesforce.com\n"
)
HUBSPOT = (
    "Record ID,Deal Name,Deal Stage,Pipeline,Close Date,Amount,Associated Company,Currency,"
    "Contract Start Date,Contract Term (months)\n"
    "9001,Acme renewal,Closed Won,Sales,2026-01-10 10:00,12000,Acme,EUR,2026-02-01,12\n"
    "9002,Beta,Closed Lost,Sales,2026-01-10 10:00,500,Beta,EUR,2026-02-01,12\n"
)
STRIPE = (
    "id,Customer ID,Customer Description,Plan,Quantity,Currency,Interval,Amount,Status,"
    "Created (UTC),Start (UTC),Current Period Start (UTC),Current Period End (UTC)\n"
    "sub_1,cus_1,Acme,pro,3,usd,month,49.00,active,2026-01-01 09:00,2026-01-05 09:00,"
    "2026-02-05 09:00,2026-03-05 09:00\n"
    "sub_2,cus_2,Beta,pro,1,usd,year,490.00,canceled,2026-01-01 09:00,2026-01-05 09:00,"
    "2026-02-05 09:00,2026-03-05 09:00\n"
)
CHARGEBEE = (
    "customers.id,subscriptions.id,subscriptions.status,subscriptions.mrr,subscriptions.plan_id,"
    "subscriptions.started_at,subscriptions.currency_code,billing period\n"
    "c1,s1,Active,99.00,growth,2026-03-01 00:00:00,EUR,Monthly\n"
)
NETSUITE = (
    "Internal ID;Document Number;Name;Currency;Start Date;End Date;Item;Quantity;Rate;Terms;"
    "Billing Frequency\n"
    "77;SO-1;Dunes;EUR;19.03.2026;18.03.2027;Plan;2;1.250,50;Net 30;Annually\n"
)
QUICKBOOKS = (
    "*InvoiceNo,*Customer,Item(Product/Service),ItemQuantity,ItemRate,Start Date,Interval,Terms,"
    "Currency\n"
    "T-1,Acme,Support,1,250.00,01/31/2026,Every month,Net 15,USD\n"
)


@pytest.mark.parametrize(
    ("text", "system"),
    [(SALESFORCE, "salesforce"), (HUBSPOT, "hubspot"), (STRIPE, "stripe"),
     (CHARGEBEE, "chargebee"), (NETSUITE, "netsuite"), ("Contract,Start,Price\nA,2026-01-01,5\n",
                                                        "plain")],
)  # fmt: skip
def test_the_system_is_told_by_its_titles(text: str, system: str) -> None:
    assert look(text).mapping.system == system


def test_rows_of_one_number_become_lines_of_one_contract() -> None:
    found = read(SALESFORCE, currency="USD", basis="period", ends="last_day")
    (contract,) = found.contracts
    assert contract.terms == {
        "number": "00000101", "customer": "Acme", "currency": "USD", "start": "2026-01-15",
        "end": "2027-01-14", "payment_terms": [{"kind": "net", "days": 45}],
        "lines": [
            {"key": "Platform", "kind": "recurring", "description": "Platform", "price": "1200",
             "frequency": "monthly"},
            {"key": "Seats", "kind": "recurring", "description": "Seats", "price": "40",
             "quantity": "25", "frequency": "monthly"},
        ],
    }  # fmt: skip
    assert contract.rows == (2, 3)
    assert found.left_out == {"contracts in the state “Draft”": 1}
    assert (found.rows, found.problems) == (3, ())
    contract_of(contract.terms)


def test_a_deals_amount_is_asked_about_before_it_is_used() -> None:
    found = look(HUBSPOT)
    keys = {question.key for question in found.questions}
    assert {"basis", "frequency"} <= keys
    assert not found.ready
    (contract,) = read(HUBSPOT, basis="year", frequency="quarterly").contracts
    assert contract.terms["lines"] == [
        {"key": "plan", "kind": "recurring", "frequency": "quarterly", "price": "12000",
         "price_per": "yearly"}
    ]  # fmt: skip
    assert contract.terms["months"] == 12
    (whole,) = read(HUBSPOT, basis="term", frequency="monthly").contracts
    assert whole.terms["lines"][0]["term_amount"] == "12000"


def test_stripe_tells_everything_but_an_end() -> None:
    found = look(STRIPE)
    assert found.ready, found.questions
    reading = read(STRIPE)
    (contract,) = reading.contracts
    assert contract.terms["start"] == "2026-01-05"
    assert "end" not in contract.terms
    (line,) = contract.terms["lines"]
    assert (line["price"], line["quantity"], line["frequency"]) == ("49", "3", "monthly")
    assert reading.left_out == {"contracts in the state “canceled”": 1}


def test_a_title_that_says_mrr_is_a_price_per_month() -> None:
    (contract,) = read(CHARGEBEE).contracts
    assert contract.terms["lines"][0]["price_per"] == "monthly"


def test_comma_decimals_and_day_first_dates_are_told_by_the_file() -> None:
    (contract,) = read(NETSUITE, basis="period").contracts
    assert contract.number == "SO-1"
    assert (contract.terms["start"], contract.terms["end"]) == ("2026-03-19", "2027-03-18")
    assert contract.terms["lines"][0] | {"description": ""} == {
        "key": "Plan", "kind": "recurring", "description": "", "price": "1250.5", "quantity": "2",
        "frequency": "yearly",
    }  # fmt: skip


def test_quickbooks_rows_need_the_column_of_their_number() -> None:
    found = look(QUICKBOOKS)
    assert found.lacking == ("the contract number",)
    table = open_table(Source.of_bytes("x.csv", QUICKBOOKS.encode()))
    mapping = found.settled.answered("column:number", "*InvoiceNo").answered("basis", "period")
    (contract,) = read_contracts(table, mapping).contracts
    assert contract.terms["lines"][0]["frequency"] == "monthly"


HEAD = "Contract Number,Customer,Currency,Start Date,End Date,Price,Billing Frequency\n"
ROW = "C-1,Acme,EUR,2026-01-01,2026-12-31,100,Monthly\n"
BAD: list[tuple[str, str, str]] = [
    ("C-1,Acme,XQZ,2026-01-01,2026-12-31,100,Monthly", "currency", "no currency “XQZ”"),
    ("C-1,Acme,,2026-01-01,2026-12-31,100,Monthly", "currency", "no currency"),
    ("C-1,Acme,EUR,,2026-12-31,100,Monthly", "start", "no start"),
    ("C-1,Acme,EUR,soon,2026-12-31,100,Monthly", "start", "“soon” is no date"),
    ("C-1,Acme,EUR,2026-01-01,2026-02-31,100,Monthly", "end", "is no date"),
    ("C-1,Acme,EUR,2026-01-01,2026-12-31,-5,Monthly", "unit price", "-5 is negative"),
    ("C-1,Acme,EUR,2026-01-01,2026-12-31,lots,Monthly", "unit price", "is no number"),
    ("C-1,Acme,EUR,2026-01-01,2026-12-31,,Monthly", "amount", "there is no price"),
    ("C-1,Acme,EUR,2026-01-01,2026-12-31,100,Fortnightly", "billing frequency", "Fortnightly"),
    ("C-1,Acme,EUR,2026-01-01,2026-12-31,100,", "billing frequency", "no billing frequency"),
    (",Acme,EUR,2026-01-01,2026-12-31,100,Monthly", "contract number", "no contract number"),
    ("C-1,Acme,EUR,2026-01-01,2026-12-31,99999999999999,Monthly", "unit price", "larger than"),
]


@pytest.mark.parametrize(("row", "field", "said"), BAD)
def test_a_row_that_cannot_be_terms_is_refused_by_line_name_and_field(
    row: str, field: str, said: str
) -> None:
    good = "".join(ROW.replace("C-1", f"G-{n}") for n in range(4))
    found = read(HEAD + good + row + "\n", basis="period", ends="last_day")
    (problem,) = found.problems
    assert (problem.row, problem.field) == (6, field)
    assert said in problem.what
    assert len(found.contracts) == 4
    assert (found.rows, found.refused_rows) == (5, 1)


def test_two_contracts_with_one_number_are_both_refused() -> None:
    other = ROW.replace("Acme", "Beta")
    found = read(HEAD + ROW + other + ROW.replace("C-1", "C-2"), basis="period")
    assert [contract.number for contract in found.contracts] == ["C-2"]
    (problem,) = found.problems
    assert (problem.row, problem.name) == (3, "C-1")
    assert "two contracts with one number" in problem.what
    assert found.refused_rows == 2


def test_a_row_that_stands_twice_is_refused() -> None:
    found = read(HEAD + ROW + ROW, basis="period")
    assert found.contracts == ()
    assert "stands twice; the first is on line 2" in found.problems[0].what


def test_every_row_is_accounted_for() -> None:
    rows = ROW + ROW.replace("C-1", "C-2").replace("EUR", "???")
    found = read(HEAD + rows + ROW.replace("C-1", "C-3"), basis="period")
    used = sum(len(contract.rows) for contract in found.contracts)
    assert used + found.refused_rows + sum(found.left_out.values()) == found.rows == 3


def test_the_order_of_dates_is_asked_where_no_day_tells_it() -> None:
    text = HEAD.replace("End Date", "To") + "C-1,Acme,EUR,03/04/2026,,100,Monthly\n"
    found = look(text)
    assert "date:Start Date" in {question.key for question in found.questions}
    assert not found.ready
    table = open_table(Source.of_bytes("x.csv", text.encode()))
    day_first = found.settled.answered("date:Start Date", "day").answered("basis", "period")
    (contract,) = read_contracts(table, day_first).contracts
    assert contract.terms["start"] == "2026-04-03"
    undecided = found.settled.answered("basis", "period")
    assert "nobody has said" in read_contracts(table, undecided).problems[0].what


@pytest.mark.parametrize(
    ("end", "ends", "exclusive", "kept"),
    [("2026-12-31", "last_day", False, "2026-12-31"), ("2027-01-01", "day_after", False,
     "2026-12-31"), ("2026-12-31", "last_day", True, "2027-01-01")],
)  # fmt: skip
def test_an_end_is_written_as_the_conventions_read_it(
    end: str, ends: str, exclusive: bool, kept: str
) -> None:
    text = HEAD + ROW.replace("2026-12-31", end)
    found = look(text)
    assert found.settled.ends == ends
    table = open_table(Source.of_bytes("x.csv", text.encode()))
    mapping = found.settled.answered("basis", "period")
    (contract,) = read_contracts(table, mapping, exclusive=exclusive).contracts
    assert contract.terms["end"] == kept


def test_an_amount_of_several_is_their_price_where_it_divides() -> None:
    text = HEAD.replace("Price", "Amount").replace("\n", ",Quantity\n")
    table = text + "C-1,A,EUR,2026-01-01,,100,Monthly,8\nC-2,A,EUR,2026-01-01,,100,Monthly,3\n"
    one, two = read(table, basis="period").contracts
    assert one.terms["lines"][0]["price"] == "12.5"
    assert two.terms["lines"][0]["price"] == "100"
    assert "quantity" not in two.terms["lines"][0]


def test_minor_units_are_told_by_the_title() -> None:
    text = HEAD.replace("Price", "Price (cents)") + ROW.replace("100", "12345")
    table = open_table(Source.of_bytes("x.csv", text.encode()))
    found = recognise(table)
    assert found.mapping.units == "minor"
    mapping = found.settled.answered("basis", "period")
    assert read_contracts(table, mapping).contracts[0].terms["lines"][0]["price"] == "123.45"


@pytest.mark.parametrize(
    ("text", "terms"),
    [("Net 30", {"kind": "net", "days": 30}), ("30", {"kind": "net", "days": 30}),
     ("NET60", {"kind": "net", "days": 60}), ("45 days", {"kind": "net", "days": 45}),
     ("Due on receipt", {"kind": "on_receipt"}), ("EOM", {"kind": "end_of_month", "days": 0}),
     ("Net 15 EOM", {"kind": "end_of_month", "days": 15}), ("2/10 net 30", None),
     ("Net 999", None), ("whenever", None)],
)  # fmt: skip
def test_payment_terms_in_words(text: str, terms: dict[str, Any] | None) -> None:
    assert payment_of(text) == terms


@pytest.mark.parametrize(
    ("text", "name"),
    [("Monthly", "monthly"), ("  every  month ", "monthly"), ("Semi-Annual", "half_yearly"),
     ("per_two_years", "every_24"), ("One-time", "one_off"), ("often", "")],
)  # fmt: skip
def test_frequencies_in_words(text: str, name: str) -> None:
    assert frequency_of(text) == name


def test_timing_in_words() -> None:
    assert [timing_of(t) for t in ("In Advance", "in arrears", "Postpaid", "hm")] == [
        "advance", "arrears", "arrears", "",
    ]  # fmt: skip


def test_a_mapping_is_kept_and_read_again() -> None:
    mapping = look(SALESFORCE).settled
    assert ContractMapping.from_json(mapping.to_json()) == mapping
    again = look(SALESFORCE, mapping.answered("column:discount", "Quantity"))
    assert again.mapping.columns["discount"] == "Quantity"
    assert "quantity" not in again.mapping.columns


@pytest.mark.parametrize(
    "wrong",
    ["", "[]", '{"version": 2}', '{"version": 1, "odd": 1}', '{"version": 1, "basis": "decade"}',
     '{"version": 1, "columns": {"number": 5}}', '{"version": 1, "columns": {"nose": "x"}}',
     '{"version": 1, "currency": "XQZ"}'],
)  # fmt: skip
def test_what_is_no_mapping_is_refused(wrong: str) -> None:
    with pytest.raises(UnfitMapping):
        ContractMapping.from_json(wrong)


def test_a_mapping_of_other_columns_is_refused() -> None:
    table = open_table(Source.of_bytes("x.csv", (HEAD + ROW).encode()))
    mapping = replace(recognise(table).settled, columns={"number": "Vertrag"})
    with pytest.raises(UnfitMapping):
        read_contracts(table, mapping)
