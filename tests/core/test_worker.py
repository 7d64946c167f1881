"""The worker: what it does by the clock, and that it stops when told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from phases.core import outbox, worker
from phases.core.clock import now
from phases.core.commit import commit
from phases.core.db import begin_write
from phases.core.models import Attempt, Engagement, Once, OutboxJob, Setting

ROOT = Path(__file__).parents[2]


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, date]]:
    """Days that the hooks were told of."""
    days: list[tuple[str, date]] = []
    monkeypatch.setattr(worker, "DAILY", [lambda _session, zone, day: days.append((zone, day))])
    return days


def test_a_day_begins_once_in_each_zone(
    app: Flask,
    session: Session,
    make_engagement: Callable[..., Engagement],
    begun: list[tuple[str, date]],
) -> None:
    make_engagement("Acme").time_zone = "America/New_York"
    make_engagement("Borealis").time_zone = "Asia/Tokyo"
    session.commit()
    with time_machine.travel(datetime(2026, 11, 20, 16, 0, tzinfo=UTC), tick=False):
        worker.begin_days(app)
        worker.begin_days(app)
    assert sorted(begun) == [
        ("America/New_York", date(2026, 11, 20)),
        ("Asia/Tokyo", date(2026, 11, 21)),
    ]
    with time_machine.travel(datetime(2026, 11, 21, 5, 15, tzinfo=UTC), tick=False):
        worker.begin_days(app)
    assert begun[2:] == [("America/New_York", date(2026, 11, 21))]


def test_a_day_that_could_not_begin_is_tried_again(
    app: Flask, session: Session, engagement: Engagement, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[str] = []

    def fails_once(_session: Session, zone: str, _day: date) -> None:
        tries.append(zone)
        if len(tries) == 1:
            raise OSError("no answer")

    monkeypatch.setattr(worker, "DAILY", [fails_once])
    session.rollback()
    for _ in range(3):
        worker.begin_days(app)
    assert len(tries) == 2


def test_what_has_served_its_time_is_deleted(app: Flask, session: Session) -> None:
    long_ago = now() - timedelta(days=100)
    for at in (long_ago, now()):
        session.add(Once(actor="u1", key=at.isoformat(), location="/", at=at))
        session.add(Attempt(subject="login", at=at))
        session.add(OutboxJob(kind="x", data={}, state=outbox.DONE, done_at=at))
    session.add(OutboxJob(kind="x", data={}, state=outbox.FAILED, done_at=long_ago))
    commit(session)
    worker.tidy(app)
    counts = [
        session.scalar(select(func.count()).select_from(m)) for m in (Once, Attempt, OutboxJob)
    ]
    assert counts == [1, 1, 2]


def test_a_broken_bell_fails_nothing(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "testing", False)
    monkeypatch.setitem(app.config, "DATA_DIR", Path("/nowhere/at/all"))
    monkeypatch.setitem(app.extensions, "huey", None)
    outbox.put(session, "no_such_kind", {})
    commit(session)
    assert session.scalar(select(func.count()).select_from(OutboxJob)) == 1


def test_the_worker_wakes_works_and_stops_on_sigterm(
    app: Flask, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real process on the test's database; the job is put while it runs, and rung for."""
    monkeypatch.setattr(app, "testing", False)
    session.rollback()
    environ = {
        **os.environ,
        "DATA_DIR": str(app.config["DATA_DIR"]),
        "SECRET_KEY": "for tests",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    with subprocess.Popen(command, cwd=ROOT, env=environ) as process:
        try:
            wait_for(
                lambda: fresh(
                    session, select(Setting.value).where(Setting.key == worker.HEARTBEAT)
                ),
                120,
            )
            begin_write(session)
            outbox.put(session, "no_such_kind", {})
            commit(session)
            wait_for(lambda: fresh(session, select(OutboxJob.state)) == outbox.FAILED, 30)
        finally:
            process.send_signal(signal.SIGTERM)
            ended = process.wait(30)
        assert ended == 0


def fresh(session: Session, query) -> object:
    session.rollback()
    return session.scalar(query)


def wait_for(happened: Callable[[], object], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)
