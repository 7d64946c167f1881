"""Documents made of parts: each part an introduction, and what the records of its items hold.

What the mechanisms say of an item is the same everywhere (``phases.mechanisms.parts``); a document
adds drawings, boards of figures, and the phases as one table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby

from deliverables import blocks
from deliverables.blocks import Block, Cell, Context, Section
from deliverables.contexts import blank, compared, method, parts, recorded
from deliverables.contexts.layout import Ask, Look, laid_out, look_of
from phases.core.audit import canonical
from phases.core.models import StoredFile
from phases.mechanisms import parts as neutral
from phases.mechanisms.situation import Situation
from playbook.models import (
    Category,
    Document,
    DocumentPart,
    Gate,
    Guide,
    Input,
    Item,
    Matrix,
    Meeting,
    Metric,
    Passage,
    Phase,
    Register,
    Role,
    Schedule,
    Sheet,
    SubPhase,
    Trigger,
    Writing,
)


def drawn(s: Situation, item: Document) -> Context:
    """The context of the document *item*, from its parts."""
    found = sections_of(s, item)
    if not item.files:
        return parts.document(s, item.key, found)
    kept = s.records.files.get(item.key, [])
    context = parts.document(s, item.key, [*found, _files(s, item, kept)])
    named = [{"id": file.id, "name": file.name, "sha256": file.sha256} for file in kept]
    return context | {"files": named}


def sections_of(s: Situation, item: Document) -> list[Section]:
    """A section for each part of *item* that applies."""
    of = blank.situation(s) if item.blank else s
    found = [
        _section(of, item, slug, part)
        for slug, part in item.parts.items()
        if part.applies is None or part.applies.holds(s.profile)
    ]
    return found if item.blank or item.format != "report" else told_once(found)


REPEATED = ("table", "figure")


def told_once(sections: Sequence[Section]) -> list[Section]:
    """*sections*, where what an earlier table or drawing shows is pointed to, not repeated."""
    shown: dict[str, tuple[int, str]] = {}
    found = []
    for number, part in enumerate(sections, 1):
        kept: list[Block] = []
        for block in part["blocks"]:
            there = shown.get(_mark(block), (number, ""))
            kept += [block] if there[0] == number else _pointer(kept, *there)
        shown = {_mark(block): (number, part["title"]) for block in part["blocks"]
                 if block["kind"] in REPEATED and block.get("rows") != []} | shown  # fmt: skip
        wide = part["wide"] and any(_is_broad(block) for block in kept)
        found.append(part | {"blocks": kept, "wide": wide})
    return found


def _mark(block: Block) -> str:
    return canonical(block) if block["kind"] in REPEATED else ""


def _pointer(before: Sequence[Block], number: int, title: str) -> list[Block]:
    """Where it is shown; a drawing and the table below it are pointed to once."""
    said = blocks.text(f"As in section {number}, {title}.")
    return [] if before and before[-1] == said else [said]


def _files(s: Situation, item: Document, kept: Sequence[StoredFile]) -> Section:
    """The exact files that are kept with the document."""
    rows: list[list[Cell | str]] = [
        [
            file.name, blocks.cell(f"{file.size:,}", number=True), file.sha256,
            blocks.cell(s.people.name(file.uploaded_by), note=parts.day(file.uploaded_at, s)),
        ]
        for file in kept
    ]  # fmt: skip
    heads = ["File", "Bytes", "SHA-256", "Kept by"]
    none = blocks.missing("No file is kept with it yet.", f"documents/{item.key}#files")
    return blocks.section(
        "files", "Exact files", blocks.table("", heads, rows, (30, 12, 38, 20)) if rows else none,
        lead="Each goes with this document byte for byte; its hash proves it.",
    )  # fmt: skip


BESIDE: dict[str, Callable[[Situation], list[Block]]] = {
    "Q16.register.invoices": compared.of_test_set,
}
"""What stands beside an item's own records."""


def _section(s: Situation, item: Document, slug: str, part: DocumentPart) -> Section:
    title, text = s.plain(part.title), s.text(part.text).strip()
    look = look_of(item.format, wide=part.wide)
    lead, prose = (text, []) if _is_lead(text) else ("", [blocks.text(text)])
    found = blank.blocks_of(s, part.draws) if item.blank else blocks_of(s, part.draws, look, title)
    if not item.blank:
        found += [block for key in part.draws if key in BESIDE for block in BESIDE[key](s)]
    broad = item.format != "report" or any(_is_broad(block) for block in found)
    return blocks.section(
        slug.replace("_", "-"), title, *prose, *found, lead=lead, wide=part.wide and broad
    )


BROAD = ("figure", "pair", "lines")
NARROW = 5
"""As many columns as stand well on an upright page."""


def _is_broad(block: Block) -> bool:
    """Whether a page is turned for it; a sentence or a small table stands upright."""
    return block["kind"] in BROAD or (block["kind"] == "table" and len(block["columns"]) > NARROW)


def _is_lead(text: str) -> bool:
    """Whether a text is a line or two of plain words."""
    return "\n" not in text and not any(mark in text for mark in "*[|`")


def blocks_of(s: Situation, keys: Sequence[str], look: Look, title: str = "") -> list[Block]:
    """What the records hold of the items *keys*, for a page of *look*."""
    found: list[Block] = []
    items = [s.playbook.get(key) for key in keys]
    several = len({_together(item) for item in items}) > 1
    for _, group in groupby(items, key=_together):
        same = list(group)
        draw = OWN.get(type(same[0]))
        if draw is None or not any(s.applies(one) for one in same):
            said = [block for one in same for block in neutral.blocks(s, one.key)]
            title_of = s.plain(same[0].title)
            if several and title_of != title:
                found.append(blocks.heading(title_of))
            found += laid_out(said, look, title_of if several else title)
        else:
            heading = "" if several else title
            found += draw(Ask(s, same, look, heading, partial(blocks_of, s, look=look)))
    return found


def _together(item: Item) -> object:
    """What makes neighbours one block: the kind, where a kind is drawn as one."""
    return type(item) if type(item) in GROUPED else item.key


Draws = Callable[[Ask], list[Block]]
OWN: dict[type[Item], Draws] = {
    Input: recorded.inputs, Register: recorded.registers, Metric: recorded.metrics,
    Matrix: recorded.matrices, Sheet: recorded.sheets, Schedule: recorded.schedules,
    Phase: method.phases, SubPhase: method.subphases, Category: method.categories,
    Trigger: method.triggers, Guide: method.guides, Gate: method.gates, Meeting: method.meetings,
    Document: method.documents, Role: method.roles,
    Writing: recorded.texts, Passage: recorded.texts,
}  # fmt: skip
"""Kinds that documents draw in their own way, neighbours of a kind together."""
GROUPED = frozenset(OWN)
