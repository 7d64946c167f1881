"""The rows of one contract put together: its term, its lines, and the steps of their ramps."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from billing.agreements.fields import LABELS
from billing.agreements.lines import LineDraft, finished
from billing.agreements.row import Row, Unfit
from billing.calendars import add_months
from billing.conventions import Conventions
from billing.errors import Problem

HEAD = ("customer", "currency", "start", "end", "months", "payment_terms")
"""What the rows of one contract share."""
TERM = ("start", "end", "months")
ONE_DAY = timedelta(days=1)
CHANGING = ("price", "quantity", "start", "end", "description")
"""What may differ between the steps of a ramp."""


@dataclass
class Group:
    """The rows of one contract number. ``texts`` are the cells of its first row's head."""

    number: str
    head: dict[str, Any]
    texts: dict[str, str]
    rows: list[int] = field(default_factory=list)
    lines: list[LineDraft] = field(default_factory=list)
    by_item: dict[str, LineDraft] = field(default_factory=dict)
    spans: list[tuple[date | None, date | None]] = field(default_factory=list)
    seen: set[tuple[str, ...]] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def add(self, line: LineDraft) -> None:
        """Take a line in; a row of tiers of one that is there goes to that one."""
        known = self.by_item.get(line.item)
        if known and line.tiers and known.tiers and _alike(known, line):
            known.tiers += line.tiers
            known.rows += line.rows
            return
        self.lines.append(line)
        self.by_item[line.item] = line

    def terms(self, conventions: Conventions, *, exclusive: bool) -> dict[str, Any]:
        """The contract's terms; empty if a line makes no sense, then there is a problem."""
        made = []
        for line in self.lines:
            try:
                made.append(finished(line, conventions) | _dates(line, self.head))
            except Unfit as error:
                self.problems.append(
                    Problem(line.rows[0], self.number, LABELS[error.field], error.what)
                )
        if self.problems:
            return {}
        lines = list(ramped(made, self.head["start"], timedelta(0) if exclusive else ONE_DAY))
        return {"number": self.number, **self.head, "lines": named(lines)}

    def widen(self) -> None:
        """Have the contract last from its first row's start to its last row's end."""
        starts = [start for start, _ in self.spans if start]
        ends = [end for _, end in self.spans]
        self.head = {key: value for key, value in self.head.items() if key not in TERM}
        self.head["start"] = min(starts).isoformat()
        if all(ends):
            self.head["end"] = max(end for end in ends if end).isoformat()


def _alike(one: LineDraft, other: LineDraft) -> bool:
    return (one.model, one.usage, one.ends, one.terms) == (
        other.model, other.usage, other.ends, other.terms)  # fmt: skip


def span_of(head: dict[str, Any], *, exclusive: bool) -> tuple[date | None, date | None]:
    """The first and the last day that a row's own head tells."""
    start = date.fromisoformat(head["start"])
    if "end" in head:
        return start, date.fromisoformat(head["end"])
    if "months" in head:
        return start, add_months(start, head["months"]) - (timedelta(0) if exclusive else ONE_DAY)
    return start, None


def own_dates(row: Row, *, exclusive: bool) -> tuple[date | None, date | None]:
    """The days that a row tells of its line alone."""
    end = row.day("line_end")
    if end is not None:
        end += timedelta(days=exclusive - (row.mapping.ends == "day_after"))
    return row.day("line_start"), end


def _dates(line: LineDraft, head: dict[str, Any]) -> dict[str, str]:
    """A line's start and end, where they are not the contract's."""
    told = zip(("start", "end"), line.ends, strict=True)
    return {key: day.isoformat() for key, day in told
            if day and day.isoformat() != head.get(key)}  # fmt: skip


# --- ramps ----------------------------------------------------------------------------------------


def ramped(lines: list[dict[str, Any]], start: str, gap: timedelta) -> Iterator[dict[str, Any]]:
    """*lines*, those of one item that follow each other as the steps of one line.

    *start* is the contract's; *gap* lies between the end of a step, as it is written, and the
    start of the next.
    """
    runs: dict[str, list[dict[str, Any]]] = {}
    order: list[list[dict[str, Any]]] = []
    for line in sorted(lines, key=lambda line: line.get("start", "")):
        run = runs.get(line.get("key", ""))
        if run and _follows(run[-1], line, gap):
            run.append(line)
        else:
            runs[line.get("key", "")] = run = [line]
            order.append(run)
    first = {id(line): place for place, line in enumerate(lines)}
    for run in sorted(order, key=lambda run: first[id(run[0])]):
        yield run[0] if len(run) == 1 else _stepped(run, start)


def _follows(one: dict[str, Any], other: dict[str, Any], gap: timedelta) -> bool:
    priced = all(line["kind"] == "recurring" and "price" in line for line in (one, other))
    if not priced or "end" not in one or "start" not in other or {"trial", "free"} & set(one):
        return False
    same = all(one.get(k) == other.get(k) for k in {*one, *other} - set(CHANGING))
    return same and date.fromisoformat(one["end"]) + gap == date.fromisoformat(other["start"])


def _stepped(run: list[dict[str, Any]], start: str) -> dict[str, Any]:
    steps = [{"start": line.get("start", start), "price": line["price"],
              "quantity": line.get("quantity", "1")} for line in run]  # fmt: skip
    base = {key: value for key, value in run[0].items() if key not in ("price", "quantity", "end")}
    return base | ({"end": run[-1]["end"]} if "end" in run[-1] else {}) | {"steps": steps}


def named(lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines, each with a name of its own."""
    taken: Counter[str] = Counter()
    found = []
    for line in lines:
        name = re.sub(r"[^A-Za-z0-9 ._/:-]+", "-", line.get("key", "")).strip(" -._/:")[:70]
        name = name or {"one_off": "setup", "usage": "usage"}.get(line["kind"], "plan")
        taken[name] += 1
        key = name if taken[name] == 1 else f"{name}-{taken[name]}"
        found.append({**line, "key": key})
    return found
