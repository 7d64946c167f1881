"""What the records hold of any item, as blocks: what texts are drafted and documents made from.

``blocks(s, key)`` answers for every kind that content may draw (``playbook.pointers.SHOWN``).
Where nothing is recorded yet it says so, with the place to enter it; it never fails.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from phases.mechanisms.blocks import Block, Facts, Heading, Missing, Paragraph
from phases.mechanisms.drawing import DRAW, fact, in_words
from phases.mechanisms.naming import title_of
from phases.mechanisms.situation import Situation
from playbook.models import Input, Passage, Writing


def blocks(s: Situation, key: str) -> tuple[Block, ...]:
    """What the records hold of the item *key*, without its title."""
    return tuple(_blocks(s, key, ()))


def drawn(s: Situation, keys: Iterable[str]) -> tuple[Block, ...]:
    """What the records hold of several items: each under its title, inputs side by side."""
    return tuple(_drawn(s, tuple(keys), ()))


def _drawn(s: Situation, keys: tuple[str, ...], within: tuple[str, ...]) -> Iterator[Block]:
    several = len(keys) > 1
    for facts, group in groupby(keys, key=lambda key: _is_fact(s, key)):
        if facts:
            rows = [fact(s, s.playbook.get(key, Input)) for key in group]
            yield Facts(tuple(rows))
            continue
        for key in group:
            found = list(_blocks(s, key, within))
            if several and found:
                yield Heading(title_of(s, key))
            yield from found


def _is_fact(s: Situation, key: str) -> bool:
    item = s.playbook.items.get(key)
    return isinstance(item, Input) and s.applies(item)


def _blocks(s: Situation, key: str, within: tuple[str, ...]) -> Iterator[Block]:
    item = s.playbook.items.get(key)
    if item is None:
        yield Missing(f"This playbook has no “{key}”.")
    elif not (found := s.applicability(item)).applies:
        yield Paragraph(f"*Does not apply here: {found.reason.rstrip('.')}.*")
    elif isinstance(item, Writing | Passage):
        yield from _writing(s, item, within)
    else:
        yield from DRAW.get(type(item), in_words)(s, item)


def _writing(s: Situation, item: Writing | Passage, within: tuple[str, ...]) -> Iterator[Block]:
    """A section as edited, else its draft; a text that draws itself is not followed round."""
    if item.key in within:
        return
    if isinstance(item, Writing):
        sections = [passage for passage in item.sections.values() if s.applies(passage)]
        for passage in sections:
            yield Heading(s.plain(passage.title))
            yield from _writing(s, passage, (*within, item.key))
        if not sections:
            yield Missing(f"No section of {s.plain(item.title)} applies yet.", "profile")
        return
    kept = s.records.passages.get(item.key)
    if kept is not None and kept.text is not None:
        yield Paragraph(kept.text)
    else:
        yield from draft(s, item, within)


def draft(s: Situation, passage: Passage, within: tuple[str, ...] = ()) -> tuple[Block, ...]:
    """What the records make of a section, whatever anybody has edited: its opening, then blocks."""
    opening = unwrapped(s.plain(passage.opening))
    drawn_blocks = _drawn(s, passage.draws, (*within, passage.key))
    return (*((Paragraph(opening),) if opening else ()), *drawn_blocks)


def unwrapped(text: str) -> str:
    """Paragraphs of content on a line each; lists, tables and headings as they are."""
    found = []
    for paragraph in text.strip().split("\n\n"):
        lines = [line.strip() for line in paragraph.splitlines()]
        prose = not any(line.startswith(("-", "* ", "|", "#", ">", "1.")) for line in lines)
        found.append(" ".join(lines) if prose else paragraph)
    return "\n\n".join(found)
