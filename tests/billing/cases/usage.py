"""Prices of usage: each row is a price list, a quantity and what it costs."""

from __future__ import annotations

from typing import Any

from tests.billing.cases import INCLUSIVE, LAGO, Case, fixed
from tests.billing.cases.dates import KB, LG, MT

OM = "openmeterio/openmeter tiered price tests"
FX = "flexprice/flexprice@e4b5303f commitment tests"
ST = "Stripe docs: package and tiered pricing"


def tiers(model: str, *rows: tuple[str | None, str, str]) -> dict[str, Any]:
    """Tiers from (up to, unit price, flat fee)."""
    return {"model": model, "tiers": [
        {"up_to": up_to, "unit_price": price, "flat_fee": fee} for up_to, price, fee in rows]
    }  # fmt: skip


def package(size: str, price: str) -> dict[str, Any]:
    """So much a package."""
    return {"model": "package", "size": size, "price": price}


LOTUS = tiers("graduated", ("50", "0", "0"), ("100", "0.01", "0"), ("200", "0.05", "0"),
              ("300", "0.1", "0"))  # fmt: skip
OPEN = tiers("volume", ("5", "0", "100"), ("10", "0", "150"), ("15", "10", "0"), (None, "5", "0"))
GRADED = tiers("graduated", ("5", "0", "100"), ("10", "0", "50"), ("15", "5", "0"),
               (None, "1", "0"))  # fmt: skip
PERCENTS = {"model": "graduated", "tiers": [
    {"up_to": "10", "percent": "1", "flat_fee": "200"},
    {"up_to": "20", "percent": "2", "flat_fee": "300"},
    {"percent": "3", "flat_fee": "400"},
]}  # fmt: skip
BLOCKS = {"model": "graduated", "tiers": [
    {"up_to": "1000", "package_size": "100", "unit_price": "1"},
    {"up_to": "101000", "package_size": "1000", "unit_price": "1"},
]}  # fmt: skip
BY_LOWER_BOUND = {"model": "volume", "tiers": [
    {"from": "0", "unit_price": "1"}, {"from": "100", "unit_price": "0.5"},
    {"from": "200", "unit_price": "0.25"},
]}  # fmt: skip
NEXT_TIER = {"tier_upper_bound": "exclusive"}
ZERO_FEE = {"tier_flat_fee_on_zero": "always"}

PRICES: list[tuple[str, str, dict[str, Any], dict[str, Any], list[tuple[str, str]]]] = [
    ("CB-PK-01", "Chargebee docs: package pricing", package("1000000", "1.25"), {},
     [("10", "1.25"), ("1500000", "2.50")]),
    ("KB-PK-01", KB + "usage/TestUsageInArrear.java (bullets)", package("100", "2.95"), {},
     [("199", "5.90"), ("350", "11.80")]),
    ("KB-PK-03", KB + "TestContiguousIntervalConsumableInArrear.java (ALL_TIERS)", BLOCKS, {},
     [("5325", "15.00")]),
    ("LG-PK-01", LG + "package charge model", package("10", "100"), {}, [("121", "1300.00")]),
    ("MT-PK-01", MT + "package pricing", package("20", "5"), {}, [("45", "15.00")]),
    ("ST-PK-01", ST, package("5", "10"), {},
     [("1", "10.00"), ("3", "10.00"), ("5", "10.00"), ("6", "20.00"), ("7", "20.00")]),
    ("LG-TG-01", LG + "graduated charge model",
     tiers("graduated", ("10", "10", "2"), ("20", "5", "3"), (None, "5", "3")), {},
     [("0", "2.00"), ("1", "12.00"), ("10", "102.00"), ("11", "110.00"), ("12", "115.00"),
      ("21", "163.00")]),
    ("LG-TG-03", LG + "graduated percentage charge model", PERCENTS, {},
     [("0", "200.00"), ("1", "200.01"), ("10", "200.10"), ("11", "500.12"), ("12", "500.14"),
      ("21", "900.33")]),
    ("LO-TG-01", "uselotus/lotus tiered price tests", LOTUS, {},
     [("200", "5.50"), ("100", "0.50")]),
    ("OM-TG-01", OM, GRADED, {}, [("22", "182.00")]),
    ("LG-TV-01", LG + "volume charge model",
     tiers("volume", ("100", "2", "10"), ("200", "1", "0"), (None, "0.5", "50")), {},
     [("0", "0.00"), ("1", "12.00"), ("100", "210.00"), ("101", "101.00"), ("200", "200.00"),
      ("300", "200.00"), ("210", "155.00")]),
    ("LO-TV-01", "uselotus/lotus: a bound belongs to the next tier", LOTUS | {"model": "volume"},
     NEXT_TIER, [("200", "20.00")]),
    ("MT-TV-01", MT + "volume pricing", BY_LOWER_BOUND, {}, [("150", "75.00")]),
    ("OM-TV-01", OM, OPEN, ZERO_FEE,
     [("0", "100.00"), ("3", "100.00"), ("5", "100.00"), ("14", "140.00"), ("15", "150.00"),
      ("16", "80.00"), ("100", "500.00")]),
    ("ST-TV-01", ST, tiers("volume", ("5", "7", "0"), ("10", "6.5", "0"), (None, "6", "0")), {},
     [("1", "7.00"), ("5", "35.00"), ("6", "39.00"), ("20", "120.00"), ("25", "150.00")]),
    ("MT-US-01", MT + "unit price below a cent", {"model": "per_unit", "price": "0.001"}, {},
     [("100", "0.10")]),
]  # fmt: skip

