"""Whatever is amended however, a document is billed in sums that add up, or refused by name."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, get_args

from hypothesis import event, given, settings
from hypothesis import strategies as st

from billing.conventions import Conventions
from billing.errors import Problem, TermsError
from billing.output import expected_json
from billing.reading import document_of

DAYS = st.dates(date(2024, 1, 1), date(2025, 12, 31))
PRICES = st.integers(0, 50_000).map(lambda cents: Decimal(cents) / 100)
FREQUENCIES = st.sampled_from(["weekly", "monthly", "quarterly", "half_yearly", "yearly"])
ANCHORS: list[dict[str, Any]] = [
    {"kind": "contract"}, {"kind": "calendar"}, {"kind": "day", "day": 5},
    {"kind": "day", "day": 3, "month": 9}, {"kind": "date", "date": "2024-05-31"},
]  # fmt: skip
PRICINGS: list[dict[str, Any]] = [
    {"model": "per_unit", "price": "0.3"},
    {"model": "package", "size": 7, "price": "3"},
    {"model": "percentage", "percent": "2", "fixed": "0.3"},
    {"model": "graduated", "tiers": [{"up_to": 10, "unit_price": 1, "flat_fee": 2}, {}]},
    {"model": "volume", "tiers": [{"up_to": 10, "unit_price": 1}, {"unit_price": "0.5"}]},
]
TEXTS = {
    name: choices
    for name, field in Conventions.model_fields.items()
    if (choices := get_args(field.annotation)) and all(isinstance(one, str) for one in choices)
}
CHOICES = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(choices) for name, choices in TEXTS.items()}
)


def lines(key: str) -> st.SearchStrategy[dict[str, Any]]:
    """A recurring or a usage line."""
    shared = {"key": st.just(key), "frequency": FREQUENCIES, "anchor": st.sampled_from(ANCHORS)}
    recurring = st.fixed_dictionaries(
        shared | {
            "kind": st.just("recurring"), "price": PRICES, "quantity": st.integers(1, 9),
            "timing": st.sampled_from(["advance", "arrears"]),
        },
        optional={
            "trial": st.just({"days": 20}), "free": st.just([{"periods": 2}]),
            "price_per": FREQUENCIES, "discounts": st.just([{"percent": "12.5", "periods": 3}]),
            "steps": st.just([{"periods": 2, "price": "5"}, {"quantity": "3"}]),
        },
    )  # fmt: skip
    usage = st.fixed_dictionaries(
        shared | {"kind": st.just("usage"), "pricing": st.sampled_from(PRICINGS)},
        optional={
            "minimum": st.just("20"), "maximum": st.just("40"),
            "records": st.just([{"on": "2024-02-20", "quantity": "12.5"}]),
        },
    )  # fmt: skip
    return st.one_of(recurring, usage)


@st.composite
def amendments(draw: st.DrawFn, key: str) -> dict[str, Any]:
    """An amendment of any kind."""
    on = draw(DAYS)
    more: dict[str, dict[str, Any]] = {
        "change": {"line": "a", "price": draw(PRICES)},
        "add": {"add": draw(lines(key)) | {"records": []}},
        "remove": {"line": "a"},
        "cancel": {},
        "extend": {"end": "2026-12-31"},
        "pause": {"until": on + timedelta(days=draw(st.integers(1, 90)))},
    }
    kind = draw(st.sampled_from(sorted(more)))
    if kind == "add" and more["add"]["add"]["kind"] == "recurring":
        del more["add"]["add"]["records"]
    return {"kind": kind, "on": on, **more[kind]}


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A contract of one or two lines with up to three amendments."""
    contract = {
        "number": "C-1",
        "currency": draw(st.sampled_from(["EUR", "JPY", "KWD"])),
        "start": date(2024, 1, draw(st.integers(1, 31))),
        "end": draw(st.dates(date(2024, 6, 1), date(2025, 12, 31))),
        "lines": [draw(lines("a")), *draw(st.lists(lines("b"), max_size=1))],
        "amendments": [draw(amendments(f"x{n}")) for n in range(draw(st.integers(0, 3)))],
        "taxes": draw(
            st.sampled_from([[], [{"percent": 19}], [{"percent": 19, "inclusive": True}]])
        ),
        "discounts": draw(st.sampled_from([[], [{"amount": "15"}], [{"percent": "10"}]])),
        "commitments": draw(st.sampled_from([[], [{"amount": "500"}]])),
    }
    return {"conventions": draw(CHOICES), "contracts": [contract]}


def invoices(document: dict[str, Any]) -> list[dict[str, Any]] | tuple[Problem, ...]:
    """What is billed, or why nothing is."""
    try:
        (contract,) = expected_json(document_of(document))["contracts"]
    except TermsError as refused:
        return refused.problems
    made: list[dict[str, Any]] = contract["invoices"]
    return made


@given(documents())
@settings(max_examples=150)
def test_a_document_is_billed_in_sums_that_add_up_or_refused(document: dict[str, Any]) -> None:
    found = invoices(document)
    event("refused" if isinstance(found, tuple) else "billed")
    if isinstance(found, tuple):
        assert found
        assert all(problem.row == 1 and problem.name == "C-1" for problem in found)
        return
    netted = document["conventions"].get("credit_form") == "net_in_new_line"
    for invoice in found:
        sums = {name: Decimal(invoice[name]) for name in ("net", "tax", "total", "amount_due")}
        assert sums["net"] + sums["tax"] == sums["total"]
        assert sums["amount_due"] + Decimal(invoice["balance_used"]) == sums["total"]
        assert sum(Decimal(due["amount"]) for due in invoice["dues"]) == sums["amount_due"]
        for line in invoice["lines"]:
            assert line["period_start"][:10] <= line["period_end"][:10]
            assert netted or line["kind"] == "credit" or Decimal(line["amount"]) >= 0
