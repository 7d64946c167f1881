"""A score as it is given, and what stands behind it: an address, or an upload of the engagement."""

from __future__ import annotations

from dataclasses import dataclass

from phases.core.models import StoredFile
from phases.mechanisms.register.values import is_link
from phases.mechanisms.situation import Situation

FILE = "file/"


@dataclass(frozen=True)
class Score:
    """A score as it is given; no number takes it back. ``link`` may name an upload."""

    number: int | None
    note: str = ""
    link: str = ""


def uploads(s: Situation) -> list[StoredFile]:
    """What was uploaded to this engagement, newest first."""
    found = [file for files in s.records.files.values() for file in files]
    return sorted(found, key=lambda file: -file.id)


def evidence_of(s: Situation, text: str) -> str | None:
    """*text* as it is kept: an https address, or ``file/`` and the id of the upload it names.

    None if it is neither; an upload of another engagement is not there.
    """
    text = text.strip()
    if not text or is_link(text):
        return text
    for file in uploads(s):
        if text.casefold() == file.name.casefold() or text == f"{FILE}{file.id}":
            return f"{FILE}{file.id}"
    return None


def shown_evidence(s: Situation, kept: str) -> tuple[str, str]:
    """What stands behind a score in words, and where it is read."""
    if not kept.startswith(FILE):
        return kept, kept
    for file in uploads(s):
        if kept == f"{FILE}{file.id}":
            return file.name, f"/e/{s.engagement.slug}/files/{file.id}"
    return "", ""
