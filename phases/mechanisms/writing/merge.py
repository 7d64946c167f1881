"""Bringing edited words and a new draft together, losing neither: a three-way merge of lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

YOURS = "[[ yours ]]"
DRAFT = "[[ new draft ]]"
END = "[[ end ]]"
MARKS = (YOURS, DRAFT, END)

Lines = list[str]


@dataclass(frozen=True)
class Merged:
    """``conflicts`` counts the places where both sides changed the same lines; both are kept."""

    text: str
    conflicts: int


@dataclass(frozen=True)
class _Span:
    """A stretch of the base that stands in both, and where: half-open ranges of lines."""

    base: tuple[int, int]
    mine: tuple[int, int]
    theirs: tuple[int, int]


def merge(base: str, mine: str, theirs: str) -> Merged:
    """*mine* with what changed from *base* to *theirs*.

    Where only one side changed a line its change stands; where both did, both are kept between
    marks (``MARKS``) for somebody to choose.
    """
    b, m, t = base.splitlines(), mine.splitlines(), theirs.splitlines()
    out: Lines = []
    conflicts = 0
    begin = _Span((0, 0), (0, 0), (0, 0))
    for before, span in pairwise([begin, *_spans(b, m, t)]):
        gap_b = b[before.base[1] : span.base[0]]
        gap_m = m[before.mine[1] : span.mine[0]]
        gap_t = t[before.theirs[1] : span.theirs[0]]
        settled = _settled(gap_b, gap_m, gap_t)
        if settled is None:
            settled = [YOURS, *gap_m, DRAFT, *gap_t, END]
            conflicts += 1
        out += settled
        out += b[slice(*span.base)]
    return Merged("\n".join(out), conflicts)


def _settled(base: Lines, mine: Lines, theirs: Lines) -> Lines | None:
    """A stretch on which both can be had; None where one must be chosen.

    Lines that one side only put before or behind it go with what the other made of it; where both
    only put lines in, the draft's come first, so that a table stays whole.
    """
    if theirs in (mine, base):
        return mine
    if mine == base:
        return theirs
    if not base:
        return [*theirs, *_gap(theirs, mine), *mine]
    for one, other in ((mine, theirs), (theirs, mine)):
        if one[: len(base)] == base:
            return [*other, *one[len(base) :]]
        if one[-len(base) :] == base:
            return [*one[: -len(base)], *other]
    return None


def _gap(before: Lines, after: Lines) -> Lines:
    """An empty line between what does not belong to one table or list."""
    last, first = before[-1].strip(), after[0].strip()
    return [] if not last or not first or last[0] == first[0] in "|-" else [""]


def unsettled(text: str) -> bool:
    """Whether *text* still holds marks of a conflict."""
    return any(line.strip() in MARKS for line in text.splitlines())


def _spans(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> Iterator[_Span]:
    """The stretches of *base* that stand in both others, in order, and the end of all three."""
    left, right = _matches(base, mine), _matches(base, theirs)
    i = j = 0
    while i < len(left) and j < len(right):
        (a_base, a_at, a_size), (b_base, b_at, b_size) = left[i], right[j]
        start, stop = max(a_base, b_base), min(a_base + a_size, b_base + b_size)
        if start < stop:
            at_mine, at_theirs = a_at + start - a_base, b_at + start - b_base
            size = stop - start
            yield _Span((start, stop), (at_mine, at_mine + size), (at_theirs, at_theirs + size))
        if a_base + a_size < b_base + b_size:
            i += 1
        else:
            j += 1
    yield _Span(*((len(lines), len(lines)) for lines in (base, mine, theirs)))


def _matches(base: Sequence[str], other: Sequence[str]) -> list[tuple[int, int, int]]:
    found = SequenceMatcher(None, base, other).get_matching_blocks()
    return [(match.a, match.b, match.size) for match in found if match.size]
