"""What the records make of a section, as Markdown: a line a fact, so that it merges by lines."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

from phases.core.models import ASSUMED
from phases.mechanisms import parts
from phases.mechanisms.blocks import (
    Block,
    Cell,
    Facts,
    Heading,
    Listing,
    Missing,
    Paragraph,
    Table,
)
from phases.mechanisms.sheet.content import Change, words_changed
from phases.mechanisms.situation import Situation
from playbook.models import Passage

TAG = re.compile(r"<(?=[a-zA-Z/!?])")
BAR = r"\|"
"""What would end a table's cell, as it stands within one."""

MOST_WORDS = 4000
"""Stretches longer than this are shown as taken out and put in, not word by word."""


def draft_of(s: Situation, passage: Passage) -> str:
    """The section's draft of today."""
    return s.once(("draft", passage.key), lambda: markdown_of(_drawn(s, passage)))


def missing_of(s: Situation, passage: Passage) -> tuple[Missing, ...]:
    """What its records lack."""
    return tuple(b for b in _drawn(s, passage) if isinstance(b, Missing))


def _drawn(s: Situation, passage: Passage) -> tuple[Block, ...]:
    return s.once(("drawn", passage.key), lambda: parts.draft(s, passage))


def markdown_of(blocks: tuple[Block, ...]) -> str:
    """Blocks as Markdown. A table says its caption only where no heading has just said it."""
    written, said = [], ""
    for block in blocks:
        if isinstance(block, Table) and block.caption == said:
            block = replace(block, caption="")  # noqa: PLW2901 - the same block, said once
        said = block.title if isinstance(block, Heading) else said
        written.append(WRITE[type(block)](block))
    return "\n\n".join(written).strip()


def _heading(block: Heading) -> str:
    return f"### {_line(block.title)}"


def _paragraph(block: Paragraph) -> str:
    return "\n".join(line.rstrip() for line in block.text.strip().splitlines())


def _listing(block: Listing) -> str:
    mark = "1." if block.ordered else "-"
    return "\n".join(f"{mark} {_line(item)}" for item in block.items)


def _facts(block: Facts) -> str:
    return "\n".join(f"- **{_line(label)}:** {_cell(cell)}" for label, cell in block.rows)


def _table(block: Table) -> str:
    """Without what follows the date: a text does not turn stale overnight."""
    width = len(block.columns) - block.of_today
    heads = [[_line(head) for head in block.columns[:width]], ["---"] * width]
    body = [[_cell(cell) for cell in row[:width]] for row in block.rows]
    lines = "\n".join(_row(row) for row in [*heads, *body])
    return f"**{_line(block.caption)}**\n\n{lines}" if block.caption else lines


def _row(cells: list[str]) -> str:
    return f"| {' | '.join([cell.replace('|', BAR) for cell in cells])} |"


def _missing(block: Missing) -> str:
    return f"*{_line(block.sentence)}*"


@lru_cache(maxsize=8192)
def _cell(cell: Cell) -> str:
    """A value on one line, marked where it is not confirmed; its note behind it."""
    if cell.absent:
        return f"*{cell.text.lower()}*" if cell.text.strip("–") else "–"
    text = _line(cell.text)
    if not (cell.href or cell.standing or cell.note):
        return text
    if cell.href:
        text = f"[{text}]({cell.href})"
    if cell.standing == ASSUMED:
        text += " *(ASSUMED)*"
    return f"{text} ({_line(cell.note)})" if cell.note else text


def _line(text: str) -> str:
    """*text* on one line; what a browser would take for a tag stays readable."""
    line = " ".join(text.split())
    return TAG.sub("&lt;", line) if "<" in line else line


WRITE: dict[type[Any], Callable[[Any], str]] = {
    Heading: _heading, Paragraph: _paragraph, Listing: _listing, Facts: _facts, Table: _table,
    Missing: _missing,
}  # fmt: skip


@lru_cache(maxsize=512)
def changed(before: str, after: str) -> tuple[Change, ...]:
    """What changed between two texts, in whole words: pairs of same, del or ins and the text."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    found: list[Change] = []
    for op, i1, i2, j1, j2 in SequenceMatcher(None, old, new).get_opcodes():
        left, right = "".join(old[i1:i2]), "".join(new[j1:j2])
        if op == "equal":
            found.append(("same", _cut(left)))
        elif max(len(left), len(right)) > MOST_WORDS:
            found += [("del", left), ("ins", right)]
        else:
            found += words_changed(left, right)
    return tuple((kind, text) for kind, text in found if text)


def _cut(text: str) -> str:
    """A stretch that stayed: its first and last line tell where one is."""
    lines = text.splitlines(keepends=True)
    return text if len(lines) <= 4 else f"{lines[0]}…\n{lines[-1]}"
