"""Backup and restore: one file with every row and every upload, proven before it replaces anything.

The rows come from one reading transaction, so they fit each other however many people work; the
file is the same for SQLite and PostgreSQL and can be restored into either. The installation's
secret key is not in it: whoever restores elsewhere is logged in anew, nothing else needs it.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from flask import current_app
from sqlalchemy import Connection, Engine, create_engine, delete, func, select, update
from sqlalchemy.orm import Session

from phases.core import audit, dump, files, mail, outbox, triggers
from phases.core.clock import now
from phases.core.db import WRITE, Base, db, engine_options
from phases.core.errors import Refusal
from phases.core.models import (
    Code,
    Engagement,
    IssuedDocument,
    OutboxJob,
    StaffSession,
    StoredFile,
)
from phases.core.version import version

FORMAT = 1
MANIFEST = "manifest.json"


class BackupRefused(Refusal):
    """The backup cannot be made or is not sound; nothing was replaced."""

    title = "The backup was refused"


@dataclass(frozen=True)
class Done:
    """What a backup or restore held."""

    rows: int
    files: int
    engagements: int
    made_at: str


# --- backup ---------------------------------------------------------------------------------------


def make(target: Path) -> Done:
    """Write everything to *target*, which appears only when it is complete.

    Raises:
        BackupRefused: a file that is in use is missing from the store. OSError: no room.
    """
    part = target.with_name(target.name + ".part")
    try:
        with (
            zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive,
            _snapshot(db.engine) as connection,
        ):
            manifest = _write(archive, connection)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return _done(manifest)


@contextmanager
def _snapshot(engine: Engine) -> Iterator[Connection]:
    """A reading transaction that sees one moment."""
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with engine.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()


def _write(archive: zipfile.ZipFile, connection: Connection) -> dict[str, Any]:
    rows: dict[str, dict[str, Any]] = {}
    for table in dump.tables():
        digest, count = hashlib.sha256(), 0
        with archive.open(f"rows/{table.name}.jsonl", "w", force_zip64=True) as entry:
            for line in dump.lines(connection, table):
                data = f"{line}\n".encode()
                entry.write(data)
                digest.update(data)
                count += 1
        rows[table.name] = {"count": count, "sha256": digest.hexdigest()}
    manifest = {
        "format": FORMAT,
        "release": version(),
        "made_at": now().isoformat(),
        "columns": dump.columns(),
        "rows": rows,
        "files": _write_files(archive, connection),
        "chains": dict(
            connection.execute(select(Engagement.slug, Engagement.chain_head)).tuples().all()
        ),
    }
    archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
    return manifest


def _write_files(archive: zipfile.ZipFile, connection: Connection) -> dict[str, str]:
    """Copy the bytes of every file in use; each one's SHA-256 by its path."""
    written: dict[str, str] = {}
    for path, sha256, in_use in _paths(connection):
        try:
            with (
                files.open_to_read(path) as source,
                archive.open(f"files/{path}", "w", force_zip64=True) as entry,
            ):
                found = _copy(source, entry)
        except OSError as problem:
            if not in_use:
                continue
            raise BackupRefused(
                f"The file {path} is in use but cannot be read: {problem}"
            ) from problem
        if in_use and found != sha256:
            raise BackupRefused(f"The file {path} is not what was stored: its hash differs.")
        written[path] = found
    return written


def _paths(connection: Connection) -> Iterator[tuple[str, str | None, bool]]:
    """Path, hash and whether it must be there; what nobody claimed may be swept at any time."""
    uploads = connection.execute(
        select(StoredFile.path, StoredFile.sha256, StoredFile.claimed_by, StoredFile.removed_at)
    )
    for path, sha256, claimed_by, removed_at in uploads.tuples().all():
        yield path, sha256, bool(claimed_by) and removed_at is None
    documents = connection.execute(
        select(IssuedDocument.path, IssuedDocument.sha256).where(IssuedDocument.path.is_not(None))
    )
    for document, digest in documents.tuples().all():
        yield str(document), digest, True


