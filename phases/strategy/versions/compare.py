"""What changed between two versions of an assessment. Pure.

An assessment is a mapping from key to entry, an entry plain JSON: ``title``, ``fields`` (text by
name), ``standing`` (ASSUMED, CONFIRMED or nothing), and the record behind it (``source``, ``by``,
``at``, ``in``). Every key of either side is in exactly one class of :class:`Change`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

Entry = Mapping[str, Any]
Entries = Mapping[str, Entry]
Kind = Literal["added", "removed", "corrected", "confirmed", "reopened", "noted", "same"]

KINDS: tuple[Kind, ...] = ("corrected", "confirmed", "reopened", "added", "removed", "noted")
"""The classes of what changed, in the order in which people ask for them."""
CONFIRMED = "CONFIRMED"
SAID = ("title", "fields")
"""What an entry says; the rest is how far it may be relied on, and on whose word."""


@dataclass(frozen=True)
class Change:
    """One key whose entry is not the same on both sides.

    *added* and *removed*: it is on one side only. *corrected*: it says something else, whatever its
    standing. *confirmed* and *reopened*: it says the same, and now is, or no longer is, CONFIRMED.
    *noted*: only the record behind it changed, such as its source.
    """

    key: str
    kind: Kind
    before: Entry | None
    after: Entry | None

    @property
    def entry(self) -> Entry:
        """What it is called and where it belongs: as it is now, else as it was."""
        found = self.after if self.after is not None else self.before
        assert found is not None
        return found

    @property
    def newly_confirmed(self) -> bool:
        """Whether it stands CONFIRMED and did not before."""
        return standing(self.after) == CONFIRMED and standing(self.before) != CONFIRMED

    @cached_property
    def fields(self) -> tuple[tuple[str, str, str], ...]:
        """What it says differently: name, text before, text after."""
        old, new = fields_of(self.before), fields_of(self.after)
        names = dict.fromkeys((*old, *new))
        pairs = ((name, str(old.get(name, "")), str(new.get(name, ""))) for name in names)
        return tuple(one for one in pairs if one[1] != one[2])

    @property
    def retitled(self) -> bool:
        """Whether it is called something else and says nothing else differently."""
        return self.kind == "corrected" and not self.fields

    def turned(self) -> Change:
        """The same change, looked at from the other side."""
        mirrored: dict[Kind, Kind] = {
            "added": "removed", "removed": "added", "confirmed": "reopened",
            "reopened": "confirmed",
        }  # fmt: skip
        return Change(self.key, mirrored.get(self.kind, self.kind), self.after, self.before)


def compare(a: Entries, b: Entries) -> tuple[Change, ...]:
    """What has to change for *a* to become *b*: nothing for two that are the same.

    In the order of *b*, what was removed at the end.
    """
    keys = (*b, *(key for key in a if key not in b))
    found = (Change(key, kind_of(a.get(key), b.get(key)), a.get(key), b.get(key)) for key in keys)
    return tuple(change for change in found if change.kind != "same")


def kind_of(before: Entry | None, after: Entry | None) -> Kind:
    """The one class that a key belongs to."""
    if before is None or after is None:
        return "added" if before is None else "removed"
    if before == after:
        return "same"
    if any(before.get(name) != after.get(name) for name in SAID):
        return "corrected"
    held = standing(before) == CONFIRMED, standing(after) == CONFIRMED
    moved: dict[tuple[bool, bool], Kind] = {(False, True): "confirmed", (True, False): "reopened"}
    return moved.get(held, "noted")


def applied(a: Entries, changes: Iterable[Change]) -> dict[str, Entry]:
    """*a* after *changes*: what :func:`compare` told leads from one version to the other."""
    found = dict(a)
    for change in changes:
        if change.after is None:
            found.pop(change.key, None)
        else:
            found[change.key] = change.after
    return found


def counts(changes: Iterable[Change]) -> dict[Kind, int]:
    """How many there are of each class, none left out."""
    found: dict[Kind, int] = dict.fromkeys(KINDS, 0)
    for change in changes:
        found[change.kind] += 1
    return found


def reordered(a: Iterable[str], b: Iterable[str]) -> bool:
    """Whether the keys that are on both sides stand in another order."""
    first, second = list(a), list(b)
    common = set(first) & set(second)
    return [key for key in first if key in common] != [key for key in second if key in common]


def standing(entry: Entry | None) -> str:
    """ASSUMED, CONFIRMED, or nothing."""
    return str((entry or {}).get("standing", ""))


def fields_of(entry: Entry | None) -> Mapping[str, Any]:
    found: Mapping[str, Any] = (entry or {}).get("fields", {})
    return found
