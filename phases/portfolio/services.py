"""Creating engagements, changing their profile, and writing their projections."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.orm import Session

from phases.core.audit import record
from phases.core.clock import now
from phases.core.commit import commit
from phases.core.db import Base, begin_write
from phases.core.errors import BadValue
from phases.core.models import ASSUMED, Engagement, Input, Member, User
from phases.gates.checks import CHECKS
from phases.gates.events import CriterionUnmet
from phases.mechanisms.page import situation_for
from phases.mechanisms.records import Records
from phases.mechanisms.situation import PROFILE, Situation, situation_of
from phases.portfolio import events
from phases.portfolio.models import EngagementSummary, WorkItem
from phases.portfolio.project import Projection, project
from playbook.book import Playbook

CREATED_BY_FORM = "Creation form"
SYSTEM = "system"


@dataclass(frozen=True)
class Draft:
    """A new engagement as somebody asks for it. ``profile`` maps short names to values."""

    customer: str
    time_zone: str
    country: str
    profile: Mapping[str, Any]
    members: Mapping[str, User] = field(default_factory=dict)


def create_engagement(
    session: Session, playbook: Playbook, actor: str, draft: Draft, firm: str = "Our firm"
) -> Engagement:
    """Create an engagement on the newest version of *playbook*; its profile starts ASSUMED.

    Raises:
        BadValue: the customer's name is missing.
    """
    customer = " ".join(draft.customer.split())
    if not customer:
        raise BadValue("customer", "Give the customer's name.")
    engagement = Engagement(
        slug=free_slug(session, customer),
        customer=customer,
        playbook_name=playbook.name,
        playbook_version=playbook.version,
        time_zone=draft.time_zone,
        country=draft.country,
        created_by=actor,
        created_at=now(),
        chain_head="",
        chain_length=0,
        version=1,
    )
    session.add(engagement)
    session.flush()
    inputs = [
        {
            "engagement_id": engagement.id,
            "key": PROFILE + name,
            "value": plain(value),
            "standing": ASSUMED,
            "source": CREATED_BY_FORM,
            "changed_by": actor,
        }
        for name, value in draft.profile.items()
        if value is not None
    ]
    members = [
        Member(engagement_id=engagement.id, user_id=user.id, user=user, role=role)
        for role, user in draft.members.items()
    ]
    session.add_all(members)
    if inputs:
        _insert(session, Input, inputs)
    record(
        session,
        engagement,
        actor,
        events.EngagementCreated(engagement.slug, playbook.name, playbook.version),
    )
    session.info["touched"].pop(engagement.id)
    said = {row["key"]: Input(**row) for row in inputs}
    records = Records.of(engagement, inputs=said, members=members)
    projection = project(situation_of(playbook, records, CHECKS, firm))
    add_projection(session, projection, engagement)
    return engagement


def plain(value: Any) -> Any:
    """A profile value as it is stored."""
    return value.isoformat() if isinstance(value, date) else value


def free_slug(session: Session, customer: str) -> str:
    """An address for *customer* that nobody has yet."""
    text = unicodedata.normalize("NFKD", customer).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", text).strip("-")[:60] or "customer"
    free = session.scalar(select(Engagement.id).where(Engagement.slug == base)) is None
    if free and base != "new":
        return base
    taken = set(session.scalars(select(Engagement.slug).where(Engagement.slug.like(f"{base}-%"))))
    return next(slug for n in range(2, len(taken) + 4) if (slug := f"{base}-{n}") not in taken)


def change_profile(
    session: Session, s: Situation, actor: str, values: Mapping[str, Any]
) -> tuple[str, ...]:
    """Set profile inputs; what changed becomes ASSUMED again. Returns the names that changed.

    Raises:
        BadValue: a gate records one of them.
    """
    changed = tuple(name for name, value in values.items() if plain(value) != s.profile.get(name))
    for name in changed:
        key = PROFILE + name
        if gate := s.recorded_by(key):
            raise BadValue(name, f"{gate.called} records this when it is passed.")
        said = s.records.inputs.get(key)
        if said is None:
            said = Input(engagement_id=s.engagement.id, key=key, version=0)
            session.add(said)
            s.records.inputs[key] = said
        said.value, said.standing, said.source = plain(values[name]), ASSUMED, "Profile page"
        said.standing_by, said.standing_at, said.standing_in = "", None, ""
        said.changed_by, said.version = actor, said.version + 1
    if changed:
        s.engagement.version += 1
        record(session, s.engagement, actor, events.ProfileChanged(s.engagement.slug, changed))
    return changed


def with_profile(s: Situation, values: Mapping[str, Any]) -> Situation:
    """*s* as it would be with these profile values: for the preview, nothing is stored."""
    other = Situation(s.playbook, s.records, s.today, s.checks, s.firm)
    other.__dict__["profile"] = {**s.profile, **{k: plain(v) for k, v in values.items()}}
    return other


def refresh(session: Session, engagement: Engagement) -> None:
    """Write the projections of *engagement* again, from its records. Hooked to every commit."""
    projection = project(situation_for(session, engagement))
    before = session.get(EngagementSummary, engagement.id)
    for key in turned(before.gates if before else [], projection.summary["gates"]):
        record(session, engagement, SYSTEM, CriterionUnmet(key))
        session.info["touched"].pop(engagement.id)
    write_projection(session, projection, engagement)


def turned(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[str]:
    """The criteria that held before and do not hold after, of gates that were judged both times."""
    held = {gate["code"]: set(gate["lines"]) for gate in before if gate["total"]}
    return [
        key
        for gate in after
        if gate["code"] in held
        for key in gate["lines"]
        if key not in held[gate["code"]]
    ]


def write_projection(session: Session, projection: Projection, engagement: Engagement) -> None:
    """Replace the stored projections by *projection*."""
    session.execute(delete(WorkItem).where(WorkItem.engagement_id == engagement.id))
    summary = session.get(EngagementSummary, engagement.id)
    if summary is None:
        add_projection(session, projection, engagement)
        return
    for name, value in projection.summary.items():
        setattr(summary, name, value)
    summary.updated_at = now()
    _add_work(session, projection, engagement)
    session.flush()


def add_projection(session: Session, projection: Projection, engagement: Engagement) -> None:
    """Store the projections of an engagement that has none yet."""
    values = {"engagement_id": engagement.id, "updated_at": now(), **projection.summary}
    _insert(session, EngagementSummary, [values])
    _add_work(session, projection, engagement)


def _add_work(session: Session, projection: Projection, engagement: Engagement) -> None:
    if projection.work:
        rows = [{"engagement_id": engagement.id, **vars(work)} for work in projection.work]
        _insert(session, WorkItem, rows)


def _insert(session: Session, model: type[Base], rows: list[dict[str, Any]]) -> None:
    """Insert rows that nobody reads back as objects."""
    session.execute(insert(cast(Table, model.__table__)), rows)


def refresh_due(session: Session, today: date, zone: str | None = None, limit: int = 50) -> int:
    """Write again up to *limit* projections in which a date has made something due; how many."""
    query = select(Engagement).join(EngagementSummary).where(EngagementSummary.refresh_on <= today)
    if zone is not None:
        query = query.where(Engagement.time_zone == zone)
    due = session.scalars(query.order_by(Engagement.id).limit(limit)).all()
    for engagement in due:
        refresh(session, engagement)
    return len(due)


def begin_day(session: Session, zone: str, today: date) -> None:
    """When a day begins in *zone*: refresh what it makes due there, in transactions of fifty."""
    while True:
        begin_write(session)
        count = refresh_due(session, today, zone)
        commit(session)
        if count < 50:
            return
