"""Inputs as pages see them: value, standing, source, grouped by where they belong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from phases.core.models import ASSUMED, CONFIRMED
from phases.core.models import Input as InputRecord
from phases.mechanisms.form.values import EMPTY, in_words
from phases.mechanisms.inputs.values import kind_of
from phases.mechanisms.situation import PROFILE, Situation
from playbook.models import Input, Meeting


@dataclass(frozen=True)
class InputView:
    """One input, ready to show. ``version`` is 0 while only the playbook's default stands."""

    key: str
    title: str
    text: str
    hint: str
    type: str
    options: tuple[tuple[str, str], ...]
    subphase: str
    value: Any
    shown: str
    standing: str
    standing_by: str
    standing_at: datetime | None
    meeting: str
    source: str
    changed_by: str
    changed_at: datetime | None
    critical: bool
    version: int

    @property
    def known(self) -> bool:
        return self.value not in EMPTY

    @property
    def confirmed(self) -> bool:
        return self.known and self.standing == CONFIRMED

    @property
    def profile(self) -> bool:
        """Whether it decides what applies, and so is changed on the profile's own page."""
        return self.key.startswith(PROFILE)

    @property
    def anchor(self) -> str:
        """Its id on the page."""
        return self.key.replace(".", "-")


@dataclass(frozen=True)
class InputGroup:
    """The inputs of one sub-phase; ``code`` is empty for those of none."""

    code: str
    title: str
    inputs: tuple[InputView, ...]

    @property
    def confirmed(self) -> int:
        return sum(view.confirmed for view in self.inputs)


def input_view(s: Situation, item: Input) -> InputView:
    """*item* with what was said of it."""
    said = s.records.inputs.get(item.key) or InputRecord(
        key=item.key, value=item.default, version=0
    )
    kind = kind_of(s.playbook, item)
    return InputView(
        key=item.key, title=s.plain(item.title), text=s.text(item.text), hint=s.plain(item.hint),
        type=item.type, options=tuple(kind.options.items()), subphase=item.subphase,
        value=said.value, shown=in_words(kind, said.value), standing=said.standing or ASSUMED,
        standing_by=s.people.name(said.standing_by or ""), standing_at=said.standing_at,
        meeting=_meeting(s, said.standing_in or ""), source=said.source or "",
        changed_by=s.people.name(said.changed_by or ""), changed_at=said.changed_at,
        critical=item.critical, version=said.version,
    )  # fmt: skip


def _meeting(s: Situation, key: str) -> str:
    item = s.playbook.items.get(key)
    return s.plain(item.title) if isinstance(item, Meeting) else ""


def input_groups(s: Situation) -> list[InputGroup]:
    """Every input that applies, by sub-phase; those of no sub-phase first."""
    views = [input_view(s, item) for item in s.playbook.inputs if s.applies(item)]
    titles = {"": "The project"} | {p.code: s.plain(p.title) for p in s.playbook.subphases}
    groups = []
    for code, title in titles.items():
        found = tuple(view for view in views if view.subphase == code)
        if found:
            groups.append(InputGroup(code, title, found))
    return groups


def meeting_choices(s: Situation) -> list[tuple[str, str]]:
    """The meetings that an input may have been confirmed in."""
    return [(item.key, s.plain(item.title)) for item in s.playbook.meetings if s.applies(item)]
