"""A small playbook of registers, matrices, metrics and schedules, and situations on it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy.orm import Session

from phases.core.models import Engagement, Input, Member, User
from phases.mechanisms.checks import CHECKS
from phases.mechanisms.records import Records
from phases.mechanisms.register.models import Row
from phases.mechanisms.situation import Situation
from playbook.loader import Playbook, load

CONTENT = """
role:
  role.architect: {title: Architect, side: staff}
  role.finance_lead: {title: Finance Lead, side: customer}
phase:
  T1.phase.strategy:
    {title: Strategy, slug: strategy, number: 1, weight: Heavy, goal: Know, output: A plan}
subphase:
  T1.sub.a: {title: Prepare, code: 1a, phase: strategy, purpose: To begin}
input:
  profile.go_live: {title: Go-live, type: date}
  profile.hypercare_extra: {title: Weeks added to hypercare, type: number, default: 0}
  profile.usage_based: {title: Usage-based, type: flag, default: false}
  profile.engagement_type:
    title: Engagement type
    type: choice
    options: {single: {title: Single}, dedicated: {title: Dedicated}}
register:
  T2.register.gaps:
    title: Gap table
    subphase: 1a
    row_word: gap
    standing: true
    due: true
    columns:
      gap: {title: Gap, required: true}
      kind: {title: Kind, type: choice, required: true, options: {data: Missing data, manual: Manual step}}
      cost: {title: Cost, type: money}
      other: {title: Other cost, type: money}
      share: {title: Share, type: percent}
      hours: {title: Hours, type: number}
      found_on: {title: Found on, type: date}
      urgent: {title: Urgent, type: flag}
      proof: {title: Proof, type: link}
    states:
      open: {title: Open, kind: open, next: [planned, gone]}
      planned: {title: Planned, kind: waiting, next: [open, closed]}
      closed: {title: Closed, kind: done}
      gone: {title: Not a gap, kind: dropped, next: [open]}
    seeds:
      T2.seed.terms: {title: Payment terms, text: Look at **deals**., values: {kind: data}}
      T2.seed.meter: {title: Metering, values: {kind: manual}, applies: {usage_based: true}}
      T2.seed.tax: {title: Tax ids}
  T2.register.usage:
    title: Usage
    subphase: 1a
    applies: {usage_based: true}
    columns: {note: {title: Note}}
    states: {open: {title: Open, kind: open}}
  T2.register.areas:
    title: Areas
    subphase: 1a
    row_word: area
    fixed: true
    owner: false
    columns: {truth: {title: Source of truth}}
    states: {open: {title: Open, kind: open, next: [done]}, done: {title: Done, kind: done}}
    seeds:
      T2.area.billing: {title: Billing}
      T2.area.cash: {title: Cash}
matrix:
  T3.matrix.tool:
    title: Tool
    subphase: 1a
    requirements:
      T3.need.erp: {title: ERP depth, weight: 4}
      T3.need.price: {title: Price, weight: 5}
      T3.need.usage: {title: Usage, weight: 9, applies: {usage_based: true}}
      T3.need.sync: {title: Sync, weight: 2, must: true}
    options:
      T3.option.stripe: {title: Stripe}
      T3.option.tabs: {title: Tabs}
  T3.matrix.proof:
    title: Build or buy
    subphase: 1a
    evidence: true
    several: true
    requirements: {T3.criterion.fit: {title: Fit, weight: 5}}
    options: {T3.option.build: {title: Build}, T3.option.buy: {title: Buy}}
metric:
  T4.metric.accuracy:
    title: Accuracy
    subphase: 1a
    unit: percent
    numerator: Right
    denominator: Invoices
    period: week
    target: {op: "=", value: 100, words: "100%"}
    red_flag: {op: "<", value: 100, words: Any error}
  T4.metric.lag:
    title: Lag
    subphase: 1a
    unit: hours
    period: week
    target: {op: "<", value: 24, words: Under 24 hours}
    red_flag: {op: ">", value: 48, words: Over 48 hours}
  T4.metric.tickets:
    title: Tickets
    subphase: 1a
    unit: count
    period: week
    target: {trend: decreasing, words: Fewer every week}
    red_flag: {trend: increasing, words: More than the week before}
  T4.metric.usage:
    title: Late events
    subphase: 1a
    applies: {usage_based: true}
    unit: count
    period: month
    target: {op: "<=", value: 3, words: At most 3}
    red_flag: {op: ">=", value: 9, words: 9 or more}
