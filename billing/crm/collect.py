"""What every collector shares: rows gathered while the file streams by, findings at the end."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Protocol

from billing.crm.deals import UNKNOWN, WON, Deals
from billing.crm.report import FIRST_LINES, Detail, Finding, Kind
from billing.crm.states import STATES

DETAILS = 50


class Ledger:
    """State and line of every row, and how bad what was found in it is."""

    CLEAN, NOTED, GAP = range(3)

    def __init__(self) -> None:
        self.states = bytearray()
        self.lines = array("Q")
        self.marks = bytearray()
        self._agreed: array[int] | None = None

    def take(self, deals: Deals) -> None:
        self.states += deals.states
        self.lines.extend(deals.lines)
        self.marks += bytes(deals.count)

    @property
    def rows(self) -> int:
        return len(self.states)

    def by_state(self, rows: Iterable[int] | None = None) -> dict[str, int]:
        kept = self.states
        states = kept if rows is None else bytes(map(kept.__getitem__, rows))
        return {name: states.count(code) for code, name in enumerate(STATES)}

    def agreed(self) -> array[int]:
        """The rows that are won, or may be."""
        if self._agreed is None:
            pairs = enumerate(self.states)
            self._agreed = array("I", (row for row, s in pairs if s in (WON, UNKNOWN)))
        return self._agreed

    def finding(
        self, key: str, kind: Kind, title: str, rows: array[int], of: int, why: str, *,
        column: str = "", absent: bool = False, details: Sequence[Detail] = (),
        harmless: bool = False,
    ) -> Finding:  # fmt: skip
        """The finding, with its rows marked; *harmless* keeps even won deals from being gaps."""
        by_state = self.by_state(rows)
        self._mark(rows, harmless=harmless)
        return Finding(
            key=key, kind=kind, title=title, count=len(rows), of=of, by_state=by_state,
            gaps=0 if harmless else by_state["won"], why=why, column=column, absent=absent,
            details=tuple(details[:DETAILS]), rows=rows,
            first_lines=tuple(self.lines[row] for row in rows[:FIRST_LINES]),
        )  # fmt: skip

    def _mark(self, rows: Iterable[int], *, harmless: bool) -> None:
        marks, states, gap = self.marks, self.states, self.NOTED if harmless else self.GAP
        for row in rows:
            mark = gap if states[row] == WON else self.NOTED
            if mark > marks[row]:  # noqa: PLR1730 - max() takes three times as long
                marks[row] = mark


class Collector(Protocol):
    """Sees every batch of deals once, and says afterwards what it found."""

    def take(self, deals: Deals) -> None: ...

    def findings(self, ledger: Ledger) -> Iterable[Finding]: ...


def spread(by_state: dict[str, int]) -> str:
    """States and counts in words: “1,589 open and 12 lost”."""
    parts = [f"{count:,} {name}" for name, count in by_state.items() if count]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def details_of(counts: Counter[str], note: dict[str, str] | None = None) -> list[Detail]:
    """The commonest values first."""
    notes = note or {}
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [Detail(value, count, notes.get(value, "")) for value, count in ordered[:DETAILS]]
