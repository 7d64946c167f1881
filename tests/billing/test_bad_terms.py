"""Terms that cannot be billed are refused by name, row and field; odd ones are flagged."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billing.errors import TermsError
from billing.expect import expected
from billing.notices import notices
from billing.output import expected_json
from billing.reading import contract_of, document_of
from tests.billing.worlds import terms


def line(**more: Any) -> dict[str, Any]:
    return {"key": "a", "kind": "recurring", "price": "10", **more}


def usage(**more: Any) -> dict[str, Any]:
    return {"key": "u", "kind": "usage", "pricing": {"model": "per_unit", "price": "1"}, **more}


def tiers(*rows: dict[str, Any]) -> dict[str, Any]:
    return usage(pricing={"model": "graduated", "tiers": list(rows)})


def amended(**amendment: Any) -> dict[str, Any]:
    return {"lines": [line()], "amendments": [amendment]}


STEPS = [
    {"start": "2024-02-01", "end": "2024-05-31", "price": "11"},
    {"start": "2024-05-01", "end": "2024-08-31", "price": "12"},
]
BAD: list[tuple[str, dict[str, Any], str]] = [
    ("ends before it starts", {"end": "2023-12-31"},
     "end: the contract ends on 2023-12-31, before it starts on 2024-01-15"),
    ("both end and months", {"months": 3}, "months: an end is given too"),
    ("year 9999", {"end": "9999-12-31"}, "end: the year 9999 is not between"),
    ("a term of centuries", {"end": "2199-12-31"}, "end: the term of more than 100 years"),
    ("no date", {"start": "15.01.2024"}, "start: '15.01.2024' is not a date"),
    ("an epoch", {"start": 1705276800}, "start: 1705276800 is not a date"),
    ("no such day", {"start": "2023-02-29"}, "start: day is out of range"),
    ("unknown currency", {"currency": "EUX"}, "currency: there is no currency 'EUX'"),
    ("negative price", {"lines": [line(price="-10")]}, "lines[0].price: it must not be below 0"),
    ("a float", {"lines": [line(price=10.5)]}, "lines[0].price: 10.5 is not an exact number"),
    ("infinite", {"lines": [line(price="Infinity")]}, "lines[0].price: "),
    ("more decimals than money has", {"lines": [line(price="1e-99999")]}, "lines[0].price: "),
    ("negative quantity", {"lines": [line(quantity="-1")]}, "lines[0].quantity: "),
    ("a trillion and more units", {"lines": [line(quantity="1000000000001")]},
     "lines[0].quantity: "),
    ("overlapping ramps", {"lines": [line(steps=STEPS)]}, "lines[0].steps: ramps overlap"),
    ("a ramp within another, without an end",
     {"lines": [line(steps=[STEPS[0], {"start": "2024-05-01", "price": "12"}])]},
     "lines[0].steps: ramps overlap: one from 2024-02-01 to 2024-05-31, another from 2024-05-01"),
    ("a price with a comma", {"lines": [line(price="1,5")]},
     "lines[0].price: it is not a number. Write it with a decimal point"),
    ("two ramps on one day",
     {"lines": [line(steps=[STEPS[0], {"start": "2024-02-01", "price": "9"}])]},
     "lines[0].steps: ramps overlap: 2 start on 2024-02-01"),
    ("ramps that share a day",
     {"lines": [line(steps=[STEPS[0], {"start": "2024-05-31", "price": "9"}])]},
     "lines[0].steps: ramps overlap on 2024-05-31"),
    ("a gap in a ramp without price",
     {"lines": [{"key": "a", "kind": "recurring", "steps": [
         {"start": "2024-01-15", "end": "2024-03-31", "price": "9"},
         {"start": "2024-05-01", "price": "9"}]}]},
     "lines[0].steps: after 2024-03-31 there is no price"),
    ("a ramp without price that ends early",
     {"lines": [{"key": "a", "kind": "recurring", "steps": [
         {"start": "2024-01-15", "end": "2024-03-31", "price": "9"}]}]},
     "lines[0].steps: after 2024-03-31 there is no price"),
    ("a ramp before the line", {"lines": [line(steps=[{"start": "2023-01-01", "price": "9"}])]},
     "lines[0].steps[0]: it starts on 2023-01-01, before its line"),
    ("a ramp without effect", {"lines": [line(steps=[{"periods": 2}])]},
     "lines[0].steps[0]: it changes nothing"),
    ("a gap in tiers", {"lines": [tiers({"up_to": "10"}, {"from": "12", "unit_price": "1"})]},
     "tier 2 begins at 12 but the one before ends at 10: gap"),
    ("overlapping tiers", {"lines": [tiers({"up_to": "10"}, {"from": "8", "unit_price": "1"})]},
     "tier 2 begins at 8 but the one before ends at 10: overlap"),
    ("falling tiers", {"lines": [tiers({"up_to": "10"}, {"up_to": "5"})]},
     "tier 2 ends at 5, not above 10"),
    ("an open tier amid others", {"lines": [tiers({}, {"up_to": "5"})]},
     "tier 1 has no upper bound though more tiers follow"),
    ("no price", {"lines": [{"key": "a", "kind": "recurring"}]},
     "lines[0].price: there is neither a price nor a term_amount"),
    ("price and amount", {"lines": [line(term_amount="5")]},
     "lines[0].term_amount: a price is given too"),
    ("custom without length", {"lines": [line(frequency="custom")]},
     "lines[0].every: a custom frequency needs"),
    ("length without custom", {"lines": [line(every={"months": 2})]},
     "lines[0].every: it goes with frequency custom"),
    ("two lengths", {"lines": [line(frequency="custom", every={"months": 2, "days": 3})]},
     "lines[0].every: give months, weeks or days"),
    ("anchor without day", {"lines": [line(anchor={"kind": "day"})]},
     "lines[0].anchor: a fixed day needs its day"),
    ("lines of one key", {"lines": [line(), line()]}, "lines: 2 lines have the key 'a'"),
    ("a line before the contract", {"lines": [line(start="2023-01-01")]},
     "lines[0].start: 2023-01-01 lies before the contract's start"),
    ("a line after the contract", {"lines": [line(end="2026-01-01")]},
     "lines[0].end: 2026-01-01 lies after the contract's end"),
    ("usage outside the term",
     {"lines": [usage(records=[{"on": "2025-03-01", "quantity": "1"}])]},
     "lines[0].records[0].on: 2025-03-01 lies outside the line's term"),
    ("a one-off outside the term",
     {"lines": [{"key": "a", "kind": "one_off", "price": "1", "on": "2025-03-01"}]},
     "lines[0].on: 2025-03-01 lies outside the line's term"),
    ("a milestone outside the term",
     {"lines": [{"key": "a", "kind": "milestone", "total": "1", "milestones": [
         {"on": "2024-01-14"}]}]},
     "lines[0].milestones[0].on: 2024-01-14 lies outside the line's term"),
    ("usage in advance", {"lines": [usage(timing="advance")]},
     "lines[0].timing: usage is known, and billed, in arrears only"),
    ("percent and amount", {"discounts": [{"percent": "5", "amount": "5"}]},
     "discounts[0]: give either a percent or an amount"),
    ("a discount of 101 %", {"discounts": [{"percent": "101"}]}, "discounts[0].percent: "),
    ("a discount on no line", {"discounts": [{"percent": "5", "lines": ["x"]}]},
     "discounts[0].lines: the contract has no line 'x'"),
    ("mixed taxes", {"taxes": [{"percent": "5"}, {"percent": "6", "inclusive": True}]},
     "taxes: inclusive and exclusive taxes stand side by side"),
    ("instalments of 90 %",
     {"payment_terms": [{"percent": "50"}, {"percent": "40"}]},
     "payment_terms: several parts need percents that add up to 100"),
    ("amendment before the term", amended(kind="cancel", on="2023-12-01"),
     "amendments[0].on: 2023-12-01 lies outside the term"),
    ("amendment after the term", amended(kind="cancel", on="2025-02-01"),
     "amendments[0].on: 2025-02-01 lies outside the term"),
    ("amendment of no line", amended(kind="change", on="2024-02-01", line="x", price="1"),
     "amendments[0].line: the contract has no line 'x'"),
    ("amendment without line", amended(kind="change", on="2024-02-01", price="1"),
     "amendments[0].line: 'change' needs it"),
    ("amendment of nothing", amended(kind="change", on="2024-02-01", line="a"),
     "amendments[0]: it changes nothing"),
    ("extension backwards", amended(kind="extend", on="2024-02-01", end="2024-03-01"),
     "amendments[0].end: 2024-03-01 is not after the contract's end"),
    ("pause backwards", amended(kind="pause", on="2024-02-02", until="2024-02-01"),
     "amendments[0].until: service resumes on 2024-02-01"),
    ("amendment after cancellation",
     amended(kind="extend", on="2024-03-01", end="2025-12-31") | {"amendments": [
         {"kind": "extend", "on": "2024-03-01", "end": "2025-12-31"},
         {"kind": "cancel", "on": "2024-02-01"}]},
     "amendments[0]: on 2024-03-01 the contract is cancelled already, since 2024-02-01"),
    ("amendment of a removed line",
     {"lines": [line(), line() | {"key": "b"}], "amendments": [
         {"kind": "remove", "on": "2024-02-01", "line": "b"},
         {"kind": "change", "on": "2024-03-01", "line": "b", "price": "1"}]},
     "amendments[1]: on 2024-03-01 the line 'b' is removed already"),
    ("a ramp after the line",
     {"lines": [line(end="2024-06-30", steps=[{"start": "2024-07-01", "price": "9"}])]},
     "lines[0].steps[0]: it starts on 2024-07-01, after its line ends on 2024-06-30"),
    ("usage after the end of its line",
     {"lines": [usage(end="2024-06-30", records=[{"on": "2024-07-01", "quantity": "1"}])]},
     "lines[0].records[0].on: 2024-07-01 lies outside the line's term"),
    ("a change after the end and before the extension",
     {"lines": [line()], "amendments": [
         {"kind": "change", "on": "2025-03-01", "line": "a", "price": "1"},
         {"kind": "extend", "on": "2025-06-01", "end": "2025-12-31"}]},
     "amendments[0].on: on 2025-03-01 the contract had ended, on 2024-12-31; extend it before"),
    ("a change after a term in months",
     {"end": None, "months": 12} | amended(kind="cancel", on="2025-03-01"),
     "amendments[0].on: 2025-03-01 lies outside the term from 2024-01-15 to 2025-01-14"),
    ("an extension that takes back another",
     {"lines": [line()], "amendments": [
         {"kind": "extend", "on": "2024-06-01", "end": "2026-12-31"},
         {"kind": "extend", "on": "2024-07-01", "end": "2025-06-30"}]},
     "amendments[1].end: 2025-06-30 is not after the contract's end 2026-12-31"),
    ("an extension within the months",
     {"end": None, "months": 12} | amended(kind="extend", on="2024-06-01", end="2024-08-31"),
     "amendments[0].end: 2024-08-31 is not after the contract's end 2025-01-14"),
    ("a price of usage that has its own", {"lines": [usage()], "amendments": [
        {"kind": "change", "on": "2024-02-01", "line": "u", "price": "2"}]},
     "amendments[0].price: a usage line has no price to change"),
    ("usage prices of a recurring line",
     amended(kind="change", on="2024-02-01", line="a", pricing={"model": "per_unit", "price": "2"}),
     "amendments[0].pricing: a recurring line has no pricing to change"),
    ("another quantity of an amount for the term",
     {"lines": [{"key": "a", "kind": "recurring", "term_amount": "9"}], "amendments": [
         {"kind": "change", "on": "2024-02-01", "line": "a", "quantity": "2"}]},
     "amendments[0].quantity: the line has an amount for its term"),
    ("a credit of no line",
     {"prior_credits": [{"line": "x", "period_start": "2024-02-01", "amount": "1"}]},
     "prior_credits[0].line: the contract has no line 'x'"),
    ("a payment of no line",
     {"payments": [{"line": "x", "period_start": "2024-02-01", "amount": "1"}]},
     "payments[0].line: the contract has no line 'x'"),
    ("the code for no currency", {"currency": "XXX"}, "currency: there is no currency 'XXX'"),
    ("adding a known key", amended(kind="add", on="2024-02-01", add=line()),
     "amendments[0].add.key: the contract has a line 'a' already"),
    ("an unknown convention", {"conventions": {"proration": "days"}}, "conventions.proration: "),
    ("an unknown choice", {"conventions": {"proration_basis": "weeks"}},
     "conventions.proration_basis: "),
    ("no time zone", {"conventions": {"time_zone": "Mars/Base"}},
     "conventions.time_zone: there is no time zone 'Mars/Base'"),
    ("an unknown field", {"colour": "red"}, "colour: there is no such field"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "said"), [pytest.param(c, s, id=n) for n, c, s in BAD])
def test_bad_terms_are_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(TermsError) as refused:
        document_of({"contracts": [terms("C-0"), terms("C-1") | change]})

    assert "row 2 (C-1): " in str(refused.value)
    assert said in str(refused.value)


def test_every_problem_is_told_at_once_and_none_hides_another_row() -> None:
    bad = [terms("C-1", currency="EUX", end="2023-01-01"), terms("C-2"),
           terms("C-3", lines=[line(price="-1")])]  # fmt: skip
    with pytest.raises(TermsError) as refused:
        document_of({"contracts": bad})

    assert [(p.row, p.name, p.field) for p in refused.value.problems] == [
        (1, "C-1", "currency"), (1, "C-1", "end"), (3, "C-3", "lines[0].price"),
    ]  # fmt: skip


def test_two_contracts_with_one_number_are_both_named() -> None:
    with pytest.raises(TermsError) as refused:
        document_of({"contracts": [terms("C-1"), terms("C-2"), terms("C-1")]})

    assert [problem.row for problem in refused.value.problems] == [1, 3]


def test_a_number_used_twice_is_told_beside_other_faults() -> None:
    with pytest.raises(TermsError) as refused:
        document_of({"contracts": [terms("C-1"), terms("C-1", lines=[line(price="-1")])]})

    assert [(problem.row, problem.field) for problem in refused.value.problems] == [
        (1, "number"), (2, "lines[0].price"), (2, "number"),
    ]  # fmt: skip


def test_a_billion_units_are_billed_exactly_and_flagged() -> None:
    contract = contract_of(terms(lines=[line(quantity="1000000000", price="0.123456")]))

    assert [field for field, _ in notices(contract)] == ["lines[0].quantity"]
    assert expected(contract)[0].subtotal == Decimal("123456000.00")
    shown = expected_json(document_of({"contracts": [terms(lines=[line(quantity="1e9")])]}))
    assert "1,000,000,000 units" in shown["contracts"][0]["notices"][0]["what"]


@pytest.mark.parametrize(
    ("change", "field", "what"),
    [
        ({"currency": "DEM"}, "currency", "no country uses DEM any more"),
        ({"discounts": [{"percent": "5", "start": "2025-02-01"}]}, "discounts[0]",
         "it begins on 2025-02-01, after the contract's end 2024-12-31: nothing comes off"),
        (amended(kind="upgrade", on="2024-03-01", line="a", quantity="2e9"),
         "amendments[0].quantity", "2,000,000,000 units is unusually large"),
        ({"lines": [line()], "amendments": [
            {"kind": "change", "on": "2024-03-01", "line": "a", "price": "2"},
            {"kind": "change", "on": "2024-03-01", "line": "a", "price": "3"}]},
         "amendments[1].price",
         "price is changed twice on 2024-03-01; this one counts, not amendments[0]"),
        ({"lines": [usage(records=[{"on": "2024-04-01", "quantity": "7"}])],
          "amendments": [{"kind": "cancel", "on": "2024-03-01"}]},
         "lines[0].records[0]",
         "7 units of 2024-04-01 are not billed: the line ended on 2024-03-01"),
        ({"lines": [usage(records=[{"on": "2024-03-31", "quantity": "7"}])],
          "amendments": [{"kind": "pause", "on": "2024-03-01", "until": "2024-04-01"}]},
         "lines[0].records[0]",
         "7 units of 2024-03-31 are not billed: the line is paused from 2024-03-01 to 2024-04-01"),
    ],
)  # fmt: skip
def test_oddities_are_flagged(change: dict[str, Any], field: str, what: str) -> None:
    assert notices(contract_of(terms() | change)) == [(field, what)]


def test_a_contract_without_end_needs_a_day_to_bill_through() -> None:
    contract = contract_of({**terms(), "end": None})

    with pytest.raises(TermsError, match=r"the contract has no end\. Give an end, months, or"):
        expected(contract)
    assert len(expected(contract, bill_through=date(2024, 6, 30))) == 6


def test_every_contract_that_cannot_be_billed_is_named() -> None:
    endless = [terms(number) | {"end": None} for number in ("C-1", "C-3")]
    with pytest.raises(TermsError) as refused:
        expected_json(document_of({"contracts": [endless[0], terms("C-2"), endless[1]]}))

    assert [problem.row for problem in refused.value.problems] == [1, 3]


def test_an_empty_term_is_refused_where_ends_are_exclusive() -> None:
    contract = contract_of(
        terms(end="2024-01-15") | {"conventions": {"contract_end_meaning": "exclusive"}}
    )

    with pytest.raises(TermsError, match="the term is empty"):
        expected(contract)


def test_a_quantity_beyond_the_last_tier_is_refused() -> None:
    records = [{"on": "2024-02-01", "quantity": "11"}]
    contract = contract_of(terms(lines=[tiers({"up_to": "10"}) | {"records": records}]))

    with pytest.raises(TermsError, match=r"row 1 .*11 units lie beyond the last tier"):
        expected(contract)


@pytest.mark.parametrize("data", [None, 3, "x", [], {"contracts": None}, {"contracts": [None]}])
def test_what_is_no_document_is_refused(data: Any) -> None:
    with pytest.raises(TermsError):
        document_of(data)
