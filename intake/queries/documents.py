"""Documents and files that a contact may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.queries.sections import FileView, file_view, size_words
from phases.core import files
from phases.core.errors import Missing
from phases.core.models import Contact, IssuedDocument, StoredFile
from phases.mechanisms.homework.pieces import reach
from phases.mechanisms.situation import Situation
from playbook.models import Document, Form, Question

PACKAGE = "package"
"""The builder of a document whose copies go with it."""


@dataclass(frozen=True)
class DocumentView:
    """An issued copy; ``current`` unless a newer one supersedes it."""

    id: int
    key: str
    title: str
    number: int
    issued_at: datetime
    size: str
    pages: int | None
    sha256: str
    current: bool
    packed: bool
    subject: str


@dataclass(frozen=True)
class PageView:
    """A document that is read as a page, drawn from the records as they stand."""

    key: str
    title: str
    used_for: str


def pages(s: Situation, contact: Contact) -> list[PageView]:
    """The documents that *contact* may read as a page."""
    return [
        PageView(item.key, s.plain(item.title), s.plain(item.used_for))
        for item in s.playbook.documents
        if item.page and item.may_be_read_by(contact.role) and s.applies(item)
    ]


def issued_documents(session: Session, s: Situation, contact: Contact) -> list[DocumentView]:
    """Every issued copy that *contact* may read, newest first. The frozen context is not read."""
    d = IssuedDocument
    rows = session.execute(
        select(d.id, d.key, d.subject, d.number, d.issued_at, d.size, d.pages, d.sha256)
        .where(d.engagement_id == s.engagement.id, d.sha256.is_not(None), d.path.is_not(None))
        .order_by(d.issued_at.desc(), d.id.desc())
    ).all()
    rows = [row for row in rows if _is_for(s, row.key, contact)]
    newest: dict[tuple[str, str], int] = {}
    for row in rows:
        of = (row.key, row.subject)
        newest[of] = max(newest.get(of, 0), row.number)
    return [
        DocumentView(
            row.id, row.key, ", ".join(filter(None, (_title(s, row.key), row.subject))),
            row.number, row.issued_at, size_words(row.size or 0), row.pages, row.sha256,
            row.number == newest[row.key, row.subject], _is_packed(s, row.key), row.subject,
        )
        for row in rows
    ]  # fmt: skip


def _is_for(s: Situation, key: str, contact: Contact) -> bool:
    """Whether a copy of the document *key* is for *contact*."""
    item = s.playbook.items.get(key)
    return isinstance(item, Document) and item.may_be_read_by(contact.role)


def _is_packed(s: Situation, key: str) -> bool:
    """Whether copies or files go with the document *key*."""
    item = s.playbook.items.get(key)
    return isinstance(item, Document) and (item.files or item.builder == PACKAGE)


def _title(s: Situation, key: str) -> str:
    item = s.playbook.items.get(key)
    return s.plain(item.title) if item else key


def issued_document(
    session: Session, s: Situation, contact: Contact, document_id: int
) -> IssuedDocument:
    """The issued copy *document_id*, if it is for *contact*.

    Raises:
        Missing: there is none.
    """
    row = session.scalar(
        select(IssuedDocument).where(
            IssuedDocument.id == document_id, IssuedDocument.engagement_id == s.engagement.id,
            IssuedDocument.sha256.is_not(None), IssuedDocument.path.is_not(None),
        )
    )  # fmt: skip
    if row is None or not _is_for(s, row.key, contact):
        raise Missing
    return row


def may_see(s: Situation, contact: Contact, file: StoredFile) -> bool:
    """Whether *file* is the contact's own, or answers a question that is theirs to answer.

    What a colleague uploaded stays theirs to see only while it is with them.
    """
    if file.uploaded_by == contact.ref and contact.role:
        return True
    item = s.playbook.items.get(file.claimed_by)
    if not isinstance(item, Question):
        return False
    form = s.playbook.container_of(item.key)
    return isinstance(form, Form) and item.key in reach(s, form, contact)


def file_for(session: Session, s: Situation, contact: Contact, file_id: int) -> StoredFile:
    """The file *file_id*, if the contact may see it.

    Raises:
        Missing: it is not there, not this engagement's, or not for this contact.
    """
    file = files.of_engagement(session, s.engagement, file_id)
    if not may_see(s, contact, file):
        raise Missing
    return file


def uploads(s: Situation, contact: Contact) -> list[FileView]:
    """The uploads that *contact* may see."""
    every: Iterable[StoredFile] = (file for found in s.records.files.values() for file in found)
    return [file_view(s, file, contact) for file in every if may_see(s, contact, file)]
