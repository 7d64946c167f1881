"""Recommended options of the profile, such as methodology and scope, and contradictions (Q2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from playbook.book import Playbook, slug_of
from playbook.models import Choice, Input
from playbook.rules import Profile


@dataclass(frozen=True, slots=True)
class Recommended:
    """The option that an engagement's profile speaks for, and why."""

    input: str
    option: str
    title: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contradicted:
    """A chosen option that does not go with the rest of the profile, and why."""

    input: str
    option: str
    title: str
    reason: str


def recommend(playbook: Playbook, given: Input, profile: Profile) -> Recommended | None:
    """The first option of *given*, in the playbook's order, that the profile speaks for.

    None if it speaks for none, or if *given* has no options with a text of their own.
    """
    for choice in _choices(playbook, given):
        reasons = tuple(part.reason for part in choice.recommended_when if part.when.holds(profile))
        if reasons:
            return Recommended(given.key, slug_of(choice.key), choice.title, reasons)
    return None


def recommendations(playbook: Playbook, profile: Profile) -> dict[str, Recommended]:
    """What is recommended for each field of the profile, by the field's short name."""
    found = {name: recommend(playbook, given, profile) for name, given in playbook.profile.items()}
    return {name: recommended for name, recommended in found.items() if recommended}


def contradictions(playbook: Playbook, profile: Profile) -> list[Contradicted]:
    """Every option chosen in the profile that does not go with another, with the reason."""
    return [
        Contradicted(given.key, slug_of(choice.key), choice.title, part.reason)
        for name, given in playbook.profile.items()
        for choice in _choices(playbook, given)
        if profile.get(name) == slug_of(choice.key)
        for part in choice.contradicts
        if part.when.holds(profile)
    ]


def _choices(playbook: Playbook, given: Input) -> Iterator[Choice]:
    if given.options_from:
        for item in playbook.family(given.options_from):
            if isinstance(item, Choice):
                yield item
