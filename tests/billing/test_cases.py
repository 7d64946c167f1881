"""The published cases of other billing systems, computed by this engine."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from billing.conventions import DEFAULT, Conventions, merged
from billing.dues import due_date
from billing.money import Purse, rounded
from billing.output import expected_json
from billing.parts import PaymentTerms, iso_day
from billing.proration import days_360
from billing.reading import document_of
from billing.unused_time import capped
from tests.billing.cases import INCLUSIVE, Case, Fact, changes, dates, money, stubs, usage

ALL = [*dates.CASES, *stubs.CASES, *changes.CASES, *usage.CASES, *money.CASES]


def invoices(case: Case) -> list[dict[str, Any]]:
    contract = expected_json(document_of(case.document))["contracts"][0]
    found: list[dict[str, Any]] = contract["invoices"]
    return found


def named(cases: list[Case]) -> list[Any]:
    seen: Counter[str] = Counter(case.id for case in cases)
    place: Counter[str] = Counter()
    parameters = []
    for case in cases:
        place[case.id] += 1
        suffix = f"-{place[case.id]}" if seen[case.id] > 1 else ""
        parameters.append(pytest.param(case, id=case.id + suffix))
    return parameters


@pytest.mark.parametrize("case", named(ALL))
def test_the_lines_are_those_of_the_source(case: Case) -> None:
    made = [line for invoice in invoices(case) for line in invoice["lines"]]
    dated = all(amount is None for _, _, amount in case.lines)
    found: list[Fact] = [
        (line["period_start"], line["period_end"], None if dated else line["amount"])
        for line in made
    ]
    if case.some:
        assert not Counter(case.lines) - Counter(found), found
    else:
        assert sorted(case.lines, key=str) == sorted(found, key=str)


@pytest.mark.parametrize("case", named([case for case in ALL if case.totals]))
def test_the_sums_are_those_of_the_source(case: Case) -> None:
    made = invoices(case)
    for name, wanted in case.totals.items():
        assert sums(made, name) == wanted, made


def sums(made: list[dict[str, Any]], name: str) -> Any:
    """A sum over all invoices, or a list of one figure of each, of each line or each tax."""
    kind, _, field = name.partition(" of each ")
    if field:
        parts = [
            part for invoice in made for part in invoice["lines" if field == "line" else "taxes"]
        ]
        return [str(rounded(Decimal(part[kind]), 2)) for part in parts]
    if name.endswith("s"):
        return [invoice[name.removesuffix("s")] for invoice in made]
    return str(sum(Decimal(invoice[name]) for invoice in made))


@pytest.mark.parametrize(
    ("source", "pricing", "own", "quantity", "amount"),
    [
        pytest.param(source, pricing, own, quantity, amount, id=f"{id_}-{quantity}")
        for id_, source, pricing, own, facts in usage.PRICES
        for quantity, amount in facts
    ],
)
def test_a_quantity_costs_what_the_source_says(
    source: str, pricing: dict[str, Any], own: dict[str, Any], quantity: str, amount: str
) -> None:
    line = usage.metered(pricing, ("2024-01-10", quantity))
    case = Case("price", source, {**usage.MONTH, "lines": [line]}, INCLUSIVE | own, [])

    assert [invoice["subtotal"] for invoice in invoices(case)] == [amount]


@pytest.mark.parametrize(("_id", "source", "terms", "own", "issued", "due"), money.DUE)
def test_an_invoice_is_due_when_the_source_says(
    _id: str, source: str, terms: dict[str, Any], own: dict[str, Any], issued: str, due: str
) -> None:
    found = due_date(iso_day(issued), PaymentTerms.model_validate(terms), merged(DEFAULT, own))

    assert found == iso_day(due), source


@pytest.mark.parametrize(("_id", "currency", "total", "weights", "to", "parts"), money.SPLITS)
def test_a_sum_is_split_as_the_source_says(
    _id: str, currency: str, total: str, weights: tuple[int, ...], to: str, parts: tuple[str, ...]
) -> None:
    purse = Purse(currency, Conventions())
    found = purse.split(Decimal(total), [Fraction(weight) for weight in weights], to)

    assert [str(part) for part in found] == list(parts)


@pytest.mark.parametrize(("_id", "potential", "paid", "already", "credit"), money.CREDITS)
def test_a_credit_never_exceeds_what_was_paid(
    _id: str, potential: str, paid: str, already: str, credit: str
) -> None:
    assert capped(Decimal(potential), Decimal(paid), Decimal(already)) == Decimal(credit)


def test_every_published_case_is_here_or_listed_with_its_reason() -> None:
    ids = {case.id for case in ALL} | {row[0] for row in usage.PRICES}
    ids |= {row[0] for table in (money.DUE, money.SPLITS, money.CREDITS) for row in table}

    assert ids - {"price"} == money.PUBLISHED - set(money.NOT_EXPRESSED)
    assert len(money.PUBLISHED) == 135
    assert set(money.IN_PART) <= ids


def test_a_whole_february_over_thirty_days() -> None:
    start, end = iso_day("2020-02-01"), iso_day("2020-03-01")

    assert ((end - start).days, days_360(start, end, strict=True)) == (29, 30)
