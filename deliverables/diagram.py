"""Drawings for documents, as SVG: what connects to what, who does what in turn, what is due when.

Text is set in the documents' typeface and wrapped by an estimate of its width; everything that
comes from records is escaped. The same data gives the same bytes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from xml.sax.saxutils import escape

INK, SOFT, LINE, ACCENT, WASH, AMBER = (
    "#1b2026",
    "#545d66",
    "#c3c9ce",
    "#0a5c68",
    "#eef4f5",
    "#855000",
)
WIDTH = 494.0
"""The text block of A4 in points, so that sizes of type are those of the page."""
FONT = "Inter, 'Noto Sans', 'Droid Sans Fallback', sans-serif"


@dataclass(frozen=True)
class Link:
    """Data that moves from one system to another."""

    source: str
    target: str
    label: str
    note: str = ""


@dataclass(frozen=True)
class Stage:
    """One step of a process: who does it, in which system, by hand or not."""

    title: str
    actor: str
    system: str = ""
    automatic: bool = False


@dataclass(frozen=True)
class Mark:
    """A date in a lane of a time line."""

    lane: str
    day: date


def width_of(words: str, size: float) -> float:
    """About how wide *words* are when set in *size*."""
    return sum(
        size * (1.0 if unicodedata.east_asian_width(c) in "WF" else 0.62 if c.isupper() else 0.53)
        for c in words
    )


def wrap(words: str, size: float, width: float, most: int) -> list[str]:
    """*words* in at most *most* lines no wider than *width*, an ellipsis for what does not fit."""
    lines: list[str] = []
    line = ""
    for word in _pieces(words, size, width):
        grown = f"{line} {word}".strip()
        if line and width_of(grown, size) > width:
            lines.append(line)
            line = word
        else:
            line = grown
    lines = [*lines, line] if line else lines
    if len(lines) > most:
        lines = lines[:most]
        lines[-1] = lines[-1][: max(1, len(lines[-1]) - 2)].rstrip() + "…"
    return lines


def _pieces(words: str, size: float, width: float) -> list[str]:
    """Words, those too wide for a line cut up."""
    found: list[str] = []
    for word in words.split():
        piece = ""
        for letter in word:
            if piece and width_of(piece + letter, size) > width:
                found.append(piece)
                piece = ""
            piece += letter
        found.append(piece)
    return found


def drawing(width: float, height: float, parts: Sequence[str]) -> str:
    """The parts as one SVG."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" font-family="{FONT}">{"".join(parts)}</svg>'
    )


def rect(x: float, y: float, width: float, height: float, look: str) -> str:
    """A rectangle; *look* are its other attributes."""
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" {look}/>'


def lines_at(
    lines: Sequence[str],
    x: float,
    y: float,
    size: float,
    colour: str = INK,
    anchor: str = "middle",
    weight: int = 400,
) -> str:
    """Lines of text, the first with its baseline at *y*."""
    return "".join(
        f'<text x="{x:g}" y="{y + n * size * 1.25:g}" font-size="{size:g}" fill="{colour}" '
        f'text-anchor="{anchor}" font-weight="{weight}">{escape(line)}</text>'
        for n, line in enumerate(lines)
    )


# --- what connects to what ------------------------------------------------------------------------


def architecture(systems: Sequence[str], links: Sequence[Link], width: float = WIDTH) -> str:
    """Systems side by side in the order given, and below them a line for each link."""
    columns = max(len(systems), 1)
    step = width / columns
    box = min(step - 12, 130)
    centre = {name: step * (n + 0.5) for n, name in enumerate(systems)}
    parts: list[str] = []
    y = 66.0
    rows = []
    for link in links:
        if link.source not in centre or link.target not in centre:
            continue
        row = _link(link, centre[link.source], centre[link.target], y, width)
        rows.append(row.svg)
        y += row.height
    bottom = y + 4
    parts += [
        f'<path d="M{x:g} 46V{bottom:g}" stroke="{LINE}" stroke-dasharray="2 3"/>'
        for x in centre.values()
    ]
    for name, x in centre.items():
        words = wrap(name, 10, box - 10, 2)
        parts.append(rect(x - box / 2, 6, box, 40, f'rx="4" fill="{WASH}" stroke="{ACCENT}"'))
        parts.append(lines_at(words, x, 30 - (len(words) - 1) * 6.5, 10, weight=600))
    return drawing(width, bottom + 2, [*parts, *rows])


