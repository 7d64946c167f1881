"""Paper for drawings: how much goes on one, and what all of them have in common. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, inf

from phases.mechanisms.register import strokes
from phases.mechanisms.register.strokes import Sheet

WARNING, ACCENT = "#d9480f", "#16808e"
SMALL = 11
PAD = 8
NARROW, WIDE = 100.0, 230.0
"""The least and the most room for a lane or a system."""


@dataclass(frozen=True)
class Paper:
    """What a drawing may fill, in CSS pixels: words are set in 12 of them.

    No lane is narrower than ``narrowest``, however many there are.
    """

    width: float
    height: float = inf
    narrowest: float = NARROW


SCREEN = Paper(960, narrowest=132)
"""A page scrolls a wider drawing in its frame."""
PAGE = Paper(720, 800)
"""The text of a document's page, A4 or Letter, with room left for heading and caption."""


@dataclass(frozen=True)
class Drawing:
    """An SVG, and what it shows in words.

    ``head`` is its top by itself, to stay in sight while the rest, its ``body``, is scrolled;
    ``notes`` say what is odd about what it shows.
    """

    svg: str
    words: str
    head: str = ""
    body: str = ""
    notes: tuple[str, ...] = ()


def drawn(title: str, words: str, sheet: Sheet) -> Drawing:
    """A sheet with its title and what it shows."""
    return Drawing(strokes.svg(title, words, sheet), f"{title}. {words}")


def spans_of(heights: Sequence[float], room: float) -> list[tuple[int, int]]:
    """Where parts no higher than *room* begin and end, about equally high."""
    total = sum(heights)
    if total <= room:
        return [(0, len(heights))] if heights else []
    limit = min(room, total / ceil(total / room) + max(heights))
    starts, filled = [0], 0.0
    for n, height in enumerate(heights):
        if filled and filled + height > limit:
            starts.append(n)
            filled = 0.0
        filled += height
    return list(pairwise([*starts, len(heights)]))


def part_of(title: str, number: int, spans: Sequence[tuple[int, int]]) -> str:
    """The title of one part among *spans*."""
    return title if len(spans) == 1 else f"{title}, part {number} of {len(spans)}"
