"""Schedules as pages, checks and documents see them: due dates computed, results from records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from phases.core.errors import Missing
from phases.mechanisms.schedule.models import OccurrenceRecord
from phases.mechanisms.situation import Situation
from phases.mechanisms.trigger.queries import TriggerView, trigger_views
from playbook.models import Schedule, Task

SINGLE = "single"
"""The engagement type in which the customer's role owns what it is handed."""

RESULTS = {"ok": "done", "red_flag": "red_flag", "skipped": "skipped"}

LABELS = {
    "done": "Done", "red_flag": "Red flag", "skipped": "Skipped", "due": "Due today",
    "overdue": "Overdue", "upcoming": "Upcoming", "missed": "Missed",
}  # fmt: skip

CHIPS = {
    "done": "done", "red_flag": "red", "skipped": "na", "due": "watch", "overdue": "red",
    "upcoming": "todo", "missed": "blocked",
}  # fmt: skip


@dataclass(frozen=True)
class OccurrenceView:
    """One due instance of a task. ``state`` is done, red_flag, skipped, due, overdue, upcoming or
    missed (the next one has come due). ``late`` is by how many days it was recorded after it was
    due."""

    schedule: str
    task: str
    title: str
    due: date
    state: str
    note: str
    evidence: str
    who: str
    at: datetime | None
    version: int
    late: int

    @property
    def label(self) -> str:
        return LABELS[self.state]

    @property
    def late_words(self) -> str:
        """``Recorded 3 days late``; empty if it was not."""
        return f"Recorded {self.late} day{'' if self.late == 1 else 's'} late" if self.late else ""

    @property
    def chip(self) -> str:
        return CHIPS[self.state]

    @property
    def open(self) -> bool:
        """Whether it waits to be done now."""
        return self.state in ("due", "overdue")

    @property
    def anchor(self) -> str:
        """Its id on the page."""
        return f"{self.task.replace('.', '-')}-{self.due.isoformat()}"


@dataclass(frozen=True)
class TaskView:
    """A task of a schedule with its occurrences, oldest first."""

    key: str
    title: str
    text: str
    check: str
    red_flag: str
    action: str
    rhythm: str
    occurrences: tuple[OccurrenceView, ...]
    next_due: date | None
    applies: bool
    reason: str


@dataclass(frozen=True)
class ScheduleView:
    """``anchor`` says what the dates count from while that is not known, else it is empty."""

    key: str
    title: str
    text: str
    owner_role: str
    owner: str
    tasks: tuple[TaskView, ...]
    dropped: tuple[TaskView, ...]
    now: tuple[OccurrenceView, ...]
    ahead: tuple[OccurrenceView, ...]
    triggers: tuple[TriggerView, ...]
    anchor: str


def schedule_of(s: Situation, key: str) -> Schedule:
    """The schedule *key* of the engagement's playbook.

    Raises:
        Missing: there is none.
    """
    item = s.playbook.items.get(key)
    if not isinstance(item, Schedule):
        raise Missing
    return item


def tasks_of(s: Situation, schedule: Schedule) -> list[Task]:
    """The tasks that apply."""
    return [task for task in schedule.tasks.values() if s.applies(task)]


def dates_of(s: Situation, task: Task, until: date) -> list[date]:
    """When *task* is due up to *until*; nothing while its anchor is unknown."""
    return s.dates(task.recurrence, until)


def occurrence_views(s: Situation, schedule: Schedule, until: date) -> list[OccurrenceView]:
    """Every due instance of the schedule's tasks up to *until*, by date, then as in the content."""
    if not s.applies(schedule):
        return []
    views = [
        view
        for task in tasks_of(s, schedule)
        for view in task_occurrences(s, schedule, task, until)
    ]
    return sorted(views, key=lambda view: view.due)


def task_occurrences(
    s: Situation, schedule: Schedule, task: Task, until: date
) -> list[OccurrenceView]:
    """The due instances of one task up to *until*, and those recorded on dates it no longer has."""
    reach = max(until, s.today)
    computed = dates_of(s, task, reach)
    kept = {due: row for (key, due), row in s.records.occurrences.items() if key == task.key}
    dates = sorted({*computed, *kept})
    return [
        _view(s, schedule, task, due, kept.get(due), _following(computed, due))
        for due in dates
        if due <= until
    ]


def _following(dates: Sequence[date], due: date) -> date | None:
    return next((later for later in dates if later > due), None)


def _view(
    s: Situation, schedule: Schedule, task: Task, due: date, row: OccurrenceRecord | None,
    following: date | None,
) -> OccurrenceView:  # fmt: skip
    state = RESULTS[row.result] if row else state_of(due, following, s.today)
    return OccurrenceView(
        schedule=schedule.key, task=task.key, title=s.plain(task.title), due=due, state=state,
        note=row.note or "" if row else "", evidence=row.evidence or "" if row else "",
        who=s.people.name(row.changed_by or "") if row else "", at=row.changed_at if row else None,
        version=row.version or 1 if row else 0, late=_late(s, due, row),
    )  # fmt: skip


def _late(s: Situation, due: date, row: OccurrenceRecord | None) -> int:
    """By how many days a result was recorded after it was due; a skip is never late."""
    at: datetime | None = row.changed_at if row is not None and row.result != "skipped" else None
    if at is None:
        return 0
    recorded = at.astimezone(ZoneInfo(s.engagement.time_zone)).date()
    return max((recorded - due).days, 0)


