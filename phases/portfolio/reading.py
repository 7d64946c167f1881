"""The playbook as somebody reads it: an item's facts in words, and who does what, by role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from phases.core.template import listed
from playbook.book import Playbook, slug_of
from playbook.models import (
    Category,
    Checklist,
    Column,
    Criterion,
    Document,
    Due,
    Form,
    Gate,
    Input,
    Item,
    Limit,
    Meeting,
    Metric,
    Phase,
    Question,
    Recurrence,
    Requirement,
    Role,
    Schedule,
    Sheet,
    Step,
    Task,
    Trigger,
)

Facts = list[tuple[str, str]]

ANCHORS = {"created": "the engagement begins", "kickoff": "the kickoff", "go_live": "go-live"}
JUDGED = {
    "computed": "From the records", "signed": "By signatures",
    "attested": "By a named person, with a reason",
}  # fmt: skip


def facts(playbook: Playbook, item: Item) -> Facts:
    """What an item says beside its text, as labels and values; empty values left out."""
    found = [(label, words) for label, words in _of(playbook, item) if label and words]
    found += [(name.replace("_", " ").capitalize(), value) for name, value in item.facts.items()]
    return found


def _of(playbook: Playbook, item: Item) -> Iterator[tuple[str, str]]:
    for kind, describe in DESCRIBED.items():
        if isinstance(item, kind):
            yield from describe(playbook, item)


def _titles(playbook: Playbook, slugs: tuple[str, ...]) -> str:
    return listed([playbook.role(slug).title for slug in slugs if slug])


def _category(playbook: Playbook, item: Category) -> Iterator[tuple[str, str]]:
    for phase in playbook.phases:
        if phase.slug in item.weights:
            low, high = item.weights[phase.slug]
            yield phase.title, f"{low}–{high}%"
    yield "For example", listed(item.examples)


def _phase(_playbook: Playbook, item: Phase) -> Iterator[tuple[str, str]]:
    yield "Weight", item.weight
    yield "Output", item.output


def _step(playbook: Playbook, item: Step) -> Iterator[tuple[str, str]]:
    checklist = playbook.container_of(item.key)
    role = item.role or (checklist.role if isinstance(checklist, Checklist) else "")
    yield "Who", _titles(playbook, (role,))
    yield "Due", due_words(item.due)
    yield "Output", item.output
    yield "Priority", item.priority.capitalize()
    yield "Effort", item.effort.capitalize()
    yield "Done", "when the records show it" if item.done_when else ""
    yield "Evidence", "" if item.evidence == "none" else f"A {item.evidence}"


def _criterion(playbook: Playbook, item: Criterion) -> Iterator[tuple[str, str]]:
    yield "Judged", JUDGED[item.by]
    yield "Who can supply it", _titles(playbook, (item.supplied_by,))


def _gate(_playbook: Playbook, item: Gate) -> Iterator[tuple[str, str]]:
    yield "Stands before", item.guards or ""
    yield "Outcomes", listed([outcome.title for outcome in item.outcomes.values()])


def _metric(playbook: Playbook, item: Metric) -> Iterator[tuple[str, str]]:
    yield "Measured", f"each {item.period}, in {item.unit.replace('percent', 'per cent')}"
    yield "Of", f"{item.numerator}, of {item.denominator}" if item.numerator else ""
    yield "Target", limit_words(item.target)
    yield "Red flag", limit_words(item.red_flag)
    yield "Better when", item.better or ""
    yield "Told of a red flag", _titles(playbook, item.told)


def _task(_playbook: Playbook, item: Task) -> Iterator[tuple[str, str]]:
    yield "When", recurrence_words(item.recurrence)
    yield "Check", item.check
    yield "Red flag", item.red_flag
    yield "Action", item.action


def _trigger(playbook: Playbook, item: Trigger) -> Iterator[tuple[str, str]]:
    yield "Threshold", item.threshold
    yield "Response", item.response
    yield "Told", _titles(playbook, item.told)


def _meeting(playbook: Playbook, item: Meeting) -> Iterator[tuple[str, str]]:
    low, high = item.minutes or (0, 0)
    yield "Length", f"{low} minutes" if low == high else f"{low}–{high} minutes"
    yield "Who", _titles(playbook, item.attendees)
    yield "Focus", item.focus
    yield "Output", item.output
    yield "Planned", due_words(item.planned)


def _question(_playbook: Playbook, item: Question) -> Iterator[tuple[str, str]]:
    yield "Answers", listed([option.title for option in item.options.values()])
    yield "Columns", columns_words(item.columns)


def _input(playbook: Playbook, item: Input) -> Iterator[tuple[str, str]]:
    yield "Values", listed([option.title for option in playbook.options(item).values()])
    yield "Critical", "no gate opens before it is CONFIRMED" if item.critical else ""


def _document(playbook: Playbook, item: Document) -> Iterator[tuple[str, str]]:
    yield "Used for", item.used_for
    yield "Due", due_words(item.due)
    yield "Issued by", _titles(playbook, item.issued_by)
    yield "Parts", listed([part.title for part in item.parts.values()])


def _requirement(_playbook: Playbook, item: Requirement) -> Iterator[tuple[str, str]]:
    yield "Weight", str(item.weight)
    yield "Must", "an option that fails it is out" if item.must else ""


def _who(playbook: Playbook, item: Form | Sheet) -> Iterator[tuple[str, str]]:
    yield "Who", _titles(playbook, item.roles)
    yield "Takes", f"about {item.minutes} minutes"


def _schedule(playbook: Playbook, item: Schedule) -> Iterator[tuple[str, str]]:
    yield "Who", _titles(playbook, (item.role,))
    single = item.role_when_single
    yield "In a Single Project", _titles(playbook, (single,)) if single else ""


DESCRIBED: dict[type[Item], Callable[..., Iterator[tuple[str, str]]]] = {
    Category: _category, Phase: _phase, Step: _step, Criterion: _criterion, Gate: _gate,
    Metric: _metric, Task: _task, Trigger: _trigger, Meeting: _meeting, Question: _question,
    Input: _input, Document: _document, Requirement: _requirement, Form: _who, Sheet: _who,
    Schedule: _schedule,
}  # fmt: skip


def limit_words(limit: Limit | None) -> str:
    """A limit as the content words it."""
    return limit.words if limit else ""


def columns_words(columns: dict[str, Column]) -> str:
    """The titles of columns."""
    return listed([column.title for column in columns.values()])


def due_words(due: Due | None) -> str:
    """A due rule in words: ``2 business days before the kickoff``."""
    if due is None:
        return ""
    units = (("business day", due.business_days), ("day", due.days), ("week", due.weeks))
    unit, count = next((unit, count) for unit, count in units if count is not None)
    if count == 0:
        return f"on the day of {_anchor(due.after)}"
    many = abs(count)
    side = "before" if count < 0 else "after"
    return f"{many} {unit}{'' if many == 1 else 's'} {side} {_anchor(due.after)}"


def recurrence_words(rule: Recurrence) -> str:
    """A recurrence in words: ``every month, from 1 month after go-live``."""
    unit = rule.every.replace("_", " ")
    often = f"every {unit}" if rule.count == 1 else f"every {rule.count} {unit}s"
    first = f"{rule.first} {unit}{'' if rule.first == 1 else 's'} after {_anchor(rule.after)}"
    if rule.times == 1:
        return f"once, {first}"
    return f"{often}, first {first}" + (f", {rule.times} times" if rule.times else "")


def _anchor(name: str) -> str:
    if name.startswith("gate_"):
        return f"gate {name.removeprefix('gate_')}"
    return ANCHORS[name]


@dataclass(frozen=True)
class Duty:
    """Something a role does at a sub-phase."""

    item: Item
    verb: str


def duties(playbook: Playbook, role: Role) -> list[tuple[str, list[Duty]]]:
    """What *role* does, by sub-phase in order; sub-phases without anything are left out."""
    found: dict[str, list[Duty]] = {}
    slug = slug_of(role.key)
    for item in playbook.items.values():
        if verb := _verb(playbook, item, slug):
            found.setdefault(playbook.subphase_of(item.key), []).append(Duty(item, verb))
    return sorted(found.items())


def _verb(playbook: Playbook, item: Item, role: str) -> str:
    if isinstance(item, Step):
        checklist = playbook.container_of(item.key)
        own = item.role or (checklist.role if isinstance(checklist, Checklist) else "")
        return "Do" if own == role else ""
    if isinstance(item, Form) and role in item.roles:
        return "Answer"
    if isinstance(item, Sheet) and role in item.roles:
        return "Approve"
    if isinstance(item, Meeting) and role in item.attendees:
        return "Attend"
    if isinstance(item, Criterion) and item.supplied_by == role:
        return "Supply for the gate"
    if isinstance(item, Schedule) and role in (item.role, item.role_when_single):
        return "Keep up"
    if isinstance(item, Document) and role in item.issued_by:
        return "Issue"
    told = item.told if isinstance(item, (Metric, Trigger)) else ()
    return "Hear of" if role in told else ""


def parts(playbook: Playbook) -> list[tuple[str, Item | None, list[Item]]]:
    """The parts of the method by id: each with its topic, if it has one, and what it holds."""
    found: dict[str, list[Item]] = {code: [] for code in playbook.topics}
    for item in playbook.items.values():
        code = item.key.partition(".")[0]
        top = playbook.parent_of(item.key) is None and item.kind != "topic"
        if top and code not in ("profile", "role"):
            found.setdefault(code, []).append(item)
    return [(code, playbook.topics.get(code), items) for code, items in found.items()]
