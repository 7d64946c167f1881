"""What the parts of a projection share: the engagement judged once, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from phases.gates.judge import Decision, decide, decide_ahead, passing
from phases.mechanisms.checklist.queries import StepView, step_views
from phases.mechanisms.situation import Situation
from playbook.models import SubPhase


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


@dataclass
class Frame:
    """What the parts of the projection share.

    ``steps`` are those of the phases reached; ``ahead`` counts the steps of the phases after;
    ``guards`` are the gates before acts that are due by now and not decided.
    """

    s: Situation
    decisions: dict[str, Decision]
    steps: dict[str, list[StepView]] = field(default_factory=dict)
    ahead: int = 0
    current: str = ""
    guards: list[Decision] = field(default_factory=list)

    def staff_in(self, role: str) -> str:
        """The member who plays *role*, as a ref; the architect stands in for an empty seat."""
        members = self.s.records.members
        for wanted in (role, "architect"):
            for member in members:
                if member.role == wanted:
                    return member.user.ref
        return ""


def frame_of(s: Situation) -> Frame:
    """Judge what *s* has reached: the phases up to the first gate that is not passed."""
    frame = Frame(s, decide_ahead(s))
    reached = reached_subphases(frame)
    for checklist in s.playbook.checklists:
        if checklist.subphase in reached:
            views = [view for view in step_views(s, checklist) if view.applies]
            frame.steps.setdefault(checklist.subphase, []).extend(views)
        else:
            frame.ahead += sum(s.applies(step) for step in checklist.items.values())
    frame.current = current_subphase(frame)
    frame.guards = [
        decide(gate, s)
        for gate in s.playbook.guards
        if gate.outcomes and gate.subphase <= frame.current
        if s.applies(gate) and passing(gate, s) is None
    ]
    return frame


def reached_subphases(frame: Frame) -> set[str]:
    """The codes of the phases up to, and with, the first whose gate is not passed."""
    reached: set[str] = set()
    for phase in frame.s.playbook.phases:
        codes = {sp.code for sp in frame.s.playbook.subphases_of(phase.slug)}
        reached |= codes
        gates = [d for d in frame.decisions.values() if d.gate.subphase in codes]
        if any(d.passed is None and d.state != "na" for d in gates):
            break
    return reached


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


def is_closed(frame: Frame) -> bool:
    """Whether the last gate has been passed."""
    decisions = [d for d in frame.decisions.values() if d.state != "na"]
    return bool(decisions) and decisions[-1].passed is not None


def subphase_of(s: Situation, code: str) -> SubPhase:
    """The sub-phase with *code*."""
    return next(sp for sp in s.playbook.subphases if sp.code == code)


def phase_of(s: Situation, code: str) -> str:
    """The slug of the phase a sub-phase belongs to."""
    return subphase_of(s, code).phase
