"""Cells made ready: what stands for nothing is nothing; what was read once is not read again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

T = TypeVar("T")

_NOTHING = (
    "- -- — – n/a na n.a. #n/a null none nil nan (blank) (empty) (none) undefined #ref! #value!"
    " #name? #div/0! tbd tba ? ."
)
NOTHING = frozenset(_NOTHING.split()) | {"no value", "not set", "keine", "(no value)"}
KEPT = 65_536


class Cache(dict[str, T], Generic[T]):
    """What *read* makes of a text, remembered while there is room."""

    def __init__(self, read: Callable[[str], T]) -> None:
        super().__init__()
        self.read = read

    def __missing__(self, text: str) -> T:
        found = self.read(text)
        if len(self) >= KEPT:
            self.clear()
        self[text] = found
        return found

    def all(self, texts: Iterable[str]) -> list[T]:
        """What is made of each of *texts*."""
        return list(map(self.__getitem__, texts))


def clean(text: str) -> str:
    """*text* without what surrounds it, and empty if it only says that there is nothing."""
    bare = text.strip()
    if bare.startswith('="') and bare.endswith('"'):
        bare = bare[2:-1].strip()
    return "" if bare.casefold() in NOTHING else bare


def same(name: str) -> str:
    """*name* without case, spaces and marks: two that agree in it are near enough to be asked."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())
