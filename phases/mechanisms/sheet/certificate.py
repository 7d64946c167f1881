"""Who signed exactly what, and when: a sheet's certificate, as plain data and as a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from phases.mechanisms.sheet.content import Part
from phases.mechanisms.sheet.models import SignOff
from phases.mechanisms.sheet.queries import StatementView, latest, statement_views
from phases.mechanisms.situation import Situation
from playbook.models import Sheet

PROOFS = {
    "code": "a one-time code sent by mail",
    "link": "the personal link alone",
    "login": "a login with the password given afresh",
}


@dataclass(frozen=True)
class Signed:
    """One person's last word on one statement. ``current`` says whether it still reads so."""

    role: str
    name: str
    email: str
    at: datetime
    approved: bool
    comment: str
    proof: str
    sha256: str
    current: bool


@dataclass(frozen=True)
class Certified:
    """A statement as it reads now, with its hash, and what each role said of it."""

    key: str
    title: str
    wording: str
    parts: tuple[Part, ...]
    sha256: str
    required: bool
    signed: tuple[Signed, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Certificate:
    """All statements of a sheet; ``complete`` when every required one is approved as it reads."""

    key: str
    title: str
    customer: str
    roles: tuple[str, ...]
    statements: tuple[Certified, ...]
    complete: bool


def certificate(s: Situation, sheet: Sheet) -> Certificate:
    """What was signed of *sheet*, by whom, when, and on which content."""
    views = statement_views(s, sheet) if s.applies(sheet) else []
    last = latest(s, sheet)
    required = [view for view in views if view.required]
    return Certificate(
        key=sheet.key, title=s.plain(sheet.title), customer=s.engagement.customer,
        roles=tuple(s.playbook.role(role).title for role in sheet.roles),
        statements=tuple(_certified(s, sheet, view, last) for view in views),
        complete=bool(required) and all(view.approved for view in required),
    )  # fmt: skip


def _certified(
    s: Situation, sheet: Sheet, view: StatementView, last: dict[tuple[str, str], SignOff]
) -> Certified:
    said = {role: last.get((view.key, role)) for role in sheet.roles}
    return Certified(
        key=view.key, title=view.title, wording=view.wording, parts=view.parts,
        sha256=view.sha256, required=view.required,
        signed=tuple(_signed(s, row, view) for row in said.values() if row is not None),
        missing=tuple(s.playbook.role(role).title for role, row in said.items() if row is None),
    )  # fmt: skip


def _signed(s: Situation, row: SignOff, view: StatementView) -> Signed:
    return Signed(
        role=s.playbook.role(row.role).title, name=row.name, email=row.email, at=row.at,
        approved=row.approved, comment=row.comment or "",
        proof=PROOFS.get(row.proof, row.proof), sha256=row.sha256,
        current=row.sha256 == view.sha256,
    )  # fmt: skip
