"""A meeting's page: questions settled in place, what it leaves told by the records, its version."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from phases.core.commit import commit
from phases.core.facts import Finding
from phases.core.models import Contact, Engagement
from phases.mechanisms.core_checks import inputs_confirmed
from phases.mechanisms.inputs import services as inputs
from phases.mechanisms.meeting import beside
from phases.mechanisms.meeting.queries import meeting_of
from phases.mechanisms.page import situation_for
from phases.mechanisms.sheet import services as sheets
from phases.mechanisms.sheet.models import SignOff
from phases.mechanisms.sheet.queries import sheet_of, statement_views
from phases.mechanisms.situation import Situation
from playbook.checks import InputsConfirmed

KICKOFF, FINAL = "Q7.meeting.kickoff", "Q7.meeting.final_review"
CRM, TERMS, MOTION = "Q3.input.crm", "Q3.input.payment_terms", "profile.motion"
PACKAGE = "Q12.sheet.package"
Now = Callable[[], Situation]


@pytest.fixture
def now(session: Session, engagement: Engagement) -> Now:
    def read() -> Situation:
        session.flush()
        return situation_for(session, engagement)

    return read


@pytest.fixture
def browser(staff: Callable[..., FlaskClient]) -> FlaskClient:
    return staff("architect")


def fields(key: str) -> tuple[str, str]:
    anchor = key.replace(".", "-")
    return f"fact-{anchor}-value", f"fact-{anchor}-seen"


def send(
    browser: FlaskClient, engagement: Engagement, *, key: str = KICKOFF, **typed: Any
) -> tuple[int, str]:
    answer = browser.post(f"/e/{engagement.slug}/meeting/{key}/1/minutes", data=typed)
    return answer.status_code, answer.text


def test_its_own_questions_come_first_then_other_critical_ones(now: Now) -> None:
    s = now()
    meeting = meeting_of(s, KICKOFF)
    keys = [view.key for view in beside.assumed(s, meeting)]
    own = [key for key in meeting.asks if key in keys]
    assert keys[: len(own)] == own
    assert MOTION in own
    assert TERMS in keys[len(own) :]


@pytest.mark.parametrize(("ticked", "standing"), [(True, "CONFIRMED"), (False, "ASSUMED")])
def test_a_value_is_corrected_in_place(
    browser: FlaskClient, session: Session, engagement: Engagement, now: Now, ticked: bool,
    standing: str,
) -> None:  # fmt: skip
    inputs.set_input(session, now(), "u1", CRM, "Salesforce", "Intake")
    commit(session)
    value, seen = fields(CRM)
    typed: dict[str, Any] = {value: "HubSpot", seen: "1"} | (
        {"confirm": f"{CRM}:1"} if ticked else {}
    )
    assert send(browser, engagement, **typed)[0] == 302
    said = now().records.inputs[CRM]
    assert (said.value, said.standing, said.source) == ("HubSpot", standing, "Kickoff")
    assert said.standing_in == (KICKOFF if ticked else "")


def test_what_was_not_touched_stays_as_it_was(
    browser: FlaskClient, session: Session, engagement: Engagement, now: Now
) -> None:
    inputs.set_input(session, now(), "u1", CRM, "Salesforce", "Intake")
    commit(session)
    page = browser.get(f"/e/{engagement.slug}/meeting/{KICKOFF}").text
    value, seen = fields(CRM)
    assert re.search(rf'name="{value}"[^>]*value="Salesforce"', page)
    send(browser, engagement, **{value: "Salesforce", seen: "1"})
    said = now().records.inputs[CRM]
    assert (said.source, said.version) == ("Intake", 1)


def test_the_motion_itself_is_corrected_in_place(
    browser: FlaskClient, engagement: Engagement, now: Now
) -> None:
    version = now().records.inputs[MOTION].version
    before = engagement.version
    value, seen = fields(MOTION)
    typed = {value: "hybrid", seen: str(version), "confirm": f"{MOTION}:{version}"}
    assert send(browser, engagement, **typed)[0] == 302
    s = now()
    assert s.profile["motion"] == "hybrid"
    assert s.is_confirmed(MOTION)
    assert s.engagement.version == before + 1


def test_a_bad_value_is_told_at_its_field_and_kept(
    browser: FlaskClient, session: Session, engagement: Engagement, now: Now
) -> None:
    value, seen = fields("Q11.input.invoice_volume")
    status, page = send(
        browser, engagement, key="Q7.meeting.tool_selection", **{value: "many", seen: "0"}
    )
    assert status == 422
    assert f'href="#{value}"' in page
    assert 'value="many"' in page
    assert "Q11.input.invoice_volume" not in now().records.inputs


def test_nothing_is_confirmed_without_a_value(browser: FlaskClient, engagement: Engagement) -> None:
    status, page = send(browser, engagement, confirm=f"{CRM}:0")
    assert status == 422
    assert "no value to confirm yet" in page


def test_two_who_correct_the_same_fact_see_both(
    browser: FlaskClient, session: Session, engagement: Engagement, now: Now
) -> None:
    for crm in ("Salesforce", "Dynamics"):
        inputs.set_input(session, now(), "u1", CRM, crm)
    commit(session)
    value, seen = fields(CRM)
    status, page = send(browser, engagement, **{value: "HubSpot", seen: "1"})
    assert status == 409
    assert "Dynamics" in page
    assert now().records.inputs[CRM].value == "Dynamics"


def test_what_it_leaves_is_told_by_the_records(
    browser: FlaskClient, session: Session, engagement: Engagement, now: Now
) -> None:
    at = f"/e/{engagement.slug}/meeting/{KICKOFF}"
    page = browser.get(at).text
    assert "“GTM motion” is ASSUMED, not yet CONFIRMED." in page
    assert 'name="outcome-Q6-leave-motion"' not in page
    inputs.confirm(session, now(), "u1", MOTION, KICKOFF)
    commit(session)
    assert "1 of 6 reached" in browser.get(at).text


# --- every input CONFIRMED ------------------------------------------------------------------------


def through(s: Situation) -> Finding:
    return inputs_confirmed(InputsConfirmed(through="1d"), s)


def settle(session: Session, now: Now, but: str = "") -> None:
    """Give every critical input a value, and confirm all that somebody has given one."""
    values = {
        "Q3.input.pricing_model": ["flat"], TERMS: ["net_30"],
        "Q3.input.contract_structure": ["annual"], "Q3.input.billing_tools": "Excel",
        "Q10.input.billing_tool": ["tabs"], "Q2.input.path_sales_led": "Tabs bills contracts",
        CRM: "Salesforce",
    }  # fmt: skip
    for key, value in values.items():
        inputs.set_input(session, now(), "u1", key, value)
    for key in now().records.inputs:
        if key != but:
            inputs.confirm(session, now(), "u1", key, FINAL)


@pytest.mark.parametrize(
    ("but", "met"),
    [("", True), (CRM, False), (TERMS, False), ("profile.engagement_type", False)],
)
def test_the_final_review_needs_every_input_confirmed(
    session: Session, now: Now, but: str, met: bool
) -> None:
    settle(session, now, but)
    s = now()
    found = through(s)
    assert found.met is met
    assert bool(beside.lacking(s, meeting_of(s, FINAL))) is not met
    critical = inputs_confirmed(InputsConfirmed(critical=True), s)
    assert critical.met is (but != TERMS)


def test_nobody_approves_the_package_before(
    session: Session, now: Now, engagement: Engagement, contact: Callable[..., Contact]
) -> None:
    lead = contact(engagement, "finance_lead")
    settle(session, now, CRM)
    with pytest.raises(sheets.NotOpenYet, match="“CRM, and CPQ if any” is ASSUMED"):
        sign(session, now, lead, approved=True)
    sign(session, now, lead, approved=False)  # what is wrong may be said at any time
    inputs.confirm(session, now(), "u1", CRM, FINAL)
    sign(session, now, lead, approved=True)
    session.flush()
    found = session.query(SignOff).order_by(SignOff.id)
    assert [row.approved for row in found] == [False, True]


def sign(session: Session, now: Now, lead: Contact, *, approved: bool) -> None:
    s = now()
    (view, *_) = statement_views(s, sheet_of(s, PACKAGE))
    sheets.sign(
        session, s, sheet_key=PACKAGE, role="finance_lead",
        decisions={view.key: (approved, "" if approved else "A step is missing", view.sha256)},
        signer=lead.ref, name=lead.name, email=lead.email, address="", proof="link",
    )  # fmt: skip


def test_the_customer_reads_why_it_is_not_open(
    portal: Callable[..., Any], engagement: Engagement
) -> None:
    browser, base = portal(engagement)
    page = browser.get(f"{base}/sheet/{PACKAGE}").text
    assert "It is open for your Yes once every fact it rests on is confirmed" in page
    seen = dict(re.findall(r'name="(statement-[\w-]+-seen)" value="(\w+)"', page))
    yes = {name.removesuffix("-seen") + "-answer": "yes" for name in seen}
    answer = browser.post(f"{base}/sheet/{PACKAGE}", data={**seen, **yes})
    assert answer.status_code == 422
    assert "This is not open for a Yes yet." in answer.text
