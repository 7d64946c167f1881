"""Registers drawn as SVG: swim lanes of a process, systems and what moves between them. Pure.

Presentation attributes only, no style and no ids, so that a drawing stands in a page and in a PDF;
ink is ``currentColor``, and the other colours read on light and on dark paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from math import ceil, inf

from phases.mechanisms.register import strokes
from phases.mechanisms.register.queries import RowView
from phases.mechanisms.register.strokes import LINE, SIZE, Sheet, width_of, wrap
from phases.mechanisms.register.values import plural
from playbook.models import Register

LANES = ("lane", "who", "actor", "role", "team", "owner")
MODES = ("mode", "manual", "automation")
LOST = ("data_lost", "lost", "loses")
SOURCES = ("source", "source_system", "from_system", "from")
TARGETS = ("target", "target_system", "to_system", "to")
MOVES = ("action", "event")
HOW = ("method", "frequency")
BY_HAND = ("manual", "assisted", "yes", "true")

WARNING, ACCENT = "#d9480f", "#16808e"
SMALL = 11
PAD = 8
GAP = 24
GUTTER = 26
NARROW, WIDE = 100.0, 230.0
"""The least and the most room for a lane or a system."""
BAND = 52


@dataclass(frozen=True)
class Paper:
    """What a drawing may fill, in CSS pixels: words are set in 12 of them."""

    width: float
    height: float = inf


SCREEN = Paper(960)
PAGE = Paper(720, 800)
"""The text of a document's page, A4 or Letter, with room left for heading and caption."""


@dataclass(frozen=True)
class Drawing:
    """An SVG, and what it shows in words."""

    svg: str
    words: str


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
class Link:
    """Data that moves from one system to another, and how."""

    source: str
    target: str
    label: str
    how: str = ""


Lines = tuple[list[str], list[str], list[str]]


@dataclass(frozen=True)
class Box:
    """A placed step with its lines: its title, where and how it is done, what is lost."""

    step: Step
    lines: Lines
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


@dataclass(frozen=True)
class Arrow:
    """A placed link: where it starts and ends, the words above it, and the room it takes."""

    link: Link
    start: float
    end: float
    middle: float
    label: tuple[str, ...]
    how: tuple[str, ...]

    @property
    def height(self) -> float:
        return LINE * (len(self.label) + len(self.how)) + (28 if self.start == self.end else 20)

    def covers(self, x: float) -> bool:
        """Whether its words stand where the line of a system would run."""
        wide = max((width_of(line, SIZE) for line in (*self.label, *self.how)), default=0)
        return abs(x - self.middle) < wide / 2 + 4


def drawing(register: Register, rows: Iterable[RowView]) -> str:
    """The register's diagram as one SVG; empty where it has none or nothing to draw."""
    return next((found.svg for found in drawings(register, rows, SCREEN)), "")


def drawings(register: Register, rows: Iterable[RowView], paper: Paper) -> list[Drawing]:
    """The same in parts that fit *paper*."""
    live = [row for row in rows if row.live]
    if register.diagram == "lanes":
        return lanes(register.title, [step_of(row) for row in live], paper)
    if register.diagram == "architecture":
        return architecture(register.title, links_of(live), register.row_word, paper)
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


def links_of(rows: Iterable[RowView]) -> list[Link]:
    """What rows with both ends say; case and blanks do not tell systems apart."""
    names: dict[str, str] = {}
    links = []
    for row in rows:
        pair = _first(row, SOURCES).strip(), _first(row, TARGETS).strip()
        if all(pair):
            source, target = (names.setdefault(name.casefold(), name) for name in pair)
            how = " · ".join(row.shown[name] for name in HOW if row.shown.get(name))
            links.append(Link(source, target, _first(row, MOVES) or row.title, how))
    return links


def _first(row: RowView, names: Sequence[str]) -> str:
    return next((row.shown[name] for name in names if row.shown.get(name)), "")


def _spans(heights: Sequence[float], room: float) -> list[tuple[int, int]]:
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


def _part_of(title: str, number: int, spans: Sequence[tuple[int, int]]) -> str:
    return title if len(spans) == 1 else f"{title}, part {number} of {len(spans)}"


# --- lanes ---------------------------------------------------------------------------------------


def lanes(title: str, steps: Sequence[Step], paper: Paper) -> list[Drawing]:
    """Swim lanes, one column a lane, one line a step; every part has all lanes."""
    if not steps:
        return []
    names = list(dict.fromkeys(step.lane for step in steps))
    width = max(NARROW, min(WIDE, (paper.width - GUTTER) / len(names)))
    heads = [wrap(name, SIZE, width - 2 * PAD, 2) for name in names]
    top = 20 + LINE * max(len(head) for head in heads)
    heights = [_height(_step_lines(step, width - 4 * PAD)) + GAP for step in steps]
    spans = _spans(heights, paper.height - top - GAP)
    found = []
    for number, (start, end) in enumerate(spans, 1):
        boxes = _place(steps[start:end], names, width, top + GAP / 2)
        svg = _lanes(heads, boxes, width, top, start + 1)
        words = _lanes_in_words(steps[start:end], names, start + 1)
        found.append(_drawing(_part_of(title, number, spans), words, svg))
    return found


