"""Reading what changes put in place of what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core.models import Engagement
from phases.mechanisms.history.models import Change

MOST = 100
"""How many changes a page tells, the newest ones."""

Difference = tuple[str, str, str]
"""The title of what changed, and the words before and after."""


@dataclass(frozen=True)
class Happened:
    """One save as a page tells it: when, who, what they did or to what, and each difference."""

    at: datetime
    who: str
    differences: tuple[Difference, ...]
    words: str = ""


def changes_of(
    session: Session, engagement: Engagement, subject: str, most: int = MOST
) -> list[Change]:
    """The changes of *subject*, newest first."""
    query = (
        select(Change)
        .where(Change.engagement_id == engagement.id, Change.subject == subject)
        .order_by(Change.id.desc())
        .limit(most)
    )
    return list(session.scalars(query))


def changes_of_each(
    session: Session, engagement: Engagement, subjects: Iterable[str]
) -> list[Change]:
    """The changes of all *subjects*, oldest first."""
    query = (
        select(Change)
        .where(Change.engagement_id == engagement.id, Change.subject.in_(list(subjects)))
        .order_by(Change.id)
    )
    return list(session.scalars(query))
