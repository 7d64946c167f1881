"""What customers change beyond what the mechanisms do: a section at a time, files, links."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.events import FileAdded, FileRemoved
from intake.queries.sections import mark
from phases.core import audit, files
from phases.core.clock import now
from phases.core.errors import BadValue, Conflict, Missing, NotAllowed, TooManyTries
from phases.core.invitations import services as invitations
from phases.core.invitations.errors import LinkRevoked
from phases.core.models import Contact, Engagement, Grant, Invitation, StoredFile
from phases.mechanisms.form.queries import answers_of, visible
from phases.mechanisms.form.services import save_answer
from phases.mechanisms.form.values import parse
from phases.mechanisms.situation import Situation
from playbook.models import Form, Question

MOST_FILES = 20


@dataclass(frozen=True)
class Typed:
    """What was typed for a question, and what its page was made from."""

    question: Question
    raw: Any
    version: int
    was: str


def judge(s: Situation, form: Form, typed: Iterable[Typed]) -> dict[str, str]:
    """What is wrong with what was typed, by question key; nothing is kept.

    A follow-up that its own page's answers call for is judged too.
    """
    answers, wrong = answers_of(s, form), {}
    for one in typed:
        if one.question.type == "files" or one.question not in visible(form, answers, s.applies):
            continue
        try:
            answers[one.question.key] = parse(one.question, one.raw)
        except BadValue as problem:
            wrong[one.question.key] = problem.message
    return wrong


def save_section(
    session: Session, s: Situation, actor: str, form: Form, typed: Sequence[Typed]
) -> dict[str, Conflict]:
    """Keep what was typed; what the person left as it was is left alone.

    Returns the conflicts by question key: with any of them, the caller keeps nothing.
    """
    clashes: dict[str, Conflict] = {}
    for one in typed:
        key = one.question.key
        if one.question.type == "files" or mark(parse(one.question, one.raw)) == one.was:
            continue
        if one.question not in visible(form, answers_of(s, form), s.applies):
            continue
        try:
            save_answer(session, s, actor, form.key, key, one.raw, one.version)
        except Conflict as clash:
            clashes[key] = clash
    return clashes


def too_many_files(s: Situation, question: Question, more: int) -> bool:
    """Whether *question* cannot take *more* files."""
    return len(s.records.files.get(question.key, [])) + more > MOST_FILES


def add_file(
    session: Session, s: Situation, actor: str, question: Question, file_id: int
) -> StoredFile:
    """Have a stored upload belong to *question*.

    Raises:
        BadValue: there are twenty already. Missing: it is not this person's upload.
    """
    if too_many_files(s, question, 1):
        raise BadValue(question.key, f"{MOST_FILES} files are the most for one question.")
    row = files.claim(session, s.engagement, file_id, question.key, actor)
    s.records.forget("files")
    audit.record(session, s.engagement, actor, FileAdded(question.key, row.id))
    return row


def remove_file(
    session: Session, s: Situation, actor: str, question: Question, file_id: int
) -> None:
    """Take an upload of the person's own out again.

    Raises:
        Missing: there is none at this question. NotAllowed: somebody else uploaded it.
    """
    row = next((f for f in s.records.files.get(question.key, []) if f.id == file_id), None)
    if row is None:
        raise Missing("This file is no longer there.")
    if row.uploaded_by != actor:
        raise NotAllowed("Only the person who uploaded this file can take it out.")
    files.remove(session, row)
    s.records.forget("files")
    audit.record(session, s.engagement, actor, FileRemoved(question.key, file_id))


def fresh_link_for(session: Session, grant: Grant) -> None:
    """Have a new link mailed to the contact whose access on this browser has run out.

    Raises:
        LinkRevoked: the access was withdrawn. TooManyTries: one was sent a moment ago.
    """
    contact = session.get_one(Contact, grant.contact_id)
    link = session.get_one(Invitation, grant.invitation_id)
    if contact.removed_at or link.revoked_at:
        raise LinkRevoked
    since = now() - invitations.FRESH_LINK_PAUSE
    recent = select(Invitation.id).where(
        Invitation.contact_id == contact.id, Invitation.created_at > since
    )
    if session.scalar(recent.limit(1)):
        raise TooManyTries("A link was sent a moment ago. Look in your mail, also under junk.")
    engagement = grant.engagement
    session.refresh(engagement, with_for_update={"of": Engagement})
    invitations.invite(session, engagement, contact.ref, contact)
