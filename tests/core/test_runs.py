"""Long runs: begun once, reported on, stopped, repeated; what they write is kept whole or not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from phases.core import outbox
from phases.core.clock import now
from phases.core.commit import commit
from phases.core.errors import Refusal
from phases.core.models import AuditEvent, Engagement, OutboxJob, Run, Setting
from phases.core.runs import queries, services, working
from phases.core.runs.services import CANCELLED, DONE, FAILED, RUNNING, WAITING, Kind, NotNow, Task

Handler = Callable[[Session, Task, Any], Any]


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Have runs of ``count`` carried out by the given handler."""
    monkeypatch.setattr(working, "BETWEEN_REPORTS", 0.0)

    def register(handler: Handler, keep: Any = None) -> None:
        made = Kind("count of rows", handler, lambda run: f"work#{run.subject}", keep)
        monkeypatch.setitem(services.KINDS, "count", made)

    register(lambda _session, task, _report: {"counted": task.data["rows"]})
    return register


def started(session: Session, engagement: Engagement) -> Run:
    run = services.start(
        session, engagement, "u1", "count", subject="7", data={"rows": 3}, files={"export": 5}
    )
    commit(session)
    return run


def fresh(session: Session, run: Run) -> Run:
    session.rollback()
    session.refresh(run)
    return run


def events_of(session: Session) -> list[str]:
    kinds = session.query(AuditEvent.kind).order_by(AuditEvent.id)
    return [kind for (kind,) in kinds if kind.startswith("Run")]


@pytest.mark.data
def test_a_run_is_carried_out_and_its_result_kept(
    app: Flask, session: Session, engagement: Engagement, kind: Any
) -> None:
    run = started(session, engagement)
    assert run.state == WAITING
    outbox.deliver_due(app)
    assert (fresh(session, run).state, run.result) == (DONE, {"counted": 3})
    assert events_of(session) == ["RunStarted", "RunEnded"]
    outbox.deliver_due(app)
    assert events_of(session) == ["RunStarted", "RunEnded"]


def test_the_handler_is_told_what_it_needs(
    app: Flask, session: Session, engagement: Engagement, kind: Any
) -> None:
    seen: list[Task] = []
    kind(lambda _session, task, _report: seen.append(task))
    run = started(session, engagement)
    outbox.deliver_due(app)
    assert seen == [Task(run.id, engagement.id, "count", "7", {"rows": 3}, {"export": 5}, "u1")]


@pytest.mark.data
def test_reports_are_written_while_it_runs_and_extend_the_lease(
    app: Flask, session: Session, engagement: Engagement, kind: Any
) -> None:
    seen: list[tuple[Any, ...]] = []

    def handler(inner: Session, task: Task, report: Any) -> None:
        report(40, 100, "Reading rows")
        inner.rollback()
        row, job = inner.get_one(Run, task.id), inner.query(OutboxJob).one()
        seen.append((row.state, row.done, row.total, row.words))
        assert job.leased_until is not None
        seen.append((working.LEASE - timedelta(seconds=5) < job.leased_until - now(),))

    kind(handler)
    run = started(session, engagement)
    outbox.deliver_due(app)
    assert seen == [(RUNNING, 40, 100, "Reading rows"), (True,)]
    assert (fresh(session, run).state, run.done) == (DONE, 100)


