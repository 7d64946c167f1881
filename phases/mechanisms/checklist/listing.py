"""Which steps a page shows: filters with their counts, and the effort that is left. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType

from phases.mechanisms.checklist.queries import LABELS, StepView

PRIORITIES = {"critical": "Critical", "high": "High", "medium": "Medium", "low": "Low"}
CHIPS = {"critical": "red", "high": "watch", "medium": "todo", "low": "na"}
"""By priority, the kind of its chip."""


@dataclass(frozen=True)
class Asked:
    """What the address asks for; empty for all."""

    state: str = ""
    priority: str = ""
    role: str = ""
    owner: str = ""
    part: str = ""

    @classmethod
    def of(cls, args: Mapping[str, str]) -> Asked:
        """From an address; what it does not know is left out."""
        return cls(**{name: args.get(name, "")[:40] for name in cls.__dataclass_fields__})

    def args(self, **changed: str) -> dict[str, str]:
        """The address's part, with some of it changed."""
        return {name: value for name, value in (asdict(self) | changed).items() if value}

    def shows(self, view: StepView) -> bool:
        """Whether *view* is asked for."""
        return all(TESTS[name](view, value) for name, value in self.args().items())


def _is_in(view: StepView, state: str) -> bool:
    if state in ("open", "overdue"):
        return view.open if state == "open" else view.overdue
    return view.state == state


TESTS: dict[str, Callable[[StepView, str], bool]] = {
    "state": _is_in,
    "priority": lambda view, value: view.priority == value,
    "role": lambda view, value: view.role == value,
    "owner": lambda view, value: view.owner == value,
    "part": lambda view, value: view.part == value,
}

STATES = {"open": "Open", "overdue": "Overdue", **LABELS}


@dataclass(frozen=True)
class FilterChip:
    """One value of a filter: how many it would show, and the address's part that asks for it."""

    label: str
    count: int
    args: dict[str, str]
    active: bool


def chips(
    views: Sequence[StepView], asked: Asked, parts: Mapping[str, str] = MappingProxyType({})
) -> dict[str, list[FilterChip]]:
    """By filter, its values that occur; counted among what the other filters show. *parts* are the
    titles of the method's parts, where a page shows several."""
    words = {
        "part": parts,
        "state": STATES,
        "priority": PRIORITIES,
        "role": dict(sorted({(view.role, view.role_title) for view in views})),
        "owner": dict(sorted({(v.owner, v.owner_name) for v in views if v.owner})),
    }
    found = {name: _row(views, asked, name, labels) for name, labels in words.items()}
    return {name: row for name, row in found.items() if len(row) > 2 or asked.args().get(name)}


def _row(
    views: Sequence[StepView], asked: Asked, name: str, labels: Mapping[str, str]
) -> list[FilterChip]:
    others = [view for view in views if replace(asked, **{name: ""}).shows(view)]
    chosen = asked.args().get(name, "")
    row = [FilterChip("All", len(others), asked.args(**{name: ""}), not chosen)]
    for value, label in labels.items():
        count = sum(TESTS[name](view, value) for view in others)
        if count or value == chosen:
            row.append(FilterChip(label, count, asked.args(**{name: value}), value == chosen))
    return row


@dataclass(frozen=True)
class Effort:
    """What is left to do: weeks and days, and how many steps have no such measure."""

    weeks: int = 0
    days: int = 0
    ongoing: int = 0
    variable: int = 0

    @property
    def words(self) -> str:
        """``12 weeks and 2 days; 7 ongoing and 1 variable apart``; empty if there is none."""
        measured = [_many(self.weeks, "week"), _many(self.days, "day")]
        apart = [f"{self.ongoing} ongoing"] * bool(self.ongoing)
        apart += [f"{self.variable} variable"] * bool(self.variable)
        first = " and ".join(part for part in measured if part)
        if not apart:
            return first
        return f"{first or 'None measured'}; {' and '.join(apart)} apart"


def _many(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'}" if count else ""


def effort_left(views: Iterable[StepView]) -> Effort:
    """The effort of the steps that are still open."""
    left = Effort()
    for view in views:
        if not view.open or not view.effort:
            continue
        if view.effort in ("ongoing", "variable"):
            left = replace(left, **{view.effort: getattr(left, view.effort) + 1})
            continue
        found = re.fullmatch(r"(\d+) (day|week)s?", view.effort)
        assert found is not None, view.effort  # the content's own pattern
        unit = f"{found[2]}s"
        left = replace(left, **{unit: getattr(left, unit) + int(found[1])})
    return left
