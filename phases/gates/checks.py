"""The check that asks for other gates."""

from __future__ import annotations

from phases.core.facts import Finding, Lack, met, unmet
from phases.gates.judge import decide
from phases.mechanisms.checks import CHECKS as MECHANISM_CHECKS
from phases.mechanisms.situation import CheckFunction, Situation
from playbook.checks import GatesPassed


def gates_passed(check: GatesPassed, s: Situation) -> Finding:
    """Each named gate that applies is passed and would pass today."""
    lacks = []
    for key in check.gates:
        gate = s.playbook.get(key)
        decision = decide(gate, s)  # type: ignore[arg-type]
        if decision.state in ("open", "shut"):
            lacks.append(
                Lack(
                    f"Gate {decision.gate.subphase} is not passed.",
                    "architect",
                    f"gate/{decision.gate.subphase}",
                )
            )
        elif decision.state == "stale":
            lacks.append(
                Lack(
                    f"Gate {decision.gate.subphase} would not pass today.",
                    "architect",
                    f"gate/{decision.gate.subphase}",
                )
            )
    return unmet(lacks) if lacks else met("The gates before this one are passed.")


CHECKS: dict[str, CheckFunction] = {**MECHANISM_CHECKS, "gates_passed": gates_passed}
