"""A tiny playbook with one of each mechanism that people act on, and situations on it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from phases.core.models import Contact, Engagement, Input, Member, User
from phases.mechanisms.checks import CHECKS
from phases.mechanisms.records import Records
from phases.mechanisms.situation import Situation
from playbook.loader import Playbook, load

CONTENT = """
role:
  role.architect: {title: Architect, side: staff}
  role.finance_lead: {title: Finance Lead, side: customer}
  role.revops_lead: {title: RevOps Lead, side: customer}
phase:
  T1.phase.strategy:
    {title: Strategy, slug: strategy, number: 1, weight: Heavy, goal: Know, output: A plan}
subphase:
  T1.sub.a: {title: Prepare, code: 1a, phase: strategy, purpose: To begin}
input:
  profile.scope:
    title: Scope
    type: choice
    options: {tool: {title: Tool}, handoff: {title: Handoff}}
    critical: true
  profile.kickoff: {title: Kickoff, type: date}
  T3.input.tool: {title: Billing tool, type: text, subphase: 1a, critical: true}
  T3.input.volume: {title: Monthly volume, type: money, subphase: 1a}
  T3.input.warehouse:
    {title: Warehouse, type: text, subphase: 1a, critical: true, applies: {scope: handoff}}
meeting:
  T6.meeting.kickoff: {title: Kickoff meeting, subphase: 1a, focus: Facts, output: Confirmed facts}
document:
  T9.document.config:
    {title: Configuration, subphase: 1a, builder: config, used_for: Reading, issued_by: [architect]}
checklist:
  T4.checklist.prepare:
    title: Prepare
    subphase: 1a
    items:
      T4.step.read: {title: Read the intake, due: {after: kickoff, days: 3}}
      T4.step.note: {title: Note the risks, evidence: note}
      T4.step.link: {title: Link the plan, evidence: link, critical: true}
      T4.step.intake: {title: Get the intake, done_when: [{form_submitted: {form: T3.form.intake}}]}
      T4.step.handoff: {title: Hand off, applies: {scope: handoff}}
  T4.checklist.tests:
    title: Tests
    subphase: 1a
    tests: true
    items:
      T4.test.sync: {title: Sync}
      T4.test.tax: {title: Tax}
form:
  T3.form.intake:
    title: Intake
    subphase: 1a
    roles: [finance_lead]
    minutes: 10
    sections:
      T3.section.basics:
        title: Basics
        questions:
          T3.question.tool: {title: "Which tool do you use?", type: text, feeds: T3.input.tool}
          T3.question.abroad: {title: "Do you sell abroad?", type: yes_no}
          T3.question.currencies:
            title: "Which currencies?"
            type: choices
            options: {usd: {title: US dollar}, eur: {title: Euro}}
            when: {abroad: true}
          T3.question.hedging:
            {title: "Who hedges the euro?", type: text, when: {currencies: eur}, required: false}
      T3.section.more:
        title: More
        questions:
          T3.question.systems:
            title: "Which systems?"
            type: table
            columns:
              name: {title: Name, required: true}
              seats: {title: Seats, type: number}
          T3.question.sample: {title: A sample invoice, type: files, required: false}
          T3.question.volume:
            {title: Volume a month, type: money, required: false, feeds: T3.input.volume}
register:
  T8.register.invoices:
    title: Test invoices
    subphase: 1a
    columns:
      number: {title: Number, required: true}
      total: {title: Total, type: money}
    states:
      made: {title: Made, kind: open, next: [gone]}
      gone: {title: Withdrawn, kind: dropped}
sheet:
  T5.sheet.words:
    title: Words
    subphase: 1a
    roles: [finance_lead, revops_lead]
    editable: true
    items:
      T5.term.invoice: {title: Invoice, text: "What {{ customer }} sends to be paid."}
      T5.term.dunning: {title: Dunning, text: Asking again., required: false}
      T5.term.design:
        {title: Design, text: The test invoices., required: false, binds: [T8.register.invoices]}
  T5.sheet.invoices:
    title: Approve the invoices
    subphase: 1a
    roles: [finance_lead]
    rows_of: T8.register.invoices
"""


@cache
def playbook() -> Playbook:
    """The tiny playbook, loaded once."""
    with TemporaryDirectory() as place:
        folder = Path(place) / "tiny" / "1.0"
        folder.mkdir(parents=True)
        (folder / "playbook.yaml").write_text(
            'name: tiny\nversion: "1.0"\ntitle: Tiny\nplaceholders: {customer: Who, firm: We}\n'
        )
        (folder / "content.yaml").write_text(CONTENT)
        return load(folder)


def engagement() -> Engagement:
    """An engagement of the tiny playbook that no database knows."""
    return Engagement(
        id=1, slug="acme", customer="Acme", playbook_name="tiny", playbook_version="1.0",
        time_zone="UTC", country="US", created_at=datetime(2026, 11, 2, tzinfo=UTC),
        created_by="u1", chain_head="", chain_length=0,
    )  # fmt: skip


def people() -> dict[str, Any]:
    """An architect and the two customer leads, as records."""
    ann = User(id=1, email="ann@firm.test", name="Ann Architect")
    return {
        "members": [Member(user_id=1, role="architect", user=ann)],
        "contacts": [
            Contact(id=1, name="Fay Finance", email="fay@acme.test", role="finance_lead"),
            Contact(id=2, name="Rob RevOps", email="rob@acme.test", role="revops_lead"),
        ],
    }


def situation(scope: str = "tool", today: date = date(2026, 11, 20), **sets: Any) -> Situation:
    """A situation of records at hand: kickoff on 9 November, no database."""
    inputs = {
        "profile.scope": Input(key="profile.scope", value=scope, standing="CONFIRMED", version=1),
        "profile.kickoff": Input(key="profile.kickoff", value="2026-11-09", version=1),
    }
    sets["inputs"] = inputs | sets.get("inputs", {})
    return Situation(playbook(), Records.of(engagement(), **(people() | sets)), today, CHECKS)
