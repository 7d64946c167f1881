"""Documents of which there is one per row of a register: one accounting period, say."""

from __future__ import annotations

from copy import copy

from phases.core.errors import Missing
from phases.core.models import StoredFile
from phases.mechanisms.register.models import Row
from phases.mechanisms.register.queries import live_rows
from phases.mechanisms.register.values import title_column
from phases.mechanisms.situation import Situation
from playbook.models import Document, Register

LONGEST = 120


def subjects(s: Situation, item: Document) -> list[str]:
    """What there is a copy of *item* for, the newest entry first; nothing if it is one document."""
    if item.per is None:
        return []
    rows = live_rows(s, s.playbook.get(item.per, Register))
    return list(dict.fromkeys(row.title[:LONGEST] for row in reversed(rows)))


def check_subject(s: Situation, item: Document, subject: str) -> None:
    """See that *subject* is one of the document's.

    Raises:
        Missing: it is not, or one must be named.
    """
    if subject not in (subjects(s, item) if item.per else ("",)):
        raise Missing("This document is of one entry at a time; choose it on the document's page.")


def claim_of(item: Document, subject: str) -> str:
    """What the uploads kept with a document are claimed by."""
    return f"{item.key}/{subject}" if subject else item.key


def files_of(s: Situation, item: Document, subject: str) -> list[StoredFile]:
    """The uploads that are kept with the document for *subject*."""
    return s.records.files.get(claim_of(item, subject), [])


def situation(s: Situation, item: Document, subject: str) -> Situation:
    """*s* as if nothing were recorded of other subjects: their rows are left out, in the
    register of subjects and wherever a column of the same name says which one a row is of."""
    if item.per is None:
        return s
    named = title_column(s.playbook.get(item.per, Register))
    records = copy(s.records)
    records.__dict__["rows"] = {
        key: [row for row in rows if _is_of(row, named, subject)]
        if named in s.playbook.get(key, Register).columns else rows
        for key, rows in s.records.rows.items()
    }  # fmt: skip
    records.__dict__["files"] = {item.key: files_of(s, item, subject)}
    return Situation(s.playbook, records, s.today, s.checks, s.firm, remember={})


def _is_of(row: Row, named: str, subject: str) -> bool:
    said = str((row.values or {}).get(named) or row.title)
    return said.strip().casefold() == subject.strip().casefold()
