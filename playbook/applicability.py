"""What of a playbook applies to an engagement's profile, how, and why (Q1, Q2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from playbook.book import Playbook
from playbook.models import Adaptation, Item, Phase, SubPhase
from playbook.rules import Profile, Rule

Mode = Literal["full", "light", "skip"]


@dataclass(frozen=True, slots=True)
class Applicability:
    """Whether an item applies, in which mode, and the reason when it is not simply in full."""

    applies: bool
    mode: Mode
    reason: str = ""


FULL = Applicability(applies=True, mode="full")


class Applicable:
    """A playbook seen through one profile: each item is judged at most once."""

    def __init__(self, playbook: Playbook, profile: Profile) -> None:
        self.playbook = playbook
        self.profile = profile
        self._judged: dict[str, Applicability] = {}

    @classmethod
    def view(cls, playbook: Playbook, profile: Profile) -> Applicable:
        """*playbook* as it applies to *profile*."""
        return cls(playbook, profile)

    def of(self, item: Item) -> Applicability:
        """Judge an item: its surroundings first, from phase to container, then its own rule.

        What is around it decides when it skips; being light is passed on to all within.
        """
        found = self._judged.get(item.key)
        if found is None:
            found = self._judged[item.key] = self._judge(item)
        return found

    def at(self, code: str) -> tuple[Item, ...]:
        """What stands at a sub-phase and applies, in order."""
        return tuple(item for item in self.playbook.at(code) if self.of(item).applies)

    def by(self, rule: Rule | None) -> Applicability:
        """Judge a rule that belongs to no item, such as that of a gate's outcome."""
        if rule is None or rule.holds(self.profile):
            return FULL
        return Applicability(applies=False, mode="skip", reason=why_not(rule, self))

    def _judge(self, item: Item) -> Applicability:
        around = [self.of(outer) for outer in self._around(item)]
        for judged in (*around, self._adapted(item), self.by(item.applies)):
            if not judged.applies:
                return judged
        lights = (judged for judged in (self._adapted(item), *around) if judged.mode == "light")
        return next(lights, FULL)

    def _around(self, item: Item) -> Iterator[Item]:
        parent = self.playbook.parent_of(item.key)
        if isinstance(item, SubPhase):
            yield self.playbook.phase(item.phase)
        elif parent is not None:
            yield parent
        elif code := self.playbook.subphase_of(item.key):
            yield self.playbook.subphase(code)

    def _adapted(self, item: Item) -> Applicability:
        adaptations = item.adaptations if isinstance(item, (Phase, SubPhase)) else ()
        first = next((part for part in adaptations if part.when.holds(self.profile)), None)
        return _as_adapted(first) if first else FULL

    def title_of(self, name: str) -> str:
        """The title of a profile field."""
        given = self.playbook.profile.get(name)
        return given.title if given else name

    def words_of(self, rule: Rule) -> str:
        """The values of an ``is`` node by their titles, as in "is Single tool or Multi-tool"."""
        given = self.playbook.profile.get(rule.field)
        options = self.playbook.options(given) if given else {}
        words = [_word(value, {slug: part.title for slug, part in options.items()})
                 for value in rule.values]  # fmt: skip
        return " or ".join(words)


def applicable(playbook: Playbook, item: Item, profile: Profile) -> Applicability:
    """Judge one item; for many, make one :class:`Applicable`."""
    return Applicable(playbook, profile).of(item)


def why_not(rule: Rule, view: Applicable) -> str:
    """Say why *rule* does not hold: what would have to be so, or what is so and must not be."""
    if rule.op == "not":
        return holding(rule.parts[0], view)
    if rule.op == "all":
        failing = (part for part in rule.parts if not part.holds(view.profile))
        return "; ".join(why_not(part, view) for part in failing)
    return f"Only when {condition(rule, view)}"


def holding(rule: Rule, view: Applicable) -> str:
    """Say what makes *rule* hold."""
    if rule.op == "is":
        return _is(rule, view, _found(rule, view.profile))
    if rule.op == "not":
        return _first_upper(condition(rule, view))
    joint = " and " if rule.op == "all" else "; "
    return joint.join(holding(part, view) for part in rule.parts if part.holds(view.profile))


def condition(rule: Rule, view: Applicable) -> str:
    """Put *rule* into words."""
    if rule.op == "is":
        return _is(rule, view, rule)
    if rule.op == "not":
        inner = rule.parts[0]
        if inner.op == "is":
            return f"{view.title_of(inner.field)} is not {view.words_of(inner)}"
        return f"not ({condition(inner, view)})"
    joint = " and " if rule.op == "all" else " or "
    parts = (condition(part, view) for part in rule.parts)
    nested = (f"({text})" if len(part.parts) > 1 else text
              for part, text in zip(rule.parts, parts, strict=True))  # fmt: skip
    return joint.join(nested)


def _is(rule: Rule, view: Applicable, named: Rule) -> str:
    return f"{view.title_of(rule.field)} is {view.words_of(named)}"


def _found(rule: Rule, profile: Profile) -> Rule:
    """The same node with only the values that the profile has."""
    found = profile.get(rule.field)
    several = found if isinstance(found, (list, tuple, set, frozenset)) else (found,)
    return Rule("is", field=rule.field, values=tuple(v for v in rule.values if v in several))


def _as_adapted(adaptation: Adaptation) -> Applicability:
    return Applicability(adaptation.mode != "skip", adaptation.mode, adaptation.reason)


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _word(value: str | bool, titles: dict[str, str]) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return titles.get(value, value)
