"""A value typed into every key family through the pages, read back there, and in its document."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.conftest import build
from tests.coverage.families import FAMILIES
from tests.coverage.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, library: Any) -> World:
    """The engagement in which everything applies, in an installation of its own."""
    folder = tmp_path_factory.mktemp("everything")
    app = build(folder, f"sqlite:///{folder / 'q2c.sqlite3'}", library)
    app.test_client_class = FlaskClient
    return World(app, library.latest("q2c"))


BY_KIND = [
    f for f in FAMILIES if f not in ("Q1.category", "Q1.subphase", "Q2.methodology", "Q2.scope")
]


@pytest.mark.parametrize("family", BY_KIND)
def test_what_is_typed_is_read_back(world: World, family: str) -> None:
    said = world.family(family)
    assert len(said) == FAMILIES[family]
    assert all(said.values())
