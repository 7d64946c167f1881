"""What speaks for a row of a register before anybody has entered it, and rows to start from."""

from __future__ import annotations

from decimal import Decimal

from pydantic import Field, model_validator

from playbook.models.base import Item, Key, Line, Part, Scalar, Slug
from playbook.rules import Rule


class RowsWhere(Part):
    """Rows of a register, or lines of a table question.

    They hold one of the values given for each column of ``where`` (``state`` counts as one),
    something in each column of ``filled``, and nothing in each of ``blank``.
    """

    of: Key
    where: dict[Slug, tuple[str | bool, ...]] = Field(default_factory=dict)
    filled: tuple[Slug, ...] = ()
    blank: tuple[Slug, ...] = ()


class Sign(Part):
    """One thing that speaks for a row, and why.

    ``of`` is an input or a question of which one thing is asked: that it says one of ``any_of``, a
    number ``above`` or ``below`` a bound, or nothing although it was asked (``blank``). Or at least
    ``least`` of ``rows`` exist. ``because`` may name ``{value}``, or ``{count}`` of the rows.
    """

    of: Key | None = None
    any_of: tuple[str | bool, ...] = ()
    above: Decimal | None = None
    below: Decimal | None = None
    blank: bool = False
    rows: RowsWhere | None = None
    least: int = Field(default=1, ge=1)
    because: Line

    @model_validator(mode="after")
    def one_thing(self) -> Sign:
        """It asks exactly one thing of a value, or of rows."""
        bounds = self.above is not None or self.below is not None
        asked = [bool(self.any_of), bounds, self.blank]
        if (self.of is None) == (self.rows is None) or sum(asked) != (self.of is not None):
            raise ValueError("give of with one of any_of, above or below, blank; or else give rows")
        return self


class Proposal(Part):
    """Rows that something else speaks for: one if any of ``signs`` holds, or one for each of
    ``rows``.

    ``title``, ``because`` and texts in ``sets`` may name columns of the row it comes from in braces
    (``{step}``). ``source`` is the column that keeps where the new row comes from, ``back`` the
    column of the other row that keeps the way to the new one; that row then enters ``moves``.
    """

    found: Line
    title: Line
    because: Line = ""
    signs: tuple[Sign, ...] = ()
    rows: RowsWhere | None = None
    sets: dict[Slug, Scalar] = Field(default_factory=dict)
    source: str = ""
    back: str = ""
    moves: str = ""
    applies: Rule | None = None

    @model_validator(mode="after")
    def from_somewhere(self) -> Proposal:
        """It comes from signs or from rows."""
        if bool(self.signs) == (self.rows is not None):
            raise ValueError("give signs or rows")
        return self


class Taking(Part):
    """What becomes of a seed that is taken over: the state it enters, and columns it fills.

    ``found`` heads those that can be, ``lead`` goes before the reasons, ``verb`` on the button;
    ``reasons`` names the column that keeps them.
    """

    state: Slug
    found: Line
    lead: str = ""
    verb: Line
    reasons: str = ""
    sets: dict[Slug, Scalar] = Field(default_factory=dict)


class Slot(Part):
    """A kind of system that starting rows are chosen by, and the inputs that tell which it is."""

    title: Line
    of: tuple[Key, ...]
    options: dict[Slug, Line]


class StarterRow(Part):
    """A column holds a value, or a value for each option of a slot.

    ``{slot}`` in a value is the name of the system chosen. With ``each``, the name of a slot, there
    is one row for each system chosen there.
    """

    values: dict[Slug, Scalar | dict[Slug, Line]]
    each: str = ""
    applies: Rule | None = None


class Starter(Item):
    """Rows that a register can begin with, as the usual systems have them."""

    kind = "starter"
    register_: Key = Field(alias="register")
    slots: dict[Slug, Slot]
    rows: dict[Slug, StarterRow]
