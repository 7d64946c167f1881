"""The installation in which everything applies."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.conftest import build
from tests.coverage.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, library: Any) -> World:
    """The engagements in which everything applies, in an installation of their own."""
    folder = tmp_path_factory.mktemp("everything")
    app = build(folder, f"sqlite:///{folder / 'q2c.sqlite3'}", library)
    app.test_client_class = FlaskClient
    return World(app, library.latest("q2c"))
