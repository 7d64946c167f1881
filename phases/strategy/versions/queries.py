"""The line of versions, one of them to read, and what changed between any two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from phases.core.audit import canonical, sha256
from phases.core.errors import Missing
from phases.core.models import AssessmentVersion
from phases.mechanisms.meeting.slots import held, slots
from phases.mechanisms.naming import title_of
from phases.mechanisms.sheet.content import words_changed
from phases.mechanisms.situation import Situation
from phases.mechanisms.writing.draft import changed
from phases.strategy.versions import compare, frame
from phases.strategy.versions.compare import KINDS, Change, Entry
from phases.strategy.versions.entries import OWNER, entries, groups
from phases.strategy.versions.services import minor_after, newest, version_of
from playbook.models import Meeting

NOW = "now"
LABELS = {
    "corrected": "Corrected", "confirmed": "Confirmed", "reopened": "Back to ASSUMED",
    "added": "Added", "removed": "Removed", "noted": "Source or date",
}  # fmt: skip
CHIPS = {
    "corrected": "draft", "confirmed": "confirmed", "reopened": "assumed", "added": "done",
    "removed": "na", "noted": "stale",
}  # fmt: skip
LONG = 2_000
"""Texts longer than this are compared line by line first."""

ALIKE = 0.4
"""Texts that share less than this are told whole: few words in common only confuse."""


@dataclass(frozen=True)
class VersionLine:
    """A cut version in the line. ``moved`` are (label, count) pairs against the one before."""

    name: str
    at: datetime
    who: str
    after: str
    href: str
    note: str
    sha256: str
    assumed: int
    confirmed: int
    entries: int
    since: str
    moved: tuple[tuple[str, int], ...]

    @property
    def standing(self) -> int:
        """How many entries have a standing."""
        return self.assumed + self.confirmed


@dataclass(frozen=True)
class Pending:
    """A meeting that was held and whose version has not been cut."""

    key: str
    number: int
    title: str
    name: str
    day: Any


@dataclass(frozen=True)
class Side:
    """One side of a comparison. ``name`` is a version's, or ``now``."""

    name: str
    label: str
    entries: dict[str, Entry]
    groups: dict[str, dict[str, Any]]
    order: Sequence[str]


@dataclass(frozen=True)
class FieldChange:
    """A field that says something else; ``words`` are pairs of same, del or ins and text."""

    label: str
    before: str
    after: str

    @cached_property
    def words(self) -> Sequence[tuple[str, str]]:
        if max(len(self.before), len(self.after)) > LONG:
            return changed(self.before, self.after)
        found = words_changed(self.before, self.after)
        kept = sum(len(words.strip()) for kind, words in found if kind == "same")
        if kept < ALIKE * min(len(self.before), len(self.after)):
            return (("del", self.before), ("same", " "), ("ins", self.after))
        return found


@dataclass(frozen=True)
class ChangeView:
    """A change ready to show; see ``compare.Change`` for its kinds."""

    key: str
    title: str
    before_title: str
    kind: str
    label: str
    chip: str
    fields: tuple[FieldChange, ...]
    value: str
    standing: str
    newly_confirmed: bool
    who: str
    at: datetime | None
    meeting: str
    source: str
    before_source: str


@dataclass(frozen=True)
class GroupView:
    """What changed in one part of the assessment."""

    key: str
    title: str
    href: str
    changes: tuple[ChangeView, ...]
    reordered: bool


@dataclass(frozen=True)
class Comparison:
    """Two versions, and what changed from the first to the second."""

    left: Side
    right: Side
    counts: dict[str, int]
    groups: tuple[GroupView, ...]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def same(self) -> bool:
        return not self.total and not any(group.reordered for group in self.groups)


@dataclass(frozen=True)
class EntryView:
    """An entry of a version to read."""

    title: str
    fields: tuple[tuple[str, str], ...]
    standing: str
    source: str
    who: str
    at: datetime | None
    meeting: str


def versions(s: Situation) -> list[VersionLine]:
    """The line of versions, newest first."""
    return [line_of(s, row) for row in reversed(s.records.versions)]


def line_of(s: Situation, row: AssessmentVersion) -> VersionLine:
    """A version in the line."""
    tally = row.tally or {}
    moved = tally.get("moved", {})
    href = f"/e/{s.engagement.slug}/meeting/{row.meeting}?number={row.meeting_number}"
    return VersionLine(
        name=row.name, at=row.at, who=s.people.name(row.by),
        after=title_of(s, row.meeting) if row.meeting else "", href=href if row.meeting else "",
        note=row.note or "", sha256=row.sha256, assumed=tally.get("assumed", 0),
        confirmed=tally.get("confirmed", 0), entries=tally.get("entries", 0),
        since=tally.get("since", ""), moved=moved_words(moved),
    )  # fmt: skip


def moved_words(counts: dict[Any, int]) -> tuple[tuple[str, int], ...]:
    """The classes in which something moved, by their labels."""
    return tuple((LABELS[kind], counts[kind]) for kind in KINDS if counts.get(kind))


def pending(s: Situation) -> list[Pending]:
    """Meetings that were held and gave no version yet, nor has a later one."""
    cut = {row.meeting for row in s.records.versions}
    meetings = frame.cutting(s)
    last = max((n for n, meeting in enumerate(meetings) if meeting.key in cut), default=0)
    return [one for meeting in meetings[last:] for one in _uncut(s, meeting)]


