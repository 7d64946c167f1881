"""How long a gate's lines have been as they are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from phases.core.models import AuditEvent
from phases.gates.events import CriterionUnmet
from phases.gates.judge import Decision
from phases.mechanisms.situation import Situation


def unmet_since(session: Session, s: Situation, decision: Decision) -> dict[str, date]:
    """Since when each unmet line has not held, by criterion.

    A line that never held counts from the day its phase began: the passing of the gate before it,
    or the engagement's creation.
    """
    keys = [line.criterion.key for line in decision.unmet]
    if not keys:
        return {}
    zone = ZoneInfo(s.engagement.time_zone)
    lost = {key: at.astimezone(zone).date() for key, at in _last_lost(session, s, keys)}
    began = _phase_began(s, decision)
    return {key: lost.get(key, began) for key in keys}


def _last_lost(session: Session, s: Situation, keys: list[str]) -> Iterable[tuple[str, datetime]]:
    query = (
        select(AuditEvent.subject, func.max(AuditEvent.at))
        .where(
            AuditEvent.engagement_id == s.engagement.id,
            AuditEvent.kind == CriterionUnmet.__name__,
            AuditEvent.subject.in_(keys),
        )
        .group_by(AuditEvent.subject)
    )
    return [(key, at) for key, at in session.execute(query)]


def _phase_began(s: Situation, decision: Decision) -> date:
    code = decision.gate.subphase
    before = [gate.subphase for gate in s.playbook.gates if gate.subphase < code]
    passed = [s.anchors[f"gate_{other}"] for other in before]
    created = s.anchors["created"]
    assert created is not None
    return max([created, *(day for day in passed if day is not None)])
