"""What an audit says, as data."""

from __future__ import annotations

from array import array
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any, Literal

from billing.crm.motion import Motion
from billing.crm.recognise import Recognition
from billing.crm.structure import Structure

Kind = Literal["missing", "unreadable", "duplicate", "unmatched", "value", "order", "currency",
               "outlier"]  # fmt: skip
FIRST_LINES = 10


@dataclass(frozen=True)
class Detail:
    """One value behind a finding: how often, and what it probably means."""

    value: str
    count: int
    note: str = ""


@dataclass(frozen=True)
class Finding:
    """Something the audit found: in how many rows, of how many, and whether billing has a gap.

    ``gaps`` counts the rows that are won deals: a value that an open or lost deal lacks is not
    yet, or never, needed to bill.
    """

    key: str
    kind: Kind
    title: str
    count: int
    of: int
    by_state: AnyMapping[str, int]
    gaps: int
    why: str
    column: str = ""
    absent: bool = False
    """The export has no such column at all."""
    details: tuple[Detail, ...] = ()
    rows: Sequence[int] = field(default_factory=lambda: array("L"), repr=False)
    """Numbers of the rows, from 0 in the order of the file."""
    first_lines: tuple[int, ...] = ()

    @property
    def share(self) -> Decimal:
        """Of the rows that were looked at, at four decimals."""
        return (Decimal(self.count) / max(1, self.of)).quantize(Decimal("0.0001"))

    @property
    def is_gap(self) -> bool:
        """Whether it is a gap in billing."""
        return self.gaps > 0

    def as_data(self) -> dict[str, Any]:
        return {
            "key": self.key, "kind": self.kind, "title": self.title, "column": self.column,
            "column_absent": self.absent, "rows": self.count, "of": self.of,
            "share": str(self.share), "by_state": dict(self.by_state),
            "billing_gap": self.is_gap, "gap_rows": self.gaps, "why": self.why,
            "details": [asdict(detail) for detail in self.details],
            "first_lines": list(self.first_lines),
        }  # fmt: skip


@dataclass(frozen=True)
class Audit:
    """All that one export says. ``clean``, ``noted`` and ``with_gaps`` add up to ``rows``."""

    name: str
    rows: int
    by_state: AnyMapping[str, int]
    clean: int
    noted: int
    with_gaps: int
    won_amount: AnyMapping[str, Decimal]
    """By currency; under an empty one where the export names none."""
    findings: tuple[Finding, ...]
    structure: Structure
    motion: Motion
    recognition: Recognition
    notes: tuple[str, ...]

    @property
    def gaps(self) -> tuple[Finding, ...]:
        """The findings that are gaps in billing."""
        return tuple(finding for finding in self.findings if finding.is_gap)

    def finding(self, key: str) -> Finding | None:
        return next((each for each in self.findings if each.key == key), None)

    def as_data(self) -> dict[str, Any]:
        """The same as plain values for JSON; amounts as text, so that no digit is lost."""
        recognition = self.recognition
        return {
            "file": self.name,
            "kind": recognition.mapping.sheet,
            "system": recognition.mapping.system,
            "rows": self.rows,
            "by_state": dict(self.by_state),
            "rows_clean": self.clean,
            "rows_noted": self.noted,
            "rows_with_gaps": self.with_gaps,
            "won_amount": {code: str(sum_) for code, sum_ in self.won_amount.items()},
            "findings": [finding.as_data() for finding in self.findings],
            "structure": self.structure.as_data(),
            "motion": self.motion.as_data(),
            "columns": [asdict(match) for match in recognition.matches],
            "unrecognised": [asdict(column) for column in recognition.unrecognised],
            "fields_missing": list(recognition.missing),
            "questions": [asdict(question) for question in recognition.questions],
            "mapping": _plain(asdict(recognition.mapping)),
            "notes": list(self.notes),
        }


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    return {key: dict(value) if isinstance(value, dict) else value for key, value in data.items()}
