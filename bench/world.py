"""An installation to measure: the demo engagements, copied until there are as many as wanted."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from flask import Flask
from sqlalchemy import Column, String, Table, create_engine, text
from sqlalchemy.orm import Session

from deliverables.services import add_file
from phases.core.accounts.services import first_admin
from phases.core.audit import sha256
from phases.core.clock import now
from phases.core.commit import commit
from phases.core.db import Base, begin_write, db, engine_options
from phases.core.models import (
    Contact,
    Engagement,
    Grant,
    Invitation,
    IssuedDocument,
    StaffSession,
    User,
)
from phases.core.settings import Settings
from phases.mechanisms.form.services import reopen
from phases.mechanisms.page import situation_for
from phases.mechanisms.situation import Situation
from phases.portfolio.demo.cli import tell_all
from wsgi import create_app

TOLD = 5
"""How many engagements the demo tells."""

STEP = 100_000
"""How far the ids of one copy lie from those of the next; more than the demo has rows."""

TOKEN = "the token of the benchmark"  # noqa: S105 - opens a database that lives for minutes

INTAKE = "Q3.form.intake"

SHARED = ("user", "role", "user_role", "staff_session", "setting", "once", "attempt", "code")
UNIQUE = ("slug", "ref", "path", "token_hash", "customer")


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for databases, gone afterwards."""
    with TemporaryDirectory(prefix="q2c-bench-") as name:
        yield Path(name)


def app_on(place: Path, library: Any = None) -> Flask:
    """The application over the database in *place*."""
    place.mkdir(parents=True, exist_ok=True)
    config: dict[str, Any] = {
        "TESTING": True, "SECRET_KEY": "bench", "DATA_DIR": place, "SETTINGS": Settings(),
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{place / 'q2c.sqlite3'}", "WTF_CSRF_ENABLED": False,
        "FILES_URL": f"file://{place / 'files'}", "BASE_URL": "http://localhost",
    }  # fmt: skip
    return create_app(config | ({"LIBRARY": library} if library else {}))


def demo_app(place: Path) -> Flask:
    """The application over the demo, somebody logged in, and a customer's browser in each."""
    app = app_on(place)
    with app.app_context():
        db.create_all()
        session = cast(Session, db.session)
        begin_write(session)
        first_admin(session, "admin@localhost")
        commit(session)
        tell_all(session, Unprinted(), lambda _line: None)
        _let_in(session)
        session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        session.rollback()
        db.engine.dispose()
    return app


class Unprinted:
    """Issues documents without printing them: what pages show of them is the same."""

    def prepare(self) -> None:
        """Nothing has to be readied."""

    def close(self) -> None:
        """Nothing was started."""

    def settle(self, session: Session) -> None:
        """Nothing is awaited."""
        session.flush()

    def keep(
        self, session: Session, s: Situation, actor: str, key: str, file_id: int, subject: str
    ) -> None:
        """Keep an upload with the document *key* of *subject*."""
        add_file(session, s, actor, key, file_id, subject)

    def issue(self, session: Session, s: Situation, actor: str, key: str) -> None:
        """Issue a document as its first copy."""
        session.add(
            IssuedDocument(
                engagement_id=s.engagement.id, key=key, number=1, state="ready", context={},
                context_sha256="0" * 64, chain_head=s.engagement.chain_head, sha256="0" * 64,
                pages=9, size=150_000, issued_by=actor, issued_at=now(),
            )
        )  # fmt: skip
        session.flush()


def _let_in(session: Session) -> None:
    """Log the administrator in, and open intake and a browser for each Finance Lead."""
    begin_write(session)
    later = now() + timedelta(days=1)
    admin = session.query(User).order_by(User.id).first()
    assert admin is not None
    admin.must_change_password = False
    session.add(StaffSession(token_hash=sha256(TOKEN), user_id=admin.id, expires_at=later))
    for engagement in session.query(Engagement):
        reopen(session, situation_for(session, engagement), admin.ref, INTAKE, "To be measured.")
    for contact in session.query(Contact).filter_by(role="finance_lead"):
        link = Invitation(
            engagement_id=contact.engagement_id, contact_id=contact.id, created_by="u1",
            token_hash=sha256(contact.ref), expires_at=later, used_at=now(),
        )  # fmt: skip
        session.add(link)
        session.flush()
        session.add(
            Grant(
                ref=f"g{contact.engagement_id}", secret_hash=sha256(TOKEN), contact_id=contact.id,
                engagement_id=contact.engagement_id, invitation_id=link.id, expires_at=later,
            )
        )  # fmt: skip
    commit(session)


def grown(template: Path, place: Path, engagements: int, library: Any) -> Flask:
    """The application over a copy of *template* that holds so many engagements, equal in rows."""
    place.mkdir(parents=True, exist_ok=True)
    shutil.copy(template / "q2c.sqlite3", place / "q2c.sqlite3")
    url = f"sqlite:///{place / 'q2c.sqlite3'}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT", **engine_options(url))
    with engine.connect() as connection:
        for pragma in ("synchronous = OFF", "cache_size = -400000", "foreign_keys = OFF"):
            connection.exec_driver_sql(f"PRAGMA {pragma}")
        connection.exec_driver_sql("BEGIN")
        for table in Base.metadata.sorted_tables:
            if table.name not in SHARED:
                connection.execute(text(copying(table)), {"copies": engagements // TOLD - 1})
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return app_on(place, library)


def copying(table: Table) -> str:
    """The statement that copies every row of *table* so many times, each under ids of its own."""
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    values = ", ".join(_copied(column) for column in table.columns)
    return (
        f'INSERT INTO "{table.name}" ({names}) '  # noqa: S608 - names of our own tables
        "WITH RECURSIVE copy(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copy WHERE n < :copies) "
        f'SELECT {values} FROM copy, "{table.name}" WHERE :copies > 0'
    )


def _copied(column: Column[Any]) -> str:
    name = f'"{column.name}"'
    ours = [key.column.table.name for key in column.foreign_keys]
    numbered = column.primary_key and not isinstance(column.type, String)
    if numbered or (ours and ours[0] not in SHARED):
        return f"{name} + n * {STEP}"
    if column.name in UNIQUE or (column.table.name == "outbox" and column.name == "key"):
        return f"{name} || '-' || n"
    if isinstance(column.type, String) and column.type.length == 20:
        moved = f"'c' || (CAST(substr({name}, 2) AS INTEGER) + n * {STEP})"
        return f"CASE WHEN {name} GLOB 'c[0-9]*' THEN {moved} ELSE {name} END"
    return name
