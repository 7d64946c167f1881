"""Where periods begin and end: month ends, frequencies, trials, time zones, ramps."""

from __future__ import annotations

from tests.billing.cases import CALENDAR, EXCLUSIVE, INCLUSIVE, KILL_BILL, LAGO, Case, day, fixed

KB = "killbill/killbill@cb60779c "
LG = "getlago/lago-api "
MT = "meteroid-oss/meteroid "
BC = "microsoft/ALAppExtensions Apps/W1/SubscriptionBilling/Test/Billing/RecurringBillingTest"

ARREARS = {"timing": "arrears"}


def whole(months: int) -> dict[str, object]:
    """Periods of so many months."""
    return {"frequency": "custom", "every": {"months": months}}


CASES = [
    Case(
        "KB-ME-01", KB + "TestIntegrationInvoice.java:237",
        {"start": "2017-01-31", "lines": [fixed("10", anchor=day(31))],
         "bill_through": "2017-04-30"},
        KILL_BILL,
        [("2017-01-31", "2017-02-28", None), ("2017-02-28", "2017-03-31", None),
         ("2017-03-31", "2017-04-30", None), ("2017-04-30", "2017-05-31", None)],
    ),
    Case(
        "LG-ME-01", LG + "billing periods, anniversary",
        {"start": "2024-01-31", "lines": [fixed("10", **ARREARS)], "bill_through": "2024-04-30"},
        LAGO,
        [("2024-01-31", "2024-02-28", None), ("2024-02-29", "2024-03-30", None),
         ("2024-03-31", "2024-04-29", None)],
    ),
    *(
        Case(
            "LG-ME-03", LG + "billing periods, anniversary",
            {"start": start, "lines": [fixed("10", **ARREARS)], "bill_through": "2022-02-28"},
            LAGO,
            [(start, "2022-02-27", None)],
        )
        for start in ("2022-01-31", "2022-01-30")
    ),
    Case(
        "LG-ME-04", LG + "billing periods, 29 February",
        {"start": "2020-02-29", "lines": [fixed("10", frequency="yearly", **ARREARS)],
         "bill_through": "2025-02-28"},
        LAGO,
        [("2021-02-28", "2022-02-27", None), ("2024-02-29", "2025-02-27", None)],
        some=True,
    ),
    *(
        Case(
            "LG-ME-05", LG + "billing periods, quarterly",
            {"start": start, "lines": [fixed("10", frequency="quarterly")],
             "bill_through": start},
            LAGO,
            [(start, end, None)],
        )
        for start, end in (("2021-11-30", "2022-02-27"), ("2022-01-30", "2022-04-29"))
    ),
    *(
        Case(
            "FX-ME-01", "flexprice/flexprice@e4b5303f NextBillingDate tests",
            {"start": start, "lines": [fixed("10", **whole(months))], "bill_through": start},
            EXCLUSIVE,
            [(start, following, None)],
        )
        for start, months, following in (
            ("2024-01-31", 1, "2024-02-29"), ("2023-12-31", 2, "2024-02-29"),
            ("2024-02-29", 1, "2024-03-29"), ("2024-02-29", 12, "2025-02-28"),
            ("2024-02-29", 48, "2028-02-29"),
        )
    ),
    *(
        Case(
            "BC-ME-01", BC + " (CheckNextToDateCalculationToStartOfMonth)",
            {"start": start, "lines": [fixed("10", **whole(months))], "bill_through": start},
            INCLUSIVE,
            [(start, end, None)],
        )
        for start, months, end in (
            ("2024-01-28", 1, "2024-02-27"), ("2024-01-29", 1, "2024-02-28"),
            ("2024-01-30", 1, "2024-02-28"), ("2024-01-31", 1, "2024-02-28"),
            ("2024-02-29", 1, "2024-03-28"), ("2024-01-31", 2, "2024-03-30"),
            ("2024-02-29", 2, "2024-04-28"), ("2024-01-31", 3, "2024-04-29"),
            ("2024-02-29", 3, "2024-05-28"), ("2024-01-31", 12, "2025-01-30"),
            ("2024-02-29", 12, "2025-02-27"),
        )
    ),
    *(
        Case(
            "BC-ME-02", BC + " (CheckNextToDateCalculationToEndOfMonth)",
            {"start": start, "lines": [fixed("10", **whole(months))], "bill_through": start},
            INCLUSIVE | {"month_end_rule": "keep_distance"},
            [(start, end, None)],
        )
        for start, months, end in (
            ("2023-01-28", 1, "2023-02-27"), ("2023-01-29", 1, "2023-02-25"),
            ("2023-01-30", 1, "2023-02-26"), ("2023-01-31", 1, "2023-02-27"),
            ("2023-02-25", 1, "2023-03-24"), ("2023-02-26", 1, "2023-03-28"),
            ("2023-02-27", 1, "2023-03-29"), ("2023-02-28", 1, "2023-03-30"),
            ("2023-03-29", 1, "2023-04-27"), ("2023-03-31", 1, "2023-04-29"),
            ("2023-01-31", 2, "2023-03-30"), ("2023-02-28", 2, "2023-04-29"),
            ("2023-02-28", 3, "2023-05-30"), ("2023-02-28", 12, "2024-02-28"),
            ("2024-01-29", 1, "2024-02-26"), ("2024-02-29", 1, "2024-03-30"),
            ("2024-02-28", 1, "2024-03-29"), ("2024-02-29", 3, "2024-05-30"),
            ("2024-02-29", 12, "2025-02-27"), ("2024-02-28", 12, "2025-02-26"),
        )
    ),
    Case(
        "EN-SCH-01", "frappe/erpnext erpnext/accounts/doctype/subscription/test_subscription.py",
        {"start": "2018-01-01", "lines": [fixed("10", **ARREARS)], "bill_through": "2018-02-01"},
        INCLUSIVE,
        [("2018-01-01", "2018-01-31", None)],
    ),
    Case(
        "KB-SCH-01", KB + "TestDefaultInvoiceGenerator.java:145",
        {"start": "2011-09-01", "lines": [fixed("10", anchor=day(1))],
         "bill_through": "2011-10-03"},
        KILL_BILL,
        [("2011-09-01", "2011-10-01", "10.00"), ("2011-10-01", "2011-11-01", "10.00")],
        {"total": "20.00"},
    ),
    Case(
        "KB-SCH-02", KB + "TestDefaultInvoiceGenerator.java:176",
        {"start": "2011-09-01",
         "lines": [fixed("10", frequency="custom", every={"days": 30})],
         "bill_through": "2011-10-03"},
        KILL_BILL,
        [("2011-09-01", "2011-10-01", "10.00"), ("2011-10-01", "2011-10-31", "10.00")],
        {"total": "20.00"},
    ),
    Case(
        "KB-SCH-04", KB + "TestRecurringInArrear.java",
        {"start": "2025-03-31", "lines": [fixed("10", anchor=day(31), **ARREARS)],
         "bill_through": "2025-05-30"},
        KILL_BILL,
        [("2025-03-31", "2025-04-30", "10.00")],
    ),
    Case(
        "KB-SCH-05", KB + "TestInArrearBillingIntervalDetail.java",
        {"start": "2012-01-16", "end": "2012-01-20",
         "lines": [fixed("31", anchor=day(18), **ARREARS)], "bill_through": "2012-01-25"},
        KILL_BILL,
        [("2012-01-16", "2012-01-18", "2.00"), ("2012-01-18", "2012-01-20", "2.00")],
    ),
    Case(
        "KB-SCH-07", KB + "TestWithQuantityUpdate.java:37",
        {"start": "2022-11-27", "lines": [fixed("29.95", quantity="7", anchor=day(27))],
         "amendments": [
             {"kind": "change", "on": "2022-12-27", "line": "plan", "quantity": "10"}],
         "bill_through": "2022-12-27"},
        KILL_BILL,
        [("2022-11-27", "2022-12-27", "209.65"), ("2022-12-27", "2023-01-27", "299.50")],
    ),
    Case(
        "LG-SCH-02", LG + "billing periods, half-yearly",
        {"start": "2021-11-02", "lines": [fixed("10", frequency="half_yearly", **ARREARS)],
         "bill_through": "2022-05-02"},
        LAGO,
        [("2021-11-02", "2022-05-01", None)],
    ),
    Case(
        "MT-SCH-01", MT + "quarterly calendar periods",
        {"start": "2021-01-10",
         "lines": [fixed("10", frequency="quarterly", anchor=CALENDAR)],
         "bill_through": "2021-01-10"},
        EXCLUSIVE,
        [("2021-01-10", "2021-04-01", None)],
    ),
    Case(
        "KB-TR-01", KB + "trial phases",
        {"start": "2012-04-01", "lines": [fixed("29.95", trial={"days": 30})],
         "bill_through": "2012-05-01"},
        KILL_BILL | {"trial_zero_invoice": True, "contract_end_meaning": "exclusive"},
        [("2012-04-01", "2012-05-01", "0.00"), ("2012-05-01", "2012-06-01", "29.95")],
    ),
    Case(
        "LG-TR-03", LG + "trial in calendar months",
        {"start": "2024-03-05",
         "lines": [fixed("50000", trial={"days": 45}, anchor=CALENDAR)],
         "bill_through": "2024-04-30"},
        LAGO,
        [("2024-04-19", "2024-04-30", "20000.00")],
    ),
    Case(
        "MT-TR-01", MT + "trial of 90 days",
        {"start": "2024-01-01", "lines": [fixed("49", trial={"days": 90})],
         "bill_through": "2024-06-30"},
        EXCLUSIVE,
        [("2024-03-31", "2024-04-30", "49.00"), ("2024-04-30", "2024-05-31", "49.00"),
         ("2024-05-31", "2024-06-30", "49.00"), ("2024-06-30", "2024-07-31", "49.00")],
    ),
    Case(
        "MT-TR-02", MT + "paid trial, which delays nothing",
        {"start": "2024-01-01", "lines": [fixed("99")], "bill_through": "2024-04-01"},
        EXCLUSIVE,
        [("2024-01-01", "2024-02-01", "99.00"), ("2024-02-01", "2024-03-01", "99.00"),
         ("2024-03-01", "2024-04-01", "99.00"), ("2024-04-01", "2024-05-01", "99.00")],
    ),
    *(
        Case(
            "KB-TZ-01", KB + "anchor day in the account's time zone",
            {"start": "2012-07-16T21:17:00Z", "lines": [fixed("10")],
             "bill_through": "2012-07-31"},
            KILL_BILL | {"time_zone": zone},
            [(first, following, None)],
        )
        for zone, first, following in (
            ("Europe/Paris", "2012-07-16", "2012-08-16"),
            ("Asia/Tokyo", "2012-07-17", "2012-08-17"),
        )
    ),
    *(
        Case(
            "LG-TZ-01", LG + "weekly plans in the customer's time zone",
            {"start": start,
             "lines": [fixed("7", frequency="weekly", anchor=CALENDAR)],
             "bill_through": "2023-06-18"},
            LAGO | {"time_zone": zone},
            [(first, "2023-06-18", amount)],
        )
        for start, zone, first, amount in (
            ("2023-06-16T05:00:00Z", "America/Denver", "2023-06-15", "4.00"),
            ("2023-06-16T05:00:00Z", "America/Halifax", "2023-06-16", "3.00"),
            ("2023-06-16T20:00:00Z", "Europe/Paris", "2023-06-16", "3.00"),
            ("2023-06-16T20:00:00Z", "Asia/Karachi", "2023-06-17", "2.00"),
        )
    ),
    Case(
        "KB-RA-03", KB + "TestCatalogDiscountAndEvergreen.java:94",
        {"start": "2023-02-28",
         "lines": [fixed("24.95", anchor=day(28), steps=[
             {"periods": 3, "price": "4.95"}, {"price": "24.95"}])],
         "bill_through": "2023-05-28"},
        KILL_BILL,
        [("2023-02-28", "2023-03-28", "4.95"), ("2023-03-28", "2023-04-28", "4.95"),
         ("2023-04-28", "2023-05-28", "4.95"), ("2023-05-28", "2023-06-28", "24.95")],
    ),
    Case(
        "KB-RA-04", KB + "TestDefaultInvoiceGenerator.java:716",
        {"start": "2012-03-06",
         "lines": [fixed("0", anchor=day(15), steps=[
             {"start": "2012-04-05", "price": "9.95"},
             {"start": "2012-10-05", "price": "19.95"}])],
         "bill_through": "2012-04-15"},
        KILL_BILL,
        [("2012-04-05", "2012-04-15", "3.21"), ("2012-04-15", "2012-05-15", "9.95")],
        some=True,
    ),
    Case(
        "KB-RA-05", KB + "TestCatalogFixedTerm.java:127",
        {"start": "2021-12-01",
         "lines": [fixed("40", frequency="custom", every={"months": 24}, steps=[
             {"start": "2024-12-01", "price": "100", "restart_anchor": True}])],
         "bill_through": "2026-12-01"},
        KILL_BILL,
        [("2021-12-01", "2023-12-01", "40.00"), ("2023-12-01", "2024-12-01", "20.03"),
         ("2024-12-01", "2026-12-01", "100.00"), ("2026-12-01", "2028-12-01", "100.00")],
    ),
]  # fmt: skip
