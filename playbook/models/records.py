"""What is kept: registers, matrices, metrics, schedules."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from playbook.models.base import Column, Item, Key, Line, Part, Scalar, Slug, Text


class State(Part):
    """A state of a row; ``kind`` is what it means: open, waiting, bad, done, or dropped."""

    title: Line
    kind: Literal["open", "waiting", "bad", "done", "dropped"]
    next: tuple[Slug, ...] = ()


class Seed(Item):
    """A row that exists for every engagement it applies to, before anybody has touched it."""

    kind = "seed"
    values: dict[Slug, Scalar] = Field(default_factory=dict)


class Register(Item):
    kind = "register"
    children = ("seeds",)
    subphase: str
    columns: dict[Slug, Column]
    states: dict[Slug, State]
    seeds: dict[Key, Seed] = Field(default_factory=dict)
    row_word: Line = "row"
    standing: bool = False
    owner: bool = True
    due: bool = False
    portal: bool = False
    fixed: bool = False
    diagram: Literal["none", "lanes", "architecture"] = "none"


class Requirement(Item):
    kind = "requirement"
    weight: int = Field(ge=0, le=10)
    must: bool = False


class MatrixOption(Item):
    kind = "option"


class Matrix(Item):
    kind = "matrix"
    children = ("requirements", "options")
    subphase: str
    scale: tuple[int, int] = (1, 5)
    evidence: bool = False
    several: bool = False
    requirements: dict[Key, Requirement]
    options: dict[Key, MatrixOption]


class Limit(Part):
    """A bound on a reading, or on its trend against the reading before."""

    op: Literal["<", "<=", ">", ">=", "="] | None = None
    value: Decimal | None = None
    trend: Literal["decreasing", "increasing"] | None = None
    words: Line

    @model_validator(mode="after")
    def bound_or_trend(self) -> Limit:
        """A bound has both its parts, and a limit that says nothing never trips."""
        if (self.op is None) != (self.value is None):
            raise ValueError("give op and value together")
        if self.op is None and self.trend is None:
            raise ValueError("give op and value, or trend")
        return self


class Metric(Item):
    """``unit`` percent readings carry a numerator and a denominator."""

    kind = "metric"
    subphase: str
    unit: Literal["percent", "hours", "days", "count", "money"]
    numerator: Line = ""
    denominator: Line = ""
    period: Literal["day", "week", "month"]
    target: Limit
    red_flag: Limit
    told: tuple[Slug, ...] = ()


class Recurrence(Part):
    """When a task recurs, counted from an anchor (see ``Due.after``).

    ``every`` is a unit and ``count`` how many of them lie between two occurrences; the first falls
    ``first`` units after the anchor; ``times`` ends it.
    """

    after: Annotated[str, StringConstraints(pattern=r"^(created|kickoff|go_live|gate_[1-9][a-z])$")]
    every: Literal["business_day", "week", "month", "quarter", "year"]
    count: int = Field(default=1, ge=1)
    first: int = Field(default=1, ge=0)
    times: int | None = Field(default=None, ge=1)
    offset_days: int = 0


class Task(Item):
    kind = "task"
    check: Text
    red_flag: Text = ""
    action: Text = ""
    recurrence: Recurrence


class Trigger(Item):
    """A condition on which the customer calls back: its threshold in words, and the response."""

    kind = "trigger"
    subphase: str
    threshold: Line
    response: Text
    told: tuple[Slug, ...] = ()


class Schedule(Item):
    """Owned by ``role``, or by ``role_when_single`` in a Single Project engagement."""

    kind = "schedule"
    children = ("tasks",)
    subphase: str
    role: Slug
    role_when_single: Slug = ""
    portal: bool = False
    tasks: dict[Key, Task]