def _copy(source: IO[bytes], target: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := source.read(files.CHUNK):
        digest.update(chunk)
        target.write(chunk)
    return digest.hexdigest()


def _done(manifest: dict[str, Any]) -> Done:
    return Done(
        rows=sum(table["count"] for table in manifest["rows"].values()),
        files=len(manifest["files"]),
        engagements=len(manifest["chains"]),
        made_at=manifest["made_at"],
    )


# --- restore --------------------------------------------------------------------------------------


def restore(source: Path, *, replace: bool = False) -> Done:
    """Prove *source*, then put it in the place of everything that is here.

    Mails that waited are stopped, logins and codes are ended: what was true then may not be now.

    Raises:
        BackupRefused: it is damaged, of another release, its audit trail is broken, or there are
        records here and *replace* was not said. Nothing has changed then.
    """
    if not replace and not _is_empty(db.engine):
        raise BackupRefused("There are records in this database. Add --yes to replace them all.")
    try:
        archive = zipfile.ZipFile(source)
    except (OSError, zipfile.BadZipFile) as problem:
        raise BackupRefused(f"{source} cannot be read as a backup: {problem}") from problem
    with archive:
        manifest = _proven(archive)
        _restore_files(archive, manifest)
        writing = db.engine.execution_options(**{WRITE: True})
        with writing.connect() as connection, connection.begin():
            _replace_rows(connection, archive)
    return _done(manifest)


def _is_empty(engine: Engine) -> bool:
    with engine.connect() as connection:
        return not connection.scalar(select(func.count()).select_from(Engagement))


def _proven(archive: zipfile.ZipFile) -> dict[str, Any]:
    """The manifest, after hashes, counts, references and audit trails were all found right."""
    try:
        manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
        if manifest["format"] != FORMAT or manifest["columns"] != dump.columns():
            raise BackupRefused(
                f"This backup was made by release {manifest['release']}, whose tables differ from "
                f"those of release {version()}. Restore it with that release, then upgrade."
            )
        _check_hashes(archive, manifest)
        _check_in_scratch(archive, manifest)
    except (KeyError, ValueError, OSError, zipfile.BadZipFile) as problem:
        raise BackupRefused(f"The backup is damaged: {problem}") from problem
    return manifest


def _check_hashes(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    wanted = {f"rows/{name}.jsonl": table["sha256"] for name, table in manifest["rows"].items()}
    wanted |= {f"files/{path}": sha256 for path, sha256 in manifest["files"].items()}
    for name, sha256 in wanted.items():
        digest = hashlib.sha256()
        with archive.open(name) as entry:
            while chunk := entry.read(files.CHUNK):
                digest.update(chunk)
        if digest.hexdigest() != sha256:
            raise BackupRefused(f"The backup is damaged: {name} is not what was written.")


def _check_in_scratch(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    """Load it all into a scratch database with every constraint, and prove it there."""
    with tempfile.TemporaryDirectory(
        dir=current_app.config["DATA_DIR"], prefix="restore-"
    ) as folder:
        url = f"sqlite:///{folder}/scratch.sqlite3"
        engine = create_engine(url, **engine_options(url))
        try:
            Base.metadata.create_all(engine)
            with engine.begin() as connection:
                _load_all(connection, archive, manifest)
            with Session(engine) as session:
                _check_chains(session, manifest)
                _check_files(session.connection(), manifest)
        finally:
            engine.dispose()


def _load_all(connection: Connection, archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    for table in dump.tables():
        count = dump.load(connection, table, _rows(archive, table.name))
        if count != manifest["rows"][table.name]["count"]:
            raise BackupRefused(f"The backup is damaged: rows of {table.name} are missing.")
    if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise BackupRefused("The backup is damaged: rows refer to rows that are not there.")


def _check_chains(session: Session, manifest: dict[str, Any]) -> None:
    if broken := audit.verify_all(session):
        first = broken[0]
        raise BackupRefused(
            f"The audit trail of engagement {first.engagement_id} breaks at event {first.seq}: "
            f"{first.why}."
        )
    heads = dict(session.execute(select(Engagement.slug, Engagement.chain_head)).tuples().all())
    if heads != manifest["chains"]:
        raise BackupRefused("The backup is damaged: an audit trail does not end where it should.")


def _check_files(connection: Connection, manifest: dict[str, Any]) -> None:
    """Every file in use is there with its own bytes, and none would lie outside of the store."""
    held: dict[str, str] = manifest["files"]
    known = {path: sha256 for path, sha256, _ in _paths(connection)}
    lacking = [
        path for path, sha256, in_use in _paths(connection) if in_use and held.get(path) != sha256
    ]
    if lacking:
        raise BackupRefused(f"The backup is damaged: {lacking[0]} is in use and not in it.")
    if set(held) - set(known) or any(".." in path or path.startswith("/") for path in held):
        raise BackupRefused("The backup is damaged: it holds files that nothing refers to.")


def _rows(archive: zipfile.ZipFile, table: str) -> Iterator[str]:
    with archive.open(f"rows/{table}.jsonl") as entry:
        for line in entry:
            yield line.decode()


def _restore_files(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    """Put the bytes in place first: rows that refer to them come after. Paths are never reused for
    other bytes, so nothing that is in use is harmed."""
    for path in manifest["files"]:
        with archive.open(f"files/{path}") as entry:
            files.write(path, iter(lambda: entry.read(files.CHUNK), b""))


def _replace_rows(connection: Connection, archive: zipfile.ZipFile) -> None:
    """Replace every row, in one transaction that the caller commits."""
    triggers.disarm(connection)
    for table in reversed(dump.tables()):
        connection.execute(delete(table))
    for table in dump.tables():
        dump.load(connection, table, _rows(archive, table.name))
    dump.set_counters(connection)
    triggers.arm(connection)
    _lay_to_rest(connection, now())


def _lay_to_rest(connection: Connection, at: datetime) -> None:
    connection.execute(
        update(OutboxJob)
        .where(
            OutboxJob.kind.in_(mail.BUILDERS), OutboxJob.state.in_((outbox.WAITING, outbox.KEPT))
        )
        .values(state=outbox.STOPPED, error="It waited in a backup that was restored.")
    )
    connection.execute(
        update(StaffSession).where(StaffSession.ended_at.is_(None)).values(ended_at=at)
    )
    connection.execute(update(Code).where(Code.used_at.is_(None)).values(expires_at=at))
