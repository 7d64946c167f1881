"""Every kind of event has words for the history."""

from __future__ import annotations

import ast
from pathlib import Path

from phases.portfolio.words import PLAIN

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
