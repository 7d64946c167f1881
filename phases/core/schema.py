"""Whether the database has the tables of this release, asked once before the first page."""

from __future__ import annotations

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app, request

from phases.core.db import db
from phases.core.errors import Unavailable

REMEDY = "Stop the application, run “.venv/bin/flask --app wsgi db upgrade” and start it again."


class Behind(Unavailable):
    """The database was set up by another release, or not at all."""

    title = "The database is not ready"


def init_app(app: Flask) -> None:
    """Look before the first page; tests make their tables without migrations."""
    if not app.testing:
        app.before_request(demand_tables)


def demand_tables() -> None:
    """Refuse every page until the database has the newest migration; then ask no more.

    Raises:
        Behind: it has not; the message names the command.
    """
    if current_app.extensions.get("schema_is_current") or request.endpoint == "static":
        return
    at, newest = revisions()
    if at != newest:
        current_app.logger.error("database at revision %s, release at %s. %s", at, newest, REMEDY)
        found = f"It is at revision {at}" if at else "It has no tables yet"
        raise Behind(f"{found}; this release needs {newest}. {REMEDY}")
    current_app.extensions["schema_is_current"] = True


def revisions() -> tuple[str | None, str | None]:
    """The revision of the database, and the newest one of this release."""
    with db.engine.connect() as connection:
        at = MigrationContext.configure(connection).get_current_revision()
    folder = str(current_app.extensions["migrate"].directory)
    return at, ScriptDirectory(folder).get_current_head()
