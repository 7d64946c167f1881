"""One file to download: a document, with the copies or the uploads that belong to it."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliverables.blocks import Context
from phases.core import files
from phases.core.audit import sha256
from phases.core.errors import Missing, Unavailable
from phases.core.models import Engagement, IssuedDocument, StoredFile

LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of every file in it, so that the same content gives the same bytes."""
IN_MEMORY = 8 * 1024 * 1024


@dataclass(frozen=True)
class Part:
    """A file of a bundle: its name there, where its bytes lie, and their hash."""

    name: str
    path: str
    sha256: str


def belongs(context: Context) -> bool:
    """Whether anything may go with the document."""
    return "package" in context or "files" in context


def parts_of(session: Session, engagement: Engagement, context: Context) -> list[Part]:
    """The copies and the uploads that *context* names, as they lie in the store.

    Raises:
        Missing: nothing goes with the document.
    """
    if not belongs(context):
        raise Missing("Nothing goes with this document but itself.")
    return [
        *_copies(session, engagement, context.get("package", ())),
        *_uploads(session, engagement, context.get("files", ())),
    ]


def _copies(
    session: Session, engagement: Engagement, named: Iterable[dict[str, str | int]]
) -> Iterator[Part]:
    d = IssuedDocument
    rows = session.execute(
        select(d.key, d.number, d.path, d.sha256).where(
            d.engagement_id == engagement.id, d.path.is_not(None)
        )
    ).all()
    stored = {(row.key, row.number): row for row in rows}
    for one in named:
        row = stored.get((str(one["key"]), int(one["number"])))
        if row is not None:
            yield Part(str(one["name"]), row.path, row.sha256)


def _uploads(
    session: Session, engagement: Engagement, named: Iterable[dict[str, str | int]]
) -> Iterator[Part]:
    rows = session.scalars(
        select(StoredFile).where(
            StoredFile.engagement_id == engagement.id, StoredFile.removed_at.is_(None)
        )
    )
    stored = {row.id: row for row in rows}
    for number, one in enumerate(named, 1):
        row = stored.get(int(one["id"]))
        if row is not None:
            yield Part(f"files/{number:02}-{row.name}", row.path, row.sha256)


def packed(pdf: bytes, name: str, parts: Iterable[Part]) -> IO[bytes]:
    """A zip of the document and its *parts*, each checked against its hash.

    Raises:
        Unavailable: the store does not answer, or holds other bytes than were kept.
    """
    target: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the answer closes it
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_entry(name), pdf)
        for part in parts:
            archive.writestr(_entry(part.name), _bytes_of(part))
    target.seek(0)
    return target


def _entry(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, LONG_AGO)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _bytes_of(part: Part) -> bytes:
    try:
        found = files.read(part.path)
    except OSError as problem:
        raise Unavailable("The file store does not answer. Try again later.") from problem
    if sha256(found) != part.sha256:
        raise Unavailable(f"“{part.name}” is not the file that was kept. Tell an admin.")
    return found
