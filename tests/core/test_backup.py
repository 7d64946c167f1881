"""Backup and restore, and the audit trail that nobody can change."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from phases.core import audit, backup, dump, files, outbox, triggers
from phases.core.backup import BackupRefused
from phases.core.clock import now
from phases.core.commit import commit
from phases.core.invitations import services
from phases.core.models import (
    AuditEvent,
    Contact,
    Engagement,
    OutboxJob,
    StaffSession,
    StoredFile,
    User,
)

TEXT = b"Net 30, in writing.\n"


@pytest.fixture
def full(session: Session, engagement: Engagement, architect: User) -> Engagement:
    """An engagement with a contact, a kept mail, a login and a file."""
    row = files.store(session, engagement, FileStorage(io.BytesIO(TEXT), "terms.txt"), "u1")
    row.claimed_by = "Q3.question.x"
    fay = services.add_contact(
        session, engagement, "u1", "Fay – Größe", "fay@acme.example", "finance_lead"
    )
    services.invite(session, engagement, "u1", fay)
    session.add(
        StaffSession(token_hash="x", user_id=architect.id, expires_at=now() + timedelta(hours=1))
    )
    commit(session)
    return engagement


@pytest.fixture
def saved(app: Flask, full: Engagement, tmp_path: Path) -> Path:
    target = tmp_path / "all.zip"
    backup.make(target)
    return target


def state(session: Session) -> dict[str, list[tuple]]:
    """All rows that a restore leaves as they were."""
    session.rollback()
    models = (Engagement, Contact, AuditEvent, StoredFile, User)
    return {
        m.__tablename__: [tuple(r) for r in session.execute(select(m.__table__).order_by("id"))]
        for m in models
    }


@pytest.mark.data
def test_a_backup_restores_every_row_and_file(
    app: Flask,
    session: Session,
    full: Engagement,
    make_engagement: Callable[..., Engagement],
    tmp_path: Path,
) -> None:
    before = state(session)
    path = session.scalars(select(StoredFile.path)).one()
    done = backup.make(tmp_path / "all.zip")
    assert (done.engagements, done.files) == (1, 1)
    make_engagement("Made Later")
    files.delete(path)
    session.rollback()
    backup.restore(tmp_path / "all.zip", replace=True)
    assert state(session) == before
    assert files.read(path) == TEXT
    assert audit.verify_all(session) == []
    make_engagement("Made Afterwards")


@pytest.mark.data
def test_a_restore_sends_no_old_mail_and_ends_every_login(
    app: Flask, session: Session, saved: Path
) -> None:
    session.rollback()
    backup.restore(saved, replace=True)
    assert session.scalars(select(OutboxJob.state)).all() == [outbox.STOPPED]
    assert session.scalar(select(StaffSession.ended_at)) is not None
    session.rollback()
    assert outbox.deliver_due(app) == 0


def test_records_are_replaced_only_when_told_to(app: Flask, session: Session, saved: Path) -> None:
    session.rollback()
    runner = app.test_cli_runner()
    refused = runner.invoke(args=["restore", str(saved)])
    assert refused.exit_code == 1
    assert "--yes" in refused.output
    assert runner.invoke(args=["restore", str(saved), "--yes"]).exit_code == 0


def test_a_backup_is_consistent_while_people_write(
    app: Flask, session: Session, full: Engagement, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = dump.lines

    def write_meanwhile(connection, table):
        if table.name == "audit_event":
            services.add_contact(session, full, "u1", "Late", "late@acme.example", "it_lead")
            commit(session)
        yield from lines(connection, table)

    session.rollback()
    monkeypatch.setattr(dump, "lines", write_meanwhile)
    backup.make(tmp_path / "all.zip")
    monkeypatch.undo()
    session.rollback()
    backup.restore(tmp_path / "all.zip", replace=True)
    assert audit.verify_all(session) == []
    assert session.scalar(select(func.count()).select_from(Contact)) == 1


def rewrite(source: Path, target: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """*source* with its entries changed; None leaves one out."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            if (data := change(name, old.read(name))) is not None:
                new.writestr(name, data)
    return target


def forged(name: str, data: bytes) -> bytes:
    """The actor of every event changed, and the manifest's hash with it."""
    if name == "rows/audit_event.jsonl":
        return forged_rows(data)
    if name == "manifest.json":
        manifest = json.loads(data)
        manifest["rows"]["audit_event"]["sha256"] = forged.sha256  # type: ignore[attr-defined]
        return json.dumps(manifest).encode()
    return data


def forged_rows(data: bytes) -> bytes:
    changed = data.replace(b'"actor": "u1"', b'"actor": "u9"')
    assert changed != data
    forged.sha256 = audit.sha256(changed)  # type: ignore[attr-defined]
    return changed


CHANGES: dict[str, Callable[[str, bytes], bytes | None]] = {
    "a row changed": lambda n, d: (
        d.replace(b"Acme", b"Evil") if n == "rows/engagement.jsonl" else d
    ),
    "a file changed": lambda n, d: b"Net 90" if n.startswith("files/") else d,
    "a file missing": lambda n, d: None if n.startswith("files/") else d,
    "no manifest": lambda n, d: None if n == "manifest.json" else d,
    "an audit trail forged": forged,
    "another release": lambda n, d: (
        d.replace(b'"chain_head"', b'"chain_tail"') if n == "manifest.json" else d
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_backup_that_is_not_sound_replaces_nothing(
    app: Flask, session: Session, saved: Path, tmp_path: Path, change: str
) -> None:
    before = state(session)
    session.rollback()
    bad = rewrite(saved, tmp_path / "bad.zip", CHANGES[change])
    with pytest.raises(BackupRefused):
        backup.restore(bad, replace=True)
    assert state(session) == before


def test_half_a_backup_is_refused(
    app: Flask, session: Session, saved: Path, tmp_path: Path
) -> None:
    cut = tmp_path / "cut.zip"
    cut.write_bytes(saved.read_bytes()[:-200])
    session.rollback()
    with pytest.raises(BackupRefused, match="cannot be read"):
        backup.restore(cut, replace=True)


def test_a_backup_without_a_file_in_use_is_not_made(
    app: Flask, session: Session, full: Engagement, tmp_path: Path
) -> None:
    files.delete(session.scalars(select(StoredFile.path)).one())
    session.rollback()
    with pytest.raises(BackupRefused, match="in use"):
        backup.make(tmp_path / "all.zip")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.data
@pytest.mark.parametrize(
    "deed", [update(AuditEvent).values(actor="u9"), delete(AuditEvent)], ids=["update", "delete"]
)
def test_nobody_changes_an_audit_event(
    app: Flask, session: Session, engagement: Engagement, deed
) -> None:
    with pytest.raises(DBAPIError, match=triggers.REFUSAL):
        session.execute(deed)
    session.rollback()


def test_verify_names_the_break(app: Flask, session: Session, engagement: Engagement) -> None:
    runner = app.test_cli_runner()
    session.rollback()
    assert runner.invoke(args=["audit", "verify"]).exit_code == 0
    triggers.disarm(session.connection())
    session.execute(update(AuditEvent).values(actor="u9"))
    triggers.arm(session.connection())
    session.commit()
    said = runner.invoke(args=["audit", "verify"])
    assert said.exit_code == 1
    assert f"engagement {engagement.id}, event 1: was changed after it was written" in said.output
    session.rollback()
