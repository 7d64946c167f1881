"""Every invoice ends as exact, within tolerance, different, missing, unexpected or duplicate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from billing.billed import Billed, billed, flagged, real_invoices
from billing.errors import InvoiceError
from billing.expect import expected
from billing.reading import contract_of
from billing.reconcile import MONTHLY, Comparison, Settings, reconcile, reconcile_sorted
from billing.summary import Summary
from tests.billing.worlds import due, line, real, repriced, terms, told

Seed = Callable[[list[Billed], list[Billed]], list[Billed]]
RAMP: dict[str, Any] = {"lines": [{
    "key": "seat", "kind": "recurring", "price": "40", "quantity": "3",
    "steps": [{"periods": 6, "price": "33"}, {"price": "41.50"}]}]}  # fmt: skip
DISCOUNTED: dict[str, Any] = {"discounts": [{"percent": "12.5"}]}


def settled(data: dict[str, Any], seed: Seed, settings: Settings | None = None) -> list[Comparison]:
    """What remains to be said after *seed* spoiled what was billed."""
    wanted = due(data)
    real_ones = seed(wanted, [real(one) for one in wanted])
    return [
        one
        for one in reconcile(wanted, real_ones, settings or Settings())
        if one.outcome != "exact"
    ]


def at(place: int, **other: Any) -> Seed:
    """One real invoice says something else."""

    def seed(_w: list[Billed], billed_: list[Billed]) -> list[Billed]:
        billed_[place] = billed_[place]._replace(**other)
        return billed_

    return seed


def net(place: int, amount: str) -> Seed:
    """One real invoice has another net, and the tax that follows."""
    return lambda wanted, ones: at(place, **repriced(wanted[place], amount))(wanted, ones)


def shifted(_w: list[Billed], ones: list[Billed]) -> list[Billed]:
    ones[4] = ones[4]._replace(period_start=date(2024, 6, 1), period_end=date(2024, 7, 1))
    return ones


def without(_w: list[Billed], ones: list[Billed]) -> list[Billed]:
    return ones[:4] + ones[5:]


def twice(_w: list[Billed], ones: list[Billed]) -> list[Billed]:
    return [*ones, ones[4]._replace(number="R-again", issue_date=date(2024, 5, 9))]


def more(_w: list[Billed], ones: list[Billed]) -> list[Billed]:
    extra = ones[4]._replace(
        number="R-more", total=Decimal("77.77"), net=None, tax=None,
        period_start=date(2025, 6, 1), period_end=None, issue_date=date(2025, 6, 1),
    )  # fmt: skip
    return [*ones, extra]


def whole(place: int, amount: str) -> Seed:
    """One real invoice tells nothing but another total."""
    return at(place, total=Decimal(amount), net=None, tax=None)


SUPPORT = {"key": "support", "kind": "recurring", "price": "20", "anchor": {"kind": "calendar"}}
TWO: dict[str, Any] = {"lines": [*terms()["lines"], SUPPORT]}


# 3 × 40.37 = 121.11, tax 23.01, total 144.12; first part 17 of 31 days = 66.41
@pytest.mark.parametrize(
    ("data", "seed", "outcome", "cause"),
    [
        (terms(), at(4, tax=Decimal("20.59"), total=Decimal("141.70")), "different", "tax"),
        (terms(), at(4, tax=Decimal(0), total=Decimal("121.11")), "different", "tax"),
        (terms(), at(4, net=None, tax=None, total=Decimal("121.11")), "different", "tax"),
        (terms(), at(4, net=Decimal("118.11"), tax=Decimal("26.01")), "different", "tax"),
        (terms(), net(0, "121.11"), "different", "proration"),
        (terms(), net(0, "62.51"), "different", "proration"),
        (terms(), net(4, "62.51"), "different", "proration"),
        (terms(**DISCOUNTED), net(4, "121.11"), "different", "discount"),
        (terms(), net(4, "109.00"), "different", "discount"),
        (terms(), net(4, "161.48"), "different", "quantity"),
        (terms(), net(4, "80.74"), "different", "quantity"),
        (terms(), at(4, currency="USD"), "different", "currency"),
        (terms(), shifted, "different", "period"),
        (terms(), at(4, total=Decimal("144.13"), net=None, tax=None), "different", "rounding"),
        (terms(**RAMP), net(8, "99.00"), "different", "stale price"),
        (terms(), net(4, "57.77"), "different", "other"),
        # only totals are told: net 121.11 with a tax of 20, 5.5, or no percent
        (terms(), whole(4, "145.33"), "different", "tax"),
        (terms(), whole(4, "127.77"), "different", "tax"),
        (terms(), whole(4, "121.11"), "different", "tax"),
        # 15 % instead of 12.5 % off 121.11 = 102.94; all of the first part, less 12.5 %
        (terms(**DISCOUNTED), net(4, "102.94"), "different", "discount"),
        (terms(**DISCOUNTED), net(0, "105.97"), "different", "proration"),
        # both lines of the first part whole: 121.11 + 20; at 17 of 30 days: 68.63 + 11.33
        (terms(**TWO), net(0, "141.11"), "different", "proration"),
        (terms(**TWO), net(0, "79.96"), "different", "proration"),
        (terms(**TWO), whole(0, "95.15"), "different", "proration"),
        # 33 × 3 = 99.00 with 19 % tax = 117.81
        (terms(**RAMP), whole(8, "117.81"), "different", "stale price"),
        (terms(), without, "missing", "missing"),
        (terms(), twice, "duplicate", "duplicate"),
        (terms(), more, "unexpected", "unexpected"),
    ],
)
def test_a_seeded_error_is_found_and_its_cause_told(
    data: dict[str, Any], seed: Seed, outcome: str, cause: str
) -> None:
    (found,) = settled(data, seed)

    assert (found.outcome, found.causes[0]) == (outcome, cause)


def test_without_errors_everything_is_exact() -> None:
    wanted = due(terms())

    assert {one.outcome for one in reconcile(wanted, map(real, wanted))} == {"exact"}
    assert {one.outcome for one in reconcile(wanted, map(told, wanted))} == {"exact"}


@pytest.mark.parametrize(
    ("given", "cause"),
    [
        (line("seat", "161.48", "4", "40.37"), "quantity"),
        (line("seat", "117.00", "3", "39.00"), "stale price"),
    ],
)
def test_lines_that_are_told_say_the_cause_themselves(given: Any, cause: str) -> None:
    wanted = due(terms())
    ones = [told(one) for one in wanted]
    ones[4] = ones[4]._replace(lines=(given,), **repriced(wanted[4], given.amount))

    (found,) = [one for one in reconcile(wanted, ones) if one.outcome != "exact"]
    assert found.causes == (cause,)


def test_lines_with_other_names_are_paired_by_their_amounts() -> None:
    wanted = due(terms(**TWO))
    ones = [told(one) for one in wanted]
    named = (line("Seat licence", "161.48", "4", "40.37"), line("Support plan", "20", "1", "20"))
    ones[4] = ones[4]._replace(lines=named, **repriced(wanted[4], "181.48"))

    (found,) = [one for one in reconcile(wanted, ones) if one.outcome != "exact"]
    assert found.causes == ("quantity",)


def test_a_discount_that_follows_the_amount_is_not_the_cause() -> None:
    # all of the first part, 121.11, with 12.5 % = 15.14 off, instead of 17 of 31 days
    wanted = due(terms(**DISCOUNTED))
    ones = [told(one) for one in wanted]
    given = line("seat", "121.11", "3", "40.37")._replace(discount=Decimal("15.14"))
    ones[0] = ones[0]._replace(lines=(given,), **repriced(wanted[0], "105.97"))

    (found,) = [one for one in reconcile(wanted, ones) if one.outcome != "exact"]
    assert found.causes == ("proration",)


@pytest.mark.parametrize(
    ("tolerance", "off", "outcome"),
    [
        ("0", "0.01", "different"),
        ("0.05", "0.05", "within tolerance"),
        ("0.05", "0.06", "different"),
    ],
)
def test_a_tolerance_is_asked_for_by_currency(tolerance: str, off: str, outcome: str) -> None:
    settings = Settings(tolerance={"EUR": Decimal(tolerance)})
    total = Decimal("144.12") + Decimal(off)
    (found,) = settled(terms(), at(4, total=total, net=None, tax=None), settings)

    assert found.outcome == outcome
    assert settled(terms(), at(4, total=total, net=None, tax=None))[0].outcome == "different"


LARGE: dict[str, Any] = {
    "lines": [{"key": "fee", "kind": "recurring", "price": "20000"}],
    "taxes": [],
}


@pytest.mark.parametrize(
    ("data", "currency", "total", "red"),
    [
        (LARGE, "USD", "20100.00", False),
        (LARGE, "USD", "20100.01", True),
        (LARGE, "USD", "19899.99", True),
        (LARGE, "EUR", "20200.00", False),
        (LARGE, "EUR", "20200.01", True),
        ({"taxes": []}, "USD", "122.32", False),
        ({"taxes": []}, "USD", "122.33", True),
    ],
)
def test_a_red_flag_is_a_hundred_dollars_or_one_percent(
    data: dict[str, Any], currency: str, total: str, red: bool
) -> None:
    spoiled = at(4, total=Decimal(total), net=None, tax=None)
    (found,) = settled(terms(**data, currency=currency), spoiled, MONTHLY)

    assert (found.outcome, found.red_flag) == ("different", red)


def test_what_is_missing_is_a_red_flag_in_the_month_and_none_in_qa() -> None:
    assert settled(terms(), without, MONTHLY)[0].red_flag
    assert not settled(terms(), without)[0].red_flag


def test_a_red_flag_amount_is_set_for_a_currency() -> None:
    settings = Settings(red_flags=True, red_flag_amounts={"EUR": Decimal(90)})
    (found,) = settled(terms(**LARGE), at(4, total=Decimal(20099), net=None, tax=None), settings)

    assert found.red_flag


def test_the_order_of_input_does_not_matter_nor_does_streaming() -> None:
    wanted = [one for number in ("A", "B", "C") for one in due(terms(number))]
    ones = [real(one) for one in wanted if one.issue_date.month != 3]
    ones += [ones[0]._replace(number="again", issue_date=date(2024, 8, 8))]
    ones.sort(key=lambda one: one.contract)

    forth = list(reconcile(wanted, ones))
    assert forth == list(reconcile(wanted[::-1], ones[::-1]))
    assert forth == list(reconcile_sorted(wanted, ones))
    assert sum(one.outcome == "missing" for one in forth) == 3


def test_the_summary_counts_accuracy_lag_and_money() -> None:
    wanted = due(terms(**LARGE))
    ones = [real(one, issue_date=one.issue_date + timedelta(days=2)) for one in wanted]
    ones[3] = ones[3]._replace(total=Decimal(20500), net=None, tax=None)
    ones[5] = ones[5]._replace(total=Decimal(19000), net=None, tax=None)
    del ones[7]
    ones.append(real(wanted[0], "X-1", contract="Z-9"))

    summary = Summary.of(reconcile(wanted, ones), contracts=["C-1", "C-2"])
    assert summary.outcomes == {"exact": 9, "different": 2, "missing": 1, "unexpected": 1}
    assert round(summary.accuracy or 0, 2) == Decimal("69.23")
    assert summary.lag == 2
    assert (summary.lag_most, summary.late) == (2, 11)
    money = summary.money["EUR"]
    assert (money.over, money.under) == (Decimal(500) + wanted[0].total, Decimal(21000))
    assert summary.without_schedule == {"C-2", "Z-9"}


def test_another_system_takes_the_place_of_what_is_expected() -> None:
    legacy = [real(one, f"L-{one.issue_date}") for one in due(terms())]
    ones = [real(one) for one in due(terms())]
    ones[2] = ones[2]._replace(**repriced(legacy[2], "115.05"))
    ones[6] = ones[6]._replace(tax=Decimal("0.00"), total=Decimal("121.11"))

    found = [one for one in reconcile(legacy, ones) if one.outcome != "exact"]
    assert [one.causes for one in found] == [("discount",), ("tax",)]


def test_nothing_to_judge_has_no_accuracy() -> None:
    summary = Summary.of(())

    assert summary.accuracy is None
    assert summary.lag is None


def test_a_credit_note_is_matched_and_one_without_invoice_is_flagged() -> None:
    data = terms() | {
        "conventions": {"credit_form": "credit_note"},
        "amendments": [{"kind": "cancel", "on": "2024-03-11"}],
    }
    wanted = [billed(one) for one in expected(contract_of(data))]
    ones = [real(one) for one in wanted]
    nowhere = {"period_start": date(2024, 9, 1), "issue_date": date(2024, 9, 1)}
    lost = real(ones[-1], "CN-9", total=Decimal("-5.00"), net=None, tax=None, **nowhere)

    assert {one.kind for one in wanted} == {"invoice", "credit_note"}
    (found,) = [one for one in reconcile(wanted, [*ones, lost]) if one.outcome != "exact"]
    assert (found.outcome, found.note) == ("unexpected", "a credit note without invoice")
    assert [p.field for p in flagged([lost])] == ["refers_to"]


ROW: dict[str, Any] = {
    "contract": "C-1",
    "number": "R-1",
    "currency": "EUR",
    "issue_date": "2024-01-01",
    "total": "10.00",
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"total": 10.5}, "row 2 (R-1): total: 10.5 is not an exact number"),
        ({"total": "ten"}, "row 2 (R-1): total: "),
        ({"currency": "EUX"}, "row 2 (R-1): currency: there is no currency 'EUX'"),
        ({"issue_date": "01/02/2024"}, "row 2 (R-1): issue_date: '01/02/2024' is not a date"),
        ({"issue_date": "9999-12-31"}, "row 2 (R-1): issue_date: the year 9999"),
        ({"period_start": "2024-02-01", "period_end": "2024-01-01"}, "row 2 (R-1): period_end: "),
        ({"kind": "credit_note"}, "row 2 (R-1): total: a credit note of 10.00"),
        ({"net": "9", "tax": "2"}, "row 2 (R-1): total: net 9 and tax 2 do not add up"),
        ({"colour": "red"}, "row 2 (R-1): colour: "),
        ({"contract": ""}, "row 2 (R-1): contract: "),
    ],
)
def test_bad_rows_are_refused_by_row_and_name(change: dict[str, Any], said: str) -> None:
    with pytest.raises(InvoiceError) as refused:
        real_invoices([ROW, ROW | change])

    assert said in str(refused.value)


def test_numbers_used_twice_are_flagged() -> None:
    ones = real_invoices([ROW, ROW | {"issue_date": "2024-02-01"}])

    assert [problem.what for problem in flagged(ones)] == ["2 invoices have this number"] * 2
