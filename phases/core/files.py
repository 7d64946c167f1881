"""Uploads: what may come in, where the bytes lie, who claimed them.

An upload is kept in three steps, so that a full disk or a crash leaves nothing half-saved: a row
that nobody claims is committed, the bytes are written outside of any transaction, and in a new
transaction, after the access rule was judged again, the row is claimed by what it belongs to.
Whatever stays unclaimed for a day is swept.
"""

from __future__ import annotations

import codecs
import hashlib
import os
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePath
from typing import IO, Any, Protocol, TypeVar, cast
from uuid import uuid4

import filetype
import fsspec
from flask import Flask, Response, current_app, request, send_file
from flask import session as cookie
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from phases.core import sessions
from phases.core.again import begin_again
from phases.core.clock import now
from phases.core.commit import commit
from phases.core.db import begin_write
from phases.core.errors import BadValue, Missing, Unavailable
from phases.core.models import Engagement, StoredFile

View = TypeVar("View", bound=Callable[..., Any])

MEGABYTE = 1024 * 1024
LARGEST = 25 * MEGABYTE
LARGEST_UNPACKED = 200 * MEGABYTE
MOST_PARTS = 10_000
CHUNK = MEGABYTE
FORGOTTEN = timedelta(days=1)

OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = f"{OFFICE}wordprocessingml.document"
XLSX = f"{OFFICE}spreadsheetml.sheet"

KINDS: dict[str, str] = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "docx": DOCX,
    "xlsx": XLSX,
    "csv": "text/csv",
    "txt": "text/plain",
}
"""What may come in, by extension. Zip archives may not: nobody sees what is in them."""

ALLOWED = "PDF, PNG, JPEG, Word (docx), Excel (xlsx), CSV or text"


class Upload(Protocol):
    """What a form field of a file holds; Werkzeug's FileStorage is one."""

    filename: str | None
    stream: IO[bytes]


@dataclass(frozen=True)
class Checked:
    """An upload that may come in."""

    name: str
    extension: str
    kind: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Most:
    """How large an upload may be, in bytes; ``unpacked`` is of an Office document's parts."""

    size: int
    unpacked: int


def takes_up_to(size: int) -> Callable[[View], View]:
    """Mark a route whose request may be larger than those of others, up to *size* bytes."""

    def mark(view: View) -> View:
        view.takes = size  # type: ignore[attr-defined]
        return view

    return mark


def init_app(app: Flask) -> None:
    """Let marked routes take more; called before whatever reads forms."""
    app.before_request(_take_more)


def _take_more() -> None:
    """Staff only: strangers send no more than others may."""
    size = taken_by(request.endpoint)
    if size and sessions.TOKEN in cookie:
        request.max_content_length = size


def taken_by(endpoint: str | None) -> int:
    """The size that the route is marked with; 0 for none."""
    return getattr(current_app.view_functions.get(endpoint or ""), "takes", 0)


def check(upload: Upload, field: str = "file", most: Most | None = None) -> Checked:
    """Look at *upload* by its content; its stream is read and wound back.

    Raises:
        BadValue: nothing was chosen, it is empty or over 25 MB (or *most*), or of a kind that is
        not taken.
    """
    most = most or Most(LARGEST, LARGEST_UNPACKED)
    name = PurePath((upload.filename or "").replace("\\", "/")).name.strip()
    if not name:
        raise BadValue(field, "Choose a file.")
    name = "".join(c for c in name if c.isprintable())[-200:]
    size, digest = _measure(upload.stream, most.size)
    if size == 0:
        raise BadValue(field, f"“{name}” is empty. Choose another file.")
    if size > most.size:
        largest = f"{most.size // MEGABYTE} MB"
        raise BadValue(field, f"“{name}” is over {largest}. Make it smaller, or split it.")
    extension = PurePath(name).suffix.lower().removeprefix(".")
    kind = KINDS.get(extension)
    if kind is None:
        raise BadValue(field, f"“{name}” cannot be taken. Send {ALLOWED}.")
    if _kind_of(upload.stream, kind, most.unpacked) != kind:
        raise BadValue(
            field,
            f"“{name}” is not what its ending says, or is damaged or locked with a password. "
            f"Save it again as {ALLOWED}.",
        )
    upload.stream.seek(0)
    return Checked(name, extension, kind, size, digest)


def _measure(stream: IO[bytes], most: int) -> tuple[int, str]:
    stream.seek(0)
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
        if size > most:
            break
    stream.seek(0)
    return size, digest.hexdigest()


def _kind_of(stream: IO[bytes], claimed: str, unpacked: int) -> str | None:
    """The kind that the content shows; text has no mark of its own, so *claimed* decides which."""
    stream.seek(0)
    head = stream.read(8192)
    stream.seek(0)
    if head.startswith(b"PK"):
        return _office_kind(stream, unpacked)
    guess = filetype.guess(head)
    if guess is not None:
        return cast(str, guess.mime)
    if claimed in (KINDS["csv"], KINDS["txt"]) and _is_text(stream):
        return claimed
    return None


def _office_kind(stream: IO[bytes], unpacked: int) -> str | None:
    """Which Office document a zip is, read from its list of contents; None for any other zip."""
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(p.file_size for p in parts) > unpacked:
                return None
            with archive.open("[Content_Types].xml") as listing:
                types = listing.read(MEGABYTE)
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError, ValueError):
        return None
    for kind in (DOCX, XLSX):
        if f"{kind}.main+xml".encode() in types:
            return kind
    return None


def _is_text(stream: IO[bytes]) -> bool:
    """Whether all of it is text in UTF-8, UTF-16 with a mark, or Latin-1 without control signs."""
    if stream.read(2) in (b"\xff\xfe", b"\xfe\xff"):
        return _decodes(stream, "utf-16")
    if _holds(stream, b"\0"):
        return False
    return _decodes(stream, "utf-8") or not _holds(stream, CONTROLS)


CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f"))


def _holds(stream: IO[bytes], signs: bytes) -> bool:
    """Whether any byte of it is one of *signs*."""
    return any(len(chunk.translate(None, signs)) < len(chunk) for chunk in _chunks(stream))


def _decodes(stream: IO[bytes], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in _chunks(stream):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        stream.seek(0)
    return True


def store(
    session: Session, engagement: Engagement, upload: Upload, actor: str, field: str = "file",
    most: Most | None = None,
) -> StoredFile:  # fmt: skip
    """Take *upload* in, unclaimed. Call it before anything else is changed: it ends the
    transaction, writes the bytes, begins a new one and judges the route's access rule again.

    Raises:
        BadValue: it may not come in. Unavailable: the store does not take it.
    """
    checked = check(upload, field, most)
    row = StoredFile(
        engagement_id=engagement.id,
        name=checked.name,
        kind=checked.kind,
        size=checked.size,
        sha256=checked.sha256,
        path=f"{engagement.id}/{uuid4().hex}.{checked.extension}",
        uploaded_by=actor,
    )
    path = row.path
    begin_write(session)
    session.add(row)
    commit(session)
    try:
        write(path, _chunks(upload.stream))
    except OSError as problem:
        _undo(session, row)
        raise Unavailable(
            "The file could not be saved: the disk is full, or the file store does not answer. "
            "Nothing was half saved. Try again later, or tell us."
        ) from problem
    begin_again(session, engagement)
    return row


def _undo(session: Session, row: StoredFile) -> None:
    begin_write(session)
    session.delete(row)
    commit(session)


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    stream.seek(0)
    while chunk := stream.read(CHUNK):
        yield chunk


def claim(
    session: Session, engagement: Engagement, file_id: int, claimed_by: str, actor: str
) -> StoredFile:
    """Have the upload belong to *claimed_by* (a question's key, a row's ref).

    Raises:
        Missing: there is no such unclaimed upload of this person in this engagement.
    """
    row = session.scalar(
        select(StoredFile).where(
            StoredFile.id == file_id,
            StoredFile.engagement_id == engagement.id,
            StoredFile.removed_at.is_(None),
        )
    )
    if row is None or row.uploaded_by != actor or row.claimed_by not in ("", claimed_by):
        raise Missing("This upload is no longer there. Choose the file again.")
    row.claimed_by = claimed_by
    session.flush()
    return row


def remove(session: Session, row: StoredFile) -> None:
    """Take a file out; its bytes go with the next sweep."""
    row.removed_at = now()
    session.flush()


def of_engagement(session: Session, engagement: Engagement, file_id: int) -> StoredFile:
    """The claimed file *file_id* of *engagement*.

    Raises:
        Missing: there is none, or it belongs to another engagement.
    """
    row = session.scalar(
        select(StoredFile).where(
            StoredFile.id == file_id,
            StoredFile.engagement_id == engagement.id,
            StoredFile.claimed_by != "",
            StoredFile.removed_at.is_(None),
        )
    )
    if row is None:
        raise Missing
    return row


def send(stored: StoredFile) -> Response:
    """*stored* as a download: never shown in the page, never guessed at by the browser."""
    try:
        stream = open_to_read(stored.path)
    except OSError as problem:
        raise Unavailable("The file store does not answer. Try again later.") from problem
    response = send_file(
        stream, mimetype=stored.kind, as_attachment=True, download_name=stored.name, etag=False
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.content_length = stored.size
    return response


def sweep(session: Session) -> int:
    """Delete what nobody claimed for a day, and the bytes of what was removed a day ago."""
    before = now() - FORGOTTEN
    query = select(StoredFile).where(
        or_(
            (StoredFile.claimed_by == "") & (StoredFile.uploaded_at < before),
            StoredFile.removed_at < before,
        )
    )
    found = [(row.id, row.path) for row in session.scalars(query)]
    session.rollback()
    for _, path in found:
        delete(path)
    begin_write(session)
    for file_id, _ in found:
        if row := session.get(StoredFile, file_id):
            session.delete(row)
    commit(session)
    return len(found)


# --- bytes ----------------------------------------------------------------------------------------


def _place(path: str) -> tuple[Any, str]:
    """The file system of FILES_URL, and *path* on it."""
    system, root = fsspec.url_to_fs(current_app.config["FILES_URL"])
    return system, f"{root.rstrip('/')}/{path}"


def write(path: str, chunks: Iterator[bytes]) -> None:
    """Write a new file; after an error nothing of it is left.

    Raises:
        OSError: the store does not take it.
    """
    system, full = _place(path)
    try:
        system.makedirs(full.rsplit("/", 1)[0], exist_ok=True)
        with system.open(full, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            if hasattr(file, "fileno"):
                os.fsync(file.fileno())
    except OSError:
        delete(path)
        raise


def read(path: str) -> bytes:
    """All bytes of a stored file.

    Raises:
        OSError: it is not there, or the store does not answer.
    """
    with open_to_read(path) as file:
        return file.read()


def open_to_read(path: str) -> IO[bytes]:
    """A stored file, to be closed by the caller.

    Raises:
        OSError: it is not there, or the store does not answer.
    """
    system, full = _place(path)
    return cast(IO[bytes], system.open(full, "rb"))


def delete(path: str) -> None:
    """Delete a stored file, if it is there."""
    system, full = _place(path)
    try:
        system.rm_file(full)
    except FileNotFoundError:
        return
    except OSError:
        current_app.logger.warning("could not delete %s", full)
