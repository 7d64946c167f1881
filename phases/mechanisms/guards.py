"""Acts that a gate guards: entering a row's state, doing a step."""

from __future__ import annotations

from phases.core.facts import Finding, met
from phases.mechanisms.situation import Situation
from playbook.checks import GatesOpen


def guard(s: Situation, gate: str) -> Finding:
    """Whether the gate with this key lets the act through, and what is missing if not.

    An empty key, and a gate that does not apply here, let everything through.
    """
    if not gate:
        return met("Nothing stands before this.")
    return s.once(("guard", gate), lambda: s.checks["gates_open"](GatesOpen(gates=(gate,)), s))
