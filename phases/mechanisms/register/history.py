"""What happened to a row: the audit trail's events, with the values that changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core.models import AuditEvent
from phases.core.template import listed
from phases.mechanisms.history.queries import MOST, Difference, Happened, changes_of
from phases.mechanisms.register.links import titles
from phases.mechanisms.register.queries import RowView, register_of
from phases.mechanisms.register.values import lower, shown
from phases.mechanisms.situation import Situation
from playbook.models import Register

SAID = {
    "RowAdded": "added it", "RowRemoved": "removed it", "RowRestored": "put it back",
    "RowMoved": "moved it",
    "RowConfirmed": "confirmed it", "RowAssumed": "took the confirmation back",
}  # fmt: skip


def events_of(session: Session, s: Situation, view: RowView) -> list[AuditEvent]:
    """The events about a row, newest first."""
    query = (
        select(AuditEvent)
        .where(
            AuditEvent.engagement_id == s.engagement.id,
            AuditEvent.subject == f"{view.register}/{view.ref}",
        )
        .order_by(AuditEvent.seq.desc())
        .limit(MOST)
    )
    return list(session.scalars(query))


def history_of(session: Session, s: Situation, view: RowView) -> list[Happened]:
    """What happened to the row in *view*, newest first."""
    register = register_of(s, view.register)
    kept = changes_of(session, s.engagement, f"{view.register}/{view.ref}")
    by_number = {change.number: change.changes for change in kept}
    return [
        _happened(s, register, event, by_number.get(event.data.get("version", 0)) or {})
        for event in events_of(session, s, view)
    ]


def _happened(
    s: Situation, register: Register, event: AuditEvent, changes: dict[str, list[Any]]
) -> Happened:
    return Happened(
        at=event.at,
        who=s.people.name(event.actor),
        words=SAID.get(event.kind) or _changed(register, event),
        differences=tuple(_differences(s, register, changes)),
    )


def _changed(register: Register, event: AuditEvent) -> str:
    names = [lower(_title(register, name)) for name in event.data.get("columns", ())]
    said = [f"changed {listed(names)}"] if names else []
    if event.data.get("state"):
        before, after = (
            register.states[slug].title if slug in register.states else slug
            for slug in (event.data["state_before"], event.data["state"])
        )
        said.append(f"moved the state from {before} to {after}")
    return " and ".join(said) or "changed it"


def _title(register: Register, name: str) -> str:
    column = register.columns.get(name)
    return column.title if column else name.capitalize()


def _differences(
    s: Situation, register: Register, changes: dict[str, list[Any]]
) -> Iterator[Difference]:
    for name, (before, after) in changes.items():
        if name != "state" or "state" in register.columns:
            yield (
                _title(register, name),
                _words(s, register, name, before),
                _words(s, register, name, after),
            )


def _words(s: Situation, register: Register, name: str, value: Any) -> str:
    column = register.columns.get(name)
    if name == "owner" and column is None:
        return s.people.name(value or "")
    if name == "due" and column is None:
        return _day(value)
    if column is None:
        return str(value or "")
    return titles(s, value or ()) if column.type == "rests_on" else shown(column, value)


def _day(value: str | None) -> str:
    at = date.fromisoformat(value) if value else None
    return f"{at.day} {at:%b %Y}" if at else ""
