"""Jobs after a commit: leased, tried again, done once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from phases.core import outbox
from phases.core.clock import now
from phases.core.commit import commit
from phases.core.models import OutboxJob
from phases.core.outbox import DONE, FAILED, MOST_ATTEMPTS, WAITING, Job


class Calls(list[Job]):
    """A handler that writes down its calls and fails when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.problem: Exception | None = None

    def __call__(self, _session: Session, job: Job) -> None:
        self.append(job)
        if self.problem:
            raise self.problem


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    calls = Calls()
    monkeypatch.setitem(outbox.HANDLERS, "ping", calls)
    return calls


def put(session: Session, **kwargs) -> OutboxJob:
    job = outbox.put(session, "ping", {"id": 7}, **kwargs)
    commit(session)
    return job


def again(session: Session, job: OutboxJob) -> OutboxJob:
    session.rollback()
    session.refresh(job)
    return job


@pytest.mark.data
def test_a_job_is_done_once(app: Flask, session: Session, calls: Calls) -> None:
    job = put(session)
    assert outbox.deliver_due(app) == 1
    assert outbox.deliver_due(app) == 0
    assert [call.data for call in calls] == [{"id": 7}]
    assert again(session, job).state == DONE
    assert job.done_at is not None


def test_the_same_key_is_one_job(app: Flask, session: Session, calls: Calls) -> None:
    assert put(session, key="ping.7").id == put(session, key="ping.7").id
    outbox.deliver_due(app)
    put(session, key="ping.7")
    outbox.deliver_due(app)
    assert len(calls) == 1


def test_a_job_waits_until_it_is_due(app: Flask, session: Session, calls: Calls) -> None:
    put(session, due_at=now() + timedelta(hours=1))
    assert outbox.deliver_due(app) == 0
    assert calls == []


def test_a_failed_try_is_repeated_with_longer_and_longer_pauses(
    app: Flask, session: Session, calls: Calls
) -> None:
    calls.problem = OSError("no answer")
    job = put(session)
    outbox.deliver_due(app)
    assert again(session, job).state == WAITING
    assert job.error == "OSError: no answer"
    assert timedelta(seconds=20) < job.due_at - now() <= timedelta(seconds=30)
    assert outbox.deliver_due(app) == 0
    pauses = [outbox.pause(n) for n in range(1, MOST_ATTEMPTS)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(hours=2, minutes=8)


def test_the_tenth_failure_is_the_last_until_an_admin_retries(
    app: Flask, session: Session, calls: Calls
) -> None:
    calls.problem = OSError("no answer")
    job = put(session)
    for _ in range(MOST_ATTEMPTS + 3):
        outbox.deliver_due(app)
        again(session, job).due_at = now() - timedelta(seconds=1)
        session.commit()
    assert len(calls) == MOST_ATTEMPTS
    assert again(session, job).state == FAILED
    calls.problem = None
    outbox.retry(session, job)
    commit(session)
    outbox.deliver_due(app)
    assert again(session, job).state == DONE


@pytest.mark.data
def test_a_leased_job_is_left_alone_until_its_worker_is_given_up(
    app: Flask, session: Session, calls: Calls
) -> None:
    job = put(session)
    job.leased_until, job.attempts = now() + timedelta(minutes=4), 1
    session.commit()
    assert outbox.deliver_due(app) == 0
    job.leased_until = now() - timedelta(seconds=1)
    session.commit()
    assert outbox.deliver_due(app) == 1
    assert calls[0].attempt == 2


def test_a_job_that_kills_its_worker_each_time_is_given_up(
    app: Flask, session: Session, calls: Calls
) -> None:
    job = put(session)
    job.leased_until, job.attempts = now() - timedelta(seconds=1), MOST_ATTEMPTS
    session.commit()
    assert outbox.deliver_due(app) == 0
    assert calls == []
    assert again(session, job).state == FAILED


def test_a_worker_that_lost_its_lease_does_not_write_over_the_other(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(inner: Session, job: Job) -> None:
        row = inner.get_one(OutboxJob, job.id)
        row.attempts += 1  # another worker has taken it meanwhile
        inner.commit()

    monkeypatch.setitem(outbox.HANDLERS, "ping", slow)
    job = put(session)
    outbox.deliver_due(app, limit=1)
    assert again(session, job).state == WAITING


def test_nothing_is_left_of_a_transaction_that_failed(
    app: Flask, session: Session, calls: Calls
) -> None:
    outbox.put(session, "ping", {"id": 7})
    session.rollback()
    assert outbox.deliver_due(app) == 0


def test_an_unknown_kind_fails_and_says_so(app: Flask, session: Session) -> None:
    job = outbox.put(session, "no_such_kind", {})
    commit(session)
    outbox.deliver_due(app)
    assert again(session, job).state == FAILED
    assert "no_such_kind" in job.error
