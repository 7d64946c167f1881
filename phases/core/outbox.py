"""What must happen after a commit: rows written in that commit, carried out when it is over.

A row is leased before it is carried out, so that two workers never do the same, and a worker that
dies gives it back when the lease runs out. Handlers are called without a transaction, open their
own, and may be called again for the same row after a crash.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from flask import Flask
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from phases.core.clock import now
from phases.core.commit import commit
from phases.core.db import begin_write, db
from phases.core.models import Engagement, OutboxJob

WAITING = "waiting"
DONE = "done"
FAILED = "failed"
KEPT = "kept"
"""A mail that nobody sends, because no mail server is set up."""
SHOWN = "shown"
"""A kept mail that an admin has read and passed on."""
DROPPED = "dropped"
"""Overtaken by events: the contact was removed, the link revoked."""
STOPPED = "stopped"
"""Waited in a backup that was restored; an admin decides."""

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 10
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=4)


@dataclass(frozen=True)
class Job:
    """A leased row as its handler sees it. ``attempt`` counts from 1."""

    id: int
    kind: str
    data: dict[str, Any]
    engagement_id: int | None
    attempt: int


Handler = Callable[[Session, Job], str | None]
"""Carries out a job and returns the state it leaves; none means done."""

HANDLERS: dict[str, Handler] = {}


def put(
    session: Session,
    kind: str,
    data: dict[str, Any],
    engagement: Engagement | None = None,
    key: str | None = None,
    due_at: datetime | None = None,
) -> OutboxJob:
    """Have *kind* done with *data* (ids only) once this transaction has committed.

    A *key* that is there already is not put again: the row it has is returned.
    """
    if key and (there := session.scalar(select(OutboxJob).where(OutboxJob.key == key))):
        return there
    job = OutboxJob(
        engagement_id=engagement.id if engagement else None,
        kind=kind,
        data=data,
        key=key,
        state=WAITING,
        due_at=due_at or now(),
    )
    session.add(job)
    session.flush()
    session.info["ring"] = True
    return job


def retry(session: Session, job: OutboxJob) -> None:
    """Have a failed, kept or stopped job tried afresh."""
    job.state, job.attempts, job.error = WAITING, 0, ""
    job.due_at, job.leased_until, job.done_at = now(), None, None
    session.info["ring"] = True


def pause(attempts: int) -> timedelta:
    """How long to wait after the *attempts*-th failure: doubling from 30 s, at most four hours."""
    return min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE)


def deliver_due(app: Flask, limit: int = 50) -> int:
    """Carry out up to *limit* jobs that are due; how many were."""
    with app.app_context():
        session = cast(Session, db.session)
        for count in range(limit):
            job = _lease(session)
            if job is None:
                return count
            _carry_out(app, session, job)
        return limit


def _lease(session: Session) -> Job | None:
    """Take the job that has been due longest, in a transaction of its own."""
    at = now()
    due = (
        select(OutboxJob)
        .where(
            OutboxJob.state == WAITING,
            OutboxJob.due_at <= at,
            or_(OutboxJob.leased_until.is_(None), OutboxJob.leased_until < at),
        )
        .order_by(OutboxJob.due_at, OutboxJob.id)
        .limit(1)
    )
    if session.scalar(due.with_only_columns(OutboxJob.id)) is None:
        session.rollback()
        return None
    begin_write(session)
    row = session.scalar(due.with_for_update(skip_locked=True))
    if row is None:
        session.rollback()
        return None
    if row.attempts >= MOST_ATTEMPTS:  # its worker died every time
        row.state, row.error = FAILED, row.error or "The worker stopped each time it tried."
        commit(session)
        return _lease(session)
    row.attempts += 1
    row.leased_until = at + LEASE
    job = Job(row.id, row.kind, dict(row.data), row.engagement_id, row.attempts)
    commit(session)
    return job


def _carry_out(app: Flask, session: Session, job: Job) -> None:
    handler = HANDLERS.get(job.kind)
    state, error = FAILED, ""
    try:
        if handler is None:
            error = f"Nothing in this installation handles “{job.kind}”."
        else:
            state = handler(session, job) or DONE
    except Exception as problem:  # whatever it is, the row must say so and others must go on
        app.logger.warning("outbox %s %s, attempt %s: %s", job.id, job.kind, job.attempt, problem)
        error = f"{type(problem).__name__}: {problem}"[:2000]
        state = FAILED if job.attempt >= MOST_ATTEMPTS else WAITING
    begin_write(session)
    row = session.get(OutboxJob, job.id)
    if row is not None:
        _settle(row, job, state, error)
    commit(session)


def _settle(row: OutboxJob, job: Job, state: str, error: str) -> None:
    """Write down how *job* ended, unless its lease was lost to another worker meanwhile."""
    if row.attempts != job.attempt or row.state != WAITING:
        return
    row.state, row.error, row.leased_until = state, error, None
    if state == WAITING:
        row.due_at = now() + pause(job.attempt)
    else:
        row.done_at = now()
