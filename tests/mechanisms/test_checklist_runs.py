"""Every run of a test is told, with its result and what proves it."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from phases.mechanisms.checklist.history import runs_of
from phases.mechanisms.checklist.queries import checklist_of
from phases.mechanisms.checklist.services import say_step
from phases.mechanisms.situation import Situation
from tests.mechanisms.test_checklist import PREPARE, READ, TESTS

FIRST, SECOND = "https://x.example/1", "https://x.example/2"


def runs(session: Session, s: Situation, checklist: str, key: str) -> list[tuple[bool, str]]:
    found = runs_of(session, s, checklist_of(s, checklist)).get(key, [])
    return [(run.passed, run.evidence) for run in found]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ([], []),
        ([{"state": "doing"}], []),
        ([{"state": "failed", "evidence": FIRST}, {"state": "done", "evidence": SECOND}],
         [(False, FIRST), (True, SECOND)]),
        ([{"state": "failed", "evidence": FIRST}, {"state": "doing"}, {"state": "done"}],
         [(False, FIRST), (True, FIRST)]),
        ([{"state": "done", "evidence": FIRST}, {"evidence": SECOND}],
         [(True, FIRST), (True, SECOND)]),
        ([{"state": "done", "evidence": FIRST}, {"note": "Seen by Ann"}], [(True, FIRST)]),
    ],
)  # fmt: skip
def test_each_result_is_a_run(
    store: Session, tiny: Situation, said: list[dict[str, str]], told: list[tuple[bool, str]]
) -> None:
    key = next(iter(checklist_of(tiny, TESTS).items))
    for what in said:
        say_step(store, tiny, "u1", key, **what)  # type: ignore[arg-type] # names and their words
    assert runs(store, tiny, TESTS, key) == told


def test_steps_that_are_no_tests_have_no_runs(store: Session, tiny: Situation) -> None:
    say_step(store, tiny, "u1", READ, state="done")
    assert runs(store, tiny, PREPARE, READ) == []
