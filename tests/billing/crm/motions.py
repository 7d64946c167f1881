"""Twelve exports, each labelled with the motion a person would read out of it.

They were written before the classifier, and are not to be changed to please it. Each says in a
sentence why it bears its label, and what in it points the other way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from tests.billing.crm.exports import csv_text

PEOPLE = ("Ana Silva", "Bo Lindqvist", "Chen Wei", "Dara Okoye", "Emil Novak", "Fay Adeyemi")
Row = tuple[object, ...]


@dataclass(frozen=True)
class Labelled:
    """An export, its motion and why."""

    name: str
    motion: str
    why: str
    make: Callable[[], str]


def day(chance: Random, first: date = date(2025, 1, 6), days: int = 330) -> date:
    return first + timedelta(chance.randrange(days))


def account(chance: Random, of: int) -> str:
    return f"Customer {chance.randrange(of):04d}"


def plg_sign_ups() -> str:
    chance = Random(11)
    rows: list[Row] = []
    for n in range(400):
        start = day(chance)
        closed = start + timedelta(chance.choice((0, 0, 0, 1, 1, 2, 5)))
        rows.append((f"0065g{n:05d}AAA", f"Workspace {n}", f"Team {n}", "Closed Won",
                     chance.choice((19, 29, 49, 99)), start, closed, "System Integration",
                     "Self-Service Signup"))  # fmt: skip
    head = ("Opportunity ID", "Opportunity Name", "Account Name", "Stage", "Amount",
            "Created Date", "Close Date", "Opportunity Owner", "Lead Source")  # fmt: skip
    return csv_text(head, rows)


def plg_without_owners() -> str:
    chance = Random(12)
    rows: list[Row] = []
    for n in range(300):
        start = day(chance)
        state = chance.choice(("closedwon", "closedwon", "closedwon", "closedlost"))
        rows.append((7_000_000 + n, f"Pro plan {n}", state, chance.choice((9, 15, 29, 290)), start,
                     start + timedelta(chance.randrange(8)), ""))  # fmt: skip
    head = ("Record ID", "Deal Name", "Deal Stage", "Amount", "Create Date", "Close Date",
            "Deal owner")  # fmt: skip
    return csv_text(head, rows)


def plg_few_columns() -> str:
    """Nothing but customer, plan, price and the two dates: paid within days, small, at list."""
    chance = Random(13)
    plans = {"Starter": 12, "Team": 48, "Scale": 240}
    rows: list[Row] = []
    for n in range(250):
        start, plan = day(chance), chance.choice(tuple(plans))
        rows.append((f"S-{n}", f"org-{n}", plan, "Won", plans[plan], start,
                     start + timedelta(chance.randrange(4))))  # fmt: skip
    return csv_text(("id", "account", "product", "stage", "value", "created", "closed"), rows)


def plg_with_a_stray_contract() -> str:
    """One contract among hundreds of card payments, too small to be a path of its own."""
    chance = Random(14)
    rows: list[Row] = []
    for n in range(500):
        start = day(chance)
        rows.append((f"C{n}", account(chance, 480), "Active", chance.choice((20, 50, 100)), "USD",
                     "Monthly", "Credit card", start, ""))  # fmt: skip
    rows.append(("C500", "Customer 0007", "Active", 2400, "USD", "Annual", "Net 30",
                 date(2025, 5, 5), "Ana Silva"))  # fmt: skip
    head = ("Contract Number", "Account Name", "Status", "Amount", "Currency", "Billing Frequency",
            "Payment Terms", "Contract Start Date", "Owner Name")  # fmt: skip
    return csv_text(head, rows)


def sales_enterprise() -> str:
    chance = Random(21)
    rows: list[Row] = []
    for n in range(60):
        start = day(chance)
        rows.append(
            (
                f"0061k{n:05d}AAA",
                f"Enterprise {n}",
                account(chance, 55),
                chance.choice(("Closed Won", "Closed Won", "Closed Lost", "Negotiation")),
                chance.randrange(40_000, 400_000),
                start,
                start + timedelta(chance.randrange(60, 270)),
                chance.choice(PEOPLE),
            )
        )
    head = ("Opportunity ID", "Opportunity Name", "Account Name", "Stage", "Amount",
            "Created Date", "Close Date", "Opportunity Owner")  # fmt: skip
    return csv_text(head, rows)


def sales_small_and_quick() -> str:
    """Small deals, many of them closed within a fortnight, yet each has a person behind it."""
    chance = Random(22)
    listed = {"Basic": 550, "Special": 55, "Plus": 1096, "Pro": 4821}
    rows: list[Row] = []
    for n in range(600):
        start, product = day(chance), chance.choice(tuple(listed))
        price = round(listed[product] * chance.uniform(0.75, 1.25))
        rows.append(
            (
                f"D{n}",
                chance.choice(PEOPLE),
                product,
                account(chance, 80),
                chance.choice(("Won", "Won", "Lost")),
                start,
                start + timedelta(chance.choice((5, 8, 11, 18, 57, 71, 93, 106))),
                price,
            )
        )
    head = ("opportunity_id", "sales_agent", "product", "account", "deal_stage", "engage_date",
            "close_date", "close_value")  # fmt: skip
    return csv_text(head, rows)


def sales_contracts_in_years() -> str:
    chance = Random(23)
    rows: list[Row] = []
    for n in range(45):
        start = day(chance)
        months = chance.choice((12, 24, 36))
        rows.append(
            (
                f"0080{n:04d}",
                account(chance, 40),
                start,
                months,
                "Activated",
                chance.randrange(8_000, 90_000),
                "Annual",
                chance.choice(("Net 30", "Net 60")),
            )
        )
    head = ("Contract Number", "Account Name", "Contract Start Date", "Contract Term (months)",
            "Status", "Amount", "Billing Frequency", "Payment Terms")  # fmt: skip
    return csv_text(head, rows)


def sales_without_first_dates() -> str:
    chance = Random(24)
    rows: list[Row] = [
        (n, f"Deal {n}", "Closed won", chance.randrange(3_000, 60_000), day(chance),
         chance.choice(PEOPLE), account(chance, 90))
        for n in range(120)
    ]  # fmt: skip
    head = ("Record ID", "Deal Name", "Deal Stage", "Amount", "Close Date", "Deal owner",
            "Associated Company")  # fmt: skip
    return csv_text(head, rows, ";")


def hybrid_by_pipeline() -> str:
    chance = Random(31)
    rows: list[Row] = []
    for n in range(240):
        start = day(chance)
        if n % 3:
            rows.append(
                (
                    n,
                    f"Upgrade {n}",
                    "Self-serve",
                    "Closed Won",
                    chance.choice((29, 99, 199)),
                    start,
                    start + timedelta(chance.randrange(2)),
                    "",
                )
            )
        else:
            rows.append(
                (
                    n,
                    f"Account {n}",
                    "Sales pipeline",
                    "Closed Won",
                    chance.randrange(6_000, 50_000),
                    start,
                    start + timedelta(chance.randrange(30, 150)),
                    chance.choice(PEOPLE),
                )
            )
    head = ("Record ID", "Deal Name", "Pipeline", "Deal Stage", "Amount", "Create Date",
            "Close Date", "Deal owner")  # fmt: skip
    return csv_text(head, rows)


def hybrid_by_value() -> str:
    """Few contracts by count, but they bring most of the money."""
    chance = Random(32)
    rows: list[Row] = []
    for n in range(1_000):
        start = day(chance)
        rows.append((f"A{n}", account(chance, 950), "Won", chance.choice((15, 30, 60)), start,
                     start + timedelta(chance.randrange(3)), "Website"))  # fmt: skip
    for n in range(25):
        start = day(chance)
        rows.append(
            (
                f"B{n}",
                f"Group {n}",
                "Won",
                chance.randrange(15_000, 80_000),
                start,
                start + timedelta(chance.randrange(45, 200)),
                chance.choice(PEOPLE),
            )
        )
    head = ("id", "account", "stage", "amount", "created", "closed", "owner")
    return csv_text(head, rows)


def hybrid_by_terms() -> str:
    """Neither owners nor first dates: cards by the month beside invoices by the year."""
    chance = Random(33)
    rows: list[Row] = []
    for n in range(200):
        if n % 2:
            terms: Row = ("Monthly", "Due on receipt", chance.choice((25, 75, 150)))
        else:
            terms = ("Annually", "Net 45", chance.randrange(9_000, 40_000))
        rows.append((f"K-{n}", account(chance, 180), "Active", *terms, "EUR", day(chance)))
    head = ("Contract", "Customer", "Status", "Billing Frequency", "Payment Terms",
            "Contract Value", "Currency", "Start Date")  # fmt: skip
    return csv_text(head, rows, "\t")


def hybrid_by_source() -> str:
    """Everyone has an owner on paper; where the deal came from, and how fast, tells the two."""
    chance = Random(34)
    rows: list[Row] = []
    for n in range(300):
        start = day(chance)
        if chance.random() < 0.55:
            rows.append(
                (
                    f"O{n}",
                    account(chance, 290),
                    "Closed Won",
                    "Free trial, online checkout",
                    chance.choice((49, 99, 149)),
                    start,
                    start + timedelta(chance.randrange(3)),
                    "Ana Silva",
                )
            )
        else:
            rows.append(
                (
                    f"O{n}",
                    account(chance, 290),
                    "Closed Won",
                    chance.choice(("Outbound", "Partner referral", "Trade show")),
                    chance.randrange(10_000, 70_000),
                    start,
                    start + timedelta(chance.randrange(40, 160)),
                    chance.choice(PEOPLE),
                )
            )
    head = ("Opportunity ID", "Account Name", "Stage", "Lead Source", "Amount", "Created Date",
            "Close Date", "Opportunity Owner")  # fmt: skip
    return csv_text(head, rows)


LABELLED = (
    Labelled("plg: sign-ups", "plg", "An integration books every deal, at list, within days.",
             plg_sign_ups),
    Labelled("plg: no owners", "plg", "Nobody owns a deal; small amounts, closed within a week.",
             plg_without_owners),
    Labelled("plg: few columns", "plg", "Small and fast, and nothing speaks of a seller.",
             plg_few_columns),
    Labelled("plg: stray contract", "plg", "Five hundred cards, one small contract.",
             plg_with_a_stray_contract),
    Labelled("sales-led: enterprise", "sales_led", "Large, slow, each with a seller.",
             sales_enterprise),
    Labelled("sales-led: small and quick", "sales_led",
             "Sellers on all deals, prices negotiated; size and speed point the other way.",
             sales_small_and_quick),
    Labelled("sales-led: contracts", "sales_led", "Yearly terms, Net 30 and 60, tens of thousands.",
             sales_contracts_in_years),
    Labelled("sales-led: no first dates", "sales_led", "Sellers and amounts; no cycle to look at.",
             sales_without_first_dates),
    Labelled("hybrid: pipelines", "hybrid", "Two pipelines, two to one by count.",
             hybrid_by_pipeline),
    Labelled("hybrid: value", "hybrid", "Contracts are 2 % of the deals and most of the money.",
             hybrid_by_value),
    Labelled("hybrid: terms", "hybrid", "Cards by the month, invoices by the year, half and half.",
             hybrid_by_terms),
    Labelled("hybrid: sources", "hybrid", "Checkout and outbound side by side, one owner on paper.",
             hybrid_by_source),
)  # fmt: skip
