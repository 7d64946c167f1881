"""Sheets as pages, checks and documents see them: each statement, and who signed it as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial

from phases.core.audit import canonical, sha256
from phases.core.errors import Missing
from phases.core.facts import Finding, Lack, met
from phases.mechanisms.register.queries import live_rows
from phases.mechanisms.sheet.content import (
    Change,
    Content,
    Part,
    changes,
    row_content,
    statement_content,
    usual_wording,
)
from phases.mechanisms.sheet.models import SignOff, Wording
from phases.mechanisms.situation import Situation, once_each
from playbook.models import Register, Sheet, Statement

UNSAID = Wording(key="", text="", version=0, changed_by="")
"""What stands in the place of the row of a wording nobody has changed."""

LABELS = {
    "none": "Not yet",
    "approved": "Approved",
    "rejected": "Rejected",
    "stale": "Changed since",
}
CHIPS = {"none": "waiting", "approved": "met", "rejected": "red", "stale": "stale"}


@dataclass(frozen=True)
class SignatureView:
    """What one role said of one statement last: none, approved, rejected, or stale.

    ``diff`` tells, for a stale one, the words that changed: pairs of same, del or ins and text.
    ``stale`` fetches what was signed, and is what stands there now.
    """

    role: str
    role_title: str
    state: str
    approved: bool
    name: str
    at: datetime | None
    comment: str
    stale: tuple[Callable[[], str], Content] | None = None

    @cached_property
    def diff(self) -> tuple[Change, ...]:
        """Told only where it is asked for: long records take long to compare."""
        if self.stale is None:
            return ()
        signed, current = self.stale
        return tuple(changes(signed(), current))

    @property
    def label(self) -> str:
        return LABELS[self.state]

    @property
    def chip(self) -> str:
        return CHIPS[self.state]


@dataclass(frozen=True)
class StatementView:
    """One statement: what its signers see, its hash, and what each role said.

    ``wording`` is Markdown, ``parts`` are small tables (title, head, rows) of what it binds.
    ``version`` is that of the wording here, 0 while the playbook's words stand.
    """

    key: str
    title: str
    wording: str
    parts: tuple[Part, ...]
    required: bool
    editable: bool
    usual: str
    version: int
    edited_by: str
    edited_at: datetime | None
    content: str
    sha256: str
    signatures: tuple[SignatureView, ...]

    def signature(self, role: str) -> SignatureView:
        """What *role* said last.

        Raises:
            Missing: the role does not sign this sheet.
        """
        for signature in self.signatures:
            if signature.role == role:
                return signature
        raise Missing

    @property
    def reworded(self) -> bool:
        """Whether this engagement's words differ from the playbook's."""
        return self.wording != self.usual

    @property
    def approved(self) -> bool:
        """Whether every role approved it as it is."""
        return all(signature.state == "approved" for signature in self.signatures)

    @property
    def anchor(self) -> str:
        """Its id on the page."""
        return anchor_of(self.key)


@dataclass(frozen=True)
class SignerView:
    """A role that signs: who plays it, and how much it still has to read."""

    role: str
    title: str
    names: tuple[str, ...]
    waiting: int
    changed: int
    rejected: int

    @property
    def sentence(self) -> str:
        """What is waited for; empty when nothing is."""
        parts = []
        if self.waiting:
            parts.append(f"{self.waiting} to read")
        if self.changed:
            parts.append(f"{self.changed} changed since")
        if self.rejected:
            parts.append(f"{self.rejected} rejected")
        if not parts:
            return ""
        who = (
            f"{self.title} ({', '.join(self.names)})"
            if self.names
            else f"{self.title} (nobody yet)"
        )
        return f"{who}: {', '.join(parts)}"


@dataclass(frozen=True)
class SheetView:
    """A sheet of one engagement. ``shut`` says what it waits for before anybody may say Yes."""

    key: str
    title: str
    text: str
    minutes: int
    subphase: str
    editable: bool
    statements: tuple[StatementView, ...]
    signers: tuple[SignerView, ...]
    shut: tuple[Lack, ...] = ()

    @property
    def required(self) -> tuple[StatementView, ...]:
        return tuple(view for view in self.statements if view.required)

    @property
    def approved(self) -> int:
        """How many required statements every role approved as they are."""
        return sum(view.approved for view in self.required)

    @property
    def signed(self) -> bool:
        return bool(self.required) and self.approved == len(self.required)

    @property
    def waiting(self) -> str:
        """Whom it waits for, in a line; empty when for nobody."""
        return "; ".join(signer.sentence for signer in self.signers if signer.sentence)


def anchor_of(key: str) -> str:
    """The id on the page of the statement *key*."""
    return "statement-" + key.replace(".", "-").replace("#", "-")


def sheet_of(s: Situation, key: str) -> Sheet:
    """The sheet *key* of the engagement's playbook.

    Raises:
        Missing: there is none.
    """
    item = s.playbook.items.get(key)
    if not isinstance(item, Sheet):
        raise Missing
    return item


def opening(s: Situation, sheet: Sheet) -> Finding:
    """Whether the sheet may be approved yet, and what it waits for."""
    return s.find_all(sheet.opens_when) if sheet.opens_when else met("It is open.")


@once_each
def statement_views(s: Situation, sheet: Sheet) -> list[StatementView]:
    """Every statement that applies, and one for each live row of the sheet's register."""
    last = latest(s, sheet)
    views = []
    for statement, content in _contents(s, sheet):
        text = canonical(content)
        digest = sha256(text)
        own = s.records.wordings.get(content["statement"]) or UNSAID
        views.append(StatementView(
            key=content["statement"], title=content["title"], wording=content["wording"],
            parts=tuple(content["parts"]), required=statement.required if statement else True,
            editable=sheet.editable and statement is not None,
            usual=usual_wording(s, statement) if statement else "",
            version=own.version,
            edited_by=s.people.name(own.changed_by or ""), edited_at=own.changed_at,
            content=text, sha256=digest,
            signatures=tuple(
                signature(s, role, last.get((content["statement"], role)), content, digest)
                for role in sheet.roles
            ),
        ))  # fmt: skip
    return views


