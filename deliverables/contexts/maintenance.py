"""The maintenance schedule (Q20): what is checked when, by whom, and when to call."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby

from dateutil.relativedelta import relativedelta

from deliverables import blocks, diagram
from deliverables.blocks import Block, Cell, Context, Section
from deliverables.contexts import parts, tables
from deliverables.contexts.drawn import sections_of
from phases.mechanisms.schedule.queries import ScheduleView, TaskView, dates_of, schedule_view
from phases.mechanisms.situation import Situation
from playbook.models import Document, Schedule, Task

SCHEDULE = "Q20.schedule.maintenance"
MONTHS = 12
OWNED_FROM = {
    "single": "Handed over at 4c; {customer} runs it from then on.",
    "dedicated": "Handed over inside {firm} at 4b; the architect runs it from then on.",
}


def maintenance(s: Situation, item: Document) -> Context:
    """The context of the maintenance schedule."""
    schedule = s.playbook.items.get(SCHEDULE)
    if not isinstance(schedule, Schedule) or not s.applies(schedule):
        none = blocks.missing("This project has no maintenance schedule.")
        return parts.document(s, item.key, [blocks.section("schedule", "Schedule", none)])
    view = schedule_view(s, schedule)
    return parts.document(
        s,
        item.key,
        [
            _owner(s, view),
            _year(s, view),
            *_tasks(view),
            _triggers(view),
            _contacts(s),
            *sections_of(s, item),
            _results(view),
            _dropped(view),
        ],
    )


def _owner(s: Situation, view: ScheduleView) -> Section:
    kind = str(s.profile.get("engagement_type") or "")
    since = OWNED_FROM.get(kind, "").format(customer=s.engagement.customer, firm=s.firm)
    return blocks.section(
        "owner",
        "Who keeps billing right",
        blocks.facts(
            [
                ("Owner of this schedule", blocks.cell(view.owner)),
                (
                    "From when",
                    blocks.cell(since)
                    if since
                    else blocks.absent("The engagement type is not chosen yet"),
                ),
            ]
        ),
        parts.known_facts(
            s, ("profile.engagement_type", "profile.go_live", "Q10.input.billing_tool")
        ),
        blocks.text(
            "Record a result each time, also when all is well: the date, what was looked at, and "
            "what was found. A year of dated results is what an auditor asks for."
        ),
    )


# --- the year ahead -------------------------------------------------------------------------------


def _year(s: Situation, view: ScheduleView) -> Section:
    dates = _dates(s, view)
    title, key = "The next twelve months", "calendar"
    if not any(dates.values()):
        why = f"The dates count from {view.anchor}, which is not known yet." if view.anchor else ""
        return blocks.section(key, title, blocks.missing(f"No dates yet. {why}".strip(), "inputs"))
    months = _months(s, dates)
    return blocks.section(
        key,
        title,
        blocks.missing(f"Some dates count from {view.anchor}, which is not known yet.", "inputs")
        if view.anchor
        else None,
        blocks.of_today(_timeline(s, view, dates, months)),
        blocks.of_today(_calendar(view, dates, months)),
        lead="Each date has been moved to a business day. Numbers are days of the month.",
    )


def _dates(s: Situation, view: ScheduleView) -> dict[str, list[date]]:
    until = (s.anchors.get("go_live") or s.today) + relativedelta(years=2)
    until = max(until, s.today + relativedelta(months=MONTHS + 1))
    tasks = {task.key: s.playbook.get(task.key, Task) for task in view.tasks}
    first = s.today.replace(day=1)
    return {
        key: [day for day in dates_of(s, task, until) if day >= first]
        for key, task in tasks.items()
    }


def _months(s: Situation, dates: dict[str, list[date]]) -> list[date]:
    """Twelve months from this one, or from the first in which something is due."""
    earliest = min(day for days in dates.values() for day in days)
    start = max(s.today, earliest).replace(day=1)
    return [start + relativedelta(months=n) for n in range(MONTHS)]


def _timeline(
    s: Situation, view: ScheduleView, dates: dict[str, list[date]], months: Sequence[date]
) -> Block:
    lanes = {task.key: _rhythm_title(task) for task in view.tasks}
    marks = sorted(
        {diagram.Mark(lanes[key], day) for key, days in dates.items() for day in days},
        key=lambda mark: (mark.day, mark.lane),
    )
    end = months[-1] + relativedelta(months=1)
    events = [(day, words) for day, words in _events(s) if day]
    named = list(dict.fromkeys(lanes.values()))
    counts = ", ".join(
        f"{lane}: {sum(mark.lane == lane and months[0] <= mark.day < end for mark in marks)} dates"
        for lane in named
    )
    return blocks.figure(
        diagram.timeline(named, marks, events, months, end),
        f"Checks from {months[0]:%B %Y} to {months[-1]:%B %Y}. {counts}. The calendar lists them.",
        "When what is due. A dot is a day on which checks of that rhythm are due.",
    )


def _events(s: Situation) -> list[tuple[date | None, str]]:
    go_live = s.anchors.get("go_live")
    later = (
        [
            (go_live + timedelta(weeks=4), "Hypercare ends"),
            (go_live + relativedelta(months=3), "One quarter live"),
            (go_live + relativedelta(years=1), "One year live"),
        ]
        if go_live
        else []
    )
    return [(go_live, "Go-live"), *later]


def _calendar(view: ScheduleView, dates: dict[str, list[date]], months: Sequence[date]) -> Block:
    rows = []
    for task in view.tasks:
        days = [
            [day for day in dates[task.key] if (day.year, day.month) == (m.year, m.month)]
            for m in months
        ]
        rows.append([task.title, *(", ".join(str(day.day) for day in found) for found in days)])
    heads = [f"{m:%b} {m:%y}" if m.month == 1 or m == months[0] else f"{m:%b}" for m in months]
    return blocks.table(
        "Calendar", ["Check", *heads], rows, (34, *(5.5 for _ in months)), small=True
    )


# --- tasks, triggers, people ----------------------------------------------------------------------


def _rhythm_title(task: TaskView) -> str:
    words = {"every month": "Monthly", "every quarter": "Quarterly", "every week": "Weekly"}
    if task.rhythm.startswith("once"):
        return "First-cycle"
    return words.get(
        task.rhythm, "Yearly" if task.rhythm == "every 12 months" else task.rhythm.capitalize()
    )


def _tasks(view: ScheduleView) -> list[Section]:
    found = []
    for title, tasks in groupby(view.tasks, key=_rhythm_title):
        group = list(tasks)
        said = {task.text for task in group}
        key = f"tasks-{group[0].key.replace('.', '-')}"
        lead = said.pop() if len(said) == 1 else ""
        found.append(blocks.section(key, f"{title} checks", _task_table(group), lead=lead))
    return found


def _task_table(group: Sequence[TaskView]) -> Block:
    flags = any(task.red_flag for task in group)
    heads = ["Check", "How", *(["Red flag"] if flags else []), "What to do then", "Next due"]
    rows = [
        [
            blocks.cell(task.title),
            blocks.cell(task.check, markdown=True),
            *([blocks.cell(task.red_flag, markdown=True)] if flags else []),
            blocks.cell(task.action, markdown=True),
            _next_due(task),
        ]
        for task in group
    ]
    return blocks.table("", heads, rows, (18, 31, 16, 23, 12) if flags else (20, 40, 28, 12))


def _next_due(task: TaskView) -> Cell:
    if task.next_due:
        return blocks.cell(parts.day(task.next_due))
    return blocks.absent(
        "Not again" if task.occurrences and task.rhythm.startswith("once") else "No date yet"
    )


def _triggers(view: ScheduleView) -> Section:
    return blocks.section(
        "triggers",
        "When billing itself must change",
        blocks.table(
            "",
            ["Condition", "Threshold", "Response"],
            [
                [trigger.title, trigger.threshold, blocks.cell(trigger.response, markdown=True)]
                for trigger in view.triggers
            ],
            (24, 32, 44),
        )
        if view.triggers
        else blocks.missing("No conditions apply."),
        lead="One of these means that upkeep is no longer enough. Do not wait for the next check.",
    )


def _contacts(s: Situation) -> Section:
    rows = parts.rows_of(s, "Q21.register.escalation")
    return blocks.section(
        "contacts",
        "Whom to call",
        tables.escalation_table(s, rows) if rows else None,
        parts.people(s),
    )


def _results(view: ScheduleView) -> Section:
    found = tables.result_table(view)
    none = "No check has been carried out yet; results are entered in the schedule itself."
    return blocks.section("results", "Results so far", found or blocks.text(none))


def _dropped(view: ScheduleView) -> Section | None:
    if not view.dropped:
        return None
    rows = [[task.title, task.reason] for task in view.dropped]
    return blocks.section(
        "left-out",
        "Checks left out, and why",
        blocks.table("", ["Check", "Reason"], rows, (45, 55)),
    )
