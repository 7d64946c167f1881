"""The projections of one engagement, as a pure function of its situation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from phases.gates.judge import Decision, decide_all
from phases.mechanisms.checklist.queries import StepView, step_views
from phases.mechanisms.metric.queries import judged, metrics_of
from phases.mechanisms.register.queries import row_views
from phases.mechanisms.schedule.queries import occurrence_views, owner_role
from phases.mechanisms.situation import Situation
from playbook.models import SubPhase

SOON = timedelta(days=14)
LATE = timedelta(days=7)


@dataclass(frozen=True)
class Work:
    """One line of somebody's work; see ``WorkItem`` for the fields."""

    key: str
    kind: str
    verb: str
    title: str
    why: str = ""
    role: str = ""
    assignee: str = ""
    subphase: str = ""
    due: date | None = None
    place: str = ""


@dataclass(frozen=True)
class Projection:
    """``summary`` holds the columns of ``EngagementSummary``; ``work`` what there is to do now."""

    summary: dict[str, Any]
    work: tuple[Work, ...]


@dataclass
class Frame:
    """What the parts of the projection share."""

    s: Situation
    decisions: dict[str, Decision]
    steps: dict[str, list[StepView]] = field(default_factory=dict)
    current: str = ""

    def staff_in(self, role: str) -> str:
        """The member who plays *role*, as a ref; the architect stands in for an empty seat."""
        members = self.s.records.members
        for wanted in (role, "architect"):
            for member in members:
                if member.role == wanted:
                    return member.user.ref
        return ""


def project(s: Situation) -> Projection:
    """Write the summary and the work list of *s*."""
    s.remember = {}
    frame = Frame(s, decide_all(s))
    for checklist in s.playbook.checklists:
        frame.steps.setdefault(checklist.subphase, []).extend(
            view for view in step_views(s, checklist) if view.applies
        )
    frame.current = current_subphase(frame)
    work = tuple(sorted(all_work(frame), key=lambda w: (w.due or date.max, w.kind, w.key)))
    return Projection(summary(frame, work), work)


def current_subphase(frame: Frame) -> str:
    """The first applicable sub-phase that is not behind; after the last gate, its sub-phase."""
    by_code = {d.gate.subphase: d for d in frame.decisions.values()}
    loop = next((d.loop for d in frame.decisions.values() if d.loop is not None), None)
    if loop is not None:
        gate = frame.decisions[loop.gate].gate
        return gate.outcomes[loop.outcome].to or gate.subphase
    last = ""
    for phase in frame.s.playbook.phases:
        codes = [
            sp
            for sp in frame.s.playbook.subphases
            if sp.phase == phase.slug and frame.s.applies(sp)
        ]
        gates = [by_code[sp.code] for sp in codes if sp.code in by_code]
        if not codes or any(gate.passed for gate in gates):
            last = codes[-1].code if codes else last
            continue
        for index, sp in enumerate(codes):
            last = sp.code
            if sp.code in by_code or not is_behind(frame, sp, codes[index + 1 :]):
                return sp.code
    return last


def is_behind(frame: Frame, subphase: SubPhase, later: list[SubPhase]) -> bool:
    """Whether the work has moved on: all steps are done, or its last day is past.

    One without steps is over once a later one of its phase has begun.
    """
    last_day = frame.s.anchors.get(subphase.over_after) if subphase.over_after else None
    if last_day is not None and last_day < frame.s.today:
        return True
    if frame.steps.get(subphase.code):
        return is_finished(frame, subphase)
    return any(has_begun(frame, other) for other in later)


def has_begun(frame: Frame, subphase: SubPhase) -> bool:
    """Whether somebody has said anything of a step of the sub-phase."""
    return any(
        step.state != "todo" and not step.computed for step in frame.steps.get(subphase.code, [])
    )


def is_finished(frame: Frame, subphase: SubPhase) -> bool:
    """Whether every step of a sub-phase is done or dropped."""
    return all(step.state in ("done", "dropped") for step in frame.steps.get(subphase.code, []))


def all_work(frame: Frame) -> Iterator[Work]:
    """Everything that somebody should do now or soon."""
    if is_closed(frame):
        yield from occurrence_work(frame)
        yield from row_work(frame)
        return
    yield from step_work(frame)
    yield from gate_work(frame)
    yield from row_work(frame)
    yield from occurrence_work(frame)
    yield from metric_work(frame)


def is_closed(frame: Frame) -> bool:
    """Whether the last gate has been passed."""
    decisions = [d for d in frame.decisions.values() if d.state != "na"]
    return bool(decisions) and decisions[-1].passed is not None


def step_work(frame: Frame) -> Iterator[Work]:
    """Steps of the sub-phases reached so far, and later ones that are due soon."""
    s = frame.s
    customer = {slug for slug, role in s.playbook.roles.items() if role.side == "customer"}
    passed = {
        sp.code
        for d in frame.decisions.values()
        if d.passed
        for sp in s.playbook.subphases
        if sp.phase == phase_of(s, d.gate.subphase)
    }
    for code, steps in frame.steps.items():
        if code in passed or not s.applies(subphase_of(s, code)):
            continue
        for step in steps:
            if step.state in ("done", "dropped"):
                continue
            soon = step.due is not None and step.due <= s.today + SOON
            if code > frame.current and not soon:
                continue
            waiting = step.role in customer and not step.owner.startswith("u")
            yield Work(
                step.key,
                "blocked" if step.state == "blocked" else "waiting" if waiting else "step",
                "Wait for" if waiting else "Do",
                step.title,
                why=step.note if step.state == "blocked" else "",
                role=step.role,
                assignee=step.owner
                if step.owner.startswith("u")
                else frame.staff_in("architect" if waiting else step.role),
                subphase=code,
                due=step.due,
                place=f"{phase_of(s, code)}#{step.key}",
            )