def _contents(s: Situation, sheet: Sheet) -> Iterator[tuple[Statement | None, Content]]:
    for statement in sheet.items.values():
        if s.applies(statement):
            yield statement, statement_content(s, statement)
    if sheet.rows_of:
        for row in live_rows(s, s.playbook.get(sheet.rows_of, Register)):
            yield None, row_content(s, sheet, row)


@once_each
def latest(s: Situation, sheet: Sheet) -> dict[tuple[str, str], SignOff]:
    """The last sign-off of each statement and role: that one counts."""
    return {(row.statement, row.role): row for row in s.records.sign_offs if row.sheet == sheet.key}


def signatory(s: Situation, sheet: Sheet, role: str) -> SignOff | None:
    """The last sign-off in *role*, while whoever gave it still plays that role here."""
    said = [row for row in s.records.sign_offs if row.sheet == sheet.key and row.role == role]
    plays = {contact.ref for contact in s.records.contacts if contact.role == role}
    plays |= {member.user.ref for member in s.records.members if member.role == role}
    return said[-1] if said and said[-1].signer in plays else None


def signature(
    s: Situation, role: str, said: SignOff | None, content: Content, digest: str
) -> SignatureView:
    """What *role* said, judged against the statement's current content."""
    title = s.playbook.role(role).title
    if said is None:
        return SignatureView(role, title, "none", False, "", None, "")
    state = "stale" if said.sha256 != digest else "approved" if said.approved else "rejected"
    stale = (partial(s.records.signed, said), content) if state == "stale" else None
    return SignatureView(
        role, title, state, said.approved, said.name, said.at, said.comment or "", stale
    )


def not_applicable(s: Situation, sheet: Sheet) -> list[tuple[str, str]]:
    """The statements that do not apply, each with its reason."""
    judged = [(item, s.applicability(item)) for item in sheet.items.values()]
    return [(s.plain(item.title), found.reason) for item, found in judged if not found.applies]


def sheet_view(s: Situation, sheet: Sheet) -> SheetView:
    """All that the page of a sheet shows."""
    views = tuple(statement_views(s, sheet))
    return SheetView(
        key=sheet.key, title=s.plain(sheet.title), text=s.text(sheet.text), minutes=sheet.minutes,
        subphase=sheet.subphase, editable=sheet.editable, statements=views,
        signers=tuple(_signer(s, role, views) for role in sheet.roles),
        shut=opening(s, sheet).lacks,
    )  # fmt: skip


def _signer(s: Situation, role: str, views: tuple[StatementView, ...]) -> SignerView:
    states = [view.signature(role).state for view in views if view.required]
    names = tuple(contact.name for contact in s.records.contacts if contact.role == role)
    names += tuple(member.user.name for member in s.records.members if member.role == role)
    return SignerView(
        role=role, title=s.playbook.role(role).title, names=names, waiting=states.count("none"),
        changed=states.count("stale"), rejected=states.count("rejected"),
    )  # fmt: skip
