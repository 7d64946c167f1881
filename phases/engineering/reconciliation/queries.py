"""Reconciliations as pages show them. Rows are found by index, however many there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from phases.core.models import Engagement
from phases.engineering.reconciliation.models import Outcome, Reconciliation
from phases.engineering.reconciliation.words import (
    ACCURATE,
    LAYERS,
    OUTCOMES,
    PURPOSES,
    STATES,
)

PAGE = 50
RIGHT = ACCURATE
AT_ONCE = 2000


@dataclass(frozen=True)
class Listed:
    """A reconciliation in the list; ``open`` counts what nobody has explained."""

    id: int
    title: str
    about: str
    total: int | None
    right: int
    red_flags: int
    open: int
    superseded: bool
    created_at: Any
    created_by: str
    run_id: int | None

    @property
    def accuracy(self) -> Decimal | None:
        return rate(self.right, self.total or 0)


def rate(part: int, whole: int) -> Decimal | None:
    """Percent with two decimals, never rounded up to 100; none of none."""
    if not whole:
        return None
    percent = Decimal(100 * part) / Decimal(whole)
    return percent.quantize(Decimal("0.01"), "ROUND_DOWN")


def title_of(record: Reconciliation) -> str:
    """What was compared, in words."""
    if record.purpose == "layer":
        return LAYERS[record.layer].title
    return PURPOSES[record.purpose].title


def days_of(first: date | None, last: date | None) -> str:
    """Days in words; all of them without any."""
    if first and last:
        return f"{first.day} {first:%b %Y} to {last.day} {last:%b %Y}"
    if first:
        return f"from {first.day} {first:%b %Y}"
    return f"to {last.day} {last:%b %Y}" if last else "all days"


def listed(session: Session, engagement: Engagement) -> list[Listed]:
    """Every reconciliation, the newest first."""
    records = list(session.scalars(
        select(Reconciliation)
        .where(Reconciliation.engagement_id == engagement.id,
               Reconciliation.removed_at.is_(None))
        .order_by(Reconciliation.id.desc())
    ))  # fmt: skip
    counts = open_counts(session, engagement)
    seen: set[tuple[Any, ...]] = set()
    found = []
    for record in records:
        key = group_of(record)
        summary = record.summary or {}
        found.append(Listed(
            record.id, title_of(record),
            record.period or days_of(record.first_day, record.last_day),
            summary.get("total"), summary.get("right", 0), summary.get("red_flags", 0),
            counts.get(record.id, 0), key in seen, record.created_at, record.created_by,
            record.run_id,
        ))  # fmt: skip
        if record.summary is not None:
            seen.add(key)
    return found


def group_of(record: Reconciliation) -> tuple[Any, ...]:
    """Reconciliations of one group repeat each other; the newest counts."""
    return (record.purpose, record.layer, record.period, record.first_day, record.last_day)


def open_counts(session: Session, engagement: Engagement) -> dict[int, int]:
    """How many variances nobody has explained, by reconciliation."""
    query = (
        select(Outcome.reconciliation_id, func.count())
        .where(Outcome.engagement_id == engagement.id, Outcome.state == "open")
        .group_by(Outcome.reconciliation_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


@dataclass(frozen=True)
class Asked:
    """Which rows are asked for, and where the page begins."""

    outcome: str = ""
    state: str = ""
    owner: str = ""
    red: bool = False
    words: str = ""
    after: int = 0

    @classmethod
    def of(cls, args: Mapping[str, str]) -> Asked:
        """What *args* ask for; by default what is not right."""
        outcome, state = args.get("outcome", ""), args.get("state", "")
        after = args.get("after", "")
        return cls(
            outcome if outcome in OUTCOMES or outcome == "all" else "",
            state if state in STATES else "",
            args.get("owner", "")[:20],
            args.get("red", "") == "yes",
            args.get("q", "").strip()[:100],
            int(after) if after.isdecimal() and len(after) < 10 else 0,
        )

    def args(self, **changed: Any) -> dict[str, Any]:
        """As the address has it, with *changed*."""
        found = {"outcome": self.outcome, "state": self.state, "owner": self.owner,
                 "red": "yes" if self.red else "", "q": self.words}  # fmt: skip
        return {name: value for name, value in (found | changed).items() if value}


@dataclass(frozen=True)
class Page:
    """Some rows; ``after`` is where the next page begins, none on the last."""

    rows: tuple[Outcome, ...]
    after: int | None


def page_of(session: Session, record: Reconciliation, asked: Asked) -> Page:
    """The rows asked for, fifty at a time, in their order."""
    query = select(Outcome).where(*_where(record, asked), Outcome.position > asked.after)
    rows = list(session.scalars(query.order_by(Outcome.position).limit(PAGE + 1)))
    return Page(tuple(rows[:PAGE]), rows[PAGE - 1].position if len(rows) > PAGE else None)


def _where(record: Reconciliation, asked: Asked) -> list[Any]:
    found: list[Any] = [Outcome.reconciliation_id == record.id]
    if asked.outcome and asked.outcome != "all":
        found.append(Outcome.outcome == asked.outcome)
    if asked.state:
        found.append(Outcome.state == asked.state)
    elif not asked.outcome:
        found.append(Outcome.state.in_(tuple(STATES)))
    if asked.owner:
        found.append(Outcome.owner == ("" if asked.owner == "nobody" else asked.owner))
    if asked.red:
        found.append(Outcome.red_flag.is_(True))
    found += [
        or_(*(column.icontains(word, autoescape=True)
              for column in (Outcome.contract, Outcome.number)))
        for word in asked.words.split()
    ]  # fmt: skip
    return found


def state_counts(session: Session, record: Reconciliation) -> dict[str, int]:
    """How the variances stand."""
    query = (
        select(Outcome.state, func.count())
        .where(Outcome.reconciliation_id == record.id, Outcome.state.in_(tuple(STATES)))
        .group_by(Outcome.state)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def every(session: Session, record: Reconciliation, asked: Asked) -> Iterator[Outcome]:
    """All rows asked for, some thousands in memory at a time."""
    query = select(Outcome).where(*_where(record, asked)).order_by(Outcome.position)
    yield from session.scalars(query.execution_options(yield_per=AT_ONCE))


def wrong_of(session: Session, record: Reconciliation, most: int) -> list[Outcome]:
    """So many of the rows that are not right, in their order."""
    query = select(Outcome).where(
        Outcome.reconciliation_id == record.id, Outcome.outcome.not_in(RIGHT)
    )
    return list(session.scalars(query.order_by(Outcome.position).limit(most)))


class Exact(NamedTuple):
    """An invoice that is right: its number, or its day where it has none, and its total."""

    contract: str
    currency: str
    name: str
    total: Decimal


def exact_of(session: Session, record: Reconciliation) -> list[Exact]:
    """Every invoice that is right, by contract, in order."""
    query = select(
        Outcome.contract, Outcome.currency, Outcome.number, Outcome.issued_on, Outcome.actual_total
    ).where(Outcome.reconciliation_id == record.id, Outcome.outcome.in_(RIGHT))
    rows = session.execute(query.order_by(Outcome.contract, Outcome.currency, Outcome.position))
    return [
        Exact(contract, currency, number or str(day), total or Decimal(0))
        for contract, currency, number, day, total in rows.tuples()
    ]


def newest(session: Session, engagement: Engagement) -> list[Reconciliation]:
    """The newest reconciliation of each group that is done."""
    found: dict[tuple[Any, ...], Reconciliation] = {}
    records = session.scalars(
        select(Reconciliation).where(
            Reconciliation.engagement_id == engagement.id, Reconciliation.removed_at.is_(None)
        ).order_by(Reconciliation.id)
    )  # fmt: skip
    for record in records:
        if record.summary is not None:
            found[group_of(record)] = record
    return list(found.values())
