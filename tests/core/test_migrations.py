"""Migrations make the tables that the models describe, on both databases, triggers included."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from phases.core.db import Base, db
from tests.conftest import build
from tests.postgres import throwaway_postgres


def check(app: Flask) -> None:
    with app.app_context():
        db.drop_all()
        upgrade()
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": False})
            assert compare_metadata(context, Base.metadata) == []
        refuse_changes()
        downgrade(revision="base")
        db.engine.dispose()


def refuse_changes() -> None:
    """The triggers of the audit trail are there."""
    engagement = (
        "INSERT INTO engagement (id, slug, customer, playbook_name, playbook_version, time_zone,"
        " country, created_at, created_by, version, chain_head, chain_length)"
        " VALUES (1, 'a', 'A', 'q2c', '1.0', 'UTC', 'US', '2026-01-01', 'u1', 1, '', 0)"
    )
    event = (
        "INSERT INTO audit_event (id, engagement_id, seq, at, actor, kind, subject, data, previous,"
        " hash) VALUES (1, 1, 1, '2026-01-01', 'u1', 'X', '', '{}', '', 'h')"
    )
    db.session.execute(text(engagement))
    db.session.execute(text(event))
    db.session.commit()
    with pytest.raises(DatabaseError, match="append-only"):
        db.session.execute(text("DELETE FROM audit_event"))
    db.session.rollback()


def test_on_sqlite(tmp_path: Path, library: Any) -> None:
    check(build(tmp_path, f"sqlite:///{tmp_path / 'm.sqlite3'}", library))


@pytest.mark.postgres
def test_on_postgresql(tmp_path: Path, library: Any) -> None:
    with throwaway_postgres() as url:
        check(build(tmp_path, url, library))
