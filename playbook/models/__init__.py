"""What content may say: one frozen model per kind of item.

A content file is a mapping from a kind to a mapping from key to item. A container (checklist, form,
sheet, register, matrix, meeting, guide, schedule, gate) holds its items in place; the loader
indexes them all under their own keys.
"""

from __future__ import annotations

from playbook.models.base import Column, Due, Item, Key, Line, Part, Scalar, Slug, Text
from playbook.models.frame import (
    Adaptation,
    Category,
    Choice,
    Contradiction,
    Input,
    Option,
    Phase,
    Recommendation,
    Role,
    SubPhase,
    Topic,
)
from playbook.models.gates import Criterion, Document, DocumentPart, Gate, Outcome
from playbook.models.proposals import (
    Proposal,
    RowsWhere,
    Sign,
    Slot,
    Starter,
    StarterRow,
    Taking,
)
from playbook.models.records import (
    Limit,
    Matrix,
    MatrixOption,
    Metric,
    Mix,
    Recurrence,
    Register,
    Requirement,
    Route,
    Routing,
    Schedule,
    Seed,
    State,
    Task,
    Trigger,
    Watch,
)
from playbook.models.work import (
    Checklist,
    Form,
    Guide,
    Meeting,
    Passage,
    Point,
    Question,
    Section,
    Sheet,
    Statement,
    Step,
    Writing,
)

__all__ = [
    "KINDS",
    "Adaptation",
    "Category",
    "Checklist",
    "Choice",
    "Column",
    "Contradiction",
    "Criterion",
    "Document",
    "DocumentPart",
    "Due",
    "Form",
    "Gate",
    "Guide",
    "Input",
    "Item",
    "Key",
    "Limit",
    "Line",
    "Matrix",
    "MatrixOption",
    "Meeting",
    "Metric",
    "Mix",
    "Option",
    "Outcome",
    "Part",
    "Passage",
    "Phase",
    "Point",
    "Proposal",
    "Question",
    "Recommendation",
    "Recurrence",
    "Register",
    "Requirement",
    "Role",
    "Route",
    "Routing",
    "RowsWhere",
    "Scalar",
    "Schedule",
    "Section",
    "Seed",
    "Sheet",
    "Sign",
    "Slot",
    "Slug",
    "Starter",
    "StarterRow",
    "State",
    "Statement",
    "Step",
    "SubPhase",
    "Taking",
    "Task",
    "Text",
    "Topic",
    "Trigger",
    "Watch",
    "Writing",
]

KINDS: dict[str, type[Item]] = {
    model.kind: model
    for model in (
        Category, Topic, Phase, SubPhase, Role, Input, Choice, Checklist, Point, Guide, Meeting,
        Form, Writing, Sheet, Register, Starter, Matrix, Metric, Trigger, Schedule, Gate, Document,
    )
}  # fmt: skip
"""The kinds a content file may hold at its top."""
