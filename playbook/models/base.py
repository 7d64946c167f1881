"""What every item and part of the content is made of."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from playbook.rules import Rule

Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9]*(\.[a-z0-9_]+)+$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Text = str
Scalar = str | bool | int | Decimal


class Part(BaseModel):
    """A piece of an item that has no key of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Item(Part):
    """What every item has: a key, a title, a text in Markdown, and when it applies."""

    kind: ClassVar[str] = ""
    children: ClassVar[tuple[str, ...]] = ()

    key: str = ""
    title: Line
    text: Text = ""
    applies: Rule | None = None
    see: tuple[Key, ...] = ()
    facts: dict[str, str] = Field(default_factory=dict)

    def inner(self) -> Iterator[Item]:
        """The items this one holds, in order, however deep."""
        for name in self.children:
            for child in getattr(self, name).values():
                yield child
                yield from child.inner()


class Column(Part):
    """A typed column of a register or of a table question.

    ``follows_up`` marks what is filled in after the rows were approved: no signature rests on it.
    ``rests_on`` columns hold links; ``into`` names the registers they may point to, and ``inputs``.
    """

    title: Line
    type: Literal[
        "text",
        "long_text",
        "choice",
        "number",
        "percent",
        "money",
        "date",
        "flag",
        "link",
        "rests_on",
    ] = "text"
    options: dict[Slug, Line] = Field(default_factory=dict)
    into: tuple[str, ...] = ()
    required: bool = False
    follows_up: bool = False
    hint: Text = ""


class Due(Part):
    """A due date: so many business days, days or weeks after (before, if negative) a date.

    ``after`` is ``created``, ``kickoff``, ``go_live``, or a gate's code with ``gate_`` before it.
    """

    after: Annotated[str, StringConstraints(pattern=r"^(created|kickoff|go_live|gate_[1-9][a-z])$")]
    business_days: int | None = None
    days: int | None = None
    weeks: int | None = None

    @model_validator(mode="after")
    def one_unit(self) -> Due:
        """Exactly one unit is given."""
        if sum(unit is not None for unit in (self.business_days, self.days, self.weeks)) != 1:
            raise ValueError("give exactly one of business_days, days, weeks")
        return self
