"""Registers drawn as SVG: swim lanes of a process, boxes and arrows of an architecture. Pure.

Presentation attributes only, no style and no ids, so that a drawing stands in a page and in a PDF;
ink is ``currentColor``, so that it reads on light and on dark paper.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from phases.mechanisms.register.queries import RowView
from phases.mechanisms.register.values import plural
from playbook.models import Register

LANES = ("lane", "who", "actor", "role", "team", "owner")
MODES = ("mode", "manual", "automation")
LOST = ("data_lost", "lost", "loses")
SOURCES = ("source", "source_system", "from_system", "from")
TARGETS = ("target", "target_system", "to_system", "to")
BY_HAND = ("manual", "assisted", "yes", "true")

WARNING = "#d9480f"
LOSES = "Data lost:"
CHAR = 6.6
LINE = 15
PAD = 8
GAP = 26
WIDE, TALL, ACROSS, DOWN = 150, 56, 130, 36
EDGE, TRACK = 46, 26

Ends = tuple[tuple[float, float], tuple[float, float]]
"""Where the systems at both ends of an arrow stand."""


@dataclass(frozen=True)
class Step:
    """A box in a lane. ``mode`` is in words; ``by_hand`` gives it the shape of manual work."""

    title: str
    lane: str
    system: str = ""
    mode: str = ""
    by_hand: bool = False
    lost: str = ""


@dataclass(frozen=True)
class Box:
    """A placed step."""

    step: Step
    lines: tuple[str, ...]
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


def drawing(register: Register, rows: Iterable[RowView]) -> str:
    """The register's diagram as one SVG; empty where it has none or nothing to draw."""
    return next(iter(drawings(register, rows, most=10_000)), "")


def drawings(register: Register, rows: Iterable[RowView], most: int = 14) -> list[str]:
    """The same in parts of at most *most* steps, for pages that cannot hold more."""
    live = [row for row in rows if row.live]
    if register.diagram == "lanes":
        return lane_drawings(register.title, [step_of(row) for row in live], most)
    if register.diagram == "architecture":
        flows = flows_of(live)
        return [architecture(register.title, flows, register.row_word)] if flows else []
    return []


def step_of(row: RowView) -> Step:
    """What a row of a process map says of its step, by the usual names of columns."""
    mode = _first(row, MODES)
    value = next((row.values[name] for name in MODES if row.values.get(name)), "")
    return Step(
        title=row.title,
        lane=_first(row, LANES) or row.owner_name or "Nobody named",
        system=_first(row, ("system",)),
        mode="Manual" if value is True else "" if mode in ("Yes", "No") else mode,
        by_hand=str(value).lower() in BY_HAND,
        lost=_first(row, LOST),
    )


def _first(row: RowView, names: Sequence[str]) -> str:
    return next((row.shown[name] for name in names if row.shown.get(name)), "")


# --- lanes ---------------------------------------------------------------------------------------


def lane_drawings(title: str, steps: Sequence[Step], most: int) -> list[str]:
    """Swim lanes, one column a lane, one line a step, in parts of *most* steps."""
    names = list(dict.fromkeys(step.lane for step in steps))
    parts = [steps[start : start + most] for start in range(0, len(steps), most)]
    return [
        _lanes(title if len(parts) == 1 else f"{title}, part {n} of {len(parts)}", part, names)
        for n, part in enumerate(parts, 1)
    ]


def _lanes(title: str, steps: Sequence[Step], names: Sequence[str]) -> str:
    width = max(132.0, min(230.0, 960 / len(names)))
    heads = [_wrap(name, width - 2 * PAD, 2) for name in names]
    top = 20 + LINE * max(len(head) for head in heads)
    boxes = _place(steps, names, width, top + GAP)
    height = boxes[-1].y + boxes[-1].height + GAP / 2
    total = width * len(names)
    parts = [_lane(n, head, width, height) for n, head in enumerate(heads)]
    parts.append(_line(0, top, total, top, 0.6))
    parts += [_arrow_between(a, b) for a, b in pairwise(boxes)]
    parts += [_box(box, number) for number, box in enumerate(boxes, 1)]
    return _svg(title, _lanes_in_words(steps, names), total, height, parts)


def _lanes_in_words(steps: Sequence[Step], names: Sequence[str]) -> str:
    manual, lost = sum(s.by_hand for s in steps), sum(bool(s.lost) for s in steps)
    return (
        f"{plural('step', len(steps))} in {plural('lane', len(names))}: {', '.join(names)}. "
        f"{manual} by hand, data lost at {lost}."
    )


