"""What happened to the rows of registers. ``subject`` is the register's key and the row's ref."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RowAdded:
    subject: str
    state: str
    seed: str = ""


@dataclass(frozen=True)
class RowChanged:
    """``columns`` names what changed; ``state`` is given when it did, ``version`` what it made."""

    subject: str
    columns: tuple[str, ...]
    state_before: str = ""
    state: str = ""
    version: int = 0


@dataclass(frozen=True)
class RowRemoved:
    subject: str


@dataclass(frozen=True)
class RowRestored:
    subject: str


@dataclass(frozen=True)
class RowMoved:
    """By so many places down; up, if negative."""

    subject: str
    places: int


@dataclass(frozen=True)
class RowConfirmed:
    subject: str
    meeting: str = ""


@dataclass(frozen=True)
class RowAssumed:
    subject: str


@dataclass(frozen=True)
class RowsImported:
    subject: str
    added: int
    changed: int
