"""Near midnight, my work and the engagement's own page agree on what is overdue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from phases.core.commit import commit
from phases.core.models import Engagement
from phases.mechanisms.checklist.services import say_step
from phases.mechanisms.page import situation_for

DUE = date(2026, 11, 4)
NEW_YORK_IS_STILL_AT_WORK = datetime(2026, 11, 5, 3, tzinfo=UTC)  # 22:00 on the 4th there


@pytest.mark.parametrize(
    ("instant", "overdue"),
    [(NEW_YORK_IS_STILL_AT_WORK, False), (datetime(2026, 11, 5, 6, tzinfo=UTC), True)],
)
def test_overdue_is_by_the_engagements_own_date(
    session: Session, make_engagement: Callable[..., Engagement],
    staff: Callable[..., FlaskClient], instant: datetime, overdue: bool,
) -> None:  # fmt: skip
    with time_machine.travel(instant, tick=False):
        engagement = make_engagement()
        s = situation_for(session, engagement)
        say_step(session, s, "u1", "Q4.step.review_intake", due=DUE, note="Read it")
        commit(session)
        client = staff()
        mine, own = client.get("/").text, client.get(f"/e/{engagement.slug}/").text
    assert ("Overdue: Wed 4 Nov 2026" in mine) is overdue
    assert ("Overdue: Wed 4 Nov 2026" in own) is overdue
