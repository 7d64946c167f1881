"""Issuing a document and printing it at once, for commands; pages leave that to the worker."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliverables import services
from phases.core.clock import now
from phases.core.commit import commit
from phases.core.db import begin_write
from phases.core.models import OutboxJob
from phases.core.outbox import DONE, Job
from phases.mechanisms.situation import Situation


def issue_at_once(session: Session, s: Situation, actor: str, key: str) -> None:
    """Issue the document *key* and wait for its print; ends the transaction and begins another.

    Raises:
        RenderFailed: it could not be printed; the worker tries again.
    """
    row = services.issue(session, s, actor, key)
    document = row.id
    commit(session)
    services.render_issued(session, Job(0, services.RENDER, {"document": document}, None, 1))
    begin_write(session)
    job = session.scalar(select(OutboxJob).where(OutboxJob.key == f"render-{document}"))
    if job is not None:
        job.state, job.done_at = DONE, now()
    session.flush()
