"""An engagement, its architect, an admin and its finance lead, at their browsers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from phases.core.commit import commit
from phases.core.models import Engagement, User
from tests.trust.acts import World


@pytest.fixture
def w(
    session: Session,
    engagement: Engagement,
    staff: Callable[..., FlaskClient],
    portal: Callable[..., Any],
    contact: Callable[..., Any],
    user: Callable[..., User],
) -> World:
    """Everybody who acts in these tests."""
    customer, base = portal(engagement)
    found = World(
        session, engagement, staff("architect"), staff("admin"), customer, base,
        contact(engagement), user,
    )  # fmt: skip
    commit(session)
    return found
