"""What a document is made of: sections of blocks, as plain data that can be frozen and hashed.

A context is a mapping that JSON can hold. Its ``sections`` hold blocks: text, facts (label and
value), table, figure, tiles, pair (two columns of blocks), missing. A cell is a mapping too; one
that stands ASSUMED is marked wherever it is shown and listed at the end, and so is what is
missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from phases.core.models import ASSUMED

Block = dict[str, Any]
Cell = dict[str, Any]
Section = dict[str, Any]
Context = dict[str, Any]


def cell(
    text: str, *, standing: str = "", by: str = "", note: str = "", state: str = "",
    markdown: bool = False, href: str = "", absent: bool = False, number: bool = False,
) -> Cell:  # fmt: skip
    """A value. ``state`` is the kind of mark before it (done, bad …), ``note`` soft words below."""
    return {
        "text": text, "standing": standing, "by": by, "note": note, "state": state,
        "markdown": markdown, "href": href, "absent": absent, "number": number,
    }  # fmt: skip


def absent(text: str = "Not recorded yet") -> Cell:
    """A value that nobody has given."""
    return cell(text, absent=True)


def text(markdown: str) -> Block:
    """Prose in Markdown."""
    return {"kind": "text", "markdown": markdown}


def heading(title: str) -> Block:
    """A heading within a section."""
    return {"kind": "heading", "title": title}


def facts(rows: Iterable[tuple[str, Cell]]) -> Block:
    """Labels with their values."""
    return {"kind": "facts", "rows": [{"label": label, "cell": found} for label, found in rows]}


def table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[Cell | str]],
          widths: Sequence[float] = (), small: bool = False) -> Block:  # fmt: skip
    """A table; ``widths`` are per cent, equal if not given (columns are
    fixed: measuring every cell takes most of a document's time). A row's first cell is its head."""
    filled = [[part if isinstance(part, dict) else cell(part) for part in row] for row in rows]
    numbers = [_numeric([row[n] for row in filled]) for n in range(len(columns))]
    return {
        "kind": "table", "caption": caption, "columns": list(columns), "numbers": numbers,
        "rows": filled,
        "widths": list(widths) or [round(100 / len(columns), 2)] * len(columns), "small": small,
        "tall": False,
    }  # fmt: skip


def filled(block: Block) -> Block:
    """A table without the columns in which nothing stands; the others share their room."""
    kept = [
        n for n in range(len(block["columns"]))
        if n == 0 or any(_stands(row[n]) for row in block["rows"])
    ]  # fmt: skip
    room = sum(block["widths"][n] for n in kept) / 100
    return block | {
        **{name: [block[name][n] for n in kept] for name in ("columns", "numbers")},
        "widths": [round(block["widths"][n] / room, 2) for n in kept],
        "rows": [[row[n] for n in kept] for row in block["rows"]],
    }


def _stands(found: Cell) -> bool:
    return any(found[name] for name in ("text", "note", "standing", "state"))


def tall(block: Block) -> Block:
    """A table with room to write in each row."""
    return block | {"tall": True}


def attachment(name: str, title: str, digest: str, packed: str) -> Block:
    """A file within the PDF: *packed* is its bytes, compressed by zlib, in base64; *digest* is the
    SHA-256 of the file itself."""
    return {
        "kind": "attachment", "name": name, "title": title, "sha256": digest, "packed": packed,
    }  # fmt: skip


def lines(count: int) -> Block:
    """Empty lines to write on."""
    return {"kind": "lines", "count": count}


def _numeric(cells: Sequence[Cell]) -> bool:
    """Whether a column holds numbers and nothing else; what nobody has given may stand between."""
    return any(found["number"] for found in cells) and all(
        found["number"] or found["absent"] for found in cells
    )


def tile(title: str, value: str, *, state: str = "", words: str = "", notes: Sequence[str] = (),
         svg: str = "", alt: str = "") -> dict[str, Any]:  # fmt: skip
    """A figure of a board: its last value, what it means, and how it has moved. ``state`` is met,
    watch, red or nothing; an empty ``value`` has not been read yet."""
    return {
        "title": title, "value": value, "state": state, "words": words, "notes": list(notes),
        "svg": svg, "alt": alt,
    }  # fmt: skip


def tiles(title: str, found: Iterable[dict[str, Any]]) -> Block:
    """Figures side by side, under the name of their board."""
    return {"kind": "tiles", "title": title, "tiles": list(found)}


def pair(left: tuple[str, Sequence[Block]], right: tuple[str, Sequence[Block]]) -> Block:
    """Two things to compare, each with its title, side by side."""
    sides = [{"title": title, "blocks": list(found)} for title, found in (left, right)]
    return {"kind": "pair", "sides": sides}


def figure(svg: str, alt: str, caption: str) -> Block:
    """A drawing with what it says in words."""
    return {"kind": "figure", "svg": svg, "alt": alt, "caption": caption}


def missing(sentence: str, place: str = "") -> Block:
    """What is not there yet and where it is entered, in the place where it would stand."""
    return {"kind": "missing", "text": sentence, "place": place}


def of_today(block: Block) -> Block:
    """*block*, marked as following the date: it changes although nobody changed a record."""
    return block | {"of_today": True}


def section(
    key: str, title: str, *blocks: Block | None, lead: str = "", wide: bool = False
) -> Section:
    """A numbered section; a wide one turns the page."""
    return {
        "id": key,
        "title": title,
        "lead": lead,
        "wide": wide,
        "blocks": [b for b in blocks if b],
    }


def gaps(sections: Sequence[Section]) -> list[dict[str, str]]:
    """What the sections say is missing, each with its section and the place to enter it."""
    return [
        {"section": part["title"], "id": part["id"], "text": block["text"], "place": block["place"]}
        for part in sections
        for block in flat(part["blocks"])
        if block["kind"] == "missing"
    ]


def assumed(sections: Sequence[Section]) -> list[dict[str, str]]:
    """Every value that stands ASSUMED, with its section and what it is."""
    return [
        {"section": part["title"], "id": part["id"], "label": label, "value": _value(label, found)}
        for part in sections
        for block in flat(part["blocks"])
        for label, found in _cells(block)
        if found["standing"] == ASSUMED
    ]


def flat(found: Iterable[Block]) -> Iterator[Block]:
    """The blocks, those within a pair too."""
    for block in found:
        yield block
        if block["kind"] == "pair":
            for side in block["sides"]:
                yield from flat(side["blocks"])


def _value(label: str, found: Cell) -> str:
    """What is assumed; where the mark stands beside a row's state or its name it is the row."""
    named = found["state"] or found["text"] in ("", label)
    return "as listed" if named else str(found["text"])


def _cells(block: Block) -> Iterator[tuple[str, Cell]]:
    """Each value with what it is called: its label, or the head of its row."""
    if block["kind"] == "facts":
        yield from ((row["label"], row["cell"]) for row in block["rows"])
    elif block["kind"] == "table":
        for row in block["rows"]:
            yield from ((row[0]["text"], found) for found in row)