MONTH = {"start": "2024-01-01", "end": "2024-01-31"}


def metered(pricing: dict[str, Any], *records: tuple[str, str], **more: Any) -> dict[str, Any]:
    """A usage line with records."""
    uses = [{"on": on, "quantity": quantity} for on, quantity in records]
    return {"key": "use", "kind": "usage", "pricing": pricing, "records": uses, **more}


def unit(price: str) -> dict[str, Any]:
    """So much a unit."""
    return {"model": "per_unit", "price": price}


USED = [
    Case(
        "KB-PK-02", KB + "TestContiguousIntervalConsumableInArrear.java",
        {**MONTH, "lines": [metered(package("100", "1"), ("2024-01-03", "130"),
                                    ("2024-01-09", "271"))]},
        INCLUSIVE | {"usage_scope": scope},
        [("2024-01-01", "2024-01-31", "5.00")],
    )
    for scope in ("per_period", "per_record")
] + [
    Case(
        "OM-PK-02", OM + ", progressive billing",
        {**MONTH, "lines": [metered(package("10", "15"), ("2024-01-03", "5"),
                                    prior_quantity="17")]},
        INCLUSIVE | {"usage_scope": "cumulative_term"},
        [("2024-01-01", "2024-01-31", "15.00")],
    ),
    Case(
        "OM-TG-03", OM + ", progressive billing with a maximum spend",
        {**MONTH, "lines": [metered(GRADED, ("2024-01-03", "10"), prior_quantity="12",
                                    maximum="170")]},
        INCLUSIVE | {"usage_scope": "cumulative_term"},
        [("2024-01-01", "2024-01-31", "10.00")],
    ),
    Case(
        "ZU-US-01", "Zuora docs: tiered pricing with usage billed before",
        {**MONTH, "lines": [metered(tiers("graduated", ("10", "2", "0"), (None, "3", "0")),
                                    ("2024-01-03", "20"), prior_billed="35")]},
        INCLUSIVE | {"usage_scope": "cumulative_term"},
        [("2024-01-01", "2024-01-31", "15.00")],
    ),
    Case(
        "ZU-US-02", "Zuora docs: included units prorated, 31 x 17/31 = 17; two units above",
        {"start": "2021-01-15", "end": "2021-01-31", "lines": [metered(
            unit("1"), ("2021-01-20", "19"), included="31", anchor={"kind": "calendar"})]},
        INCLUSIVE,
        [("2021-01-15", "2021-01-31", "2.00")],
    ),
    Case(
        "LG-ST-02", LG + "prorated usage",
        {"start": "2024-01-15", "end": "2024-01-31", "currency": "EUR", "lines": [metered(
            unit("5000"), ("2024-01-20", "10"), anchor={"kind": "calendar"})]},
        LAGO | {"usage_proration": "units", "quantity_decimals": 5},
        [("2024-01-15", "2024-01-31", "27419.40")],
    ),
    Case(
        "LG-ST-02", LG + "prorated usage, had the amount been prorated",
        {"start": "2024-01-15", "end": "2024-01-31", "currency": "EUR", "lines": [metered(
            unit("5000"), ("2024-01-20", "10"), anchor={"kind": "calendar"})]},
        LAGO | {"usage_proration": "amount"},
        [("2024-01-15", "2024-01-31", "27419.35")],
    ),
    Case(
        "MT-AM-02", MT + "usage at two rates",
        {"start": "2024-02-01", "end": "2024-02-29", "currency": "EUR",
         "lines": [fixed("10"), metered(unit("0.1"), ("2024-02-03", "50"),
                                        ("2024-02-20", "200"))],
         "amendments": [{"kind": "change", "on": "2024-02-15", "line": "use",
                         "pricing": unit("0.2")}]},
        INCLUSIVE,
        [("2024-02-01", "2024-02-29", "10.00"), ("2024-02-01", "2024-02-14", "5.00"),
         ("2024-02-15", "2024-02-29", "40.00")],
        {"total": "55.00"},
    ),
]  # fmt: skip


