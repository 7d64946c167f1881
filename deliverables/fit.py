"""Making a document fit one page: smaller type first, then shorter lists and texts. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from deliverables.blocks import Block, Cell, Context


@dataclass(frozen=True)
class Fit:
    """How many rows a table keeps, and how many signs a text."""

    rows: int
    signs: int


FITS = (
    Fit(40, 500), Fit(40, 500), Fit(40, 400), Fit(24, 240), Fit(16, 150), Fit(9, 90), Fit(5, 60),
    Fit(2, 30),
)  # fmt: skip
"""Tried in turn; the stylesheet sets each in smaller type than the one before, to a limit."""


def shorter(context: Context, fit: int) -> Context:
    """*context* with what is listed cut to the measure of *fit*; others than one page stay."""
    if context.get("format") != "one_page":
        return context
    most = FITS[fit]
    sections = [
        part | {"lead": _cut(part["lead"], most.signs),
                "blocks": list(_blocks(part["blocks"], most))}
        for part in context["sections"]
    ]  # fmt: skip
    return context | {
        "sections": sections, "customer": _cut(context["customer"], 120),
        "title": _cut(context["title"], 120),
    }  # fmt: skip


def _blocks(found: Iterable[Block], most: Fit) -> Iterator[Block]:
    for block in found:
        if block["kind"] == "text":
            yield block | {"markdown": _cut(block["markdown"], most.signs)}
        elif block["kind"] == "missing":
            yield block | {"text": _cut(block["text"], most.signs)}
        elif block["kind"] == "facts":
            rows = [
                {"label": _cut(row["label"], most.signs), "cell": _cell(row["cell"], most)}
                for row in block["rows"]
            ]
            yield block | {"rows": rows[: most.rows]}
        elif block["kind"] == "table":
            yield from _table(block, most)
        else:
            yield block


def _table(block: Block, most: Fit) -> Iterator[Block]:
    rows = [[_cell(found, most) for found in row] for row in block["rows"]]
    yield block | {"rows": rows[: most.rows]}
    if len(rows) > most.rows:
        yield {"kind": "text", "markdown": f"And {len(rows) - most.rows} more."}


def _cell(found: Cell, most: Fit) -> Cell:
    return found | {
        "text": _cut(found["text"], most.signs), "note": _cut(found["note"], most.signs),
        "by": "",
    }  # fmt: skip


def _cut(words: str, most: int) -> str:
    """*words*, ended by an ellipsis where there are too many."""
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"
