"""Which column is what, how dates and amounts are read, and what is asked, not guessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from billing.crm.amounts import UNREADABLE as NO_AMOUNT
from billing.crm.amounts import AmountColumn, read_amount
from billing.crm.dates import MISSING, UNDECIDED, UNREADABLE, DateColumn, read_day
from billing.crm.errors import UnfitMapping
from billing.crm.mapping import Mapping
from billing.crm.recognise import recognise
from billing.crm.states import state_of
from tests.billing.crm.asking import audited, table

SALESFORCE = (
    "Opportunity ID,Opportunity Name,Account Name,Stage,Amount (USD),Close Date,Created Date,"
    "Owner Name\n006A,Deal,Acme,Closed Won,5,2025-03-01,2025-01-01,Ana\n"
)
HUBSPOT = (
    "Record ID;Deal Name;Deal Stage;Pipeline;Close Date;Amount;Deal owner;Create Date;"
    "Associated Company\n1;D;closedwon;Sales;2025-03-01 10:00;5;Ana;2025-01-01 09:30;Acme\n"
)
CONTRACTS = (
    "ContractNumber,AccountId,StartDate,EndDate,ContractTerm,Status,Payment_Terms__c\n"
    "1,A,2025-01-01,2025-12-31,12,Activated,Net 30\n"
)


@pytest.mark.parametrize(
    ("text", "system", "sheet", "some"),
    [
        (SALESFORCE, "salesforce", "deals",
         {"id": "Opportunity ID", "amount": "Amount (USD)", "engage": "Created Date",
          "owner": "Owner Name", "account": "Account Name"}),
        (HUBSPOT, "hubspot", "deals",
         {"id": "Record ID", "account": "Associated Company", "owner": "Deal owner",
          "stage": "Deal Stage", "engage": "Create Date"}),
        (CONTRACTS, "plain", "contracts",
         {"id": "ContractNumber", "term_start": "StartDate", "term_end": "EndDate",
          "term_months": "ContractTerm", "payment_terms": "Payment_Terms__c"}),
    ],
)  # fmt: skip
def test_columns_of_the_usual_systems(
    text: str, system: str, sheet: str, some: dict[str, str]
) -> None:
    found = recognise(table(text))
    assert (found.mapping.system, found.mapping.sheet) == (system, sheet)
    assert some.items() <= dict(found.mapping.columns).items()
    assert {match.confidence for match in found.matches} == {"certain"}


def test_the_currency_in_a_title_is_taken() -> None:
    assert recognise(table(SALESFORCE)).mapping.currency == "USD"


def test_a_title_that_comes_near_is_only_likely_and_the_rest_is_named() -> None:
    found = recognise(table("Deal Name,Our Close Date 2,Shoe size\nA,2025-01-02,42\n"))
    near = next(match for match in found.matches if match.field == "close")
    assert (near.title, near.confidence) == ("Our Close Date 2", "likely")
    assert [column.title for column in found.unrecognised] == ["Shoe size"]
    assert "payment_terms" in found.missing


def test_a_title_whose_cells_hold_something_else_is_asked() -> None:
    found = recognise(table("Deal Name,Closed\nA,TRUE\nB,FALSE\n"))
    assert "close" not in found.mapping.columns
    assert found.questions[0].key == "column:close"


def test_a_mapping_is_corrected_kept_and_used_again() -> None:
    text = "Deal Name,Stage,Sum total,Amount\nA,Won,7,1\n"
    corrected = recognise(table(text)).mapping.with_column("amount", "Sum total")
    kept = Mapping.from_json(corrected.to_json())
    assert kept == corrected
    assert kept.fits(table(text).titles)
    assert not kept.fits(("Deal Name",))
    assert audited(text, mapping=kept).won_amount == {"": Decimal(7)}


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"version": 2}', '{"version": 1, "x": 1}', '{"version": 1, "sheet": "soup"}',
     '{"version": 1, "columns": {"soup": "A"}}', '{"version": 1, "columns": {"amount": 3}}',
     '{"version": 1, "dates": {"A": "year"}}'],
)  # fmt: skip
def test_what_is_no_mapping_is_refused(text: str) -> None:
    with pytest.raises(UnfitMapping):
        Mapping.from_json(text)


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2025-03-04", None, date(2025, 3, 4)),
        ("2025-03-04T23:59:59.000Z", None, date(2025, 3, 4)),
        ("2025-03-04 09:30", None, date(2025, 3, 4)),
        ("2025/3/4", None, date(2025, 3, 4)),
        ("20250304", None, date(2025, 3, 4)),
        ("3/14/2025", None, date(2025, 3, 14)),
        ("14.3.2025", None, date(2025, 3, 14)),
        ("3/4/2025", "month", date(2025, 3, 4)),
        ("3/4/2025", "day", date(2025, 4, 3)),
        ("3/4/25 10:00 PM", "day", date(2025, 4, 3)),
        ("5/5/2025", None, date(2025, 5, 5)),
        ("4 Mar 2025", None, date(2025, 3, 4)),
        ("04-Mar-25", None, date(2025, 3, 4)),
        ("March 4, 2025", None, date(2025, 3, 4)),
        ("4. März 2025", None, date(2025, 3, 4)),
        ("45720", None, date(2025, 3, 4)),
        ("1741046400", None, date(2025, 3, 4)),
        ("1741046400000", None, date(2025, 3, 4)),
        ("3/4/2025", None, UNDECIDED),
        ("14/3/2025", "month", UNREADABLE),
        ("31/2/2025", "day", UNREADABLE),
        ("soon", None, UNREADABLE),
        ("0000-00-00", None, UNREADABLE),
        ("", None, MISSING),
    ],
)  # fmt: skip
def test_dates(text: str, order: str | None, day: date | int) -> None:
    wanted = day.toordinal() if isinstance(day, date) else day
    assert read_day(text, order) == wanted  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "order", "asked", "mixed"),
    [
        (["3/14/2025", "3/4/2025"], "month", False, False),
        (["14/3/2025", "3/4/2025"], "day", False, False),
        (["3/4/2025", "5/6/2025"], None, True, False),
        (["5/5/2025"], None, False, False),
        (["14/3/2025", "3/14/2025", "1/2/2025"], None, True, True),
        (["2025-03-04"], None, False, False),
    ],
)
def test_the_order_of_a_column(
    values: list[str], order: str | None, asked: bool, mixed: bool
) -> None:
    column = DateColumn("d")
    column.look(values)
    assert (column.order, column.must_be_asked, column.mixed) == (order, asked, mixed)


AMBIGUOUS = (
    "Deal Name,Stage,Amount,Create Date,Close Date\n"
    "A,Won,5,01/13/2025,03/04/2025\nB,Won,6,02/13/2025,05/06/2025\n"
)


def test_ambiguous_dates_are_asked_and_nothing_is_drawn_from_them_until_told() -> None:
    report = audited(AMBIGUOUS)
    question = next(q for q in report.recognition.questions if q.key == "date:Close Date")
    assert "03/04/2025" in question.text
    assert (question.assumed, question.hint) == ("", "Other dates of the file are month first.")
    assert [group.label for group in report.structure.by_month] == ["(none)"]
    assert report.structure.cycle is None
    assert report.finding("missing.close") is None

    told = replace(report.recognition.mapping, dates={"Close Date": "day"})
    again = audited(AMBIGUOUS, mapping=told)
    assert [group.label for group in again.structure.by_month] == ["2025-04", "2025-06"]
    assert not again.recognition.questions


@pytest.mark.parametrize(
    ("text", "mark", "value", "currency"),
    [
        ("1234.5", "point", "1234.5", ""),
        ("1,234.56", "point", "1234.56", ""),
        ("1.234,56", "comma", "1234.56", ""),
        ("1 234,56 €", "comma", "1234.56", "EUR"),
        ("1'234.50", "point", "1234.50", ""),
        ("12,34,567", "point", "1234567", ""),
        ("$1,234", "point", "1234", "$"),
        ("-$5.00", "point", "-5.00", "$"),
        ("$(250.00)", "point", "-250.00", "$"),
        ("(1,000)", "point", "-1000", ""),
        ("250-", "point", "-250", ""),
        ("USD 9.99", "point", "9.99", "USD"),
        ("9,99 eur", "comma", "9.99", "EUR"),
        ("5k", "point", "5000", ""),
        (".5", "point", "0.5", ""),
    ],
)
def test_amounts(text: str, mark: str, value: str, currency: str) -> None:
    found = read_amount(text, mark)  # type: ignore[arg-type]
    assert (found.value, found.currency) == (Decimal(value), currency)


@pytest.mark.parametrize(
    "text", ["soup", "1.2.3", "1,23", "1e5", "NaN", "12-3", "5 bananas", "#REF"]
)
def test_what_is_no_amount(text: str) -> None:
    assert read_amount(text, "point").value is NO_AMOUNT


@pytest.mark.parametrize(
    ("values", "mark", "assumed"),
    [
        (["1234", "5"], "point", "point"),
        (["12.50", "1,234"], "point", "point"),
        (["12,5", "1.234"], "comma", "comma"),
        (["1,234,567"], "point", "point"),
        (["1.234,5"], "comma", "comma"),
        (["1,234"], None, "point"),
        (["1.234"], None, "comma"),
        (["0.123"], "point", "point"),
        (["1.25", "1,25"], None, "point"),
    ],
)
def test_the_decimal_mark_of_a_column(values: list[str], mark: str | None, assumed: str) -> None:
    column = AmountColumn("a")
    column.look(values)
    assert (column.mark, column.assumed) == (mark, assumed)


def test_minor_units_are_turned_into_major_ones() -> None:
    text = "Deal Name,Stage,Amount cents,Currency\nA,Won,1999,usd\nB,Won,500,JPY\nC,Won,1500,KWD\n"
    found = recognise(table(text)).mapping.with_column("amount", "Amount cents")
    report = audited(text, mapping=replace(found, minor=True))
    assert report.won_amount == {
        "USD": Decimal("19.99"), "JPY": Decimal(500), "KWD": Decimal("1.500"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("word", "state", "known"),
    [
        ("Won", "won", True), ("Closed Won", "won", True), ("closedwon", "won", True),
        ("Closed - Won", "won", True), ("Activated", "won", True), ("Active", "won", True),
        ("Lost", "lost", True), ("closedlost", "lost", True), ("Cancelled", "lost", True),
        ("Engaging", "open", True), ("Prospecting", "open", True), ("", "open", True),
        ("Negotiation/Review", "open", True), ("Not won yet", "open", True),
        ("Not signed", "open", True), ("Inactive", "open", True), ("Bluebird", "open", False),
    ],
)  # fmt: skip
def test_states(word: str, state: str, known: bool) -> None:
    assert state_of(word) == (state, known)


def test_an_unknown_stage_is_asked_and_can_be_told() -> None:
    text = "Deal Name,Stage,Amount\nA,Bluebird,1\nB,Won,2\n"
    report = audited(text)
    assert report.by_state["won"] == 1
    assert report.recognition.questions[0].key == "stage:Bluebird"
    told = replace(report.recognition.mapping, states={"Bluebird": "won"})
    again = audited(text, mapping=told)
    assert again.by_state["won"] == 2
    assert not again.recognition.questions


def test_an_amount_in_another_currency_is_no_currency() -> None:
    text = "Deal Name,Deal Stage,Amount,Amount in company currency\nA,closedwon,$5.00,6\n"
    found = recognise(table(text)).mapping.columns
    assert found["amount"] == "Amount"
    assert "currency" not in found


def test_the_price_of_a_line_goes_before_the_amount_of_its_deal() -> None:
    text = (
        "Opportunity ID,Stage,Product Name,Amount,Total Price\n"
        "A,Closed Won,Pro,10,6\nA,Closed Won,Add-on,10,4\n"
    )
    report = audited(text)
    assert report.won_amount == {"": Decimal(10)}
    assert report.finding("duplicate.id") is not None
