"""Starting, stopping and repeating long runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy.orm import Session

from phases.core import audit, outbox
from phases.core.clock import now
from phases.core.errors import Refusal
from phases.core.models import Engagement, OutboxJob, Run
from phases.core.runs import events

WAITING, RUNNING, DONE, FAILED, CANCELLED = "waiting", "running", "done", "failed", "cancelled"
OVER = (DONE, FAILED, CANCELLED)
JOB = "run"


@dataclass(frozen=True)
class Task:
    """A run as its handler sees it. ``files`` are ids of stored files by what they are for."""

    id: int
    engagement_id: int
    kind: str
    subject: str
    data: dict[str, Any]
    files: dict[str, int]
    started_by: str


class Report(Protocol):
    """Tell how far it is; ``total`` 0 means that nobody knows how much there is."""

    def __call__(self, done: int, total: int, words: str = "") -> None: ...


Handler = Callable[[Session, Task, Report], Any]
Keep = Callable[[Session, Engagement, Task, Any], Any]


@dataclass(frozen=True)
class Kind:
    """A kind of run.

    ``title`` is a noun that follows “the”; ``place`` gives the page of a run, as a path below the
    engagement's address; ``subphase`` is where the work belongs (for account managers).
    """

    title: str
    handler: Handler
    place: Callable[[Run], str]
    keep: Keep | None = None
    subphase: str = ""


KINDS: dict[str, Kind] = {}


class NotNow(Refusal):
    """The run is in a state that does not allow it."""

    status = 409


def register(name: str, kind: Kind) -> None:
    """Have the worker carry out runs of *name*."""
    KINDS[name] = kind


def start(
    session: Session,
    engagement: Engagement,
    actor: str,
    kind: str,
    *,
    subject: str = "",
    data: dict[str, Any] | None = None,
    files: dict[str, int] | None = None,
) -> Run:
    """Have a run of *kind* about *subject* done once this transaction has committed.

    *files* must be claimed by the caller, or they are swept after a day.
    """
    run = Run(
        engagement_id=engagement.id,
        kind=kind,
        subject=subject,
        data=data or {},
        files=files or {},
        started_by=actor,
    )
    session.add(run)
    session.flush()
    _put(session, engagement, run)
    audit.record(session, engagement, actor, events.RunStarted(told(run), run.id))
    return run


def told(run: Run) -> str:
    """What the run does, in words that follow a verb."""
    return f"the {KINDS[run.kind].title}" if run.kind in KINDS else run.kind


def _put(session: Session, engagement: Engagement, run: Run) -> None:
    run.job_id = outbox.put(session, JOB, {"run": run.id}, engagement).id


def cancel(session: Session, engagement: Engagement, actor: str, run: Run) -> None:
    """Stop a run: at once if it has not begun, else when its handler next reports.

    Raises:
        NotNow: it is over.
    """
    if run.state in OVER:
        raise NotNow("This is over already; there is nothing left to stop.")
    if run.cancel_asked_at is not None:
        return
    run.cancel_asked_at = now()
    if run.state == WAITING:
        run.state, run.ended_at = CANCELLED, now()
        job = session.get(OutboxJob, run.job_id)
        if job is not None:
            job.state, job.done_at = outbox.DROPPED, now()
    audit.record(session, engagement, actor, events.RunCancelled(told(run), run.id))
    session.flush()


def again(session: Session, engagement: Engagement, actor: str, run: Run) -> None:
    """Do a failed or cancelled run afresh, with the same files and parameters.

    Raises:
        NotNow: it is waiting, running or done.
    """
    if run.state not in (FAILED, CANCELLED):
        raise NotNow("Only what failed or was stopped can be tried again.")
    run.state, run.done, run.total, run.words, run.error = WAITING, 0, 0, "", ""
    run.started_at = run.ended_at = run.cancel_asked_at = None
    run.started_by = actor
    _put(session, engagement, run)
    audit.record(session, engagement, actor, events.RunTriedAgain(told(run), run.id))
    session.flush()
