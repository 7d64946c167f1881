"""What is decided and issued: gates and documents."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from playbook.checks import Check
from playbook.models.base import Due, Item, Key, Line, Part, Scalar, Slug, Text
from playbook.rules import Rule


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
    phases between), loop (back to ``to``), extend (hypercare, by weeks). ``sets`` writes inputs;
    ``asks`` names the input (a date) that whoever decides gives.
    """

    title: Line
    text: Text
    effect: Literal["pass", "complete", "loop", "extend"]
    to: str = ""
    sets: dict[str, Scalar] = Field(default_factory=dict)
    asks: str = ""
    applies: Rule | None = None


class Gate(Item):
    """The check at a sub-phase's end or, with ``guards``, before the act it names in words.

    One that guards needs no outcomes: while every line holds, the act is free.
    """

    kind = "gate"
    children = ("criteria",)
    subphase: str
    guards: Line | None = None
    criteria: dict[Key, Criterion]
    outcomes: dict[Slug, Outcome] = Field(default_factory=dict)

    @property
    def place(self) -> str:
        """What names the gate in addresses: its sub-phase or, of one that guards, its key."""
        return self.subphase if self.guards is None else self.key

    @property
    def called(self) -> str:
        """What sentences call it: ``Gate 1d``, or its title."""
        return f"Gate {self.subphase}" if self.guards is None else f"“{self.title}”"


class DocumentPart(Part):
    """A section of a document: an introduction and the items whose records it shows."""

    title: Line
    text: Text = ""
    draws: tuple[Key, ...] = ()
    wide: bool = False
    applies: Rule | None = None


class Document(Item):
    """A kind of document, drawn up from ``parts``, or by the code that ``builder`` names and parts.

    ``page`` documents can also be read as a page; ``portal`` ones by the customer's ``readers``,
    everybody there if none are named. A ``blank`` one is a template: nothing said is shown in it.
    With ``files`` uploads are kept beside it, and go with it as they are. One is issued ``per`` row
    of a register (an accounting period, say), with what the records hold of that row.
    """

    kind = "document"
    subphase: str
    builder: Slug = "parts"
    parts: dict[Slug, DocumentPart] = Field(default_factory=dict)
    format: Literal["report", "one_page", "slides"] = "report"
    page: bool = False
    portal: bool = False
    readers: tuple[Slug, ...] = ()
    blank: bool = False
    files: bool = False
    per: Key | None = None
    used_for: Line
    due: Due | None = None
    issued_by: tuple[Slug, ...] = ("architect",)

    def may_be_read_by(self, role: str) -> bool:
        """Whether a customer's *role* finds it in the portal."""
        return self.portal and (not self.readers or role in self.readers)
