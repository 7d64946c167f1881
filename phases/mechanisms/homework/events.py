"""What happened to homework. ``subject`` is the item's key, or a person's ref."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ItemAsked:
    """Staff asked a named person."""

    subject: str
    to: str
    ask: int


@dataclass(frozen=True)
class ItemHandedOver:
    """``waits``: the address is of another domain, so the architect decides first."""

    subject: str
    to: str
    ask: int
    waits: bool


@dataclass(frozen=True)
class HandoverAllowed:
    subject: str
    to: str
    ask: int


@dataclass(frozen=True)
class HandoverDeclined:
    subject: str
    to: str
    ask: int


@dataclass(frozen=True)
class ItemTakenBack:
    subject: str
    to: str
    ask: int


@dataclass(frozen=True)
class ItemReturned:
    """It is not theirs."""

    subject: str
    ask: int


@dataclass(frozen=True)
class PersonFollowedUp:
    """``subject`` is the person; ``items`` are theirs, ``told`` pairs of an item and a person."""

    subject: str
    follow_up: int
    items: tuple[str, ...]
    told: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ChaseStopped:
    subject: str
    stop: int


@dataclass(frozen=True)
class ChaseResumed:
    subject: str
    stop: int