def test_reports_are_written_about_once_a_second(
    app: Flask, session: Session, engagement: Engagement, kind: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(working, "BETWEEN_REPORTS", 3600.0)
    monkeypatch.setattr("phases.core.runs.working.time.monotonic", lambda: 10_000.0)

    def handler(_session: Session, _task: Task, report: Any) -> None:
        for done in range(5):
            report(done, 100)

    kind(handler)
    run = started(session, engagement)
    run.done = 0
    outbox.deliver_due(app)
    assert fresh(session, run).total == 100
    assert run.state == DONE


@pytest.mark.data
def test_a_run_that_has_not_begun_is_stopped_at_once(
    app: Flask, session: Session, engagement: Engagement, kind: Any
) -> None:
    run = started(session, engagement)
    services.cancel(session, engagement, "u1", run)
    commit(session)
    assert outbox.deliver_due(app) == 0
    assert fresh(session, run).state == CANCELLED
    assert events_of(session) == ["RunStarted", "RunCancelled"]


def test_a_running_run_stops_at_its_next_report(
    app: Flask, session: Session, engagement: Engagement, kind: Any
) -> None:
    reached: list[str] = []

    def handler(inner: Session, task: Task, report: Any) -> None:
        report(1, 10)
        services.cancel(inner, inner.get_one(Engagement, task.engagement_id), "u2",
                        inner.get_one(Run, task.id))  # fmt: skip
        commit(inner)
        report(2, 10)
        reached.append("the end")

    kind(handler)
    run = started(session, engagement)
    outbox.deliver_due(app)
    assert (fresh(session, run).state, run.result, reached) == (CANCELLED, {}, [])


def test_one_stopped_after_its_last_report_keeps_nothing(
    app: Flask, session: Session, engagement: Engagement, kind: Any
) -> None:
    kept: list[Any] = []

    def handler(inner: Session, task: Task, _report: Any) -> None:
        services.cancel(inner, inner.get_one(Engagement, task.engagement_id), "u2",
                        inner.get_one(Run, task.id))  # fmt: skip
        commit(inner)

    kind(handler, lambda *said: kept.append(said))
    run = started(session, engagement)
    outbox.deliver_due(app)
    assert (fresh(session, run).state, kept) == (CANCELLED, [])


@pytest.mark.data
def test_what_is_kept_is_kept_with_the_run_or_not_at_all(
    app: Flask, session: Session, engagement: Engagement, kind: Any
) -> None:
    def keep(inner: Session, _e: Engagement, task: Task, computed: dict[str, Any]) -> Any:
        inner.add(Setting(key="kept", value=computed))
        inner.flush()
        if task.data["rows"] == 3:
            raise Refusal("Row 2 names no account.")
        return {"rows": 1}

    kind(lambda _s, task, _r: task.data, keep)
    run = started(session, engagement)
    outbox.deliver_due(app)
    assert (fresh(session, run).state, run.error) == (FAILED, "Row 2 names no account.")
    assert session.get(Setting, "kept") is None
    run.data = {"rows": 1}
    services.again(session, engagement, "u1", run)
    commit(session)
    outbox.deliver_due(app)
    assert (fresh(session, run).state, run.result) == (DONE, {"rows": 1})
    assert session.get_one(Setting, "kept").value == {"rows": 1}


def test_a_fault_of_ours_is_told_as_one_and_not_repeated_by_itself(
    app: Flask, session: Session, engagement: Engagement, kind: Any
) -> None:
    kind(lambda *_: 1 / 0)
    run = started(session, engagement)
    outbox.deliver_due(app)
    assert (fresh(session, run).state, run.error) == (FAILED, working.FAULT)
    assert session.query(OutboxJob).one().state == outbox.DONE


def test_a_store_that_does_not_answer_is_asked_again_three_times(
    app: Flask, session: Session, engagement: Engagement, kind: Any
) -> None:
    def handler(*_: Any) -> None:
        raise OSError("no answer")

    kind(handler)
    run = started(session, engagement)
    for state in (WAITING, WAITING, FAILED):
        outbox.deliver_due(app)
        assert fresh(session, run).state == state
        job = session.query(OutboxJob).one()
        job.due_at = now() - timedelta(seconds=1)
        session.commit()
    assert run.error == working.NO_ANSWER


@pytest.mark.data
@pytest.mark.parametrize(("attempts", "state"), [(1, DONE), (2, DONE), (3, FAILED)])
def test_a_run_whose_worker_died_is_taken_up_again_but_not_for_ever(
    app: Flask, session: Session, engagement: Engagement, kind: Any, attempts: int, state: str
) -> None:
    run = started(session, engagement)
    job = session.query(OutboxJob).one()
    run.state = RUNNING
    job.attempts, job.leased_until = attempts, now() - timedelta(seconds=1)
    commit(session)
    outbox.deliver_due(app)
    assert fresh(session, run).state == state


def test_a_worker_that_lost_its_lease_writes_nothing(
    app: Flask, session: Session, engagement: Engagement, kind: Any
) -> None:
    def handler(inner: Session, _task: Task, _report: Any) -> dict[str, int]:
        inner.query(OutboxJob).one().attempts += 1  # another worker has it now
        inner.commit()
        return {"counted": 99}

    kind(handler)
    run = started(session, engagement)
    outbox.deliver_due(app, limit=1)
    assert (fresh(session, run).state, run.result) == (RUNNING, {})


@pytest.mark.parametrize("state", [WAITING, RUNNING, DONE])
def test_only_what_failed_or_was_stopped_is_tried_again(
    session: Session, engagement: Engagement, kind: Any, state: str
) -> None:
    run = started(session, engagement)
    run.state = state
    with pytest.raises(NotNow):
        services.again(session, engagement, "u1", run)


@pytest.mark.parametrize("state", [DONE, FAILED, CANCELLED])
def test_what_is_over_cannot_be_stopped(
    session: Session, engagement: Engagement, kind: Any, state: str
) -> None:
    run = started(session, engagement)
    run.state = state
    with pytest.raises(NotNow):
        services.cancel(session, engagement, "u1", run)


def test_the_page_asks_how_far_it_is(
    app: Flask,
    session: Session,
    engagement: Engagement,
    kind: Any,
    staff: Callable[..., FlaskClient],
) -> None:
    run = started(session, engagement)
    place = f"/e/{engagement.slug}/runs/{run.id}"
    told = staff().get(place).json
    assert told == {
        "state": "waiting", "over": False, "words": "Waiting for its turn.", "done": 0,
        "total": 0, "percent": None,
    }  # fmt: skip
    answer = staff().post(f"{place}/cancel")
    assert answer.location == f"/e/{engagement.slug}/work#7"
    assert staff().get(place).json["state"] == "cancelled"  # type: ignore[index]
    staff().post(f"{place}/again")
    outbox.deliver_due(app)
    assert staff().get(place).json["over"] is True  # type: ignore[index]


def test_a_missing_worker_is_told(session: Session, engagement: Engagement, kind: Any) -> None:
    run = started(session, engagement)
    run.created_at = now() - timedelta(minutes=2)
    assert queries.view(session, engagement, run).words == queries.NO_WORKER
    session.add(Setting(key="worker.heartbeat", value=now().isoformat()))
    session.flush()
    assert queries.view(session, engagement, run).words == "Waiting for its turn."


def test_another_engagements_run_is_not_found(
    session: Session,
    engagement: Engagement,
    make_engagement: Callable[..., Engagement],
    kind: Any,
    staff: Callable[..., FlaskClient],
) -> None:
    run = started(session, make_engagement("Borealis"))
    for address in (f"runs/{run.id}", f"runs/{run.id}/cancel", f"runs/{run.id}/again"):
        method = "GET" if address.endswith(str(run.id)) else "POST"
        answer = staff().open(f"/e/{engagement.slug}/{address}", method=method)
        assert answer.status_code == 404
