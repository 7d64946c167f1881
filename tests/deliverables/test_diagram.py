"""Drawings: what they hold, that they are well-formed, that words keep within their room."""

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from deliverables.diagram import Link, Mark, Stage, architecture, lanes, timeline, width_of, wrap


def words_in(svg: str) -> str:
    return " ".join(text.text or "" for text in ET.fromstring(svg).iter() if text.text)


def test_systems_and_what_moves_between_them():
    svg = architecture(
        ["CRM <old>", "Tabs", "ERP"],
        [Link("CRM <old>", "Tabs", "Contract & lines", "Hourly"), Link("Tabs", "Tabs", "Retries"),
         Link("Tabs", "Unknown", "Lost")],
    )  # fmt: skip
    said = words_in(svg)
    assert "CRM <old>" in said
    assert "Contract & lines" in said
    assert "Retries" in said
    assert "Lost" not in said


def test_lanes_number_on_from_the_first_step():
    svg = lanes([Stage("Send", "Finance", "Tabs"), Stage("Pay", "", automatic=True)], first=13)
    said = words_in(svg)
    assert "13" in said
    assert "14" in said
    assert "Not said" in said


def test_a_time_line_shows_what_falls_within_it():
    months = [date(2026, 11, 1), date(2026, 12, 1)]
    svg = timeline(
        ["Monthly"], [Mark("Monthly", date(2026, 11, 5)), Mark("Monthly", date(2027, 3, 5))],
        [(date(2026, 12, 24), "Go-live"), (date(2027, 5, 1), "Too late")], months, date(2027, 1, 1),
    )  # fmt: skip
    assert svg.count("<circle") == 1
    assert "Go-live" in words_in(svg)
    assert "Too late" not in words_in(svg)


@given(st.text(max_size=200), st.integers(1, 4))
def test_wrapped_words_keep_within_their_room(words, most):
    lines = wrap(words, 8, 90, most)
    assert len(lines) <= most
    assert all(width_of(line, 8) <= 90 + 8 for line in lines)


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=30), max_size=5
    )
)
def test_whatever_is_typed_makes_a_drawing(names):
    ET.fromstring(architecture(names, [Link(a, b, a + b) for a in names for b in names]))
    ET.fromstring(lanes([Stage(name, name, name) for name in names]))
