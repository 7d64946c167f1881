"""How long a line has been unmet, and the trace a line leaves when it no longer holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from phases.core import clock
from phases.core.commit import commit
from phases.core.models import AuditEvent, Engagement
from phases.gates import services
from phases.gates.judge import decide_one
from phases.gates.queries import unmet_since
from phases.mechanisms.situation import Situation
from phases.portfolio.services import turned
from playbook.models import Gate

LINE = "Q12.criterion.understanding"
GATE = "Q12.gate.1d"


def gates(*lines: str, total: int = 2) -> list[dict[str, object]]:
    return [{"code": "1d", "lines": list(lines), "total": total}]


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (gates(), gates("a"), ["a"]),
        (gates("a"), gates("a", "b"), ["b"]),
        (gates("a"), gates(), []),
        (gates(total=0), gates("a"), []),
        ([], gates("a"), []),
        (gates(), gates("a", "b"), ["a", "b"]),
    ],
)
def test_only_what_held_before_turns(before: list, after: list, found: list[str]) -> None:
    assert turned(before, after) == found


def test_a_line_counts_from_the_day_it_was_lost(
    session: Session,
    engagement: Engagement,
    situation: Callable[[Engagement], Situation],
) -> None:
    s = situation(engagement)
    gate = s.playbook.get(GATE, Gate)
    created = s.anchors["created"]
    assert unmet_since(session, s, decide_one(gate, s))[LINE] == created
    row = services.attest(session, s, "u1", gate, LINE, "I was there.")
    commit(session)
    later = clock.now() + timedelta(days=3)
    with clock.at(later):
        s = situation(engagement)
        assert LINE not in unmet_since(session, s, decide_one(gate, s))
        services.withdraw(session, s, "u1", gate, row.id)
        commit(session)
        s = situation(engagement)
        since = unmet_since(session, s, decide_one(gate, s))
    kept = session.query(AuditEvent).filter_by(kind="CriterionUnmet").all()
    assert [(event.subject, event.actor) for event in kept] == [(LINE, "system")]
    assert since[LINE] == later.date()
    assert isinstance(created, date)


def test_the_page_says_since_when(
    engagement: Engagement, staff: Callable[..., FlaskClient]
) -> None:
    page = staff().get(f"/e/{engagement.slug}/gate/1d").text
    assert page.count("Since ") >= 10
