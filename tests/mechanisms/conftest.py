"""The tiny playbook's engagement in a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from phases.core.db import Base
from phases.core.models import Contact, Engagement, Input, Member, User
from phases.mechanisms.checks import CHECKS
from phases.mechanisms.records import Records
from phases.mechanisms.situation import Situation
from tests.mechanisms.tiny import playbook


@pytest.fixture
def store() -> Iterator[Session]:
    """A session on an empty database in memory."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as opened:
        yield opened
    engine.dispose()


@pytest.fixture
def tiny(store: Session) -> Situation:
    """An engagement of the tiny playbook: architect u1, Finance Lead c1, RevOps Lead c2."""
    engagement = Engagement(
        slug="acme", customer="Acme", playbook_name="tiny", playbook_version="1.0", time_zone="UTC",
        country="US", created_at=datetime(2026, 11, 2, tzinfo=UTC), created_by="u1",
    )  # fmt: skip
    user = User(email="ann@firm.test", name="Ann Architect", fs_uniquifier="1")
    store.add_all([engagement, user])
    store.flush()
    store.add_all([
        Member(engagement_id=engagement.id, user_id=user.id, role="architect"),
        _contact(engagement, "Fay Finance", "finance_lead"),
        _contact(engagement, "Rob RevOps", "revops_lead"),
        _input(engagement, "profile.scope", "tool"),
        _input(engagement, "profile.kickoff", "2026-11-09"),
    ])  # fmt: skip
    store.flush()
    return Situation(playbook(), Records(engagement, store), date(2026, 11, 20), CHECKS)


def _contact(engagement: Engagement, name: str, role: str) -> Contact:
    mail = name.replace(" ", ".").lower() + "@acme.test"
    return Contact(engagement_id=engagement.id, name=name, email=mail, role=role)


def _input(engagement: Engagement, key: str, value: str) -> Input:
    return Input(engagement_id=engagement.id, key=key, value=value, changed_by="u1")
