"""Keeping what a change put in place of what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from phases.core.models import Engagement
from phases.mechanisms.history.models import Change


def note(
    session: Session, engagement: Engagement, actor: str, subject: str, number: int,
    changes: Mapping[str, tuple[Any, Any]],
) -> None:  # fmt: skip
    """Keep *changes*: by name, what stood there before and after."""
    kept = {name: [_plain(before), _plain(after)] for name, (before, after) in changes.items()}
    session.add(
        Change(
            engagement_id=engagement.id, subject=subject, number=number, actor=actor, changes=kept
        )
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
