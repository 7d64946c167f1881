"""The projections of one engagement, as a pure function of its situation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from phases.mechanisms.situation import Situation
from phases.portfolio.frame import (
    Frame,
    Work,
    frame_of,
    is_closed,
    is_finished,
    phase_of,
)
from phases.portfolio.work import LATE, SOON, all_work, meeting_days
from playbook.models import SubPhase


@dataclass(frozen=True)
class Projection:
    """``summary`` holds the columns of ``EngagementSummary``; ``work`` what there is to do now."""

    summary: dict[str, Any]
    work: tuple[Work, ...]


def project(s: Situation) -> Projection:
    """Write the summary and the work list of *s*."""
    s.remember = {}
    frame = frame_of(s)
    work = tuple(sorted(all_work(frame), key=lambda w: (w.due or date.max, w.kind, w.key)))
    return Projection(summary(frame, work), work)


def summary(frame: Frame, work: tuple[Work, ...]) -> dict[str, Any]:
    """The columns of ``EngagementSummary``."""
    s = frame.s
    health, why = judge_health(frame, work)
    at_rest = is_closed(frame) and not any(w.kind == "flag" for w in work)
    applicable = [step for steps in frame.steps.values() for step in steps]
    dated = [w for w in work if w.due is not None]
    closed = next((d.passed for d in reversed(frame.decisions.values()) if d.passed), None)
    return {
        "customer": s.engagement.customer,
        "phase": phase_of(s, frame.current),
        "subphase": frame.current,
        "phase_since": phase_since(frame),
        "phase_ends": phase_ends(frame),
        "health": "done" if at_rest else health,
        "health_why": "Closed and archived." if at_rest else why,
        "next_due": dated[0].due if dated else None,
        "attention": (dated[0].due if dated and not at_rest else None) or date.max,
        "next_title": dated[0].title if dated else "",
        "kickoff": s.anchors["kickoff"],
        "go_live": s.anchors["go_live"],
        "closed_at": s.anchors[f"gate_{s.playbook.get(closed.gate).subphase}"]  # type: ignore[attr-defined]
        if closed and is_closed(frame)
        else None,
        "architect": member_ref(s, "architect"),
        "account_manager": member_ref(s, "account_manager"),
        "methodology": s.profile.get("methodology") or "",
        "steps_done": sum(step.state == "done" for step in applicable),
        "steps_total": sum(step.state != "dropped" for step in applicable) + frame.ahead,
        "rail": rail(frame),
        "gates": [
            {
                "code": d.gate.subphase,
                "title": d.gate.title,
                "state": d.state,
                "unmet": len(d.unmet),
                "lines": [r.criterion.key for r in d.unmet],
                "total": sum(r.applies for r in d.results),
                "first": d.lacks[0].sentence if d.lacks else d.before,
            }
            for d in frame.decisions.values()
        ],
        "refresh_on": next_refresh(frame, work),
    }


def member_ref(s: Situation, role: str) -> str:
    """The first member in *role*, as a ref."""
    return next((m.user.ref for m in s.records.members if m.role == role), "")


def judge_health(frame: Frame, work: tuple[Work, ...]) -> tuple[str, str]:
    """``red``, ``watch`` or ``good``, and the reason in a sentence."""
    today = frame.s.today
    flags = [w for w in work if w.kind == "flag"]
    if flags:
        return "red", f"{flags[0].title}."
    late = [w for w in work if w.due is not None and w.due < today and w.kind != "gate"]
    worst = min(late, key=lambda w: w.due or today, default=None)
    if worst is not None and worst.due is not None and worst.due < today - LATE:
        return (
            "red",
            f"{len(late)} overdue, the oldest for {(today - worst.due).days} days: {worst.title}.",
        )
    blocked = [w for w in work if w.kind == "blocked"]
    if blocked:
        return "watch", f"Blocked: {blocked[0].title}."
    if worst is not None:
        word = "Waiting for the customer" if worst.kind == "waiting" else "Overdue"
        return "watch", f"{word}: {worst.title}."
    return "good", "Nothing is overdue or blocked."


def next_refresh(frame: Frame, work: tuple[Work, ...]) -> date | None:
    """The next date on which the projection changes by itself."""
    s = frame.s
    dates = {w.due + timedelta(days=1) for w in work if w.due is not None and w.due >= s.today}
    dates |= {w.due - SOON for w in work if w.due is not None and w.due - SOON > s.today}
    if not is_closed(frame):
        dates |= set(meeting_days(frame))
    for record in s.records.gate_records:
        if record.kind == "waiver" and record.expires_on and record.expires_on >= s.today:
            dates.add(record.expires_on + timedelta(days=1))
    if s.anchors["go_live"] is not None:
        dates.add(s.today + timedelta(days=1))
    return min((d for d in dates if d > s.today), default=None)


def phase_since(frame: Frame) -> date:
    """When the current phase began: at the last passed gate before it, or at creation."""
    s, current = frame.s, phase_of(frame.s, frame.current)
    since = s.anchors["created"]
    assert since is not None
    for decision in frame.decisions.values():
        code = decision.gate.subphase
        passed_on = s.anchors.get(f"gate_{code}")
        if passed_on is not None and phase_of(s, code) != current:
            since = passed_on
    return since


def phase_ends(frame: Frame) -> date | None:
    """When the plan has the current phase over; added weeks of hypercare move it."""
    s = frame.s
    rule = s.playbook.phase(phase_of(s, frame.current)).ends
    day = s.due(rule)
    if day is None or rule is None or rule.after != "go_live":
        return day
    return day + timedelta(weeks=s.hypercare_weeks_added)


def rail(frame: Frame) -> list[dict[str, Any]]:
    """The phase rail, ready for the macro; addresses are relative to the engagement's."""
    s = frame.s
    by_code = {d.gate.subphase: d for d in frame.decisions.values()}
    phases = []
    for phase in s.playbook.phases:
        how = s.applicability(phase)
        codes = [sp for sp in s.playbook.subphases if sp.phase == phase.slug]
        decision = next((by_code[sp.code] for sp in codes if sp.code in by_code), None)
        passed = decision is not None and decision.passed is not None
        phases.append(
            {
                "number": phase.number,
                "title": phase.title,
                "slug": phase.slug,
                "mode": how.mode,
                "reason": how.reason if how.mode != "full" else "",
                "marks": [mark(frame, sp, passed) for sp in codes],
                "gate": None
                if decision is None
                else {
                    "code": decision.gate.subphase,
                    "title": decision.gate.title,
                    "state": decision.state,
                    "reason": decision.lacks[0].sentence if decision.lacks else decision.before,
                },
            }
        )
    return phases


def mark(frame: Frame, subphase: SubPhase, passed: bool) -> dict[str, Any]:
    """One sub-phase's mark: done, current, blocked, todo, na."""
    s = frame.s
    how = s.applicability(subphase)
    if not how.applies:
        state = "na"
    elif passed or (is_finished(frame, subphase) and subphase.code < frame.current):
        state = "done"
    elif subphase.code == frame.current:
        blocked = any(step.state == "blocked" for step in frame.steps.get(subphase.code, []))
        state = "blocked" if blocked else "current"
    else:
        state = "todo"
    return {
        "code": subphase.code,
        "title": subphase.title,
        "state": state,
        "mode": how.mode,
        "reason": how.reason if how.mode != "full" else "",
    }
