"""What can be wrong with an export, by line and column, so that whoever sent it can mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from billing.errors import BillingError

MOST = 100
"""So many faults are kept; of the rest only the count."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong. Line and column count from 1; 0 stands for all of the file or line."""

    line: int
    column: int
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        column = f", column {self.column}" if self.column else ""
        place = f"line {self.line}{column}: " if self.line else ""
        remedy = f" {self.remedy}." if self.remedy else ""
        return f"{place}{self.what}.{remedy}"


class UnreadableExport(BillingError):
    """A file that is not read at all: nothing of it was taken over. It carries what is wrong."""

    def __init__(self, name: str, faults: Iterable[Fault], count: int = 0) -> None:
        self.name = name
        found = tuple(faults)
        self.faults = found[:MOST]
        self.count = max(count, len(found))
        more = self.count - len(self.faults)
        words = [str(fault) for fault in self.faults] + ([f"and {more:,} more"] if more else [])
        super().__init__("\n".join(f"{name}: {each}" for each in words))


class UnfitMapping(BillingError):
    """A mapping of columns that cannot be used; the message says which part and why."""
