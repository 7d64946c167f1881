"""Gates that stand before an act: judged alone, free while every line holds."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from phases.core.errors import BadValue
from phases.core.models import Engagement
from phases.gates import services
from phases.gates.judge import decide_one
from phases.mechanisms.guards import guard
from phases.mechanisms.situation import Situation
from playbook.book import Playbook
from playbook.loader import load
from playbook.models import Gate
from tests.conftest import CONTENT
from tests.gates.test_judge import Checks

KEY, LINE = "Q99.gate.act", "Q99.criterion.said"
GUARD = f"""
gate:
  {KEY}:
    title: Before the act
    subphase: 2c
    guards: an act
    criteria:
      {LINE}: {{title: Somebody said so, by: attested, supplied_by: architect}}
    outcomes:
      go: {{title: Go, text: Go., effect: pass, asks: profile.go_live}}
"""


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Playbook:
    """The playbook with one gate more, which stands before an act."""
    folder = tmp_path_factory.mktemp("guarded") / "q2c" / "1.0"
    shutil.copytree(CONTENT / "q2c" / "1.0", folder)
    (folder / "guard.yaml").write_text(GUARD)
    return load(folder)


@pytest.fixture
def s(
    engagement: Engagement, situation: Callable[[Engagement], Situation], guarded: Playbook
) -> Situation:
    found = situation(engagement)
    found.playbook = guarded
    return found


def test_an_act_without_a_gate_is_free(s: Situation) -> None:
    assert guard(s, "").met


def test_the_act_waits_for_every_line(session: Session, s: Situation) -> None:
    gate = s.playbook.get(KEY, Gate)
    assert decide_one(gate, s).state == "shut"
    (lack,) = guard(s, KEY).lacks
    assert lack.sentence == "Nobody has attested this."
    services.attest(session, s, "u1", gate, LINE, "I saw it.")
    assert guard(s, KEY).met


def test_an_earlier_gate_does_not_shut_it(s: Situation) -> None:
    decision = decide_one(s.playbook.get(KEY, Gate), s)
    assert decision.before == ""


@pytest.mark.parametrize(
    ("on", "message"),
    [
        (None, "Give the date"),
        (date(2020, 1, 1), "before the kickoff"),
        (date(2099, 1, 1), "more than a year"),
    ],
)
def test_the_date_it_asks_for_is_checked(
    session: Session, s: Situation, on: date | None, message: str
) -> None:
    gate = s.playbook.get(KEY, Gate)
    services.attest(session, s, "u1", gate, LINE, "I saw it.")
    with pytest.raises(BadValue, match=message):
        services.decide(session, s, "u1", gate, "go", on=on)


def test_passing_records_the_date_confirmed(session: Session, s: Situation) -> None:
    gate = s.playbook.get(KEY, Gate)
    services.attest(session, s, "u1", gate, LINE, "I saw it.")
    day = s.today + timedelta(days=5)
    row = services.decide(session, s, "u1", gate, "go", on=day)
    assert row.passes
    said = s.records.inputs["profile.go_live"]
    assert (said.value, said.standing) == (day.isoformat(), "CONFIRMED")


def test_a_gate_at_a_sub_phases_end_can_guard_too(s: Situation) -> None:
    found = guard(s, "Q12.gate.1d")
    assert not found.met
    assert len(found.lacks) > 12
    s.checks = {**s.checks, "gates_open": Checks(everything=True).get("gates_open")}
    assert guard(s, "Q12.gate.1d").met
