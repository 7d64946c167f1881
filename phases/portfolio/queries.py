"""Reads over engagements: the portfolio, my work, history, what a changed profile would change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, defer

from phases.core.clock import today as today_in
from phases.core.models import AuditEvent, Contact, Engagement, Member, User
from phases.mechanisms.situation import Situation
from phases.portfolio.models import EngagementSummary, WorkItem
from playbook.models import Item

PAGE = 15

SORTS: dict[str, tuple[Any, ...]] = {
    "attention": (EngagementSummary.attention, EngagementSummary.customer),
    "customer": (EngagementSummary.customer,),
    "phase": (EngagementSummary.subphase, EngagementSummary.customer),
    "since": (EngagementSummary.phase_since, EngagementSummary.customer),
    "kickoff": (EngagementSummary.kickoff.desc(), EngagementSummary.customer),
}


@dataclass(frozen=True)
class Filter:
    """What the portfolio's address asks for."""

    q: str = ""
    phase: str = ""
    health: str = ""
    methodology: str = ""
    mine: bool = False
    sort: str = "attention"
    page: int = 1


@dataclass(frozen=True)
class Portfolio:
    """One page of the portfolio, and how many there are by health."""

    rows: list[EngagementSummary]
    total: int
    page: int
    counts: Mapping[str, int]

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def portfolio(session: Session, wanted: Filter, user: User, only_own: bool) -> Portfolio:
    """The engagements *user* may read that fit *wanted*; *only_own* limits to the user's own."""
    where = _conditions(wanted, user, only_own)
    counts = dict(
        session.execute(
            select(EngagementSummary.health, func.count())
            .where(
                *_conditions(
                    Filter(
                        q=wanted.q,
                        phase=wanted.phase,
                        methodology=wanted.methodology,
                        mine=wanted.mine,
                    ),
                    user,
                    only_own,
                )
            )
            .group_by(EngagementSummary.health)
        )
        .tuples()
        .all()
    )
    total = counts.get(wanted.health, 0) if wanted.health else sum(counts.values())
    order = (*SORTS.get(wanted.sort, SORTS["attention"]), EngagementSummary.engagement_id)
    page = max(1, min(wanted.page, -(-total // PAGE) or 1))
    wanted_ids = (
        select(EngagementSummary.engagement_id)  # so that the sort carries ids alone
        .where(*where)
        .order_by(*order)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
        .subquery()
    )
    rows = session.scalars(
        select(EngagementSummary)
        .join(wanted_ids, wanted_ids.c.engagement_id == EngagementSummary.engagement_id)
        .options(defer(EngagementSummary.gates))
        .order_by(*order)
    ).all()
    return Portfolio(list(rows), total, page, counts)


def _conditions(wanted: Filter, user: User, only_own: bool) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.q:
        words = wanted.q.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
        conditions.append(EngagementSummary.customer.ilike(f"%{words}%", escape="\\"))
    if wanted.phase:
        conditions.append(EngagementSummary.phase == wanted.phase)
    if wanted.health:
        conditions.append(EngagementSummary.health == wanted.health)
    if wanted.methodology:
        conditions.append(EngagementSummary.methodology == wanted.methodology)
    if wanted.mine or only_own:
        conditions.append(EngagementSummary.engagement_id.in_(_own(user)))
    return conditions


def _own(user: User) -> Any:
    return select(Member.engagement_id).where(Member.user_id == user.id)


@dataclass(frozen=True)
class WorkLine:
    """A line of my work, with its engagement; ``today`` is the date there."""

    item: WorkItem
    customer: str
    slug: str
    today: date

    @property
    def overdue(self) -> bool:
        return self.item.due is not None and self.item.due < self.today


def my_work(session: Session, user: User, limit: int = 100) -> list[WorkLine]:
    """What *user* should do now: by due date, then what has none."""
    dated = _work_lines(session, user, WorkItem.due.is_not(None), limit)
    left = limit - len(dated)
    return dated + (_work_lines(session, user, WorkItem.due.is_(None), left) if left else [])


def _work_lines(
    session: Session, user: User, which: ColumnElement[bool], limit: int
) -> list[WorkLine]:
    rows = session.execute(
        select(WorkItem, Engagement.customer, Engagement.slug, Engagement.time_zone)
        .join(Engagement, Engagement.id == WorkItem.engagement_id)
        .where(WorkItem.assignee == user.ref, which)
        .order_by(WorkItem.due, WorkItem.id)
        .limit(limit)
    )
    return [WorkLine(item, customer, slug, today_in(zone)) for item, customer, slug, zone in rows]


def group_work(lines: list[WorkLine]) -> list[tuple[str, str, list[WorkLine]]]:
    """Lines in the groups in which they are shown: (id, title, lines), empty groups left out."""
    groups: dict[str, list[WorkLine]] = {
        "flags": [],
        "overdue": [],
        "today": [],
        "soon": [],
        "waiting": [],
    }
    for line in lines:
        if line.item.kind == "flag":
            groups["flags"].append(line)
        elif line.item.kind == "waiting":
            groups["waiting"].append(line)
        elif line.overdue:
            groups["overdue"].append(line)
        elif line.item.kind == "blocked" or line.item.due is None or line.item.due <= line.today:
            groups["today"].append(line)
        else:
            groups["soon"].append(line)
    titles = {
        "flags": "Red flags",
        "overdue": "Overdue",
        "today": "Now",
        "soon": "In the next two weeks",
        "waiting": "Waiting for the customer",
    }
    return [(key, titles[key], found) for key, found in groups.items() if found]


def work_of(session: Session, engagement: Engagement, limit: int = 60) -> list[WorkItem]:
    """What there is to do on one engagement, the most urgent first."""
    return list(
        session.scalars(
            select(WorkItem)
            .where(WorkItem.engagement_id == engagement.id)
            .order_by(WorkItem.due.is_(None), WorkItem.due, WorkItem.id)
            .limit(limit)
        )
    )


def history(
    session: Session,
    engagement: Engagement,
    before: int | None = None,
    subject: str = "",
    limit: int = 50,
) -> list[AuditEvent]:
    """The latest events, newest first; older than *before*, about *subject* if one is named."""
    query = select(AuditEvent).where(AuditEvent.engagement_id == engagement.id)
    if before is not None:
        query = query.where(AuditEvent.seq < before)
    if subject:
        parts = (AuditEvent.subject.startswith(subject + mark, autoescape=True) for mark in "#:/")
        query = query.where(or_(AuditEvent.subject == subject, *parts))
    return list(session.scalars(query.order_by(AuditEvent.seq.desc()).limit(limit)))


@dataclass(frozen=True)
class Difference:
    """An item whose standing a changed profile changes, with the reason as it will be."""

    item: Item
    before: str
    after: str
    reason: str


def differences(now: Situation, then: Situation) -> list[Difference]:
    """Items that apply differently under the other profile: does not apply, light, applies."""
    found = []
    for item in now.playbook.items.values():
        old, new = now.applicability(item), then.applicability(item)
        words = [_word(old.applies, old.mode), _word(new.applies, new.mode)]
        if words[0] != words[1] and (
            old.applies != new.applies or item.kind in ("phase", "subphase")
        ):
            found.append(Difference(item, words[0], words[1], new.reason))
    return found


def _word(applies: bool, mode: str) -> str:
    if not applies:
        return "does not apply"
    return "applies in light form" if mode == "light" else "applies"


@dataclass(frozen=True)
class Account:
    """A live, handed-over or closed engagement: what is due on it, and whom to call."""

    summary: EngagementSummary
    work: list[WorkItem]
    contacts: list[Contact]


def accounts(session: Session, user: User, limit: int = 100) -> list[Account]:
    """Live and handed-over engagements, those with something due first; own ones for others."""
    query = select(EngagementSummary).where(
        or_(EngagementSummary.go_live.is_not(None), EngagementSummary.subphase >= "4a")
    )
    if not user.is_a("admin", "architect"):
        query = query.where(EngagementSummary.engagement_id.in_(_own(user)))
    order = (
        EngagementSummary.next_due.is_(None),
        EngagementSummary.next_due,
        EngagementSummary.customer,
    )
    summaries = session.scalars(query.order_by(*order).limit(limit)).all()
    ids = [summary.engagement_id for summary in summaries]
    work: dict[int, list[WorkItem]] = {engagement_id: [] for engagement_id in ids}
    for item in session.scalars(
        select(WorkItem)
        .where(WorkItem.engagement_id.in_(ids), WorkItem.subphase >= "3c")
        .order_by(WorkItem.kind != "flag", WorkItem.due.is_(None), WorkItem.due)
    ):
        work[item.engagement_id].append(item)
    contacts: dict[int, list[Contact]] = {engagement_id: [] for engagement_id in ids}
    for contact in session.scalars(
        select(Contact)
        .where(Contact.engagement_id.in_(ids), Contact.removed_at.is_(None))
        .order_by(Contact.role, Contact.name)
    ):
        contacts[contact.engagement_id].append(contact)
    return [Account(s, work[s.engagement_id], contacts[s.engagement_id]) for s in summaries]
