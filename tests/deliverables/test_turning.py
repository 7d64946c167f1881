"""Which sections of a report lie across, and what is shown once."""

from __future__ import annotations

from typing import Any

import pytest

from deliverables import blocks
from deliverables.contexts.drawn import told_once
from deliverables.turning import turned

SHORT = [blocks.table("", ["What", "State"], [["One", "Done"]] * 3)]
LONG = [blocks.table("", ["What", "State"], [["One", "Done"]] * 40)]
DRAWN = [blocks.figure("<svg></svg>", "A drawing", "")]


def across(*parts: tuple[str, list[dict[str, Any]]], missing: int = 0) -> str:
    """As letters: ``w`` for a section that lies across, ``u`` for an upright one."""
    sections = [
        blocks.section(f"s{n}", "A section", *found, wide=look == "w")
        for n, (look, found) in enumerate(parts)
    ]
    lacks = [{"section": "A section"}] * missing
    found = turned({"sections": sections, "missing": lacks, "assumed": []})
    return "".join("w" if one else "u" for one in found)


@pytest.mark.parametrize(
    ("parts", "missing", "wanted"),
    [
        ([("u", SHORT), ("u", LONG)], 0, "uuu"),
        ([("w", SHORT), ("u", SHORT), ("w", LONG)], 0, "wwww"),
        ([("w", SHORT), ("u", LONG), ("w", SHORT)], 0, "wuww"),
        ([("w", SHORT), ("u", DRAWN), ("w", SHORT)], 0, "wuww"),
        ([("u", SHORT), ("w", SHORT)], 0, "uww"),
        ([("w", SHORT), ("u", SHORT), ("u", SHORT), ("w", SHORT)], 0, "wuuww"),
        ([("w", LONG)], 0, "ww"),
        ([("w", LONG)], 30, "wu"),
    ],
    ids=["upright", "caught between", "too long", "a drawing", "first", "two are too many",
         "nothing is missing", "much is missing"],
)  # fmt: skip
def test_short_sections_lie_across_where_their_page_would_be_empty(
    parts: list[tuple[str, list[dict[str, Any]]]], missing: int, wanted: str
) -> None:
    assert across(*parts, missing=missing) == wanted


def test_long_cells_count_by_their_lines() -> None:
    told = [blocks.table("", ["What", "Means"], [["One", "word " * 80]] * 3, (20, 80))]

    assert across(("w", SHORT), ("u", told), ("w", SHORT)) == "wuww"


def test_what_an_earlier_section_shows_is_pointed_to() -> None:
    wide = blocks.table("", list("ABCDEF"), [["1"] * 6])
    first = blocks.section("a", "Fields", wide, wide=True)
    again = blocks.section("b", "Templates", blocks.heading("Fields"), wide, wide=True)
    other = blocks.section("c", "Others", blocks.table("", ["A"], [["2"]]), blocks.heading("D"))

    one, two, three = told_once([first, again, other])

    assert one == first
    assert two["blocks"] == [blocks.heading("Fields"), blocks.text("As in section 1, Fields.")]
    assert two["wide"] is False
    assert three == other


def test_a_drawing_with_its_table_is_pointed_to_once() -> None:
    both = [*DRAWN, *SHORT]
    _, again = told_once([
        blocks.section("a", "Triggers", *both), blocks.section("b", "Integrations", *both),
    ])  # fmt: skip

    assert again["blocks"] == [blocks.text("As in section 1, Triggers.")]
