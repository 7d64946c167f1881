"""Refusals of registers."""

from __future__ import annotations

from phases.core.errors import BadValue, Refusal


class FixedRegister(Refusal):
    """The playbook sets this register's rows; none are added or taken out."""


class NoSuchStep(BadValue):
    """A row cannot go from the state it is in to that one."""


class ImportRefused(BadValue):
    """Nothing was imported; ``problems`` are all that is wrong, each with its line and column."""

    def __init__(self, problems: list[str]) -> None:
        count = len(problems)
        self.problems = tuple(problems)
        what = "1 problem" if count == 1 else f"{count} problems"
        super().__init__("table", f"Nothing was imported: {what}. {' '.join(problems[:10])}")
