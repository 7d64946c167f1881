"""What was changed of a reading is told: every value before and after, newest first."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from phases.core.clock import today
from phases.core.models import Engagement
from phases.mechanisms.history.queries import Happened
from phases.mechanisms.metric.history import history_of
from phases.mechanisms.metric.models import Reading
from phases.mechanisms.metric.queries import metric_of
from phases.mechanisms.metric.services import take_reading
from phases.mechanisms.situation import Situation
from tests.conftest import live_since

FAILED = "Q18.metric.failed_payments"


@pytest.fixture
def s(
    session: Session, engagement: Engagement, situation: Callable[[Engagement], Situation]
) -> Situation:
    live_since(session, engagement, today(engagement.time_zone) - timedelta(days=3))
    return situation(engagement)


def take(session: Session, s: Situation, part: int | str, **more: Any) -> Reading:
    return take_reading(
        session, s, "u1", FAILED, s.today, numerator=part, denominator=40, **more
    )  # fmt: skip


def told(session: Session, s: Situation) -> list[Happened]:
    return history_of(session, s, metric_of(s, FAILED))


def test_a_correction_tells_what_stood_before(session: Session, s: Situation) -> None:
    version = take(session, s, 2).version
    take(session, s, 1, note="One was a test", version=version)
    corrected, first = told(session, s)
    assert set(corrected.differences) == {
        ("Value", "5", "2.5"), ("Part", "2", "1"), ("Note", "", "One was a test"),
    }  # fmt: skip
    assert ("Of all", "", "40") in first.differences
    assert first.words == corrected.words


def test_saving_the_same_again_tells_nothing(session: Session, s: Situation) -> None:
    version = take(session, s, 2).version
    take(session, s, "2.0", version=version)
    assert len(told(session, s)) == 1


def test_the_page_tells_it(
    session: Session, s: Situation, engagement: Engagement, staff: Callable[..., FlaskClient]
) -> None:
    address = f"/e/{engagement.slug}/metrics/{FAILED}/history"
    assert "No reading yet" in staff().get(address).text
    version = take(session, s, 2).version
    take(session, s, 1, version=version)
    page = re.sub(r"<[^>]+>", " ", staff().get(address).text)
    assert re.search(r"Part:\s+2 → 1", page)
