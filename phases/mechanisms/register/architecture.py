"""An architecture drawn: systems from left to right, and what moves between them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from phases.mechanisms.register import strokes
from phases.mechanisms.register.sheets import (
    ACCENT,
    NARROW,
    PAD,
    SMALL,
    WIDE,
    Drawing,
    Paper,
    drawn,
    part_of,
    spans_of,
)
from phases.mechanisms.register.strokes import LINE, SIZE, Sheet, width_of, wrap
from phases.mechanisms.register.values import plural

BAND = 52


@dataclass(frozen=True)
class Link:
    """Data that moves from one system to another, and how."""

    source: str
    target: str
    label: str
    how: str = ""


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


def architecture(title: str, links: Sequence[Link], word: str, paper: Paper) -> list[Drawing]:
    """Systems from left to right as data flows, and below them an arrow for each link."""
    if not links:
        return []
    names = _in_order(links)
    step = max(NARROW, min(WIDE, paper.width / len(names)))
    arrows = [_arrow(link, names, step) for link in links]
    spans = spans_of([arrow.height for arrow in arrows], paper.height - BAND - 2 * PAD)
    found = []
    for number, (start, end) in enumerate(spans, 1):
        sheet = _architecture(names, arrows[start:end], step)
        words = _links_in_words(links[start:end], names, word)
        found.append(drawn(part_of(title, number, spans), words, sheet))
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