def _lanes(
    heads: Sequence[Sequence[str]], boxes: Sequence[Box], width: float, top: float, first: int
) -> Sheet:
    height = boxes[-1].y + boxes[-1].height + GAP / 2
    total = GUTTER + width * len(heads)
    parts = [_lane(n, head, width, height) for n, head in enumerate(heads)]
    parts.append(strokes.line(GUTTER, top, total, top, 0.6))
    parts += [_arrow_between(a, b) for a, b in pairwise(boxes)]
    parts += [_box(box, number) for number, box in enumerate(boxes, first)]
    return Sheet(total, height, tuple(parts))


def _lanes_in_words(steps: Sequence[Step], names: Sequence[str], first: int) -> str:
    manual, lost = sum(s.by_hand for s in steps), sum(bool(s.lost) for s in steps)
    told = "; ".join(f"{n}. {step.lane}: {step.title}" for n, step in enumerate(steps, first))
    return (
        f"{plural('step', len(steps))} in {plural('lane', len(names))}: {', '.join(names)}. "
        f"{manual} by hand, data lost at {lost}. {told}."
    )


def _place(steps: Sequence[Step], names: Sequence[str], width: float, top: float) -> list[Box]:
    boxes, y = [], top
    for step in steps:
        lines = _step_lines(step, width - 4 * PAD)
        x = GUTTER + names.index(step.lane) * width + PAD
        boxes.append(Box(step, lines, x, y, width - 2 * PAD, _height(lines)))
        y += _height(lines) + GAP
    return boxes


def _height(lines: Lines) -> float:
    return LINE * sum(map(len, lines)) + 2 * PAD


def _step_lines(step: Step, width: float) -> Lines:
    below = " · ".join(part for part in (step.system, step.mode if step.by_hand else "") if part)
    lost = wrap(f"Data lost: {step.lost}", SIZE, width - 14, 3) if step.lost else []
    return wrap(step.title, SIZE, width, 3), wrap(below, SMALL, width, 2), lost


def _lane(number: int, head: Sequence[str], width: float, height: float) -> str:
    x = GUTTER + number * width
    shade = "" if number % 2 else (
        f'<rect x="{x:g}" y="0" width="{width:g}" height="{height:g}" fill-opacity="0.04"/>'
    )  # fmt: skip
    return shade + strokes.text(head, x + width / 2, 20, anchor="middle", weight="600")


def _box(box: Box, number: int) -> str:
    """A rectangle for what a system does, a slanted one for work by hand."""
    x, y, w, h = box.x, box.y, box.width, box.height
    slant = 7
    if box.step.by_hand:
        points = f"{x:g},{y:g} {x + w:g},{y:g} {x + w - slant:g},{y + h:g} {x + slant:g},{y + h:g}"
        shape = f'<polygon points="{points}" {strokes.ink("1.5")}/>'
    else:
        shape = strokes.rect(x, y, w, h, strokes.ink("1.3", ACCENT))
    title, below, lost = box.lines
    left, first = x + PAD + 4, y + PAD + 11
    second, third = first + LINE * len(title), first + LINE * (len(title) + len(below))
    words = strokes.text(title, left, first)
    words += strokes.text(below, left, second, size=SMALL, opacity=0.75)
    words += strokes.text([str(number)], GUTTER / 2 - 3, y + h / 2 + 4, anchor="middle")
    if lost:
        words += strokes.triangle(left, third, WARNING) + strokes.text(lost, left + 14, third)
    hand = ", by hand" if box.step.by_hand else ""
    name = escape(f"{number}. {box.step.title} ({box.step.lane}{hand})")
    return f"<g><title>{name}</title>{shape}{words}</g>"


def _arrow_between(first: Box, second: Box) -> str:
    start, end = first.y + first.height, second.y
    middle = start + (end - start) / 2 - 3
    bend = f"V{middle:g}H{second.middle:g}" if first.middle != second.middle else ""
    path = strokes.path(f"M{first.middle:g} {start:g}{bend}V{end - 6:g}")
    return path + strokes.head(second.middle, end, "down")


# --- architecture --------------------------------------------------------------------------------


