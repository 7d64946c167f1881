"""Every kind of event has words for the history."""

from __future__ import annotations

import ast
from datetime import UTC, datetime
from pathlib import Path

from phases.portfolio.words import PLAIN, EventWords, in_a_row

ROOT = Path(__file__).parent.parent.parent


def kinds() -> set[str]:
    files = [
        path
        for package in ("phases", "intake", "deliverables")
        for path in (ROOT / package).rglob("events.py")
    ]
    return {
        node.name
        for path in files
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
    }


def test_every_kind_of_event_has_words_and_no_words_are_left_over() -> None:
    assert kinds() == set(PLAIN)


def test_the_same_done_in_a_row_is_told_once_with_its_count() -> None:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    said = [("Ada", "x"), ("Ada", "x"), ("Edo", "x"), ("Ada", "x"), ("Ada", "y")]
    events = [
        EventWords(n, at, who, "changed a row of", about, "", "")
        for n, (who, about) in enumerate(said)
    ]
    told = [(event.who, event.about, count) for event, count in in_a_row(events)]
    assert told == [("Ada", "x", 2), ("Edo", "x", 1), ("Ada", "x", 1), ("Ada", "y", 1)]
    assert in_a_row([]) == []