schedule:
  T5.schedule.care:
    title: Care
    subphase: 1a
    role: architect
    role_when_single: finance_lead
    tasks:
      T5.task.monthly:
        title: Reconcile
        check: Compare.
        red_flag: Any difference
        action: Mend it.
        recurrence: {after: go_live, every: month}
      T5.task.once: {title: Look back, check: Look., recurrence: {after: go_live, every: month, first: 2, times: 1}}
      T5.task.usage:
        {title: Meter, check: Look., recurrence: {after: go_live, every: week}, applies: {usage_based: true}}
trigger:
  T6.trigger.errors: {title: Errors, subphase: 1a, threshold: Over 2%, response: Call us.}
"""  # noqa: E501 - YAML of one item a line

GAPS, USAGE, AREAS = "T2.register.gaps", "T2.register.usage", "T2.register.areas"
TOOL, PROOF = "T3.matrix.tool", "T3.matrix.proof"
ACCURACY, LAG, TICKETS = "T4.metric.accuracy", "T4.metric.lag", "T4.metric.tickets"
CARE, MONTHLY, ONCE = "T5.schedule.care", "T5.task.monthly", "T5.task.once"
TODAY = date(2026, 11, 20)
"""A Friday."""


@cache
def playbook() -> Playbook:
    """The small playbook, loaded once."""
    with TemporaryDirectory() as place:
        folder = Path(place) / "tabular" / "1.0"
        folder.mkdir(parents=True)
        (folder / "playbook.yaml").write_text(
            'name: tabular\nversion: "1.0"\ntitle: Tabular\nplaceholders: {customer: Who}\n'
        )
        (folder / "content.yaml").write_text(CONTENT)
        return load(folder)


def _engagement() -> Engagement:
    return Engagement(
        id=1, slug="acme", customer="Acme", playbook_name="tabular", playbook_version="1.0",
        time_zone="UTC", country="US", created_at=datetime(2026, 9, 1, tzinfo=UTC), created_by="u1",
        chain_head="", chain_length=0,
    )  # fmt: skip


def _inputs(profile: dict[str, Any]) -> dict[str, Input]:
    return {
        f"profile.{name}": Input(key=f"profile.{name}", value=value, version=1)
        for name, value in profile.items()
        if value is not None
    }


def situation(
    today: date = TODAY, *, go_live: str | None = None, usage_based: bool = False,
    engagement_type: str | None = None, hypercare_extra: int | None = None, **sets: Any,
) -> Situation:  # fmt: skip
    """A situation of records at hand, without a database; Ann Architect is u1."""
    profile = {
        "go_live": go_live,
        "usage_based": usage_based,
        "engagement_type": engagement_type,
        "hypercare_extra": hypercare_extra,
    }
    ann = Member(user_id=1, role="architect", user=User(id=1, name="Ann Architect"))
    records = Records.of(_engagement(), inputs=_inputs(profile), members=[ann], **sets)
    return Situation(playbook(), records, today, CHECKS)


def stored_situation(session: Session, today: date = TODAY, **profile: Any) -> Situation:
    """The same engagement in a database."""
    engagement = _engagement()
    user = User(id=1, email="ann@firm.test", name="Ann Architect", fs_uniquifier="1")
    session.add_all([engagement, user])
    session.flush()
    session.add(Member(engagement_id=1, user_id=1, role="architect"))
    for row in _inputs(profile).values():
        row.engagement_id, row.changed_by = 1, "u1"
        session.add(row)
    session.flush()
    return Situation(playbook(), Records(engagement, session), today, CHECKS)


def gap(id_: int = 1, **fields: Any) -> Row:
    """A stored row of the gap table."""
    given: dict[str, Any] = {
        "register": GAPS, "position": 10 + id_, "title": f"Gap {id_}", "state": "open", "owner": "",
        "values": {"gap": f"Gap {id_}", "kind": "data"}, "standing": "ASSUMED", "version": 1,
    }  # fmt: skip
    return Row(id=id_, **(given | fields))
