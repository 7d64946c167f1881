"""Invoices as six systems export them are recognised and read, whole or not at all."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.crm.errors import UnfitMapping, UnreadableExport
from billing.crm.source import Source
from billing.exports.grid import Grid, open_grid
from billing.exports.mapping import InvoiceMapping
from billing.exports.reader import Reading, read_invoices
from billing.exports.recognise import Recognition, recognise
from billing.money import iso_digits
from tests.billing.exports.systems import (
    NEW_YORK,
    ONE_CURRENCY,
    ONE_DAY,
    WRITERS,
    Line,
    Made,
    Written,
    some,
)


def grid_of(data: bytes | str, name: str = "export.csv") -> Grid:
    return open_grid(Source.of_bytes(name, data if isinstance(data, bytes) else data.encode()))


def told(data: bytes | str) -> Recognition:
    return recognise(grid_of(data), None, NEW_YORK)


def read(data: bytes | str, answers: dict[str, str] | None = None) -> Reading:
    grid = grid_of(data)
    mapping = recognise(grid, None, NEW_YORK).settled
    for key, value in (answers or {}).items():
        mapping = mapping.answered(key, value)
    return read_invoices(grid, recognise(grid, mapping, NEW_YORK).settled, NEW_YORK)


def faults(data: bytes | str, answers: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(UnreadableExport) as caught:
        read(data, answers)
    return [str(fault) for fault in caught.value.faults]


def facts(reading: Reading) -> list[tuple[object, ...]]:
    return [(one.billed.number, one.billed.contract, one.billed.kind, one.billed.currency,
             one.billed.issue_date, one.billed.total) for one in reading.found]  # fmt: skip


def expected(made: list[Made]) -> list[tuple[object, ...]]:
    return [(one.number, one.contract, "credit_note" if one.credit else "invoice", one.currency,
             one.issue, one.total) for one in made]  # fmt: skip


@pytest.mark.parametrize("system", WRITERS)
def test_every_system_is_recognised(system: str) -> None:
    written = WRITERS[system](some())
    found = told(written.csv(";" if system == "plain" else ","))
    assert found.mapping.system == system.removesuffix(" lines")
    assert not found.lacking


@pytest.mark.parametrize("form", ["csv", "semicolons", "tabs", "bom", "utf-16", "xlsx"])
@pytest.mark.parametrize("system", WRITERS)
def test_every_invoice_is_read_in_every_form(system: str, form: str) -> None:
    made = [one for one in some() if not one.credit or system in {"quickbooks", "netsuite"}]
    written = WRITERS[system](made)
    data = {
        "csv": written.csv, "semicolons": lambda: written.csv(";"),
        "tabs": lambda: written.csv("\t"), "bom": lambda: written.csv(encoding="utf-8-sig"),
        "utf-16": lambda: written.csv("\t", "utf-16"), "xlsx": written.xlsx,
    }[form]()  # fmt: skip
    reading = read(data, written.answers)
    if system == "quickbooks":
        first = made[0].customer
        made.sort(key=lambda one: one.customer != first)
    assert facts(reading) == expected(made)
    assert sum(reading.left_out.values()) == written.nothing


@pytest.mark.parametrize("system", ["stripe", "chargebee", "netsuite", "salesforce", "plain"])
def test_periods_end_where_the_contract_ends_them(system: str) -> None:
    made = some(range(1, 4))
    written = WRITERS[system](made)
    found = [(one.billed.period_start, one.billed.period_end) for one in
             read(written.csv(";"), written.answers).found]  # fmt: skip
    assert found == [(one.start, one.end + ONE_DAY) for one in made]


@pytest.mark.parametrize(
    "system", ["stripe", "chargebee", "quickbooks lines", "salesforce", "plain"]
)
def test_tax_and_net_are_told_apart(system: str) -> None:
    made = some(range(1, 4))
    written = WRITERS[system](made)
    found = [(one.billed.net, one.billed.tax) for one in
             read(written.csv(";"), written.answers).found]  # fmt: skip
    assert found == [(one.net, one.tax) for one in made]


@pytest.mark.parametrize("system", ["chargebee", "quickbooks lines", "netsuite"])
def test_lines_belong_to_their_invoice(system: str) -> None:
    written = WRITERS[system](some(range(1, 4)))
    reading = read(written.csv(), written.answers)
    assert [[line.line for line in one.billed.lines] for one in reading.found] == (
        [["Seats", "Support"]] * 3
    )
    assert reading.lines == 6


amounts = st.integers(1, 10**9)
currencies = st.sampled_from(["USD", "EUR", "JPY", "KWD"])


@st.composite
def documents(draw: st.DrawFn) -> list[Made]:
    made = []
    for n in range(draw(st.integers(1, 6))):
        currency = draw(currencies)
        unit = Decimal(1).scaleb(-iso_digits(currency))
        lines = tuple(
            Line(item, draw(amounts) * unit, draw(amounts) * unit)
            for item in draw(st.lists(st.sampled_from(["A", "B", "C"]), min_size=1, max_size=3))
        )
        start = date(2026, 1, 1) + timedelta(days=draw(st.integers(0, 700)))
        customer = draw(st.sampled_from(["Acme", "Beta & Co", "Ümlaut; GmbH"]))
        end = start + timedelta(days=draw(st.integers(0, 400)))
        made.append(Made(f"N{n}", f"K{draw(st.integers(0, 3))}", customer, start, start, end,
                         currency, lines))  # fmt: skip
    return made


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(documents(), st.sampled_from(sorted(WRITERS)), st.sampled_from([",", ";", "\t"]))
def test_counts_and_sums_add_up_whatever_goes_in(
    made: list[Made], system: str, separator: str
) -> None:
    if system in ONE_CURRENCY:
        made = [replace(one, currency="USD", lines=tuple(
            Line(line.item, line.amount.quantize(Decimal("0.01")), Decimal(0))
            for line in one.lines)) for one in made]  # fmt: skip
    written = WRITERS[system](made)
    data = written.csv(separator)
    asked = recognise(grid_of(data), None, NEW_YORK).questions
    marks = {one.key: "point" for one in asked if one.key.startswith("decimal:")}  # 1.000 dinars
    reading = read(data, marks | written.answers)
    assert Counter(facts(reading)) == Counter(expected(made))
    assert reading.rows == reading.used + sum(reading.left_out.values())
    sums: dict[str, Decimal] = {}
    for one in made:
        sums[one.currency] = sums.get(one.currency, Decimal(0)) + one.total
    assert reading.sums == sums


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=8)


@settings(max_examples=80)
@given(st.lists(st.lists(cells | st.sampled_from(["1", "2026-01-01", "9.99", "Total", "EUR"]),
                         min_size=1, max_size=6), max_size=8))  # fmt: skip
def test_whatever_a_row_holds_it_is_used_left_out_or_refused(rows: list[list[str]]) -> None:
    titles = ["Invoice No", "Contract", "Invoice Date", "Currency", "Total"]
    good = ["1", "C", "2026-01-31", "USD", "10.00"]
    grid = grid_of(Written([titles, good, *rows]).csv())
    try:
        reading = read_invoices(grid, recognise(grid).settled)
    except (UnreadableExport, UnfitMapping):
        return
    assert reading.rows == reading.used + sum(reading.left_out.values())
    assert len(reading.found) == reading.used


HEAD = "Invoice No,Contract,Invoice Date,Currency,Total\n"


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (",C,2026-01-31,USD,10.00", "line 3, column 1: there is no invoice number."),
        ("2,C,,USD,10.00", "line 3, column 3: there is no invoice date."),
        ("2,C,soon,USD,10.00", "line 3, column 3: “soon” is no date that can be read."),
        ("2,C,31/02/2026,USD,10.00", "line 3, column 3: “31/02/2026” is no date that can be read."),
        ("2,,2026-01-31,USD,10.00", "line 3, column 2: there is no contract."),
        ("2,C,2026-01-31,XYZ,10.00", ("line 3, column 4: there is no currency “XYZ”."
         " Use its three letters, such as EUR.")),
        ("2,C,2026-01-31,USD,ten", "line 3, column 5: “ten” is no amount."),
        ("2,C,2026-01-31,USD,", "line 3, column 5: there is no amount."),
        ("2,C,2026-01-31,USD,10.005", ("line 3, column 5: “10.005” has more decimals than USD."
         " Say whether amounts are in cents.")),
        ("2,C,2026-01-31,USD,€10.00", "line 3, column 5: “€10.00” is in EUR, the invoice in USD."),
        ("2,C,2026-01-31,USD,99999999999999.00",
         "line 3, column 5: “99999999999999.00” is more than any invoice comes to."),
        ("2,C,2026-01-31,USD", ("line 3, column 5: the row has 4 cells, and there are 5 column"
         " titles. Complete the row, or put a cell with marks in quotes.")),
        ("2,C,2026-01-31,USD,1,000.00", ("line 3, column 6: the row has 6 cells, and there are 5"
         " column titles. Complete the row, or put a cell with marks in quotes.")),
    ],
)  # fmt: skip
def test_a_fault_is_told_by_line_and_column_and_nothing_is_taken(row: str, fault: str) -> None:
    assert faults(f"{HEAD}1,C,2026-01-31,USD,10.00\n{row}\n") == [fault]


def test_every_fault_of_a_file_is_told_at_once() -> None:
    good = "".join(f"{n},C,2026-01-31,USD,1.00\n" for n in range(1, 5))
    bad = "".join(f"{n},C,soon,XYZ,ten\n" for n in range(5, 8))
    assert len(faults(HEAD + good + bad)) == 9


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ("Invoice No,Contract,Date,Total\n1,C,2026-01-31,10.00\n", "currency"),
        ("Invoice No,Contract,Date,Total\n1,C,2026-01-31,$10.00\n", "currency"),
        (HEAD + "1,C,01/02/2026,USD,10.00\n", "date:Invoice Date"),
        (HEAD + "1,C,13/02/2026,USD,10.00\n2,C,02/13/2026,USD,10.00\n", "date:Invoice Date"),
        (HEAD + "1,C,2026-01-31,USD,1000\n", "units"),
        (HEAD + '1,C,2026-01-31,KWD,"1.000"\n', "decimal:Total"),
        (HEAD + '1,C,2026-01-31,USD,"1,00"\n2,C,2026-01-31,USD,1.00\n', "decimal:Total"),
        ("Type,Invoice No,Contract,Date,Currency,Total\nFrobnicate,1,C,2026-01-31,USD,10.00\n",
         "kind:Frobnicate"),
    ],
)  # fmt: skip
def test_what_the_file_does_not_say_is_asked(data: str, key: str) -> None:
    found = told(data)
    assert key in [question.key for question in found.questions if not question.assumed]
    assert not found.ready


@pytest.mark.parametrize(
    ("code", "text", "units", "total"),
    [
        ("USD", "1200", "minor", "12.00"), ("USD", "1200", "major", "1200"),
        ("JPY", "1200", "", "1200"), ("KWD", "1200", "minor", "1.200"),
        ("usd", "12.00", "", "12.00"), ("USD", "(1.00)", "", "-1.00"),
        ("USD", "-1.00", "", "-1.00"), ("EUR", "1 234.50 €", "", "1234.50"),
        ("CHF", "1'234.50", "", "1234.50"), ("USD", "$(250.00)", "", "-250.00"),
    ],
)  # fmt: skip
def test_units_signs_and_separators(code: str, text: str, units: str, total: str) -> None:
    answers = {"units": units} if units else {}
    reading = read(f"{HEAD}1,C,2026-01-31,{code},{text}\n", answers)
    assert [one.billed.total for one in reading.found] == [Decimal(total)]


@pytest.mark.parametrize(("zone", "day"), [("local", date(2026, 1, 31)), ("utc", date(2026, 2, 1))])
def test_an_instant_in_utc_may_be_another_day_for_the_customer(zone: str, day: date) -> None:
    data = "Number,Subscription,Currency,Total,Date (UTC)\nA,s,usd,1.00,2026-02-01 03:30\n"
    assert "zone" in [question.key for question in told(data).questions]
    assert [one.billed.issue_date for one in read(data, {"zone": zone}).found] == [day]


@pytest.mark.parametrize(
    ("status", "kept"), [("paid", 1), ("open", 1), ("void", 0), ("Draft", 0), ("deleted", 0)]
)
def test_what_asks_nobody_for_money_is_left_out_and_counted(status: str, kept: int) -> None:
    reading = read(
        f"Status,{HEAD}{status},1,C,2026-01-31,USD,10.00\nopen,2,C,2026-01-31,USD,1.00\n"
    )
    assert len(reading.found) == 1 + kept
    assert sum(reading.left_out.values()) == 1 - kept


@pytest.mark.parametrize(
    ("word", "kind", "total"),
    [("Invoice", "invoice", "10.00"), ("Credit Memo", "credit_note", "-10.00"),
     ("CustCred", "credit_note", "-10.00"), ("Payment", None, None)],
)  # fmt: skip
def test_kinds_of_documents(word: str, kind: str | None, total: str | None) -> None:
    reading = read(f"Type,{HEAD}{word},1,C,2026-01-31,USD,10.00\n")
    assert [(one.billed.kind, str(one.billed.total)) for one in reading.found] == (
        [(kind, total)] if kind else []
    )


@pytest.mark.parametrize(
    ("rows", "flag"),
    [
        ("1,C,2026-01-31,USD,10.00\n1,C,2026-02-28,USD,10.00\n", "2 invoices have this number"),
    ],
)
def test_doubtful_invoices_are_flagged_and_kept(rows: str, flag: str) -> None:
    reading = read(HEAD + rows)
    assert len(reading.found) == 2
    assert {problem.what for problem in reading.flags} == {flag}


def test_a_credit_of_an_invoice_that_is_not_there_is_flagged() -> None:
    reading = read(f"Type,{HEAD}Credit Memo,1,C,2026-01-31,USD,10.00\n")
    assert [p.what for p in reading.flags] == ["a credit note without an invoice that it credits"]


def test_lines_that_do_not_add_up_to_the_total_are_flagged() -> None:
    data = (
        "Invoice No,Contract,Invoice Date,Currency,Total,Item,Line Amount\n"
        "1,C,2026-01-31,USD,10.00,A,4.00\n1,C,2026-01-31,USD,10.00,B,5.00\n"
    )
    assert [p.what for p in read(data).flags] == [
        "its lines add up to 9.00, and its total is 10.00"
    ]


def test_a_mapping_survives_as_json_and_refuses_what_it_is_not() -> None:
    mapping = told(WRITERS["stripe"](some()).csv()).mapping
    assert InvoiceMapping.from_json(mapping.to_json()) == mapping
    with pytest.raises(UnfitMapping):
        InvoiceMapping.from_json(json.dumps({"version": 1, "columns": {"nothing": "A"}}))
    with pytest.raises(UnfitMapping):
        mapping.answered("units", "dozens")


def test_a_corrected_column_stands() -> None:
    data = "Invoice No,Contract,Reference,Invoice Date,Currency,Total\n1,C,R,2026-01-31,USD,1.00\n"
    assert [one.billed.contract for one in read(data, {"column:contract": "Reference"}).found] == [
        "R"
    ]


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 x", b"PK\x03\x04broken", b"a", b"a,b\n"])
def test_what_is_no_export_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableExport):
        grid_of(data)
