"""Steps as pages, checks and documents see them: content, what was said of it, what is computed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from phases.core.errors import Missing
from phases.core.facts import Lack
from phases.mechanisms.checklist.models import StepRecord
from phases.mechanisms.register.values import is_link, is_proof
from phases.mechanisms.situation import Situation
from playbook.models import Checklist, Step

LABELS = {
    "todo": "To do",
    "doing": "Doing",
    "blocked": "Blocked",
    "done": "Done",
    "failed": "Failed",
    "dropped": "Dropped",
}
CHIPS = {
    "todo": "todo",
    "doing": "waiting",
    "blocked": "blocked",
    "done": "done",
    "failed": "red",
    "dropped": "na",
}
OVER = ("done", "dropped")


@dataclass(frozen=True)
class Unsaid:
    """What stands in the place of the row of a step nobody has said anything of."""

    state: str = "todo"
    owner: str = ""
    due: date | None = None
    note: str = ""
    evidence: str = ""
    version: int = 0
    changed_by: str = ""
    changed_at: datetime | None = None


UNSAID = Unsaid()


@dataclass(frozen=True)
class StepView:
    """One step, ready to show. ``version`` is 0 while nobody has said anything of it.

    ``lacks`` are what a computed step still waits for. ``states`` are the (slug, label) pairs a
    person may put it in; a computed step has none. ``guard`` is the key of the gate before it.
    """

    key: str
    checklist: str
    title: str
    text: str
    role: str
    role_title: str
    output: str
    applies: bool
    reason: str
    state: str
    computed: bool
    lacks: tuple[Lack, ...]
    states: tuple[tuple[str, str], ...]
    owner: str
    owner_name: str
    due: date | None
    due_is_own: bool
    overdue: bool
    note: str
    evidence: str
    evidence_kind: str
    version: int
    critical: bool
    priority: str
    effort: str
    guard: str
    test: bool
    changed_by: str
    changed_at: datetime | None

    @property
    def label(self) -> str:
        """The state in words."""
        return LABELS[self.state] if self.applies else "Not applicable"

    @property
    def chip(self) -> str:
        """The kind of chip that shows the state."""
        return CHIPS[self.state] if self.applies else "na"

    @property
    def settled(self) -> bool:
        """Whether nothing is left to do: done, or dropped where that is allowed to count."""
        return self.state == "done" or (
            self.state == "dropped" and not (self.critical or self.test)
        )

    @property
    def open(self) -> bool:
        """Whether it applies and somebody has yet to act."""
        return self.applies and self.state not in OVER

    @property
    def quick(self) -> bool:
        """Whether one click can put it to done: nothing else is asked for."""
        return (
            self.open
            and not self.computed
            and (self.evidence_kind == "none" or bool(self.evidence))
        )

    @property
    def linked(self) -> bool:
        """Whether the evidence is a link that may be followed by anybody."""
        return is_link(self.evidence)

    @property
    def proven(self) -> bool:
        """Whether the evidence is a link, or a page of the engagement that the team may follow."""
        return is_proof(self.evidence)

    @property
    def part(self) -> str:
        """The part of the method that it belongs to, by its id."""
        return self.key.partition(".")[0]

    @property
    def anchor(self) -> str:
        """Its id on the page."""
        return f"step-{self.key.replace('.', '-')}"


def checklist_of(s: Situation, key: str) -> Checklist:
    """The checklist *key* of the engagement's playbook.

    Raises:
        Missing: there is none.
    """
    item = s.playbook.items.get(key)
    if not isinstance(item, Checklist):
        raise Missing
    return item


def step_of(s: Situation, key: str) -> tuple[Checklist, Step]:
    """The step *key* and the checklist that holds it.

    Raises:
        Missing: there is none.
    """
    step = s.playbook.items.get(key)
    if not isinstance(step, Step):
        raise Missing
    return checklist_of(s, s.playbook.container_of(key).key), step


def step_views(s: Situation, checklist: Checklist) -> list[StepView]:
    """Every step of *checklist* in order, also those that do not apply, with their reason."""
    return s.once(
        ("steps", checklist.key),
        lambda: [step_view(s, checklist, step) for step in checklist.items.values()],
    )


def live_steps(s: Situation, checklist: Checklist) -> list[StepView]:
    """The steps that apply; none where the checklist does not."""
    if not s.applies(checklist):
        return []
    return [view for view in step_views(s, checklist) if view.applies]


def states_of(checklist: Checklist, step: Step) -> tuple[str, ...]:
    """The states a person may put *step* in."""
    if step.done_when:
        return ()
    return tuple(state for state in LABELS if checklist.tests or state != "failed")


def step_view(s: Situation, checklist: Checklist, step: Step) -> StepView:
    """*step* with what was said of it; its state is computed where content says how."""
    said: StepRecord | Unsaid = s.records.steps.get(step.key) or UNSAID
    found = s.applicability(step)
    applies = found.applies and s.applies(checklist)
    state, lacks = _state(s, step, said) if applies else (said.state or "todo", ())
    due = said.due or s.due(step.due)
    role = step.role or checklist.role
    return StepView(
        key=step.key, checklist=checklist.key, title=s.plain(step.title), text=s.text(step.text),
        role=role, role_title=s.playbook.role(role).title, output=s.plain(step.output),
        applies=applies, reason=found.reason or s.applicability(checklist).reason,
        state=state, computed=bool(step.done_when), lacks=lacks,
        states=tuple((slug, LABELS[slug]) for slug in states_of(checklist, step)),
        owner=said.owner or "", owner_name=s.people.name(said.owner or ""), due=due,
        due_is_own=said.due is not None,
        overdue=bool(applies and due and due < s.today and state not in OVER),
        note=said.note or "", evidence=said.evidence or "", evidence_kind=step.evidence,
        version=said.version, critical=step.critical,
        priority=step.priority, effort=step.effort, guard=step.guard,
        test=checklist.tests, changed_by=s.people.name(said.changed_by or ""),
        changed_at=said.changed_at,
    )  # fmt: skip


def _state(s: Situation, step: Step, said: StepRecord | Unsaid) -> tuple[str, tuple[Lack, ...]]:
    """A computed step is done exactly when its checks are met, never by being ticked."""
    if not step.done_when:
        return said.state or "todo", ()
    finding = s.find_all(step.done_when)
    return ("done" if finding.met else "todo"), finding.lacks
