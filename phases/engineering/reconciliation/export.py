"""Outcomes as lines of a table to take away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from phases.core.facts import People
from phases.engineering.reconciliation.models import Outcome
from phases.engineering.reconciliation.words import CAUSES, OUTCOMES, STATES

HEAD = ("Outcome", "Contract", "Invoice", "Kind", "Expected on", "Issued on", "Currency",
        "Expected", "Billed", "Difference", "Likely cause", "Red flag", "Note", "State", "Cause",
        "Owner", "Resolution")  # fmt: skip


def lines_of(rows: Iterable[Outcome], people: People) -> Iterator[list[object]]:
    """The rows under their heads."""
    yield list(HEAD)
    for row in rows:
        yield [
            OUTCOMES[row.outcome][1], row.contract, row.number, row.kind.replace("_", " "),
            row.expected_on, row.issued_on, row.currency, row.expected_total, row.actual_total,
            row.difference, row.causes, "yes" if row.red_flag else "", row.note,
            STATES[row.state][1] if row.state else "", CAUSES.get(row.cause, ""),
            people.name(row.owner), row.resolution,
        ]  # fmt: skip
