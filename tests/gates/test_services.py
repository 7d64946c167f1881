"""What can be done at a gate, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from phases.core.errors import BadValue, Refusal
from phases.core.models import Engagement, User
from phases.gates import services
from phases.gates.judge import decide_all
from phases.mechanisms.situation import Situation
from playbook.models import Gate
from tests.gates.test_judge import Checks

UNDERSTANDING = "Q12.criterion.understanding"


@pytest.fixture
def at(session: Session, situation: Callable[[Engagement], Situation]) -> Callable[..., Situation]:
    """The situation in which every check says the same."""

    def read(engagement: Engagement, *, everything: bool = True) -> Situation:
        s = situation(engagement)
        s.checks = Checks(everything=everything)
        return s

    return read


def gate(s: Situation, code: str) -> Gate:
    return next(gate for gate in s.playbook.gates if gate.subphase == code)


def attest_all(session: Session, s: Situation, code: str) -> None:
    for criterion in gate(s, code).criteria.values():
        if criterion.by == "attested" and s.applies(criterion):
            services.attest(session, s, "u1", gate(s, code), criterion.key, "I was there.")


@pytest.mark.data
def test_passing_freezes_what_the_gate_saw(
    session: Session, engagement: Engagement, at: Callable[..., Situation]
) -> None:
    s = at(engagement)
    attest_all(session, s, "1d")
    row = services.decide(session, s, "u1", gate(s, "1d"), "proceed")
    assert row.passes
    assert len(row.frozen["criteria"]) == 12
    assert len(row.sha256) == 64
    assert at(engagement).profile["path"] == "full"


def test_a_shut_gate_says_how_much_is_missing(
    session: Session, engagement: Engagement, at: Callable[..., Situation]
) -> None:
    s = at(engagement, everything=False)
    with pytest.raises(services.GateShut, match="12 of 12 criteria are not met"):
        services.decide(session, s, "u1", gate(s, "1d"), "proceed")


def test_a_later_gate_waits_for_the_earlier_one(
    session: Session, engagement: Engagement, at: Callable[..., Situation]
) -> None:
    s = at(engagement)
    with pytest.raises(services.GateShut, match="Gate 1d is not passed yet"):
        services.decide(session, s, "u1", gate(s, "2d"), "proceed")


def test_an_attestation_says_how_one_knows(
    session: Session, engagement: Engagement, at: Callable[..., Situation]
) -> None:
    s = at(engagement)
    with pytest.raises(BadValue, match="how you know"):
        services.attest(session, s, "u1", gate(s, "1d"), UNDERSTANDING, " ")


def test_what_is_computed_cannot_be_attested(
    session: Session, engagement: Engagement, at: Callable[..., Situation]
) -> None:
    s = at(engagement)
    with pytest.raises(Refusal, match="nobody can attest it"):
        services.attest(session, s, "u1", gate(s, "1d"), "Q12.criterion.inputs", "Trust me.")


def test_an_architect_grants_only_a_waiver_that_another_asked_for(
    session: Session, engagement: Engagement, at: Callable[..., Situation]
) -> None:
    s = at(engagement, everything=False)
    until = s.today + timedelta(days=30)
    line = "Q12.criterion.tax"
    arguments: Any = (
        gate(s, "1d"),
        line,
        "Tax adviser on leave.",
        "https://example.com/mail",
        until,
    )
    with pytest.raises(Refusal, match="somebody else has asked"):
        services.grant_waiver(session, s, "u1", False, *arguments)
    services.request_waiver(session, s, "u1", *arguments)
    with pytest.raises(Refusal, match="somebody else has asked"):
        services.grant_waiver(session, s, "u1", False, *arguments)
    services.grant_waiver(session, s, "u2", False, *arguments)
    result = {r.criterion.key: r for r in decide_all(s)["Q12.gate.1d"].results}[line]
    assert result.waived
    assert result.waiver is not None
    assert (result.waiver.asked_by, result.waiver.by) == ("u1", "u2")


@pytest.mark.parametrize("days", [-1, 91, None])
def test_a_waiver_lasts_ninety_days_at_most(
    session: Session, engagement: Engagement, at: Callable[..., Situation], days: int | None
) -> None:
    s = at(engagement, everything=False)
    until = None if days is None else s.today + timedelta(days=days)
    with pytest.raises(BadValue) as error:
        services.grant_waiver(
            session, s, "u1", True, gate(s, "1d"), "Q12.criterion.tax", "Why.", "Proof.", until
        )
    assert error.value.field == "expires_on"


def test_looping_back_and_extending(
    session: Session, engagement: Engagement, at: Callable[..., Situation]
) -> None:
    s = at(engagement)
    attest_all(session, s, "1d")
    services.decide(session, s, "u1", gate(s, "1d"), "proceed")
    with pytest.raises(BadValue, match="has to be fixed"):
        services.decide(session, s, "u1", gate(s, "2d"), "loop_back")
    services.decide(session, s, "u1", gate(s, "2d"), "loop_back", "Totals differ.")
    assert decide_all(at(engagement))["Q16.gate.2d"].state == "shut"
    s = at(engagement)
    services.close_loop(session, s, "u1", gate(s, "2d"))
    attest_all(session, s, "2d")
    services.decide(session, s, "u1", gate(s, "2d"), "proceed")
    services.decide(session, s, "u1", gate(s, "3d"), "extend", "One more cycle.", 2)
    assert at(engagement).hypercare_weeks_added == 2
    with pytest.raises(BadValue, match="from 1 to 8"):
        services.decide(session, s, "u1", gate(s, "3d"), "extend", "And more.", 9)


def test_information_handoff_completes_at_phase_1(
    session: Session, make_engagement: Callable[..., Engagement], at: Callable[..., Situation]
) -> None:
    made = make_engagement("Info", scope="information_handoff", methodology="information_handoff")
    s = at(made)
    attest_all(session, s, "1d")
    services.decide(session, s, "u1", gate(s, "1d"), "complete")
    after = at(made)
    modes = {phase.slug: after.applicability(phase).mode for phase in after.playbook.phases}
    assert modes == {
        "strategy": "full",
        "engineering": "skip",
        "enablement": "skip",
        "handoff": "light",
    }
    states = [decision.state for decision in decide_all(after).values()]
    assert states[:3] == ["passed", "na", "na"]


def test_the_page_names_what_is_missing_and_who_can_supply_it(
    staff: Callable[..., FlaskClient], engagement: Engagement, contact: Callable[..., Any]
) -> None:
    contact(engagement, "finance_lead")
    page = staff("architect").get(f"/e/{engagement.slug}/gate/1d").text
    assert "Finance Lead has not approved “Invoice”" in page
    assert "Finance Lead: Finance Lead of Acme Robotics" in page
    assert "12 of 12 criteria are not met." in page


def test_attesting_on_the_page(
    staff: Callable[..., FlaskClient], engagement: Engagement, user: Callable[..., User]
) -> None:
    browser = staff("architect")
    place = f"/e/{engagement.slug}/gate/1d"
    bad = browser.post(
        f"{place}/attest", data={"criterion": UNDERSTANDING, "note": "", "evidence": ""}
    )
    assert bad.status_code == 422
    assert "Say in a sentence how you know" in bad.text
    browser.post(
        f"{place}/attest",
        data={"criterion": UNDERSTANDING, "note": "At the review.", "evidence": ""},
    )
    page = browser.get(place).text
    assert "Attested by Ada Architect: At the review." in page
    assert "11 of 12 criteria are not met." in page


def test_a_waiver_without_a_reason_keeps_the_date_that_was_typed(
    staff: Callable[..., FlaskClient], engagement: Engagement
) -> None:
    typed = {"reason": "", "evidence": "A mail.", "expires_on": "2027-01-05", "once": "w"}
    page = staff("architect").post(
        f"/e/{engagement.slug}/gate/1d/waive",
        data={"criterion": "Q12.criterion.definitions", **typed},
    )
    assert page.status_code == 422
    assert 'value="2027-01-05"' in page.text
