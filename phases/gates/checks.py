"""The checks that ask for other gates."""

from __future__ import annotations

from collections.abc import Iterator

from phases.core.facts import Finding, Lack, met, unmet
from phases.engineering.reconciliation.checks import layers_reconciled, variances_explained
from phases.gates.judge import decide
from phases.mechanisms.checks import CHECKS as MECHANISM_CHECKS
from phases.mechanisms.situation import CheckFunction, Situation
from playbook.checks import GatesOpen, GatesPassed
from playbook.models import Gate


def gates_passed(check: GatesPassed, s: Situation) -> Finding:
    """Each named gate that applies is passed and would pass today."""
    lacks = []
    for gate in _gates(check.gates, s):
        state = decide(gate, s).state
        if state in ("open", "shut"):
            lacks.append(Lack(f"{gate.called} is not passed.", "architect", f"gate/{gate.place}"))
        elif state == "stale":
            what = f"{gate.called} would not pass today."
            lacks.append(Lack(what, "architect", f"gate/{gate.place}"))
    return unmet(lacks) if lacks else met("The gates before this one are passed.")


def gates_open(check: GatesOpen, s: Situation) -> Finding:
    """Each named gate that applies would pass today; what is missing is told line by line."""
    shut = [
        lack
        for gate in _gates(check.gates, s)
        if (decision := decide(gate, s)).state in ("shut", "stale")
        for lack in decision.lacks or (Lack(f"{gate.called} is shut.", "", f"gate/{gate.place}"),)
    ]
    return unmet(shut) if shut else met("Nothing is missing.")


def _gates(keys: tuple[str, ...], s: Situation) -> Iterator[Gate]:
    return (s.playbook.get(key, Gate) for key in keys)


CHECKS: dict[str, CheckFunction] = {
    **MECHANISM_CHECKS,
    "gates_passed": gates_passed,
    "gates_open": gates_open,
    "layers_reconciled": layers_reconciled,
    "variances_explained": variances_explained,
}
