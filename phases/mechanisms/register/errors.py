"""Refusals of registers."""

from __future__ import annotations

from phases.core.errors import BadValue, Refusal


class FixedRegister(Refusal):
    """The playbook sets this register's rows; none are added or taken out."""


class NoSuchStep(BadValue):
    """A row cannot go from the state it is in to that one."""


class LacksColumns(BadValue):
    """A row cannot be in a state without a value in the columns that the state needs."""


class StandsBehindGate(BadValue):
    """A gate stands before a state; ``place`` is its page, below the engagement's address."""

    def __init__(self, field: str, message: str, place: str) -> None:
        super().__init__(field, message)
        self.place = place


class AppendOnly(Refusal):
    """Rows of this register are never changed or taken out."""
