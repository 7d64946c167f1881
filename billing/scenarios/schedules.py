"""Scenarios of frequencies, anchors, first parts, trials and ramps.

The amounts are worked out by hand: days are counted on a calendar, quotients on paper.
"""

from __future__ import annotations

from billing.scenarios.model import CALENDAR, NET_30, Scenario, plan, table

SCENARIOS = (
    Scenario(
        "annual_billed_monthly", "Annual contract billed monthly, net 30",
        "Twelve equal invoices, each due thirty days after its date.",
        {"start": "2025-01-01", "end": "2025-12-31", "payment_terms": NET_30,
         "lines": [plan("12000", price_per="yearly")]},
        table("""
            2025-01-01 | 2025-01-31 | plan 2025-01-01 2025-01-31 1000.00 | 0 | 1000.00
            2025-02-01 | 2025-03-03 | plan 2025-02-01 2025-02-28 1000.00 | 0 | 1000.00
            2025-03-01 | 2025-03-31 | plan 2025-03-01 2025-03-31 1000.00 | 0 | 1000.00
            2025-04-01 | 2025-05-01 | plan 2025-04-01 2025-04-30 1000.00 | 0 | 1000.00
            2025-05-01 | 2025-05-31 | plan 2025-05-01 2025-05-31 1000.00 | 0 | 1000.00
            2025-06-01 | 2025-07-01 | plan 2025-06-01 2025-06-30 1000.00 | 0 | 1000.00
            2025-07-01 | 2025-07-31 | plan 2025-07-01 2025-07-31 1000.00 | 0 | 1000.00
            2025-08-01 | 2025-08-31 | plan 2025-08-01 2025-08-31 1000.00 | 0 | 1000.00
            2025-09-01 | 2025-10-01 | plan 2025-09-01 2025-09-30 1000.00 | 0 | 1000.00
            2025-10-01 | 2025-10-31 | plan 2025-10-01 2025-10-31 1000.00 | 0 | 1000.00
            2025-11-01 | 2025-12-01 | plan 2025-11-01 2025-11-30 1000.00 | 0 | 1000.00
            2025-12-01 | 2025-12-31 | plan 2025-12-01 2025-12-31 1000.00 | 0 | 1000.00
        """),
    ),
    Scenario(
        "annual_not_divisible", "1,000 a year billed monthly",
        "Eleven times 83.33 leaves 83.37 for the last month; nothing is lost.",
        {"start": "2025-01-01", "end": "2025-12-31", "lines": [plan("1000", price_per="yearly")]},
        table("""
            2025-01-01 | = | plan 2025-01-01 2025-01-31 83.33 | 0 | 83.33
            2025-02-01 | = | plan 2025-02-01 2025-02-28 83.33 | 0 | 83.33
            2025-03-01 | = | plan 2025-03-01 2025-03-31 83.33 | 0 | 83.33
            2025-04-01 | = | plan 2025-04-01 2025-04-30 83.33 | 0 | 83.33
            2025-05-01 | = | plan 2025-05-01 2025-05-31 83.33 | 0 | 83.33
            2025-06-01 | = | plan 2025-06-01 2025-06-30 83.33 | 0 | 83.33
            2025-07-01 | = | plan 2025-07-01 2025-07-31 83.33 | 0 | 83.33
            2025-08-01 | = | plan 2025-08-01 2025-08-31 83.33 | 0 | 83.33
            2025-09-01 | = | plan 2025-09-01 2025-09-30 83.33 | 0 | 83.33
            2025-10-01 | = | plan 2025-10-01 2025-10-31 83.33 | 0 | 83.33
            2025-11-01 | = | plan 2025-11-01 2025-11-30 83.33 | 0 | 83.33
            2025-12-01 | = | plan 2025-12-01 2025-12-31 83.37 | 0 | 83.37
        """),
    ),
    Scenario(
        "annual_in_advance", "Two years billed yearly in advance",
        "The contract's own anniversary is the billing day.",
        {"start": "2025-03-15", "end": "2027-03-14",
         "lines": [plan("4800", frequency="yearly")]},
        table("""
            2025-03-15 | = | plan 2025-03-15 2026-03-14 4800.00 | 0 | 4800.00
            2026-03-15 | = | plan 2026-03-15 2027-03-14 4800.00 | 0 | 4800.00
        """),
    ),
    Scenario(
        "quarterly_in_arrears", "Quarterly in arrears",
        "Each quarter is billed on the day after it ended.",
        {"start": "2025-01-01", "end": "2025-12-31",
         "lines": [plan("900", frequency="quarterly", timing="arrears")]},
        table("""
            2025-04-01 | = | plan 2025-01-01 2025-03-31 900.00 | 0 | 900.00
            2025-07-01 | = | plan 2025-04-01 2025-06-30 900.00 | 0 | 900.00
            2025-10-01 | = | plan 2025-07-01 2025-09-30 900.00 | 0 | 900.00
            2026-01-01 | = | plan 2025-10-01 2025-12-31 900.00 | 0 | 900.00
        """),
    ),
    Scenario(
        "weekly", "Four weeks from a Monday", "Weeks know nothing of months.",
        {"start": "2025-01-06", "end": "2025-02-02", "lines": [plan("70", frequency="weekly")]},
        table("""
            2025-01-06 | = | plan 2025-01-06 2025-01-12 70.00 | 0 | 70.00
            2025-01-13 | = | plan 2025-01-13 2025-01-19 70.00 | 0 | 70.00
            2025-01-20 | = | plan 2025-01-20 2025-01-26 70.00 | 0 | 70.00
            2025-01-27 | = | plan 2025-01-27 2025-02-02 70.00 | 0 | 70.00
        """),
    ),
    Scenario(
        "half_yearly", "Half-yearly in advance", "Two invoices a year.",
        {"start": "2025-04-01", "end": "2026-03-31",
         "lines": [plan("600", frequency="half_yearly")]},
        table("""
            2025-04-01 | = | plan 2025-04-01 2025-09-30 600.00 | 0 | 600.00
            2025-10-01 | = | plan 2025-10-01 2026-03-31 600.00 | 0 | 600.00
        """),
    ),
    Scenario(
        "every_two_months", "A period of two months", "Periods of any number of months.",
        {"start": "2025-01-10", "end": "2025-07-09",
         "lines": [plan("50", frequency="custom", every={"months": 2})]},
        table("""
            2025-01-10 | = | plan 2025-01-10 2025-03-09 50.00 | 0 | 50.00
            2025-03-10 | = | plan 2025-03-10 2025-05-09 50.00 | 0 | 50.00
            2025-05-10 | = | plan 2025-05-10 2025-07-09 50.00 | 0 | 50.00
        """),
    ),
    Scenario(
        "calendar_first_part", "Starts on the 15th, billed by calendar month",
        "17 of January's 31 days cost 300 × 17 / 31 = 164.516….",
        {"start": "2025-01-15", "end": "2025-03-31", "lines": [plan("300", anchor=CALENDAR)]},
        table("""
            2025-01-15 | = | plan 2025-01-15 2025-01-31 164.52 | 0 | 164.52
            2025-02-01 | = | plan 2025-02-01 2025-02-28 300.00 | 0 | 300.00
            2025-03-01 | = | plan 2025-03-01 2025-03-31 300.00 | 0 | 300.00
        """),
    ),
    Scenario(
        "fixed_billing_day", "Starts on the 1st, billed on the 15th",
        "14 days of the cycle from 15 December to 14 January, which has 31.",
        {"start": "2025-01-01", "end": "2025-03-14",
         "lines": [plan("310", anchor={"kind": "day", "day": 15})]},
        table("""
            2025-01-01 | = | plan 2025-01-01 2025-01-14 140.00 | 0 | 140.00
            2025-01-15 | = | plan 2025-01-15 2025-02-14 310.00 | 0 | 310.00
            2025-02-15 | = | plan 2025-02-15 2025-03-14 310.00 | 0 | 310.00
        """),
    ),
    Scenario(
        "january_31", "Monthly from 31 January",
        "Months without a 31st bill on their last day; the 31st comes back in March.",
        {"start": "2025-01-31", "end": "2025-05-30", "lines": [plan("99")]},
        table("""
            2025-01-31 | = | plan 2025-01-31 2025-02-27 99.00 | 0 | 99.00
            2025-02-28 | = | plan 2025-02-28 2025-03-30 99.00 | 0 | 99.00
            2025-03-31 | = | plan 2025-03-31 2025-04-29 99.00 | 0 | 99.00
            2025-04-30 | = | plan 2025-04-30 2025-05-30 99.00 | 0 | 99.00
        """),
    ),
    Scenario(
        "leap_day", "Yearly from 29 February",
        "Common years bill on 28 February, the next leap year on the 29th again.",
        {"start": "2024-02-29", "end": "2029-02-27",
         "lines": [plan("366", frequency="yearly")]},
        table("""
            2024-02-29 | = | plan 2024-02-29 2025-02-27 366.00 | 0 | 366.00
            2025-02-28 | = | plan 2025-02-28 2026-02-27 366.00 | 0 | 366.00
            2026-02-28 | = | plan 2026-02-28 2027-02-27 366.00 | 0 | 366.00
            2027-02-28 | = | plan 2027-02-28 2028-02-28 366.00 | 0 | 366.00
            2028-02-29 | = | plan 2028-02-29 2029-02-27 366.00 | 0 | 366.00
        """),
    ),
    Scenario(
        "year_off_the_calendar", "A year from 10 February, by calendar quarter",
        "50 of 90 days come first, 40 of 90 last; together they are the year's 1,000.",
        {"start": "2025-02-10", "end": "2026-02-09",
         "lines": [plan("1000", price_per="yearly", frequency="quarterly", anchor=CALENDAR)]},
        table("""
            2025-02-10 | = | plan 2025-02-10 2025-03-31 138.89 | 0 | 138.89
            2025-04-01 | = | plan 2025-04-01 2025-06-30 250.00 | 0 | 250.00
            2025-07-01 | = | plan 2025-07-01 2025-09-30 250.00 | 0 | 250.00
            2025-10-01 | = | plan 2025-10-01 2025-12-31 250.00 | 0 | 250.00
            2026-01-01 | = | plan 2026-01-01 2026-02-09 111.11 | 0 | 111.11
        """),
    ),
    Scenario(
        "trial", "Fourteen days of trial",
        "Billing begins on the day after the trial, which becomes the billing day.",
        {"start": "2025-02-01", "end": "2025-04-14", "lines": [plan("56", trial={"days": 14})]},
        table("""
            2025-02-15 | = | plan 2025-02-15 2025-03-14 56.00 | 0 | 56.00
            2025-03-15 | = | plan 2025-03-15 2025-04-14 56.00 | 0 | 56.00
        """),
    ),
    Scenario(
        "first_month_free", "The first month is free", "No invoice for January.",
        {"start": "2025-01-01", "end": "2025-03-31",
         "lines": [plan("80", free=[{"periods": 1}])]},
        table("""
            2025-02-01 | = | plan 2025-02-01 2025-02-28 80.00 | 0 | 80.00
            2025-03-01 | = | plan 2025-03-01 2025-03-31 80.00 | 0 | 80.00
        """),
    ),
    Scenario(
        "ramp_by_year", "Three years, each dearer", "A ramp of prices, one step a year.",
        {"start": "2025-01-01", "end": "2027-12-31",
         "lines": [plan("10000", frequency="yearly", steps=[
             {"periods": 1, "price": "10000"}, {"periods": 1, "price": "12500"},
             {"price": "15000"}])]},
        table("""
            2025-01-01 | = | plan 2025-01-01 2025-12-31 10000.00 | 0 | 10000.00
            2026-01-01 | = | plan 2026-01-01 2026-12-31 12500.00 | 0 | 12500.00
            2027-01-01 | = | plan 2027-01-01 2027-12-31 15000.00 | 0 | 15000.00
        """),
    ),
    Scenario(
        "ramp_of_seats", "Ten, twenty, then thirty seats", "A ramp of quantities at one price.",
        {"start": "2025-01-01", "end": "2025-06-30",
         "lines": [plan("15", steps=[
             {"periods": 2, "quantity": "10"}, {"periods": 2, "quantity": "20"},
             {"quantity": "30"}])]},
        table("""
            2025-01-01 | = | plan 2025-01-01 2025-01-31 150.00 | 0 | 150.00
            2025-02-01 | = | plan 2025-02-01 2025-02-28 150.00 | 0 | 150.00
            2025-03-01 | = | plan 2025-03-01 2025-03-31 300.00 | 0 | 300.00
            2025-04-01 | = | plan 2025-04-01 2025-04-30 300.00 | 0 | 300.00
            2025-05-01 | = | plan 2025-05-01 2025-05-31 450.00 | 0 | 450.00
            2025-06-01 | = | plan 2025-06-01 2025-06-30 450.00 | 0 | 450.00
        """),
    ),
    Scenario(
        "ramp_inside_a_month", "A new price from 15 February",
        "Fourteen days at 100 and fourteen at 120, of a month of 28.",
        {"start": "2025-01-01", "end": "2025-03-31",
         "lines": [plan("100", steps=[{"start": "2025-02-15", "price": "120"}])]},
        table("""
            2025-01-01 | = | plan 2025-01-01 2025-01-31 100.00 | 0 | 100.00
            2025-02-01 | = | plan 2025-02-01 2025-02-14 50.00 | 0 | 50.00
            2025-02-15 | = | plan 2025-02-15 2025-02-28 60.00 | 0 | 60.00
            2025-03-01 | = | plan 2025-03-01 2025-03-31 120.00 | 0 | 120.00
        """),
    ),
)  # fmt: skip
