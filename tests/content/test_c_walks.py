"""C as it is used: queues take exceptions, guards hold payouts and periods back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from phases.core.errors import Refusal
from phases.core.models import Contact, Engagement, User
from phases.engineering.reconciliation.models import Reconciliation
from phases.engineering.reconciliation.words import LAYERS
from phases.gates.judge import decide
from phases.mechanisms.inputs.services import confirm, set_input
from phases.mechanisms.metric.services import take_reading
from phases.mechanisms.register.errors import AppendOnly, StandsBehindGate
from phases.mechanisms.register.queries import RowView, live_rows, register_of
from phases.mechanisms.register.services import add_row, change_row
from phases.mechanisms.sheet.models import SignOff
from phases.mechanisms.sheet.queries import statement_views
from phases.mechanisms.situation import Situation
from playbook.due import add_business_days
from playbook.models import Checklist, Gate, Matrix, Register, Schedule, Sheet, Writing

Read = Callable[[Engagement], Situation]
LINK = "https://files.example.com/proof"


@pytest.fixture
def with_payouts(make_engagement: Callable[..., Engagement]) -> Engagement:
    return make_engagement(payouts=True, compliance=True)


def added(session: Session, s: Situation, register: str, **values: Any) -> str:
    row = add_row(session, s, "u1", register, values=values)
    session.flush()
    return f"r{row.id}"


def seen(s: Situation, register: str, ref: str) -> RowView:
    return next(row for row in live_rows(s, register_of(s, register)) if row.ref == ref)


def moved(
    session: Session, s: Situation, register: str, ref: str, state: str, **values: Any
) -> str:
    change_row(session, s, "u1", register, ref, state=state, values=values)
    return seen(s, register, ref).state


@pytest.mark.parametrize(
    ("queue", "role", "within"),
    [
        ("returned_funds", "finance_lead", 1),
        ("unmatched_deposits", "billing_team", 2),
        ("partial_batch_failures", "finance_lead", 1),
        ("aml_review_holds", "sponsor", 1),
    ],
)
def test_an_exception_lands_in_its_queue_with_owner_and_date(
    session: Session, with_payouts: Engagement, situation: Read,
    contact: Callable[..., Contact], queue: str, role: str, within: int,
) -> None:  # fmt: skip
    somebody = contact(with_payouts, role)
    s = situation(with_payouts)
    ref = added(session, s, "C8.register.exceptions", exception="Payout 7", queue=queue,
                found_on=s.today.isoformat())  # fmt: skip
    row = seen(s, "C8.register.exceptions", ref)
    assert row.due == add_business_days(s.today, within, s.holidays)
    assert row.owner in (somebody.ref, role)
    assert row.values["handling"]


def test_an_exception_is_resolved_with_a_complete_packet_only(
    session: Session, with_payouts: Engagement, situation: Read
) -> None:
    s = situation(with_payouts)
    register = "C8.register.exceptions"
    ref = added(session, s, register, exception="Payout 7", queue="returned_funds",
                found_on=s.today.isoformat())  # fmt: skip
    moved(session, s, register, ref, "investigating")
    with pytest.raises(Refusal, match="Packet"):
        moved(session, s, register, ref, "resolved")
    packet = ("payout_request", "event_history", "provider_reference", "batch_membership",
              "posting_ids", "reversal_entries")  # fmt: skip
    assert moved(session, s, register, ref, "resolved", **dict.fromkeys(packet, "x")) == "resolved"


def test_a_whole_batch_is_reversed_with_proof_only(
    session: Session, with_payouts: Engagement, situation: Read
) -> None:
    s = situation(with_payouts)
    register = "C8.register.exceptions"
    ref = added(session, s, register, exception="Batch 9", queue="partial_batch_failures",
                found_on=s.today.isoformat())  # fmt: skip
    moved(session, s, register, ref, "investigating")
    entries = {"reversal_entries": "p7", "provider_reference": "po_7", "batch_membership": "b9"}
    with pytest.raises(Refusal, match="whole batch"):
        moved(session, s, register, ref, "batch_reversed", **entries)
    assert moved(session, s, register, ref, "item_reversed", **entries) == "item_reversed"


def test_no_money_is_released_before_compliance_state_is_current(
    session: Session, with_payouts: Engagement, situation: Read
) -> None:
    s = situation(with_payouts)
    payout = added(session, s, "C8.register.payouts", recipient="acct_1", amount="10.00",
                   currency="USD", created_at="2026-11-20T09:30Z", posting_ids="p1")  # fmt: skip
    moved(session, s, "C8.register.payouts", payout, "allocation")
    with pytest.raises(StandsBehindGate, match="Money and tax actions"):
        moved(session, s, "C8.register.payouts", payout, "settlement_release")
    record = added(session, s, "C9.register.decisions", program="Sellers", jurisdiction="DE",
                   outcome="passed", rule_version="3", timestamp="2026-11-20T09:30Z",
                   provider_account="acct_1", decision_actor="Dana")  # fmt: skip
    state = added(session, s, "C9.register.programs", program="Sellers", market="DE", check="kyc",
                  outcome="passed", checked_at=s.today.isoformat(), valid_until=ahead(s, 30),
                  decided_by="Dana", audit_record=[record])  # fmt: skip
    assert moved(session, s, "C9.register.programs", state, "current") == "current"
    at = moved(session, s, "C8.register.payouts", payout, "settlement_release")
    assert at == "settlement_release"
    change_row(session, s, "u1", "C9.register.programs", state,
               values={"valid_until": ahead(s, -1)})  # fmt: skip
    with pytest.raises(StandsBehindGate, match="ran out"):
        moved(session, s, "C8.register.payouts", payout, "batch_creation", batch_id="b1")


def test_an_unexplained_variance_keeps_the_period_open(
    session: Session, engagement: Engagement, situation: Read
) -> None:
    s = situation(engagement)
    for row in live_rows(s, register_of(s, "C5.register.layers")):
        sides = {"left_side": "Left", "right_side": "Right", "joined_by": "Id",
                 "rhythm": "weekly", "proven": LINK}  # fmt: skip
        change_row(session, s, "u1", "C5.register.layers", row.ref, state="set_up", values=sides)
    for row in live_rows(s, register_of(s, "C5.register.layers")):
        change_row(session, s, "u1", "C5.register.layers", row.ref, state="proven")
    pack = {
        "provider_references": "provider_references", "posting_ids": "posting_ids",
        "export_files": "export_files", "explanations": "explanations",
    }  # fmt: skip
    for column, kind in pack.items():
        pack[column] = added(session, s, "C6.register.evidence", piece=kind, period="2026-11",
                             kind=kind, taken_on=s.today.isoformat())  # fmt: skip
    variance = added(session, s, "C5.register.variances", variance="Fee", period="2026-11",
                     layer="bank")  # fmt: skip
    period = added(session, s, "C5.register.periods", period="2026-11",
                   provider_result="agrees", bank_result="explained", erp_result="agrees",
                   sign_off_note="Seen with Dana",
                   **{column: [ref] for column, ref in pack.items()})  # fmt: skip
    moved(session, s, "C5.register.periods", period, "in_review")
    approve(session, s, engagement)
    with pytest.raises(StandsBehindGate, match="unexplained"):
        moved(session, s, "C5.register.periods", period, "signed_off")
    moved(session, s, "C5.register.variances", variance, "explained", explanation="Fee of March",
          explained_by="Dana", references="txn_1, p1")  # fmt: skip
    with pytest.raises(StandsBehindGate, match="Bank to subledger is not reconciled for 2026-11"):
        moved(session, s, "C5.register.periods", period, "signed_off")
    for layer in LAYERS:
        session.add(compared(engagement, layer))
    session.flush()
    assert moved(session, s, "C5.register.periods", period, "signed_off") == "signed_off"


def compared(engagement: Engagement, layer: str) -> Reconciliation:
    """A layer of November reconciled, and everything in it equal."""
    return Reconciliation(
        engagement_id=engagement.id, purpose="layer", layer=layer, period="2026-11", settings={},
        files={"left": [], "right": []}, summary={"total": 3, "right": 3}, created_by="u1",
    )  # fmt: skip


def ahead(s: Situation, days: int) -> str:
    return (s.today + timedelta(days=days)).isoformat()


def approve(session: Session, s: Situation, engagement: Engagement) -> None:
    """Have Finance approve every period as it stands."""
    for view in statement_views(s, s.playbook.get("C5.sheet.periods", Sheet)):
        session.add(
            SignOff(
                engagement_id=engagement.id, sheet="C5.sheet.periods", statement=view.key,
                role="finance_lead", approved=True, comment="", content=view.content,
                sha256=view.sha256, signer="c1", name="Dana", email="dana@acme.example",
                address="127.0.0.1", proof="",
            )
        )  # fmt: skip
    session.flush()
    s.records.forget("sign_offs")


@pytest.mark.parametrize(
    "register", ["C6.register.evidence", "C7.register.payloads", "C11.register.pack"]
)
def test_what_was_entered_as_proof_stays(
    session: Session, engagement: Engagement, situation: Read, register: str
) -> None:
    s = situation(engagement)
    today = s.today.isoformat()
    values = {
        "C6.register.evidence": {"piece": "Report", "period": "2026-11", "kind": "export_files",
                                 "taken_on": today},
        "C7.register.payloads": {"contract": "006", "version": "1", "accepted_on": today,
                                 "effective_on": today, "approved_by": "Dana"},
        "C11.register.pack": {"run": "Run 1", "test": "same_key", "result": "one_effect",
                              "request_id": "req_1", "event_id": "none", "posting_ids": "none",
                              "api_version": "2026-01", "run_on": today},
    }[register]  # fmt: skip
    ref = added(session, s, register, **values)
    first = next(iter(values))
    with pytest.raises(AppendOnly):
        change_row(session, s, "u1", register, ref, values={first: "Another"})


PLACES: dict[type[Any], str] = {
    Register: "register", Matrix: "matrix", Checklist: "checklist", Writing: "text",
    Sheet: "sheet", Schedule: "schedule", Gate: "gate",
}  # fmt: skip


def test_every_page_of_close_control_opens(
    with_payouts: Engagement, architect: User, log_in: Callable[[User], FlaskClient], library: Any
) -> None:
    client = log_in(architect)
    items = library.latest("q2c").items.values()
    pages = {
        f"/e/{with_payouts.slug}/{PLACES[type(item)]}/{item.key}"
        for item in items
        if type(item) in PLACES and item.key.startswith("C")
    }
    assert len(pages) > 30
    answers = {page: client.get(page).status_code for page in sorted(pages)}
    assert {page: code for page, code in answers.items() if code != 200} == {}


@pytest.mark.parametrize(
    ("agreed", "confirmed", "variance", "holds"),
    [
        (None, False, "0", False),
        ("10", False, "0", False),
        ("10", True, None, False),
        ("10", True, "10.01", False),
        ("10", True, "10", True),
        ("0", True, "0", True),
    ],
)
def test_a_threshold_is_agreed_then_measured_before_anything_is_live(
    session: Session, engagement: Engagement, situation: Read,
    agreed: str | None, variance: str | None, *, confirmed: bool, holds: bool,
) -> None:  # fmt: skip
    s = situation(engagement)
    key = "C10.input.variance_tolerance"
    if agreed is not None:
        set_input(session, s, "u1", key, agreed)
    if confirmed:
        confirm(session, s, "u1", key)
    if variance is not None:
        take_reading(session, s, "u1", "C10.threshold.variance", s.today, value=variance)
    s = situation(engagement)
    results = decide(s.playbook.get("C10.gate.go_live", Gate), s).results
    line = next(r for r in results if r.criterion.key == "C10.criterion.variance")
    assert line.met is holds
