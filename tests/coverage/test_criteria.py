"""Every criterion of every gate, met and in each way unmet, judged from records alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from phases.gates.judge import Result, decide
from playbook.loader import load
from playbook.models import Criterion, Gate
from tests.coverage.families import FAMILIES
from tests.coverage.situations import MEET, SPOIL, Told, can_be, meet_criterion

PLAYBOOK = load(Path(__file__).parents[2] / "playbook" / "content" / "q2c" / "1.0")
LINES = [(gate, criterion) for gate in PLAYBOOK.of(Gate) for criterion in gate.criteria.values()]


def spoiled() -> Iterator[Any]:
    """Every check of every line with each way in which it is not met."""
    told = Told(PLAYBOOK)
    for gate, line in LINES:
        for number, check in enumerate(line.checks):
            for name in SPOIL[check.name]:
                if can_be(told, check, name):
                    case = f"{line.key}-{number}-{check.name}-{name}"
                    yield pytest.param(gate, line, check, name, id=case)


def judged(told: Told, gate: Gate, line: Criterion) -> Result:
    results = decide(gate, told.situation()).results
    return next(result for result in results if result.criterion.key == line.key)


@pytest.mark.parametrize(("gate", "line"), LINES, ids=[criterion.key for _, criterion in LINES])
def test_a_line_is_met_by_what_it_asks_and_no_more(gate: Gate, line: Criterion) -> None:
    told = Told(PLAYBOOK)
    meet_criterion(told, gate.key, line)
    result = judged(told, gate, line)
    assert result.applies
    assert [lack.sentence for lack in result.finding.lacks] == []
    assert result.met


@pytest.mark.parametrize(("gate", "line", "check", "spoil"), list(spoiled()))
def test_a_line_is_unmet_when_one_thing_is_not_so(
    gate: Gate, line: Criterion, check: Any, spoil: str
) -> None:
    told = Told(PLAYBOOK)
    meet_criterion(told, gate.key, line)
    SPOIL[check.name][spoil](told, check)
    result = judged(told, gate, line)
    assert result.applies
    assert not result.met
    assert result.finding.lacks


@pytest.mark.parametrize(
    ("gate", "line"),
    [(gate, line) for gate, line in LINES if line.by == "attested"],
    ids=[line.key for _, line in LINES if line.by == "attested"],
)
def test_an_attested_line_is_unmet_until_somebody_says_so(gate: Gate, line: Criterion) -> None:
    told = Told(PLAYBOOK)
    assert not judged(told, gate, line).met
    meet_criterion(told, gate.key, line)
    assert judged(told, gate, line).met
    told.gate_records[-1].ended_at = told.gate_records[-1].at
    assert not judged(told, gate, line).met


@pytest.mark.parametrize("gate", PLAYBOOK.of(Gate), ids=lambda gate: gate.key)
def test_a_gate_opens_when_all_its_lines_are_met_together(gate: Gate) -> None:
    told = Told(PLAYBOOK)
    for line in gate.criteria.values():
        meet_criterion(told, gate.key, line)
    decision = decide(gate, told.situation())
    assert [result.criterion.key for result in decision.unmet] == []
    assert decision.state == "open"


@pytest.mark.parametrize("gate", PLAYBOOK.of(Gate), ids=lambda gate: gate.key)
def test_a_gate_of_which_nothing_is_said_is_shut(gate: Gate) -> None:
    assert decide(gate, Told(PLAYBOOK).situation()).state == "shut"


def test_every_line_has_both_outcomes() -> None:
    both = {case.values[1].key for case in spoiled()}
    attested = {line.key for _, line in LINES if line.by == "attested"}
    assert both | attested == {line.key for _, line in LINES}
    assert {name for _, line in LINES for name in (c.name for c in line.checks)} <= set(MEET)


@pytest.mark.parametrize(
    ("gate", "lines"),
    [
        ("Q12.gate.1d", FAMILIES["Q12.criterion"]),
        ("Q16.gate.2d", FAMILIES["Q16.criterion"]),
        ("Q19.gate.3d", FAMILIES["Q19.criterion"]),
        ("Q26.gate.4d", FAMILIES["Q26.criterion"]),
        ("P6.gate.scale", FAMILIES["P6.condition"]),
    ],
)
def test_a_gate_holds_exactly_the_lines_of_the_method(gate: str, lines: int) -> None:
    assert len(PLAYBOOK.get(gate, Gate).criteria) == lines