def architecture(title: str, links: Sequence[Link], word: str, paper: Paper) -> list[Drawing]:
    """Systems from left to right as data flows, and below them an arrow for each link."""
    if not links:
        return []
    names = _in_order(links)
    step = max(NARROW, min(WIDE, paper.width / len(names)))
    arrows = [_arrow(link, names, step) for link in links]
    spans = _spans([arrow.height for arrow in arrows], paper.height - BAND - 2 * PAD)
    found = []
    for number, (start, end) in enumerate(spans, 1):
        sheet = _architecture(names, arrows[start:end], step)
        words = _links_in_words(links[start:end], names, word)
        found.append(_drawing(_part_of(title, number, spans), words, sheet))
    return found


def _architecture(names: Sequence[str], arrows: Sequence[Arrow], step: float) -> Sheet:
    parts = [_system(name, step * n, step) for n, name in enumerate(names)]
    centres = [step * (n + 0.5) for n in range(len(names))]
    y = float(BAND)
    for arrow in arrows:
        parts += [
            strokes.line(x, y, x, y + arrow.height, 0.3) for x in centres if not arrow.covers(x)
        ]
        low = y + arrow.height - 8
        parts += [strokes.line(x, low, x, low + 8, 0.3) for x in centres if arrow.covers(x)]
        parts.append(_linked(arrow, y))
        y += arrow.height
    return Sheet(step * len(names), y + PAD, tuple(parts))


def _links_in_words(links: Sequence[Link], names: Sequence[str], word: str) -> str:
    told = "; ".join(f"{link.source} to {link.target}: {link.label}" for link in links)
    systems = f"{plural('system', len(names))}: {', '.join(names)}"
    return f"{plural(word, len(links))} among {systems}. {told}."


def _in_order(links: Sequence[Link]) -> list[str]:
    """The systems as data passes them; a link back to where data came from moves nothing."""
    names = list(dict.fromkeys(name for link in links for name in (link.source, link.target)))
    ranks = dict.fromkeys(names, 0)
    forward: list[tuple[str, str]] = []
    for link in links:
        if link.source != link.target and not _reaches(forward, link.target, link.source):
            forward.append((link.source, link.target))
    for _ in names:
        for source, target in forward:
            ranks[target] = max(ranks[target], ranks[source] + 1)
    return sorted(names, key=lambda name: ranks[name])


def _reaches(pairs: Sequence[tuple[str, str]], start: str, end: str) -> bool:
    seen, todo = {start}, [start]
    while todo:
        here = todo.pop()
        following = {target for source, target in pairs if source == here} - seen
        seen |= following
        todo += following
    return end in seen


def _arrow(link: Link, names: Sequence[str], step: float) -> Arrow:
    start, end = (step * (names.index(name) + 0.5) for name in (link.source, link.target))
    room = max(abs(end - start), step) - 14
    right = step * len(names)
    middle = start + step / 2 if start == end else (start + end) / 2
    middle = min(max(middle, room / 2 + 2), right - room / 2 - 2)
    label, how = wrap(link.label, SIZE, room, 3), wrap(link.how, SMALL, room, 2)
    return Arrow(link, start, end, middle, tuple(label), tuple(how))


def _linked(arrow: Arrow, y: float) -> str:
    """An arrow below its words; a system that talks to itself has a loop."""
    first = y + 18
    below = first + LINE * len(arrow.label)
    line = below + LINE * len(arrow.how) - 9
    x, end = arrow.start, arrow.end
    if x == end:
        path = strokes.path(f"M{x:g} {line:g}h26v10h-19", ACCENT) + strokes.head(
            x, line + 10, "left", ACCENT
        )
    else:
        back = 6 if end > x else -6
        path = strokes.path(f"M{x:g} {line:g}H{end - back:g}", ACCENT)
        path += strokes.head(end, line, "right" if end > x else "left", ACCENT)
    words = strokes.text(arrow.label, arrow.middle, first, anchor="middle")
    words += strokes.text(
        arrow.how, arrow.middle, below - 1, anchor="middle", size=SMALL, opacity=0.75
    )
    name = escape(f"{arrow.link.source} to {arrow.link.target}: {arrow.link.label}")
    dot = f'<circle cx="{x:g}" cy="{line:g}" r="2.6" fill="{ACCENT}"/>'
    return f"<g><title>{name}</title>{dot}{path}{words}</g>"


def _system(name: str, x: float, step: float) -> str:
    lines = wrap(name, SIZE, step - 3 * PAD, 2)
    first = BAND / 2 + 4 - (len(lines) - 1) * LINE / 2
    shape = strokes.rect(x + PAD / 2, 2, step - PAD, BAND - 4, strokes.ink("1.3", ACCENT))
    words = strokes.text(lines, x + step / 2, first, anchor="middle", weight="600")
    return f"<g><title>{escape(name)}</title>{shape}{words}</g>"


def _drawing(title: str, words: str, sheet: Sheet) -> Drawing:
    svg = strokes.svg(title, words, sheet)
    return Drawing(svg, f"{title}. {words}")
