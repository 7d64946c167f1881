"""A small playbook of registers that rest on each other, ask, only grow, and send rows on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy.orm import Session

from phases.core.facts import Finding, Lack, met, unmet
from phases.core.models import Contact, Engagement, Input, Member, User
from phases.mechanisms.checks import CHECKS
from phases.mechanisms.records import Records
from phases.mechanisms.register.models import Row
from phases.mechanisms.situation import CheckFunction, Situation
from playbook.loader import Playbook, load

CONTENT = """
role:
  role.architect: {title: Architect, side: staff}
  role.finance_lead: {title: Finance Lead, side: customer}
phase:
  L1.phase.strategy:
    {title: Strategy, slug: strategy, number: 1, weight: Heavy, goal: Know, output: A plan}
subphase:
  L1.sub.a: {title: Prepare, code: 1a, phase: strategy, purpose: To begin}
input:
  profile.kickoff: {title: Kickoff, type: date}
  profile.usage_based: {title: Usage-based, type: flag, default: false}
  L2.input.most: {title: Open exceptions allowed, type: number, subphase: 1a}
gate:
  L3.gate.money:
    title: Money actions
    subphase: 1a
    guards: Paying out
    criteria:
      L3.criterion.most: {title: The limit is known, by: attested, supplied_by: architect}
    outcomes: {}
register:
  L4.register.facts:
    title: Facts
    subphase: 1a
    row_word: fact
    due: true
    standing: true
    columns:
      fact: {title: Fact, required: true}
      kind: {title: Kind, type: choice, options: {cash: Cash, tax: Tax}}
      amount: {title: Amount, type: money}
      share: {title: Share, type: percent}
      hours: {title: Hours, type: number}
      found: {title: Found, type: date}
      sure: {title: Sure, type: flag}
      note: {title: Note, type: long_text}
      proof: {title: Proof, type: link}
    states:
      open: {title: Open, kind: open, next: [done, gone]}
      done: {title: Done, kind: done, next: [open], needs: [proof, owner]}
      gone: {title: Gone, kind: dropped}
    seeds:
      L4.fact.first: {title: First fact}
      L4.fact.meter: {title: Metered, applies: {usage_based: true}}
  L4.register.gaps:
    title: Gaps
    subphase: 1a
    row_word: gap
    due: true
    columns:
      gap: {title: Gap, required: true}
      rests: {title: Rests on, type: rests_on, into: [L4.register.facts, L4.register.gaps, inputs]}
    states:
      open: {title: Open, kind: open, next: [paid, closed]}
      paid: {title: Paid, kind: done, guard: L3.gate.money}
      closed: {title: Closed, kind: done}
  L4.register.log:
    title: Log
    subphase: 1a
    row_word: entry
    append_only: true
    columns: {what: {title: What, required: true}}
    states: {kept: {title: Kept, kind: done}}
  L4.register.queues:
    title: Queues
    subphase: 1a
    row_word: exception
    due: true
    columns:
      what: {title: What, required: true}
      kind: {title: Kind, type: choice, required: true, options: {late: Late, lost: Lost, odd: Odd}}
      queue: {title: Queue}
      urgent: {title: Urgent, type: flag}
    states: {open: {title: Open, kind: open, next: [closed]}, closed: {title: Closed, kind: done}}
    routing:
      by: kind
      routes:
        late: {sets: {queue: Chasing, urgent: false}, role: finance_lead, within: 2}
        lost: {sets: {queue: Search, urgent: true}, role: architect, within: 0}
"""

FACTS, GAPS = "L4.register.facts", "L4.register.gaps"
LOG, QUEUES = "L4.register.log", "L4.register.queues"
FIRST, MOST = "L4.fact.first", "L2.input.most"
TODAY = date(2026, 11, 20)
"""A Friday."""


@cache
def playbook() -> Playbook:
    """The small playbook, loaded once."""
    with TemporaryDirectory() as place:
        folder = Path(place) / "ledger" / "1.0"
        folder.mkdir(parents=True)
        (folder / "playbook.yaml").write_text(
            'name: ledger\nversion: "1.0"\ntitle: Ledger\nplaceholders: {customer: Who}\n'
        )
        (folder / "content.yaml").write_text(CONTENT)
        return load(folder)


def shut(_check: Any, _s: Situation) -> Finding:
    """A gate that does not open."""
    return unmet([Lack("Nobody has said who pays.", "architect", "gate/money")])


def open_(_check: Any, _s: Situation) -> Finding:
    """A gate that opens."""
    return met("It opens.")


def engagement(number: int = 1, slug: str = "acme") -> Engagement:
    return Engagement(
        id=number, slug=slug, customer=slug.title(), playbook_name="ledger", playbook_version="1.0",
        time_zone="UTC", country="US", created_at=datetime(2026, 9, 1, tzinfo=UTC), created_by="u1",
        chain_head="", chain_length=0,
    )  # fmt: skip


def checks(gate: CheckFunction = open_) -> Mapping[str, CheckFunction]:
    return {**CHECKS, "gates_open": gate}


def situation(today: date = TODAY, **sets: Any) -> Situation:
    """A situation of records at hand, without a database; Ann Architect is u1."""
    ann = Member(user_id=1, role="architect", user=User(id=1, name="Ann Architect"))
    records = Records.of(engagement(), **({"members": [ann]} | sets))
    return Situation(playbook(), records, today, checks())


def stored(
    session: Session, number: int = 1, slug: str = "acme", gate: CheckFunction = open_,
    today: date = TODAY,
) -> Situation:  # fmt: skip
    """An engagement in a database, with Ann Architect and Fay Finance."""
    kept = engagement(number, slug)
    user = session.get(User, 1) or User(
        id=1, email="ann@firm.test", name="Ann Architect", fs_uniquifier="1"
    )
    session.add_all([kept, user])
    session.flush()
    session.add_all([
        Member(engagement_id=number, user_id=1, role="architect"),
        Contact(engagement_id=number, name="Fay Finance", email="fay@acme.test",
                role="finance_lead"),
    ])  # fmt: skip
    session.flush()
    return Situation(playbook(), Records(kept, session), today, checks(gate))


def said(key: str, value: Any) -> dict[str, Input]:
    """An input with a value, as records hold it."""
    return {key: Input(key=key, value=value, standing="CONFIRMED", version=1)}


def fact(id_: int, **fields: Any) -> Row:
    """A stored row of the facts."""
    given: dict[str, Any] = {
        "register": FACTS, "position": 10 + id_, "title": f"Fact {id_}", "state": "open",
        "owner": "", "values": {"fact": f"Fact {id_}"}, "standing": "ASSUMED", "version": 1,
    }  # fmt: skip
    return Row(id=id_, **(given | fields))
