"""Products against the price book, and amounts that stand out."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator
from math import log10
from statistics import median

from billing.crm.amounts import UNREADABLE
from billing.crm.collect import Ledger, details_of
from billing.crm.deals import Deals
from billing.crm.mapping import Mapping
from billing.crm.report import Finding
from billing.crm.side import Prices

MOST_NAMES = 5_000


class Products:
    """Products that the price book does not have, with the one that is probably meant."""

    def __init__(self, mapping: Mapping, prices: Prices | None) -> None:
        self.column = mapping.columns.get("product", "")
        self.prices = prices
        self.rows = array("I")
        self.names: Counter[str] = Counter()

    def take(self, deals: Deals) -> None:
        if self.prices is None or "product" not in deals.texts:
            return
        for row, name in enumerate(deals.texts["product"], deals.first):
            if name and name not in self.prices and not self._several(name):
                self.rows.append(row)
                if len(self.names) < MOST_NAMES or name in self.names:
                    self.names[name] += 1

    def _several(self, name: str) -> bool:
        parts = [part.strip() for part in name.split(";")]
        known = self.prices
        return len(parts) > 1 and known is not None and all(part in known for part in parts)

    def findings(self, ledger: Ledger) -> Iterator[Finding]:
        if not self.rows or self.prices is None:
            return
        notes = {}
        for name, _ in self.names.most_common(50):
            near, how = self.prices.near(name)
            notes[name] = f"probably “{near}”: {how}" if near else ""
        won = ledger.by_state(self.rows)["won"]
        why = f"{won:,} won deals are for a product without a list price under that name."
        if not won:
            why = "No won deal is for one of them."
        yield ledger.finding("unmatched.product", "unmatched", "Product not in the price book",
                             self.rows, ledger.rows, why, column=self.column,
                             details=details_of(self.names, notes))  # fmt: skip


class Outliers:
    """Amounts of won deals far from the others of their product.

    The measure is robust: distance from the median of the logarithms, in median distances
    (1.4826 of which make a standard deviation of a normal distribution). Groups of fewer than
    ``FEWEST`` deals are not judged.
    """

    FEWEST = 20
    FAR = 5.0
    NARROWEST = 0.04
    """Where nearly all amounts are equal, a tenth more or less is still nothing strange."""
    MOST_GROUPS = 2_000

    def __init__(self, mapping: Mapping) -> None:
        self.column = mapping.columns.get("amount", "")
        self.groups: dict[tuple[str, str], tuple[array[int], array[float]]] = {}

    def take(self, deals: Deals) -> None:
        amounts = deals.amounts
        if amounts is None:
            return
        products, codes = deals.texts.get("product"), deals.currencies
        for place in deals.won:
            value = amounts[place]
            if value is None or value is UNREADABLE or value <= 0:
                continue
            key = (products[place] if products else "", codes[place] if codes else "")
            group = self.groups.get(key)
            if group is None:
                if len(self.groups) >= self.MOST_GROUPS:
                    continue
                group = self.groups[key] = (array("I"), array("d"))
            group[0].append(deals.first + place)
            group[1].append(log10(value))

    def findings(self, ledger: Ledger) -> Iterator[Finding]:
        found, names, judged = array("I"), Counter[str](), 0
        for (product, _), (rows, logs) in self.groups.items():
            if len(rows) < self.FEWEST:
                continue
            judged += len(rows)
            middle = median(logs)
            spread = max(1.4826 * median(abs(x - middle) for x in logs), self.NARROWEST)
            far = [row for row, x in zip(rows, logs, strict=True)
                   if abs(x - middle) > self.FAR * spread]  # fmt: skip
            found.extend(far)
            if far:
                names[product or "(all)"] += len(far)
        if found:
            why = "So far from the usual amount of the product that it wants a second look."
            yield ledger.finding("outlier.amount", "outlier", "Amount that stands out",
                                 array("I", sorted(found)), judged, why, column=self.column,
                                 details=details_of(names), harmless=True)  # fmt: skip
