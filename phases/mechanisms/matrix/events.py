"""What happened to a matrix. ``subject`` is its key."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class WeightSet:
    subject: str
    requirement: str
    weight: int


@dataclass(frozen=True)
class ScoreSet:
    """``score`` is None when it was taken back."""

    subject: str
    requirement: str
    option: str
    score: int | None


@dataclass(frozen=True)
class MatrixDecided:
    """``basis`` is the SHA-256 of the weights and scores it was decided on."""

    subject: str
    options: tuple[str, ...]
    basis: str


@dataclass(frozen=True)
class OptionDeferred:
    """``deferred`` is false when the option came back into the race."""

    subject: str
    option: str
    deferred: bool


@dataclass(frozen=True)
class DissentRecorded:
    """Somebody holds another view of the decision; why stands beside it."""

    subject: str
    version: int


@dataclass(frozen=True)
class ScoresImported:
    subject: str
    weights: int
    scores: int
