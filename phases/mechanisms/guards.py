"""Acts that a gate guards: entering a row's state, doing a step."""

from __future__ import annotations

from phases.core.errors import Refusal
from phases.core.facts import Finding, met
from phases.mechanisms.situation import Situation
from playbook.checks import GatesOpen


class Guarded(Refusal):
    """A gate that does not open stands before this act."""

    title = "Not yet"


def guard(s: Situation, gate: str) -> Finding:
    """Whether the gate with this key lets the act through, and what is missing if not.

    An empty key, and a gate that does not apply here, let everything through.
    """
    if not gate:
        return met("Nothing stands before this.")
    return s.once(("guard", gate), lambda: s.checks["gates_open"](GatesOpen(gates=(gate,)), s))


def demand(s: Situation, gate: str) -> None:
    """Refuse unless the gate lets the act through.

    Raises:
        Guarded: it does not; the message names the gate and what is missing.
    """
    found = guard(s, gate)
    if not found.met:
        missing = " ".join(lack.sentence for lack in found.lacks[:5])
        raise Guarded(f"“{s.playbook.get(gate).title}” does not open yet. {missing}")
