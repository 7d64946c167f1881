"""The frame: categories, phases, roles, the profile and its options."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from playbook.models.base import Due, Item, Line, Part, Scalar, Slug, Text
from playbook.rules import Rule


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
    """``ends`` is when the plan has it over; a phase without one is as long as it takes."""

    kind = "phase"
    slug: Slug
    number: int
    weight: Line
    goal: Line
    output: Text
    ends: Due | None = None
    adaptations: tuple[Adaptation, ...] = ()


class SubPhase(Item):
    """One of 1a…4d. ``text`` is the guidance shown at its head.

    ``over_after`` names the date with which it ends, whatever is still open: ``kickoff``.
    """

    kind = "subphase"
    code: Annotated[str, StringConstraints(pattern=r"^[1-9][a-z]$")]
    phase: Slug
    purpose: Line
    starts_with: Text = ""
    leaves: Text = ""
    over_after: Literal["", "kickoff", "go_live"] = ""
    adaptations: tuple[Adaptation, ...] = ()


class Topic(Item):
    """A part of the method by its id: what items whose keys begin with it are about."""

    kind = "topic"


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
