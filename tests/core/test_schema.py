"""A database of another release is told at once, with the command that mends it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask_migrate import upgrade

from phases.core.db import db
from wsgi import create_app


def test_pages_wait_for_the_migrations(tmp_path: Path, library: Any) -> None:
    url = f"sqlite:///{tmp_path / 'new.sqlite3'}"
    config = {"LIBRARY": library, "SQLALCHEMY_DATABASE_URI": url, "SECRET_KEY": "for tests",
              "DATA_DIR": tmp_path, "BASE_URL": "http://localhost:8000"}  # fmt: skip
    app = create_app(config)
    client = app.test_client()
    answer = client.get("/login")
    assert answer.status_code == 503
    assert "It has no tables yet" in answer.text
    assert "flask --app wsgi db upgrade" in answer.text
    with app.app_context():
        upgrade()
        db.engine.dispose()
    assert client.get("/login").status_code == 200
