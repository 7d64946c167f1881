"""What people do: checklists, guidance, meetings, forms, sheets."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from playbook.checks import Check
from playbook.models.base import Column, Due, Item, Key, Line, Slug, Text
from playbook.models.frame import Option
from playbook.models.records import Recurrence
from playbook.rules import Rule


class Step(Item):
    """Something a role does. With ``done_when`` its state is computed, never ticked.

    ``guard`` names a gate that must pass before it can be done; ``shows`` the step whose evidence,
    a link, is what this one is about.
    """

    kind = "step"
    role: Slug = ""
    output: Text = ""
    due: Due | None = None
    done_when: tuple[Check, ...] = ()
    evidence: Literal["none", "note", "link"] = "none"
    critical: bool = False
    priority: Literal["", "critical", "high", "medium", "low"] = ""
    effort: Annotated[
        str, StringConstraints(pattern=r"^(|\d+ (days?|weeks?)|ongoing|variable)$")
    ] = ""
    guard: str = ""
    shows: str = ""


class Checklist(Item):
    """``tests`` checklists have a failed state beside done. Customers see ``portal`` ones; when two
    follow-ups have not helped, ``escalates`` is the role that is told."""

    kind = "checklist"
    children = ("items",)
    subphase: str
    role: Slug = "architect"
    tests: bool = False
    portal: bool = False
    escalates: Slug = ""
    items: dict[Key, Step]


class Point(Item):
    """Something to know: one line of guidance, an agenda line, a thing to bring.

    With ``done_when`` a thing to leave a meeting with is computed, never ticked.
    """

    kind = "point"
    from_minute: int | None = None
    to_minute: int | None = None
    done_when: tuple[Check, ...] = ()


class Guide(Item):
    kind = "guide"
    children = ("items",)
    subphase: str
    shown: Literal["list", "table"] = "list"
    items: dict[Key, Point]


class Meeting(Item):
    """``planned`` proposes its day; ``repeats`` makes it a series; ``guides`` are shown beside it.

    ``captures`` names the registers that are filled in during it, ``asks`` the inputs that it is to
    confirm; ``needs`` must hold before it is worth holding. ``cuts`` is the assessment version that
    its end produces.
    """

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
    planned: Due | None = None
    repeats: Recurrence | None = None
    guides: tuple[Key, ...] = ()
    captures: tuple[Key, ...] = ()
    asks: tuple[Key, ...] = ()
    needs: tuple[Check, ...] = ()
    cuts: Annotated[str, StringConstraints(pattern=r"^(|v\d+)$")] = ""


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


class Statement(Item):
    """What named roles approve: its wording, and the records it ``binds``, by their keys."""

    kind = "statement"
    required: bool = True
    binds: tuple[Key, ...] = ()


class Sheet(Item):
    """Statements that each of ``roles`` approves one by one.

    ``rows_of`` makes one more statement of every row of that register. Nobody says Yes before
    ``opens_when`` holds; a No with what must change is always welcome.
    """

    kind = "sheet"
    children = ("items",)
    subphase: str
    roles: tuple[Slug, ...]
    minutes: int = 5
    editable: bool = False
    rows_of: str = ""
    opens_when: tuple[Check, ...] = ()
    items: dict[Key, Statement] = Field(default_factory=dict)


class Passage(Item):
    """A section of a text: ``text`` says what it must hold; ``draws`` names the items whose records
    make its draft, below ``opening`` (Markdown, with placeholders)."""

    kind = "passage"
    opening: Text = ""
    draws: tuple[Key, ...] = ()


class Writing(Item):
    """A text drafted from the records, section by section, then edited by hand."""

    kind = "writing"
    children = ("sections",)
    subphase: str
    role: Slug = "architect"
    due: Due | None = None
    sections: dict[Key, Passage]
