"""The documentation package: which copies are in it, and what is still missing (Q22)."""

from __future__ import annotations

from dataclasses import dataclass

from deliverables import blocks
from deliverables.blocks import Block, Cell, Context
from deliverables.contexts import parts
from deliverables.contexts.drawn import sections_of
from phases.core.documents import READY
from phases.core.models import IssuedDocument
from phases.mechanisms.checklist.queries import StepView, live_steps
from phases.mechanisms.situation import Situation
from playbook.models import Checklist, Document


@dataclass(frozen=True)
class Piece:
    """A line of the package: the copies it consists of, the link that stands for it, or nothing."""

    step: StepView
    documents: tuple[Document, ...]
    copies: tuple[IssuedDocument, ...]

    @property
    def complete(self) -> bool:
        """Whether every document of it is issued, or its step is settled by a link."""
        issued = bool(self.documents) and len(self.copies) == len(self.documents)
        return issued or (self.step.settled and (self.linked or not self.documents))

    @property
    def linked(self) -> bool:
        """Whether a link stands for it."""
        return bool(self.step.evidence)


def checklists_of(s: Situation, item: Document) -> list[Checklist]:
    """The checklists that the package follows: those that *item* points to."""
    found = [s.playbook.items.get(key) for key in item.see]
    return [one for one in found if isinstance(one, Checklist) and s.applies(one)]


def pieces(s: Situation, item: Document) -> list[Piece]:
    """What belongs to the package, line by line, with the newest printed copy of each document."""
    return [
        _piece(s, step) for checklist in checklists_of(s, item) for step in live_steps(s, checklist)
    ]


def _piece(s: Situation, step: StepView) -> Piece:
    named = [s.playbook.items.get(key) for key in s.playbook.get(step.key).see]
    documents = tuple(one for one in named if isinstance(one, Document) and s.applies(one))
    newest = {row.key: row for row in s.records.issued if row.state == READY}
    return Piece(step, documents, tuple(newest[one.key] for one in documents if one.key in newest))


def file_name(number: int, row: IssuedDocument) -> str:
    """What a copy is called in the package."""
    return f"{number:02}-{row.key.rpartition('.')[2].replace('_', '-')}-no-{row.number}.pdf"


def package(s: Situation, item: Document) -> Context:
    """The context of the package's contents page; ``package`` lists the copies in it."""
    found = pieces(s, item)
    rows = [_row(number, piece) for number, piece in enumerate(found, 1)]
    lacking = [piece for piece in found if not piece.complete]
    whole = len(found) - len(lacking)
    said: list[Block] = [
        blocks.text(f"**{whole} of {len(found)}** parts of the package are complete."),
        blocks.table("", ["Part", "In the package as", "State", "Content"], rows, (34, 30, 20, 16)),
    ]
    context = parts.document(s, item.key, [
        blocks.section("contents", "What is in the package", *said),
        blocks.section("missing", "What is missing", *_lacks(lacking)),
        *sections_of(s, item),
        blocks.section("people", "Whom to ask", parts.people(s)),
    ])  # fmt: skip
    copies = [
        {"key": row.key, "number": row.number, "sha256": row.sha256,
         "name": file_name(number, row)}
        for number, piece in enumerate(found, 1) for row in piece.copies
    ]  # fmt: skip
    return context | {"package": copies}


def _row(number: int, piece: Piece) -> list[Cell | str]:
    names = [file_name(number, row) for row in piece.copies]
    if names or (piece.documents and not piece.linked):
        shown = blocks.cell(", ".join(names)) if names else blocks.absent("Not issued yet")
        content = ", ".join((row.sha256 or "")[:12] for row in piece.copies)
    else:
        shown, content = parts.proof(piece.step.note, piece.step.evidence), ""
    done = piece.complete
    state = blocks.cell("Complete" if done else "Missing", state="done" if done else "open")
    return [
        blocks.cell(f"{number}. {piece.step.title}", note=piece.step.output),
        shown,
        state,
        content,
    ]


def _lacks(lacking: list[Piece]) -> list[Block]:
    if not lacking:
        return [blocks.text("Nothing. Every part is complete.")]
    return [
        blocks.missing(f"{piece.step.title}: {_why(piece)}.", _place(piece)) for piece in lacking
    ]


def _why(piece: Piece) -> str:
    if not piece.documents:
        return "no link is recorded yet" if not piece.step.evidence else "it is not done yet"
    have = {row.key for row in piece.copies}
    names = [one.title for one in piece.documents if one.key not in have]
    return f"{' and '.join(names)} {'has' if len(names) == 1 else 'have'} no issued copy"


def _place(piece: Piece) -> str:
    return (
        f"documents#{piece.documents[0].key.replace('.', '-')}"
        if piece.documents
        else (f"checklist/{piece.step.checklist}#{piece.step.anchor}")
    )
