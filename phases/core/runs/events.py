"""What happens to long runs. ``subject`` is what the run does, in words; no names are in it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RunStarted:
    subject: str
    run: int


@dataclass(frozen=True)
class RunCancelled:
    subject: str
    run: int


@dataclass(frozen=True)
class RunTriedAgain:
    subject: str
    run: int


@dataclass(frozen=True)
class RunEnded:
    """``state`` is done or failed."""

    subject: str
    run: int
    state: str
