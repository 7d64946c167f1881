"""Documents as their pages show them: state, what is missing, issued copies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliverables.blocks import Context
from deliverables.contexts import BUILDERS
from deliverables.contexts.subjects import files_of, subjects
from deliverables.services import substance
from phases.core.documents import IssuedView, views_of
from phases.core.models import AuditEvent, StoredFile
from phases.mechanisms.situation import Situation
from playbook.models import Document

TEMPLATES = "Templates"


@dataclass(frozen=True)
class DocumentLine:
    """A document in the list. ``state`` is a chip's kind with ``label`` as its words."""

    key: str
    title: str
    used_for: str
    subphase: str
    format: str
    state: str
    label: str
    due: date | None
    overdue: bool
    page: bool
    portal: bool
    copies: tuple[IssuedView, ...]
    several: bool = False

    @property
    def anchor(self) -> str:
        """Its id on the page."""
        return self.key.replace(".", "-")

    @property
    def next_number(self) -> int:
        return self.copies[0].number + 1 if self.copies else 1


@dataclass(frozen=True)
class SubjectLine:
    """One of what there is a document for, with its newest copy, if it has any."""

    title: str
    copy: IssuedView | None
    files: int


@dataclass(frozen=True)
class DocumentView:
    """One document with its draft: how that differs from the copy issued last, what is missing
    ((sentence, place below the engagement) pairs), how many values stand ASSUMED."""

    line: DocumentLine
    text: str
    state: str
    label: str
    missing: tuple[tuple[str, str], ...]
    assumed: int
    sections: tuple[dict[str, object], ...]
    files: tuple[StoredFile, ...]
    subject: str
    title: str
    next_number: int


@dataclass(frozen=True)
class DroppedDocument:
    """A document that does not apply, and why."""

    title: str
    reason: str


def documents_of(s: Situation) -> list[Document]:
    """Every document that applies and can be drawn up here, in the order of the content."""
    return [item for item in s.playbook.documents if s.applies(item) and item.builder in BUILDERS]


def document_groups(session: Session, s: Situation) -> list[tuple[str, list[DocumentLine]]]:
    """The documents by the phase that needs them, templates last; none is drawn up for it."""
    changes = last_changes(session, s)
    copies = views_of(s.records.issued)
    titles = [*(s.plain(phase.title) for phase in s.playbook.phases), TEMPLATES]
    groups: dict[str, list[DocumentLine]] = {title: [] for title in titles}
    for item in documents_of(s):
        phase = s.playbook.phase(s.playbook.subphase(item.subphase).phase)
        group = TEMPLATES if item.blank else s.plain(phase.title)
        groups[group].append(line_of(s, item, copies, changes))
    return [(title, lines) for title, lines in groups.items() if lines]


def line_of(
    s: Situation, item: Document, copies: list[IssuedView], changes: Mapping[str, datetime]
) -> DocumentLine:
    """*item* in the list: its state by what was issued and what has changed since."""
    own = tuple(copy for copy in copies if copy.key == item.key)
    if item.per:
        state, label = _of_several(s, item, own)
    elif not own:
        state, label = "draft", "Not issued yet"
    elif _changed(item, own[0].at, changes):
        state, label = "stale", f"Records changed since no. {own[0].number}"
    else:
        state, label = "issued", f"Issued, no. {own[0].number}"
    due = s.due(item.due)
    summary = getattr(s.engagement, "summary", None)
    late = bool(due and due < s.today and not own and not (summary and summary.closed_at))
    return DocumentLine(
        key=item.key, title=s.plain(item.title), used_for=s.plain(item.used_for),
        subphase=item.subphase, format=item.format, state=state, label=label, due=due,
        overdue=late, page=item.page, portal=item.portal,
        copies=own, several=item.per is not None,
    )  # fmt: skip


def _of_several(s: Situation, item: Document, own: tuple[IssuedView, ...]) -> tuple[str, str]:
    """The state of a document that is issued once for each of its subjects."""
    named = subjects(s, item)
    done = len(set(named) & {copy.subject for copy in own})
    if not named:
        return "draft", "None to draw up yet"
    state = "issued" if done == len(named) else "draft"
    return state, f"{done} of {len(named)} issued"


def subjects_view(s: Situation, item: Document) -> list[SubjectLine]:
    """What there is a copy of *item* for, or may be."""
    copies = [copy for copy in views_of(s.records.issued) if copy.key == item.key and copy.current]
    newest = {copy.subject: copy for copy in copies}
    return [
        SubjectLine(title, newest.get(title), len(files_of(s, item, title)))
        for title in subjects(s, item)
    ]


def _changed(item: Document, since: datetime, changes: Mapping[str, datetime]) -> bool:
    drawn = {key for part in item.parts.values() for key in part.draws}
    drawn |= set() if item.builder == "parts" else set(item.see)
    return not item.blank and any(changes.get(key, since) > since for key in drawn)


def last_changes(session: Session, s: Situation) -> dict[str, datetime]:
    """When the records of each item were changed last: of a step also its checklist, and so on."""
    at = func.max(AuditEvent.at)
    query = select(AuditEvent.subject, at).group_by(AuditEvent.subject)
    rows = session.execute(query.where(AuditEvent.engagement_id == s.engagement.id)).tuples()
    found: dict[str, datetime] = {}
    for subject, last in rows:
        key = re.split(r"[/#:]", subject, maxsplit=1)[0]
        if key not in s.playbook.items:
            continue
        for name in {key, s.playbook.container_of(key).key}:
            found[name] = max(last, found.get(name, last))
    return found


def dropped_documents(s: Situation) -> list[DroppedDocument]:
    """Those that do not apply."""
    judged = [(item, s.applicability(item)) for item in s.playbook.documents]
    return [
        DroppedDocument(s.plain(i.title), found.reason) for i, found in judged if not found.applies
    ]


def document_view(
    s: Situation, item: Document, context: Context, subject: str = ""
) -> DocumentView:
    """*item* with what its draft *context* lacks, and its blocks where it is read as a page."""
    every = line_of(s, item, views_of(s.records.issued), {})
    own = tuple(copy for copy in every.copies if copy.subject == subject)
    line = replace(every, copies=own)
    last = next((row for row in reversed(s.records.issued)
                 if row.key == item.key and (row.subject or "") == subject), None)  # fmt: skip
    state, label = line.state, line.label
    if subject:
        state, label = ("issued", f"Issued, no. {own[0].number}") if own else (
            "draft", "Not issued yet")  # fmt: skip
    if last is not None and last.substance != substance(context):
        state, label = "stale", f"Draft differs from no. {last.number}"
    return DocumentView(
        line=line, text=s.plain(item.text), state=state, label=label,
        missing=tuple((gap["text"], gap["place"]) for gap in context["missing"]),
        assumed=len(context["assumed"]), sections=tuple(context["sections"]) if item.page else (),
        files=tuple(files_of(s, item, subject)) if item.files else (), subject=subject,
        title=context["title"], next_number=every.next_number,
    )  # fmt: skip