def _place(steps: Sequence[Step], names: Sequence[str], width: float, top: float) -> list[Box]:
    boxes, y = [], top
    for step in steps:
        lines = _step_lines(step, width - 4 * PAD)
        height = LINE * len(lines) + 2 * PAD
        x = names.index(step.lane) * width + PAD
        boxes.append(Box(step, lines, x, y, width - 2 * PAD, height))
        y += height + GAP
    return boxes


def _step_lines(step: Step, width: float) -> tuple[str, ...]:
    below = " · ".join(part for part in (step.system, step.mode) if part)
    lost = _wrap(f"{LOSES} {step.lost}", width - 14, 2) if step.lost else ()
    return (*_wrap(step.title, width, 3), *(_wrap(below, width, 2) if below else ()), *lost)


def _lane(number: int, head: Sequence[str], width: float, height: float) -> str:
    x = number * width
    words = _text(head, x + width / 2, 20, anchor="middle", weight="600")
    return words + (_line(x, 0, x, height, 0.25) if number else "")


def _box(box: Box, number: int) -> str:
    """A rectangle for what a system does, a slanted one for work by hand."""
    x, y, w, h = box.x, box.y, box.width, box.height
    slant = 7
    if box.step.by_hand:
        points = f"{x},{y} {x + w},{y} {x + w - slant},{y + h} {x + slant},{y + h}"
        shape = f'<polygon points="{points}" {_ink("1.6")}/>'
    else:
        shape = f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="5" {_ink("1")}/>'
    plain = next((n for n, line in enumerate(box.lines) if line.startswith(LOSES)), len(box.lines))
    words = _text(box.lines[:plain], x + PAD + 4, y + PAD + 11)
    if box.step.lost:
        at = y + PAD + 11 + LINE * plain
        words += _triangle(x + PAD + 4, at) + _text(box.lines[plain:], x + PAD + 18, at)
    hand = ", by hand" if box.step.by_hand else ""
    name = escape(f"{number}. {box.step.title} ({box.step.lane}{hand})")
    return f"<g><title>{name}</title>{shape}{words}</g>"


def _triangle(x: float, y: float) -> str:
    points = f"{x},{y} {x + 10},{y} {x + 5},{y - 9}"
    return f'<polygon points="{points}" fill="{WARNING}"/>'


def _arrow_between(first: Box, second: Box) -> str:
    start, end = first.y + first.height, second.y
    middle = start + (end - start) / 2 - 3
    path = f"M{first.middle} {start}V{middle}H{second.middle}V{end - 6}"
    return _path(path) + _head(second.middle, end, "down")


# --- architecture --------------------------------------------------------------------------------


def flows_of(rows: Iterable[RowView]) -> Counter[tuple[str, str]]:
    """From (source, target) to how many rows say so; case and blanks do not tell systems apart."""
    names: dict[str, str] = {}
    flows: Counter[tuple[str, str]] = Counter()
    for row in rows:
        pair = _first(row, SOURCES).strip(), _first(row, TARGETS).strip()
        if all(pair):
            source, target = (names.setdefault(name.casefold(), name) for name in pair)
            flows[source, target] += 1
    return flows


def architecture(title: str, flows: Counter[tuple[str, str]], word: str) -> str:
    """Systems as boxes from left to right, as data flows; arrows say how much they carry."""
    ranks = _ranks(flows)
    columns = [[n for n in ranks if ranks[n] == rank] for rank in range(max(ranks.values()) + 1)]
    deepest = max(len(column) for column in columns)
    places = {
        name: (
            EDGE + rank * (WIDE + ACROSS),
            24 + (index + (deepest - len(column)) / 2) * (TALL + DOWN),
        )
        for rank, column in enumerate(columns)
        for index, name in enumerate(column)
    }
    long = [pair for pair in flows if ranks[pair[1]] != ranks[pair[0]] + 1]
    low = 24 + deepest * (TALL + DOWN)
    width = 2 * EDGE + len(columns) * WIDE + (len(columns) - 1) * ACROSS
    parts = [_system(name, x, y) for name, (x, y) in places.items()]
    for (source, target), count in flows.items():
        label, ends = plural(word, count), (places[source], places[target])
        if (source, target) in long:
            parts.append(_around(ends, label, low, long.index((source, target))))
        else:
            parts.append(_across(ends, label))
    words = ". ".join(f"{a} to {b}: {plural(word, count)}" for (a, b), count in flows.items())
    return _svg(title, f"{words}.", width, low + TRACK * len(long), parts)


def _ranks(flows: Counter[tuple[str, str]]) -> dict[str, int]:
    """How far along the flow each system lies; a flow back to where it came from moves nothing."""
    names = list(dict.fromkeys(name for pair in flows for name in pair))
    ranks = dict.fromkeys(names, 0)
    forward: list[tuple[str, str]] = []
    for source, target in flows:
        if source != target and not _reaches(forward, target, source):
            forward.append((source, target))
    for _ in names:
        for source, target in forward:
            ranks[target] = max(ranks[target], ranks[source] + 1)
    return ranks


