"""A process drawn in swim lanes: one column a lane, one line a step. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from phases.mechanisms.register import strokes
from phases.mechanisms.register.flow import Flow, Pair, Step, flow_of
from phases.mechanisms.register.sheets import (
    ACCENT,
    PAD,
    SMALL,
    WARNING,
    WIDE,
    Drawing,
    Paper,
    part_of,
    spans_of,
)
from phases.mechanisms.register.strokes import LINE, SIZE, Sheet, wrap
from phases.mechanisms.register.values import plural

GAP = 24
GUTTER = 26
Lines = tuple[list[str], list[str], list[str], list[str]]


@dataclass(frozen=True)
class Box:
    """A placed step with its lines: title, where and how it is done, what is lost, its fate."""

    step: Step
    number: int
    lines: Lines
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return self.x + self.width / 2

    @property
    def foot(self) -> float:
        return self.y + self.height


@dataclass(frozen=True)
class Frame:
    """The lanes of a map on its paper: their names in lines, how wide each is, how high the top."""

    names: tuple[str, ...]
    heads: tuple[tuple[str, ...], ...]
    width: float
    top: float

    @classmethod
    def of(cls, names: Sequence[str], paper: Paper) -> Frame:
        width = max(paper.narrowest, min(WIDE, (paper.width - GUTTER) / len(names)))
        heads = tuple(tuple(wrap(name, SIZE, width - 2 * PAD, 2)) for name in names)
        return cls(tuple(names), heads, width, 20 + LINE * max(len(head) for head in heads))

    @property
    def whole(self) -> float:
        return GUTTER + self.width * len(self.names)

    def left(self, lane: str) -> float:
        return GUTTER + self.names.index(lane) * self.width


def lanes(
    title: str, steps: Sequence[Step], paper: Paper, names: Sequence[str] = ()
) -> list[Drawing]:
    """Swim lanes in parts that fit the paper; every part has all lanes, *names* first."""
    every = dict.fromkeys([*names, *(step.lane for step in steps)])
    return list(_drawn(title, tuple(steps), paper, tuple(every))) if steps else []


@lru_cache(maxsize=64)
def _drawn(
    title: str, steps: tuple[Step, ...], paper: Paper, names: tuple[str, ...]
) -> tuple[Drawing, ...]:
    """The same steps are drawn once: a map is looked at far more often than it is changed."""
    frame, flow = Frame.of(names, paper), flow_of(steps)
    lines = [_step_lines(step, frame.width - 4 * PAD) for step in steps]
    heights = [_height(one) + GAP for one in lines]
    shrunk = max(1.0, frame.whole / paper.width)  # a wider one is made smaller, and so holds more
    spans = spans_of(heights, paper.height * shrunk - frame.top - GAP)
    return tuple(
        _part(part_of(title, number, spans), _place(steps, lines, span, frame), steps, frame, flow)
        for number, span in enumerate(spans, 1)
    )


def _part(
    title: str, boxes: Sequence[Box], steps: Sequence[Step], frame: Frame, flow: Flow
) -> Drawing:
    span = boxes[0].number - 1, boxes[-1].number
    words = " ".join([_in_words(steps, span, frame.names), *flow.notes])
    top, body = _top(frame, frame.top), _body(boxes, frame, flow.pairs)
    whole = Sheet(
        frame.whole, frame.top + body.height,
        (*top, f'<g transform="translate(0 {frame.top:g})">', *body.parts, "</g>"),
    )  # fmt: skip
    head = Sheet(frame.whole, frame.top, tuple(top))
    svg = strokes.svg(title, words, whole)
    return Drawing(
        svg, f"{title}. {words}", strokes.unnamed(head), strokes.svg(title, words, body), flow.notes
    )


def _top(frame: Frame, height: float) -> list[str]:
    parts = [_shade(frame, n, height) for n in range(0, len(frame.names), 2)]
    parts += [
        strokes.text(head, GUTTER + frame.width * (n + 0.5), 20, anchor="middle", weight="600")
        for n, head in enumerate(frame.heads)
    ]
    return [*parts, strokes.line(GUTTER, height, frame.whole, height, 0.6)]


def _shade(frame: Frame, lane: int, height: float) -> str:
    x = GUTTER + lane * frame.width
    size = f'width="{frame.width:g}" height="{height:g}"'
    return f'<rect x="{x:g}" y="0" {size} fill-opacity="0.04"/>'


def _body(boxes: Sequence[Box], frame: Frame, pairs: Sequence[Pair]) -> Sheet:
    height = boxes[-1].foot + GAP / 2 + LINE
    by_number = {box.number - 1: box for box in boxes}
    parts = [_shade(frame, n, height) for n in range(0, len(frame.names), 2)]
    parts += [
        _arrow(by_number[a], by_number[b], frame, n)
        for n, (a, b) in enumerate(pairs)
        if a in by_number and b in by_number
    ]
    parts += [_stubs(box, by_number, pairs) for box in boxes]
    return Sheet(frame.whole, height, (*parts, *(_box(box) for box in boxes)))


def _in_words(steps: Sequence[Step], span: tuple[int, int], names: Sequence[str]) -> str:
    start, end = span
    part = steps[start:end]
    manual, lost = sum(s.by_hand for s in part), sum(bool(s.lost) for s in part)
    told = "; ".join(
        f"{n}. {step.lane}: {step.title}" + (f" ({step.fate})" if step.fate else "")
        for n, step in enumerate(part, start + 1)
    )
    return (
        f"{plural('step', len(part))} in {plural('lane', len(names))}: {', '.join(names)}. "
        f"{manual} by hand, data lost at {lost}. {told}."
    )


def _place(
    steps: Sequence[Step], lines: Sequence[Lines], span: tuple[int, int], frame: Frame
) -> list[Box]:
    boxes, y = [], GAP / 2
    for number in range(*span):
        step, height = steps[number], _height(lines[number])
        x, width = frame.left(step.lane) + PAD, frame.width - 2 * PAD
        boxes.append(Box(step, number + 1, lines[number], x, y, width, height))
        y += height + GAP
    return boxes


def _height(lines: Lines) -> float:
    return LINE * sum(map(len, lines)) + 2 * PAD


def _step_lines(step: Step, width: float) -> Lines:
    said = (step.system, step.mode if step.by_hand else "", step.time)
    below = " · ".join(part for part in said if part)
    lost = wrap(f"Data lost: {step.lost}", SIZE, width - 14, 3) if step.lost else []
    fate = wrap(step.fate, SMALL, width, 2) if step.fate else []
    return wrap(step.title, SIZE, width, 3), wrap(below, SMALL, width, 2), lost, fate


def _box(box: Box) -> str:
    """A rectangle for what a system does, a slanted one for work by hand; dashed if it goes."""
    x, y, w, h = box.x, box.y, box.width, box.height
    slant = 7
    dash = strokes.dashed(box.step.gone)
    if box.step.by_hand:
        points = f"{x:g},{y:g} {x + w:g},{y:g} {x + w - slant:g},{y + h:g} {x + slant:g},{y + h:g}"
        shape = f'<polygon points="{points}" {strokes.ink("1.5")}{dash}/>'
    else:
        shape = strokes.rect(x, y, w, h, strokes.ink("1.3", ACCENT) + dash)
    hand = ", by hand" if box.step.by_hand else ""
    fate = f", {box.step.fate}" if box.step.fate else ""
    name = escape(f"{box.number}. {box.step.title} ({box.step.lane}{hand}{fate})")
    return f"<g><title>{name}</title>{shape}{_words(box)}</g>"


def _words(box: Box) -> str:
    title, below, lost, fate = box.lines
    left, first = box.x + PAD + 4, box.y + PAD + 11
    second = first + LINE * len(title)
    third = second + LINE * len(below)
    words = strokes.text(title, left, first)
    words += strokes.text(below, left, second, size=SMALL, opacity=0.75)
    middle = box.y + box.height / 2 + 4
    words += strokes.text([str(box.number)], GUTTER / 2 - 3, middle, anchor="middle")
    if lost:
        words += strokes.triangle(left, third, WARNING) + strokes.text(lost, left + 14, third)
    return words + strokes.text(fate, left, third + LINE * len(lost), size=SMALL, weight="600")


# --- arrows --------------------------------------------------------------------------------------


def _arrow(first: Box, second: Box, frame: Frame, number: int) -> str:
    """From one box to the next below it, or round the boxes between; back in another colour."""
    if second.number == first.number + 1:
        return _next(first, second)
    back = second.number < first.number
    colour = WARNING if back else "currentColor"
    side = frame.left(second.step.lane) + 1.5 + 2 * (number % 3)
    leave, enter = first.foot + GAP / 3, second.y - GAP / 2.4
    path = f"M{first.middle:g} {first.foot:g}V{leave:g}H{side:g}V{enter:g}H{second.middle:g}"
    line = strokes.path(f"{path}V{second.y - 6:g}", colour, strokes.dashed(back))
    return line + strokes.head(second.middle, second.y, "down", colour)


def _next(first: Box, second: Box) -> str:
    start, end = first.foot, second.y
    middle = start + (end - start) / 2 - 3
    bend = f"V{middle:g}H{second.middle:g}" if first.middle != second.middle else ""
    path = strokes.path(f"M{first.middle:g} {start:g}{bend}V{end - 6:g}")
    return path + strokes.head(second.middle, end, "down")


def _stubs(box: Box, here: dict[int, Box], pairs: Sequence[Pair]) -> str:
    """Where a step's arrows come from and go to that stand on another page."""
    place = box.number - 1
    sources = [str(a + 1) for a, b in pairs if b == place and a not in here]
    targets = [str(b + 1) for a, b in pairs if a == place and b not in here]
    found = ""
    if sources:
        found += strokes.path(f"M{box.middle:g} {box.y - 11:g}V{box.y - 6:g}")
        found += strokes.head(box.middle, box.y, "down")
        found += _small(f"from {', '.join(sources)}", box.middle + 7, box.y - 3)
    if targets:
        found += strokes.path(f"M{box.middle:g} {box.foot:g}v9")
        found += _small(f"to {', '.join(targets)}", box.middle + 7, box.foot + 11)
    return found


def _small(words: str, x: float, y: float) -> str:
    return strokes.text([words], x, y, size=SMALL, opacity=0.75)
