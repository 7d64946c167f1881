"""P1 to P6 in use: what the product refuses until it is there, and lets through then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from sqlalchemy.orm import Session

from phases.core.errors import BadValue, Refusal
from phases.core.models import Contact, Engagement
from phases.mechanisms.checklist.services import say_step
from phases.mechanisms.inputs.services import set_input
from phases.mechanisms.metric.services import take_reading
from phases.mechanisms.register.errors import AppendOnly, LacksColumns, StandsBehindGate
from phases.mechanisms.register.models import Row
from phases.mechanisms.register.queries import live_rows
from phases.mechanisms.register.services import add_row, change_row
from phases.mechanisms.sheet.queries import statement_views
from phases.mechanisms.sheet.services import sign
from phases.mechanisms.situation import Situation
from playbook.models import Register, Sheet
from tests.content.test_pilot import COHORT, DIAGNOSED, FOUR, PILOT_ROW, RESULT

PILOTS, COHORTS, RESULTS = "P2.register.pilots", "P3.register.cohorts", "P6.register.results"
ROLLOUT, FUNCTIONS = "P5.register.rollout", "F.register.functions"
TICKETS = "P4.metric.support_tickets"


@pytest.fixture
def s(
    make_engagement: Callable[..., Engagement], situation: Callable[[Engagement], Situation]
) -> Situation:
    return situation(make_engagement(pilot=True, path="full"))


def diagnose(session: Session, s: Situation) -> None:
    for key in DIAGNOSED:
        say_step(session, s, "u1", key, state="done", evidence="Asked on Tuesday.")
    set_input(session, s, "u1", "P1.input.bottleneck", "reminders", confirmed=True)


def cohort(session: Session, s: Situation, name: str = "US monthly") -> str:
    row = add_row(session, s, "u1", COHORTS, values=COHORT | {"cohort": name}, state="assigned")
    return f"{COHORTS}/r{row.id}"


def plan(session: Session, s: Situation, **changed: Any) -> Row:
    values = PILOT_ROW | {"cohorts": [cohort(session, s)]} | changed
    return add_row(session, s, "u1", PILOTS, values=values)


def start(session: Session, s: Situation, pilot: Row) -> Row:
    return change_row(session, s, "u1", PILOTS, f"r{pilot.id}", state="running")


@pytest.mark.parametrize(
    ("column", "named"),
    [
        ("success_metric", "Success metric"),
        ("success_target", "Success means"),
        ("rollback_disable", "Rollback 1"),
        ("rollback_restore", "Rollback 2"),
        ("rollback_tell", "Rollback 3"),
        ("trigger", "Trigger"),
        ("rule", "Rule"),
        ("fallback", "Fallback"),
        ("words_tested", "Words tested"),
    ],
)
def test_a_pilot_without_its_plan_is_refused_by_name(
    session: Session, s: Situation, column: str, named: str
) -> None:
    diagnose(session, s)
    pilot = plan(session, s, **{column: ""})
    with pytest.raises(LacksColumns, match=named):
        start(session, s, pilot)


def test_a_pilot_before_its_diagnosis_is_refused(session: Session, s: Situation) -> None:
    pilot = plan(session, s)
    with pytest.raises(StandsBehindGate, match="Interview Finance"):
        start(session, s, pilot)
    diagnose(session, s)
    assert start(session, s, pilot).state == "running"


def test_a_pilot_cannot_be_added_as_running(session: Session, s: Situation) -> None:
    with pytest.raises(BadValue):
        add_row(session, s, "u1", PILOTS, values=PILOT_ROW | {"rollback_tell": ""}, state="running")


def test_a_candidate_is_chosen_with_its_risk_and_a_reason(session: Session, s: Situation) -> None:
    ref = "F.idea.anomalies"
    with pytest.raises(LacksColumns, match="Risk"):
        change_row(session, s, "u1", "P1.register.candidates", ref, state="chosen")
    filled = {"risk": "low", "pilot_group": "All invoices", "why": "It changes nothing by itself"}
    row = change_row(session, s, "u1", "P1.register.candidates", ref, values=filled, state="chosen")
    assert row.state == "chosen"


def test_a_rollout_entry_is_never_changed(session: Session, s: Situation) -> None:
    values = {
        "entry": "First wave switched on", "happened_on": "2026-11-20", "kind": "included",
        "included": "80 customers by account number",
    }  # fmt: skip
    row = add_row(session, s, "u1", ROLLOUT, values=values)
    with pytest.raises(AppendOnly):
        change_row(session, s, "u1", ROLLOUT, f"r{row.id}", values={"entry": "Nothing happened"})
    add_row(session, s, "u1", ROLLOUT, values=values | {"kind": "correction"})
    register = s.playbook.get(ROLLOUT, Register)
    assert [one.values["kind"] for one in live_rows(s, register)] == ["included", "correction"]


def agree(
    session: Session, s: Situation, contact: Callable[..., Contact], roles: tuple[str, ...]
) -> None:
    sheet = s.playbook.get("P6.sheet.agreement", Sheet)
    people = {role: contact(s.engagement, role) for role in roles}
    s.records.forget("contacts", "people")
    for role, person in people.items():
        sign(
            session, s, sheet_key=sheet.key, role=role, signer=person.ref, name=person.name,
            email=person.email, address="", proof="code",
            decisions={v.key: (True, "", v.sha256) for v in statement_views(s, sheet)},
        )  # fmt: skip


def test_a_pilot_is_scaled_once_it_has_won_twice_and_all_four_agree(
    session: Session, s: Situation, contact: Callable[..., Contact]
) -> None:
    diagnose(session, s)
    pilot = start(session, s, plan(session, s))
    ref = f"r{pilot.id}"
    values = {"result": "Five days fewer, not by chance"}
    change_row(session, s, "u1", PILOTS, ref, state="judged", values=values)
    with pytest.raises(StandsBehindGate):
        change_row(session, s, "u1", PILOTS, ref, state="scaled")
    for link in (cohort(session, s), cohort(session, s, "DE yearly")):
        add_row(session, s, "u1", RESULTS, values=RESULT | {"cohort": [link]}, state="won")
    with time_machine.travel(datetime(2026, 12, 1, 12, tzinfo=UTC), tick=False):
        s.today = date(2026, 12, 1)
        for day, number in ((date(2026, 11, 16), 9), (date(2026, 11, 23), 7)):
            for subject in ("pilot", "control"):
                take_reading(
                    session, s, "u1", TICKETS, day, numerator=number, denominator=100,
                    subject=subject,
                )  # fmt: skip
    agree(session, s, contact, FOUR[:3])
    with pytest.raises(StandsBehindGate, match="Product Lead"):
        change_row(session, s, "u1", PILOTS, ref, state="scaled")
    agree(session, s, contact, FOUR[3:])
    assert change_row(session, s, "u1", PILOTS, ref, state="scaled").state == "scaled"


def test_a_weak_function_is_settled_by_a_gap(session: Session, s: Situation) -> None:
    ref = "F.function.collection"
    weak = {"maturity": "m2", "weakness": "Overdue invoices are chased from memory"}
    assert change_row(session, s, "u1", FUNCTIONS, ref, values=weak, state="weak").state == "weak"
    with pytest.raises(LacksColumns, match="Gap"):
        change_row(session, s, "u1", FUNCTIONS, ref, state="gap_raised")
    gap = add_row(
        session, s, "u1", "Q9.register.gaps",
        values={
            "gap": "Nobody chases overdue invoices", "kind": "skill", "found_in": "functions",
            "severity": "high",
        },
    )  # fmt: skip
    linked = {"gap": [f"Q9.register.gaps/r{gap.id}"]}
    row = change_row(session, s, "u1", FUNCTIONS, ref, values=linked, state="gap_raised")
    assert row.state == "gap_raised"
    with pytest.raises(Refusal):
        add_row(session, s, "u1", FUNCTIONS, values={"function": "A ninth"})
