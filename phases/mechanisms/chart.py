"""Readings drawn as a line with target and red flag, counts drawn as bars. The one place that knows
the chart library.

The bytes follow from the values alone: no chance ids, no dates, no script, no style sheet; what
the library would style, attributes say. Last value, target and red flag are labelled at the line.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

import pygal

from phases.mechanisms.metric.judge import Point

sys.meta_path[:] = [each for each in sys.meta_path if hasattr(each, "find_spec")]
"""Without pygal's import hook, of a kind that Python no longer takes; its map plug-ins need it."""

SVG = "{http://www.w3.org/2000/svg}"
WIDTH, HEIGHT = 560, 230
NARROW = 340
WORDS = 150
"""Room at the right for the labels."""


UNWANTED = {"script", "style", "title", "desc", "tooltip", "reactive-text", "text-overlay"}
"""Elements and classes of the library's drawing that have no use in a still image."""


@dataclass(frozen=True)
class Paper:
    """The colours of a chart. An image does not see the page's, so it brings its own paper."""

    paper: str
    ink: str
    soft: str
    line: str
    target: str
    flag: str
    bar: str


PAPERS = {
    "light": Paper("#ffffff", "#1b2026", "#545d66", "#dde0e3", "#276b2d", "#ad241c", "#8a949e"),
    "dark": Paper("#15181b", "#e7e9eb", "#a6afb8", "#2c3238", "#84cb88", "#ff968e", "#69737d"),
}


@dataclass(frozen=True)
class Mark:
    """A limit drawn across the chart."""

    label: str
    value: Decimal
    dashes: str
    colour: str


def chart(
    title: str, points: Sequence[Point], labels: Sequence[str], *, last: str,
    target: Decimal | None, target_words: str, red_flag: Decimal | None, red_words: str,
    paper: str = "light", beside: Sequence[Point] = (),
) -> bytes:  # fmt: skip
    """An SVG of *points* with their *labels*; *last* is the last value in words.

    Charts that stand side by side have one scale: *beside* are the points of the others.
    """
    look = PAPERS.get(paper, PAPERS["light"])
    values = [float(point.exact) if point.exact is not None else None for point in points]
    marks = [
        Mark(f"{name}: {words}", value, dashes, colour)
        for name, value, words, dashes, colour in (
            ("Target", target, target_words, "8 5", look.target),
            ("Red flag", red_flag, red_words, "2 4", look.flag),
        )
        if value is not None
    ]
    others = [float(point.exact) for point in beside if point.exact is not None]
    root, view = _drawn(title, values, labels, [*(float(mark.value) for mark in marks), *others])
    _undress(root)
    _colour(root, look)
    _label(root, view, look, marks, values[-1] if values else None, last)
    _name(root, title, values, labels)
    ET.register_namespace("", "http://www.w3.org/2000/svg")
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def bars(
    title: str, values: Sequence[tuple[str, int, str]], *, paper: str = "light",
    narrow: bool = False,
) -> bytes:  # fmt: skip
    """An SVG of *values*, each a label, a length and its words: one bar below the other."""
    look = PAPERS.get(paper, PAPERS["light"])
    letters, margin = (14, 96) if narrow else (LABEL, WORDS)
    upward = values[::-1]  # the library draws the first at the bottom
    height = 30 + ROW * max(1, len(values))
    plot: Any = pygal.HorizontalBar(
        width=NARROW if narrow else WIDTH, height=height, show_legend=False, js=[], css=[],
        no_prefix=True, title=None, margin=6, margin_right=margin, show_x_labels=False,
        show_y_guides=False,
        show_x_guides=False, explicit_size=True, disable_xml_declaration=True,
        truncate_label=letters, range=(0, max([1, *(value for _, value, _ in values)])),
        value_formatter=_tick, print_values=False,
    )  # fmt: skip
    plot.uuid = "chart"
    plot.x_labels = [_short(label, letters) for label, _, _ in upward]
    plot.add(title, [value for _, value, _ in upward])
    plot.setup()
    root = ET.fromstring(plot.svg.render())  # noqa: S314 - drawn just above, from our own data
    _undress(root)
    _colour(root, look)
    _tell_bars(root, look, [words for _, _, words in upward])
    _describe(root, title, "; ".join(f"{label}: {words}" for label, _, words in values))
    ET.register_namespace("", "http://www.w3.org/2000/svg")
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


ROW, LABEL = 24, 26
"""The height of a bar with its gap; the most letters of a label."""


def _short(label: str, most: int) -> str:
    return label if len(label) <= most else f"{label[: most - 1]}…"


def _tell_bars(root: ET.Element, look: Paper, words: Sequence[str]) -> None:
    """Colour the bars, and write at the end of each what it says."""
    groups = [g for g in root.iter(f"{SVG}g") if (g.get("class") or "") == "bar"]
    for group, said in zip(groups, words, strict=True):
        rect = next(iter(group.iter(f"{SVG}rect")), None)
        if rect is None:
            continue
        rect.attrib |= {"fill": look.bar}
        middle = float(rect.get("y", 0)) + float(rect.get("height", 0)) / 2
        at = {"x": f"{float(rect.get('x', 0)) + float(rect.get('width', 0)) + 8:.2f}",
              "y": f"{middle + 4:.2f}", "fill": look.ink, "font-family": "sans-serif",
              "font-size": "12"}  # fmt: skip
        ET.SubElement(group, f"{SVG}text", at).text = said


