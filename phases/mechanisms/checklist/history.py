"""What was said of a step before: each change with what stood there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from phases.core.template import day
from phases.mechanisms.checklist.queries import LABELS
from phases.mechanisms.history.queries import Happened, changes_of, changes_of_each
from phases.mechanisms.register.values import is_proof
from phases.mechanisms.situation import Situation
from playbook.models import Checklist

TITLES = {
    "state": "State", "owner": "Owner", "due": "Due", "note": "Note", "evidence": "Evidence",
}  # fmt: skip


RESULTS = {"done": True, "failed": False}
"""Which states are the result of a test, and whether it passed."""


@dataclass(frozen=True)
class Run:
    """One time a test was run: who, when, what came of it, and what proves it."""

    at: datetime
    who: str
    passed: bool
    evidence: str

    @property
    def linked(self) -> bool:
        """Whether the evidence is a link that may be followed."""
        return is_proof(self.evidence)


def runs_of(session: Session, s: Situation, checklist: Checklist) -> dict[str, list[Run]]:
    """By step of *checklist*, each run of the test, oldest first; none unless it holds tests.

    A result with other evidence than before is another run.
    """
    found: dict[str, list[Run]] = {key: [] for key in checklist.items}
    standing: dict[str, dict[str, Any]] = {key: {} for key in found}
    for change in changes_of_each(session, s.engagement, found) if checklist.tests else ():
        now = standing[change.subject]
        now |= {name: after for name, (_, after) in change.changes.items()}
        if {"state", "evidence"} & set(change.changes) and now.get("state") in RESULTS:
            who, proof = s.people.name(change.actor), now.get("evidence") or ""
            run = Run(change.at, who, RESULTS[now["state"]], proof)
            found[change.subject].append(run)
    return found


def history_of(session: Session, s: Situation, key: str) -> list[Happened]:
    """What was changed of the step *key*, newest first."""
    return [
        Happened(
            change.at, s.people.name(change.actor),
            tuple(
                (TITLES.get(name, name), _words(s, name, before), _words(s, name, after))
                for name, (before, after) in sorted(change.changes.items())
            ),
        )
        for change in changes_of(session, s.engagement, key)
    ]  # fmt: skip


def _words(s: Situation, name: str, value: Any) -> str:
    if value in (None, ""):
        return ""
    if name == "state":
        return LABELS.get(value, value)
    if name == "owner":
        return s.people.name(value)
    return day(date.fromisoformat(value)) if name == "due" else str(value)
