"""One input: what it was in each version, and all that rests on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from phases.mechanisms.inputs.queries import InputView, input_view
from phases.mechanisms.naming import place_of, title_of
from phases.mechanisms.register.links import INPUTS, resting_on
from phases.mechanisms.situation import Situation
from playbook.checks import InputsConfirmed
from playbook.models import Criterion, Input, Item, Step

MOST_VERSIONS = 12
ASKED = "Asked by"
"""Not what rests on it, but where its value comes from."""
GROUPS = {
    "criterion": "Gates that read it", "gate": "Gates that read it",
    "meeting": "Meetings that settle it", "document": "Documents that show it",
    "passage": "Texts drafted from it", "writing": "Texts drafted from it",
    "step": "Steps it completes", "statement": "What is signed with it",
    "sheet": "What waits for it", "point": "What a meeting leaves with",
    "question": ASKED, "metric": "Figures it bounds",
}  # fmt: skip
"""From the kind of an item that names an input to the heading it stands under."""
ROWS = "Rows that rest on it"
OTHERS = "Elsewhere"


@dataclass(frozen=True)
class Then:
    """What the input was in a version; ``moved`` says how it differs from the one before."""

    version: str
    at: datetime | None
    value: str
    standing: str
    source: str
    who: str
    said_at: datetime | None
    meeting: str
    moved: str


@dataclass(frozen=True)
class Rests:
    """Something that rests on an input."""

    title: str
    what: str
    href: str


@dataclass(frozen=True)
class Traced:
    """The page of an input: as it stands, through the versions, what rests on it by kind, and the
    questions that ask for it."""

    view: InputView
    history: tuple[Then, ...]
    groups: tuple[tuple[str, tuple[Rests, ...]], ...]
    asked: tuple[Rests, ...]

    @property
    def count(self) -> int:
        return sum(len(found) for _, found in self.groups)


def traced(s: Situation, item: Input) -> Traced:
    """All that is known of the input *item*."""
    found: dict[str, dict[str, Rests]] = {}
    for heading, rests in _rests(s, item):
        found.setdefault(heading, {}).setdefault(rests.href + rests.title, rests)
    asked = tuple(found.pop(ASKED, {}).values())
    groups = tuple((heading, tuple(one.values())) for heading, one in found.items())
    return Traced(input_view(s, item), tuple(history(s, item)), groups, asked)


def history(s: Situation, item: Input) -> Iterator[Then]:
    """The input in each of the newest versions, newest first."""
    rows = s.records.versions[-MOST_VERSIONS:]
    said = [s.records.content_of(row)["entries"].get(f"input/{item.key}") for row in rows]
    for n in reversed(range(len(rows))):
        yield _then(s, rows[n].name, rows[n].at, said[n], said[n - 1] if n else None)


def _then(s: Situation, name: str, at: Any, one: Any, before: Any) -> Then:
    one = one or {"fields": {}, "standing": "", "source": "", "by": "", "at": "", "in": ""}
    old = (before or {}).get("fields", {}).get("value", "")
    value = one["fields"].get("value", "")
    moved = ""
    if before is not None and value != old:
        moved = "Corrected"
    elif before is not None and one["standing"] != before["standing"]:
        moved = one["standing"].capitalize()
    return Then(
        version=name, at=at, value=value, standing=one["standing"], source=one["source"],
        who=s.people.name(one["by"]) if one["by"] else "",
        said_at=datetime.fromisoformat(one["at"]) if one["at"] else None,
        meeting=title_of(s, one["in"]) if one["in"] else "", moved=moved,
    )  # fmt: skip


def _rests(s: Situation, item: Input) -> Iterator[tuple[str, Rests]]:
    base = f"/e/{s.engagement.slug}"
    for link in resting_on(s, f"{INPUTS}/{item.key}"):
        yield ROWS, Rests(link.title, link.kind, link.href)
    for key in named_by(s, item):
        one = s.playbook.items[key]
        heading = GROUPS.get(one.kind, OTHERS)
        container = s.playbook.container_of(key)
        what = s.plain(container.title) if container.key != key else ""
        yield heading, Rests(title_of(s, key), what, f"{base}/{_place(s, one)}")


def named_by(s: Situation, item: Input) -> list[str]:
    """The items that apply and name the input, or ask for all inputs of its kind."""
    names = [*s.playbook.mentions.get(item.key, ()), *_asking_all(s, item)]
    drawing = [key for name in names for key in s.playbook.mentions.get(name, ())]
    documents = [key for key in drawing if s.playbook.items[key].kind == "document"]
    found = dict.fromkeys((*names, *documents))
    return [key for key in found if s.applies(s.playbook.items[key])]


def _asking_all(s: Situation, item: Input) -> Iterator[str]:
    """Items whose checks ask for every critical input, or for every one that is known."""
    for one in s.playbook.items.values():
        for check in _checks_of(one):
            asks = isinstance(check, InputsConfirmed)
            if asks and ((check.critical and item.critical) or _reaches(check, item)):
                yield one.key


def _reaches(check: InputsConfirmed, item: Input) -> bool:
    return bool(check.through) and (item.critical or item.subphase <= check.through)


def _checks_of(item: Item) -> tuple[Any, ...]:
    if isinstance(item, Criterion):
        return item.checks
    if isinstance(item, Step):
        return item.done_when
    return tuple(getattr(item, "opens_when", ())) + tuple(getattr(item, "needs", ()))


def _place(s: Situation, one: Item) -> str:
    if one.kind == "document":
        return f"documents/{one.key}"
    return place_of(s, one.key)
