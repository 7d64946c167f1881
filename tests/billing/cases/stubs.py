"""What a part of a period costs."""

from __future__ import annotations

from tests.billing.cases import (
    CALENDAR,
    EXCLUSIVE,
    INCLUSIVE,
    KILL_BILL,
    Case,
    day,
    fixed,
)
from tests.billing.cases.dates import BC, KB

WHOLE = {"proration_basis": "whole_periods_and_days", "unit_price_decimals": 3}


def range_of(source: str, months: int, start: str, end: str, price: str, **more: str) -> Case:
    """Business Central prices any range: whole periods, then days; ten units show the third digit.

    The source asserts a unit price of three decimals; a quantity of 1000 makes it an amount.
    """
    unit = {1: "monthly", 3: "quarterly"}[months]
    line = fixed("100", frequency="custom", every={"months": 24}, price_per=unit, quantity="1000")
    return Case(
        source[:8], BC + source[8:],
        {"start": start, "end": end, "lines": [line]},
        INCLUSIVE | WHOLE | more,
        [(start, end, f"{price[:-4]}{price[-3:]}.00")],
    )  # fmt: skip


START = "BC-ST-01 (CheckBillingLineAmountCalculationForCustomerAlignedToStartOfMonth)"
END = "BC-ST-02 (CheckBillingLineAmountCalculationForCustomerAlignedToEndOfMonth)"

RANGES = [
    *(
        range_of(START, months, start, end, price)
        for months, start, end, price in (
            (1, "2023-01-11", "2023-02-10", "100.000"), (1, "2023-01-31", "2023-02-28", "103.226"),
            (1, "2023-01-29", "2023-02-27", "100.000"), (1, "2023-02-28", "2023-03-31", "112.903"),
            (1, "2023-02-28", "2023-03-30", "109.677"), (1, "2024-02-29", "2024-03-28", "100.000"),
            (1, "2024-01-31", "2024-03-30", "200.000"), (3, "2023-02-28", "2023-05-27", "100.000"),
            (3, "2023-02-28", "2023-05-31", "104.348"), (1, "2023-01-01", "2023-02-28", "200.000"),
            (1, "2023-01-01", "2023-01-15", "48.387"), (1, "2023-01-31", "2023-03-28", "193.548"),
            (1, "2023-01-01", "2023-02-14", "150.000"), (1, "2023-01-01", "2023-01-14", "45.161"),
            (1, "2023-02-01", "2023-02-14", "50.000"), (1, "2023-01-31", "2023-03-01", "106.452"),
            (3, "2023-01-01", "2023-01-14", "15.556"), (3, "2023-01-12", "2023-02-23", "47.778"),
            (3, "2023-01-01", "2023-04-14", "115.385"), (3, "2023-01-02", "2023-04-15", "115.385"),
            (3, "2023-02-28", "2023-06-14", "119.565"),
        )
    ),
    *(
        range_of(END, months, start, end, price, month_end_rule="keep_distance")
        for months, start, end, price in (
            (1, "2023-01-31", "2023-02-28", "103.226"), (1, "2023-01-29", "2023-02-27", "106.452"),
            (1, "2023-02-28", "2023-03-31", "103.333"), (1, "2023-02-28", "2023-03-30", "100.000"),
            (1, "2024-02-29", "2024-03-28", "93.548"), (1, "2024-01-31", "2024-03-30", "200.000"),
            (3, "2023-02-28", "2023-05-30", "100.000"), (3, "2023-02-28", "2023-05-31", "101.087"),
            (1, "2023-02-28", "2023-04-29", "200.000"), (1, "2023-01-01", "2023-02-14", "150.000"),
            (1, "2023-01-31", "2023-03-01", "106.452"), (3, "2023-01-12", "2023-02-23", "47.778"),
            (3, "2023-01-02", "2023-04-15", "115.385"), (3, "2023-02-28", "2023-06-14", "116.304"),
        )
    ),
]  # fmt: skip


def ratio(id_: str, source: str, basis: str, anchor: int, start: str, end: str, share: str) -> Case:
    """A stub whose share is asserted at nine decimals: of a price of a billion."""
    return Case(
        id_, source,
        {"start": start, "end": end, "lines": [fixed("1000000000", anchor=day(anchor))]},
        KILL_BILL | {"proration_basis": basis},
        [(start, end, f"{share.removeprefix('0.')}.00")],
    )  # fmt: skip


RATIOS = [
    *(
        ratio("KB-ST-02", KB + "TestInvoiceDateUtilsWithoutFixedProration.java", "actual_days", 15,
              start, end, share)
        for start, end, share in (
            ("2023-05-23", "2023-06-15", "0.741935484"),
            ("2023-06-23", "2023-07-15", "0.733333333"),
            ("2023-02-23", "2023-03-15", "0.714285714"),
            ("2024-02-23", "2024-03-15", "0.724137931"),
        )
    ),
    *(
        ratio("KB-ST-03", KB + "TestInvoiceDateUtilsWithFixedProration.java", "thirty_360", 15,
              start, end, share)
        for start, end, share in (
            ("2023-05-23", "2023-06-15", "0.733333333"),
            ("2023-06-23", "2023-07-15", "0.733333333"),
            ("2023-02-23", "2023-03-15", "0.733333333"),
            ("2024-02-23", "2024-03-15", "0.733333333"),
            ("2023-05-15", "2023-05-23", "0.266666667"),
        )
    ),
]  # fmt: skip

