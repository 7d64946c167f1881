"""Where the column titles stand, and what they are once merged and doubled ones are told apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from billing.crm.delimited import Record
from billing.crm.errors import Fault, UnreadableExport
from billing.crm.fields import is_known

LOOKED_AT = 25
"""The titles stand in one of so many first lines."""
VALUE = re.compile(r"[-+(]?[$€£¥]?\s*\d[\d.,'\s/:TZ%)-]*$")


@dataclass(frozen=True)
class Heading:
    """The titles, unlike each other; the line they stand on; those the file has twice."""

    line: int
    titles: tuple[str, ...]
    doubled: tuple[str, ...] = ()
    skipped: int = 0
    merged: bool = False

    @property
    def width(self) -> int:
        return len(self.titles)


def heading_of(
    name: str, records: Sequence[Record], known: Callable[[str], bool] = is_known, *,
    merge: bool = True,
) -> Heading:  # fmt: skip
    """The heading among the first *records*; with *merge*, the titles of two rows are put together.

    Raises:
        UnreadableExport: none of them looks like one.
    """
    scored = [
        (sum(map(known, cells)), _filled(cells), place)
        for place, (_, cells) in enumerate(records)
        if _titles(cells)
    ]
    widest = max((_filled(cells) for _, cells in records), default=0)
    best = max(scored, key=lambda each: (each[0], each[1], -each[2]), default=None)
    if best is not None and not best[0]:
        likely = [each for each in scored if each[1] * 10 >= widest * 6]
        best = likely[0] if likely else None
    if best is None:
        line = records[0][0] if records else 1
        what = f"no row of column titles among the first {LOOKED_AT} lines"
        remedy = "Export with column titles, and at least two columns"
        raise UnreadableExport(name, [Fault(line, 0, what, remedy)])
    return _heading(records, best[2], merge=merge)


def _filled(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell.strip())


def _titles(cells: Sequence[str]) -> bool:
    filled = [cell.strip() for cell in cells if cell.strip()]
    return len(filled) >= 2 and not any(VALUE.match(cell) for cell in filled)


def _heading(records: Sequence[Record], place: int, *, merge: bool) -> Heading:
    line, cells = records[place]
    titles = [" ".join(cell.split()) for cell in cells]
    above = records[place - 1][1] if place else []
    merged = merge and bool(above) and _is_group_row(above, titles)
    if merged:
        titles = _joined(above, titles)
    while titles and not titles[-1]:
        titles.pop()
    named = [title or f"Column {number}" for number, title in enumerate(titles, 1)]
    counts = Counter(title.casefold() for title in named)
    doubled = tuple(dict.fromkeys(t for t in named if counts[t.casefold()] > 1))
    return Heading(line, _unlike(named), doubled, place, merged)


def _is_group_row(above: Sequence[str], titles: Sequence[str]) -> bool:
    """Whether *above* carries titles of groups of columns, as merged cells do."""
    texts = [cell.strip() for cell in above]
    lone = sum(1 for text in texts if text)
    if not lone or any(VALUE.match(text) for text in texts if text) or len(texts) > len(titles) + 2:
        return False
    counts = Counter(title.casefold() for title in titles)
    blank_below = any(
        text and place < len(titles) and not titles[place] for place, text in enumerate(texts)
    )
    doubled = any(count > 1 for title, count in counts.items() if title)
    return blank_below or (doubled and lone > 1)


def _joined(above: Sequence[str], titles: Sequence[str]) -> list[str]:
    """Titles with their group's where they need it: none of their own, or one that stands twice."""
    counts = Counter(title.casefold() for title in titles)
    joined, group = [], ""
    for place, title in enumerate(titles):
        own = above[place].strip() if place < len(above) else ""
        group = own or group
        if not title:
            joined.append(own)
        elif counts[title.casefold()] > 1 and group:
            joined.append(f"{group} {title}")
        else:
            joined.append(title)
    return joined


def _unlike(titles: Sequence[str]) -> tuple[str, ...]:
    seen: set[str] = set()
    found = []
    for title in titles:
        name, number = title, 1
        while name.casefold() in seen:
            number += 1
            name = f"{title} ({number})"
        seen.add(name.casefold())
        found.append(name)
    return tuple(found)
