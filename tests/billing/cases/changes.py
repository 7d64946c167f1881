"""Changes in the middle of a period, cancellations, added lines."""

from __future__ import annotations

from typing import Any

from tests.billing.cases import (
    CALENDAR,
    EXCLUSIVE,
    INCLUSIVE,
    KILL_BILL,
    LAGO,
    METEROID,
    Case,
    day,
    fixed,
)
from tests.billing.cases.dates import KB, LG, MT

FX = "flexprice/flexprice@e4b5303f internal/domain/proration/calculator_test.go"
ANNUAL = "2399.95"
REVERSE = {"change_on_period_start": "reverse"}


def change(on: str, price: str, **more: Any) -> dict[str, Any]:
    """Another price from a day on."""
    return {"kind": "change", "on": on, "line": "plan", "price": price, **more}


def thirty(id_: str, lines: list[dict[str, Any]], amendments: list[dict[str, Any]]) -> Case:
    """Meteroid's tests: a period of 30 days from 1 to 31 January, end exclusive."""
    plain = [{**line, "frequency": "custom", "every": {"days": 30}} for line in lines]
    terms = {"start": "2025-01-01", "bill_through": "2025-01-30", "lines": plain}
    return Case(
        id_, MT + "subscription change tests", terms | {"amendments": amendments},
        METEROID | REVERSE, FACTS[id_], some=True,
    )  # fmt: skip


HALF = ("2025-01-16", "2025-01-31")
WHOLE = ("2025-01-01", "2025-01-31")
FACTS: dict[str, list[tuple[str | None, str | None, str | None]]] = {
    "MT-CH-01": [(*HALF, "-50.00"), (*HALF, "100.00")],
    "MT-CH-02": [(*WHOLE, "-100.00"), (*WHOLE, "200.00")],
    "MT-CH-04": [(*HALF, "-50.00"), (*HALF, "100.00"), (*HALF, "-15.00"), (*HALF, "25.00")],
    "MT-CH-05": [(*HALF, "-25.00"), (*HALF, "50.00")],
}

MARCH = {"start": "2024-03-01", "end": "2024-03-31"}
REST = ("2024-03-15", "2024-03-31")
TAXED = {"taxes": [{"percent": "20"}], "currency": "EUR"}

