"""What there is to do on an engagement, and by whom: a pure function of its frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from phases.mechanisms.homework.queries import back_lines, consents
from phases.mechanisms.meeting.slots import Slot, slots
from phases.mechanisms.metric.queries import judged, metrics_of
from phases.mechanisms.register.queries import row_views
from phases.mechanisms.schedule.queries import occurrence_views, owner_role
from phases.mechanisms.sheet.queries import latest, statement_views
from phases.mechanisms.trigger.queries import trigger_views
from phases.portfolio.frame import Frame, Work, is_closed, phase_of, subphase_of
from playbook.models import Meeting

SOON = timedelta(days=14)
LATE = timedelta(days=7)


def all_work(frame: Frame) -> Iterator[Work]:
    """Everything that somebody should do now or soon."""
    if is_closed(frame):
        yield from occurrence_work(frame)
        yield from row_work(frame)
        yield from trigger_work(frame)
        return
    yield from step_work(frame)
    yield from rejection_work(frame)
    yield from homework_work(frame)
    yield from gate_work(frame)
    yield from guard_work(frame)
    yield from row_work(frame)
    yield from occurrence_work(frame)
    yield from meeting_work(frame)
    yield from metric_work(frame)
    yield from trigger_work(frame)


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


def rejection_work(frame: Frame) -> Iterator[Work]:
    """Statements that somebody has rejected as they read now: the architect's turn."""
    s = frame.s
    for sheet in s.playbook.sheets:
        if not s.applies(sheet) or not latest(s, sheet):
            continue
        for view in statement_views(s, sheet):
            for said in view.signatures:
                if said.state == "rejected":
                    yield Work(
                        f"{view.key}:{said.role}",
                        "step",
                        "Answer",
                        f"{said.name} rejected “{view.title}”",
                        why=said.comment,
                        role="architect",
                        assignee=frame.staff_in("architect"),
                        subphase=sheet.subphase,
                        due=s.today,
                        place=f"sheet/{sheet.key}#{view.anchor}",
                    )


@dataclass(frozen=True)
class Standing:
    """Where the engagement is, as homework asks it; the summary is not written yet."""

    subphase: str
    gates: list[dict[str, str]]
    closed_at: date | None = None


def homework_work(frame: Frame) -> Iterator[Work]:
    """What came back as nobody's, and what a customer wants to hand to another company."""
    s = frame.s
    if not s.records.asks:
        return
    gates = [{"code": d.gate.subphase, "state": d.state} for d in frame.decisions.values()]
    lines = [
        (line.key, "Find who answers", line.title, f"{line.who}: {line.said or 'not mine'}")
        for line in back_lines(s, Standing(frame.current, gates))
    ]
    lines += [
        (f"ask:{line.ask}", "Agree or decline", f"{line.title}, handed to {line.name}", line.email)
        for line in consents(s)
    ]
    for key, verb, title, why in lines:
        yield Work(
            key,
            "step",
            verb,
            title,
            why=why,
            role="architect",
            assignee=frame.staff_in("architect"),
            subphase=frame.current,
            due=s.today,
            place="homework",
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


def guard_work(frame: Frame) -> Iterator[Work]:
    """Gates before acts that are due by now, and not decided."""
    for decision in frame.guards:
        count, gate = len(decision.unmet), decision.gate
        yield Work(
            gate.key,
            "gate",
            "Clear" if count else "Decide",
            f"{gate.title}: {count} lines not met" if count else f"{gate.title} is open",
            why=decision.lacks[0].sentence if decision.lacks else "",
            role="architect",
            assignee=frame.staff_in("architect"),
            subphase=gate.subphase,
            due=None if count else frame.s.today,
            place=f"gate/{gate.place}",
        )


def row_work(frame: Frame) -> Iterator[Work]:
    """Rows of registers whose due date is near or past."""
    s = frame.s
    for register in s.playbook.registers:
        if not register.due or register.key not in s.records.rows or not s.applies(register):
            continue  # the playbook's own rows have no date before somebody gives them one
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


MEETING_VERBS = {
    "running": "End", "today": "Hold", "overdue": "Write up", "unplanned": "Plan",
    "proposed": "Plan",
}  # fmt: skip


def meeting_work(frame: Frame) -> Iterator[Work]:
    """Meetings to plan, to hold today or to write up; of a series only what somebody planned."""
    s = frame.s
    for meeting in s.playbook.meetings:
        if not s.applies(meeting):
            continue
        slot = next((slot for slot in slots(s, meeting) if _waits(frame, meeting, slot)), None)
        if slot is None:
            continue
        yield Work(
            f"{meeting.key}:{slot.number}",
            "step",
            MEETING_VERBS[slot.state],
            s.plain(meeting.title),
            role="architect",
            assignee=frame.staff_in("architect"),
            subphase=meeting.subphase,
            due=slot.day,
            place=f"meeting/{meeting.key}?number={slot.number}",
        )


def _waits(frame: Frame, meeting: Meeting, slot: Slot) -> bool:
    """Whether somebody has to see to it now."""
    if slot.state not in MEETING_VERBS or slot.day is None:
        return False
    if slot.state in ("unplanned", "proposed"):
        soon = slot.day <= frame.s.today + SOON
        return soon and meeting.repeats is None
    return True


def meeting_days(frame: Frame) -> Iterator[date]:
    """The days on which a meeting begins to wait for somebody."""
    for meeting in frame.s.playbook.meetings:
        if frame.s.applies(meeting):
            for slot in slots(frame.s, meeting):
                if slot.day is not None and not slot.over:
                    yield slot.day
                    yield slot.day - SOON


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
                place=f"metrics#{metric.key.replace('.', '-')}",
            )


def trigger_work(frame: Frame) -> Iterator[Work]:
    """Triggers that tripped and wait for an answer: the account manager calls."""
    for trigger in trigger_views(frame.s):
        if trigger.tripped:
            yield Work(
                trigger.key,
                "flag",
                "Call about",
                trigger.title,
                why=trigger.why[:500],
                role="account_manager",
                assignee=frame.staff_in("account_manager"),
                subphase=trigger.subphase,
                due=frame.s.today,
                place=f"triggers#{trigger.anchor}",
            )
