"""The time line of a maintenance schedule, as SVG: what is due when.

Text is set in the documents' typeface and wrapped by an estimate of its width; everything that
comes from records is escaped. The same data gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from phases.mechanisms.register.strokes import FONT, width_of, wrap

INK, SOFT, LINE, ACCENT, AMBER = "#1b2026", "#545d66", "#c3c9ce", "#0a5c68", "#855000"
WIDTH = 492.0
"""The text block of A4 in points, so that sizes of type are those of the page."""


@dataclass(frozen=True)
class Mark:
    """A date in a lane of a time line."""

    lane: str
    day: date


def timeline(
    lanes: Sequence[str],
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
    height = top + len(lanes) * row + 8
    parts = []
    for n, month in enumerate(months):
        x = at(month)
        parts.append(
            f'<path d="M{x:g} {top - 16:g}V{height - 4:g}" stroke="{LINE}" stroke-width=".6"/>'
        )
        label = f"{month:%b}" if n and month.month != 1 else f"{month:%b} {month:%y}"
        parts.append(_text(label, x + 2, top - 8, 7.5, SOFT))
    for n, lane in enumerate(lanes):
        y = top + n * row + row / 2
        parts.append(f'<path d="M{left:g} {y:g}H{width - 6:g}" stroke="{LINE}"/>')
        name = "".join(wrap(lane, 8.5, left - 8, 1))
        parts.append(_text(name, 0, y + 3, 8.5, weight=600))
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
        parts.append(_text(spot.words, spot.label, y, 7.5, AMBER))
    return _drawing(width, height, parts)


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


def _drawing(width: float, height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}pt" height="{height:g}pt" font-family="{FONT}">{"".join(parts)}</svg>'
    )


def _text(words: str, x: float, y: float, size: float, colour: str = INK, weight: int = 400) -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" fill="{colour}" '
        f'font-weight="{weight}">{escape(words)}</text>'
    )


def trend(values: Sequence[float], target: float | None, width: float, height: float) -> str:
    """A line through *values*, oldest first, its last point marked, *target* dashed."""
    known = [*values, *([] if target is None else [target])]
    low, high = min(known), max(known)
    room = (high - low) or max(abs(high), 1.0)
    low, high = low - room * 0.12, high + room * 0.12

    def y(value: float) -> float:
        return round(height - (value - low) / (high - low) * height, 2)

    step = (width - 8) / max(len(values) - 1, 1)
    places = [(round(2 + n * step, 2), y(value)) for n, value in enumerate(values)]
    line = "M" + "L".join(f"{x:g} {at:g}" for x, at in places)
    parts = [f'<path d="M2 {height:g}H{width - 2:g}" stroke="{LINE}" stroke-width=".6"/>']
    if target is not None:
        parts.append(
            f'<path d="M2 {y(target):g}H{width - 2:g}" stroke="{SOFT}" stroke-width=".9" '
            'stroke-dasharray="3 2.4"/>'
        )
    x, at = places[-1]
    parts += [
        f'<path d="{line}" fill="none" stroke="{INK}" stroke-width="1.4"/>',
        f'<circle cx="{x:g}" cy="{at:g}" r="2.6" fill="{ACCENT}"/>',
    ]
    return _drawing(width, height, parts)
