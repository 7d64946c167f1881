"""How one kind of contract export is read: recognised once, corrected, kept as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping as AnyMapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, cast

from billing.agreements.fields import LABELS, SYSTEMS
from billing.agreements.words import FREQUENCIES
from billing.crm.amounts import DecimalMark
from billing.crm.dates import Order
from billing.crm.errors import UnfitMapping
from billing.money import currencies

VERSION = 1
Basis = Literal["", "period", "month", "year", "term"]
BASES: tuple[Basis, ...] = ("", "period", "month", "year", "term")
Ends = Literal["", "last_day", "day_after"]
Units = Literal["", "major", "minor"]


@dataclass(frozen=True)
class ContractMapping:
    """``columns`` goes from field to title; what is told of a column goes by its title. An empty
    choice has not been made.

    ``basis`` is what an amount is for, ``frequency`` how often contracts are billed that do not say
    so, ``ends`` what the end names, ``currency`` what amounts without one are in.
    """

    system: str = "plain"
    columns: AnyMapping[str, str] = field(default_factory=dict)
    dates: AnyMapping[str, Order] = field(default_factory=dict)
    decimals: AnyMapping[str, DecimalMark] = field(default_factory=dict)
    basis: Basis = ""
    frequency: str = ""
    ends: Ends = ""
    units: Units = ""
    currency: str = ""

    def fits(self, titles: tuple[str, ...]) -> bool:
        """Whether an export with these titles has every column that is named here."""
        return set(self.columns.values()) <= set(titles)

    def with_column(self, key: str, title: str) -> ContractMapping:
        """The same, with *title* as the field *key*; an empty title takes the field away."""
        columns = {name: kept for name, kept in self.columns.items() if kept != title}
        columns.pop(key, None)
        return replace(self, columns=columns | ({key: title} if title else {}))

    def answered(self, key: str, value: str) -> ContractMapping:
        """The same with the question *key* answered.

        Raises:
            UnfitMapping: there is no such question, or it has no such answer.
        """
        kind, _, of = key.partition(":")
        if kind == "column" and of in LABELS:
            return checked(asdict(self.with_column(of, value)))
        if kind in {"date", "decimal"}:
            name = f"{kind}s"
            known = {k: v for k, v in getattr(self, name).items() if k != of}
            return checked(asdict(self) | {name: known | ({of: value} if value else {})})
        if kind not in {"basis", "frequency", "ends", "units", "currency"}:
            raise UnfitMapping(f"there is no question called {key!r}")
        return checked(asdict(self) | {kind: value})

    def to_json(self) -> str:
        return json.dumps({"version": VERSION, **asdict(self)}, ensure_ascii=False, indent=2)

    @classmethod
    def from_json(cls, text: str) -> ContractMapping:
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


def checked(data: dict[str, Any]) -> ContractMapping:
    """The mapping that *data* is.

    Raises:
        UnfitMapping: it is none; the message says which part and why.
    """
    if unknown := sorted(set(data) - set(ContractMapping.__dataclass_fields__)):
        raise UnfitMapping(f"a mapping has no {', '.join(unknown)}")
    columns = _words(data, "columns")
    if strange := sorted(set(columns) - set(LABELS)):
        raise UnfitMapping(f"there is no field {', '.join(strange)}")
    allowed = {"basis": BASES, "ends": ("", "last_day", "day_after"),
               "units": ("", "major", "minor"),
               "frequency": ("", *FREQUENCIES.values())}  # fmt: skip
    for name, values in allowed.items():
        if data.get(name, "") not in values:
            known = sorted(set(filter(None, values)))
            raise UnfitMapping(f"{name} is {' or '.join(known)}, or not told")
    currency = str(data.get("currency", "")).upper()
    if currency and currency not in currencies():
        raise UnfitMapping(f"there is no currency {currency!r}; use its three letters, as in EUR")
    system = str(data.get("system", "plain"))
    return ContractMapping(
        system=system if system in SYSTEMS else "plain", columns=columns,
        dates=cast("dict[str, Order]", _words(data, "dates", ("day", "month"))),
        decimals=cast("dict[str, DecimalMark]", _words(data, "decimals", ("point", "comma"))),
        basis=data.get("basis", ""), frequency=data.get("frequency", ""),
        ends=data.get("ends", ""), units=data.get("units", ""), currency=currency,
    )  # fmt: skip


def _words(data: AnyMapping[str, Any], name: str, allowed: tuple[str, ...] = ()) -> dict[str, str]:
    found = data.get(name, {})
    if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
        raise UnfitMapping(f"{name} must go from words to words")
    if allowed and (wrong := sorted(set(found.values()) - set(allowed))):
        raise UnfitMapping(f"{name} are {' or '.join(allowed)}, not {', '.join(wrong)}")
    return dict(found)
