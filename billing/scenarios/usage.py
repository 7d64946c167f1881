"""Scenarios of usage: tiers, packages, percentages, minimums, commitments."""

from __future__ import annotations

from typing import Any

from billing.scenarios.model import USAGE, Scenario, metered, plan, table

JANUARY = {"start": "2025-01-01", "end": "2025-01-31"}
UNIT = {"model": "per_unit", "price": "1"}


def tiers(model: str, *rows: tuple[str | None, str]) -> dict[str, Any]:
    """Tiers from (up to, unit price)."""
    return {"model": model, "tiers": [{"up_to": up_to, "unit_price": p} for up_to, p in rows]}


SCENARIOS = (
    Scenario(
        "graduated_usage", "Usage through three tiers",
        "6,200 units: 1,000 × 0.10 + 4,000 × 0.08 + 1,200 × 0.05 = 480; 1,000 stay in the first.",
        {"start": "2025-01-01", "end": "2025-02-28", "lines": [metered(
            tiers("graduated", ("1000", "0.10"), ("5000", "0.08"), (None, "0.05")),
            ("2025-01-10", "6000"), ("2025-01-31", "200"), ("2025-02-01", "1000"))]},
        table("""
            2025-02-01 | = | use 2025-01-01 2025-01-31 480.00 | 0 | 480.00
            2025-03-01 | = | use 2025-02-01 2025-02-28 100.00 | 0 | 100.00
        """),
        USAGE,
    ),
    Scenario(
        "volume_usage", "All units at the price of the tier reached",
        "100 units cost 200.00, one more makes all of them cheaper: 151.50.",
        {"start": "2025-01-01", "end": "2025-02-28", "lines": [metered(
            tiers("volume", ("100", "2"), ("500", "1.50"), (None, "1")),
            ("2025-01-10", "100"), ("2025-02-10", "101"))]},
        table("""
            2025-02-01 | = | use 2025-01-01 2025-01-31 200.00 | 0 | 200.00
            2025-03-01 | = | use 2025-02-01 2025-02-28 151.50 | 0 | 151.50
        """),
        USAGE,
    ),
    Scenario(
        "packages", "Messages by the thousand", "2,001 messages are three packages.",
        {**JANUARY, "lines": [metered(
            {"model": "package", "size": "1000", "price": "10"}, ("2025-01-10", "2001"))]},
        table("""
            2025-02-01 | = | use 2025-01-01 2025-01-31 30.00 | 0 | 30.00
        """),
        USAGE,
    ),
    Scenario(
        "zero_usage", "A month without usage", "The fee is billed, usage shows as zero.",
        {**JANUARY, "lines": [plan("20", timing="arrears"),
                              metered({"model": "per_unit", "price": "0.05"})]},
        table("""
            2025-02-01 | = | plan 2025-01-01 2025-01-31 20.00; use 2025-01-01 2025-01-31 0.00 | 0 | 20.00
        """),  # noqa: E501 - a row is one line
        USAGE,
    ),
    Scenario(
        "percentage_with_fixed_part", "2.9% and 0.30 of each payment",
        "2.9% of 359.99 is 10.43971; three times 0.30 make it 11.33971.",
        {**JANUARY, "lines": [metered(
            {"model": "percentage", "percent": "2.9", "fixed": "0.30"},
            ("2025-01-02", "100"), ("2025-01-09", "250"), ("2025-01-20", "9.99"))]},
        table("""
            2025-02-01 | = | use 2025-01-01 2025-01-31 11.34 | 0 | 11.34
        """),
        USAGE,
    ),
    Scenario(
        "included_units", "1,000 units included, 0.02 each above",
        "250 units are charged.",
        {**JANUARY, "lines": [metered(
            {"model": "per_unit", "price": "0.02"}, ("2025-01-10", "1250"), included="1000")]},
        table("""
            2025-02-01 | = | use 2025-01-01 2025-01-31 5.00 | 0 | 5.00
        """),
        USAGE,
    ),
    Scenario(
        "minimum_true_up", "At least 500 a month",
        "320.50 of usage and 179.50 to make up the minimum.",
        {**JANUARY, "lines": [metered(UNIT, ("2025-01-10", "320.50"), minimum="500")]},
        table("""
            2025-02-01 | = | use 2025-01-01 2025-01-31 179.50; use 2025-01-01 2025-01-31 320.50 | 0 | 500.00
        """),  # noqa: E501 - a row is one line
        USAGE,
    ),
    Scenario(
        "commitment_true_up", "Fee and usage together at least 1,000",
        "200 of fee and 300 of usage leave 500.",
        {**JANUARY, "lines": [plan("200", timing="arrears"), metered(UNIT, ("2025-01-10", "300"))],
         "commitments": [{"amount": "1000"}]},
        table("""
            2025-02-01 | = | commitment 2025-01-01 2025-01-31 500.00; plan 2025-01-01 2025-01-31 200.00; use 2025-01-01 2025-01-31 300.00 | 0 | 1000.00
        """),  # noqa: E501 - a row is one line
        USAGE,
    ),
    Scenario(
        "overage", "Beyond 1,000 at one and a half times the price",
        "1,400 of usage: 1,000 within the commitment, 400 × 1.5 beyond it.",
        {**JANUARY, "lines": [metered(UNIT, ("2025-01-10", "1400"))],
         "commitments": [{"amount": "1000", "overage_factor": "1.5"}]},
        table("""
            2025-02-01 | = | commitment 2025-01-01 2025-01-31 600.00; use 2025-01-01 2025-01-31 1000.00 | 0 | 1600.00
        """),  # noqa: E501 - a row is one line
        USAGE,
    ),
    Scenario(
        "rate_changed", "A new rate from 15 February",
        "50 units before at 0.10, 200 from that day at 0.20.",
        {"start": "2025-02-01", "end": "2025-02-28", "lines": [metered(
            {"model": "per_unit", "price": "0.10"}, ("2025-02-03", "50"), ("2025-02-15", "200"))],
         "amendments": [{"kind": "change", "on": "2025-02-15", "line": "use",
                         "pricing": {"model": "per_unit", "price": "0.20"}}]},
        table("""
            2025-02-15 | = | use 2025-02-01 2025-02-14 5.00 | 0 | 5.00
            2025-03-01 | = | use 2025-02-15 2025-02-28 40.00 | 0 | 40.00
        """),
        USAGE,
    ),
)  # fmt: skip
