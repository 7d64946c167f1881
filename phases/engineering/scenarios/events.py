"""What happened to scenarios. ``subject`` is the scenario's key after ``scenario/``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ScenariosChosen:
    """``subject`` is the engagement's slug."""

    subject: str
    added: tuple[str, ...]
    dropped: tuple[str, ...]


@dataclass(frozen=True)
class ScenarioTried:
    """``outcome`` is exact or different."""

    subject: str
    run: int
    outcome: str
