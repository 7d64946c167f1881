"""Issuing documents for commands, which have no worker: printed beside whatever goes on."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliverables import services
from deliverables.render import Printed, Printer, print_document, printer
from phases.core.clock import now
from phases.core.commit import commit
from phases.core.db import begin_write
from phases.core.models import OutboxJob
from phases.core.outbox import DONE
from phases.mechanisms.situation import Situation


class Issuing:
    """Documents issued and not yet kept. Nobody else may have their jobs meanwhile."""

    def __init__(self) -> None:
        self._printers = (printer, Printer())
        self._threads = ThreadPoolExecutor(len(self._printers))
        self._waiting: list[tuple[int, Future[Printed]]] = []

    def prepare(self) -> None:
        """Have the printing process start up while there is other work to do."""
        for each in self._printers:
            self._threads.submit(each.warm)

    def issue(self, session: Session, s: Situation, actor: str, key: str) -> None:
        """Issue the document *key* and begin to print it; ends the transaction, begins another."""
        row = services.issue(session, s, actor, key)
        document, context = row.id, row.context
        commit(session)
        by = self._printers[len(self._waiting) % len(self._printers)]
        self._waiting.append((document, self._threads.submit(print_document, context, by)))
        begin_write(session)

    def keep(
        self, session: Session, s: Situation, actor: str, key: str, file_id: int, subject: str
    ) -> None:
        """Keep an upload with the document *key* of *subject*."""
        services.add_file(session, s, actor, key, file_id, subject)

    def settle(self, session: Session) -> None:
        """Keep every print that is still awaited; ends the transaction, begins another.

        Raises:
            RenderFailed: one could not be printed; the worker tries again.
        """
        commit(session)
        while self._waiting:
            document, printed = self._waiting.pop(0)
            services.keep_print(session, document, printed.result())
            begin_write(session)
            _done(session, document)
            commit(session)
        begin_write(session)

    def close(self) -> None:
        """End what was started for it."""
        self._threads.shutdown()
        for each in self._printers[1:]:
            each.close()


def _done(session: Session, document: int) -> None:
    """The worker need not print it again."""
    job = session.scalar(select(OutboxJob).where(OutboxJob.key == f"render-{document}"))
    if job is not None:
        job.state, job.done_at = DONE, now()


def issue_at_once(session: Session, s: Situation, actor: str, key: str) -> None:
    """Issue one document and wait for its print."""
    issuing = Issuing()
    issuing.issue(session, s, actor, key)
    issuing.settle(session)
    issuing.close()
