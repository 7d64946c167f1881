"""What may be done to a section of a text: edit it, take over a new draft, accept it as read."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core import audit
from phases.core.clock import now
from phases.core.errors import BadValue, Missing, Refusal, check_version
from phases.mechanisms.situation import Situation
from phases.mechanisms.writing import events
from phases.mechanisms.writing.draft import draft_of
from phases.mechanisms.writing.merge import Merged, merge, unsettled
from phases.mechanisms.writing.models import PassageRecord, PassageVersion
from phases.mechanisms.writing.queries import PassageView, passage_of, passage_view, writing_of
from playbook.models import Passage

LONGEST = 60_000
UNSETTLED = "Settle what stands between [[ yours ]] and [[ end ]] first: keep one, or both."


def edit(
    session: Session, s: Situation, actor: str, key: str, passage_key: str, text: str,
    base: str | None = None, version: int | None = None,
) -> PassageRecord:  # fmt: skip
    """Have *text* stand; *base* is the draft that was before the person's eyes, today's if none.

    Words that are those of the draft leave the draft to stand.

    Raises:
        BadValue: it is empty, or too long. Conflict: somebody changed it after *version*.
    """
    passage, row, view = _found(s, key, passage_key)
    text, draft = _clean(text), draft_of(s, passage)
    base = draft if base is None else _clean(base)
    check_version(row.version, version, kept={view.title: text}, theirs={view.title: view.text})
    if not text:
        raise BadValue("text", "An empty section says nothing. To drop your edits, take the draft.")
    if max(len(text), len(base)) > LONGEST:
        raise BadValue("text", f"{len(text):,} characters; {LONGEST:,} is the most.")
    new = None if text == draft else text
    if (new, base) == (row.text, row.base) and row.version:
        return row
    row.text, row.base = new, base
    return _save(session, s, actor, row, events.PassageEdited)


def redraft(
    session: Session, s: Situation, actor: str, key: str, passage_key: str,
    version: int | None = None,
) -> Merged:  # fmt: skip
    """Take over what changed in the draft; where both changed the same lines both are kept.

    Raises:
        Refusal: the draft has not changed since it was edited, or an earlier merge is unsettled.
    """
    _, row, view = _found(s, key, passage_key)
    check_version(row.version, version, kept={}, theirs={view.title: view.text})
    if unsettled(view.text):
        raise Refusal(UNSETTLED)
    if not view.behind:
        raise Refusal("The draft has not changed since this was edited.")
    merged = merged_with_draft(view)
    row.text = None if merged.text == view.draft else merged.text
    row.base = view.draft
    _save(session, s, actor, row, events.PassageRedrafted)
    return merged


def merged_with_draft(view: PassageView) -> Merged:
    """What taking over the new draft would give."""
    return merge(view.base, view.text, view.draft)


def revert(
    session: Session, s: Situation, actor: str, key: str, passage_key: str,
    version: int | None = None,
) -> PassageRecord:  # fmt: skip
    """Have the draft stand again; what was edited stays among the earlier versions."""
    _, row, view = _found(s, key, passage_key)
    check_version(row.version, version, kept={}, theirs={view.title: view.text})
    if row.text is None:
        raise Refusal("Nobody has edited this section; its draft stands.")
    row.text, row.base = None, ""
    return _save(session, s, actor, row, events.PassageReverted)


def restore(
    session: Session, s: Situation, actor: str, key: str, passage_key: str, number: int,
    version: int | None = None,
) -> PassageRecord:  # fmt: skip
    """Have the words of version *number* stand again, on the draft of today."""
    passage, _, _ = _found(s, key, passage_key)
    found = session.scalar(
        select(PassageVersion).where(
            PassageVersion.engagement_id == s.engagement.id,
            PassageVersion.key == passage.key,
            PassageVersion.version == number,
        )
    )
    if found is None:
        raise Missing
    if found.text is None:
        return revert(session, s, actor, key, passage_key, version)
    return edit(session, s, actor, key, passage_key, found.text, None, version)


def accept(
    session: Session, s: Situation, actor: str, key: str, passage_key: str, shown: str = "",
    version: int | None = None,
) -> PassageRecord:  # fmt: skip
    """Say that the section is right as it stands; *shown* is the hash of what was read.

    Raises:
        Conflict: it reads otherwise by now. Refusal: a merge in it is not settled.
    """
    _, row, view = _found(s, key, passage_key)
    check_version(row.version, version, kept={}, theirs={view.title: view.text})
    if shown and shown != view.sha256:
        check_version(1, 0, kept={}, theirs={view.title: view.text})
    if not view.text:
        raise Refusal("There is nothing to read yet. Write the section first.")
    if unsettled(view.text):
        raise Refusal(UNSETTLED)
    row.read, row.read_draft = view.text, view.draft
    row.read_by, row.read_at = actor, now()
    _keep(session, s, actor, row)
    event = events.PassageRead(row.key, audit.sha256(view.text))
    audit.record(session, s.engagement, actor, event)
    return row


# --- within ---------------------------------------------------------------------------------------


def _found(s: Situation, key: str, passage_key: str) -> tuple[Passage, PassageRecord, PassageView]:
    passage = passage_of(s, writing_of(s, key), passage_key)
    row = s.records.passages.get(passage_key) or PassageRecord(
        engagement_id=s.engagement.id, key=passage_key, text=None, base="", read=None,
        read_draft="", read_by="", version=0,
    )  # fmt: skip
    return passage, row, passage_view(s, passage)


def _clean(text: str) -> str:
    """*text* with plain line ends and no blanks behind its lines."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def _save(
    session: Session, s: Situation, actor: str, row: PassageRecord, event: Any
) -> PassageRecord:
    _keep(session, s, actor, row)
    session.add(
        PassageVersion(
            engagement_id=row.engagement_id, key=row.key, version=row.version, text=row.text,
            by=actor, at=now(),
        )
    )  # fmt: skip
    session.flush()
    audit.record(session, s.engagement, actor, event(row.key, row.version))
    return row


def _keep(session: Session, s: Situation, actor: str, row: PassageRecord) -> None:
    row.version += 1
    row.changed_by = actor
    session.add(row)
    session.flush()
    s.records.forget("passages")
