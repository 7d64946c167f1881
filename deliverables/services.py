"""Issuing documents: freezing one, and printing what was frozen."""

from __future__ import annotations

from dataclasses import asdict

from flask import current_app
from sqlalchemy.orm import Session

from deliverables.blocks import Context
from deliverables.contexts import BUILDERS, Dress, draw_up
from deliverables.contexts.parts import day
from deliverables.contexts.subjects import check_subject, claim_of, files_of
from deliverables.contexts.versions import cut_mark
from deliverables.events import DocumentFileAdded, DocumentFileRemoved, DocumentIssued
from deliverables.render import Printed, address_of, context_hash, print_document
from phases.core import audit, files, outbox
from phases.core.audit import canonical, sha256
from phases.core.clock import now
from phases.core.commit import commit
from phases.core.db import begin_write
from phases.core.documents import READY, RENDERING
from phases.core.errors import BadValue, Missing, Unavailable
from phases.core.models import Engagement, IssuedDocument, StoredFile
from phases.core.outbox import Job
from phases.core.settings import Settings
from phases.mechanisms.situation import Situation
from phases.strategy.versions import queries
from phases.strategy.versions.snapshot import thaw
from playbook.models import Document

RENDER = "render_document"
ASSESSMENT = "assessment"
"""What draws up the document of which there are versions."""


def document_of(s: Situation, key: str) -> Document:
    """The document *key* of the engagement's playbook.

    Raises:
        Missing: there is none, it does not apply, or nothing here draws it up.
    """
    item = s.playbook.items.get(key)
    if not isinstance(item, Document) or not s.applies(item) or item.builder not in BUILDERS:
        raise Missing("This document is not part of this engagement.")
    return item


def draft(s: Situation, key: str, subject: str = "") -> Context:
    """The context of the document as the records stand, undated; of one *subject* where it has any.

    Raises:
        Missing: see :func:`document_of`; or it has no such subject.
    """
    item = document_of(s, key)
    check_subject(s, item, subject)
    return draw_up(s, item, dress(), subject)


def draft_of_version(s: Situation, name: str) -> Context:
    """The assessment's context as it stood when the version *name* was cut.

    Raises:
        Missing: there is no such version, or no document of the assessment here.
    """
    row = queries.find(s, name)
    item = next((one for one in s.playbook.documents if one.builder == ASSESSMENT), None)
    if item is None:
        raise Missing("No document of this playbook prints the assessment.")
    then = thaw(s, row)
    context = draw_up(then, item, dress())
    title = f"{context['title']}, {row.name}"
    return context | {"cut": cut_mark(s, row), "rail": [], "title": title}


def dress() -> Dress:
    """The firm's accent and logo, as the installation is told."""
    settings: Settings = current_app.config["SETTINGS"]
    kind, logo = settings.firm_logo
    return Dress(settings.firm_accent, address_of(kind, logo) if logo else "")


def mark_of(s: Situation, key: str, subject: str = "") -> str:
    """What a draft of *key* rests on, as a hash: while it is the same, so is the draft.

    Every change of an engagement lengthens its chain, and a day or a print its projection.
    """
    check_subject(s, document_of(s, key), subject)
    members = [[member.role, member.user.name, member.user.email] for member in s.records.members]
    contacts = [[c.role, c.name, c.email, c.title] for c in s.records.contacts]
    written = s.engagement.summary.updated_at  # type: ignore[attr-defined] # the portfolio's
    parts = [
        key, subject, s.engagement.id, s.engagement.chain_head, written, s.today,
        s.playbook.digest, s.firm,
        sha256(canonical(asdict(dress()))), members, contacts,
    ]  # fmt: skip
    return sha256(canonical(parts))


def substance(context: Context) -> str:
    """What a draft is compared by: its sections, without what only follows the date."""
    parts = [
        {**part, "blocks": [block for block in part["blocks"] if not block.get("of_today")]}
        for part in context["sections"]
    ]
    return sha256(canonical(parts))


