"""What follows what in a process: its steps, the arrows between them, and what is odd. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Pair = tuple[int, int]
"""A step and the one after it, by their places from 0."""

BOTH = frozenset(("", "both"))
"""The paths of a step that is on every one."""


@dataclass(frozen=True)
class Step:
    """A box in a lane. ``mode`` is in words; ``by_hand`` gives it the shape of manual work.

    ``after`` are the names or numbers of the steps before it, as typed; none means the one above
    it on its ``path``. ``fate`` says what becomes of it in the map it is compared with, or that it
    is new; ``gone`` that it vanishes there.
    """

    title: str
    lane: str
    system: str = ""
    mode: str = ""
    by_hand: bool = False
    lost: str = ""
    time: str = ""
    path: str = ""
    after: tuple[str, ...] = ()
    fate: str = ""
    gone: bool = False


@dataclass(frozen=True)
class Flow:
    """The arrows of a process, and sentences about what is odd in it."""

    pairs: tuple[Pair, ...]
    notes: tuple[str, ...]


def flow_of(steps: Sequence[Step]) -> Flow:
    """How *steps* follow one another.

    A step that names none before it comes after the nearest above on its own path; the first one of
    a path, and of the map, begins.
    """
    numbers, paths = _numbers(steps), {step.path for step in steps} - BOTH
    pairs: list[Pair] = []
    notes: list[str] = []
    for place, step in enumerate(steps):
        before = _above(steps, place, paths or {""}) if not step.after else []
        for name in step.after:
            found = _named(numbers, name, len(steps))
            if found is None:
                notes.append(f"“{step.title}” comes after “{name}”, which is no step of this map.")
            elif found == place:
                notes.append(f"“{step.title}” is said to come after itself.")
            else:
                before.append(found)
        pairs += [(other, place) for other in dict.fromkeys(before)]
    return Flow(tuple(pairs), (*notes, *_rounds(steps, pairs)))


def names_in(typed: str) -> tuple[str, ...]:
    """The steps that a cell names, one after another."""
    return tuple(part for part in (one.strip() for one in re.split(r"[;\n]", typed)) if part)


def _numbers(steps: Sequence[Step]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, step in enumerate(steps):
        found.setdefault(_plain(step.title), place)
    return found


def _plain(title: str) -> str:
    return " ".join(title.casefold().split()).rstrip(".")


def _named(numbers: dict[str, int], name: str, count: int) -> int | None:
    """The place of the step called so; a number is that of the drawing."""
    found = numbers.get(_plain(name))
    if found is None and name.isdecimal() and len(name) < 6 and 1 <= int(name) <= count:
        return int(name) - 1
    return found


def _above(steps: Sequence[Step], place: int, paths: set[str]) -> list[int]:
    """The nearest steps above on each of *paths* that the step at *place* is on."""
    own = paths if steps[place].path in BOTH else {steps[place].path}
    above = range(place - 1, -1, -1)
    found = (next((n for n in above if steps[n].path in {*BOTH, path}), None) for path in own)
    return sorted({n for n in found if n is not None})


def _rounds(steps: Sequence[Step], pairs: Sequence[Pair]) -> Iterator[str]:
    """A sentence for each group of steps that lead back to themselves."""
    if all(first < second for first, second in pairs):
        return  # nothing leads back
    reach = _reach(len(steps), pairs)
    told: set[int] = set()
    for place in range(len(steps)):
        group = [other for other in sorted(reach[place]) if place in reach[other]]
        if place in told or place not in reach[place]:
            continue
        told |= set(group)
        numbers = _listed([str(n + 1) for n in group])
        out = any(a in group and b not in group for a, b in pairs)
        end = "." if out else ", and nothing leads out of it. Say which step comes after it."
        yield f"Steps {numbers} go round in a loop{end}"


def _listed(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]


def _reach(count: int, pairs: Sequence[Pair]) -> list[set[int]]:
    """The places that each leads to, however far."""
    following: list[list[int]] = [[] for _ in range(count)]
    for first, second in pairs:
        following[first].append(second)
    found = []
    for place in range(count):
        seen: set[int] = set()
        todo = list(following[place])
        while todo:
            here = todo.pop()
            if here not in seen:
                seen.add(here)
                todo += following[here]
        found.append(seen)
    return found
