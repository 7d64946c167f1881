"""The audit trail: one chain of hashed events per engagement.

An event is a frozen dataclass in a package's ``events.py``. Its fields hold keys and ids, never
names or texts, so that personal data can be erased without touching the chain.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core.clock import now
from phases.core.models import AuditEvent, Engagement

Job = Callable[[Session, Engagement, Any], None]

JOBS: dict[type, list[Job]] = {}
"""From a kind of event to what it sets off; upper packages fill it at start-up."""


def canonical(data: Any) -> str:
    """*data* as JSON that is the same for the same content: sorted keys, no spaces."""
    return json.dumps(
        data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain
    )


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"{type(value).__name__} has no canonical form")


def sha256(text: str | bytes) -> str:
    """The SHA-256 of *text* in UTF-8, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def _link(
    engagement_id: int,
    seq: int,
    at: datetime,
    actor: str,
    kind: str,
    subject: str,
    data: Any,
    previous: str,
) -> str:
    return sha256(
        canonical([engagement_id, seq, at.isoformat(), actor, kind, subject, data, previous])
    )


def record(session: Session, engagement: Engagement, actor: str, event: Any) -> AuditEvent:
    """Append *event* to the engagement's chain, and set off its jobs, in this transaction.

    *event* is a dataclass; a field called ``subject`` is what it is about. *actor* is a person's
    ref (``u3``, ``c5``) or ``system``.
    """
    data = json.loads(canonical(asdict(event)))
    subject = str(data.pop("subject", ""))
    at = now()
    seq = engagement.chain_length + 1
    kind = type(event).__name__
    row = AuditEvent(
        engagement_id=engagement.id,
        seq=seq,
        at=at,
        actor=actor,
        kind=kind,
        subject=subject,
        data=data,
        previous=engagement.chain_head,
        hash=_link(engagement.id, seq, at, actor, kind, subject, data, engagement.chain_head),
    )
    session.add(row)
    engagement.chain_length = seq
    engagement.chain_head = row.hash
    touch(session, engagement)
    for job in JOBS.get(type(event), ()):
        job(session, engagement, event)
    return row


def touch(session: Session, engagement: Engagement) -> None:
    """Have the engagement's projections written again before this transaction commits."""
    session.info.setdefault("touched", {})[engagement.id] = engagement


@dataclass(frozen=True)
class Broken:
    """The first event of a chain that does not fit, and why."""

    engagement_id: int
    seq: int
    why: str


def verify(events: Iterable[AuditEvent], engagement: Engagement) -> Broken | None:
    """Prove one engagement's chain; *events* in order of ``seq``."""
    previous, seq = "", 0
    for event in events:
        seq += 1
        if event.seq != seq:
            return Broken(engagement.id, seq, "an event is missing")
        if event.previous != previous:
            return Broken(engagement.id, seq, "does not follow the event before it")
        expected = _link(
            engagement.id,
            seq,
            event.at,
            event.actor,
            event.kind,
            event.subject,
            event.data,
            previous,
        )
        if event.hash != expected:
            return Broken(engagement.id, seq, "was changed after it was written")
        previous = event.hash
    if previous != engagement.chain_head or seq != engagement.chain_length:
        return Broken(engagement.id, seq, "the chain ends before the head the engagement knows")
    return None


def verify_all(session: Session) -> list[Broken]:
    """Prove every engagement's chain; what is broken, if anything."""
    broken = []
    for engagement in session.scalars(select(Engagement).order_by(Engagement.id)):
        events = session.scalars(
            select(AuditEvent)
            .where(AuditEvent.engagement_id == engagement.id)
            .order_by(AuditEvent.seq)
        )
        if found := verify(events, engagement):
            broken.append(found)
    return broken
