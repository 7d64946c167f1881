"""What content may say: one frozen model per kind of item.

A content file is a mapping from a kind to a mapping from key to item. A container (checklist, form,
sheet, register, matrix, meeting, guide, schedule, gate) holds its items in place; the loader
indexes them all under their own keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from playbook.checks import Check
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


# --- the frame: categories, phases, roles, profile -----------------------------------------------


class Category(Item):
    """A project category with the range of weight (per cent) it gives each phase."""

    kind = "category"
    weights: dict[str, tuple[int, int]]
    examples: tuple[str, ...] = ()


class Adaptation(Part):
    """When a phase or sub-phase is light or skipped, and the reason shown beside it."""

    when: Rule
    mode: Literal["light", "skip"]
    reason: Line


class Phase(Item):
    kind = "phase"
    slug: Slug
    number: int
    weight: Line
    goal: Line
    output: Text
    adaptations: tuple[Adaptation, ...] = ()


class SubPhase(Item):
    """One of 1a…4d. ``text`` is the guidance shown at its head."""

    kind = "subphase"
    code: Annotated[str, StringConstraints(pattern=r"^[1-9][a-z]$")]
    phase: Slug
    purpose: Line
    starts_with: Text = ""
    leaves: Text = ""
    adaptations: tuple[Adaptation, ...] = ()


class Role(Item):
    """A part somebody plays. A customer role has at most one signatory per sheet."""

    kind = "role"
    side: Literal["staff", "customer"]


class Option(Part):
    title: Line
    text: Text = ""


class Input(Item):
    """A named fact with a value and a standing. Keys ``profile.*`` decide what applies.

    ``options_from`` names a family (``Q2.methodology``) whose items are the options.
    """

    kind = "input"
    type: Literal[
        "choice", "choices", "flag", "text", "long_text", "number", "percent", "money", "date"
    ]
    subphase: str = ""
    options: dict[Slug, Option] = Field(default_factory=dict)
    options_from: str = ""
    default: Scalar | None = None
    critical: bool = False
    hint: Text = ""
    ask_at_creation: bool = False


class Recommendation(Part):
    when: Rule
    reason: Line


class Contradiction(Part):
    when: Rule
    reason: Line


class Choice(Item):
    """An option that deserves a text of its own: a methodology, a scope, a motion.

    ``recommended_when`` gives the reasons for which the option is recommended, tried in order of
    the items; ``contradicts`` names profiles it does not go with, and why.
    """

    kind = "choice"
    when_to_use: Text = ""
    recommended_when: tuple[Recommendation, ...] = ()
    contradicts: tuple[Contradiction, ...] = ()


# --- checklists and guidance ---------------------------------------------------------------------


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


class Step(Item):
    """Something a role does. With ``done_when`` its state is computed, never ticked."""

    kind = "step"
    role: Slug = ""
    output: Text = ""
    due: Due | None = None
    done_when: tuple[Check, ...] = ()
    evidence: Literal["none", "note", "link"] = "none"
    critical: bool = False


class Checklist(Item):
    """``tests`` checklists have a failed state beside done."""

    kind = "checklist"
    children = ("items",)
    subphase: str
    role: Slug = "architect"
    tests: bool = False
    portal: bool = False
    items: dict[Key, Step]


class Point(Item):
    """Something to know: one line of guidance, an agenda line, a thing to bring."""

    kind = "point"
    from_minute: int | None = None
    to_minute: int | None = None


class Guide(Item):
    kind = "guide"
    children = ("items",)
    subphase: str
    shown: Literal["list", "table"] = "list"
    items: dict[Key, Point]


class Meeting(Item):
    kind = "meeting"
    children = ("agenda", "bring", "leave")
    subphase: str
    minutes: tuple[int, int] | None = None
    attendees: tuple[Slug, ...] = ()
    focus: Line
    output: Text
    agenda: dict[Key, Point] = Field(default_factory=dict)
    bring: dict[Key, Point] = Field(default_factory=dict)
    leave: dict[Key, Point] = Field(default_factory=dict)


# --- forms ---------------------------------------------------------------------------------------


class Column(Part):
    """A typed column of a register or of a table question."""

    title: Line
    type: Literal[
        "text", "long_text", "choice", "number", "percent", "money", "date", "flag", "link"
    ] = "text"
    options: dict[Slug, Line] = Field(default_factory=dict)
    required: bool = False
    hint: Text = ""


class Question(Item):
    """A question of a form.

    ``when`` is a rule over earlier answers, named by their keys' last part.

    ``feeds`` names the input that the answer becomes (ASSUMED) when the form is sent.
    """

    kind = "question"
    type: Literal[
        "text",
        "long_text",
        "choice",
        "choices",
        "yes_no",
        "number",
        "percent",
        "money",
        "date",
        "table",
        "files",
    ]
    hint: Text = ""
    required: bool = True
    options: dict[Slug, Option] = Field(default_factory=dict)
    columns: dict[Slug, Column] = Field(default_factory=dict)
    when: Rule | None = None
    feeds: str = ""


class Section(Item):
    kind = "section"
    children = ("questions",)
    questions: dict[Key, Question]


class Form(Item):
    kind = "form"
    children = ("sections",)
    subphase: str
    roles: tuple[Slug, ...]
    minutes: int
    sections: dict[Key, Section]


# --- sheets --------------------------------------------------------------------------------------


class Statement(Item):
    """What named roles approve: its wording, and the records it ``binds``, by their keys."""

    kind = "statement"
    required: bool = True
    binds: tuple[Key, ...] = ()


class Sheet(Item):
    """Statements that each of ``roles`` approves one by one.

    ``rows_of`` makes one more statement of every row of that register.
    """

    kind = "sheet"
    children = ("items",)
    subphase: str
    roles: tuple[Slug, ...]
    minutes: int = 5
    editable: bool = False
    rows_of: str = ""
    items: dict[Key, Statement] = Field(default_factory=dict)


# --- registers, matrices -------------------------------------------------------------------------


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


# --- metrics, schedules --------------------------------------------------------------------------


class Limit(Part):
    """A bound on a reading, or on its trend against the reading before."""

    op: Literal["<", "<=", ">", ">=", "="] | None = None
    value: Decimal | None = None
    trend: Literal["decreasing", "increasing"] | None = None
    words: Line


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


# --- gates, documents ----------------------------------------------------------------------------


class Criterion(Item):
    """One line of a gate: computed by ``checks``, signed on a sheet, or attested by a person.

    ``supplied_by`` is the role that can supply what is missing.
    """

    kind = "criterion"
    by: Literal["computed", "signed", "attested"]
    checks: tuple[Check, ...] = ()
    supplied_by: Slug

    @model_validator(mode="after")
    def judged_somehow(self) -> Criterion:
        """Computed and signed lines name checks; attested ones name none."""
        if (self.by == "attested") == bool(self.checks):
            raise ValueError("a computed or signed criterion names checks, an attested one none")
        return self


class Outcome(Part):
    """What may be decided at a gate.

    ``effect``: pass (needs every criterion met or waived), complete (passes too, and ends the
    phases between), loop (back to ``to``), extend (hypercare, by weeks). ``sets`` writes inputs.
    """

    title: Line
    text: Text
    effect: Literal["pass", "complete", "loop", "extend"]
    to: str = ""
    sets: dict[str, Scalar] = Field(default_factory=dict)
    applies: Rule | None = None


class Gate(Item):
    kind = "gate"
    children = ("criteria",)
    subphase: str
    criteria: dict[Key, Criterion]
    outcomes: dict[Slug, Outcome]


class Document(Item):
    """A kind of document; ``builder`` names what draws it up from the records."""

    kind = "document"
    subphase: str
    builder: Slug
    used_for: Line
    due: Due | None = None
    issued_by: tuple[Slug, ...] = ("architect",)


KINDS: dict[str, type[Item]] = {
    model.kind: model
    for model in (
        Category, Phase, SubPhase, Role, Input, Choice, Checklist, Point, Guide, Meeting, Form,
        Sheet, Register, Matrix, Metric, Trigger, Schedule, Gate, Document,
    )
}  # fmt: skip
"""The kinds a content file may hold at its top."""
