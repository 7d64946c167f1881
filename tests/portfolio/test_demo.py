"""The demo: five engagements told through the product's own services."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bench.world import Unprinted
from phases.core.accounts.services import first_admin
from phases.core.audit import verify_all
from phases.core.commit import commit
from phases.core.models import Engagement, User
from phases.engineering.invoices.models import InvoiceImport
from phases.engineering.reconciliation.models import Outcome
from phases.gates.judge import decide_one
from phases.mechanisms.page import situation_for
from phases.portfolio.demo import cli
from phases.portfolio.demo.story import of_month, read_all, weekday
from phases.portfolio.models import EngagementSummary, WorkItem
from phases.portfolio.project import project
from playbook.models import Gate
from playbook.recommend import contradictions


@pytest.fixture
def told(app: Flask, session: Session) -> dict[str, Engagement]:
    """The demo's engagements by methodology."""
    first_admin(session, "admin@localhost")
    commit(session)
    made = cli.tell_all(session, Unprinted(), lambda _line: None)
    return {situation_for(session, each).profile["methodology"]: each for each in made}


def summary_of(session: Session, engagement: Engagement) -> EngagementSummary:
    return session.get_one(EngagementSummary, engagement.id)


def test_the_demo_is_sound_and_alive(session: Session, told: dict[str, Engagement]) -> None:
    """One story is long to tell, so all that must hold of it is looked at together."""
    at = {methodology: summary_of(session, each) for methodology, each in told.items()}

    assert {methodology: row.subphase for methodology, row in at.items()} == {
        "contract_based": "1c", "usage_based": "2c", "plg_self_serve": "3c", "hybrid": "4d",
        "information_handoff": "4b",
    }  # fmt: skip
    gates = {name: [gate["state"] for gate in row.gates] for name, row in at.items()}
    assert gates == {
        "contract_based": ["shut", "shut", "shut", "shut"],
        "usage_based": ["passed", "shut", "shut", "shut"],
        "plg_self_serve": ["passed", "passed", "shut", "shut"],
        "hybrid": ["passed", "passed", "passed", "passed"],
        "information_handoff": ["passed", "na", "na", "shut"],
    }
    a_changed_wording_has_made_finances_approval_stale(at["contract_based"])
    the_closed_one_owes_one_check_and_has_six_documents(session, told["hybrid"])
    one_period_is_signed_off_and_the_next_one_waits(session, told["hybrid"])
    every_kind_of_difference_is_there_to_look_at(session)
    assert at["hybrid"].health == "done"
    assert at["plg_self_serve"].health_why == "Failed payment rate."
    assert [part["mode"] for part in at["information_handoff"].rail] == [
        "full",
        "skip",
        "skip",
        "light",
    ]

    for each in told.values():
        s = situation_for(session, each)
        assert contradictions(s.playbook, s.profile) == []
        kept = vars(summary_of(session, each))
        assert {k: kept[k] for k in project(s).summary} == project(s).summary
    assert verify_all(session) == []

    assert (session.scalar(select(func.count()).where(WorkItem.assignee == "u1")) or 0) >= 4
    people = session.scalars(select(User).where(User.email.endswith("@example.com"))).all()
    assert len(people) == 5
    assert all(person.must_change_password for person in people)


def a_changed_wording_has_made_finances_approval_stale(told: EngagementSummary) -> None:
    first = told.gates[0]["first"]
    assert first.startswith("Finance Lead has not signed the current wording of “Net terms")


def the_closed_one_owes_one_check_and_has_six_documents(
    session: Session, hybrid: Engagement
) -> None:
    lines = session.scalars(select(WorkItem).where(WorkItem.engagement_id == hybrid.id)).all()
    s = situation_for(session, hybrid)
    late = [
        line.title
        for line in lines
        if line.due and line.due < s.today and line.kind == "occurrence"
    ]
    assert late == ["Review failed payments"]
    assert len({copy.key for copy in s.records.issued}) == 6


def one_period_is_signed_off_and_the_next_one_waits(session: Session, hybrid: Engagement) -> None:
    s = situation_for(session, hybrid)
    rows = s.records.rows["C5.register.periods"]
    assert [row.state for row in rows] == ["signed_off", "in_review"]
    gate = s.playbook.get("C5.gate.period", Gate)
    lacks = [lack.sentence for each in decide_one(gate, s).results for lack in each.finding.lacks]
    assert any("unexplained" in what for what in lacks)
    pack = s.records.files[f"C6.document.evidence/{rows[0].title}"]
    assert len(pack) == 5


def every_kind_of_difference_is_there_to_look_at(session: Session) -> None:
    outcomes = set(session.scalars(select(Outcome.outcome)))
    assert outcomes == {"exact", "different", "missing", "unexpected", "duplicate"}
    states = set(session.scalars(select(InvoiceImport.state)))
    assert states == {"done", "mapping", "refused", "removed"}


def test_days_are_counted_in_months_too() -> None:
    today = datetime(2027, 3, 31, tzinfo=UTC).date()

    found = [of_month(today, words) for words in ("-31", "0 1", "0 -1 31", "-60 1 11")]

    assert [day.isoformat() for day in found] == [
        "2027-02-01", "2027-04-01", "2027-02-28", "2027-02-11",
    ]  # fmt: skip


@pytest.mark.parametrize("days", range(7))
def test_stories_have_their_dates_on_working_days_in_order(days: int) -> None:
    today = datetime(2026, 11, 16, tzinfo=UTC).date() + timedelta(days=days)

    for story in read_all(today):
        days_told = [chapter.day for chapter in story.chapters]
        assert days_told == sorted(days_told)
        assert all(day == weekday(day) and day <= today for day in days_told)


@pytest.fixture
def load(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Run ``demo load`` with the telling itself left out."""
    monkeypatch.setattr(cli, "tell_all", lambda _session, _issue, say: say("told"))
    group = cli.demo_commands(Unprinted)
    return lambda *args: app.test_cli_runner().invoke(group, ["load", *args])


def test_an_empty_installation_gets_the_demo(load: Callable[..., Any]) -> None:
    assert "told" in load().output


def test_one_with_engagements_is_left_alone(
    load: Callable[..., Any], engagement: Engagement
) -> None:
    refused, silent, forced = load(), load("--if-empty"), load("--force")

    assert refused.exit_code == 1
    assert "--force" in refused.output
    assert (silent.exit_code, silent.output) == (0, "")
    assert "told" in forced.output
