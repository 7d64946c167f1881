"""An architect at the pages of the CRM audit."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from phases.core.models import Engagement
from tests.strategy.crm_hands import Hands


@pytest.fixture
def hands(
    app: Flask, session: Session, engagement: Engagement, staff: Callable[..., FlaskClient]
) -> Hands:
    return Hands(app, session, engagement, staff("architect"))
