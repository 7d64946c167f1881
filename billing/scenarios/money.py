"""Scenarios of currencies, taxes, discounts, one-off amounts and terms of payment."""

from __future__ import annotations

from typing import Any

from billing.scenarios.model import CALENDAR, CURRENCIES, TAX, Scenario, plan, table

JANUARY = {"start": "2025-01-01", "end": "2025-01-31"}


def part_of_january(price: str, currency: str) -> dict[str, Any]:
    """From the 15th, by calendar month, to the end of February."""
    return {"start": "2025-01-15", "end": "2025-02-28", "currency": currency,
            "lines": [plan(price, anchor=CALENDAR)]}  # fmt: skip


def once(key: str, price: str) -> dict[str, Any]:
    """A one-off line."""
    return {"key": key, "kind": "one_off", "price": price}


SCENARIOS = (
    Scenario(
        "yen", "A currency without decimals", "10,000 × 17 / 31 = 5,483.87: 5,484 yen.",
        part_of_january("10000", "JPY"),
        table("""
            2025-01-15 | = | plan 2025-01-15 2025-01-31 5484 | 0 | 5484
            2025-02-01 | = | plan 2025-02-01 2025-02-28 10000 | 0 | 10000
        """),
        CURRENCIES,
    ),
    Scenario(
        "dinar", "A currency with three decimals", "12.345 × 17 / 31 = 6.76983…: 6.770 dinars.",
        part_of_january("12.345", "KWD"),
        table("""
            2025-01-15 | = | plan 2025-01-15 2025-01-31 6.770 | 0 | 6.770
            2025-02-01 | = | plan 2025-02-01 2025-02-28 12.345 | 0 | 12.345
        """),
        CURRENCIES,
    ),
    Scenario(
        "euro", "The same in euros", "12.35 × 17 / 31 = 6.77258…: 6.77 euros.",
        part_of_january("12.35", "EUR"),
        table("""
            2025-01-15 | = | plan 2025-01-15 2025-01-31 6.77 | 0 | 6.77
            2025-02-01 | = | plan 2025-02-01 2025-02-28 12.35 | 0 | 12.35
        """),
        CURRENCIES,
    ),
    Scenario(
        "inclusive_tax", "A price with 20% of tax inside",
        "99.99 / 1.2 = 83.325; the tax of 16.665 is 16.67, so that 83.32 is left.",
        {**JANUARY, "currency": "GBP", "lines": [plan("99.99")],
         "taxes": [{"name": "VAT", "percent": "20", "inclusive": True}]},
        table("""
            2025-01-01 | = | plan 2025-01-01 2025-01-31 99.99 | 16.67 | 99.99
        """),
        TAX,
    ),
    Scenario(
        "two_jurisdictions", "State and city tax", "4% and 4.5% of 200.00, each on its own.",
        {**JANUARY, "lines": [plan("200")],
         "taxes": [{"name": "State", "jurisdiction": "US-NY", "percent": "4"},
                   {"name": "City", "jurisdiction": "US-NY-NYC", "percent": "4.5"}]},
        table("""
            2025-01-01 | = | plan 2025-01-01 2025-01-31 200.00 | 17.00 | 217.00
        """),
        TAX,
    ),
    Scenario(
        "reverse_charge", "The customer owes the tax", "A tax of zero, and it shows.",
        {**JANUARY, "currency": "EUR", "lines": [plan("200")],
         "taxes": [{"name": "VAT", "jurisdiction": "DE", "percent": "19",
                    "reverse_charge": True}]},
        table("""
            2025-01-01 | = | plan 2025-01-01 2025-01-31 200.00 | 0 | 200.00
        """),
        TAX,
    ),
    Scenario(
        "tax_on_each_line", "Three lines at 7%",
        "6.62 + 6.62 + 1.21 = 14.45; on the total it would be 14.44.",
        {**JANUARY, "lines": [once("one", "94.50"), once("three", "17.25"), once("two", "94.50")],
         "taxes": [{"percent": "7"}]},
        table("""
            2025-01-01 | = | one 2025-01-01 2025-01-01 94.50; three 2025-01-01 2025-01-01 17.25; two 2025-01-01 2025-01-01 94.50 | 14.45 | 220.70
        """),  # noqa: E501 - a row is one line
        TAX,
    ),
    Scenario(
        "introductory_discount", "20% off for three months", "The fourth month costs 50.00.",
        {"start": "2025-01-01", "end": "2025-04-30",
         "lines": [plan("50", discounts=[{"percent": "20", "periods": 3}])]},
        table("""
            2025-01-01 | = | plan 2025-01-01 2025-01-31 50.00 | 0 | 40.00
            2025-02-01 | = | plan 2025-02-01 2025-02-28 50.00 | 0 | 40.00
            2025-03-01 | = | plan 2025-03-01 2025-03-31 50.00 | 0 | 40.00
            2025-04-01 | = | plan 2025-04-01 2025-04-30 50.00 | 0 | 50.00
        """),
    ),
    Scenario(
        "discount_on_the_whole", "30.00 off an invoice of two lines, before tax",
        "20.00 off the first, 10.00 off the second; 10% of tax on 120.00.",
        {**JANUARY, "lines": [plan("100"), plan("50") | {"key": "support"}],
         "discounts": [{"amount": "30"}], "taxes": [{"percent": "10"}]},
        table("""
            2025-01-01 | = | plan 2025-01-01 2025-01-31 100.00; support 2025-01-01 2025-01-31 50.00 | 12.00 | 132.00
        """),  # noqa: E501 - a row is one line
        TAX,
    ),
    Scenario(
        "milestones", "A project in three parts", "30%, 40%, and what remains of 9,999.99.",
        {"start": "2025-01-01", "end": "2025-12-31", "lines": [{
            "key": "project", "kind": "milestone", "total": "9999.99", "milestones": [
                {"name": "Order", "on": "2025-01-01", "percent": "30"},
                {"name": "Delivery", "on": "2025-06-30", "percent": "40"},
                {"name": "Acceptance", "on": "2025-09-15"}]}]},
        table("""
            2025-01-01 | = | project 2025-01-01 2025-01-01 3000.00 | 0 | 3000.00
            2025-06-30 | = | project 2025-06-30 2025-06-30 4000.00 | 0 | 4000.00
            2025-09-15 | = | project 2025-09-15 2025-09-15 2999.99 | 0 | 2999.99
        """),
    ),
    Scenario(
        "setup_fee", "A set-up fee on the first invoice", "One invoice carries both.",
        {"start": "2025-01-01", "end": "2025-02-28", "lines": [plan("100"), once("setup", "500")]},
        table("""
            2025-01-01 | = | plan 2025-01-01 2025-01-31 100.00; setup 2025-01-01 2025-01-01 500.00 | 0 | 600.00
            2025-02-01 | = | plan 2025-02-01 2025-02-28 100.00 | 0 | 100.00
        """),  # noqa: E501 - a row is one line
    ),
    Scenario(
        "end_of_month_terms", "Due 15 days after the month's end",
        "Whatever the day of the invoice in its month.",
        {"start": "2025-01-10", "end": "2025-03-09", "lines": [plan("100")],
         "payment_terms": [{"kind": "end_of_month", "days": 15}]},
        table("""
            2025-01-10 | 2025-02-15 | plan 2025-01-10 2025-02-09 100.00 | 0 | 100.00
            2025-02-10 | 2025-03-15 | plan 2025-02-10 2025-03-09 100.00 | 0 | 100.00
        """),
    ),
    Scenario(
        "two_instalments", "Half on receipt, half after 30 days",
        "The last instalment is due on 31 January.",
        {**JANUARY, "lines": [plan("100")],
         "payment_terms": [{"kind": "on_receipt", "percent": "50"},
                           {"kind": "net", "days": 30, "percent": "50"}]},
        table("""
            2025-01-01 | 2025-01-31 | plan 2025-01-01 2025-01-31 100.00 | 0 | 100.00
        """),
    ),
)  # fmt: skip