def gate_work(frame: Frame) -> Iterator[Work]:
    """The gate of the phase at hand, and passed gates that would not pass today."""
    architect = frame.staff_in("architect")
    for decision in frame.decisions.values():
        code = decision.gate.subphase
        if decision.state == "stale":
            yield Work(
                decision.gate.key,
                "flag",
                "Renew",
                f"Gate {code} would not pass today",
                why=decision.lacks[0].sentence if decision.lacks else "",
                role="architect",
                assignee=architect,
                subphase=code,
                due=frame.s.today,
                place=f"gate/{code}",
            )
        elif decision.state == "open":
            yield Work(
                decision.gate.key,
                "gate",
                "Decide",
                f"Gate {code} is open",
                role="architect",
                assignee=architect,
                subphase=code,
                due=frame.s.today,
                place=f"gate/{code}",
            )
        elif decision.state == "shut" and code == frame.current:
            count = len(decision.unmet)
            yield Work(
                decision.gate.key,
                "gate",
                "Clear",
                f"Gate {code}: {count} lines not met",
                why=decision.lacks[0].sentence if decision.lacks else decision.before,
                role="architect",
                assignee=architect,
                subphase=code,
                place=f"gate/{code}",
            )


def row_work(frame: Frame) -> Iterator[Work]:
    """Rows of registers whose due date is near or past."""
    s = frame.s
    for register in s.playbook.registers:
        if not register.due or not s.applies(register):
            continue
        for row in row_views(s, register):
            if row.state_kind in ("done", "dropped") or row.due is None or row.due > s.today + SOON:
                continue
            assignee = row.owner if row.owner.startswith("u") else frame.staff_in("architect")
            yield Work(
                f"{register.key}:{row.ref}",
                "row",
                "Close",
                row.title,
                assignee=assignee,
                why=register.title,
                subphase=register.subphase,
                due=row.due,
                place=f"register/{register.key}#{row.anchor}",
            )


def occurrence_work(frame: Frame) -> Iterator[Work]:
    """Recurring tasks that are due now or overdue, once each task."""
    s = frame.s
    for schedule in s.playbook.schedules:
        role = owner_role(s, schedule)
        customer = s.playbook.role(role).side == "customer"
        seen: set[str] = set()
        for view in occurrence_views(s, schedule, s.today + LATE):
            if view.state not in ("due", "overdue") or view.task in seen:
                continue
            seen.add(view.task)
            yield Work(
                f"{view.task}:{view.due}",
                "waiting" if customer else "occurrence",
                "Wait for" if customer else "Check",
                view.title,
                role=role,
                assignee=frame.staff_in("account_manager" if customer else role),
                subphase=schedule.subphase,
                due=view.due,
                place=f"schedule/{schedule.key}#{view.anchor}",
            )


def metric_work(frame: Frame) -> Iterator[Work]:
    """Metrics whose last reading is a red flag."""
    s = frame.s
    for metric in metrics_of(s):
        verdict = judged(s, metric)
        if verdict.state == "red":
            yield Work(
                metric.key,
                "flag",
                "Look into",
                metric.title,
                why=verdict.words,
                role="architect",
                assignee=frame.staff_in("architect"),
                subphase=metric.subphase,
                due=s.today,
                place=f"metrics#{metric.key}",
            )


def summary(frame: Frame, work: tuple[Work, ...]) -> dict[str, Any]:
    """The columns of ``EngagementSummary``."""
    s = frame.s
    health, why = judge_health(frame, work)
    applicable = [step for steps in frame.steps.values() for step in steps]
    dated = [w for w in work if w.due is not None]
    closed = next((d.passed for d in reversed(frame.decisions.values()) if d.passed), None)
    return {
        "customer": s.engagement.customer,
        "phase": phase_of(s, frame.current),
        "subphase": frame.current,
        "phase_since": phase_since(frame),
        "health": "done" if is_closed(frame) else health,
        "health_why": "Closed and archived." if is_closed(frame) else why,
        "next_due": dated[0].due if dated else None,
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
        "steps_total": sum(step.state != "dropped" for step in applicable),
        "rail": rail(frame),
        "gates": [
            {
                "code": d.gate.subphase,
                "title": d.gate.title,
                "state": d.state,
                "unmet": len(d.unmet),
                "total": sum(r.applies for r in d.results),
                "first": d.lacks[0].sentence if d.lacks else d.before,
            }
            for d in frame.decisions.values()
        ],
        "refresh_on": next_refresh(s, work),
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


def next_refresh(s: Situation, work: tuple[Work, ...]) -> date | None:
    """The next date on which the projection changes by itself."""
    dates = {w.due + timedelta(days=1) for w in work if w.due is not None and w.due >= s.today}
    dates |= {w.due - SOON for w in work if w.due is not None and w.due - SOON > s.today}
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


def subphase_of(s: Situation, code: str) -> SubPhase:
    """The sub-phase with *code*."""
    return next(sp for sp in s.playbook.subphases if sp.code == code)


def phase_of(s: Situation, code: str) -> str:
    """The slug of the phase a sub-phase belongs to."""
    return subphase_of(s, code).phase