def _reaches(pairs: Sequence[tuple[str, str]], start: str, end: str) -> bool:
    seen, todo = {start}, [start]
    while todo:
        here = todo.pop()
        following = {target for source, target in pairs if source == here} - seen
        seen |= following
        todo += following
    return end in seen


def _across(ends: Ends, label: str) -> str:
    """An arrow to a system in the next column."""
    (x1, y1), (x2, y2) = ends
    start, top, end, bottom = x1 + WIDE, y1 + TALL / 2, x2, y2 + TALL / 2
    bend = (start + end) / 2
    path = f"M{start:g} {top:g}C{bend:g} {top:g} {bend:g} {bottom:g} {end - 6:g} {bottom:g}"
    slope = bottom - top
    side = 0 if not slope else 8 if slope > 0 else -8
    anchor = {0: "middle", 8: "start", -8: "end"}[side]
    words = _text([label], bend + side, (top + bottom) / 2 - 6, anchor=anchor, size=11)
    return _path(path) + _head(end, bottom, "right") + words


def _around(ends: Ends, label: str, low: float, track: int) -> str:
    """An arrow back, or past a column: between the columns and below everything."""
    (x1, y1), (x2, y2) = ends
    shift = 5 * track
    out, back = x1 + WIDE + 12 + shift, x2 - 14 - shift
    start, end, y = y1 + TALL * 0.8, y2 + TALL * 0.8, low + TRACK * track + 8
    path = f"M{x1 + WIDE:g} {start:g}H{out:g}V{y:g}H{back:g}V{end:g}H{x2 - 6:g}"
    words = _text([label], (out + back) / 2, y - 5, anchor="middle", size=11)
    return _path(path) + _head(x2, end, "right") + words


def _system(name: str, x: float, y: float) -> str:
    lines = _wrap(name, WIDE - 2 * PAD, 2)
    first = y + TALL / 2 + 4 - (len(lines) - 1) * LINE / 2
    shape = f'<rect x="{x:g}" y="{y:g}" width="{WIDE}" height="{TALL}" rx="5" {_ink("1.3")}/>'
    words = _text(lines, x + WIDE / 2, first, anchor="middle", weight="600")
    return f"<g><title>{escape(name)}</title>{shape}{words}</g>"


# --- strokes -------------------------------------------------------------------------------------


def _svg(title: str, words: str, width: float, height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" role="img" '
        f'aria-label="{escape(f"{title}. {words}")}" '
        'font-family="sans-serif" font-size="12" fill="currentColor">'
        f"<title>{escape(title)}</title><desc>{escape(words)}</desc>{''.join(parts)}</svg>"
    )


def _ink(width: str) -> str:
    return f'fill="currentColor" fill-opacity="0.05" stroke="currentColor" stroke-width="{width}"'


def _path(path: str) -> str:
    return f'<path d="{path}" fill="none" stroke="currentColor" stroke-width="1.1"/>'


def _line(x1: float, y1: float, x2: float, y2: float, opacity: float) -> str:
    return (
        f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="currentColor" '
        f'stroke-width="1" stroke-opacity="{opacity:g}"/>'
    )


def _head(x: float, y: float, way: str) -> str:
    """An arrow's head with its point at (x, y)."""
    shapes = {
        "down": f"{x},{y} {x - 4},{y - 7} {x + 4},{y - 7}",
        "up": f"{x},{y} {x - 4},{y + 7} {x + 4},{y + 7}",
        "right": f"{x},{y} {x - 7},{y - 4} {x - 7},{y + 4}",
    }
    return f'<polygon points="{shapes[way]}" fill="currentColor"/>'


def _text(
    lines: Sequence[str], x: float, y: float, *, anchor: str = "start", weight: str = "",
    size: int = 12,
) -> str:  # fmt: skip
    bold = f' font-weight="{weight}"' if weight else ""
    small = f' font-size="{size}"' if size != 12 else ""
    return "".join(
        f'<text x="{x:g}" y="{y + LINE * n:g}" text-anchor="{anchor}"{bold}{small}>'
        f"{escape(line)}</text>"
        for n, line in enumerate(lines)
    )


def _wrap(text: str, width: float, most: int) -> tuple[str, ...]:
    """*text* in at most *most* lines of *width*; what does not fit ends in an ellipsis."""
    return tuple(
        textwrap.wrap(text, max(int(width / CHAR), 6), max_lines=most, placeholder=" …") or [text]
    )
