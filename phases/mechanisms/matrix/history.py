"""What was changed in a matrix, by whom and when, in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from phases.core.template import listed
from phases.mechanisms.history.queries import Difference, Happened, changes_of
from phases.mechanisms.matrix.scores import shown_evidence
from phases.mechanisms.situation import Situation
from playbook.models import Matrix

NEWEST = 10
"""How many changes the page tells unless all are asked for."""


def history_of(
    session: Session, s: Situation, matrix: Matrix, most: int = NEWEST
) -> list[Happened]:
    """What changed, newest first."""
    return [
        Happened(
            change.at,
            s.people.name(change.actor),
            tuple(_difference(s, matrix, name, *pair) for name, pair in change.changes.items()),
        )
        for change in changes_of(session, s.engagement, matrix.key, most)
    ]


def _difference(s: Situation, matrix: Matrix, name: str, before: Any, after: Any) -> Difference:
    kind, _, rest = name.partition(":")
    title, words = TOLD[kind]
    return title(s, matrix, rest), words(s, matrix, before), words(s, matrix, after)


def _name(s: Situation, matrix: Matrix, key: str) -> str:
    part = matrix.requirements.get(key) or matrix.options.get(key)
    return s.plain(part.title) if part else key


def _cell(s: Situation, matrix: Matrix, rest: str) -> str:
    requirement, _, option = rest.partition(":")
    return f"{_name(s, matrix, option)} on {_name(s, matrix, requirement)}"


def _score(s: Situation, matrix: Matrix, value: Any) -> str:  # noqa: ARG001 - one shape for all
    number, note, link = value
    parts = ["" if number is None else str(number), note, shown_evidence(s, link)[0]]
    return ", ".join(part for part in parts if part)


def _decision(s: Situation, matrix: Matrix, value: Any) -> str:
    chosen, reason = value
    titles = listed([_name(s, matrix, key) for key in chosen])
    return f"{titles}: {reason}" if chosen else ""


def _plain(s: Situation, matrix: Matrix, value: Any) -> str:  # noqa: ARG001 - one shape for all
    return "" if value is None else str(value)


Title = Callable[[Situation, Matrix, str], str]
Words = Callable[[Situation, Matrix, Any], str]

TOLD: dict[str, tuple[Title, Words]] = {
    "weight": (lambda s, m, rest: f"Weight of {_name(s, m, rest)}", _plain),
    "score": (_cell, _score),
    "deferred": (lambda s, m, rest: f"{_name(s, m, rest)} deferred", _plain),
    "dissent": (lambda s, _m, rest: f"Dissent of {s.people.name(rest)}", _plain),
    "decision": (lambda _s, _m, _rest: "Decision", _decision),
}
"""From a kind of change to its title and its words."""
