"""Values that are not there. Only what a won deal lacks can be a gap in billing."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator

from billing.crm.collect import Ledger, spread
from billing.crm.dates import MISSING
from billing.crm.deals import Deals
from billing.crm.mapping import CONTRACTS, Mapping
from billing.crm.report import Finding

ALWAYS = {
    "close": "No close date",
    "amount": "No amount",
    "account": "No account",
}
"""Looked for in every row; an open deal may well lack them."""
ONCE_WON = {
    "payment_terms": "No payment terms",
    "billing_frequency": "No billing frequency",
    "term_start": "No contract start",
    "term_end": "No contract end or term",
    "currency": "No currency",
}
"""Agreed when a deal is won, and looked for only then."""


class Missing:
    """Rows that lack a field the export has, and fields it does not have at all."""

    def __init__(self, mapping: Mapping) -> None:
        self.mapping = mapping
        self.contracts = mapping.sheet == CONTRACTS
        self.rows: dict[str, array[int]] = {
            key: array("I") for key in (*ALWAYS, *ONCE_WON, "product") if self._has(key)
        }
        self.no_currency = array("I")
        self.seen_currency = False

    def _has(self, key: str) -> bool:
        columns = self.mapping.columns
        return key in columns or (key == "term_end" and "term_months" in columns)

    def take(self, deals: Deals) -> None:
        for key, rows in self.rows.items():
            if key != "currency":
                rows.extend(deals.first + place for place in self._places(key, deals))
        if deals.currencies is not None:
            self.seen_currency = True
            codes = deals.currencies
            self.no_currency.extend(deals.first + p for p in deals.won if not codes[p])
        else:
            self.no_currency.extend(deals.first + p for p in deals.won)

    def _places(self, key: str, deals: Deals) -> Iterable[int]:
        if key == "amount":
            return (p for p, value in enumerate(deals.amounts or []) if value is None)
        if key == "term_end":
            return self._endless(deals)
        if key in deals.days:
            days = deals.days[key]
            if key in ONCE_WON:
                return (place for place in deals.won if days[place] == MISSING)
            return (place for place, day in enumerate(days) if day == MISSING)
        texts = deals.texts[key]
        if key in ONCE_WON:
            return (place for place in deals.won if not texts[place])
        return (place for place, text in enumerate(texts) if not text)

    @staticmethod
    def _endless(deals: Deals) -> Iterator[int]:
        ends, months = deals.days.get("term_end"), deals.texts.get("term_months")
        for place in deals.won:
            if not (ends and ends[place] != MISSING) and not (months and months[place]):
                yield place

    def findings(self, ledger: Ledger) -> Iterator[Finding]:
        for key, title in (*ALWAYS.items(), *ONCE_WON.items(), ("product", "No product")):
            if key == "currency":
                yield from self._currency(ledger, title)
            elif key in self.rows:
                yield from self._in_column(ledger, key, title)
            elif key != "product" and not (key == "close" and self.contracts):
                yield from self._absent(ledger, key, title)

    def _in_column(self, ledger: Ledger, key: str, title: str) -> Iterator[Finding]:
        rows = self.rows[key]
        if rows:
            of = self._of(ledger, key)
            why = why_missing(ledger.by_state(rows))
            column = self.mapping.columns.get(key, "")
            yield ledger.finding(f"missing.{key}", "missing", title, rows, of, why, column=column)

    def _absent(self, ledger: Ledger, key: str, title: str) -> Iterator[Finding]:
        rows = ledger.agreed() if key in ONCE_WON else array("I", range(ledger.rows))
        won = ledger.by_state(rows)["won"]
        why = (
            f"The export has no such column, so none of the {won:,} won deals can be billed by it."
        )
        if not won:
            why = "The export has no such column; no deal in it is known to be won."
        of = self._of(ledger, key)
        if rows:
            yield ledger.finding(f"missing.{key}", "missing", title, rows, of, why, absent=True)

    def _currency(self, ledger: Ledger, title: str) -> Iterator[Finding]:
        if "currency" not in self.mapping.columns and not self.seen_currency:
            yield from self._absent(ledger, "currency", title)
        elif self.no_currency:
            why = why_missing(ledger.by_state(self.no_currency))
            yield ledger.finding(
                "missing.currency", "missing", title, self.no_currency,
                self._of(ledger, "currency"), why,
                column=self.mapping.columns.get("currency", ""),
            )  # fmt: skip

    @staticmethod
    def _of(ledger: Ledger, key: str) -> int:
        return len(ledger.agreed()) if key in ONCE_WON else ledger.rows


def why_missing(by_state: dict[str, int]) -> str:
    """Whether a missing value is a gap, in words."""
    if by_state["won"]:
        return f"{by_state['won']:,} won deals cannot be billed without it."
    if by_state["unknown"]:
        return "Nothing says whether these deals are won, so this is not yet called a gap."
    return f"No gap in billing: these deals are {spread(by_state)}, none of them won."
