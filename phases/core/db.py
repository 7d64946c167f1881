"""The database: SQLite by default, PostgreSQL by ``DATABASE_URL``.

On SQLite a transaction that will write says so when it begins (BEGIN IMMEDIATE), so that two
writers queue instead of failing half-way; readers begin plainly and never block.
"""

from __future__ import annotations

from datetime import UTC, datetime
from json import JSONDecoder
from types import ModuleType
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Engine, MetaData, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

try:
    from pysqlite3 import dbapi2 as sqlite_module
except ImportError:  # no wheel for this platform: the system's SQLite, with a warning if it is old
    from sqlite3 import dbapi2 as sqlite_module

SAFE_SQLITE = (3, 51, 3)
"""Before this version a checkpoint that meets a commit can corrupt a WAL database."""

DECODER = JSONDecoder()
WRITE = "q2c_write"


class Base(DeclarativeBase):
    """The base of all tables, with names for every constraint so that migrations can move them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base)


class Instant(TypeDecorator[datetime]):
    """A point in time, aware and in UTC on both sides of the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("a time without a zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value is not None else None

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """On SQLite read the text at once: pages have thousands of these."""
        return _in_utc if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _in_utc(text: str | None) -> datetime | None:
    return datetime.fromisoformat(f"{text}+00:00") if text is not None else None


Json = JSON().with_variant(JSONB(), "postgresql")


def sqlite_is_safe(module: ModuleType | Any = sqlite_module) -> bool:
    """Whether the linked SQLite is new enough for a WAL database."""
    return tuple(int(part) for part in module.sqlite_version.split(".")[:3]) >= SAFE_SQLITE


def engine_options(url: str) -> dict[str, Any]:
    """What the engine for *url* is made with."""
    if url.startswith("sqlite"):
        return {
            "module": sqlite_module, "connect_args": {"timeout": 15},
            "json_deserializer": _from_json,
        }  # fmt: skip
    return {"pool_pre_ping": True}


def _from_json(text: str) -> Any:
    """JSON as it was written here, without white space around it: pages read it by the hundred."""
    return [] if text == "[]" else DECODER.raw_decode(text)[0]


def prepare(app: Flask) -> None:
    """Bind the tables to *app* and set up its SQLite connections, if it has any."""
    db.init_app(app)
    with app.app_context():
        engine = db.engine
    if engine.dialect.name != "sqlite":
        return
    if not sqlite_is_safe():
        app.logger.warning(
            "SQLite %s can corrupt a WAL database; use at least %s",
            sqlite_module.sqlite_version,
            ".".join(map(str, SAFE_SQLITE)),
        )
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)


def _set_pragmas(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself
    cursor = connection.cursor()
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "busy_timeout = 15000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    write = connection.get_execution_options().get(WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def begin_write(session: Session) -> None:
    """Begin a writing transaction; what *session* has read so far is forgotten.

    Tries once more when another writer held the database for the whole busy time-out.
    """
    session.rollback()
    try:
        session.connection(execution_options={WRITE: True})
    except OperationalError:
        session.rollback()
        session.connection(execution_options={WRITE: True})


def dialect_of(session: Session) -> str:
    """``sqlite`` or ``postgresql``."""
    bind = session.get_bind()
    assert isinstance(bind, (Engine, Connection))
    return bind.dialect.name
