"""What happens at gates."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class GatePassed:
    subject: str
    outcome: str
    record_id: int
    sha256: str


@dataclass(frozen=True)
class LoopedBack:
    subject: str
    to: str
    record_id: int


@dataclass(frozen=True)
class LoopClosed:
    subject: str
    record_id: int


@dataclass(frozen=True)
class HypercareExtended:
    subject: str
    weeks: int
    record_id: int


@dataclass(frozen=True)
class CriterionAttested:
    subject: str
    record_id: int


@dataclass(frozen=True)
class AttestationWithdrawn:
    subject: str
    record_id: int


@dataclass(frozen=True)
class WaiverRequested:
    subject: str
    record_id: int


@dataclass(frozen=True)
class WaiverGranted:
    subject: str
    record_id: int
    expires_on: str


@dataclass(frozen=True)
class WaiverEnded:
    subject: str
    record_id: int


@dataclass(frozen=True)
class CriterionUnmet:
    """A criterion that held does not hold any more."""

    subject: str
