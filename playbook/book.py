"""A loaded playbook: its items by key, kind and place, frozen."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar, overload

from playbook.errors import UndefinedPlaceholderError, UnknownKeyError, UnknownPlaybookError
from playbook.models import (
    Category,
    Checklist,
    Choice,
    Document,
    Form,
    Gate,
    Guide,
    Input,
    Item,
    Matrix,
    Meeting,
    Metric,
    Option,
    Phase,
    Register,
    Role,
    Schedule,
    Sheet,
    SubPhase,
    Topic,
    Trigger,
    Writing,
)
from playbook.walking import leaves

ItemT = TypeVar("ItemT", bound=Item)
Value = TypeVar("Value")

PLACEHOLDER = re.compile(r"\{\{ *([a-z][a-z0-9_]*) *\}\}")
PROFILE = "profile."
LOOSE = ("see.", "proposals.", "likely.", "takes.", "beside", "slots.", "register_")
"""Properties that name what an item does not rest on."""
PLACED = (
    Guide, Checklist, Form, Sheet, Register, Matrix, Meeting, Writing, Metric, Schedule, Trigger,
    Document, Gate,
)  # fmt: skip
"""The kinds that stand on the page of a sub-phase."""


@dataclass(frozen=True, eq=False)
class Playbook:
    """One version of a playbook, equal only to itself.

    ``items`` holds every item, also those inside others, by key.
    """

    name: str
    version: str
    title: str
    items: Mapping[str, Item]
    placeholders: Mapping[str, str]
    digest: str
    released: bool = False
    _parents: Mapping[str, str] = field(default_factory=dict, repr=False)

    @overload
    def of(self, kind: str) -> tuple[Item, ...]: ...
    @overload
    def of(self, kind: type[ItemT]) -> tuple[ItemT, ...]: ...
    def of(self, kind: str | type[Item]) -> tuple[Item, ...]:
        """Every item of a kind, named by its word or its model, in file order."""
        return self._by_kind.get(kind if isinstance(kind, str) else kind.kind, ())

    @overload
    def get(self, key: str) -> Item: ...
    @overload
    def get(self, key: str, model: type[ItemT]) -> ItemT: ...
    def get(self, key: str, model: type[Item] = Item) -> Item:
        """The item with this key, of this kind.

        Raises:
            UnknownKeyError: there is none.
        """
        item = self.items.get(key)
        if not isinstance(item, model):
            known = self.items if model is Item else [found.key for found in self.of(model)]
            raise UnknownKeyError(key, known)
        return item

    def family(self, prefix: str) -> tuple[Item, ...]:
        """Every item whose key is *prefix* and one more part, in file order."""
        return self._by_family.get(prefix, ())

    @cached_property
    def phases(self) -> tuple[Phase, ...]:
        """The phases by number."""
        return tuple(sorted(self.of(Phase), key=lambda phase: phase.number))

    @cached_property
    def subphases(self) -> tuple[SubPhase, ...]:
        """The sub-phases by code."""
        return tuple(sorted(self.of(SubPhase), key=lambda subphase: subphase.code))

    @property
    def categories(self) -> tuple[Category, ...]:
        return self.of(Category)

    @cached_property
    def gates(self) -> tuple[Gate, ...]:
        """The gates at the ends of sub-phases, in their order."""
        at_ends = (gate for gate in self.of(Gate) if gate.guards is None)
        return tuple(sorted(at_ends, key=lambda gate: gate.subphase))

    @cached_property
    def guards(self) -> tuple[Gate, ...]:
        """The gates that stand before an act, by sub-phase."""
        before_acts = (gate for gate in self.of(Gate) if gate.guards is not None)
        return tuple(sorted(before_acts, key=lambda gate: gate.subphase))

    @property
    def checklists(self) -> tuple[Checklist, ...]:
        return self.of(Checklist)

    @property
    def forms(self) -> tuple[Form, ...]:
        return self.of(Form)

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        return self.of(Sheet)

    @property
    def registers(self) -> tuple[Register, ...]:
        return self.of(Register)

    @property
    def matrices(self) -> tuple[Matrix, ...]:
        return self.of(Matrix)

    @property
    def metrics(self) -> tuple[Metric, ...]:
        return self.of(Metric)

    @property
    def schedules(self) -> tuple[Schedule, ...]:
        return self.of(Schedule)

    @property
    def triggers(self) -> tuple[Trigger, ...]:
        return self.of(Trigger)

    @property
    def documents(self) -> tuple[Document, ...]:
        return self.of(Document)

    @property
    def meetings(self) -> tuple[Meeting, ...]:
        return self.of(Meeting)

    @property
    def guides(self) -> tuple[Guide, ...]:
        return self.of(Guide)

    @property
    def writings(self) -> tuple[Writing, ...]:
        return self.of(Writing)

    @property
    def inputs(self) -> tuple[Input, ...]:
        return self.of(Input)

    @cached_property
    def profile(self) -> Mapping[str, Input]:
        """The inputs that decide what applies, by the name rules use for them."""
        return {
            item.key.removeprefix(PROFILE): item
            for item in self.inputs
            if item.key.startswith(PROFILE)
        }

    @cached_property
    def roles(self) -> Mapping[str, Role]:
        """The roles by slug."""
        return {slug_of(role.key): role for role in self.of(Role)}

    def role(self, slug: str) -> Role:
        """The role with this slug.

        Raises:
            UnknownKeyError: there is none.
        """
        if slug not in self.roles:
            raise UnknownKeyError(slug, self.roles)
        return self.roles[slug]

    def phase(self, slug: str) -> Phase:
        """The phase with this slug.

        Raises:
            UnknownKeyError: there is none.
        """
        if slug not in self._phases:
            raise UnknownKeyError(slug, self._phases)
        return self._phases[slug]

    def subphase(self, code: str) -> SubPhase:
        """The sub-phase with this code.

        Raises:
            UnknownKeyError: there is none.
        """
        if code not in self._subphases:
            raise UnknownKeyError(code, self._subphases)
        return self._subphases[code]

    def subphases_of(self, phase: str) -> tuple[SubPhase, ...]:
        """The sub-phases of the phase with this slug, by code."""
        return tuple(part for part in self.subphases if part.phase == phase)

    def gate_of(self, code: str) -> Gate | None:
        """The gate at the sub-phase with this code, if it has one."""
        return next((gate for gate in self.gates if gate.subphase == code), None)

    def at(self, code: str) -> tuple[Item, ...]:
        """What stands at a sub-phase, in file order, its gate last."""
        return self._by_place.get(code, ())

    def parent_of(self, key: str) -> Item | None:
        """The item that directly holds this one."""
        parent = self._parents.get(key)
        return self.items[parent] if parent else None

    def container_of(self, key: str) -> Item:
        """The outermost item that holds this one; an item at the top holds itself."""
        while key in self._parents:
            key = self._parents[key]
        return self.get(key)

    def subphase_of(self, key: str) -> str:
        """The code of the sub-phase at which this item stands; empty if it stands at none."""
        container = self.container_of(key)
        return container.code if isinstance(container, SubPhase) else place_of(container)

    def options(self, given: Input) -> dict[str, Option]:
        """The options of an input, its own or those of the family it names."""
        if not given.options_from:
            return dict(given.options)
        return {
            slug_of(item.key): Option(title=item.title, text=item.text)
            for item in self.family(given.options_from)
        }

    def choice(self, given: Input, slug: str) -> Choice | None:
        """The item behind an option, where the options are a family of choices."""
        found = self.items.get(f"{given.options_from}.{slug}") if given.options_from else None
        return found if isinstance(found, Choice) else None

    @cached_property
    def _named(self) -> Mapping[str, Mapping[str, bool]]:
        """The items that each names in its own properties, by key, and whether it rests on them.

        What ``see`` names is told to the reader only; what speaks for a row is not in it yet.
        """
        found: dict[str, dict[str, bool]] = {}
        for item in self.items.values():
            for path, value in leaves(item, skip=item.children):
                if isinstance(value, str) and value in self.items and value != item.key:
                    named = found.setdefault(item.key, {})
                    named[value] = named.get(value, False) or not path.startswith(LOOSE)
        return found

    @cached_property
    def mentions(self) -> Mapping[str, tuple[str, ...]]:
        """The keys of the items that name an item in any property of theirs, by its key."""
        pairs = ((named, key) for key, all_named in self._named.items() for named in all_named)
        return _grouped(pairs)

    def resting_on(self, *keys: str) -> frozenset[str]:
        """Every item that those with these keys rest on: what they hold and name, however deep."""
        found: set[str] = set()
        todo = list(keys)
        while todo:
            key = todo.pop()
            if key not in found and key in self.items:
                found.add(key)
                todo += [named for named, rests in self._named.get(key, {}).items() if rests]
                todo += [inner.key for inner in self.items[key].inner()]
        return frozenset(found)

    @cached_property
    def topics(self) -> Mapping[str, Topic]:
        """The parts of the method by id."""
        return {item.key.partition(".")[0]: item for item in self.of(Topic)}

    def render(self, text: str, values: Mapping[str, object]) -> str:
        """Put the values, escaped for HTML, in the place of the text's placeholders.

        Raises:
            UndefinedPlaceholderError: a placeholder has no value.
        """
        return _fill(text, values, escape=html.escape)

    def plain(self, text: str, values: Mapping[str, object]) -> str:
        """Like :meth:`render` but unescaped, for what a template or a mail escapes itself."""
        return _fill(text, values, escape=str)

    def export(self) -> dict[str, Any]:
        """All of it as plain data; an item lists those it holds by key."""
        return {
            "name": self.name,
            "version": self.version,
            "title": self.title,
            "placeholders": dict(self.placeholders),
            "items": {key: self.export_item(key) for key in self.items},
        }

    def export_item(self, key: str) -> dict[str, Any]:
        """One item as plain data."""
        item = self.get(key)
        data = item.model_dump(
            mode="json", by_alias=True, exclude_none=True, exclude={"key", *item.children}
        )
        held = {name: list(getattr(item, name)) for name in item.children}
        parent = self._parents.get(key)
        return {"kind": item.kind, **({"in": parent} if parent else {}), **data, **held}

    @cached_property
    def _by_kind(self) -> Mapping[str, tuple[Item, ...]]:
        return _grouped((item.kind, item) for item in self.items.values())

    @cached_property
    def _by_family(self) -> Mapping[str, tuple[Item, ...]]:
        return _grouped((key.rpartition(".")[0], item) for key, item in self.items.items())

    @cached_property
    def _by_place(self) -> Mapping[str, tuple[Item, ...]]:
        placed = sorted(
            (item for item in self.items.values() if isinstance(item, PLACED)),
            key=lambda item: isinstance(item, Gate),
        )
        return _grouped((item.subphase, item) for item in placed)

    @cached_property
    def _phases(self) -> Mapping[str, Phase]:
        return {phase.slug: phase for phase in self.phases}

    @cached_property
    def _subphases(self) -> Mapping[str, SubPhase]:
        return {subphase.code: subphase for subphase in self.subphases}


@dataclass(frozen=True)
class Library:
    """The playbooks installed, by name and version."""

    playbooks: Mapping[tuple[str, str], Playbook]

    def __iter__(self) -> Iterator[Playbook]:
        return iter(self.playbooks.values())

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for name, _ in self.playbooks))

    def get(self, name: str, version: str) -> Playbook:
        """The playbook of this name and version.

        Raises:
            UnknownPlaybookError: it is not installed.
        """
        if (name, version) not in self.playbooks:
            raise UnknownPlaybookError(f"{name} {version}", map(" ".join, self.playbooks))
        return self.playbooks[name, version]

    def versions(self, name: str) -> tuple[str, ...]:
        """The versions of a playbook, oldest first."""
        found = (version for known, version in self.playbooks if known == name)
        return tuple(sorted(found, key=_version_order))

    def latest(self, name: str) -> Playbook:
        """The newest version of a playbook.

        Raises:
            UnknownPlaybookError: none is installed.
        """
        versions = self.versions(name)
        if not versions:
            raise UnknownPlaybookError(name, map(" ".join, self.playbooks))
        return self.playbooks[name, versions[-1]]


def slug_of(key: str) -> str:
    """The last part of a key."""
    return key.rpartition(".")[2]


def place_of(item: Item) -> str:
    """The sub-phase an item says it stands at; empty if it says none."""
    found: str = item.__dict__.get("subphase", "")
    return found


def placeholders_in(text: str) -> tuple[str, ...]:
    """The placeholders a text names."""
    return tuple(PLACEHOLDER.findall(text))


def _fill(text: str, values: Mapping[str, object], escape: Any) -> str:
    if "{{" not in text:
        return text

    def value_of(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in values:
            have = ", ".join(sorted(values)) or "none"
            raise UndefinedPlaceholderError(f"No value was given for '{name}'; given are: {have}")
        return str(escape(str(values[name])))

    return PLACEHOLDER.sub(value_of, text)


def _grouped(pairs: Iterable[tuple[str, Value]]) -> Mapping[str, tuple[Value, ...]]:
    groups: dict[str, list[Value]] = {}
    for name, item in pairs:
        groups.setdefault(name, []).append(item)
    return {name: tuple(items) for name, items in groups.items()}


def _version_order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))
