"""A small playbook of meetings and texts, and situations on it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy.orm import Session

from phases.core.models import Contact, Engagement, GateRecord, Input, Member, User
from phases.mechanisms.checks import CHECKS
from phases.mechanisms.meeting.models import MeetingRecord
from phases.mechanisms.records import Records
from phases.mechanisms.situation import Situation
from playbook.loader import Playbook, load

CONTENT = """
role:
  role.architect: {title: Architect, side: staff}
  role.finance_lead: {title: Finance Lead, side: customer}
phase:
  T1.phase.strategy:
    {title: Strategy, slug: strategy, number: 1, weight: Heavy, goal: Know, output: A plan}
  T1.phase.care: {title: Care, slug: care, number: 2, weight: Light, goal: Watch, output: Calm}
subphase:
  T1.sub.a: {title: Prepare, code: 1a, phase: strategy, purpose: To begin}
  T1.sub.b: {title: Agree, code: 1b, phase: strategy, purpose: To agree}
  T1.sub.c: {title: Watch, code: 2a, phase: care, purpose: To watch}
input:
  profile.scope:
    title: Scope
    type: choice
    options: {tool: {title: Tool}, handoff: {title: Handoff}}
    default: tool
  profile.kickoff: {title: Kickoff, type: date}
  profile.go_live: {title: Go-live, type: date}
  profile.hypercare_extra: {title: Weeks added, type: number, default: 0}
  T2.input.tool: {title: Billing tool, type: text, subphase: 1a, critical: true}
  T2.input.hour: {title: Billing hour, type: text, subphase: 1b}
  T2.input.else: {title: Elsewhere, type: text, subphase: 2a}
register:
  T3.register.gaps:
    title: Gaps
    subphase: 1a
    row_word: gap
    columns: {gap: {title: Gap, required: true}, note: {title: Note, type: long_text}}
    states: {open: {title: Open, kind: open, next: [closed]}, closed: {title: Closed, kind: done}}
metric:
  T4.metric.tickets:
    title: Tickets
    subphase: 2a
    unit: count
    period: week
    target: {trend: decreasing, words: Fewer}
guide:
  T5.guide.before: {title: Before, subphase: 1a, items: {T5.before.read: {title: Read the notes}}}
meeting:
  T6.meeting.kickoff:
    title: Kickoff of {{ customer }}
    subphase: 1a
    minutes: [60, 90]
    attendees: [finance_lead]
    focus: Facts
    output: Confirmed facts
    planned: {after: kickoff, days: 0}
    guides: [T5.guide.before]
    captures: [T3.register.gaps]
    cuts: v1
    agenda:
      T6.agenda.walk: {title: Walk through, text: Slowly., from_minute: 0, to_minute: 20}
      T6.agenda.close: {title: Close, from_minute: 20}
      T6.agenda.handoff: {title: Hand off, applies: {scope: handoff}}
    bring:
      T6.bring.map: {title: The map}
    leave:
      T6.leave.facts: {title: Facts CONFIRMED}
      T6.leave.date: {title: The next date}
  T6.meeting.review:
    title: Review
    subphase: 1b
    focus: All of it
    output: A decision
    planned: {after: kickoff, weeks: 2}
  T6.meeting.hours:
    title: Office hours
    subphase: 2a
    minutes: [30, 30]
    focus: Questions
    output: Answers
    repeats: {after: go_live, every: week, until: hypercare_ends}
  T6.meeting.monthly:
    title: Monthly
    subphase: 2a
    focus: Figures
    output: Calm
    repeats: {after: go_live, every: month, first: 1, times: 4}
  T6.meeting.handoff:
    {title: Hand off, subphase: 1b, focus: F, output: O, applies: {scope: handoff}}
writing:
  T7.writing.spec:
    title: Spec
    subphase: 1b
    role: architect
    due: {after: kickoff, days: 3}
    sections:
      T7.section.gaps:
        title: Gaps
        text: Every gap with its owner.
        opening: What {{ customer }} lacks.
        draws: [T2.input.tool, T3.register.gaps]
      T7.section.plain: {title: Plain, opening: Nothing is drawn here.}
      T7.section.empty: {title: Empty}
      T7.section.handoff: {title: Handoff, opening: Only there., applies: {scope: handoff}}
  T7.writing.handoff:
    title: Handoff text
    subphase: 1b
    applies: {scope: handoff}
    sections: {T7.section.other: {title: Other, opening: Other.}}
