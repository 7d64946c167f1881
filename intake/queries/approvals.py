"""A sheet as its signer sees it, and a batch of decisions on its way to being signed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core.audit import canonical
from phases.core.clock import now
from phases.core.errors import Missing
from phases.core.models import Code, Contact, Grant
from phases.mechanisms.sheet.queries import (
    SheetView,
    SignatureView,
    StatementView,
    sheet_of,
    sheet_view,
)
from phases.mechanisms.sheet.services import LONGEST, Decision
from phases.mechanisms.situation import Situation


@dataclass(frozen=True)
class Said:
    """What was typed for one statement; ``seen`` is the hash of what stood on the page."""

    answer: str = ""
    comment: str = ""
    seen: str = ""

    @property
    def decided(self) -> bool:
        return self.answer in ("yes", "no")


@dataclass(frozen=True)
class Line:
    """A statement and what this signer's role said of it."""

    view: StatementView
    mine: SignatureView
    typed: Said
    error: str = ""

    @property
    def name(self) -> str:
        """The start of its fields' names, and its id on the page."""
        return self.view.anchor

    @property
    def asked(self) -> bool:
        """Whether it waits for an answer."""
        return self.mine.state in ("none", "stale")


@dataclass(frozen=True)
class ApprovalView:
    """The page of a sheet."""

    sheet: SheetView
    lines: tuple[Line, ...]
    role: str
    role_title: str
    others: tuple[str, ...]
    error: str = ""

    @property
    def asked(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.asked and line.view.required)

    @property
    def extra(self) -> tuple[Line, ...]:
        """Statements that may be answered but need not."""
        return tuple(line for line in self.lines if line.asked and not line.view.required)

    @property
    def answered(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if not line.asked)

    @property
    def errors(self) -> list[tuple[str, str]]:
        """Where and what is wrong."""
        return [(line.name, line.error) for line in self.lines if line.error]


def approval_view(s: Situation, key: str, contact: Contact) -> ApprovalView:
    """The sheet *key* for *contact*.

    Raises:
        Missing: it does not apply, or is not signed in the contact's role.
    """
    sheet = sheet_of(s, key)
    if not s.applies(sheet) or contact.role not in sheet.roles:
        raise Missing
    view = sheet_view(s, sheet)
    others = tuple(x.sentence for x in view.signers if x.role != contact.role and x.sentence)
    lines = tuple(Line(one, one.signature(contact.role), Said()) for one in view.statements)
    return ApprovalView(view, lines, contact.role, s.playbook.role(contact.role).title, others)


def with_typed(view: ApprovalView, typed: Mapping[str, Said]) -> ApprovalView:
    """The page with what was typed, by statement key."""
    return replace(view, lines=tuple(
        replace(line, typed=typed.get(line.view.key, line.typed)) for line in view.lines
    ))  # fmt: skip


def with_errors(view: ApprovalView, errors: Mapping[str, str], error: str = "") -> ApprovalView:
    """The page with what is wrong, by statement key, and with the sheet as a whole."""
    return replace(view, error=error, lines=tuple(
        replace(line, error=errors.get(line.view.key, "")) for line in view.lines
    ))  # fmt: skip


@dataclass(frozen=True)
class Batch:
    """Decisions submitted together: exactly these are signed by one code."""

    sheet: str
    decisions: Mapping[str, Decision]

    @property
    def text(self) -> str:
        """What a code is bound to: all of it, with the hash of each content that was read."""
        return canonical(
            {"sheet": self.sheet, "decisions": {k: list(d) for k, d in self.decisions.items()}}
        )

    @classmethod
    def of(cls, text: str) -> Batch:
        found: dict[str, Any] = json.loads(text)
        return cls(found["sheet"], {k: (d[0], d[1], d[2]) for k, d in found["decisions"].items()})

    @property
    def typed(self) -> dict[str, Said]:
        return {k: Said("yes" if d[0] else "no", d[1]) for k, d in self.decisions.items()}


def batch_of(view: ApprovalView) -> Batch:
    """What was decided on the page, with the hash of each content that was read."""
    return Batch(
        view.sheet.key,
        {
            line.view.key: (line.typed.answer == "yes", line.typed.comment.strip(), line.typed.seen)
            for line in view.lines
            if line.typed.decided
        },
    )


def wrong(view: ApprovalView) -> dict[str, str]:
    """What is wrong with what was typed, by statement key."""
    found = {}
    for line in view.lines:
        comment = line.typed.comment.strip()
        if line.typed.answer == "no" and not comment:
            found[line.view.key] = f"Tell us what is wrong with “{line.view.title}”."
        elif comment and not line.typed.decided and line.asked:
            found[line.view.key] = f"Choose Yes or No for “{line.view.title}”."
        elif len(comment) > LONGEST:
            found[line.view.key] = f"That comment is too long; {LONGEST} characters are the most."
    return found


CHANGED = "It changed while you were reading. What you typed is kept: read it again, then answer."


def changed_since(view: ApprovalView, batch: Batch) -> dict[str, str]:
    """The statements of *batch* that read differently now, by key, with what to do."""
    return {
        line.view.key: CHANGED
        for line in view.lines
        if (decision := batch.decisions.get(line.view.key)) and decision[2] != line.view.sha256
    }


def latest_first(view: ApprovalView) -> list[Line]:
    """What the role has answered as it reads now, the latest first."""
    return sorted(view.answered, key=lambda line: str(line.mine.at), reverse=True)


def batch_in_hand(session: Session, grant: Grant, sheet_key: str) -> Batch | None:
    """What was submitted last for this sheet and is not signed yet; None after an hour or so."""
    code = session.scalar(
        select(Code).where(Code.grant_id == grant.id).order_by(Code.id.desc()).limit(1)
    )
    if code is None or code.used_at is not None or (now() - code.created_at).total_seconds() > 3600:
        return None
    batch = Batch.of(code.batch)
    return batch if batch.sheet == sheet_key else None


def batch_or_missing(session: Session, grant: Grant, sheet_key: str) -> Batch:
    """As ``batch_in_hand``.

    Raises:
        Missing: nothing waits for a code.
    """
    found = batch_in_hand(session, grant, sheet_key)
    if found is None:
        raise Missing("Nothing waits to be signed here. Go back and answer first.")
    return found
