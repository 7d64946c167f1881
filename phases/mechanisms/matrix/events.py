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
