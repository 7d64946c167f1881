"""From the neutral blocks that records give to those of documents: widths, and what a page holds.

A table gets its columns' widths from what stands in them. Where it has more columns than fit, the
least filled ones become soft words below the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from deliverables import blocks
from deliverables.blocks import Block, Cell
from phases.mechanisms import blocks as neutral
from phases.mechanisms.register.diagram import Paper
from phases.mechanisms.situation import Situation
from playbook.models import Item

LEAST, MOST = 8.0, 44.0
"""The narrowest and the widest a column is beside others, in the signs of an average line."""


@dataclass(frozen=True)
class Look:
    """The page that blocks are made for: how many columns a table may have, and what a drawing
    fills. ``shows`` is the document's format."""

    columns: int
    paper: Paper
    half: Paper
    shows: str = "report"
    wide: bool = False


UPRIGHT = Look(6, Paper(720, 800), Paper(350, 800))
WIDE = Look(9, Paper(1040, 560), Paper(500, 520), wide=True)
SLIDE = Look(6, Paper(1040, 530), Paper(500, 490), "slides", wide=True)
ONE = Look(5, Paper(720, 260), Paper(350, 260), "one_page")
ONE_WIDE = Look(8, Paper(720, 560), Paper(350, 560), "one_page", wide=True)


@dataclass(frozen=True)
class Ask:
    """Items of one kind to be drawn for a page of ``look``, under the heading ``title`` if any.

    ``draw`` draws other items for the same page.
    """

    s: Situation
    items: Sequence[Item]
    look: Look
    title: str
    draw: Callable[[Sequence[str]], list[Block]]


def look_of(shows: str, *, wide: bool) -> Look:
    """The look of a part of a document in the format *shows*."""
    if shows == "slides":
        return SLIDE
    if shows == "one_page":
        return ONE_WIDE if wide else ONE
    return WIDE if wide else UPRIGHT


def laid_out(found: Iterable[neutral.Block], look: Look, title: str = "") -> list[Block]:
    """The blocks for a page of *look*; a caption that says only *title* again is left out."""
    made: list[Block] = []
    above = title
    for one in found:
        made.append(_block(one, look, above))
        above = one.title if isinstance(one, neutral.Heading) else title
    return made


def _block(one: neutral.Block, look: Look, above: str) -> Block:
    if isinstance(one, neutral.Heading):
        return blocks.heading(one.title)
    if isinstance(one, neutral.Paragraph):
        return blocks.text(one.text)
    if isinstance(one, neutral.Listing):
        marks = (f"{n}." if one.ordered else "-" for n in range(1, len(one.items) + 1))
        lines = (
            f"{m} {_indented(words, len(m))}" for m, words in zip(marks, one.items, strict=True)
        )
        return blocks.text("\n".join(lines))
    if isinstance(one, neutral.Facts):
        return blocks.facts((label, _cell(found)) for label, found in one.rows)
    if isinstance(one, neutral.Missing):
        return blocks.missing(one.sentence, one.place)
    caption = "" if one.caption == above else one.caption
    drawn = table(caption, one.columns, [[_cell(c) for c in row] for row in one.rows], look)
    return blocks.of_today(drawn) if one.of_today else drawn


def _indented(words: str, by: int) -> str:
    return words.strip().replace("\n", "\n" + " " * (by + 1))


def _cell(found: neutral.Cell) -> Cell:
    return blocks.cell(**found._asdict())


def table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[Cell]], look: Look) -> Block:
    """A table that fits the page; columns in which nothing stands are left out."""
    said = [n for n in range(len(heads)) if n == 0 or any(_says(row[n]) for row in rows)]
    heads, rows = [heads[n] for n in said], [[row[n] for n in said] for row in rows]
    if heads and heads[0] in heads[1:]:
        heads = ["Name", *heads[1:]]
    kept = _kept(heads, rows, look)
    short = look.shows != "report"
    folded = [] if short else [n for n in range(len(heads)) if n not in kept]
    body = [_row(heads, row, kept, folded) for row in rows]
    return blocks.table(caption, [heads[n] for n in kept], body, widths(
        [heads[n] for n in kept], body
    ))  # fmt: skip


def _kept(heads: Sequence[str], rows: Sequence[Sequence[Cell]], look: Look) -> list[int]:
    """The columns that stay: the first, the state, and of the others those that are most filled;
    where room is short, those that say it in a word."""
    if len(heads) <= look.columns:
        return list(range(len(heads)))
    filled = {n: sum(_says(row[n]) for row in rows) for n in range(1, len(heads))}
    wordy = {n: look.shows != "report" and _average([row[n] for row in rows]) > 30 for n in filled}
    state = [n for n in filled if heads[n] == "State"]
    others = sorted((n for n in filled if n not in state), key=lambda n: (wordy[n], -filled[n], n))
    return sorted([0, *state, *others[: look.columns - 1 - len(state)]])


def _average(cells: Sequence[Cell]) -> float:
    """How much stands in a cell, notes for less."""
    lengths = [len(found["text"]) + len(found["note"]) * 0.7 for found in cells] or [0]
    return sum(lengths) / len(lengths)


def _says(found: Cell) -> bool:
    return bool(found["text"] or found["standing"]) and not found["absent"]


def _row(
    heads: Sequence[str], row: Sequence[Cell], kept: Sequence[int], folded: Sequence[int]
) -> list[Cell]:
    first, *rest = (row[n] for n in kept)
    below = [f"{heads[n]}: {row[n]['text']}" for n in folded if _says(row[n])]
    note = ". ".join(part.rstrip(".") for part in (first["note"], *below) if part)
    return [first | {"note": note}, *rest]


def widths(heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[float]:
    """Per cent for each column: by the longest word, and by how much stands in it."""
    weights = [_weight(head, [row[n] for row in rows]) for n, head in enumerate(heads)]
    total = sum(weights) or 1
    return [round(100 * weight / total, 2) for weight in weights]


def _weight(head: str, cells: Sequence[Cell]) -> float:
    average = _average(cells)
    said = " ".join([head, *(found["text"] for found in cells)])
    longest = max((len(word) for word in said.split()), default=0)
    return max(LEAST, min(longest * 1.3 + 1, 20.0), min(sqrt(average) * 3.2, MOST))
