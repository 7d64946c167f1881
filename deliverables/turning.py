"""Which sections of a report lie across: wide ones, and short ones caught between them. Pure.

A page is turned for a wide section. Where an upright one stands alone between two of them, or after
the last, its page is nearly empty; lying across it shares theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from math import ceil

from deliverables.blocks import Block, Context, Section

HALF = 15
"""About half the lines of a page that lies across."""
SIGNS = 130
"""Of a line across the whole page."""
HEADED = 3
"""Lines that a title takes."""
LONG = 999


def turned(context: Context) -> list[bool]:
    """Whether each section lies across; after them the one that tells what is assumed or missing.

    >>> a, b = {"wide": True, "blocks": []}, {"wide": False, "blocks": []}
    >>> turned({"sections": [a, b, a, b], "missing": [], "assumed": []})
    [True, True, True, True, True]
    """
    sections: Sequence[Section] = context["sections"]
    lines = [_lines(part["blocks"]) for part in sections]
    lines.append(len(context["missing"]) + len(context["assumed"]))
    wide = [part["wide"] for part in sections] + [False]
    found: list[bool] = []
    for across, group in groupby(range(len(wide)), key=wide.__getitem__):
        run = list(group)
        follows = run[0] > 0
        short = sum(HEADED + lines[n] for n in run) <= HALF
        found += [across or (follows and short)] * len(run)
    return found


def _lines(blocks: Sequence[Block]) -> int:
    return sum(_of(block) for block in blocks)


def _of(block: Block) -> int:
    """About how many lines a block takes; what cannot be told takes a page."""
    kind = block["kind"]
    if kind == "text":
        return 1 + ceil(len(block["markdown"]) / SIGNS) + block["markdown"].count("\n")
    if kind in ("heading", "missing"):
        return 2
    if kind == "facts":
        return len(block["rows"])
    if kind != "table":
        return LONG
    return 2 + sum(_row(row, block["widths"]) for row in block["rows"])


def _row(row: Sequence[Block], widths: Sequence[float]) -> int:
    """Lines of the cell that takes most; what stands below a cell takes one more."""
    return max(
        ceil(len(cell["text"]) * 100 / (SIGNS * width)) + bool(cell["note"] or cell["by"])
        for cell, width in zip(row, widths, strict=True)
    )