gate:
  T8.gate.one:
    title: Gate 1
    subphase: 1b
    criteria: {T8.criterion.ready: {title: Ready, by: attested, supplied_by: architect}}
    outcomes: {go: {title: Go, text: Go on., effect: pass}}
  T8.gate.two:
    title: Gate 2
    subphase: 2a
    criteria:
      T8.criterion.weeks:
        title: Four weeks
        by: computed
        supplied_by: architect
        checks: [{readings_taken: {metrics: [T4.metric.tickets], weeks: 4}}]
    outcomes:
      go: {title: Go, text: Done., effect: pass}
      more: {title: More, text: Extend., effect: extend}
"""

KICKOFF, REVIEW, HOURS = "T6.meeting.kickoff", "T6.meeting.review", "T6.meeting.hours"
MONTHLY = "T6.meeting.monthly"
SPEC, GAPS = "T7.writing.spec", "T3.register.gaps"
SECTION, PLAIN, EMPTY = "T7.section.gaps", "T7.section.plain", "T7.section.empty"
TODAY = date(2026, 11, 20)
"""A Friday."""


@cache
def playbook() -> Playbook:
    """The small playbook, loaded once."""
    with TemporaryDirectory() as place:
        folder = Path(place) / "spoken" / "1.0"
        folder.mkdir(parents=True)
        (folder / "playbook.yaml").write_text(
            'name: spoken\nversion: "1.0"\ntitle: Spoken\nplaceholders: {customer: Who}\n'
        )
        (folder / "content.yaml").write_text(CONTENT)
        return load(folder)


def _engagement() -> Engagement:
    return Engagement(
        id=1, slug="acme", customer="Acme & Co", playbook_name="spoken", playbook_version="1.0",
        time_zone="Europe/Berlin", country="US", created_at=datetime(2026, 9, 1, tzinfo=UTC),
        created_by="u1", chain_head="", chain_length=0,
    )  # fmt: skip


def _inputs(profile: dict[str, Any]) -> dict[str, Input]:
    return {
        f"profile.{name}": Input(key=f"profile.{name}", value=value, version=1)
        for name, value in profile.items()
        if value is not None
    }


def _people() -> dict[str, Any]:
    ann = User(id=1, email="ann@firm.test", name="Ann Architect")
    return {
        "members": [Member(user_id=1, role="architect", user=ann)],
        "contacts": [Contact(id=1, name="Fay Finance", email="fay@acme.test", role="finance_lead")],
    }


def situation(
    today: date = TODAY, *, kickoff: str | None = "2026-11-09", go_live: str | None = None,
    scope: str = "tool", extra: int = 0, **sets: Any,
) -> Situation:  # fmt: skip
    """A situation of records at hand, without a database; Ann Architect is u1, Fay Finance c1."""
    profile = {"kickoff": kickoff, "go_live": go_live, "scope": scope, "hypercare_extra": extra}
    sets["inputs"] = _inputs(profile) | sets.get("inputs", {})
    return Situation(playbook(), Records.of(_engagement(), **(_people() | sets)), today, CHECKS)


def stored(session: Session, today: date = TODAY, **profile: Any) -> Situation:
    """The same engagement in a database."""
    profile = {"kickoff": "2026-11-09", "scope": "tool"} | profile
    engagement = _engagement()
    user = User(id=1, email="ann@firm.test", name="Ann Architect", fs_uniquifier="1")
    session.add_all([engagement, user])
    session.flush()
    session.add(Member(engagement_id=1, user_id=1, role="architect"))
    session.add(
        Contact(
            engagement_id=1, name="Fay Finance", email="fay@acme.test", role="finance_lead", id=1
        )
    )
    for row in _inputs(profile).values():
        row.engagement_id, row.changed_by = 1, "u1"
        session.add(row)
    session.flush()
    return Situation(playbook(), Records(engagement, session), today, CHECKS)


def meeting(key: str, number: int = 1, **fields: Any) -> MeetingRecord:
    """A stored meeting."""
    given: dict[str, Any] = {
        "attendees": [], "others": "", "brought": [], "notes": {}, "outcomes": {}, "dropped": "",
        "invited": [], "place": "", "version": 1, "changed_by": "u1",
    }  # fmt: skip
    return MeetingRecord(meeting=key, number=number, **(given | fields))


def passed(gate: str, on: date) -> GateRecord:
    """The decision that passed a gate."""
    at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    return GateRecord(gate=gate, kind="decision", passes=True, outcome="go", by="u1", at=at)
