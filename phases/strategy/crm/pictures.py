"""How deals are built, as bars: what each picture shows, in words and as an image. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from phases.mechanisms.chart import bars

MOST = 12
"""So many products, segments or regions are drawn; the table has them all."""
MONTHS = 24
TITLES = {
    "sizes": "Size of won deals",
    "cycles": "Days from first date to close",
    "products": "Won deals by product",
    "segments": "Won deals by segment",
    "regions": "Won deals by region",
    "months": "Won deals by month of closing",
}


@dataclass(frozen=True)
class Line:
    """One bar and one row of the table: how many deals, which share, worth what."""

    label: str
    deals: int
    share: str
    worth: str


@dataclass(frozen=True)
class Picture:
    """One picture with its table. ``drawn`` are the lines that the image shows."""

    name: str
    title: str
    lines: tuple[Line, ...]
    drawn: tuple[Line, ...]
    words: str


def pictures(structure: Mapping[str, Any]) -> list[Picture]:
    """Every picture that the figures allow, in order."""
    made = (picture(structure, name) for name in TITLES)
    return [one for one in made if one is not None]


def picture(structure: Mapping[str, Any], name: str) -> Picture | None:
    """The picture called *name*; none where the export does not have what it shows."""
    if name not in TITLES:
        return None
    distribution = name in ("sizes", "cycles")
    found = structure[name] if distribution else structure[f"by_{name[:-1]}"]
    if not found:
        return None
    total = sum(one["deals"] for one in found)
    lines = tuple(_line(one, total) for one in found)
    drawn = lines if distribution else _drawn(name, lines)
    return Picture(name, TITLES[name], lines, drawn, _words(structure, name))


def _line(one: Mapping[str, Any], total: int) -> Line:
    share = f"{one['deals'] * 100 / max(1, total):.1f}%"
    label = {"": "No month", "(none)": "None given"}.get(one["label"], one["label"])
    return Line(label, one["deals"], share, worth(one.get("amounts", {})))


def worth(amounts: Mapping[str, str]) -> str:
    """Sums with their currency."""
    return "; ".join(
        f"{Decimal(amount):,f} {code}".strip() for code, amount in sorted(amounts.items())
    )


def _drawn(name: str, lines: Sequence[Line]) -> tuple[Line, ...]:
    if name == "months":
        return tuple(lines[-MONTHS:])
    return tuple(lines[:MOST])


def _words(structure: Mapping[str, Any], name: str) -> str:
    """The quartiles of a distribution."""
    found = structure.get({"sizes": "size", "cycles": "cycle_days"}.get(name, ""))
    if not found:
        return ""
    unit = f" {structure['currency']}".rstrip() if name == "sizes" else " days"
    quarter, middle, three, most = (
        f"{Decimal(found[key]):,f}" for key in ("quarter", "middle", "three_quarters", "most")
    )
    return f"Half lie between {quarter} and {three}{unit}; the middle is {middle}, the most {most}."


def image(one: Picture, paper: str, *, narrow: bool = False) -> bytes:
    """The picture as SVG, for a phone if *narrow*."""
    values = [(line.label, line.deals, f"{line.deals:,} ({line.share})") for line in one.drawn]
    return bars(one.title, values, paper=paper, narrow=narrow)
