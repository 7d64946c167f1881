"""Drawings of registers: what they hold, that they fit their paper, that words keep their room."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phases.mechanisms.register.diagram import PAGE, SCREEN, Link, Paper, Step, architecture, lanes
from phases.mechanisms.register.levels import Level, level_column, levels
from phases.mechanisms.register.strokes import width_of, wrap
from playbook.models import Column, Register

TYPED = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=30)
CIRCLE = [
    Link("CRM <old>", "Billing", "Contract & lines", "API · Hourly"),
    Link("Billing", "ERP", "Invoice"),
    Link("ERP", "CRM <old>", "Paid"),
    Link("Billing", "Billing", "Retry"),
]


def steps(count: int, lanes: int) -> list[Step]:
    return [
        Step(f"Step {n} & more", f"Lane {n % lanes}", "CRM", "Manual", n % 2 == 0, "PO <number>")
        for n in range(count)
    ]


def drawn(svg: str) -> ET.Element:
    assert "style" not in svg
    return ET.fromstring(svg)


def texts(root: ET.Element) -> list[str]:
    return [node.text or "" for node in root.iter("{http://www.w3.org/2000/svg}text")]


def size(root: ET.Element) -> tuple[float, float]:
    return float(root.get("width", "0")), float(root.get("height", "0"))


def test_lanes_stay_readable_at_thirty_steps_in_eight_lanes() -> None:
    (found,) = lanes("Map", steps(30, 8), SCREEN)
    root = drawn(found.svg)
    assert size(root)[0] == 26 + 8 * SCREEN.narrowest  # it scrolls in its frame
    words = texts(root)
    assert words[:8] == [f"Lane {n}" for n in range(8)]
    assert words.count("Step 3 & more") == 1
    assert sum(text.startswith("Data lost:") for text in words) == 30
    assert found.svg.count("polygon") == 15 + 30 + 29
    assert "by hand, data lost at 30. 1. Lane 0: Step 0 & more; 2. Lane 1" in found.words
    assert (root[1].text or "") == found.words.removeprefix("Map. ")


def test_a_long_map_comes_in_parts_that_fit_the_page_and_number_on() -> None:
    parts = [drawn(found.svg) for found in lanes("Map", steps(30, 3), PAGE)]
    assert [part[0].text for part in parts] == [
        f"Map, part {n} of {len(parts)}" for n in range(1, len(parts) + 1)
    ]
    assert len(parts) > 2
    assert all(w <= PAGE.width and h <= PAGE.height for w, h in map(size, parts))
    assert {size(part)[0] for part in parts} == {size(parts[0])[0]}
    assert [text for part in parts for text in texts(part) if text.isdigit()] == [
        str(n) for n in range(1, 31)
    ]


def test_parts_are_of_about_the_same_height() -> None:
    (whole,) = lanes("Map", steps(10, 3), SCREEN)
    room = size(drawn(whole.svg))[1] - 60
    heights = [size(drawn(part.svg))[1] for part in lanes("Map", steps(10, 3), Paper(656, room))]
    assert len(heights) == 2
    assert min(heights) > room / 3


def test_systems_stand_from_left_to_right_as_data_flows_also_in_a_circle() -> None:
    (found,) = architecture("Design", CIRCLE, "sync", PAGE)
    root = drawn(found.svg)
    places = {
        group[0].text: float(group[1].get("x", "0"))
        for group in root.iter("{http://www.w3.org/2000/svg}g")
        if group[1].tag.endswith("rect")
    }
    assert places["CRM <old>"] < places["Billing"] < places["ERP"]
    assert {"Contract & lines", "API · Hourly", "Retry"} <= set(texts(root))
    assert root[1].text == (
        "4 syncs among 3 systems: CRM <old>, Billing, ERP. CRM <old> to Billing: Contract & lines; "
        "Billing to ERP: Invoice; ERP to CRM <old>: Paid; Billing to Billing: Retry."
    )


def test_many_links_come_in_parts_with_the_same_systems() -> None:
    parts = [drawn(part.svg) for part in architecture("Design", CIRCLE * 12, "sync", PAGE)]
    assert len(parts) > 1
    assert all(w <= PAGE.width and h <= PAGE.height for w, h in map(size, parts))
    assert all(texts(part)[:3] == ["CRM <old>", "Billing", "ERP"] for part in parts)


@pytest.mark.parametrize("paper", [SCREEN, PAGE])
def test_nothing_to_draw_is_no_drawing(paper: Paper) -> None:
    assert lanes("Map", [], paper) == []
    assert architecture("Design", [], "sync", paper) == []


@given(st.text(max_size=200), st.integers(1, 4))
def test_wrapped_words_keep_within_their_room(words: str, most: int) -> None:
    found = wrap(words, 8, 90, most)
    assert len(found) <= most
    assert all(width_of(line, 8) <= 90 + 8 for line in found)


@given(st.lists(TYPED, max_size=5))
def test_whatever_is_typed_makes_a_drawing(names: list[str]) -> None:
    links = [Link(a, b, a + b, a) for a in names for b in names]
    found = architecture("Design", links, "sync", PAGE)
    found += lanes("Map", [Step(name, name, name, name, True, name) for name in names], PAGE)
    assert all(drawn(part.svg)[1].text for part in found)


STEPS = {"m1": "1 Nobody's: by whoever notices", "m2": "2 By hand: one", "m3": "3 Defined: written"}
SCALE = ("maturity", Column(title="Maturity", type="choice", options=STEPS))


def test_levels_are_bars_with_their_words_and_weak_ones_say_so() -> None:
    found = [Level("Run <billing>", 1), Level("Collect", 3), Level("Report", 0)]
    (one,) = levels("Functions", found, SCALE, PAGE)
    root = drawn(one.svg)
    assert {"1, weak", "3", "Not rated yet", "Run <billing>"} <= set(texts(root))
    assert size(root)[0] <= PAGE.width
    assert one.words == (
        "Functions. 1 of 3 at step 2 or below, on a scale of 3. Run <billing>: 1 Nobody's; "
        "Collect: 3 Defined; Report: not rated."
    )


def test_nothing_rated_and_no_scale_is_no_drawing(library: Any) -> None:
    assert levels("Functions", [Level("Run billing", 0)], SCALE, PAGE) == []
    playbook = library.latest("q2c")
    assert level_column(playbook.get("Q9.register.gaps", Register)) is None
    name, column = level_column(playbook.get("F.register.functions", Register)) or ("", SCALE[1])
    assert (name, len(column.options)) == ("maturity", 5)