def committed(
    id_: str, frequency: str, start: str, end: str, fee: str, paid: str, up: str, use: str = ""
) -> Case:
    """Lago's minimum commitment of 10,000 over a plan fee, in arrears, calendar periods."""
    calendar = {"frequency": frequency, "anchor": {"kind": "calendar"}}
    lines = [fixed(fee, timing="arrears", **calendar)]
    facts = [(start, end, paid), (start, end, up)]
    if use:
        lines.append(metered(unit("1"), (start, use), **calendar))
        facts.append((start, end, f"{use}.00"))
    return Case(
        id_, LG + "minimum commitment, true-up fees",
        {"start": start, "bill_through": f"{end[:4]}-12-31" if frequency != "yearly" else None,
         "end": end, "lines": lines, "currency": "EUR",
         "commitments": [{"amount": "10000", **calendar}]},
        LAGO, facts,
    )  # fmt: skip


COMMITTED = [
    committed("LG-MC-01", "weekly", "2023-02-01", "2023-02-05", "1000", "714.29", "6428.57"),
    committed("LG-MC-02", "monthly", "2023-02-04", "2023-02-28", "1000", "892.86", "8035.71"),
    committed("LG-MC-03", "quarterly", "2023-02-04", "2023-03-31", "1000", "622.22", "5600.00"),
    committed("LG-MC-04", "yearly", "2022-02-01", "2022-12-31", "1000", "915.07", "8235.61"),
    committed("LG-MC-05", "monthly", "2024-02-28", "2024-02-29", "100", "6.90", "652.76", "30"),
    committed("LG-MC-07", "quarterly", "2024-03-12", "2024-03-31", "100", "21.98", "2145.82", "30"),
    Case(
        "LG-MC-10", LG + "minimum of one charge",
        {"start": "2023-02-01", "end": "2023-02-25", "currency": "EUR",
         "taxes": [{"percent": "20"}],
         "lines": [metered(unit("1"), ("2023-02-03", "70"), minimum="100",
                           anchor={"kind": "calendar"})]},
        LAGO,
        [("2023-02-01", "2023-02-25", "70.00"), ("2023-02-01", "2023-02-25", "19.29")],
        {"subtotal": "89.29", "tax": "17.86", "total": "107.15"},
    ),
    Case(
        "LG-MC-11", LG + "a trial lowers the fee, not the commitment",
        {**MONTH, "currency": "EUR",
         "lines": [fixed("20000", timing="arrears"), metered(unit("1"), ("2024-01-03", "10"))],
         "commitments": [{"amount": "100000"}]},
        LAGO,
        [("2024-01-01", "2024-01-31", "20000.00"), ("2024-01-01", "2024-01-31", "10.00"),
         ("2024-01-01", "2024-01-31", "79990.00")],
    ),
    Case(
        "FX-CU-03", FX,
        {**MONTH, "currency": "JPY",
         "lines": [metered(unit("1"), ("2024-01-03", "8500.5"), minimum="10000")]},
        INCLUSIVE,
        [("2024-01-01", "2024-01-31", "8501"), ("2024-01-01", "2024-01-31", "1499")],
    ),
    Case(
        "FX-MC-05", FX,
        {**MONTH, "lines": [metered(unit("1"), ("2024-01-03", "749.996"), minimum="1000")]},
        INCLUSIVE,
        [("2024-01-01", "2024-01-31", "750.00"), ("2024-01-01", "2024-01-31", "250.00")],
    ),
    Case(
        "FX-MC-04", FX,
        {**MONTH,
         "lines": [metered(unit("1"), ("2024-01-03", "5")),
                   metered(unit("1"), ("2024-01-03", "7")) | {"key": "other"}],
         "commitments": [{"amount": "10", "overage_factor": "2"}]},
        INCLUSIVE,
        [("2024-01-01", "2024-01-31", "4.17"), ("2024-01-01", "2024-01-31", "5.83"),
         ("2024-01-01", "2024-01-31", "4.00")],
    ),
]  # fmt: skip

CASES = [*USED, *COMMITTED]
