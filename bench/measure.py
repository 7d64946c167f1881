"""Figures: how they are taken, and how they stand beside their limits."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from sqlalchemy import Engine, event

OWN = ("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT")
"""Statements that begin or end a transaction, or set the connection up: not counted as queries."""


@dataclass(frozen=True)
class Figure:
    """One line of the table. ``limit`` is the most that is wanted; none where nothing is."""

    what: str
    value: float
    unit: str
    limit: float | None = None

    @property
    def good(self) -> bool | None:
        """Whether the limit is kept; None without one."""
        return None if self.limit is None else self.value <= self.limit

    def as_data(self) -> dict[str, Any]:
        return {**asdict(self), "good": self.good}

    def line(self) -> str:
        """The figure as a line of the table."""
        mark = {True: "ok", False: "MISSED", None: ""}[self.good]
        limit = "" if self.limit is None else f"{self.limit:,.4g}"
        return f"  {self.what:<58} {self.value:>10,.3f} {self.unit:<8} {limit:>8}  {mark}"


def milliseconds(act: Callable[[], Any]) -> float:
    """How long *act* takes."""
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def p95(values: Sequence[float]) -> float:
    """The value that 95 of 100 do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


def in_turn(acts: dict[str, Callable[[], Any]], rounds: int) -> dict[str, list[float]]:
    """Times of every act, taken in turn, so that a busy moment of the machine meets all alike.

    The first round warms up and is not kept.
    """
    kept: dict[str, list[float]] = {name: [] for name in acts}
    for act in acts.values():
        act()
    for _ in range(rounds):
        for name, act in acts.items():
            kept[name].append(milliseconds(act))
    return kept


def ratio(above: Sequence[float], below: Sequence[float]) -> float:
    """How many times the median of *above* is that of *below*."""
    return median(above) / median(below)


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The queries that *engine* carries out within the block."""
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, _p: Any, _x: Any, _many: bool) -> None:
        if not statement.upper().startswith(OWN):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
