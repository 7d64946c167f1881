"""Which column is what, and how it is to be read: recognised once, corrected, kept as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping as AnyMapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, cast

from billing.crm.amounts import DecimalMark
from billing.crm.dates import Order
from billing.crm.errors import UnfitMapping
from billing.crm.fields import SHEETS
from billing.crm.states import STATES, State

VERSION = 1
CONTRACTS = "contracts"
"""Deals of which the export has only those that became contracts."""


@dataclass(frozen=True)
class Mapping:
    """How one kind of export is read. ``columns`` goes from field to title; what is told of a
    column goes by its title, of a stage by its word."""

    sheet: str = "deals"
    system: str = "plain"
    columns: AnyMapping[str, str] = field(default_factory=dict)
    dates: AnyMapping[str, Order] = field(default_factory=dict)
    decimals: AnyMapping[str, DecimalMark] = field(default_factory=dict)
    states: AnyMapping[str, State] = field(default_factory=dict)
    minor: bool = False
    currency: str = ""
    without: tuple[str, ...] = ()
    """Fields that somebody said the export does not have, whatever its titles suggest."""

    def fits(self, titles: tuple[str, ...]) -> bool:
        """Whether an export with these titles has every column that is named here."""
        return set(self.columns.values()) <= set(titles)

    def with_column(self, key: str, title: str) -> Mapping:
        """The same, with *title* as the field *key*; an empty title takes the field away."""
        columns = {name: kept for name, kept in self.columns.items() if kept != title}
        columns.pop(key, None)
        without = tuple(name for name in self.without if name != key)
        if not title:
            return replace(self, columns=columns, without=(*without, key))
        return replace(self, columns=columns | {key: title}, without=without)

    def to_json(self) -> str:
        return json.dumps({"version": VERSION, **asdict(self)}, ensure_ascii=False, indent=2)

    @classmethod
    def from_json(cls, text: str) -> Mapping:
        """
        Raises:
            UnfitMapping: it is no mapping that this version reads.
        """
        try:
            data = json.loads(text)
        except ValueError:
            raise UnfitMapping("the mapping is not JSON") from None
        if not isinstance(data, dict) or data.pop("version", None) != VERSION:
            raise UnfitMapping(f"the mapping is not of version {VERSION}; recognise it again")
        return _checked(data)


def _checked(data: dict[str, Any]) -> Mapping:
    known = set(Mapping.__dataclass_fields__)
    if unknown := sorted(set(data) - known):
        raise UnfitMapping(f"a mapping has no {', '.join(unknown)}")
    sheet = data.get("sheet", "deals")
    if sheet not in {*SHEETS, CONTRACTS}:
        raise UnfitMapping(f"there is no kind of export called {sheet!r}")
    fields = {each.key for each in SHEETS["deals" if sheet == CONTRACTS else sheet]}
    columns = _words(data, "columns")
    if strange := sorted(set(columns) - fields):
        raise UnfitMapping(f"there is no field {', '.join(strange)}")
    return Mapping(
        sheet=sheet,
        system=str(data.get("system", "plain")),
        columns=columns,
        dates=cast("dict[str, Order]", _words(data, "dates", ("day", "month"))),
        decimals=cast("dict[str, DecimalMark]", _words(data, "decimals", ("point", "comma"))),
        states=cast("dict[str, State]", _words(data, "states", STATES)),
        minor=data.get("minor") is True,
        currency=str(data.get("currency", "")),
        without=tuple(map(str, data.get("without", ()))),
    )


def _words(data: AnyMapping[str, Any], name: str, allowed: tuple[str, ...] = ()) -> dict[str, str]:
    found = data.get(name, {})
    if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
        raise UnfitMapping(f"{name} must go from words to words")
    if allowed and (wrong := sorted(set(found.values()) - set(allowed))):
        raise UnfitMapping(f"{name} are {' or '.join(allowed)}, not {', '.join(wrong)}")
    return found