def state_of(due: date, following: date | None, today: date) -> str:
    """The state of an instance nobody has recorded: missed once the one after it has come due."""
    if due > today:
        return "upcoming"
    if following is not None and following <= today:
        return "missed"
    return "due" if due == today else "overdue"


def owner_role(s: Situation, schedule: Schedule) -> str:
    """The role that owns the schedule in an engagement of this type."""
    if s.profile.get("engagement_type") == SINGLE and schedule.role_when_single:
        return schedule.role_when_single
    return schedule.role


def role_words(s: Situation, role: str) -> str:
    """A role's name, and who plays it here if that is known."""
    known = s.playbook.roles.get(role)
    title = known.title if known else role.replace("_", " ").capitalize()
    names = [m.user.name for m in s.records.members if m.role == role]
    names += [c.name for c in s.records.contacts if c.role == role]
    return f"{title} ({', '.join(names)})" if names else title


def schedule_view(s: Situation, schedule: Schedule) -> ScheduleView:
    """All that a schedule's page shows, a year ahead."""
    until = s.today + relativedelta(years=1)
    views = {
        task.key: _task(s, schedule, task, until if s.applies(schedule) else date.min)
        for task in schedule.tasks.values()
    }
    tasks = tuple(view for view in views.values() if view.applies)
    every = sorted((o for view in tasks for o in view.occurrences), key=lambda o: o.due)
    role = owner_role(s, schedule)
    return ScheduleView(
        key=schedule.key, title=s.plain(schedule.title), text=s.text(schedule.text),
        owner_role=role,
        owner=role_words(s, role), tasks=tasks,
        dropped=tuple(view for view in views.values() if not view.applies),
        now=tuple(o for o in every if o.open),
        ahead=_next_of_each(every),
        triggers=trigger_views(s, schedule.subphase), anchor=_unknown_anchor(s, schedule),
    )  # fmt: skip


def _next_of_each(every: Sequence[OccurrenceView]) -> tuple[OccurrenceView, ...]:
    """The first instance still to come of each task."""
    found: dict[str, OccurrenceView] = {}
    for view in every:
        if view.state == "upcoming":
            found.setdefault(view.task, view)
    return tuple(found.values())


def _task(s: Situation, schedule: Schedule, task: Task, until: date) -> TaskView:
    verdict = s.applicability(task)
    views = (
        tuple(task_occurrences(s, schedule, task, until))
        if verdict.applies and until > date.min
        else ()
    )
    return TaskView(
        key=task.key, title=s.plain(task.title), text=s.text(task.text), check=s.text(task.check),
        red_flag=s.text(task.red_flag), action=s.text(task.action), rhythm=rhythm(task),
        occurrences=views,
        next_due=next((v.due for v in views if v.state in ("due", "overdue", "upcoming")), None),
        applies=verdict.applies, reason=verdict.reason,
    )  # fmt: skip


def next_due(s: Situation, schedule: Schedule, task: Task) -> date | None:
    """When *task* is due next: what is open now, else the first instance within the coming year."""
    views = task_occurrences(s, schedule, task, s.today + relativedelta(years=1))
    return next((v.due for v in views if v.state in ("due", "overdue", "upcoming")), None)


def rhythm(task: Task) -> str:
    """How often the task recurs, in words."""
    rule = task.recurrence
    unit = rule.every.replace("_", " ")
    often = f"every {unit}" if rule.count == 1 else f"every {rule.count} {unit}s"
    if rule.times == 1:
        plural = "" if rule.first == 1 else "s"
        return f"once, {rule.first} {unit}{plural} after {rule.after.replace('_', ' ')}"
    return f"{often}, {rule.times} times" if rule.times else often


def _unknown_anchor(s: Situation, schedule: Schedule) -> str:
    anchors = {task.recurrence.after for task in tasks_of(s, schedule)}
    unknown = sorted(name for name in anchors if s.anchors.get(name) is None)
    return " and ".join(_anchor_words(name) for name in unknown)


def _anchor_words(name: str) -> str:
    if name.startswith("gate_"):
        return f"the day gate {name.removeprefix('gate_')} is passed"
    return {"go_live": "the go-live date", "kickoff": "the kickoff date"}.get(name, name)


@dataclass(frozen=True)
class YearRow:
    """A task in twelve months: for each month the instances due in it."""

    task: TaskView
    months: tuple[tuple[OccurrenceView, ...], ...]


def year(s: Situation, view: ScheduleView) -> tuple[tuple[date, ...], tuple[YearRow, ...]]:
    """Twelve months at a glance: their first days, and a row for each task.

    They begin with the month of the first instance, or three months ago if that is later.
    """
    dues = [o.due for task in view.tasks for o in task.occurrences]
    if not dues:
        return (), ()
    earliest = (s.today - relativedelta(months=3)).replace(day=1)
    start = max(min(dues).replace(day=1), earliest)
    months = tuple(start + relativedelta(months=n) for n in range(12))
    rows = tuple(
        YearRow(task, tuple(_in_month(task.occurrences, month) for month in months))
        for task in view.tasks
    )
    return months, rows


def _in_month(views: Sequence[OccurrenceView], month: date) -> tuple[OccurrenceView, ...]:
    end = month + relativedelta(months=1) - timedelta(days=1)
    return tuple(view for view in views if month <= view.due <= end)
