"""What happened to inputs. ``subject`` is the input's key."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class InputSet:
    """``was_confirmed`` tells that a CONFIRMED value was changed."""

    subject: str
    standing: str
    was_confirmed: bool = False


@dataclass(frozen=True)
class InputConfirmed:
    subject: str
    meeting: str = ""


@dataclass(frozen=True)
class InputAssumed:
    subject: str