@dataclass(frozen=True)
class _Row:
    svg: str
    height: float


def _link(link: Link, start: float, end: float, y: float, width: float) -> _Row:
    """One arrow with its words above it; a system that talks to itself has a loop."""
    same = start == end
    room = 120.0 if same else max(abs(end - start) - 14, 84)
    middle = start + 66 if same else (start + end) / 2
    middle = min(max(middle, room / 2 + 2), width - room / 2 - 2)
    words = wrap(link.label, 8, room, 3)
    note = wrap(link.note, 7, room, 2)
    top = y + 8
    line = top + (len(words) - 1) * 10 + len(note) * 8.75 + 6
    wide = _widest(words, note) + 6
    back = [
        rect(middle - wide / 2, y, wide, line - y - 2, 'fill="#ffffff"'),
        lines_at(words, middle, top, 8),
        lines_at(note, middle, top + len(words) * 10 - 0.6, 7, SOFT),
    ]
    if same:
        path = f"M{start:g} {line:g}h26v8h-20"
        head = f"M{start + 8:g} {line + 5:g}l-6 3 6 3z"
    else:
        sign = 1 if end > start else -1
        path = f"M{start:g} {line:g}H{end - sign * 4:g}"
        head = f"M{end:g} {line:g}l{-sign * 7:g} -3.5v7z"
    back.append(f'<path d="{path}" stroke="{ACCENT}" stroke-width="1.3" fill="none"/>')
    back.append(
        f'<path d="{head}" fill="{ACCENT}"/>'
        f'<circle cx="{start:g}" cy="{line:g}" r="2.4" fill="{ACCENT}"/>'
    )
    return _Row("".join(back), line - y + (22 if same else 14))


def _widest(*groups: Sequence[str]) -> float:
    sizes = (8, 7)
    return max(
        (
            width_of(line, size)
            for lines, size in zip(groups, sizes, strict=False)
            for line in lines
        ),
        default=0,
    )


# --- who does what in turn ------------------------------------------------------------------------

STEP = 48
HEAD = 34


def lanes(stages: Sequence[Stage], width: float = WIDTH, first: int = 1) -> str:
    """A column for each actor, a line for each step, read from top to bottom."""
    actors = list(dict.fromkeys(stage.actor or "Not said" for stage in stages))
    left = 22.0
    lane = (width - left) / max(len(actors), 1)
    height = HEAD + len(stages) * STEP + 6
    parts = []
    for n, actor in enumerate(actors):
        x = left + n * lane
        fill = WASH if n % 2 == 0 else "#ffffff"
        look = f'fill="{fill}" stroke="{LINE}" stroke-width=".6"'
        parts.append(rect(x, 0, lane, height, look))
        parts.append(lines_at(wrap(actor, 9, lane - 10, 2), x + lane / 2, 15, 9, weight=600))
    boxes = []
    spots = [
        (left + (actors.index(stage.actor or "Not said") + 0.5) * lane, HEAD + n * STEP)
        for n, stage in enumerate(stages)
    ]
    for (x1, y1), (x2, y2) in pairwise(spots):
        boxes.append(_connector(x1, y1 + STEP - 9, x2, y2))
    for n, (stage, (x, y)) in enumerate(zip(stages, spots, strict=True)):
        boxes.append(_stage(stage, x, y, min(lane - 12, 190)))
        boxes.append(lines_at([str(first + n)], 11, y + 23, 9, SOFT))
    return drawing(width, height, [*parts, *boxes])


