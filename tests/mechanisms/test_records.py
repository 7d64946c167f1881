"""Records load what is asked for, small tables together, and again after a change."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from phases.core.models import GateRecord
from phases.mechanisms.loading import TOGETHER
from phases.mechanisms.meeting import services
from phases.mechanisms.meeting.models import MeetingRecord
from phases.mechanisms.meeting.services import Minutes
from phases.mechanisms.records import Records
from phases.mechanisms.situation import Situation
from phases.mechanisms.writing import services as texts
from phases.mechanisms.writing.models import PassageRecord
from tests.mechanisms.spoken import HOURS, KICKOFF, PLAIN, SPEC, stored


@pytest.fixture
def kept(session: Session) -> Situation:
    s = stored(session)
    for number in (2, 1):
        session.add(MeetingRecord(
            engagement_id=1, meeting=HOURS, number=number, changed_by="u1", attendees=[],
            outcomes={}, notes={}, brought=[], invited=[],
        ))  # fmt: skip
    session.add(PassageRecord(engagement_id=1, key=PLAIN, text="Mine", changed_by="u1"))
    for kind in ("waiver", "decision"):
        session.add(GateRecord(
            engagement_id=1, gate="T8.gate.one", kind=kind, by="u1",
            at=datetime(2026, 11, 1, tzinfo=UTC),
        ))  # fmt: skip
    session.flush()
    return s


def count(session: Session) -> list[str]:
    """The statements sent from now on."""
    seen: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *a: seen.append(a[2]))
    return seen


def test_what_is_read_together_is_what_each_table_holds(session: Session, kept: Situation) -> None:
    records, seen = Records(kept.engagement, session), count(session)
    assert [row.number for row in records.meetings[HOURS]] == [1, 2]
    assert records.passages[PLAIN].text == "Mine"
    assert [row.kind for row in records.gate_records] == ["waiver", "decision"]
    assert set(records.inputs) >= {"profile.kickoff", "profile.scope"}
    assert len(seen) == 2
    empty: list[object] = [records.answers, records.forms, records.occurrences, records.trips]
    assert empty == [{}, {}, {}, {}]
    assert len(seen) == 4


def test_a_change_is_read_again_whoever_came_along(session: Session, kept: Situation) -> None:
    assert KICKOFF not in kept.records.meetings
    texts.edit(session, kept, "u1", SPEC, PLAIN, "Ours")
    services.write(session, kept, "u1", KICKOFF, 1, Minutes(notes={"": "Said"}))
    assert kept.records.passages[PLAIN].text == "Ours"
    assert kept.records.meetings[KICKOFF][0].notes == {"": "Said"}


def test_rows_that_wait_are_dropped_when_their_set_is_forgotten(
    session: Session, kept: Situation
) -> None:
    records = Records(kept.engagement, session)
    assert len(records.meetings[HOURS]) == 2
    session.add(PassageRecord(engagement_id=1, key="T7.section.gaps", changed_by="u1"))
    session.flush()
    records.forget("passages")
    assert set(records.passages) == {PLAIN, "T7.section.gaps"}


def test_no_table_is_read_in_two_companies() -> None:
    every = [model for group in TOGETHER for model in group]
    assert len(every) == len(set(every))
