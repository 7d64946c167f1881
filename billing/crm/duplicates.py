"""Rows that stand twice: certainly, by their id, or probably, by all that they say."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator

from billing.crm.collect import Ledger, details_of
from billing.crm.deals import Deals
from billing.crm.mapping import Mapping
from billing.crm.report import Detail, Finding


class Duplicates:
    """Sees the rows once; keeps a number for each, not its text."""

    def __init__(self, mapping: Mapping) -> None:
        self.column = mapping.columns.get("id", "")
        self.first_of_id: dict[int, int] = {}
        self.first_of_content: dict[int, int] = {}
        self.contents = array("q")
        self.exact, self.by_id, self.possible = array("I"), array("I"), array("I")
        self.names: Counter[str] = Counter()

    def take(self, deals: Deals) -> None:
        self.contents.extend(deals.contents)
        if "id" in deals.texts:
            self._by_id(deals)
            self._by_content(deals, self.possible, self._telling(deals))
        else:
            self._by_content(deals, self.exact, list(range(deals.count)))

    def _by_id(self, deals: Deals) -> None:
        first_of, contents = self.first_of_id, self.contents
        for row, text in enumerate(deals.texts["id"], deals.first):
            if not text:
                continue
            first = first_of.setdefault(hash(text), row)
            if first != row:
                (self.exact if contents[first] == contents[row] else self.by_id).append(row)
                if len(self.names) < 1000 or text in self.names:
                    self.names[text] += 1

    @staticmethod
    def _telling(deals: Deals) -> list[int]:
        """Won deals that say enough to be the same: account, amount and a date."""
        accounts, amounts = deals.texts.get("account"), deals.amounts
        days = deals.days.get("close") or deals.days.get("term_start")
        if not (accounts and amounts and days):
            return []
        return [p for p in deals.won if accounts[p] and amounts[p] and days[p]]

    def _by_content(self, deals: Deals, into: array[int], places: list[int]) -> None:
        first_of, contents, start = self.first_of_content, deals.contents, deals.first
        for place in places:
            row = start + place
            if first_of.setdefault(contents[place], row) != row:
                into.append(row)

    def findings(self, ledger: Ledger) -> Iterator[Finding]:
        rows = ledger.rows
        if self.exact:
            why = (
                "Each repeats an earlier row word for word; billed as they stand, they bill twice."
            )
            yield ledger.finding("duplicate.exact", "duplicate", "The same row again", self.exact,
                                 rows, why, column=self.column,
                                 details=self._repeated())  # fmt: skip
        if self.by_id:
            why = (
                "The id of an earlier row with other content: lines of one deal, whose amount may"
                " be repeated on each, or a mistake."
            )
            yield ledger.finding("duplicate.id", "duplicate", "The same id with other content",
                                 self.by_id, rows, why, column=self.column,
                                 details=self._repeated())  # fmt: skip
        exact = set(self.exact) | set(self.by_id)
        if possible := array("I", (row for row in self.possible if row not in exact)):
            why = "Alike in everything but the id; ask which of them are real."
            yield ledger.finding("duplicate.possible", "duplicate", "Probably the same deal",
                                 possible, rows, why)  # fmt: skip

    def _repeated(self) -> list[Detail]:
        return details_of(Counter({name: count + 1 for name, count in self.names.items()}))
