"""Following up on homework each day, wherever something of the customer's is open."""

from __future__ import annotations

from datetime import date

from flask import current_app
from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from phases.core.commit import commit
from phases.core.db import begin_write
from phases.core.models import Engagement
from phases.mechanisms.homework.chasing import follow_up_today
from phases.mechanisms.homework.models import Ask
from phases.mechanisms.page import situation_for
from phases.portfolio.models import EngagementSummary, WorkItem


def chase_day(session: Session, zone: str, today: date) -> None:  # noqa: ARG001 - a daily hook
    """Write what is due today in *zone*, each engagement in a transaction of its own.

    One that fails does not hold up the others; the day is begun again for it later.
    """
    failed: Exception | None = None
    for engagement_id in chased(session, zone):
        try:
            _chase(session, engagement_id)
        except Exception as problem:
            session.rollback()
            current_app.logger.warning("engagement %s: %s", engagement_id, problem)
            failed = problem
    if failed is not None:
        raise failed


def chased(session: Session, zone: str) -> list[int]:
    """The live engagements of *zone* in which something is open with the customer."""
    waiting = exists().where(WorkItem.engagement_id == Engagement.id, WorkItem.kind == "waiting")
    given = exists().where(Ask.engagement_id == Engagement.id, Ask.ended_at.is_(None))
    found = session.scalars(
        select(Engagement.id)
        .join(EngagementSummary)
        .where(
            Engagement.time_zone == zone, EngagementSummary.closed_at.is_(None),
            or_(waiting, given),
        )
        .order_by(Engagement.id)
    ).all()  # fmt: skip
    session.rollback()
    return list(found)


def _chase(session: Session, engagement_id: int) -> None:
    begin_write(session)
    engagement = session.get_one(Engagement, engagement_id, with_for_update={"of": Engagement})
    s = situation_for(session, engagement)
    follow_up_today(session, s, engagement.summary)  # type: ignore[attr-defined] # a backref
    commit(session)
