"""The worker: huey wakes it and keeps the hours; what there is to do stands in the outbox.

Losing huey's own storage loses nothing: it holds no work, only the ring of the bell.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, cast

from flask import Flask, current_app
from huey import PostgresHuey, SqliteHuey, crontab
from huey.api import Huey
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from phases.core import files, outbox
from phases.core.clock import now, today
from phases.core.commit import AFTER_COMMIT, commit
from phases.core.db import begin_write, db
from phases.core.models import Attempt, Engagement, Once, OutboxJob, Setting

THREADS = 3
HEARTBEAT = "worker.heartbeat"
DAY_BEGUN = "worker.day_begun"

DailyHook = Callable[[Session, str, date], None]

DAILY: list[DailyHook] = []
"""Called once for each time zone of engagements when a new day has begun there: with the session,
outside of a transaction, the zone and its date. A hook that raises is called again a quarter of an
hour later."""


def init_app(app: Flask) -> None:
    """Ring the worker of *app* after commits that left work for it."""
    if ring not in AFTER_COMMIT:
        AFTER_COMMIT.append(ring)
    app.extensions["huey"] = None


def huey_of(app: Flask) -> Huey:
    """The huey of *app*, in a file beside the database, or in PostgreSQL where that is used."""
    if app.extensions["huey"] is None:
        url: str = app.config["SQLALCHEMY_DATABASE_URI"]
        if url.startswith("postgresql"):
            dsn = "postgresql://" + url.split("://", 1)[1]
            found: Huey = PostgresHuey("q2c", dsn=dsn, results=False)
        else:
            # huey uses the system's SQLite, whose WAL is not to be trusted before 3.51.3
            file = app.config["DATA_DIR"] / "huey.sqlite3"
            found = SqliteHuey("q2c", filename=str(file), journal_mode="truncate", results=False)
        _register(found, app)
        app.extensions["huey"] = found
    return cast(Huey, app.extensions["huey"])


def _register(huey: Huey, app: Flask) -> None:
    """The tasks of *huey*, each in a context of *app*."""

    @huey.task(name="deliver")
    def deliver() -> None:
        outbox.deliver_due(app)

    @huey.periodic_task(crontab(), name="each_minute")
    def each_minute() -> None:
        beat(app)
        outbox.deliver_due(app)

    @huey.periodic_task(crontab(minute="*/15"), name="each_quarter")
    def each_quarter() -> None:
        begin_days(app)

    @huey.periodic_task(crontab(minute="7"), name="each_hour")
    def each_hour() -> None:
        tidy(app)

    huey.deliver = deliver


def ring() -> None:
    """Wake the worker. No request fails because the bell is broken: the next minute comes too."""
    app: Any = current_app
    if app.testing:
        return
    try:
        huey_of(app._get_current_object()).deliver()  # noqa: SLF001 - the proxy's only way out
    except Exception:
        app.logger.exception("the worker could not be rung; it looks by itself every minute")


def run(app: Flask) -> None:
    """Work in the foreground until SIGTERM or Ctrl-C; a job that is cut off is done again later."""
    logging.getLogger("huey").setLevel(logging.WARNING)
    huey = huey_of(app)
    huey.storage.flush_queue()
    beat(app)
    begin_days(app)
    huey.deliver()
    consumer = huey.create_consumer(
        workers=THREADS,
        worker_type="thread",
        max_delay=1.0,
        graceful_signal="TERM",
        shutdown_timeout=8,
    )
    consumer.run()


def beat(app: Flask) -> None:
    """Write down that the worker is alive."""
    with app.app_context():
        session = cast(Session, db.session)
        begin_write(session)
        session.merge(Setting(key=HEARTBEAT, value=now().isoformat()))
        commit(session)


def begin_days(app: Flask) -> None:
    """Call the daily hooks for each zone in which a day has begun since they were last called."""
    with app.app_context():
        session = cast(Session, db.session)
        begun = session.get(Setting, DAY_BEGUN)
        done: dict[str, str] = dict(begun.value) if begun else {}
        zones = list(session.scalars(select(Engagement.time_zone).distinct()))
        session.rollback()
        for zone in zones:
            day = today(zone)
            if done.get(zone) != day.isoformat() and _begin_day(app, session, zone, day):
                done[zone] = day.isoformat()
                begin_write(session)
                session.merge(Setting(key=DAY_BEGUN, value=dict(done)))
                commit(session)


def _begin_day(app: Flask, session: Session, zone: str, day: date) -> bool:
    try:
        for hook in DAILY:
            hook(session, zone, day)
    except Exception:
        session.rollback()
        app.logger.exception("the day %s could not be begun in %s", day, zone)
        return False
    return True


KEPT_FOR = {
    Once: (Once.at, timedelta(days=30)),
    Attempt: (Attempt.at, timedelta(days=1)),
}
DONE_KEPT_FOR = timedelta(days=90)


def tidy(app: Flask) -> None:
    """Delete what has served its time: form keys, tries, carried-out jobs, unclaimed uploads."""
    with app.app_context():
        session = cast(Session, db.session)
        begin_write(session)
        for model, (at, age) in KEPT_FOR.items():
            session.execute(delete(model).where(at < now() - age))
        session.execute(
            delete(OutboxJob).where(
                OutboxJob.state.in_((outbox.DONE, outbox.DROPPED)),
                OutboxJob.done_at < now() - DONE_KEPT_FOR,
                OutboxJob.key.is_(None),
            )
        )
        commit(session)
        files.sweep(session)
