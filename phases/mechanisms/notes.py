"""What packages above know of an item: a sentence on its page, and where it leads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from phases.mechanisms.situation import Situation


@dataclass(frozen=True)
class Note:
    """A sentence, and the page it leads to with that page's name."""

    text: str
    href: str
    label: str


Make = Callable[[Situation], Note | None]
"""One query at most."""
_MAKERS: dict[str, Make] = {}


def register_note(key: str, make: Make) -> None:
    """Have the page of the item *key* show what *make* says."""
    _MAKERS[key] = make


def note_of(s: Situation, key: str) -> Note | None:
    """What is to be said on the page of the item *key*, if anything."""
    make = _MAKERS.get(key)
    return make(s) if make else None
