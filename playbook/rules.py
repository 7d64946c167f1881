"""Rules of applicability: a closed vocabulary over an engagement's profile.

A rule is written in content as a mapping and never evaluated as code::

    applies: {scope: [single_tool, multi_tool]}
    applies: {any: [{methodology: usage_based}, {usage_based: true}]}
    applies: {not: {scope: information_handoff}}

Several keys in one mapping must all hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

Value = str | bool
Profile = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """A node of a rule: ``all``, ``any``, ``not`` over parts, or ``is`` over a field's values."""

    op: str
    parts: tuple[Rule, ...] = ()
    field: str = ""
    values: tuple[Value, ...] = ()

    def holds(self, profile: Profile) -> bool:
        """Say whether *profile* satisfies this rule; a field nobody has set satisfies nothing."""
        if self.op == "all":
            return all(part.holds(profile) for part in self.parts)
        if self.op == "any":
            return any(part.holds(profile) for part in self.parts)
        if self.op == "not":
            return not self.parts[0].holds(profile)
        found = profile.get(self.field)
        if isinstance(found, (list, tuple, set, frozenset)):
            return any(value in found for value in self.values)
        return found in self.values and found is not None

    def leaves(self) -> Iterator[Rule]:
        """Every ``is`` node, for checking field names and values."""
        if self.op == "is":
            yield self
        for part in self.parts:
            yield from part.leaves()

    def as_data(self) -> Any:
        """The mapping this rule was written as."""
        if self.op == "is":
            return {self.field: list(self.values) if len(self.values) > 1 else self.values[0]}
        if self.op == "not":
            return {"not": self.parts[0].as_data()}
        return {self.op: [part.as_data() for part in self.parts]}

    @classmethod
    def parse(cls, data: Any) -> Rule:
        """Read a rule from content.

        Raises:
            ValueError: *data* is not of the vocabulary; the message says what is.
        """
        if isinstance(data, Rule):
            return data
        if not isinstance(data, Mapping) or not data:
            raise ValueError("a rule is a mapping such as {scope: single_tool}, all, any or not")
        parts = tuple(cls._parse_entry(str(key), value) for key, value in data.items())
        return parts[0] if len(parts) == 1 else cls("all", parts)

    @classmethod
    def _parse_entry(cls, key: str, value: Any) -> Rule:
        if key in ("all", "any"):
            if not isinstance(value, list) or not value:
                raise ValueError(f"'{key}' takes a list of rules")
            return cls(key, tuple(cls.parse(part) for part in value))
        if key == "not":
            return cls("not", (cls.parse(value),))
        values = tuple(value) if isinstance(value, list) else (value,)
        if not values or not all(isinstance(v, (str, bool)) for v in values):
            raise ValueError(f"'{key}' takes a word, true, false, or a list of words")
        return cls("is", field=key, values=values)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls.parse,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda rule: rule.as_data()
            ),
        )
