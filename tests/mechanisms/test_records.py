"""Records load what is asked for, small tables together, and again after a change."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from phases.core.models import GateRecord
from phases.mechanisms.loading import TOGETHER, plain_of
from phases.mechanisms.meeting import services
from phases.mechanisms.meeting.models import MeetingRecord
from phases.mechanisms.meeting.services import Minutes
from phases.mechanisms.records import Records
from phases.mechanisms.sheet.models import SignOff
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
    assert records.versions == []
    assert len(seen) == 1
    assert records.passages[PLAIN].text == "Mine"
    assert [records.wordings, records.cells] == [{}, {}]
    assert len(seen) == 2
    assert [row.kind for row in records.gate_records] == ["waiver", "decision"]
    assert set(records.inputs) >= {"profile.kickoff", "profile.scope"}
    assert len(seen) == 3
    empty: list[object] = [records.answers, records.forms, records.occurrences, records.trips]
    assert empty == [{}, {}, {}, {}]
    assert len(seen) == 5


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
    assert records.wordings == {}
    session.add(PassageRecord(engagement_id=1, key="T7.section.gaps", changed_by="u1"))
    session.flush()
    records.forget("passages")
    assert set(records.passages) == {PLAIN, "T7.section.gaps"}


def test_no_table_is_read_in_two_companies() -> None:
    every = [model for group in TOGETHER for model in group]
    assert len(every) == len(set(every))


def test_plain_rows_say_what_rows_say_and_cannot_be_changed(
    session: Session, kept: Situation
) -> None:
    whole = Records(kept.engagement, session)
    plain = Records(kept.engagement, session, plain=True)
    names = ("inputs", "gate_records", "passages", "meetings", "steps", "rows", "sign_offs")
    assert [flat(getattr(plain, name)) for name in names] == [
        [plain_of(row) for row in flat(getattr(whole, name))] for name in names
    ]
    with pytest.raises(AttributeError):
        plain.passages[PLAIN].text = "Changed"


def flat(found: Any) -> list[Any]:
    """The rows of a set, however it is arranged."""
    rows = found.values() if isinstance(found, dict) else [found]
    return [row for one in rows for row in (one if isinstance(one, list) else [one])]


def test_people_are_loaded_with_their_users(session: Session, kept: Situation) -> None:
    plain = Records(kept.engagement, session, plain=True)
    assert plain.people.names == Records(kept.engagement, session).people.names


def test_the_last_signature_of_each_role_counts(session: Session, kept: Situation) -> None:
    for number, role in enumerate(("architect", "finance_lead", "architect")):
        session.add(SignOff(
            engagement_id=1, sheet="T4.sheet.one", statement="T4.statement.one", role=role,
            approved=bool(number), content=f"content {number}", sha256="0" * 64, signer="u1",
            name="Noel", email="noel@example.com", proof="login",
        ))  # fmt: skip
    session.flush()
    for plain in (False, True):
        records = Records(kept.engagement, session, plain=plain)
        assert [(said.role, said.approved) for said in records.sign_offs] == [
            ("finance_lead", True), ("architect", True),
        ]  # fmt: skip
        assert [records.signed(said) for said in records.sign_offs] == ["content 1", "content 2"]
