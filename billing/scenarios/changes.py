"""Scenarios of amendments: upgrades, downgrades, cancellations, co-terms, pauses."""

from __future__ import annotations

from typing import Any

from billing.scenarios.model import TAX, Scenario, plan, table


def change(on: str, **more: str) -> dict[str, Any]:
    """New terms of the line ``plan``."""
    return {"kind": "change", "on": on, "line": "plan", **more}


ADD_ON = {"key": "extra", "kind": "recurring", "price": "30"}

SCENARIOS = (
    Scenario(
        "upgrade_mid_cycle", "Upgrade in the middle of April",
        "Fifteen of thirty days come back at the old price and are billed at the new one.",
        {"start": "2025-04-01", "end": "2025-05-31", "lines": [plan("100")],
         "amendments": [change("2025-04-16", price="200") | {"kind": "upgrade"}]},
        table("""
            2025-04-01 | = | plan 2025-04-01 2025-04-30 100.00 | 0 | 100.00
            2025-04-16 | = | plan 2025-04-16 2025-04-30 -50.00; plan 2025-04-16 2025-04-30 100.00 | 0 | 50.00
            2025-05-01 | = | plan 2025-05-01 2025-05-31 200.00 | 0 | 200.00
        """),  # noqa: E501 - a row is one line
    ),
    Scenario(
        "downgrade_mid_cycle", "Downgrade on 11 June",
        "Twenty of thirty days: 200 come back, 80 are due; the customer keeps a balance of 120.",
        {"start": "2025-06-01", "end": "2025-07-31", "lines": [plan("300")],
         "amendments": [change("2025-06-11", price="120") | {"kind": "downgrade"}]},
        table("""
            2025-06-01 | = | plan 2025-06-01 2025-06-30 300.00 | 0 | 300.00
            2025-06-11 | = | plan 2025-06-11 2025-06-30 -200.00; plan 2025-06-11 2025-06-30 80.00 | 0 | -120.00
            2025-07-01 | = | plan 2025-07-01 2025-07-31 120.00 | 0 | 120.00
        """),  # noqa: E501 - a row is one line
    ),
    Scenario(
        "seats_added", "Three more seats on 17 January",
        "Fifteen of 31 days: five seats come back (75.00), eight are billed (120.00).",
        {"start": "2025-01-01", "end": "2025-02-28", "lines": [plan("31", quantity="5")],
         "amendments": [change("2025-01-17", quantity="8")]},
        table("""
            2025-01-01 | = | plan 2025-01-01 2025-01-31 155.00 | 0 | 155.00
            2025-01-17 | = | plan 2025-01-17 2025-01-31 -75.00; plan 2025-01-17 2025-01-31 120.00 | 0 | 45.00
            2025-02-01 | = | plan 2025-02-01 2025-02-28 248.00 | 0 | 248.00
        """),  # noqa: E501 - a row is one line
    ),
    Scenario(
        "upgrade_at_next_period", "Upgrade agreed for the next period",
        "Nothing is prorated; May has the new price.",
        {"start": "2025-04-01", "end": "2025-05-31", "lines": [plan("100")],
         "amendments": [change("2025-04-16", price="200")]},
        table("""
            2025-04-01 | = | plan 2025-04-01 2025-04-30 100.00 | 0 | 100.00
            2025-05-01 | = | plan 2025-05-01 2025-05-31 200.00 | 0 | 200.00
        """),
        conventions={"change_effect": "next_period"},
    ),
    Scenario(
        "credit_memo", "Cancelled on 21 May, with tax",
        "Eleven of 31 days of 62.00 are 22.00, with 2.20 of tax, on a credit note of its own.",
        {"start": "2025-05-01", "end": "2025-12-31", "lines": [plan("62")],
         "taxes": [{"name": "Sales tax", "percent": "10"}],
         "amendments": [{"kind": "cancel", "on": "2025-05-21"}]},
        table("""
            2025-05-01 | = | plan 2025-05-01 2025-05-31 62.00 | 6.20 | 68.20
            2025-05-21 | = | plan 2025-05-21 2025-05-31 -22.00 | -2.20 | -24.20
        """),
        TAX,
        {"credit_form": "credit_note"},
    ),
    Scenario(
        "cancelled_on_day_one", "Cancelled on the first day", "No invoice at all.",
        {"start": "2025-01-01", "end": "2025-12-31", "lines": [plan("100")],
         "amendments": [{"kind": "cancel", "on": "2025-01-01"}]},
        (),
    ),
    Scenario(
        "cancelled_on_day_one_after_billing", "Cancelled on the first day, billed already",
        "The whole invoice comes back.",
        {"start": "2025-01-01", "end": "2025-12-31", "lines": [plan("100")],
         "amendments": [{"kind": "cancel", "on": "2025-01-01"}]},
        table("""
            2025-01-01 | = | plan 2025-01-01 2025-01-31 100.00 | 0 | 100.00
            2025-01-01 | = | plan 2025-01-01 2025-01-31 -100.00 | 0 | -100.00
        """),
        conventions={"change_on_period_start": "reverse", "credit_form": "credit_note"},
    ),
    Scenario(
        "cancelled_in_arrears", "In arrears, cancelled on 11 January",
        "Ten of 31 days of 93.00, billed on the day of the cancellation; nothing to credit.",
        {"start": "2025-01-01", "end": "2025-12-31", "lines": [plan("93", timing="arrears")],
         "amendments": [{"kind": "cancel", "on": "2025-01-11"}]},
        table("""
            2025-01-11 | = | plan 2025-01-01 2025-01-10 30.00 | 0 | 30.00
        """),
    ),
    Scenario(
        "coterm", "Seats added in July end with the contract",
        "184 of 365 days of 730.00 a year.",
        {"start": "2025-01-01", "end": "2025-12-31",
         "lines": [plan("1200", frequency="yearly")],
         "amendments": [{"kind": "coterm", "on": "2025-07-01", "add": {
             "key": "seats", "kind": "recurring", "price": "730", "frequency": "yearly"}}]},
        table("""
            2025-01-01 | = | plan 2025-01-01 2025-12-31 1200.00 | 0 | 1200.00
            2025-07-01 | = | seats 2025-07-01 2025-12-31 368.00 | 0 | 368.00
        """),
    ),
    Scenario(
        "line_added", "An add-on from 16 April, on the contract's billing day",
        "Half of April, then together with the plan.",
        {"start": "2025-04-01", "end": "2025-05-31", "lines": [plan("100")],
         "amendments": [{"kind": "add", "on": "2025-04-16", "add": ADD_ON}]},
        table("""
            2025-04-01 | = | plan 2025-04-01 2025-04-30 100.00 | 0 | 100.00
            2025-04-16 | = | extra 2025-04-16 2025-04-30 15.00 | 0 | 15.00
            2025-05-01 | = | extra 2025-05-01 2025-05-31 30.00; plan 2025-05-01 2025-05-31 100.00 | 0 | 130.00
        """),  # noqa: E501 - a row is one line
    ),
    Scenario(
        "line_removed", "An add-on removed on 15 February",
        "Fourteen of 28 days of 30.00 come back; the plan goes on.",
        {"start": "2025-02-01", "end": "2025-03-31", "lines": [plan("100"), ADD_ON],
         "amendments": [{"kind": "remove", "on": "2025-02-15", "line": "extra"}]},
        table("""
            2025-02-01 | = | extra 2025-02-01 2025-02-28 30.00; plan 2025-02-01 2025-02-28 100.00 | 0 | 130.00
            2025-02-15 | = | extra 2025-02-15 2025-02-28 -15.00 | 0 | -15.00
            2025-03-01 | = | plan 2025-03-01 2025-03-31 100.00 | 0 | 100.00
        """),  # noqa: E501 - a row is one line
    ),
    Scenario(
        "extended", "Extended by a month before it ends", "One more invoice, no gap.",
        {"start": "2025-01-01", "end": "2025-02-28", "lines": [plan("50")],
         "amendments": [{"kind": "extend", "on": "2025-02-10", "end": "2025-03-31"}]},
        table("""
            2025-01-01 | = | plan 2025-01-01 2025-01-31 50.00 | 0 | 50.00
            2025-02-01 | = | plan 2025-02-01 2025-02-28 50.00 | 0 | 50.00
            2025-03-01 | = | plan 2025-03-01 2025-03-31 50.00 | 0 | 50.00
        """),
    ),
    Scenario(
        "paused", "Paused for the second half of June",
        "Fifteen of thirty days of 60.00 come back; July is billed as before.",
        {"start": "2025-06-01", "end": "2025-07-31", "lines": [plan("60")],
         "amendments": [{"kind": "pause", "on": "2025-06-16", "until": "2025-07-01"}]},
        table("""
            2025-06-01 | = | plan 2025-06-01 2025-06-30 60.00 | 0 | 60.00
            2025-06-16 | = | plan 2025-06-16 2025-06-30 -30.00 | 0 | -30.00
            2025-07-01 | = | plan 2025-07-01 2025-07-31 60.00 | 0 | 60.00
        """),
    ),
)  # fmt: skip
