"""How one kind of invoice export is read: recognised once, corrected, kept as JSON."""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from billing.crm.errors import UnfitMapping
from billing.exports.fields import LABELS
from billing.exports.words import COUNTS, Counts
from billing.mapping import ENDS, UNITS, ColumnMapping, Ends, Units

Level = Literal["", "invoice", "line"]
Zone = Literal["", "local", "utc"]
Sign = Literal["", "debit", "credit"]
Of = Literal["invoices", "entries"]


@dataclass(frozen=True)
class InvoiceMapping(ColumnMapping):
    """What is told of a kind of document goes by its word.

    ``of`` says what is read: invoices, or entries of a ledger, which have a reference and an amount
    and belong to no contract. ``level`` says what a row is, ``units`` whether amounts are in cents,
    ``ends`` what the end of a period names, ``zone`` whose days instants in UTC are counted as,
    ``sign`` which of debits and credits count as plus.
    """

    CHOICES: ClassVar[AnyMapping[str, tuple[str, ...]]] = {
        "level": ("invoice", "line"), "units": UNITS, "ends": ENDS, "zone": ("local", "utc"),
        "sign": ("debit", "credit"),
    }  # fmt: skip
    WORDS: ClassVar[AnyMapping[str, tuple[str, ...]]] = {**ColumnMapping.WORDS, "kinds": COUNTS}
    ASKED: ClassVar[AnyMapping[str, str]] = {**ColumnMapping.ASKED, "kind": "kinds"}

    of: Of = "invoices"
    level: Level = ""
    kinds: AnyMapping[str, Counts] = field(default_factory=dict)
    units: Units = ""
    ends: Ends = ""
    zone: Zone = ""
    sign: Sign = ""

    @property
    def two_sided(self) -> bool:
        """Whether amounts stand in a column of debits and one of credits."""
        return self.of == "entries" and {"debit", "credit"} <= set(self.columns)

    @classmethod
    def fields(cls, _data: AnyMapping[str, Any]) -> frozenset[str]:
        return frozenset(LABELS)

    @classmethod
    def rest(cls, data: AnyMapping[str, Any]) -> dict[str, Any]:
        if data.get("of", "invoices") not in ("invoices", "entries"):
            raise UnfitMapping("a mapping is of invoices or of entries")
        return super().rest(data)
