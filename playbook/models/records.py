"""What is kept: registers, matrices, metrics, schedules."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from playbook.models.base import Column, Item, Key, Line, Part, Scalar, Slug, Text
from playbook.models.proposals import Proposal, Sign, Taking


class State(Part):
    """A state of a row; ``kind`` is what it means: open, waiting, bad, done, or dropped.

    A row enters it only with a value in each of ``needs``, and while ``guard`` (a gate) would pass.
    """

    title: Line
    kind: Literal["open", "waiting", "bad", "done", "dropped"]
    next: tuple[Slug, ...] = ()
    needs: tuple[Slug, ...] = ()
    guard: str = ""


class Seed(Item):
    """A row that exists for every engagement it applies to, before anybody has touched it.

    ``likely`` says what makes it one to take over, ``takes`` from which inputs its columns are
    filled then.
    """

    kind = "seed"
    values: dict[Slug, Scalar] = Field(default_factory=dict)
    likely: tuple[Sign, ...] = ()
    takes: dict[Slug, Key] = Field(default_factory=dict)


class Route(Part):
    """Where a row goes: the columns it fills, the role that owns it, the business days it has."""

    sets: dict[Slug, Scalar] = Field(default_factory=dict)
    role: Slug = ""
    within: int | None = Field(default=None, ge=0)


class Routing(Part):
    """What a row's value in the choice column ``by`` decides when the row is added."""

    by: Slug
    routes: dict[Slug, Route]


class Mix(Part):
    """How rows are mixed: shares by each column of ``by``, of what the number column ``base``
    counts beside what each of ``groups`` counts."""

    by: tuple[Slug, ...] = Field(min_length=1)
    base: Slug
    groups: tuple[Slug, ...] = Field(min_length=1)


class Register(Item):
    """``append_only`` rows are never changed; what was wrong is said by another row.

    ``proposals`` are rows that other records speak for; ``taking`` is what becomes of a seed that
    is taken over. ``ranked_by`` names choice columns whose options stand in order, the first
    before the last. ``beside`` is the register that this one is compared with: what it becomes.
    """

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
    append_only: bool = False
    routing: Routing | None = None
    diagram: Literal["none", "lanes", "architecture", "levels"] = "none"
    proposals: dict[Slug, Proposal] = Field(default_factory=dict)
    taking: Taking | None = None
    ranked_by: tuple[Slug, ...] = ()
    beside: str = ""
    mix: Mix | None = None


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
    """A bound on a reading, or on its trend against the reading before.

    ``input`` names the input that holds the bound where each engagement agrees its own.
    """

    op: Literal["<", "<=", ">", ">=", "="] | None = None
    value: Decimal | None = None
    input: str = ""
    trend: Literal["decreasing", "increasing"] | None = None
    words: Line

    @model_validator(mode="after")
    def bound_or_trend(self) -> Limit:
        """A bound has both its parts, and a limit that says nothing never trips."""
        if (self.op is None) != (self.value is None and not self.input):
            raise ValueError("give op together with value or input")
        if self.op is None and self.trend is None:
            raise ValueError("give op with value or input, or trend")
        return self


class Metric(Item):
    """``unit`` percent readings carry a numerator and a denominator.

    A metric without a target is only watched; ``better`` says which way is good. ``subjects`` names
    what each reading is of (pilot, control); without them it is of the whole engagement. Readings
    outside ``within`` are refused. ``board`` groups metrics on pages and documents. Money is in the
    currency that the input ``currency`` names, else in that of the engagement's country.
    """

    kind = "metric"
    subphase: str
    unit: Literal["percent", "hours", "days", "minutes", "count", "money"]
    numerator: str = ""
    denominator: str = ""
    currency: Key | None = None
    period: Literal["day", "week", "month", "quarter"]
    better: Literal["higher", "lower"] | None = None
    target: Limit | None = None
    red_flag: Limit | None = None
    subjects: dict[Slug, Line] = Field(default_factory=dict)
    within: tuple[Decimal | None, Decimal | None] = (None, None)
    board: str = ""
    told: tuple[Slug, ...] = ()


class Recurrence(Part):
    """When a task recurs, counted from an anchor (see ``Due.after``).

    ``every`` is a unit and ``count`` how many of them lie between two occurrences; the first falls
    ``first`` units after the anchor; ``times`` or ``until`` ends it.
    """

    after: Annotated[str, StringConstraints(pattern=r"^(created|kickoff|go_live|gate_[1-9][a-z])$")]
    every: Literal["business_day", "week", "month", "quarter", "year"]
    count: int = Field(default=1, ge=1)
    first: int = Field(default=1, ge=0)
    times: int | None = Field(default=None, ge=1)
    until: Literal["", "hypercare_ends"] = ""
    offset_days: int = 0


class Task(Item):
    kind = "task"
    check: Text
    red_flag: Text = ""
    action: Text = ""
    recurrence: Recurrence


class Watch(Part):
    """What trips a trigger: ``metric`` beyond ``limit`` in so many periods running."""

    metric: Key
    limit: Limit
    running: int = Field(default=1, ge=1)


class Trigger(Item):
    """A condition on which the customer calls back: its threshold in words, and the response.

    With ``watch`` the readings trip it; without, the customer or the account manager says so.
    """

    kind = "trigger"
    subphase: str
    threshold: Line
    response: Text
    watch: Watch | None = None
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
