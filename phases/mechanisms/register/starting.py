"""Rows to begin with, as the usual systems have them: chosen by what the engagement uses.

A row keeps the starter's name for it as its seed, so that it is never added twice; one of the same
name that somebody has entered stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core.errors import BadValue, Missing
from phases.mechanisms.register.models import Row
from phases.mechanisms.register.offers import named
from phases.mechanisms.register.queries import register_of
from phases.mechanisms.register.rules import new_entry, refuse_if_fixed
from phases.mechanisms.register.services import insert, next_position
from phases.mechanisms.register.signs import filled
from phases.mechanisms.register.values import title_column
from phases.mechanisms.situation import Situation
from playbook.models import Input, Register, Slot, Starter, StarterRow
from playbook.proposing import slot_of

FROM = "start:"
Chosen = Mapping[str, Sequence[str]]
"""The options chosen, by slot."""


@dataclass(frozen=True)
class SlotView:
    """A kind of system to choose: its options, and those that the engagement uses."""

    slug: str
    title: str
    options: Mapping[str, str]
    chosen: tuple[str, ...]


@dataclass(frozen=True)
class StarterView:
    """Rows to begin with; ``missing`` of them are not there yet for the systems in use."""

    key: str
    title: str
    text: str
    slots: tuple[SlotView, ...]
    missing: int


@dataclass(frozen=True)
class Started:
    """How many rows were added, and how many were there already."""

    added: int
    there: int


@dataclass(frozen=True)
class Line:
    """A row to add."""

    key: str
    title: str
    values: dict[str, Any]


def starters_of(s: Situation, register: Register) -> list[StarterView]:
    """What *register* can begin with, as far as it has not begun with it."""
    if register.fixed or not s.applies(register):
        return []
    views = [_view(s, register, one) for one in s.playbook.of(Starter)
             if one.register_ == register.key and s.applies(one)]  # fmt: skip
    return [view for view in views if view.missing]


def _view(s: Situation, register: Register, starter: Starter) -> StarterView:
    slots = tuple(
        SlotView(slug, slot.title, slot.options, tuple(in_use(s, slot)))
        for slug, slot in starter.slots.items()
    )
    lines = list(lines_of(s, register, starter, {slot.slug: slot.chosen for slot in slots}))
    keys, names = _there(s, register)
    missing = sum(line.key not in keys and named(line.title) not in names for line in lines)
    return StarterView(starter.key, s.plain(starter.title), s.text(starter.text), slots, missing)


def in_use(s: Situation, slot: Slot) -> list[str]:
    """The options that the first input which names any of them names."""
    for key in slot.of:
        item = s.playbook.items.get(key)
        if isinstance(item, Input) and (found := _options_in(slot, s.value(key))):
            return found
    return []


def _options_in(slot: Slot, value: Any) -> list[str]:
    if isinstance(value, list):
        return [slug for slug in slot.options if slug in value]
    text = str(value or "").casefold()
    words = re.findall(r"\w+", text)
    return [
        slug for slug, title in slot.options.items()
        if slug in words or title.casefold() in text
    ]  # fmt: skip


def start(
    session: Session, s: Situation, actor: str, register_key: str, starter_key: str, chosen: Chosen
) -> Started:
    """Add the rows of a starter for the systems *chosen* that are not there yet.

    Raises:
        Missing: there is no such starter for this register.
        BadValue: no system is chosen, or one that there is not.
    """
    register = register_of(s, register_key)
    refuse_if_fixed(register)
    starter = s.playbook.items.get(starter_key)
    if not isinstance(starter, Starter) or starter.register_ != register.key:
        raise Missing
    for slug, slot in starter.slots.items():
        if not set(chosen.get(slug, ())) <= set(slot.options):
            raise BadValue("start", f"{slot.title}: choose among those offered.")
    if not any(chosen.values()):
        raise BadValue("start", "Choose at least one system.")
    lines = list(lines_of(s, register, starter, chosen))
    keys, names = _there(s, register, _removed(session, s, register))
    new = [one for one in lines if one.key not in keys and named(one.title) not in names]
    position = next_position(session, s, register)
    for place, line in enumerate(new):
        entry = new_entry(s, register, title=line.title, values=line.values)
        insert(session, s, actor, register, position + place, entry, line.key)
    s.records.forget("_all_rows", "rows", "removed_seeds", "row_index")
    return Started(len(new), len(lines) - len(new))


def _there(
    s: Situation, register: Register, removed: Sequence[str] = ()
) -> tuple[set[str], set[str]]:
    kept = s.records.rows.get(register.key, [])
    gone = s.records.removed_seeds
    return {row.seed for row in kept if row.seed} | gone | set(removed), {
        named(row.title) for row in kept
    }


def _removed(session: Session, s: Situation, register: Register) -> list[str]:
    """Keys of rows that were taken out: they are not added again."""
    query = select(Row.seed).where(
        Row.engagement_id == s.engagement.id, Row.register == register.key,
        Row.seed.is_not(None), Row.removed_at.is_not(None),
    )  # fmt: skip
    return [seed for seed in session.scalars(query) if seed]


def lines_of(s: Situation, register: Register, starter: Starter, chosen: Chosen) -> Iterator[Line]:
    """The rows of *starter* for the systems *chosen*."""
    for slug, row in starter.rows.items():
        if row.applies is not None and not row.applies.holds(s.profile):
            continue
        key = f"{FROM}{starter.key.rpartition('.')[2]}:{slug}"
        for option in chosen.get(row.each, ()) if row.each else ("",):
            own = {**chosen, row.each: [option]} if option else chosen
            values = _values(s, starter, row, own)
            title = str(values.get(title_column(register)) or slug)
            yield Line(f"{key}:{option}" if option else key, title, values)


def _values(s: Situation, starter: Starter, row: StarterRow, chosen: Chosen) -> dict[str, Any]:
    names = {
        slug: " and ".join(slot.options[one] for one in chosen.get(slug, ())) or slot.title
        for slug, slot in starter.slots.items()
    }
    found: dict[str, Any] = {}
    for name, value in row.values.items():
        said = _of_systems(starter, value, chosen) if isinstance(value, dict) else value
        found[name] = filled(s.plain(said), names) if isinstance(said, str) else said
    return {name: value for name, value in found.items() if value != ""}


def _of_systems(starter: Starter, value: Mapping[str, str], chosen: Chosen) -> str:
    """What the systems chosen call it; with several, each before its own."""
    slug = slot_of(starter.slots, value) or ""
    asked = chosen.get(slug, ())
    said = [(starter.slots[slug].options[one], value[one]) for one in asked if one in value]
    if len(asked) < 2:
        return said[0][1] if said else ""
    return "; ".join(f"{title}: {words}" for title, words in said)