CASES = [
    *(
        Case(
            id_, FX,
            {**MARCH, "lines": [fixed(old, quantity=count)], "amendments": [amendment]},
            INCLUSIVE,
            [("2024-03-01", "2024-03-31", billed), *((*REST, amount) for amount in amounts)],
        )
        for id_, old, count, amendment, billed, amounts in (
            ("FX-CH-01", "10", "1", change("2024-03-15", "20"), "10.00", ("-5.48", "10.97")),
            ("FX-CH-03", "10", "5",
             {"kind": "change", "on": "2024-03-15", "line": "plan", "quantity": "10"},
             "50.00", ("-27.42", "54.84")),
            ("FX-CH-05", "40", "1", {"kind": "remove", "on": "2024-03-15", "line": "plan"},
             "40.00", ("-21.94",)),
        )
    ),
    Case(
        "FX-CH-06", "flexprice/flexprice@e4b5303f internal/ee/service/line_item_proration_test.go",
        {"start": "2026-04-01", "end": "2026-05-01", "lines": [fixed("20")],
         "amendments": [{"kind": "remove", "on": "2026-04-11", "line": "plan"}]},
        EXCLUSIVE | {"proration_basis": "seconds_less_one"},
        [("2026-04-11T00:00:00+00:00", "2026-05-01T00:00:00+00:00", "-13.33")],
        some=True,
    ),
    Case(
        "KB-CH-02", KB + "credit on a partial line",
        {"start": "2012-05-07", "bill_through": "2012-05-08", "account_credit": "475.81",
         "lines": [fixed("9.95", anchor=day(1))],
         "amendments": [change("2012-05-08", "29.95")]},
        KILL_BILL,
        [("2012-05-07", "2012-06-01", "8.02"), ("2012-05-08", "2012-06-01", "-7.70"),
         ("2012-05-08", "2012-06-01", "23.19")],
        {"balance_useds": ["8.02", "15.49"], "amount_due": "0.00"},
    ),
    Case(
        "KB-CH-03", KB + "credit capped by an earlier one",
        {"start": "2012-05-01", "bill_through": "2012-05-02", "lines": [fixed("249.95")],
         "prior_credits": [{"line": "plan", "period_start": "2012-05-01", "amount": "10"}],
         "amendments": [change("2012-05-02", "9.95")]},
        KILL_BILL,
        [("2012-05-02", "2012-06-01", "-239.95"), ("2012-05-02", "2012-06-01", "9.63")],
        some=True,
    ),
    Case(
        "KB-CH-04", KB + "annual to monthly on the first day",
        {"start": "2012-05-01", "bill_through": "2012-05-01",
         "lines": [fixed(ANNUAL, frequency="yearly")],
         "amendments": [change("2012-05-01", "249.95", frequency="monthly")]},
        KILL_BILL | REVERSE,
        [("2012-05-01", "2013-05-01", "2399.95"), ("2012-05-01", "2013-05-01", "-2399.95"),
         ("2012-05-01", "2012-06-01", "249.95")],
    ),
    Case(
        "KB-CH-05", KB + "monthly to annual",
        {"start": "2012-05-01", "bill_through": "2012-05-12", "lines": [fixed("249.95")],
         "amendments": [change("2012-05-12", ANNUAL, frequency="yearly", anchor=day(1, 5))]},
        KILL_BILL,
        [("2012-05-12", "2012-06-01", "-161.26"), ("2012-05-12", "2013-05-01", "2327.62")],
        some=True,
    ),
    Case(
        "KB-CH-08", KB + "annual to annual, anchored to a day of month",
        {"start": "2015-01-01", "bill_through": "2015-03-15",
         "lines": [fixed(ANNUAL, frequency="yearly")],
         "amendments": [change("2015-03-15", "5999.95", anchor=day(1))]},
        KILL_BILL | {"first_anchor": "cycle_before"},
        [("2015-03-15", "2016-03-01", "5770.44"), ("2015-03-15", "2016-01-01", "-1919.96")],
        some=True,
    ),
    Case(
        "KB-CH-12", KB + "free plan to a paid one",
        {"start": "2017-02-01", "bill_through": "2017-02-15",
         "lines": [fixed("0", anchor=day(1))], "amendments": [change("2017-02-15", "29.95")]},
        KILL_BILL,
        [("2017-02-15", "2017-03-01", "14.98")],
        some=True,
    ),
    Case(
        "LG-CH-03", LG + "monthly to annual",
        {"start": "2023-06-29", "bill_through": "2023-09-28", "currency": "EUR",
         "lines": [fixed("10")],
         "amendments": [change("2023-09-28", "120", frequency="yearly")]},
        LAGO,
        [("2023-09-28", "2023-09-28", "-0.32"), ("2023-09-28", "2024-06-28", "90.16")],
        some=True,
    ),
    Case(
        "LG-CH-04", LG + "change day billed twice for fixed charges",
        {"start": "2023-08-01", "end": "2023-08-31", "currency": "EUR",
         "lines": [
             {"key": key, "kind": "recurring", "price": price, "timing": "arrears",
              "anchor": CALENDAR, "conventions": own}
             for key, price, own in (
                 ("plan", "1", {}), ("one", "10", {"change_day_owner": "both"}),
                 ("two", "15", {"change_day_owner": "both"}))],
         "amendments": [
             {"kind": "change", "on": "2023-08-21", "line": key, "price": price}
             for key, price in (("plan", "0"), ("one", "100"), ("two", "20"))]},
        INCLUSIVE,
        [("2023-08-01", "2023-08-20", "0.65"), ("2023-08-01", "2023-08-21", "6.77"),
         ("2023-08-01", "2023-08-21", "10.16"), ("2023-08-21", "2023-08-31", "35.48"),
         ("2023-08-21", "2023-08-31", "7.10")],
        some=True,
    ),
    Case(
        "LG-CH-05", LG + "credit within the new line",
        {"start": "2023-08-01", "end": "2023-08-31", "currency": "EUR",
         "lines": [fixed("15", anchor=CALENDAR)],
         "amendments": [
             change("2023-08-21", "100"),
             {"kind": "add", "on": "2023-08-21",
              "add": {"key": "other", "kind": "recurring", "price": "20", "anchor": CALENDAR}}]},
        INCLUSIVE | {"credit_form": "net_in_new_line"},
        [("2023-08-01", "2023-08-31", "15.00"), ("2023-08-21", "2023-08-31", "30.16"),
         ("2023-08-21", "2023-08-31", "7.10")],
    ),
    *(
        Case(
            "LG-CR-01", LG + "termination in February",
            {"start": "2024-02-01", "currency": "EUR", "bill_through": "2024-02-29",
             "lines": [fixed("29", anchor=CALENDAR)],
             "amendments": [{"kind": "cancel", "on": on}]},
            LAGO,
            [("2024-02-01", "2024-02-29", "29.00"), (start, "2024-02-29", amount)],
        )
        for on, start, amount in (
            ("2024-02-12", "2024-02-13", "-17.00"), ("2024-02-01", "2024-02-02", "-28.00"))
    ),
    Case(
        "LG-CR-03", LG + "termination in a first part",
        {**TAXED, "start": "2022-12-15", "bill_through": "2022-12-31",
         "lines": [fixed("10", anchor=CALENDAR)],
         "amendments": [{"kind": "cancel", "on": "2022-12-20"}]},
        LAGO,
        [("2022-12-15", "2022-12-31", "5.48"), ("2022-12-21", "2022-12-31", "-3.55")],
        {"nets": ["5.48", "-3.55"], "taxs": ["1.10", "-0.71"], "totals": ["6.58", "-4.26"]},
    ),
    Case(
        "LG-CR-04", LG + "29 of 30 days unused",
        {"currency": "EUR", "start": "2022-06-01", "bill_through": "2022-06-30",
         "taxes": [{"percent": "25"}], "lines": [fixed("200")],
         "amendments": [{"kind": "cancel", "on": "2022-06-01"}]},
        LAGO,
        [("2022-06-01", "2022-06-30", "200.00"), ("2022-06-02", "2022-06-30", "-193.33")],
        {"taxs": ["50.00", "-48.33"], "totals": ["250.00", "-241.66"]},
    ),
    Case(
        "LG-CR-07", LG + "345 of 365 days unused",
        {**TAXED, "start": "2023-01-01", "bill_through": "2023-12-31",
         "lines": [fixed("769", frequency="yearly")],
         "amendments": [{"kind": "cancel", "on": "2023-01-20"}]},
        LAGO,
        [("2023-01-01", "2023-12-31", "769.00"), ("2023-01-21", "2023-12-31", "-726.86")],
        {"taxs": ["153.80", "-145.37"], "totals": ["922.80", "-872.23"]},
    ),
    Case(
        "LG-CR-08", LG + "first month in part, termination in the second",
        {**TAXED, "start": "2023-01-08", "bill_through": "2023-02-28",
         "lines": [fixed("50", anchor=CALENDAR)],
         "amendments": [{"kind": "cancel", "on": "2023-02-25"}]},
        LAGO,
        [("2023-01-08", "2023-01-31", "38.71"), ("2023-02-01", "2023-02-28", "50.00"),
         ("2023-02-26", "2023-02-28", "-5.36")],
        {"taxs": ["7.74", "10.00", "-1.07"], "totals": ["46.45", "60.00", "-6.43"]},
    ),
    Case(
        "KB-CR-02", KB + "fixed 30 days",
        {"start": "2023-05-15", "bill_through": "2023-05-31", "lines": [fixed("19.95")],
         "amendments": [{"kind": "cancel", "on": "2023-05-23"}]},
        KILL_BILL | {"proration_basis": "thirty_360"},
        [("2023-05-15", "2023-06-15", "19.95"), ("2023-05-23", "2023-06-15", "-14.63")],
    ),
    Case(
        "KB-CR-03", KB + "6 of 30 days",
        {"start": "2011-04-05", "bill_through": "2011-04-30", "lines": [fixed("12")],
         "amendments": [{"kind": "cancel", "on": "2011-04-29"}]},
        KILL_BILL,
        [("2011-04-05", "2011-05-05", "12.00"), ("2011-04-29", "2011-05-05", "-2.40")],
    ),
    Case(
        "KB-CR-05", KB + "pause in arrears",
        {"start": "2020-01-01", "bill_through": "2020-02-01",
         "lines": [fixed("100", timing="arrears", anchor=day(1))],
         "amendments": [{"kind": "pause", "on": "2020-01-15", "until": "2020-01-20"}]},
        KILL_BILL,
        [("2020-01-01", "2020-01-15", "45.16"), ("2020-01-20", "2020-02-01", "38.71")],
    ),
    Case(
        "KB-CR-06", KB + "pause of an annual plan",
        {"start": "2012-05-01", "bill_through": "2012-06-04",
         "lines": [fixed(ANNUAL, frequency="yearly", anchor=day(1))],
         "amendments": [{"kind": "pause", "on": "2012-05-12", "until": "2012-06-04",
                         "anchor": day(1)}]},
        KILL_BILL | {"first_anchor": "cycle_before"},
        [("2012-05-01", "2013-05-01", "2399.95"), ("2012-05-12", "2013-05-01", "-2327.62"),
         ("2012-06-04", "2013-06-01", "2380.22")],
    ),
    Case(
        "KB-CR-08", KB + "account credit pays charge and tax",
        {"start": "2012-05-01", "bill_through": "2012-05-01", "account_credit": "100",
         "taxes": [{"percent": "3.339"}], "lines": [fixed("29.95")]},
        KILL_BILL,
        [("2012-05-01", "2012-06-01", "29.95")],
        {"taxs": ["1.00"], "balance_useds": ["30.95"], "amount_dues": ["0.00"]},
    ),
    thirty("MT-CH-01", [fixed("100")], [change("2025-01-16", "200")]),
    thirty("MT-CH-02", [fixed("100")], [change("2025-01-01", "200")]),
    thirty(
        "MT-CH-04",
        [fixed("100"), {"key": "two", "kind": "recurring", "price": "30"}],
        [change("2025-01-16", "200"), change("2025-01-16", "50") | {"line": "two"}],
    ),
    thirty(
        "MT-CH-05", [fixed("10", quantity="5")],
        [{"kind": "change", "on": "2025-01-16", "line": "plan", "quantity": "10"}],
    ),
    Case(
        "MT-CH-06", MT + "two components changed",
        {"start": "2024-01-01", "bill_through": "2024-01-31", "currency": "EUR",
         "lines": [fixed("29"), {"key": "two", "kind": "recurring", "price": "10"}],
         "amendments": [change("2024-01-16", "99"),
                        change("2024-01-16", "25") | {"line": "two"}]},
        METEROID,
        [("2024-01-16", "2024-02-01", "-14.97"), ("2024-01-16", "2024-02-01", "-5.16"),
         ("2024-01-16", "2024-02-01", "51.10"), ("2024-01-16", "2024-02-01", "12.90")],
        {"totals": ["39.00", "43.87"]}, some=True,
    ),
    Case(
        "MT-CH-09", MT + "annual component in a period of 30 days",
        {"start": "2025-01-01", "bill_through": "2025-01-30",
         "lines": [fixed("3650", frequency="custom", every={"days": 30}, price_per="yearly")]},
        METEROID | {"price_period_conversion": "nominal_days"},
        [("2025-01-01", "2025-01-31", "300.00")],
    ),
    Case(
        "MT-CR-01", MT + "component removed half way",
        {"start": "2024-04-01", "bill_through": "2024-04-30", "currency": "EUR",
         "lines": [fixed("50"), {"key": "base", "kind": "recurring", "price": "0"}],
         "amendments": [{"kind": "remove", "on": "2024-04-16", "line": "plan"}]},
        METEROID | {"credit_form": "credit_note"},
        [("2024-04-16", "2024-05-01", "-25.00")],
        some=True,
    ),
    Case(
        "MT-CR-02", MT + "scheduled end inside a period",
        {"start": "2024-01-01", "end": "2024-02-15", "currency": "EUR", "lines": [fixed("35")]},
        METEROID | {"scheduled_end_inside_period": "full_period"},
        [("2024-01-01", "2024-02-01", "35.00"), ("2024-02-01", "2024-03-01", "35.00")],
    ),
    Case(
        "MT-AM-01", MT + "amendments of a running period",
        {"start": "2024-01-01", "bill_through": "2024-02-01", "currency": "EUR",
         "lines": [fixed("39")],
         "amendments": [
             {"kind": "add", "on": "2024-01-16",
              "add": {"key": "now", "kind": "recurring", "price": "50", "end": "2024-02-01"}},
             {"kind": "add", "on": "2024-01-16",
              "add": {"key": "later", "kind": "recurring", "price": "30", "timing": "arrears"}}]},
        METEROID | {"coterm": "own_term"},
        [("2024-01-01", "2024-02-01", "39.00"), ("2024-01-16", "2024-02-01", "25.81"),
         ("2024-01-16", "2024-02-01", "15.48"), ("2024-02-01", "2024-03-01", "39.00")],
        {"totals": ["39.00", "25.81", "54.48"]},
    ),
    Case(
        "MT-AM-01", MT + "a one-time charge at the period's end, an add-on at renewal",
        {"start": "2024-01-01", "bill_through": "2024-02-01", "currency": "EUR",
         "lines": [fixed("39"),
                   {"key": "once", "kind": "one_off", "on": "2024-02-01", "price": "100"}]},
        METEROID,
        [("2024-01-01", "2024-02-01", "39.00"), ("2024-02-01", "2024-03-01", "39.00"),
         ("2024-02-01", "2024-02-02", "100.00")],
        {"totals": ["39.00", "139.00"]},
    ),
    Case(
        "MT-AM-01", MT + "an add-on at renewal",
        {"start": "2024-01-01", "bill_through": "2024-02-01", "currency": "EUR",
         "lines": [fixed("39")],
         "amendments": [{"kind": "add", "on": "2024-02-01", "add": {
             "key": "more", "kind": "recurring", "price": "20", "quantity": "2"}}]},
        METEROID,
        [("2024-02-01", "2024-03-01", "39.00"), ("2024-02-01", "2024-03-01", "40.00")],
        {"totals": ["39.00", "79.00"]}, some=True,
    ),
    Case(
        "KB-AM-04", KB + "add-on aligned with the base plan, in arrears",
        {"start": "2025-03-31", "bill_through": "2025-05-31",
         "lines": [fixed("1000", timing="arrears", anchor=day(31))],
         "amendments": [{"kind": "add", "on": "2025-05-30", "add": {
             "key": "more", "kind": "recurring", "price": "300", "timing": "arrears"}}]},
        KILL_BILL,
        [("2025-03-31", "2025-04-30", "1000.00"), ("2025-04-30", "2025-05-31", "1000.00"),
         ("2025-05-30", "2025-05-31", "9.68")],
    ),
    Case(
        "SF-AM-01", "Salesforce Revenue Cloud docs: amendments co-term with the contract",
        {"start": "2024-01-01", "months": 12,
         "lines": [fixed("50", frequency="yearly", price_per="monthly", quantity="100")],
         "amendments": [{"kind": "coterm", "on": "2024-07-01", "add": {
             "key": "seats", "kind": "recurring", "price": "50", "price_per": "monthly",
             "frequency": "yearly", "quantity": "25"}}]},
        INCLUSIVE | {"proration_basis": "whole_periods_and_days"},
        [("2024-01-01", "2024-12-31", "60000.00"), ("2024-07-01", "2024-12-31", "7500.00")],
    ),
    Case(
        "ST-CH-01", "Stripe docs: prorations, exactly half way",
        {"start": "2023-02-01T00:00:00Z", "bill_through": "2023-02-28", "lines": [fixed("10")],
         "amendments": [change("2023-02-15T00:00:00Z", "20")]},
        EXCLUSIVE | {"proration_basis": "seconds"},
        [("2023-02-15T00:00:00+00:00", "2023-03-01T00:00:00+00:00", "-5.00"),
         ("2023-02-15T00:00:00+00:00", "2023-03-01T00:00:00+00:00", "10.00")],
        {"totals": ["10.00", "5.00"]}, some=True,
    ),
    Case(
        "ST-CH-02", "Stripe docs: proration_date 1488568488",
        {"start": "2017-02-14T00:00:00Z", "bill_through": "2017-03-13", "lines": [fixed("10")],
         "amendments": [{"kind": "cancel", "on": "2017-03-03T19:14:48Z"}]},
        EXCLUSIVE | {"proration_basis": "seconds"},
        [("2017-03-03T19:14:48+00:00", "2017-03-14T00:00:00+00:00", "-3.64")],
        some=True,
    ),
]  # fmt: skip