def _uncut(s: Situation, meeting: Meeting) -> Iterator[Pending]:
    for slot in reversed(held(slots(s, meeting))):
        if version_of(s, meeting.key, slot.number) is None:
            title, name = s.plain(meeting.title), name_after(s, meeting)
            yield Pending(meeting.key, slot.number, title, name, slot.day)


def name_after(s: Situation, meeting: Meeting) -> str:
    """What the version cut after *meeting* will be called."""
    taken = any(one.name == meeting.cuts for one in s.records.versions)
    return minor_after(s, meeting.cuts) if taken else meeting.cuts


def next_name(s: Situation) -> str:
    """What a version cut by hand will be called."""
    last = newest(s)
    return minor_after(s, last.name) if last else frame.FIRST


def find(s: Situation, name: str) -> AssessmentVersion:
    """The version *name*.

    Raises:
        Missing: there is none.
    """
    for one in s.records.versions:
        if one.name == name:
            return one
    raise Missing("There is no such version of the assessment.")


def side(s: Situation, name: str) -> Side:
    """The version *name*, or the assessment as it stands ``now``.

    Raises:
        Missing: there is no such version.
    """
    if name == NOW:
        found: dict[str, Entry] = dict(entries(s))
        return Side(NOW, "Now", found, groups(s), tuple(found))
    content = s.records.content_of(find(s, name))
    return Side(name, name, content["entries"], content["groups"], content["order"])


def comparison(s: Situation, left: Side, right: Side) -> Comparison:
    """What changed from *left* to *right*, by part of the assessment."""
    changes = compare.compare(left.entries, _in_order(right))
    named = left.groups | right.groups
    keys = dict.fromkeys((*_groups(right), *_groups(left)))
    shown = [_group(s, key, named[key], changes, left, right) for key in keys]
    counts = {str(kind): count for kind, count in compare.counts(changes).items()}
    kept = tuple(group for group in shown if group.changes or group.reordered)
    return Comparison(left, right, counts, kept)


def _in_order(one: Side) -> dict[str, Entry]:
    return {key: one.entries[key] for key in one.order}


def _groups(one: Side) -> Iterator[str]:
    """The parts of a version, in the order in which its entries stand."""
    return (one.entries[key]["group"] for key in one.order)


def _group(
    s: Situation, key: str, named: dict[str, Any], changes: Iterable[Change], left: Side,
    right: Side,
) -> GroupView:  # fmt: skip
    own = [change for change in changes if change.entry["group"] == key]
    labels = dict(named["labels"])
    return GroupView(
        key=key, title=named["title"], href=f"/e/{s.engagement.slug}/{named['place']}",
        changes=tuple(_change(s, change, labels) for change in own),
        reordered=compare.reordered(_keys(left, key), _keys(right, key)),
    )  # fmt: skip


def _keys(one: Side, group: str) -> list[str]:
    return [key for key in one.order if one.entries[key]["group"] == group]


def _change(s: Situation, change: Change, labels: dict[str, str]) -> ChangeView:
    entry, before = change.entry, change.before or {}
    return ChangeView(
        key=change.key, title=entry["title"],
        before_title=before.get("title", "") if change.retitled else "",
        kind=change.kind, label=LABELS[change.kind], chip=CHIPS[change.kind],
        fields=tuple(
            FieldChange(labels.get(name, name), _word(s, name, old), _word(s, name, new))
            for name, old, new in sorted(change.fields, key=lambda one: _place(labels, one[0]))
        ),
        value=entry["fields"].get("value", ""), standing=entry["standing"],
        newly_confirmed=change.newly_confirmed,
        who=s.people.name(entry["by"]) if entry["by"] else "", at=_instant(entry["at"]),
        meeting=title_of(s, entry["in"]) if entry["in"] else "", source=entry["source"],
        before_source=before.get("source", ""),
    )  # fmt: skip


def _place(labels: dict[str, str], name: str) -> int:
    """Where a field stands among those of its group."""
    return list(labels).index(name) if name in labels else len(labels)


def _word(s: Situation, name: str, text: str) -> str:
    """A field as people read it: the owner by name."""
    return s.people.name(text) if name == OWNER and text else text


def _instant(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


# --- one version ----------------------------------------------------------------------------------


def intact(s: Situation, row: AssessmentVersion) -> bool:
    """Whether a version's content still has the hash it was cut with."""
    return sha256(canonical(s.records.content_of(row))) == row.sha256


def parts(s: Situation, one: Side) -> Iterator[tuple[str, str, list[EntryView]]]:
    """A version part by part: title, place, entries."""
    for key in dict.fromkeys(_groups(one)):
        labels = dict(one.groups[key]["labels"])
        found = [_entry(s, one.entries[name], labels) for name in _keys(one, key)]
        yield one.groups[key]["title"], key, found


def _entry(s: Situation, entry: Entry, labels: dict[str, str]) -> EntryView:
    return EntryView(
        title=entry["title"],
        fields=tuple(
            (label, _word(s, name, entry["fields"][name]))
            for name, label in labels.items()
            if entry["fields"].get(name, entry["title"]) != entry["title"]
        ),
        standing=entry["standing"], source=entry["source"],
        who=s.people.name(entry["by"]) if entry["by"] else "", at=_instant(entry["at"]),
        meeting=title_of(s, entry["in"]) if entry["in"] else "",
    )  # fmt: skip
