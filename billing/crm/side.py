"""Side files: the price book, accounts with their segment, sales teams with their region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches

from billing.crm.amounts import UNREADABLE, read_amount
from billing.crm.cells import clean, same
from billing.crm.recognise import recognise
from billing.crm.table import Table

NEAR = 0.84
"""How alike two names must be to be told as near: of 1, by the letters they share in order."""


@dataclass(frozen=True)
class Price:
    """A product of the price book."""

    product: str
    amount: Decimal | None
    currency: str = ""


@dataclass(frozen=True)
class Prices:
    """The price book, by the names exactly as it writes them."""

    products: Mapping[str, Price]
    _alike: Mapping[str, str] = field(default_factory=dict)

    def __contains__(self, product: str) -> bool:
        return product in self.products

    def near(self, product: str) -> tuple[str, str]:
        """The product that is probably meant, and why; or nothing."""
        key = same(product)
        if key in self._alike:
            return self._alike[key], "the same letters"
        found = get_close_matches(key, list(self._alike), 1, NEAR)
        return (self._alike[found[0]], "nearly the same letters") if found else ("", "")


def price_book(table: Table) -> Prices:
    """The price book in *table*; a product's code finds it as its name does."""
    products: dict[str, Price] = {}
    for row in _rows(table, "products"):
        mark = row["mark"] or "point"
        value = read_amount(row.get("price", ""), mark).value  # type: ignore[arg-type]
        amount = None if value is UNREADABLE else value
        for name in (row.get("product", ""), row.get("code", "")):
            if name:
                price = Price(row.get("product") or name, amount, row.get("currency", ""))
                products.setdefault(name, price)
    return Prices(products, {same(name): name for name in products})


@dataclass(frozen=True)
class Groups:
    """To which group a name belongs, such as an account to its segment."""

    what: str
    of: Mapping[str, str]


def segments(table: Table) -> Groups:
    """Segments of accounts."""
    return Groups("account", _pairs(table, "accounts", "account", "segment"))


def regions(table: Table) -> Groups:
    """Regions of owners."""
    return Groups("owner", _pairs(table, "teams", "owner", "region"))


def _pairs(table: Table, sheet: str, key: str, value: str) -> dict[str, str]:
    return {row[key]: row.get(value, "") for row in _rows(table, sheet) if row.get(key)}


def _rows(table: Table, sheet: str) -> Iterator[dict[str, str]]:
    """Every row by field, and the decimal mark of its price."""
    mapping = recognise(table, sheet=sheet).mapping
    mark = mapping.decimals.get(mapping.columns.get("price", ""), "point")
    places = {key: table.titles.index(title) for key, title in mapping.columns.items()}
    for batch in table.batches():
        for cells in zip(*batch.columns, strict=True):
            yield {key: clean(cells[place]) for key, place in places.items()} | {"mark": mark}
