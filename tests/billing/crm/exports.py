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
