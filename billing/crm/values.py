"""Values that are there and cannot be right, or need a decision."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator

from billing.crm.amounts import UNREADABLE
from billing.crm.collect import Ledger, details_of, spread
from billing.crm.dates import UNREADABLE as NO_DATE
from billing.crm.deals import Deals
from billing.crm.mapping import Mapping
from billing.crm.report import Detail, Finding
from billing.money import currencies

DATE_WORDS = {"engage": "first date", "close": "close date", "term_start": "contract start",
              "term_end": "contract end"}  # fmt: skip


class Amounts:
    """Zero, negative and unreadable amounts."""

    def __init__(self, mapping: Mapping) -> None:
        self.column = mapping.columns.get("amount", "")
        self.zero, self.negative, self.unreadable = array("I"), array("I"), array("I")

    def take(self, deals: Deals) -> None:
        first = deals.first
        for place, value in enumerate(deals.amounts or []):
            if not value and value is not None:
                self.zero.append(first + place)
            elif value is UNREADABLE:
                self.unreadable.append(first + place)
            elif value is not None and value < 0:
                self.negative.append(first + place)

    def findings(self, ledger: Ledger) -> Iterator[Finding]:
        rows, column = ledger.rows, self.column
        if self.zero:
            yield ledger.finding("value.zero", "value", "Amount of zero", self.zero, rows,
                                 why_zero(ledger.by_state(self.zero)), column=column)  # fmt: skip
        if self.negative:
            why = "A credit or a mistake; neither can be billed as a deal."
            yield ledger.finding("value.negative", "value", "Negative amount", self.negative,
                                 rows, why, column=column)  # fmt: skip
        if self.unreadable:
            why = "What stands there is no amount."
            yield ledger.finding("unreadable.amount", "unreadable", "Unreadable amount",
                                 self.unreadable, rows, why, column=column)  # fmt: skip


def why_zero(by_state: dict[str, int]) -> str:
    if by_state["won"]:
        return f"{by_state['won']:,} won deals are worth nothing as recorded."
    return f"No gap in billing: these deals are {spread(by_state)}, none of them won."


class Dates:
    """Dates that cannot be read, and those in the wrong order."""

    PAIRS = (
        ("engage", "close", "order.close", "Closed before it began"),
        ("term_start", "term_end", "order.term", "Contract ends before it starts"),
    )

    def __init__(self, mapping: Mapping) -> None:
        self.columns = mapping.columns
        self.unreadable = {key: array("I") for key in DATE_WORDS if key in mapping.columns}
        self.wrong = {key: array("I") for _, _, key, _ in self.PAIRS}

    def take(self, deals: Deals) -> None:
        first = deals.first
        for key, days in deals.days.items():
            if min(days) == NO_DATE or NO_DATE in days:
                rows = (first + place for place, day in enumerate(days) if day == NO_DATE)
                self.unreadable[key].extend(rows)
        for before, after, key, _ in self.PAIRS:
            if before in deals.days and after in deals.days:
                pairs = enumerate(zip(deals.days[before], deals.days[after], strict=True))
                self.wrong[key].extend(first + p for p, (one, two) in pairs if 0 < two < one)

    def findings(self, ledger: Ledger) -> Iterator[Finding]:
        for key, rows in self.unreadable.items():
            if rows:
                word = DATE_WORDS[key]
                yield ledger.finding(f"unreadable.{key}", "unreadable", f"Unreadable {word}", rows,
                                     ledger.rows, f"What stands there is no {word}.",
                                     column=self.columns[key])  # fmt: skip
        for before, after, key, title in self.PAIRS:
            if rows := self.wrong[key]:
                why = f"The {DATE_WORDS[after]} lies before the {DATE_WORDS[before]}."
                yield ledger.finding(key, "order", title, rows, ledger.rows, why,
                                     column=self.columns[after])  # fmt: skip


class Currencies:
    """More than one currency, and codes that are none."""

    MOST = 300

    def __init__(self, mapping: Mapping) -> None:
        self.column = mapping.columns.get("currency", "")
        self.rows: dict[str, array[int]] = {}
        self.strange = array("I")
        self.words: Counter[str] = Counter()

    def take(self, deals: Deals) -> None:
        known = currencies()
        for place, code in enumerate(deals.currencies or []):
            if code in known or code == "$":
                self.rows.setdefault(code, array("I")).append(deals.first + place)
            elif code:
                self.strange.append(deals.first + place)
                if len(self.words) < self.MOST:
                    self.words[code] += 1

    def findings(self, ledger: Ledger) -> Iterator[Finding]:
        if self.strange:
            why = "No currency has this code, so nothing can be invoiced in it."
            yield ledger.finding("unreadable.currency", "unreadable", "Unknown currency",
                                 self.strange, ledger.rows, why, column=self.column,
                                 details=details_of(self.words))  # fmt: skip
        if len(self.rows) > 1:
            yield self._mixed(ledger)

    def _mixed(self, ledger: Ledger) -> Finding:
        counts = {code: len(rows) for code, rows in self.rows.items()}
        main = max(counts, key=lambda code: (counts[code], code))
        others = array("I", sorted(r for code in counts if code != main for r in self.rows[code]))
        why = f"Most deals are in {main}; billing must handle {len(counts)} currencies."
        details = [Detail(c, n, "most deals" if c == main else "") for c, n in
                   sorted(counts.items(), key=lambda item: (-item[1], item[0]))]  # fmt: skip
        return ledger.finding("currency.mixed", "currency", "More than one currency", others,
                              sum(counts.values()), why, column=self.column, details=details,
                              harmless=True)  # fmt: skip
