"""Runs as pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from phases.core.clock import now
from phases.core.errors import Missing
from phases.core.models import Engagement, Run, Setting
from phases.core.runs.services import KINDS, OVER, WAITING, told
from phases.core.worker import HEARTBEAT

ALIVE = timedelta(minutes=5)
NO_WORKER = "The worker does not run. Tell an admin; this begins by itself once it does."


@dataclass(frozen=True)
class RunView:
    """A run for the macros of macros/run.html. ``percent`` is none while nobody knows."""

    id: int
    title: str
    state: str
    done: int
    total: int
    words: str
    error: str
    stopping: bool
    started_by: str
    created_at: datetime
    ended_at: datetime | None
    href: str

    @property
    def over(self) -> bool:
        """Whether nothing more will happen to it by itself."""
        return self.state in OVER

    @property
    def percent(self) -> int | None:
        """How much is done, in whole percent."""
        return min(100, self.done * 100 // self.total) if self.total else None

    def as_data(self) -> dict[str, Any]:
        """What the page's script asks for."""
        return {
            "state": self.state, "over": self.over, "words": self.words, "done": self.done,
            "total": self.total, "percent": self.percent,
        }  # fmt: skip


def view(session: Session, engagement: Engagement, run: Run) -> RunView:
    """*run* of *engagement* as a page shows it."""
    words = run.words
    if run.state == WAITING and not words:
        words = "Waiting for its turn." if _works(session, run) else NO_WORKER
    return RunView(
        run.id,
        told(run),
        run.state,
        run.done,
        run.total,
        words,
        run.error,
        run.cancel_asked_at is not None,
        run.started_by,
        run.created_at,
        run.ended_at,
        f"/e/{engagement.slug}/runs/{run.id}",
    )


def _works(session: Session, run: Run) -> bool:
    """Whether a worker was seen lately, or may still come."""
    if now() - run.created_at < timedelta(seconds=30):
        return True
    beat = session.get(Setting, HEARTBEAT)
    return beat is not None and now() - datetime.fromisoformat(beat.value) < ALIVE


def of_engagement(session: Session, engagement: Engagement, run_id: int) -> Run:
    """The run *run_id* of *engagement*.

    Raises:
        Missing: there is none, or it belongs to another engagement.
    """
    run = session.scalar(select(Run).where(Run.id == run_id, Run.engagement_id == engagement.id))
    if run is None or run.kind not in KINDS:
        raise Missing
    return run


def listed(
    session: Session, engagement: Engagement, kind: str, subject: str | None = None,
    *, results: bool = False,
) -> list[Run]:  # fmt: skip
    """The runs of *kind*, about *subject* if given, the newest first; *results* are loaded too."""
    query = select(Run).where(Run.engagement_id == engagement.id, Run.kind == kind)
    if subject is not None:
        query = query.where(Run.subject == subject)
    if results:
        query = query.options(undefer(Run.result))
    return list(session.scalars(query.order_by(Run.id.desc())))
