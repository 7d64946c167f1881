"""How one kind of invoice export is read: recognised once, corrected, kept as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping as AnyMapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, cast

from billing.crm.amounts import DecimalMark
from billing.crm.dates import Order
from billing.crm.errors import UnfitMapping
from billing.exports.fields import LABELS, SYSTEMS
from billing.exports.words import COUNTS, Counts
from billing.money import currencies

VERSION = 1
Level = Literal["", "invoice", "line"]
Units = Literal["", "major", "minor"]
Ends = Literal["", "last_day", "day_after"]
Zone = Literal["", "local", "utc"]
Of = Literal["invoices", "entries"]

CHOICES: dict[str, tuple[str, ...]] = {
    "level": ("", "invoice", "line"),
    "units": ("", "major", "minor"),
    "ends": ("", "last_day", "day_after"),
    "zone": ("", "local", "utc"),
}


@dataclass(frozen=True)
class InvoiceMapping:
    """``columns`` goes from field to title; what is told of a column goes by its title, of a kind
    of document by its word. An empty choice has not been made.

    ``of`` says what is read: invoices, or entries of a ledger, which have a reference and an amount
    and belong to no contract. ``level`` says what a row is, ``units`` whether amounts are in cents,
    ``ends`` what the end of a period names, ``zone`` whose days instants in UTC are counted as,
    ``currency`` what amounts without one are in.
    """

    system: str = "plain"
    of: Of = "invoices"
    level: Level = ""
    columns: AnyMapping[str, str] = field(default_factory=dict)
    dates: AnyMapping[str, Order] = field(default_factory=dict)
    decimals: AnyMapping[str, DecimalMark] = field(default_factory=dict)
    kinds: AnyMapping[str, Counts] = field(default_factory=dict)
    units: Units = ""
    ends: Ends = ""
    zone: Zone = ""
    currency: str = ""

    def fits(self, titles: tuple[str, ...]) -> bool:
        """Whether an export with these titles has every column that is named here."""
        return set(self.columns.values()) <= set(titles)

    def with_column(self, key: str, title: str) -> InvoiceMapping:
        """The same, with *title* as the field *key*; an empty title takes the field away."""
        columns = {name: kept for name, kept in self.columns.items() if kept != title}
        columns.pop(key, None)
        return replace(self, columns=columns | ({key: title} if title else {}))

    def answered(self, key: str, value: str) -> InvoiceMapping:
        """The same with the question *key* answered.

        Raises:
            UnfitMapping: there is no such question, or it has no such answer.
        """
        kind, _, of = key.partition(":")
        if kind == "column":
            return checked(asdict(self.with_column(of, value)))
        if kind in {"date", "decimal", "kind"}:
            name = {"date": "dates", "decimal": "decimals", "kind": "kinds"}[kind]
            known = {k: v for k, v in getattr(self, name).items() if k != of}
            return checked(asdict(self) | {name: known | ({of: value} if value else {})})
        if kind not in {*CHOICES, "currency"}:
            raise UnfitMapping(f"there is no question called {key!r}")
        return checked(asdict(self) | {kind: value})

    def to_json(self) -> str:
        return json.dumps({"version": VERSION, **asdict(self)}, ensure_ascii=False, indent=2)

    @classmethod
    def from_json(cls, text: str) -> InvoiceMapping:
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
        return checked(data)


def checked(data: dict[str, Any]) -> InvoiceMapping:
    """The mapping that *data* is.

    Raises:
        UnfitMapping: it is none; the message says which part and why.
    """
    known = set(InvoiceMapping.__dataclass_fields__)
    if unknown := sorted(set(data) - known):
        raise UnfitMapping(f"a mapping has no {', '.join(unknown)}")
    columns = _words(data, "columns")
    if strange := sorted(set(columns) - set(LABELS)):
        raise UnfitMapping(f"there is no field {', '.join(strange)}")
    for name, allowed in CHOICES.items():
        if data.get(name, "") not in allowed:
            raise UnfitMapping(f"{name} is {' or '.join(filter(None, allowed))}, or not told")
    if data.get("of", "invoices") not in ("invoices", "entries"):
        raise UnfitMapping("a mapping is of invoices or of entries")
    currency = str(data.get("currency", "")).upper()
    if currency and currency not in currencies():
        raise UnfitMapping(f"there is no currency {currency!r}; use its three letters, as in EUR")
    system = str(data.get("system", "plain"))
    return InvoiceMapping(
        system=system if system in SYSTEMS else "plain",
        of=data.get("of", "invoices"),
        level=data.get("level", ""),
        columns=columns,
        dates=cast("dict[str, Order]", _words(data, "dates", ("day", "month"))),
        decimals=cast("dict[str, DecimalMark]", _words(data, "decimals", ("point", "comma"))),
        kinds=cast("dict[str, Counts]", _words(data, "kinds", COUNTS)),
        units=data.get("units", ""),
        ends=data.get("ends", ""),
        zone=data.get("zone", ""),
        currency=currency,
    )


def _words(data: AnyMapping[str, Any], name: str, allowed: tuple[str, ...] = ()) -> dict[str, str]:
    found = data.get(name, {})
    if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
        raise UnfitMapping(f"{name} must go from words to words")
    if allowed and (wrong := sorted(set(found.values()) - set(allowed))):
        raise UnfitMapping(f"{name} are {' or '.join(allowed)}, not {', '.join(wrong)}")
    return dict(found)
