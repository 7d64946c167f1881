"""Exports as text, made by hand or by a generator with a fixed seed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence


def csv_text(head: Sequence[str], rows: Iterable[Sequence[object]], separator: str = ",") -> str:
    """A table as a CSV file says it."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue()


DEAL_HEAD = ("opportunity_id", "sales_agent", "product", "account", "deal_stage", "engage_date",
             "close_date", "close_value")  # fmt: skip
DEALS = (
    ("A1", "Moses Frase", "GTX Basic", "Cancity", "Won", "10/20/2016", "3/1/2017", "1054"),
    ("A2", "Darcel Schlecht", "GTXPro", "Isdom", "Won", "10/25/2016", "3/11/2017", "4514"),
    ("A3", "Darcel Schlecht", "GTX Pro", "", "Engaging", "10/25/2016", "", ""),
    ("A4", "Zane Levy", "MG Special", "Cancity", "Lost", "10/25/2016", "3/27/2017", "0"),
    ("A5", "Zane Levy", "GTXPro", "", "Prospecting", "", "", ""),
)
PRICES = "product,series,sales_price\nGTX Basic,GTX,550\nGTX Pro,GTX,4821\nMG Special,MG,55\n"


def small_export() -> str:
    """Five deals with every trouble of a real export: what is missing is missing on open deals."""
    return csv_text(DEAL_HEAD, DEALS)


FAULTY_HEAD = ("opportunity_id", "sales_agent", "product", "bought_by", "deal_stage",
               "engage_date", "close_date", "close_value")  # fmt: skip
FAULTY_PRODUCTS = ("GTX Basic", "GTXPro", "GTX Pro", "MG Special")


def faulty_export(deals: int = 24) -> str:
    """The faults of a real export; besides, one title nobody knows and dates of either order.

    Of every four deals two are won, one is lost and one is open: that one lacks its account,
    its value and its close date. Every fourth product is written as the price book does not.
    """
    return csv_text(FAULTY_HEAD, [_faulty(at) for at in range(deals)])


def _faulty(at: int) -> tuple[object, ...]:
    stage = ("Won", "Won", "Lost", "Engaging")[at % 4]
    product = FAULTY_PRODUCTS[(at + at // 4) % 4]
    began, closed = f"2016-10-{at % 28 + 1:02}", f"{at % 12 + 1}/{at % 11 + 1}/2017"
    buyer = ("Cancity", "Isdom", "Hottechi", "Rangreen")[at % 4]
    if stage == "Engaging":
        return f"A{at}", "Zane Levy", product, "", stage, began, "", ""
    value = 0 if stage == "Lost" else 550 + 37 * at
    return f"A{at}", "Darcel Schlecht", product, buyer, stage, began, closed, value