def issue(
    session: Session, s: Situation, actor: str, key: str, note: str = "", subject: str = ""
) -> IssuedDocument:
    """Freeze the document with the head of the audit chain and the time, as the next number.

    Numbers run through a document; a copy supersedes the last one of the same *subject*.

    Raises:
        Missing: see :func:`document_of`.
    """
    engagement, at = s.engagement, now()
    before = [row for row in s.records.issued if row.key == key]
    number = max((row.number for row in before), default=0) + 1
    last = max((row.number for row in before if (row.subject or "") == subject), default=0)
    context = draft(s, key, subject) | {
        "issue": {
            "number": number, "supersedes": last, "at": at.isoformat(timespec="seconds"),
            "on": day(at, s), "by": s.people.name(actor), "chain_head": engagement.chain_head,
        }
    }  # fmt: skip
    row = IssuedDocument(
        engagement_id=engagement.id, key=key, subject=subject, number=number, state=RENDERING,
        context=context,
        context_sha256=context_hash(context), substance=substance(context),
        chain_head=engagement.chain_head, issued_by=actor, issued_at=at, note=note,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(session, engagement, actor, DocumentIssued(key, number, row.context_sha256))
    outbox.put(session, RENDER, {"document": row.id}, engagement, key=f"render-{row.id}")
    s.records.forget("issued")
    return row


MOST_FILES = 100
"""How many uploads may be kept with one document."""


def add_file(
    session: Session, s: Situation, actor: str, key: str, file_id: int, subject: str = ""
) -> StoredFile:
    """Have a stored upload be kept with the document *key*.

    Raises:
        Missing: see :func:`document_of`, or nothing is kept with it, or it is no upload of the
            actor's. BadValue: there are too many.
    """
    item = document_of(s, key)
    if not item.files:
        raise Missing("No files are kept with this document.")
    check_subject(s, item, subject)
    if len(files_of(s, item, subject)) >= MOST_FILES:
        raise BadValue("file", f"{MOST_FILES} files are the most for one document.")
    row = files.claim(session, s.engagement, file_id, claim_of(item, subject), actor)
    audit.record(session, s.engagement, actor, DocumentFileAdded(key, row.id))
    s.records.forget("files")
    return row


def remove_file(
    session: Session, s: Situation, actor: str, key: str, file_id: int, subject: str = ""
) -> None:
    """Take an upload out of the document's files; copies issued before still name it.

    Raises:
        Missing: there is none.
    """
    item = document_of(s, key)
    row = next((file for file in files_of(s, item, subject) if file.id == file_id), None)
    if row is None or not item.files:
        raise Missing("This file is no longer there.")
    files.remove(session, row)
    audit.record(session, s.engagement, actor, DocumentFileRemoved(key, file_id))
    s.records.forget("files")


def render_issued(session: Session, job: Job) -> str | None:
    """Print a frozen document and keep its bytes. Called again it does nothing, or the same.

    Raises:
        RenderFailed: it could not be printed. Unavailable: the file store does not take it.
    """
    row = session.get(IssuedDocument, job.data["document"])
    if row is None or row.state == READY:
        return outbox.DROPPED if row is None else None
    document, context = row.id, row.context
    session.rollback()
    keep_print(session, document, print_document(context))
    return None


def keep_print(session: Session, document: int, printed: Printed) -> None:
    """Store the print of an issued document; one that is there already stays. Ends the transaction.

    Raises:
        Unavailable: the file store does not take it.
    """
    row = session.get_one(IssuedDocument, document)
    path = f"{row.engagement_id}/documents/{row.context_sha256}.pdf"
    session.rollback()
    try:
        files.write(path, iter([printed.pdf]))
    except OSError as problem:
        raise Unavailable("The file store does not take the document.") from problem
    begin_write(session)
    held = session.get(IssuedDocument, document)
    if held is not None and held.state != READY:
        held.state, held.path, held.sha256 = READY, path, sha256(printed.pdf)
        held.size, held.pages = len(printed.pdf), printed.pages
        audit.touch(session, session.get_one(Engagement, held.engagement_id))
    commit(session)
