"""Many steps at once: those that can take the change do, and each that cannot says why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from phases.core.errors import BadValue, Refusal
from phases.mechanisms.checklist.services import planned, write
from phases.mechanisms.situation import Situation
from playbook.models import Checklist

Chosen = tuple[str, int | None]
"""A step's key, and the version that was shown."""


@dataclass(frozen=True)
class Done:
    """What became of the steps that were chosen: how many changed, and why others did not."""

    changed: int
    refused: tuple[str, ...]


def change(
    session: Session, s: Situation, actor: str, checklist: Checklist, steps: Sequence[Chosen],
    wanted: Mapping[str, Any],
) -> Done:  # fmt: skip
    """Say the same of many steps of *checklist*.

    Raises:
        BadValue: none was chosen, or one is none of its steps.
    """
    if not steps:
        raise BadValue("steps", "Choose at least one step.")
    if any(key not in checklist.items for key, _ in steps):
        raise BadValue("steps", "One of the steps is no part of this list.")
    changed, refused = 0, []
    for key, version in steps:
        try:
            plan = planned(s, actor, key, wanted, version)
        except Refusal as refusal:
            refused.append(_told(s.plain(checklist.items[key].title), refusal))
            continue
        changed += bool(plan.changed)
        write(session, s, actor, plan)
    return Done(changed, tuple(refused))


def _told(title: str, refusal: Refusal) -> str:
    if refusal.status == 409:
        return f"“{title}” was changed by somebody else meanwhile."
    named = refusal.message.startswith(f"“{title}”")
    return refusal.message if named else f"“{title}”: {refusal.message}"
