"""Which column is what, and how it is to be read: recognised once, corrected, kept as JSON."""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from billing.crm.errors import UnfitMapping
from billing.crm.fields import SHEETS
from billing.crm.states import STATES, State
from billing.mapping import ColumnMapping

CONTRACTS = "contracts"
"""Deals of which the export has only those that became contracts."""


@dataclass(frozen=True)
class Mapping(ColumnMapping):
    """How one kind of export is read. What is told of a stage goes by its word."""

    WORDS: ClassVar[AnyMapping[str, tuple[str, ...]]] = {**ColumnMapping.WORDS, "states": STATES}
    ASKED: ClassVar[AnyMapping[str, str]] = {**ColumnMapping.ASKED, "stage": "states"}

    sheet: str = "deals"
    states: AnyMapping[str, State] = field(default_factory=dict)
    minor: bool = False
    without: tuple[str, ...] = ()
    """Fields that somebody said the export does not have, whatever its titles suggest."""

    def with_column(self, key: str, title: str) -> Mapping:
        """The same, with *title* as the field *key*; without one, the export has no such field."""
        without = tuple(name for name in self.without if name != key)
        return replace(super().with_column(key, title),
                       without=without if title else (*without, key))  # fmt: skip

    @classmethod
    def fields(cls, data: AnyMapping[str, Any]) -> frozenset[str]:
        sheet = data.get("sheet", "deals")
        if sheet not in {*SHEETS, CONTRACTS}:
            raise UnfitMapping(f"there is no kind of export called {sheet!r}")
        return frozenset(each.key for each in SHEETS["deals" if sheet == CONTRACTS else sheet])

    @classmethod
    def rest(cls, data: AnyMapping[str, Any]) -> dict[str, Any]:
        return {"minor": data.get("minor") is True, "currency": str(data.get("currency", "")),
                "without": tuple(map(str, data.get("without", ())))}  # fmt: skip