def _stage(stage: Stage, x: float, y: float, box: float) -> str:
    stroke = ACCENT if stage.automatic else INK
    dash = "" if stage.automatic else ' stroke-dasharray="3 2"'
    title = wrap(stage.title, 7.8, box - 8, 3)
    system = wrap(stage.system, 7, box - 8, 1)
    top = y + 20.5 - (len(title) - 1) * 4.9 - (4.4 if system else 0)
    return (
        rect(x - box / 2, y, box, STEP - 9, f'rx="4" fill="#ffffff" stroke="{stroke}"{dash}')
        + lines_at(title, x, top + 2, 7.8)
        + lines_at(system, x, top + 1.6 + len(title) * 9.75, 7, SOFT)
    )


def _connector(x1: float, y1: float, x2: float, y2: float) -> str:
    middle = (y1 + y2) / 2 - 0.5
    path = (
        f"M{x1:g} {y1:g}V{y2 - 3:g}" if x1 == x2 else f"M{x1:g} {y1:g}V{middle:g}H{x2:g}V{y2 - 3:g}"
    )
    head = f"M{x2:g} {y2:g}l-3 -4.5h6z"
    return f'<path d="{path}" stroke="{SOFT}" fill="none"/><path d="{head}" fill="{SOFT}"/>'


# --- what is due when -----------------------------------------------------------------------------


def timeline(
    lanes_: Sequence[str],
    marks: Sequence[Mark],
    events: Sequence[tuple[date, str]],
    months: Sequence[date],
    end: date,
    width: float = WIDTH,
) -> str:
    """Months across, a lane for each rhythm with a dot for each date, and named days above."""
    left, row = 84.0, 22.0
    start = months[0]
    scale = (width - left - 6) / max((end - start).days, 1)

    def at(day: date) -> float:
        return left + (day - start).days * scale

    named = _levels([(at(day), words) for day, words in events if start <= day < end], width)
    top = 27.0 + 11 * len({spot.level for spot in named})
    height = top + len(lanes_) * row + 8
    parts = []
    for n, month in enumerate(months):
        x = at(month)
        parts.append(
            f'<path d="M{x:g} {top - 16:g}V{height - 4:g}" stroke="{LINE}" stroke-width=".6"/>'
        )
        label = f"{month:%b}" if n and month.month != 1 else f"{month:%b} {month:%y}"
        parts.append(lines_at([label], x + 2, top - 8, 7.5, SOFT, "start"))
    for n, lane in enumerate(lanes_):
        y = top + n * row + row / 2
        parts.append(f'<path d="M{left:g} {y:g}H{width - 6:g}" stroke="{LINE}"/>')
        parts.append(
            lines_at(wrap(lane, 8.5, left - 8, 1), 0, y + 3, 8.5, anchor="start", weight=600)
        )
        parts += [
            f'<circle cx="{at(mark.day):g}" cy="{y:g}" r="4" fill="{ACCENT}"/>'
            for mark in marks
            if mark.lane == lane and start <= mark.day < end
        ]
    for spot in named:
        y = 8.0 + spot.level * 11
        parts.append(
            f'<path d="M{spot.x:g} {y - 6:g}V{height - 4:g}" stroke="{AMBER}" stroke-width=".9"/>'
        )
        parts.append(lines_at([spot.words], spot.label, y, 7.5, AMBER, "start"))
    return drawing(width, height, parts)


@dataclass(frozen=True)
class _Spot:
    """A named day: where its line stands, where its words begin, and on which line of words."""

    x: float
    label: float
    level: int
    words: str


def _levels(days: Sequence[tuple[float, str]], width: float) -> list[_Spot]:
    """Named days, each on the first of three lines where it has room; words that would leave the
    drawing stand before their line."""
    spots = []
    taken = [0.0, 0.0, 0.0]
    for x, words in sorted(days):
        wide = width_of(words, 7.5)
        label = x + 3 if x + 3 + wide < width else x - wide - 3
        level = next((n for n, until in enumerate(taken) if until < label), 2)
        taken[level] = label + wide + 6
        spots.append(_Spot(x, label, level, words))
    return spots
