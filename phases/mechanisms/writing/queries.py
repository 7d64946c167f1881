"""Texts as pages and checks see them: what stands, what the draft says, who has read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core.audit import sha256
from phases.core.errors import Missing
from phases.mechanisms.blocks import Missing as Lacking
from phases.mechanisms.sheet.content import Change
from phases.mechanisms.situation import Situation
from phases.mechanisms.writing.draft import changed, draft_of, missing_of
from phases.mechanisms.writing.merge import unsettled
from phases.mechanisms.writing.models import PassageRecord, PassageVersion
from playbook.models import Passage, Writing

UNSAID = PassageRecord(key="", text=None, base="", read=None, version=0, changed_by="")
"""What stands in the place of the row of a section nobody has touched."""

LABELS = {
    "draft": "Draft", "edited": "Edited", "behind": "Records have changed", "marked": "To settle",
    "read": "Read", "changed": "Changed since read",
}  # fmt: skip
CHIPS = {
    "draft": "draft", "edited": "draft", "behind": "watch", "marked": "blocked", "read": "met",
    "changed": "stale",
}  # fmt: skip


@dataclass(frozen=True)
class PassageView:
    """One section. ``text`` is what stands: what was edited, else the draft of today.

    ``state`` is draft, edited, behind (edited, and the draft has changed since), marked (a merge
    is not settled), read, or changed (since it was accepted as read). ``version`` is 0 while
    nobody has touched it.
    """

    key: str
    title: str
    asks: str
    text: str
    draft: str
    base: str
    edited: bool
    state: str
    missing: tuple[Lacking, ...]
    read_by: str
    read_at: datetime | None
    read_text: str
    who: str
    at: datetime | None
    version: int

    @property
    def label(self) -> str:
        return LABELS[self.state]

    @property
    def chip(self) -> str:
        return CHIPS[self.state]

    @property
    def sha256(self) -> str:
        """Of what stands, so that one accepts exactly what was shown."""
        return sha256(self.text)

    @property
    def behind(self) -> bool:
        """Whether the draft has changed since it was edited."""
        return self.edited and self.draft != self.base

    @property
    def since_edited(self) -> tuple[Change, ...]:
        """What changed in the draft since it was edited."""
        return changed(self.base, self.draft) if self.behind else ()

    @property
    def since_read(self) -> tuple[Change, ...]:
        """What changed in the words since they were accepted as read."""
        return changed(self.read_text, self.text) if self.state == "changed" else ()

    @property
    def anchor(self) -> str:
        """Its id on the page."""
        return self.key.replace(".", "-")


@dataclass(frozen=True)
class TextView:
    """A text of one engagement."""

    key: str
    title: str
    text: str
    subphase: str
    role: str
    due: date | None
    overdue: bool
    passages: tuple[PassageView, ...]
    dropped: tuple[tuple[str, str], ...]

    @property
    def read(self) -> int:
        return sum(view.state == "read" for view in self.passages)

    @property
    def complete(self) -> bool:
        """Whether somebody has accepted every section as it stands."""
        return bool(self.passages) and self.read == len(self.passages)


@dataclass(frozen=True)
class VersionView:
    """What a section read at one version, and what changed to it; empty text: its draft."""

    version: int
    text: str
    is_draft: bool
    changes: tuple[Change, ...]
    who: str
    at: datetime


def writing_of(s: Situation, key: str) -> Writing:
    """The text *key* of the engagement's playbook.

    Raises:
        Missing: there is none.
    """
    item = s.playbook.items.get(key)
    if not isinstance(item, Writing):
        raise Missing
    return item


def passage_of(s: Situation, writing: Writing, key: str) -> Passage:
    """The section *key* of *writing*, if it applies.

    Raises:
        Missing: it has none.
    """
    passage = writing.sections.get(key)
    if passage is None or not s.applies(writing) or not s.applies(passage):
        raise Missing
    return passage


def passage_view(s: Situation, passage: Passage) -> PassageView:
    """A section as it stands."""
    row = s.records.passages.get(passage.key) or UNSAID
    draft = draft_of(s, passage)
    text = draft if row.text is None else row.text
    return PassageView(
        key=passage.key, title=s.plain(passage.title), asks=s.text(passage.text), text=text,
        draft=draft, base=row.base or "", edited=row.text is not None,
        state=_state(row, text, draft), missing=missing_of(s, passage),
        read_by=s.people.name(row.read_by or ""), read_at=row.read_at, read_text=row.read or "",
        who=s.people.name(row.changed_by or ""), at=row.changed_at, version=row.version,
    )  # fmt: skip


def _state(row: PassageRecord, text: str, draft: str) -> str:
    if unsettled(text):
        return "marked"
    if row.read is not None:
        return "read" if (row.read, row.read_draft) == (text, draft) else "changed"
    if row.text is None:
        return "draft"
    return "edited" if row.base == draft else "behind"


def passages_of(s: Situation, writing: Writing) -> list[PassageView]:
    """The sections that apply; none where the text does not."""
    if not s.applies(writing):
        return []
    return s.once(
        ("passages", writing.key),
        lambda: [passage_view(s, p) for p in writing.sections.values() if s.applies(p)],
    )


def text_view(s: Situation, writing: Writing) -> TextView:
    """All that the page of a text shows."""
    views = tuple(passages_of(s, writing))
    due = s.due(writing.due)
    away = [(p, s.applicability(p)) for p in writing.sections.values()]
    done = bool(views) and all(view.read_at is not None for view in views)
    return TextView(
        key=writing.key, title=s.plain(writing.title), text=s.text(writing.text),
        subphase=writing.subphase, role=s.playbook.role(writing.role).title, due=due,
        overdue=bool(due and due < s.today and not done), passages=views,
        dropped=tuple((s.plain(p.title), how.reason) for p, how in away if not how.applies),
    )  # fmt: skip


def versions(session: Session, s: Situation, passage: Passage) -> list[VersionView]:
    """Every version of a section, newest first."""
    query = (
        select(PassageVersion)
        .where(PassageVersion.engagement_id == s.engagement.id, PassageVersion.key == passage.key)
        .order_by(PassageVersion.version)
    )
    found: list[VersionView] = []
    before = ""
    for row in session.scalars(query):
        text = row.text or ""
        found.append(VersionView(
            row.version, text, row.text is None, changed(before, text), s.people.name(row.by),
            row.at,
        ))  # fmt: skip
        before = text
    return found[::-1]
