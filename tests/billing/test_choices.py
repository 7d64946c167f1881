"""Each convention changes what it says and nothing else."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, get_args

import pytest

from billing.conventions import Conventions
from billing.output import expected_json
from billing.reading import document_of
from billing.scenarios import ALL
from billing.scenarios.model import CALENDAR, metered, plan

JUNE = {"start": "2025-06-01", "end": "2025-07-31"}
HALF = {"kind": "change", "on": "2025-06-16", "line": "plan", "price": "200"}
UPGRADED = JUNE | {"lines": [plan("100")], "amendments": [HALF]}
RAMPED = JUNE | {"lines": [plan("100", steps=[{"start": "2025-06-16", "price": "200"}])]}
CANCELLED = JUNE | {
    "lines": [plan("60")], "amendments": [{"kind": "cancel", "on": "2025-06-16"}],
}  # fmt: skip
STUB = {"start": "2025-06-16", "end": "2025-07-15", "lines": [plan("60", anchor=CALENDAR)]}
NO_BALANCE = {"term_balance": "none"}
COUPON = {"amount": "130", "used_up": True}
UNIT = {"model": "per_unit", "price": "1"}
RECORDS = (("2025-06-05", "4"), ("2025-06-10", "9"), ("2025-06-20", "6"))


def rows(terms: dict[str, Any], **conventions: Any) -> list[str]:
    """Issue date and amounts of every invoice."""
    contract = {"number": "C-1", "currency": "EUR", **terms}
    document = document_of({"conventions": conventions, "contracts": [contract]})
    (made,) = expected_json(document)["contracts"]
    return [
        " ".join([one["issue_date"][5:], *(line["amount"] for line in one["lines"])])
        for one in made["invoices"]
    ]


SPREAD = {"key": "plan", "kind": "recurring", "term_amount": "1200"}
HALF_YEAR = {"start": "2025-01-01", "end": "2025-06-30", "lines": [SPREAD]}


def test_an_extension_leaves_the_amount_of_the_term_as_it_was_signed() -> None:
    longer = {"kind": "extend", "on": "2025-04-01", "end": "2025-08-31"}

    assert rows(HALF_YEAR | {"amendments": [longer]}) == [
        f"0{month}-01 200.00" for month in range(1, 9)
    ]


def test_an_extension_leaves_a_merged_last_part_as_it_was_billed() -> None:
    # 1 June to 15 July is billed at once, with 15 of 31 days of 60.00; then from 16 July
    terms = {"start": "2025-06-01", "end": "2025-07-15", "lines": [plan("60", anchor=CALENDAR)]}
    longer = {"kind": "extend", "on": "2025-06-20", "end": "2025-08-31"}
    chosen = NO_BALANCE | {"last_stub": "merge"}

    assert rows(terms, **chosen) == ["06-01 89.03"]
    assert rows(terms | {"amendments": [longer]}, **chosen) == [
        "06-01 89.03", "07-16 30.97", "08-01 60.00",
    ]  # fmt: skip


def test_a_change_during_a_pause_waits_for_its_end() -> None:
    pause = {"kind": "pause", "on": "2025-06-01", "until": "2025-07-01"}

    assert rows(UPGRADED | {"amendments": [pause, HALF]}) == [AFTER]


def test_a_part_cancelled_later_was_billed_as_it_was_balanced() -> None:
    # four weeks at 3/13 of 100 = 23.08 each, 9.89 left for three days, 2.21 too much: 7.68
    weekly = {"key": "plan", "kind": "recurring", "price": "100", "frequency": "weekly",
              "price_per": "monthly"}  # fmt: skip
    january = {"start": "2025-01-01", "end": "2025-01-31", "lines": [weekly]}
    cancel = {"kind": "cancel", "on": "2025-01-31"}

    assert rows(january)[-1] == "01-29 7.68"
    assert rows(january | {"amendments": [cancel]})[-2:] == ["01-29 7.68", "01-31 -2.56"]


def test_fees_in_arrears_count_where_they_end() -> None:
    # a yearly fee in arrears lies in the commitment of the quarter in which it is billed
    yearly = {"key": "plan", "kind": "recurring", "price": "500", "frequency": "yearly",
              "timing": "arrears"}  # fmt: skip
    committed = {"start": "2025-01-01", "end": "2025-12-31", "lines": [yearly],
                 "commitments": [{"amount": "100", "frequency": "quarterly"}]}  # fmt: skip

    assert rows(committed) == ["04-01 100.00", "07-01 100.00", "10-01 100.00", "01-01 500.00"]


FIRST, AFTER = "06-01 100.00", "07-01 200.00"


@pytest.mark.parametrize(
    ("terms", "chosen", "wanted"),
    [
        (UPGRADED, {}, [FIRST, "06-16 -50.00 100.00", AFTER]),
        (UPGRADED, {"change_day_owner": "old"}, [FIRST, "06-16 -46.67", "06-17 93.33", AFTER]),
        (UPGRADED, {"change_day_owner": "both"}, [FIRST, "06-16 100.00 -46.67", AFTER]),
        (UPGRADED, {"change_effect": "next_period"}, [FIRST, AFTER]),
        (UPGRADED, {"change_effect": "immediate_unprorated"}, [FIRST, "06-16 200.00", AFTER]),
        (UPGRADED, {"change_invoiced": "next_period"}, [FIRST, "07-01 -50.00 100.00 200.00"]),
        (UPGRADED, {"credit_form": "none"}, [FIRST, "06-16 100.00", AFTER]),
        (UPGRADED, {"credit_form": "net_in_new_line"}, [FIRST, "06-16 50.00", AFTER]),
        (UPGRADED, {"credit_form": "credit_note"}, [FIRST, "06-16 100.00", "06-16 -50.00", AFTER]),
        (UPGRADED, {"proration_basis": "none"}, [FIRST, "06-16 -100.00 200.00", AFTER]),
        (UPGRADED, {"invoice_grace_days": 3},
         ["06-04 100.00", "06-16 -50.00", "06-19 100.00", "07-04 200.00"]),
        (UPGRADED, {"first_stub": "free"}, [FIRST, "06-16 -50.00 100.00", AFTER]),
        (UPGRADED, {"stub_denominator": "cycle_from_stub"},
         [FIRST, "06-16 -50.00 100.00", AFTER]),
        (RAMPED, {"first_stub": "free", "last_stub": "full"},
         ["06-01 50.00", "06-16 100.00", AFTER]),
        (RAMPED, {"scheduled_end_inside_period": "full_period"},
         ["06-01 50.00", "06-16 100.00", AFTER]),
        (UPGRADED | {"lines": [plan("100", timing="arrears")]}, {},
         ["06-16 50.00", "07-01 100.00", "08-01 200.00"]),
        (UPGRADED | {"lines": [plan("100", timing="arrears")]},
         {"change_invoiced": "next_period"}, ["07-01 50.00 100.00", "08-01 200.00"]),
        (CANCELLED, {}, ["06-01 60.00", "06-16 -30.00"]),
        (CANCELLED, {"cancel_day_owner": "billed"}, ["06-01 60.00", "06-16 -28.00"]),
        (CANCELLED, {"change_effect": "next_period"}, ["06-01 60.00"]),
        (STUB, NO_BALANCE, ["06-16 30.00", "07-01 29.03"]),
        (STUB, {}, ["06-16 30.00", "07-01 30.00"]),
        (STUB, {"remainder_to": "first"}, ["06-16 30.97", "07-01 29.03"]),
        (STUB, {"first_stub": "full"}, ["06-16 60.00", "07-01 29.03"]),
        (STUB, {"first_stub": "free"}, ["07-01 29.03"]),
        (STUB, NO_BALANCE | {"first_stub": "merge"}, ["06-16 59.03"]),
        (STUB, NO_BALANCE | {"last_stub": "merge"}, ["06-16 59.03"]),
        (STUB, {"last_stub": "full"}, ["06-16 30.00", "07-01 60.00"]),
        (STUB, {"scheduled_end_inside_period": "full_period"}, ["06-16 30.00", "07-01 60.00"]),
        (STUB, NO_BALANCE | {"proration_basis": "thirty_360"}, ["06-16 30.00", "07-01 30.00"]),
        (STUB, NO_BALANCE | {"proration_basis": "days_over_365"}, ["06-16 29.59", "07-01 29.59"]),
        (STUB, NO_BALANCE | {"proration_basis": "whole_months_up"}, ["06-16 60.00", "07-01 60.00"]),
        (STUB, NO_BALANCE | {"proration_factor_decimals": 1}, ["06-16 30.00", "07-01 30.00"]),
        (STUB, NO_BALANCE | {"stub_denominator": "plan_period"}, ["06-16 30.00", "07-01 30.00"]),
        (STUB, NO_BALANCE | {"invoice_date_advance": "period_end"}, ["06-30 30.00", "07-15 29.03"]),
        (STUB, NO_BALANCE | {"rounding_mode": "up"}, ["06-16 30.00", "07-01 29.04"]),
        (JUNE | {"lines": [plan("100")], "discounts": [COUPON]}, {}, [FIRST, "07-01 100.00"]),
        (JUNE | {"lines": [plan("0")]}, {"zero_invoices": "skip"}, []),
        (JUNE | {"end": "2025-09-30", "lines": [plan("10", free=[
            {"start": "2025-06-01", "end": "2025-06-30"},
            {"start": "2025-08-01", "end": "2025-08-31"}])]}, {},
         ["07-01 10.00", "09-01 10.00"]),
        (JUNE | {"lines": [plan("0")]}, {}, ["06-01 0.00", "07-01 0.00"]),
        (JUNE | {"lines": [plan("90", trial={"until": "2025-06-30"})]},
         {"trial_zero_invoice": True}, ["06-01 0.00", "07-01 90.00"]),
        (JUNE | {"lines": [plan("90", trial={"days": 15})]}, NO_BALANCE,
         ["06-16 90.00", "07-16 46.45"]),
        (JUNE | {"lines": [plan("90", trial={"days": 15})]},
         NO_BALANCE | {"trial_shifts_anchor": False}, ["06-16 45.00", "07-01 90.00"]),
        *(
            (JUNE | {"end": "2025-06-30", "lines": [metered(UNIT, *RECORDS, aggregation=how)]}, {},
             [f"07-01 {amount}"])
            for how, amount in (
                ("sum", "19.00"), ("maximum", "9.00"), ("last", "6.00"), ("count", "3.00"))
        ),
        (JUNE | {"end": "2025-06-30", "lines": [metered(UNIT, ("2025-06-16", "10"))]},
         {"usage_proration": "units_from_record"}, ["07-01 5.00"]),
    ],
)  # fmt: skip
def test_a_choice_changes_what_it_says(
    terms: dict[str, Any], chosen: dict[str, Any], wanted: list[str]
) -> None:
    assert rows(terms, **chosen) == wanted


@pytest.mark.parametrize(
    ("basis", "line", "credit"),
    [
        # 175 of 366 days; 5 months and 22 of 31 days of 12; 7 of 12 months begun, 5 left
        ("actual_days", plan("1200", frequency="yearly"), "-573.77"),
        ("whole_periods_and_days",
         plan("100", frequency="yearly", price_per="monthly"), "-570.97"),
        ("whole_months_up", plan("1200", frequency="yearly"), "-500.00"),
        ("thirty_360", plan("1200", frequency="yearly"), "-570.00"),
        ("days_over_365", plan("1200", frequency="yearly"), "-575.34"),
        ("none", plan("1200", frequency="yearly"), "-1200.00"),
    ],
)  # fmt: skip
def test_what_a_year_leaves_is_measured_as_its_price_is(
    basis: str, line: dict[str, Any], credit: str
) -> None:
    terms = {
        "start": "2024-01-01",
        "end": "2024-12-31",
        "lines": [line],
        "amendments": [{"kind": "cancel", "on": "2024-07-10"}],
    }

    assert rows(terms, proration_basis=basis) == ["01-01 1200.00", f"07-10 {credit}"]


@pytest.mark.parametrize(
    ("denominator", "amount"),
    [
        ("next_period", "109.68"),
        ("calendar_month", "109.68"),
        ("year_over_12", "109.86"),
        ("thirty", "110.00"),
    ],
)
def test_days_after_whole_months_are_divided_as_chosen(denominator: str, amount: str) -> None:
    line = plan("100", frequency="yearly", price_per="monthly")
    terms = {"start": "2025-06-01", "end": "2025-07-03", "lines": [line]}
    basis = {"proration_basis": "whole_periods_and_days", "rest_days_denominator": denominator}

    assert rows(terms, **basis) == [f"06-01 {amount}"]


def test_a_coupon_is_used_up_by_one_invoice_after_the_other() -> None:
    contract = {"number": "C-1", "currency": "EUR", **JUNE, "lines": [plan("100")],
                "discounts": [COUPON]}  # fmt: skip
    (made,) = expected_json(document_of({"contracts": [contract]}))["contracts"]

    assert [one["discount"] for one in made["invoices"]] == ["100.00", "30.00"]
    assert [one["total"] for one in made["invoices"]] == ["0.00", "70.00"]


@pytest.mark.parametrize(
    ("discount", "kept", "back"),
    [
        ({"amount": "30"}, "30.00", "-15.00"),
        ({"percent": "20"}, "20.00", "-10.00"),
        ({"percent": "20", "periods": 1}, "20.00", "-10.00"),
        ({"amount": "30", "used_up": True}, "30.00", "-15.00"),
    ],
)
def test_a_credit_takes_its_share_of_the_discount_back(
    discount: dict[str, Any], kept: str, back: str
) -> None:
    contract = {"number": "C-1", "currency": "EUR", **JUNE, "lines": [plan("100")],
                "discounts": [discount],
                "amendments": [{"kind": "cancel", "on": "2025-06-16"}]}  # fmt: skip
    (made,) = expected_json(document_of({"contracts": [contract]}))["contracts"]

    assert [one["discount"] for one in made["invoices"]] == [kept, back]
    assert Decimal(made["total"]) == (100 - Decimal(kept)) / 2


def test_every_convention_is_described() -> None:
    assert all(field.description for field in Conventions.model_fields.values())
    assert all(not field.is_required() for field in Conventions.model_fields.values())


@pytest.mark.parametrize(
    ("currency", "own", "amount"),
    [
        ("EUR", {}, "12.35"), ("JPY", {}, "12"), ("KRW", {}, "12"), ("KWD", {}, "12.346"),
        ("BHD", {}, "12.346"), ("TND", {}, "12.346"), ("IQD", {}, "12.346"), ("RSD", {}, "12.35"),
        ("CLF", {}, "12.3457"), ("HUF", {"currency_decimals": {"HUF": 0}}, "12"),
        ("KWD", {"three_decimals_end_in_zero": True}, "12.35"),
        ("eur", {}, "12.35"),
    ],
)  # fmt: skip
def test_a_currency_has_its_own_digits(currency: str, own: dict[str, Any], amount: str) -> None:
    terms = {**JUNE, "end": "2025-06-30", "lines": [plan("12.3457")], "currency": currency}

    assert rows(terms, **own) == [f"06-01 {amount}"]


@pytest.mark.parametrize(
    ("kind", "due"),
    [
        ({"kind": "on_receipt"}, "2025-06-01"),
        ({"kind": "net", "days": 14}, "2025-06-15"),
        ({"kind": "net", "months": 1, "days": 0}, "2025-07-01"),
        ({"kind": "net_then_month_end", "days": 30}, "2025-07-31"),
        ({"kind": "net_then_month_end", "days": 90, "then_days": 10}, "2025-09-10"),
        ({"kind": "end_of_month", "days": 10}, "2025-07-10"),
        ({"kind": "day_of_month", "day": 20, "days": 20}, "2025-07-20"),
        ({"kind": "day_of_month", "day": 10, "days": 0}, "2025-06-10"),
        ({"kind": "day_of_month", "day": 10, "months": 1}, "2025-07-10"),
        ({"kind": "day_of_month", "day": 31, "months": 8}, "2026-02-28"),
    ],
)
def test_terms_of_payment(kind: dict[str, Any], due: str) -> None:
    contract = {"number": "C-1", "currency": "EUR", **JUNE, "lines": [plan("100")],
                "payment_terms": [kind]}  # fmt: skip
    (made,) = expected_json(document_of({"contracts": [contract]}))["contracts"]

    assert made["invoices"][0]["due_date"] == due


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (plan("300"), "300.00 for the full period"),
        (plan("300", quantity="2"), "2 × 300.00 for the full period"),
        (plan("1200", price_per="yearly"), "1/12 of 1,200.00 per year"),
        (plan("100", price_per="weekly"), "13/3 of 100.00 per week"),
        (plan("100", frequency="quarterly", price_per="monthly", anchor=CALENDAR),
         "30 of 91 days of 3 × 100.00 per month"),
        (plan("300", start="2025-06-17", anchor=CALENDAR), "14 of 30 days of 300.00"),
        (plan("30", start="2025-06-17", anchor=CALENDAR, quantity="10"),
         "14 of 30 days of 10 × 30.00"),
        (plan("80", free=[{"periods": 1}]), "free (80.00 waived)"),
        (metered(UNIT, *RECORDS), "19 units at 1"),
        (metered({"model": "package", "size": "10", "price": "5"}, *RECORDS),
         "2 packages of 10 at 5"),
        (metered({"model": "package", "size": "8", "price": "5"}, *RECORDS,
                 conventions={"package_rounding": "nearest"}), "2 packages of 8 at 5"),
        (metered(UNIT, *RECORDS, included="10"), "19 units, 10 of them included: 9 units at 1"),
        (metered(UNIT, *RECORDS, maximum="10"), "19 units at 1, capped at 10.00"),
        ({"key": "fee", "kind": "one_off", "price": "5", "quantity": "3"}, "3 × 5.00, once"),
        (metered(UNIT, ("2025-06-05", "1")), "1 unit at 1"),
        (plan("80", anchor=CALENDAR, start="2025-06-05", conventions={"first_stub": "full"}),
         "all of 80.00"),
    ],
)  # fmt: skip
def test_a_line_explains_itself(line: dict[str, Any], said: str) -> None:
    contract = {"number": "C-1", "currency": "EUR", "start": "2025-06-01", "end": "2025-06-30",
                "lines": [line]}  # fmt: skip
    chosen = {"trial_zero_invoice": True, "term_balance": "none"}
    document = document_of({"conventions": chosen, "contracts": [contract]})
    (made,) = expected_json(document)["contracts"]

    assert made["invoices"][0]["lines"][0]["explanation"] == said


def explanations(**terms: Any) -> list[str]:
    document = document_of({"contracts": [{"number": "C-1", "currency": "EUR", **terms}]})
    (made,) = expected_json(document)["contracts"]
    return [line["explanation"] for one in made["invoices"] for line in one["lines"]]


def test_the_part_that_takes_the_remainder_says_so() -> None:
    year = {"start": "2025-01-01", "months": 12}
    spread = {"key": "plan", "kind": "recurring", "term_amount": "1000"}

    assert explanations(**year, lines=[plan("1000", price_per="yearly")])[-2:] == [
        "1/12 of 1,000.00 per year",
        "1/12 of 1,000.00 per year, +0.04 so that 12 of them cost 1,000.00",
    ]
    assert explanations(start="2025-01-01", months=7, lines=[spread])[-2:] == [
        "1 of 7 periods of 1,000.00 for the term",
        "1 of 7 periods of 1,000.00 for the term, -0.02 so that they add up",
    ]


def test_seconds_count_as_they_pass_when_the_clocks_change() -> None:
    # New York loses an hour on 9 March: 540 of 743 hours are left at noon, not of 744
    march = {"start": "2025-03-01T00:00:00-05:00", "end": "2025-03-31", "lines": [plan("744")],
             "amendments": [{"kind": "cancel", "on": "2025-03-09T12:00:00-04:00"}]}  # fmt: skip

    made = rows(march, proration_basis="seconds", time_zone="America/New_York")
    assert made == ["03-01 744.00", "03-09 -540.73"]


@pytest.mark.parametrize("place", ["per_line", "per_rate", "per_invoice"])
def test_prices_with_tax_inside_come_to_what_was_agreed(place: str) -> None:
    # 1,631.48 gross with 19 % and 7 % inside: 246.016 and 90.637, each rounded up
    taxes = [{"name": "a", "percent": "19", "inclusive": True},
             {"name": "b", "percent": "7", "inclusive": True}]  # fmt: skip
    lines = [
        plan(price) | {"key": key}
        for key, price in (
            ("a", "254.03"),
            ("b", "599.15"),
            ("c", "455.71"),
            ("d", "194.95"),
            ("e", "127.64"),
        )
    ]
    terms = {"number": "C-1", "currency": "EUR", **JUNE, "end": "2025-06-30", "taxes": taxes}
    document = {"conventions": {"tax_rounding": place}, "contracts": [terms | {"lines": lines}]}
    (made,) = expected_json(document_of(document))["contracts"]

    assert made["total"] == "1631.48"
    assert Decimal(made["invoices"][0]["net"]) + Decimal(made["invoices"][0]["tax"]) == (
        Decimal("1631.48")
    )


def test_yen_are_told_without_cents() -> None:
    month = {"start": "2025-06-01", "end": "2025-06-30", "currency": "JPY"}

    assert explanations(**month, lines=[plan("1001")]) == ["1,001 for the full period"]
    assert explanations(**month, lines=[plan("1001", start="2025-06-16", anchor=CALENDAR)]) == [
        "15 of 30 days of 1,001"
    ]


NOT_TRIED = {
    "period_end_display", "time_zone", "tolerance", "currency_decimals", "contract_end_meaning",
    "invoice_grace_days",
}  # fmt: skip
ODD = {"merge", "last_day", "seconds", "seconds_less_one"}
"""Choices that move the periods themselves, so that there is no line to compare."""
TRIED = [
    "year_off_the_calendar", "calendar_first_part", "upgrade_mid_cycle", "credit_memo", "coterm",
    "annual_not_divisible", "leap_day", "dinar", "minimum_true_up", "line_added", "trial",
    "graduated_usage", "volume_usage", "packages", "included_units", "rate_changed", "line_removed",
    "ramp_inside_a_month", "half_yearly", "cancelled_in_arrears", "milestones", "setup_fee",
    "inclusive_tax", "tax_on_each_line",
]  # fmt: skip


def values(name: str) -> list[Any]:
    """The choices of a convention."""
    annotation = Conventions.model_fields[name].annotation
    if annotation is bool:
        return [True, False]
    numbers = {"proration_factor_decimals": 2, "unit_price_decimals": 1, "quantity_decimals": 0}
    return [numbers[name]] if name in numbers else [*get_args(annotation)]


def figures(document: dict[str, Any], **chosen: Any) -> dict[Any, tuple[str, set[str]]]:
    """What every line comes to and what it says that it rests on."""
    own = document["conventions"] | chosen
    (made,) = expected_json(document_of(document | {"conventions": own}))["contracts"]
    return {
        (line["line"], line["kind"], line["period_start"]): (
            line["amount"], set(line["rests_on"]) | set(invoice["rests_on"]),
        )
        for invoice in made["invoices"] for line in invoice["lines"]
    }  # fmt: skip


@pytest.mark.parametrize("key", TRIED)
def test_a_figure_names_every_convention_that_would_change_it(key: str) -> None:
    (document,) = [one.document for one in ALL if one.key == key]
    told = figures(document)
    for name in Conventions.model_fields.keys() - NOT_TRIED:
        for value in values(name):
            if value in ODD:
                continue
            other = figures(document, **{name: value})
            for line in told.keys() & other.keys():
                if other[line][0] != told[line][0]:
                    assert name in told[line][1], (name, value, line)
