"""The two files of a layer: taken in, or the last one that was imported for a side."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from phases.core.errors import BadValue
from phases.core.models import Engagement, StoredFile
from phases.engineering.invoices import queries as invoices
from phases.engineering.invoices import services as imports
from phases.engineering.invoices.models import InvoiceImport


def kept(
    session: Session, engagement: Engagement, actor: str, upload: Any, name: str
) -> int | None:  # fmt: skip
    """The bytes of a side, if a file was chosen."""
    if upload is None or not upload.filename:
        return None
    return imports.store(session, engagement, actor, upload, name).id


def side_of(
    session: Session, engagement: Engagement, actor: str, file_id: int | None, name: str, side: str
) -> InvoiceImport:
    """A side's new file, or the last one that was imported for it.

    Raises:
        BadValue: there is neither, or the file is no table.
    """
    if file_id is None:
        there = invoices.done(session, engagement, side)
        if not there:
            raise BadValue(name, "Choose the file of this side.")
        return there[-1]
    stored = session.get_one(StoredFile, file_id)
    try:
        record = imports.recognise_file(session, engagement, actor, stored, side)
    except BadValue as error:
        raise BadValue(name, error.message) from None
    if record.found["ready"]:
        imports.take(session, engagement, actor, record)
    return record
