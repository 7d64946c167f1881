"""What happens to an engagement as a whole."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EngagementCreated:
    subject: str
    playbook: str
    version: str


@dataclass(frozen=True)
class ProfileChanged:
    subject: str
    changed: tuple[str, ...]
