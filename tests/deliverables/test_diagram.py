"""The time line: what it holds, and that whatever is typed makes a drawing."""

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from deliverables.diagram import Mark, timeline

MONTHS = [date(2026, 11, 1), date(2026, 12, 1)]
END = date(2027, 1, 1)


def words_in(svg: str) -> str:
    return " ".join(text.text or "" for text in ET.fromstring(svg).iter() if text.text)


def test_a_time_line_shows_what_falls_within_it():
    svg = timeline(
        ["Monthly"], [Mark("Monthly", date(2026, 11, 5)), Mark("Monthly", date(2027, 3, 5))],
        [(date(2026, 12, 24), "Go-live"), (date(2027, 5, 1), "Too late")], MONTHS, END,
    )  # fmt: skip
    assert svg.count("<circle") == 1
    assert "Go-live" in words_in(svg)
    assert "Too late" not in words_in(svg)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=30))
def test_whatever_is_typed_makes_a_time_line(words):
    svg = timeline([words], [Mark(words, MONTHS[0])], [(MONTHS[1], words)], MONTHS, END)
    assert words in [node.text or "" for node in ET.fromstring(svg).iter()]
