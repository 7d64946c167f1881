"""What happened to steps. ``subject`` is the step's key."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class StepChanged:
    """``changed`` names what changed; ``state_before`` and ``state`` are given when that did."""

    subject: str
    changed: tuple[str, ...]
    state_before: str = ""
    state: str = ""


@dataclass(frozen=True)
class StepsImported:
    """``subject`` is the checklist's key; each step that changed has an event of its own."""

    subject: str
    changed: int