ZU = "Zuora docs: proration of recurring charges"

THIRTIETHS = [
    Case(
        "ZU-ST-02", ZU,
        {"start": start, "end": end, "lines": [fixed(str(of), anchor=CALENDAR)]},
        INCLUSIVE | {"proration_basis": basis},
        [(start, end, f"{days}.00")],
    )
    for start, end, facts in (
        ("2021-01-27", "2021-01-31", ((5, 31), (5, 30), (4, 30))),
        ("2021-02-27", "2021-02-28", ((2, 28), (2, 30), (4, 30))),
        ("2020-02-01", "2020-02-29", ((29, 29), (29, 30), (30, 30))),
        ("2021-04-21", "2021-04-29", ((9, 30), (9, 30), (9, 30))),
    )
    for basis, (days, of) in zip(
        ("actual_days", "actual_over_30", "strict_30_360"), facts, strict=True
    )
    if (start, basis) != ("2020-02-01", "actual_over_30")
]  # fmt: skip

CASES = [
    *RANGES,
    *RATIOS,
    *THIRTIETHS,
    Case(
        "KB-ST-05", KB + "proRations/inAdvance/monthly/TestProRation.java",
        {"start": "2011-01-01", "end": "2011-02-27", "lines": [fixed("10", anchor=day(15))]},
        KILL_BILL,
        [("2011-01-01", "2011-01-15", "4.52"), ("2011-01-15", "2011-02-15", "10.00"),
         ("2011-02-15", "2011-02-27", "4.29")],
    ),
    Case(
        "KB-ST-09", KB + "proRations/inAdvance/quarterly/TestLeadingProRation.java",
        {"start": "2011-02-01", "bill_through": "2011-02-13",
         "lines": [fixed("920", frequency="quarterly", anchor=day(13))]},
        KILL_BILL,
        [("2011-02-01", "2011-02-13", "120.00"), ("2011-02-13", "2011-05-13", "920.00")],
    ),
    Case(
        "KB-ST-10", KB + "TestWithBCDUpdate.java:77",
        {"start": "2016-05-01", "bill_through": "2016-05-15",
         "lines": [fixed("249.95", anchor=day(15))]},
        KILL_BILL,
        [("2016-05-01", "2016-05-15", "116.64"), ("2016-05-15", "2016-06-15", "249.95")],
    ),
    *(
        Case(
            "KB-ST-11", KB + "TestWithBCDUpdate.java:139 and :503",
            {"start": "2016-06-01", "bill_through": "2016-06-01",
             "lines": [fixed("249.95", anchor=day(15))]},
            KILL_BILL | {"stub_denominator": denominator},
            [("2016-06-01", "2016-06-15", amount)],
        )
        for denominator, amount in (("cycle_around", "112.88"), ("cycle_from_stub", "116.64"))
    ),
    Case(
        "KB-ST-12", KB + "biennial plan of a fixed term",
        {"start": "2021-12-01", "end": "2024-12-01",
         "lines": [fixed("40", frequency="custom", every={"months": 24}, anchor=day(1))]},
        KILL_BILL,
        [("2021-12-01", "2023-12-01", "40.00"), ("2023-12-01", "2024-12-01", "20.03")],
    ),
    Case(
        "OM-ST-01", "openmeterio/openmeter proration by the second",
        {"start": "2024-01-21T21:55:18Z", "bill_through": "2024-01-31",
         "lines": [fixed("20", anchor=day(1))]},
        EXCLUSIVE | {"proration_basis": "seconds"},
        [("2024-01-21T21:55:18+00:00", "2024-02-01T00:00:00+00:00", "6.51")],
    ),
    *(
        Case(
            "OM-ST-01", "openmeterio/openmeter proration by the second, compared",
            {"start": "2024-01-21T21:55:18Z", "bill_through": "2024-01-31",
             "lines": [fixed("20", anchor=day(1))]},
            EXCLUSIVE | {"proration_basis": basis},
            [("2024-01-21", "2024-02-01", amount)],
        )
        for basis, amount in (("actual_days", "7.10"), ("none", "20.00"))
    ),
    *(
        Case(
            "ZU-ST-01", ZU,
            {"start": "2018-01-01", "end": "2018-02-14",
             "lines": [fixed("100", anchor=day(15))]},
            INCLUSIVE | {"proration_basis": basis, "first_stub": "merge"},
            [("2018-01-01", "2018-02-14", amount)],
        )
        for basis, amount in (("actual_over_30", "146.67"), ("calendar_month_days", "145.16"))
    ),
    Case(
        "KB-CU-01", KB + "TestIntegrationWithDifferentBillingPeriods.java:117",
        {"start": "2023-06-01", "end": "2023-06-10",
         "lines": [fixed("249.95", anchor=CALENDAR)]},
        KILL_BILL,
        [("2023-06-01", "2023-06-10", "74.99")],
    ),
    Case(
        "KB-CU-01", KB + "the same, half even",
        {"start": "2023-06-01", "end": "2023-06-10",
         "lines": [fixed("249.95", anchor=CALENDAR)]},
        KILL_BILL | {"rounding_mode": "half_even"},
        [("2023-06-01", "2023-06-10", "74.98")],
    ),
]  # fmt: skip
