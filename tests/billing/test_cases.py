"""The published cases of other billing systems, computed by this engine."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from billing.output import expected_json
from billing.reading import document_of
from tests.billing.cases import INCLUSIVE, Case, Fact, changes, dates, stubs, usage

ALL = [*dates.CASES, *stubs.CASES, *changes.CASES, *usage.CASES]


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
    """A sum over all invoices, or a list of one figure of each."""
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
