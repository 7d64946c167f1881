"""What holds of every contract, whatever its terms."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.billed import Billed, billed
from billing.calendars import add_months
from billing.expect import expected
from billing.invoices import Invoice
from billing.reading import contract_of
from billing.reconcile import Comparison, reconcile, reconcile_sorted
from tests.billing.worlds import real, repriced

STARTS = st.dates(date(2019, 1, 1), date(2029, 12, 31))
FREQUENCIES = st.sampled_from(["weekly", "monthly", "quarterly", "half_yearly", "yearly"])
PRICES = st.decimals("0.01", "99999.99", places=2)
ANCHORS = st.one_of(
    st.just({"kind": "contract"}),
    st.just({"kind": "calendar"}),
    st.integers(1, 31).map(lambda day: {"kind": "day", "day": day}),
)
RULES = st.fixed_dictionaries(
    {
        "month_end_rule": st.sampled_from(["keep_day", "keep_distance", "drift", "last_day"]),
        "leap_day_rule": st.sampled_from(["feb_28", "mar_1"]),
        "first_anchor": st.sampled_from(["next_day", "cycle_before"]),
        "first_stub": st.sampled_from(["prorate", "full", "free", "merge"]),
        "last_stub": st.sampled_from(["prorate", "full", "free", "merge"]),
        "rounding_mode": st.sampled_from(["half_up", "half_even", "down", "up"]),
        "remainder_to": st.sampled_from(["first", "last", "largest"]),
        "trial_zero_invoice": st.just(value=True),
    }
)


@st.composite
def contracts(draw: st.DrawFn) -> dict[str, Any]:
    """A contract of one recurring line over up to four years."""
    anchor: dict[str, Any] = draw(ANCHORS)
    frequency = draw(FREQUENCIES)
    if frequency == "weekly" and "day" in anchor:
        anchor = {"kind": "day", "day": anchor["day"] % 7 + 1}
    start = draw(STARTS)
    return {
        "number": "C-1",
        "currency": draw(st.sampled_from(["EUR", "JPY", "KWD"])),
        "start": start,
        "end": start + timedelta(days=draw(st.integers(0, 1400))),
        "taxes": draw(st.sampled_from([[], [{"percent": "19"}], [{"percent": "8.875"}]])),
        "lines": [
            {
                "key": "plan", "kind": "recurring", "price": draw(PRICES), "anchor": anchor,
                "frequency": frequency, "timing": draw(st.sampled_from(["advance", "arrears"])),
                "quantity": draw(st.integers(1, 40)),
            }
        ],
        "conventions": draw(RULES),
    }  # fmt: skip


def invoices(data: dict[str, Any]) -> tuple[Invoice, ...]:
    return expected(contract_of(data))


def spans(made: tuple[Invoice, ...], line: str = "plan") -> list[tuple[date, date]]:
    every = [one for invoice in made for one in invoice.lines if one.charge.line == line]
    return sorted((one.charge.start, one.charge.end) for one in every)


@given(contracts())
@settings(max_examples=60)
def test_periods_tile_the_term_without_gap_or_overlap(data: dict[str, Any]) -> None:
    found = spans(invoices(data))

    assert found[0][0] == data["start"]
    assert found[-1][1] == data["end"] + timedelta(days=1)
    assert all(one[1] == other[0] for one, other in pairwise(found))
    assert all(start < end for start, end in found)


@given(contracts())
@settings(max_examples=60)
def test_totals_add_up_to_the_minor_unit(data: dict[str, Any]) -> None:
    for invoice in invoices(data):
        assert invoice.net + invoice.tax == invoice.total
        assert invoice.net == sum(line.net for line in invoice.lines)
        assert invoice.tax == sum(line.tax for line in invoice.lines)
        assert invoice.subtotal - invoice.discount == invoice.net
        assert invoice.amount_due + invoice.balance_used == invoice.total
        assert sum(due.amount for due in invoice.dues) == invoice.amount_due
        assert invoice.due_date >= invoice.issue_date


@given(
    STARTS, st.integers(1, 4), PRICES, st.sampled_from(["monthly", "quarterly", "half_yearly"]),
    ANCHORS, st.sampled_from(["first", "last"]), st.integers(1, 30), st.booleans(),
)  # fmt: skip
@settings(max_examples=60)
def test_a_line_sums_to_the_contracted_amount(
    start: date, years: int, price: Decimal, frequency: str, anchor: dict[str, Any], to: str,
    quantity: int, as_total: bool,
) -> None:  # fmt: skip
    amount = price * quantity * years
    priced: dict[str, Any] = {"price": price, "price_per": "yearly", "quantity": quantity}
    if as_total:
        priced = {"term_amount": amount}
    line = {"key": "plan", "kind": "recurring", "frequency": frequency, "anchor": anchor}
    data = {
        "number": "C-1", "currency": "EUR", "start": start, "months": 12 * years,
        "lines": [line | priced], "conventions": {"remainder_to": to},
    }  # fmt: skip
    made = invoices(data)

    assert sum(invoice.total for invoice in made) == amount
    assert spans(made)[-1][1] == add_months(start, 12 * years)


@given(contracts(), st.integers(0, 1400), PRICES, st.integers(1, 40))
@settings(max_examples=60)
def test_an_amendment_and_its_reversal_are_nothing(
    data: dict[str, Any], after: int, price: Decimal, quantity: int
) -> None:
    on = min(data["start"] + timedelta(days=after), data["end"])
    line = data["lines"][0]
    there = {"kind": "change", "on": on, "line": "plan", "price": price, "quantity": quantity}
    back = there | {"price": line["price"], "quantity": line["quantity"]}

    assert invoices(data | {"amendments": [there, back]}) == invoices(data)


@given(contracts(), st.integers(0, 1400), PRICES)
@settings(max_examples=60)
def test_a_change_leaves_what_came_before_it_as_it_was(
    data: dict[str, Any], after: int, price: Decimal
) -> None:
    data["conventions"] |= {"term_balance": "none"}
    on = min(data["start"] + timedelta(days=after), data["end"])
    change = {"kind": "change", "on": on, "line": "plan", "price": price}
    before = [one for one in invoices(data) if one.issue_date < on]
    changed = invoices(data | {"amendments": [change]})

    assert [one for one in changed if one.issue_date < on][: len(before)] == before


AMENDMENTS: dict[str, dict[str, Any]] = {
    "cancel": {},
    "remove": {"line": "plan"},
    "extend": {"end": date(2034, 6, 15)},
    "pause": {"until": date(2034, 6, 15)},
    "add": {"add": {"key": "new", "kind": "recurring", "price": "5"}},
}


@given(
    contracts(), st.sampled_from(sorted(AMENDMENTS)), st.integers(0, 1400), st.booleans(),
    st.booleans(),
)  # fmt: skip
@settings(max_examples=100)
def test_no_amendment_changes_what_was_billed_before_it(
    data: dict[str, Any], kind: str, after: int, spread: bool, committed: bool
) -> None:
    on = min(data["start"] + timedelta(days=after), data["end"])
    data["conventions"] |= {"remainder_to": "last", "last_stub": "prorate"}
    if spread:
        line = data["lines"][0]
        data["lines"] = [{k: v for k, v in line.items() if k not in {"price", "quantity"}}]
        data["lines"][0]["term_amount"] = line["price"]
    if committed:
        data["commitments"] = [{"amount": "300", "frequency": "quarterly"}]
    changed = invoices(data | {"amendments": [{"kind": kind, "on": on} | AMENDMENTS[kind]]})

    assert [one for one in changed if one.issue_date < on] == [
        one for one in invoices(data) if one.issue_date < on
    ]


@given(contracts(), st.integers(0, 1400))
@settings(max_examples=60)
def test_a_cancelled_contract_bills_no_more_than_the_whole(
    data: dict[str, Any], after: int
) -> None:
    on = min(data["start"] + timedelta(days=after), data["end"])
    data["conventions"] |= {"term_balance": "none", "last_stub": "prorate", "first_stub": "prorate"}
    made = invoices(data | {"amendments": [{"kind": "cancel", "on": on}]})

    assert 0 <= sum(one.net for one in made) <= sum(one.net for one in invoices(data))


@given(contracts(), st.randoms())
@settings(max_examples=60)
def test_the_order_of_lines_and_amendments_does_not_matter(
    data: dict[str, Any], shuffle: random.Random
) -> None:
    other = data["lines"][0] | {"key": "other", "price": "7.77"}
    middle = data["start"] + (data["end"] - data["start"]) / 2
    changes = [
        {"kind": "change", "on": middle, "line": "plan", "price": "3.33"},
        {"kind": "change", "on": data["end"], "line": "other", "quantity": "9"},
    ]
    one = data | {"lines": [*data["lines"], other], "amendments": changes}
    lines, amendments = list(one["lines"]), list(changes)
    shuffle.shuffle(lines)
    shuffle.shuffle(amendments)

    assert invoices(one) == invoices(one | {"lines": lines, "amendments": amendments})


ERRORS = ("tax", "proration", "discount", "quantity", "currency", "period", "rounding",
          "stale price", "missing", "unexpected", "duplicate")  # fmt: skip


def world(number: int) -> dict[str, Any]:
    """A contract from mid-month on, with a rise of price and no two causes alike in amount."""
    day = date(2024, 1, 5 + number % 20)
    price = Decimal("41.37") + Decimal(number % 89) * Decimal("1.01")
    return {
        "number": f"C-{number:04}", "currency": "EUR", "start": day, "end": "2024-12-31",
        "taxes": [{"percent": "19"}],
        "lines": [{
            "key": "plan", "kind": "recurring", "price": price, "quantity": 3 + number % 4,
            "anchor": {"kind": "calendar"},
            "steps": [{"start": "2024-07-01", "price": price + Decimal("7.13")}]}],
    }  # fmt: skip


def spoiled(error: str, one: Billed, wanted: list[Billed]) -> list[Billed]:
    """What was billed instead of *one*."""
    right = real(one)
    assert one.net is not None
    assert one.tax is not None
    assert one.source is not None
    charge = one.source.lines[0].charge
    full = charge.unit_price * charge.quantity
    price = charge.unit_price
    changes: dict[str, dict[str, Any]] = {
        "tax": {"tax": one.tax + 3, "total": one.total + 3},
        "proration": repriced(one, full if one.net != full else round(full * 11 / 31, 2)),
        "discount": repriced(one, round(one.net * Decimal("0.85"), 2)),
        "quantity": repriced(one, one.net + price),
        "currency": {"currency": "USD"},
        "period": {"period_start": date(2025, 2, 1), "period_end": date(2025, 3, 1)},
        "rounding": {"net": None, "tax": None, "total": one.total + Decimal("0.01")},
        "stale price": repriced(one, wanted[2].net or "0"),
    }
    if error == "missing":
        return []
    if error == "duplicate":
        return [right, right._replace(number="again", issue_date=date(2024, 12, 30))]
    if error == "unexpected":
        odd = real(one, "odd", period_start=date(2026, 1, 1), issue_date=date(2026, 1, 1),
                   period_end=None, net=None, tax=None, total=Decimal("1.23"))  # fmt: skip
        return [right, odd]
    return [right._replace(**changes[error])]


@given(
    st.integers(0, 400), st.lists(st.sampled_from(ERRORS), min_size=1, max_size=6),
    st.randoms(use_true_random=False),
)  # fmt: skip
@settings(max_examples=60)
def test_any_seeded_error_is_found_and_rightly_classified(
    first: int, errors: list[str], shuffle: random.Random
) -> None:
    wanted: list[Billed] = []
    ones: list[Billed] = []
    told: dict[str, str] = {}
    for place, error in enumerate(errors):
        data = world(first + place)
        own = [billed(one) for one in invoices(data)]
        at = 9 if error == "stale price" else shuffle.choice([0, 3, 8])
        if error == "quantity":
            at = 8
        told[data["number"]] = error
        wanted += own
        for index, one in enumerate(own):
            ones += spoiled(error, one, own) if index == at else [real(one)]
    shuffle.shuffle(ones)

    found = [one for one in reconcile(wanted, ones) if one.outcome != "exact"]
    assert {one.contract: one.causes[0] for one in found} == told
    assert len(found) == len(errors)
    assert all(outcome_of(one) for one in found)


def outcome_of(one: Comparison) -> bool:
    alone = one.causes[0] in {"missing", "unexpected", "duplicate"}
    return one.outcome == (one.causes[0] if alone else "different")


@pytest.mark.parametrize("seed", range(3))
def test_streams_in_order_end_as_heaps_do(seed: int) -> None:
    shuffle = random.Random(seed)
    wanted = [billed(one) for number in range(6) for one in invoices(world(number))]
    ones = [real(one) for one in wanted if shuffle.random() > 0.2]

    assert list(reconcile_sorted(wanted, ones)) == list(reconcile(wanted, ones))


def test_an_extension_leaves_a_first_part_that_stood_alone() -> None:
    """It could not be merged into a period that nobody had agreed yet."""
    data: dict[str, Any] = {
        "number": "C-1", "currency": "EUR", "start": date(2019, 1, 2), "end": date(2019, 3, 31),
        "lines": [{"key": "plan", "kind": "recurring", "price": "90", "frequency": "quarterly",
                   "anchor": {"kind": "calendar"}}],
        "conventions": {"first_stub": "merge"},
    }  # fmt: skip
    extended = data | {
        "amendments": [{"kind": "extend", "on": date(2019, 1, 3), "end": date(2019, 6, 30)}]
    }
    (billed,) = invoices(data)
    first, later = invoices(extended)
    assert first == billed
    assert (later.issue_date, later.total) == (date(2019, 4, 1), Decimal(90))
