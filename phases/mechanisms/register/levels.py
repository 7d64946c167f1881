"""How far each row is on a scale of steps, drawn as bars. Pure.

The scale is the first choice column whose options begin with their numbers (``3 Defined: …``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from phases.mechanisms.register import strokes
from phases.mechanisms.register.queries import RowView
from phases.mechanisms.register.sheets import ACCENT, SMALL, WARNING, Drawing, Paper, drawn
from phases.mechanisms.register.strokes import LINE, SIZE, Sheet, wrap
from playbook.models import Column, Register

NUMBERED = re.compile(r"^\d+\s")
LABEL, ROW, TOP, RIGHT = 250.0, 26.0, 44.0, 110.0
WEAK = 2
"""Up to this step something is weak, and drawn so."""


@dataclass(frozen=True)
class Level:
    """A row, and its step on the scale: 0 while nobody has said."""

    title: str
    step: int


def level_column(register: Register) -> tuple[str, Column] | None:
    """The column that holds the scale, with its name."""
    for name, column in register.columns.items():
        if column.type == "choice" and all(NUMBERED.match(one) for one in column.options.values()):
            return name, column
    return None


def levels_of(rows: Iterable[RowView], column: tuple[str, Column]) -> list[Level]:
    """The step of each row on the scale of *column*."""
    name, found = column
    places = {slug: place for place, slug in enumerate(found.options, 1)}
    return [Level(row.title, places.get(str(row.raw.get(name)), 0)) for row in rows]


def levels(
    title: str, found: Sequence[Level], column: tuple[str, Column], paper: Paper
) -> list[Drawing]:
    """Bars, one a row, on a scale whose steps have their words; none while nothing is rated."""
    if not any(level.step for level in found):
        return []
    words = [option.partition(":")[0] for option in column[1].options.values()]
    width = min(paper.width, 900.0)
    step = (width - LABEL - RIGHT) / len(words)
    parts = [_scale(n, word, step, len(found)) for n, word in enumerate(words, 1)]
    parts += [_bar(n, level, step, words) for n, level in enumerate(found)]
    sheet = Sheet(width, TOP + ROW * len(found) + 8, tuple(parts))
    return [drawn(title, _in_words(found, words), sheet)]


def _in_words(found: Sequence[Level], words: Sequence[str]) -> str:
    told = "; ".join(f"{one.title}: {_word(one, words)}" for one in found)
    weak = [one.title for one in found if 0 < one.step <= WEAK]
    start = f"{len(weak)} of {len(found)} at step {WEAK} or below"
    return f"{start}, on a scale of {len(words)}. {told}."


def _word(level: Level, words: Sequence[str]) -> str:
    return words[level.step - 1] if level.step else "not rated"


def _scale(number: int, word: str, step: float, count: int) -> str:
    x = LABEL + step * number
    lines = wrap(word, SMALL, step - 6, 2)
    return strokes.line(x, TOP - 6, x, TOP + ROW * count, 0.2) + strokes.text(
        lines, x - 4, 14, anchor="end", size=SMALL, opacity=0.8
    )


def _bar(place: int, level: Level, step: float, words: Sequence[str]) -> str:
    y = TOP + ROW * place
    title = wrap(level.title, SIZE, LABEL - 14, 1)
    name = escape(f"{level.title}: {_word(level, words)}")
    text = strokes.text(title, 0, y + 16)
    if not level.step:
        said = strokes.text(["Not rated yet"], LABEL + 6, y + 16, size=SMALL, opacity=0.75)
        return f"<g><title>{name}</title>{text}{said}</g>"
    weak = level.step <= WEAK
    colour = WARNING if weak else ACCENT
    size = f'width="{step * level.step:g}" height="{LINE:g}"'
    bar = f'<rect x="{LABEL:g}" y="{y + 4:g}" {size} rx="2" fill="{colour}"/>'
    end = f"{level.step}{', weak' if weak else ''}"
    at = LABEL + step * level.step + 7
    mark = strokes.text([end], at, y + 16, weight="600")
    return f"<g><title>{name}</title>{text}{bar}{mark}</g>"
