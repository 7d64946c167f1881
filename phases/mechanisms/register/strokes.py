"""What drawings are made of: lines, shapes and words, which keep within an estimate of their room.

Ink is ``currentColor`` unless a colour is given.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

FONT = "Inter, 'Noto Sans', 'Droid Sans Fallback', sans-serif"
SIZE, LINE = 12, 15
"""Words on a line, and from line to line."""


@lru_cache(maxsize=8192)
def width_of(words: str, size: float) -> float:
    """About how wide *words* are when set in *size*."""
    return size * _shares(words)


@lru_cache(maxsize=8192)
def _shares(words: str) -> float:
    return sum(map(_share, words))


@lru_cache(maxsize=4096)
def _share(letter: str) -> float:
    """A letter's width, as a share of the size it is set in."""
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    return 0.62 if letter.isupper() else 0.53


def wrap(words: str, size: float, width: float, most: int) -> list[str]:
    """*words* in at most *most* lines no wider than *width*, an ellipsis for what does not fit."""
    lines: list[str] = []
    line, filled, blank = "", 0.0, width_of(" ", size)
    for word in _pieces(words, size, width):
        wide = width_of(word, size)
        if line and filled + blank + wide > width:
            lines.append(line)
            line, filled = word, wide
        else:
            filled += blank + wide if line else wide
            line = f"{line} {word}" if line else word
    lines = [*lines, line] if line else lines
    if len(lines) > most:
        lines = lines[:most]
        lines[-1] = lines[-1][: max(1, len(lines[-1]) - 2)].rstrip() + "…"
    return lines


def _pieces(words: str, size: float, width: float) -> list[str]:
    """Words, those too wide for a line cut up."""
    found: list[str] = []
    for word in words.split():
        if width_of(word, size) <= width:
            found.append(word)
            continue
        piece = ""
        for letter in word:
            if piece and width_of(piece + letter, size) > width:
                found.append(piece)
                piece = ""
            piece += letter
        found.append(piece)
    return found


@dataclass(frozen=True)
class Sheet:
    """What is drawn, and the room it takes."""

    width: float
    height: float
    parts: tuple[str, ...]


def svg(title: str, words: str, sheet: Sheet) -> str:
    """The sheet as an SVG, named *title* and told in *words*."""
    size = f'width="{sheet.width:g}" height="{sheet.height:g}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} '
        f'viewBox="0 0 {sheet.width:g} {sheet.height:g}" role="img" '
        f'aria-label="{escape(f"{title}. {words}")}" '
        f'font-family="{FONT}" font-size="{SIZE}" fill="currentColor">'
        f"<title>{escape(title)}</title><desc>{escape(words)}</desc>{''.join(sheet.parts)}</svg>"
    )


def unnamed(sheet: Sheet) -> str:
    """The sheet as an SVG that repeats what another one says: kept from who has it read out."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{sheet.width:g}" '
        f'height="{sheet.height:g}" viewBox="0 0 {sheet.width:g} {sheet.height:g}" '
        f'aria-hidden="true" focusable="false" font-family="{FONT}" font-size="{SIZE}" '
        f'fill="currentColor">{"".join(sheet.parts)}</svg>'
    )


def dashed(wanted: bool) -> str:
    """The attribute that breaks a line up, where that is *wanted*."""
    return ' stroke-dasharray="5 3"' if wanted else ""


def ink(width: str, colour: str = "currentColor") -> str:
    return f'fill="{colour}" fill-opacity="0.06" stroke="{colour}" stroke-width="{width}"'


def rect(x: float, y: float, width: float, height: float, ink: str) -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="5" {ink}/>'


def path(path: str, colour: str = "currentColor", more: str = "") -> str:
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.2"{more}/>'


def line(x1: float, y1: float, x2: float, y2: float, opacity: float) -> str:
    return (
        f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="currentColor" '
        f'stroke-width="1" stroke-opacity="{opacity:g}"/>'
    )


def polygon(points: str, colour: str) -> str:
    return f'<polygon points="{points}" fill="{colour}"/>'


def triangle(x: float, y: float, colour: str) -> str:
    """A mark before a line of words that begins at (x, y)."""
    return polygon(f"{x:g},{y:g} {x + 10:g},{y:g} {x + 5:g},{y - 9:g}", colour)


def head(x: float, y: float, way: str, colour: str = "currentColor") -> str:
    """An arrow's head with its point at (x, y)."""
    shapes = {
        "down": f"{x:g},{y:g} {x - 4:g},{y - 7:g} {x + 4:g},{y - 7:g}",
        "left": f"{x:g},{y:g} {x + 7:g},{y - 4:g} {x + 7:g},{y + 4:g}",
        "right": f"{x:g},{y:g} {x - 7:g},{y - 4:g} {x - 7:g},{y + 4:g}",
    }
    return polygon(shapes[way], colour)


def text(
    lines: Sequence[str], x: float, y: float, *, anchor: str = "start", weight: str = "",
    size: int = SIZE, opacity: float = 1,
) -> str:  # fmt: skip
    look = f' font-weight="{weight}"' if weight else ""
    look += f' font-size="{size}"' if size != SIZE else ""
    look += f' fill-opacity="{opacity:g}"' if opacity != 1 else ""
    return "".join(
        f'<text x="{x:g}" y="{y + LINE * n:g}" text-anchor="{anchor}"{look}>{escape(line)}</text>'
        for n, line in enumerate(lines)
    )