def _drawn(
    title: str, values: Sequence[float | None], labels: Sequence[str], marks: Sequence[float]
) -> tuple[ET.Element, Any]:
    """The library's drawing of the readings, and its view, which knows where a value lies."""
    known = [value for value in (*values, *marks) if value is not None]
    low, high = min([0.0, *known]), max([*known, 1.0])
    plot: Any = pygal.Line(
        width=WIDTH, height=HEIGHT, show_legend=False, js=[], css=[], no_prefix=True,
        include_x_axis=False, range=(low, high * 1.05), title=None, margin=12, margin_right=WORDS,
        show_x_guides=False, show_y_guides=True, truncate_label=12, dots_size=3.5,
        explicit_size=True, disable_xml_declaration=True,
        value_formatter=_tick, x_labels_major_count=6, show_minor_x_labels=len(labels) <= 6,
    )  # fmt: skip
    plot.uuid = "chart"
    plot.x_labels = list(labels)
    plot.add(title, list(values))
    plot.setup()  # what render() does, without forgetting the view afterwards
    drawn = plot.svg.render()
    found = ET.fromstring(drawn)  # noqa: S314 - drawn just above, from our own data
    return found, plot.view


def _tick(value: float) -> str:
    return f"{value:,.10g}" if abs(value) >= 1 or value == 0 else f"{value:.2g}"


def _undress(root: ET.Element) -> None:
    """Take out styles, scripts, tool tips and what they need."""
    for parent in root.iter():
        for child in list(parent):
            words = set((child.get("class") or "").split())
            if child.tag.removeprefix(SVG) in UNWANTED or words & UNWANTED:
                parent.remove(child)
    for node in root.iter():
        for name in ("style", "id"):
            node.attrib.pop(name, None)


def _colour(root: ET.Element, look: Paper) -> None:
    """Say by attributes what the style sheet would have said."""
    for node in root.iter():
        words = (node.get("class") or "").split()
        tag = node.tag.removeprefix(SVG)
        if tag == "text":
            node.attrib |= {"fill": look.soft, "font-family": "sans-serif", "font-size": "12"}
        elif "background" in words:
            node.attrib |= {"fill": look.paper}
        elif tag == "path" and {"guide", "line", "axis"} & set(words):
            node.attrib |= {"fill": "none", "stroke": look.line, "stroke-width": "1"}
        elif "dot" in words:
            node.attrib |= {"fill": look.ink}
    for series in root.iter(f"{SVG}g"):
        if "series" in (series.get("class") or "").split():
            for path in series.iter(f"{SVG}path"):
                path.attrib |= {"fill": "none", "stroke": look.ink, "stroke-width": "2"}
    _anchor_labels(root)


def _anchor_labels(root: ET.Element) -> None:
    for axis in root.iter(f"{SVG}g"):
        words = (axis.get("class") or "").split()
        if "axis" in words:
            for text in axis.iter(f"{SVG}text"):
                text.set("text-anchor", "middle" if "x" in words else "end")


def _label(
    root: ET.Element, view: Any, look: Paper, marks: Sequence[Mark], value: float | None,
    last: str,
) -> None:  # fmt: skip
    """Draw the limits, and write the last value and the limits at the right end of their lines."""
    plot = next(g for g in root.iter(f"{SVG}g") if (g.get("class") or "") == "plot")
    taken: list[tuple[float, float]] = []
    if value is not None:
        _write(plot, view, last, view.y(value), look.ink, 20, taken)
    for mark in marks:
        y = view.y(float(mark.value))
        line = {"d": f"M0 {y:.2f} H{view.width:.2f}", "fill": "none", "stroke": mark.colour,
                "stroke-width": "1.5", "stroke-dasharray": mark.dashes}  # fmt: skip
        ET.SubElement(plot, f"{SVG}path", line)
        _write(plot, view, mark.label, y, mark.colour, 12, taken)


def _write(
    plot: ET.Element, view: Any, words: str, y: float, colour: str, size: int,
    taken: list[tuple[float, float]],
) -> None:  # fmt: skip
    """Write *words* at the height *y*, or as near to it as what is written there already allows."""
    lines = _fold(words)
    step = size + 3
    top = _free(y - size / 2, step * len(lines), view.height, taken)
    taken.append((top, top + step * len(lines)))
    for number, part in enumerate(lines):
        bottom = top + size + step * number - 2
        at = {"x": f"{view.width + 10:.2f}", "y": f"{bottom:.2f}", "fill": colour,
              "font-family": "sans-serif", "font-size": str(size)}  # fmt: skip
        ET.SubElement(plot, f"{SVG}text", at).text = part


def _free(top: float, tall: float, height: float, taken: Sequence[tuple[float, float]]) -> float:
    """The place nearest to *top* where nothing is written."""
    tries = sorted(range(-20, int(height - tall) + 20, 2), key=lambda y: abs(y - top))
    free = (y for y in tries if all(y >= end or y + tall <= start for start, end in taken))
    return float(next(free, int(top)))


def _fold(words: str, most: int = 24) -> list[str]:
    """*words* in lines that fit at the right."""
    lines = [""]
    for word in words.split():
        if lines[-1] and len(lines[-1]) + len(word) >= most:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _name(
    root: ET.Element, title: str, values: Sequence[float | None], labels: Sequence[str]
) -> None:
    words = "; ".join(
        f"{label}: {'nothing to measure' if value is None else _tick(value)}"
        for label, value in zip(labels, values, strict=True)
    )
    _describe(root, title, words or "No reading yet")


def _describe(root: ET.Element, title: str, words: str) -> None:
    for place, (tag, text) in enumerate((("title", title), ("desc", words))):
        node = ET.Element(f"{SVG}{tag}")
        node.text = text
        root.insert(place, node)
    root.set("role", "img")
