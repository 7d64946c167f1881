"""How the worker carries a run out: begin, report, end, each in a short transaction of its own."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from phases.core import audit, outbox
from phases.core.clock import now
from phases.core.commit import commit
from phases.core.db import begin_write
from phases.core.errors import Refusal
from phases.core.models import Engagement, OutboxJob, Run
from phases.core.outbox import Job
from phases.core.runs import events
from phases.core.runs.services import (
    CANCELLED,
    DONE,
    FAILED,
    KINDS,
    OVER,
    RUNNING,
    WAITING,
    Kind,
    Task,
    told,
)

BETWEEN_REPORTS = 1.0
"""Seconds."""
LEASE = timedelta(minutes=2)
"""How long a run may go without a report before another worker takes it for dead."""
MOST_ATTEMPTS = 3

STOPPED = "The worker stopped each time it tried, perhaps for lack of memory. Try a smaller file."
FAULT = (
    "Something went wrong on our side, and it has been logged. Try again; if it stays so, tell "
    "an admin."
)
NO_ANSWER = "The database or the file store did not answer, three times. Try again later."


class Cancelled(Exception):
    """Somebody asked to stop the run."""


class Overtaken(Exception):
    """The lease ran out and another worker has the run now, or it is gone."""


def carry_out(session: Session, job: Job) -> str | None:
    """Carry out the run of *job*; see ``phases.core.runs`` for what its handler may do.

    Raises:
        OSError, OperationalError: nobody answered; the outbox tries again later.
    """
    task = _begin(session, job)
    if task is None:
        return outbox.DROPPED
    kind = KINDS[task.kind]
    try:
        computed = kind.handler(session, task, Reporter(session, job))
        _keep(session, job, kind, task, computed)
    except Cancelled:
        _end(session, job, CANCELLED, "")
    except Overtaken:
        session.rollback()
    except Refusal as refusal:
        _end(session, job, FAILED, refusal.message)
    except (OSError, OperationalError):
        if job.attempt < MOST_ATTEMPTS:
            _wait_again(session, job)
            raise
        _end(session, job, FAILED, NO_ANSWER)
    except Exception:
        current_app.logger.exception("run %s (%s) failed", task.id, task.kind)
        _end(session, job, FAILED, FAULT)
    return None


def _begin(session: Session, job: Job) -> Task | None:
    begin_write(session)
    run = session.get(Run, job.data["run"])
    if run is None or run.job_id != job.id or run.state in OVER:
        session.rollback()
        return None
    if run.kind not in KINDS or job.attempt > MOST_ATTEMPTS or run.cancel_asked_at:
        _settle(session, run, CANCELLED if run.cancel_asked_at else FAILED, STOPPED)
        commit(session)
        return None
    run.state, run.started_at, run.done, run.words = RUNNING, now(), 0, ""
    task = Task(
        run.id, run.engagement_id, run.kind, run.subject, run.data, run.files, run.started_by
    )
    commit(session)
    return task


class Reporter:
    """Writes how far a run is, on a connection of its own, and extends its lease."""

    def __init__(self, session: Session, job: Job) -> None:
        self.bind = session.get_bind()
        self.job = job
        self.written = 0.0

    def __call__(self, done: int, total: int, words: str = "") -> None:
        if time.monotonic() - self.written < BETWEEN_REPORTS:
            return
        with Session(self.bind) as session:
            begin_write(session)
            run, row = _held(session, self.job)
            run.done, run.total, run.words = done, total, words[:200]
            row.leased_until = now() + LEASE
            session.commit()
        self.written = time.monotonic()


def _held(session: Session, job: Job) -> tuple[Run, OutboxJob]:
    """The run and its job, if this worker still has it and nobody asked to stop it."""
    row = session.get(OutboxJob, job.id)
    run = session.get(Run, job.data["run"])
    if run is None or row is None or row.attempts != job.attempt or row.state != outbox.WAITING:
        raise Overtaken
    if run.cancel_asked_at is not None:
        raise Cancelled
    return run, row


def _keep(session: Session, job: Job, kind: Kind, task: Task, computed: Any) -> None:
    """Write what was computed, and that the run is done, in one transaction."""
    begin_write(session)
    engagement = session.get_one(Engagement, task.engagement_id, with_for_update={"of": Engagement})
    run, _ = _held(session, job)
    run.result = kind.keep(session, engagement, task, computed) if kind.keep else computed
    _settle(session, run, DONE, "")
    commit(session)


def _end(session: Session, job: Job, state: str, error: str) -> None:
    begin_write(session)
    run = session.get(Run, job.data["run"])
    if run is not None:
        _settle(session, run, state, error)
    commit(session)


def _settle(session: Session, run: Run, state: str, error: str) -> None:
    run.state, run.error, run.ended_at = state, error if state == FAILED else "", now()
    engagement = session.get_one(Engagement, run.engagement_id)
    if state == DONE:
        run.done = run.total
    if state != CANCELLED:
        event = events.RunEnded(told(run), run.id, state)
        audit.record(session, engagement, run.started_by, event)


def _wait_again(session: Session, job: Job) -> None:
    begin_write(session)
    run = session.get(Run, job.data["run"])
    if run is not None:
        run.state, run.words = WAITING, "Interrupted; it is tried again in a moment."
    commit(session)
