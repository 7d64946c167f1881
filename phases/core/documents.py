"""Issued documents, as every side reads them: which there are, and their bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core import files
from phases.core.audit import sha256
from phases.core.errors import Missing, Unavailable
from phases.core.models import Engagement, IssuedDocument

READY = "ready"
RENDERING = "rendering"


@dataclass(frozen=True)
class IssuedView:
    """An issued copy. The highest number of a key and subject is current, others are superseded.

    ``by`` is a person's ref; ``size`` and ``pages`` are 0 until it has been printed.
    """

    key: str
    number: int
    state: str
    current: bool
    at: datetime
    by: str
    note: str
    content: str
    sha256: str
    size: int
    pages: int
    subject: str = ""

    @property
    def ready(self) -> bool:
        return self.state == READY

    @property
    def file_name(self) -> str:
        """How a download is called."""
        return f"{self.key.rpartition('.')[2]}-no-{self.number}.pdf"


def views_of(rows: list[IssuedDocument]) -> list[IssuedView]:
    """The copies of one engagement, the newest of each key first."""
    newest: dict[tuple[str, str], int] = {}
    for row in rows:
        of = (row.key, row.subject or "")
        newest[of] = max(row.number, newest.get(of, 0))
    views = [
        IssuedView(
            key=row.key, number=row.number, state=row.state or RENDERING,
            current=row.number == newest[row.key, row.subject or ""],
            at=row.issued_at, by=row.issued_by,
            note=row.note or "", content=row.context_sha256, sha256=row.sha256 or "",
            size=row.size or 0, pages=row.pages or 0,
            subject=row.subject or "",
        )
        for row in rows
    ]  # fmt: skip
    return sorted(views, key=lambda view: (view.key, -view.number))


def issued_of(session: Session, engagement: Engagement) -> list[IssuedView]:
    """Every copy issued in *engagement*."""
    query = select(IssuedDocument).where(IssuedDocument.engagement_id == engagement.id)
    return views_of(list(session.scalars(query)))


def find(session: Session, engagement: Engagement, key: str, number: int) -> IssuedDocument:
    """The copy *number* of the document *key*.

    Raises:
        Missing: there is none in this engagement.
    """
    row = session.scalar(
        select(IssuedDocument).where(
            IssuedDocument.engagement_id == engagement.id,
            IssuedDocument.key == key,
            IssuedDocument.number == number,
        )
    )
    if row is None:
        raise Missing
    return row


def pdf_of(row: IssuedDocument) -> bytes:
    """The bytes of a copy that has been printed.

    Raises:
        Missing: it has not been printed yet. Unavailable: the store does not answer, or holds
            other bytes than were issued.
    """
    if row.state != READY or not row.path:
        raise Missing("This copy is still being made. Try again in a minute.")
    try:
        pdf = files.read(row.path)
    except OSError as problem:
        raise Unavailable("The file store does not answer. Try again later.") from problem
    if sha256(pdf) != row.sha256:
        raise Unavailable("The stored file is not the one that was issued. Tell an admin.")
    return pdf
