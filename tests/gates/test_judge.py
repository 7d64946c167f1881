"""Gates judged from values alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from phases.core.facts import Lack, met, unmet
from phases.core.models import Engagement, GateRecord
from phases.gates.judge import decide, decide_all, is_live
from phases.mechanisms.records import Records
from phases.mechanisms.situation import Situation

TODAY = date(2026, 11, 20)
GATE = "Q12.gate.1d"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Checks(dict[str, Any]):
    """Answers every check alike."""

    def __init__(self, *, everything: bool) -> None:
        super().__init__()
        self.everything = everything

    def get(self, name: str, default: object = None) -> Any:
        finding = met("It is so.") if self.everything else unmet([Lack(f"{name} is missing.")])
        return lambda _check, _s: finding


def situation(
    library: Any,
    *,
    everything: bool = True,
    records: list[GateRecord] | None = None,
    **profile: Any,
) -> Situation:
    engagement = Engagement(
        id=1,
        slug="acme",
        customer="Acme",
        playbook_name="q2c",
        playbook_version="1.0",
        time_zone="UTC",
        country="US",
        created_at=NOON,
        chain_head="",
        chain_length=0,
    )
    s = Situation(
        library.latest("q2c"),
        Records.of(engagement, gate_records=records or []),
        TODAY,
        Checks(everything=everything),
    )
    s.__dict__["profile"] = {
        "scope": "single_tool",
        "methodology": "contract_based",
        "motion": "sales_led",
        **profile,
    }
    return s


def said(kind: str, criterion: str = "", **more: Any) -> GateRecord:
    return GateRecord(
        id=7,
        gate=GATE,
        kind=kind,
        criterion=criterion,
        by="u1",
        at=NOON,
        **{"note": "", "evidence": "", "passes": False, **more},
    )


def attested_at_1d(library: Any) -> list[str]:
    gate = library.latest("q2c").get(GATE)
    return [c.key for c in gate.criteria.values() if c.by == "attested"]


def test_only_understanding_and_blockers_are_attested_at_1d(library: Any) -> None:
    assert len(attested_at_1d(library)) == 2


def test_a_gate_opens_when_everything_is_met_and_attested(library: Any) -> None:
    records = [said("attestation", key, note="They said so.") for key in attested_at_1d(library)]
    s = situation(library, records=records)
    assert decide(s.playbook.get(GATE), s).state == "open"  # type: ignore[arg-type]


@pytest.mark.parametrize("missing", [0, 1])
def test_an_attestation_that_nobody_made_keeps_it_shut(library: Any, missing: int) -> None:
    keys = attested_at_1d(library)
    s = situation(library, records=[said("attestation", keys[1 - missing], note="Yes.")])
    decision = decide(s.playbook.get(GATE), s)  # type: ignore[arg-type]
    assert [r.criterion.key for r in decision.unmet] == [keys[missing]]
    assert decision.state == "shut"


def test_a_withdrawn_attestation_counts_no_more(library: Any) -> None:
    keys = attested_at_1d(library)
    records = [said("attestation", key, note="Yes.") for key in keys]
    records[0].ended_at = NOON
    s = situation(library, records=records)
    assert decide(s.playbook.get(GATE), s).state == "shut"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("last_day", "holds"), [(TODAY, True), (TODAY - timedelta(days=1), False), (None, False)]
)
def test_a_waiver_holds_to_the_end_of_its_last_day(last_day: date | None, holds: bool) -> None:
    assert is_live(said("waiver", expires_on=last_day), TODAY) is holds


def test_waivers_open_a_gate_that_is_not_met(library: Any) -> None:
    gate = library.latest("q2c").get(GATE)
    records = [said("waiver", key, expires_on=TODAY) for key in gate.criteria]
    s = situation(library, everything=False, records=records)
    decision = decide(gate, s)
    assert decision.state == "open"
    assert all(result.waived for result in decision.results if result.applies)


def test_a_passed_gate_that_no_longer_holds_is_stale_and_shuts_the_next(library: Any) -> None:
    s = situation(
        library, everything=False, records=[said("decision", outcome="proceed", passes=True)]
    )
    decisions = list(decide_all(s).values())
    assert decisions[0].state == "stale"
    assert decisions[1].state == "shut"
    assert decisions[1].before == "Gate 1d would not pass today."


def test_a_loop_back_keeps_the_gate_shut_until_it_is_fixed(library: Any) -> None:
    records = [said("attestation", key, note="Yes.") for key in attested_at_1d(library)]
    loop = said("loop", outcome="proceed", note="Fix it.")
    s = situation(library, records=[*records, loop])
    assert decide(s.playbook.get(GATE), s).state == "shut"  # type: ignore[arg-type]
    loop.ended_at = NOON
    s = situation(library, records=[*records, loop])
    assert decide(s.playbook.get(GATE), s).state == "open"  # type: ignore[arg-type]


def test_information_handoff_can_complete_at_phase_1_and_others_cannot(library: Any) -> None:
    gate = library.latest("q2c").get(GATE)

    def offered(scope: str) -> set[str]:
        s = situation(library, scope=scope)
        return {choice.slug for choice in decide(gate, s).choices}

    assert "complete" in offered("information_handoff")
    assert "complete" not in offered("single_tool")


def test_criteria_about_the_tool_do_not_apply_to_information_handoff(library: Any) -> None:
    gate = library.latest("q2c").get(GATE)
    s = situation(library, scope="information_handoff", methodology="information_handoff")
    lines = {r.criterion.key: r for r in decide(gate, s).results}
    assert not lines["Q12.criterion.tool"].applies
    assert lines["Q12.criterion.tool"].reason
