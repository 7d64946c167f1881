"""What every mapping of an export's columns has: fields, choices, and its form as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from collections.abc import Mapping as AnyMapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, ClassVar, Literal, Self

from billing.crm.amounts import DecimalMark
from billing.crm.dates import Order
from billing.crm.errors import UnfitMapping
from billing.money import currencies

VERSION = 1
Units = Literal["", "major", "minor"]
Ends = Literal["", "last_day", "day_after"]
UNITS, ENDS = ("major", "minor"), ("last_day", "day_after")
SYSTEMS = {"stripe": "Stripe", "chargebee": "Chargebee", "quickbooks": "QuickBooks",
           "netsuite": "NetSuite", "salesforce": "Salesforce", "hubspot": "HubSpot",
           "plain": "no system that is known"}  # fmt: skip


@dataclass(frozen=True)
class ColumnMapping:
    """``columns`` goes from field to title; what is told of a column goes by its title. An empty
    choice has not been made. ``currency`` is what amounts without one are in.

    ``CHOICES`` are attributes of one word, with the words they may have; ``WORDS`` those that go
    from words to words, with the words they may go to; ``ASKED`` how questions name the latter.
    """

    CHOICES: ClassVar[AnyMapping[str, tuple[str, ...]]] = {}
    WORDS: ClassVar[AnyMapping[str, tuple[str, ...]]] = {
        "dates": ("day", "month"), "decimals": ("point", "comma"),
    }  # fmt: skip
    ASKED: ClassVar[AnyMapping[str, str]] = {"date": "dates", "decimal": "decimals"}

    system: str = "plain"
    columns: AnyMapping[str, str] = field(default_factory=dict)
    dates: AnyMapping[str, Order] = field(default_factory=dict)
    decimals: AnyMapping[str, DecimalMark] = field(default_factory=dict)
    currency: str = ""

    def fits(self, titles: Iterable[str]) -> bool:
        """Whether an export with these titles has every column that is named here."""
        return set(self.columns.values()) <= set(titles)

    def with_column(self, key: str, title: str) -> Self:
        """The same, with *title* as the field *key*; an empty title takes the field away."""
        columns = {name: kept for name, kept in self.columns.items() if kept != title}
        columns.pop(key, None)
        return replace(self, columns=columns | ({key: title} if title else {}))

    def answered(self, key: str, value: str) -> Self:
        """The same with the question *key* answered.

        Raises:
            UnfitMapping: there is no such question, or it has no such answer.
        """
        kind, _, of = key.partition(":")
        if kind == "column":
            return self.checked(asdict(self.with_column(of, value)))
        if name := self.ASKED.get(kind):
            known = {k: v for k, v in getattr(self, name).items() if k != of}
            return self.checked(asdict(self) | {name: known | ({of: value} if value else {})})
        if kind not in {*self.CHOICES, "currency"}:
            raise UnfitMapping(f"there is no question called {key!r}")
        return self.checked(asdict(self) | {kind: value})

    def answer_to(self, key: str) -> str:
        """How the question *key* stands; empty if it is not decided."""
        kind, _, of = key.partition(":")
        if kind == "column":
            return self.columns.get(of, "")
        if name := self.ASKED.get(kind):
            return str(getattr(self, name).get(of, ""))
        return str(getattr(self, kind)) if kind in {*self.CHOICES, "currency"} else ""

    def changed_by(self, answers: AnyMapping[str, str]) -> dict[str, str]:
        """Those of *answers* that are other than it stands."""
        return {key: value for key, value in answers.items() if value != self.answer_to(key)}

    def to_json(self) -> str:
        return json.dumps({"version": VERSION, **asdict(self)}, ensure_ascii=False, indent=2)

    @classmethod
    def from_json(cls, text: str) -> Self:
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
        return cls.checked(data)

    @classmethod
    def checked(cls, data: dict[str, Any]) -> Self:
        """The mapping that *data* is.

        Raises:
            UnfitMapping: it is none; the message says which part and why.
        """
        if unknown := sorted(set(data) - set(cls.__dataclass_fields__)):
            raise UnfitMapping(f"a mapping has no {', '.join(unknown)}")
        columns = _words(data, "columns")
        if strange := sorted(set(columns) - cls.fields(data)):
            raise UnfitMapping(f"there is no field {', '.join(strange)}")
        for name, allowed in cls.CHOICES.items():
            if data.get(name, "") not in ("", *allowed):
                raise UnfitMapping(f"{name} is {' or '.join(sorted(allowed))}, or not told")
        words = {name: _words(data, name, allowed) for name, allowed in cls.WORDS.items()}
        system = data.get("system")
        own = {"columns": columns, "system": system if system in SYSTEMS else "plain"}
        return cls(**data | own | words | cls.rest(data))

    @classmethod
    def fields(cls, data: AnyMapping[str, Any]) -> frozenset[str]:
        """The fields that *data* may name columns for."""
        raise NotImplementedError

    @classmethod
    def rest(cls, data: AnyMapping[str, Any]) -> dict[str, Any]:
        """What of *data* is neither a choice nor a way to read a column.

        Raises:
            UnfitMapping: it cannot be so.
        """
        currency = str(data.get("currency", "")).upper()
        if currency and currency not in currencies():
            what = f"there is no currency {currency!r}; use its three letters, as in EUR"
            raise UnfitMapping(what)
        return {"currency": currency}


def _words(data: AnyMapping[str, Any], name: str, allowed: tuple[str, ...] = ()) -> dict[str, str]:
    found = data.get(name, {})
    if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
        raise UnfitMapping(f"{name} must go from words to words")
    if allowed and (wrong := sorted(set(found.values()) - set(allowed))):
        raise UnfitMapping(f"{name} are {' or '.join(allowed)}, not {', '.join(wrong)}")
    return dict(found)
