"""Uploads: what comes in, what does not, and that nothing is half-saved."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import Workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from phases.core import files
from phases.core.clock import now
from phases.core.commit import commit
from phases.core.errors import BadValue, Missing, Unavailable
from phases.core.models import Engagement, StoredFile

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\0" * 40


def archive(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return buffer.getvalue()


def xlsx() -> bytes:
    buffer = io.BytesIO()
    Workbook().save(buffer)
    return buffer.getvalue()


def office(main: str) -> bytes:
    listing = f'<Types><Override PartName="/x" ContentType="{main}"/></Types>'
    return archive(**{"[Content_Types].xml": listing.encode(), "word/document.xml": b"<x/>"})


DOCX = office(f"{files.DOCX}.main+xml")
MACROS = office("application/vnd.ms-word.document.macroEnabled.main+xml")


def upload(name: str, data: bytes) -> FileStorage:
    return FileStorage(io.BytesIO(data), name)


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("policy.pdf", PDF, "application/pdf"),
        ("POLICY.PDF", PDF, "application/pdf"),
        ("shot.png", PNG, "image/png"),
        ("photo.jpg", JPEG, "image/jpeg"),
        ("photo.jpeg", JPEG, "image/jpeg"),
        ("terms.docx", DOCX, files.DOCX),
        ("list.xlsx", xlsx(), files.XLSX),
        ("list.csv", "Name;Größe\n".encode(), "text/csv"),
        ("list.csv", "Name;Größe\n".encode("latin-1"), "text/csv"),
        ("list.csv", "Name;Größe\n".encode("utf-16"), "text/csv"),
        ("notes.txt", b"a", "text/plain"),
        ("C:\\Users\\me\\notes.txt", b"a", "text/plain"),
    ],
)
def test_these_come_in(name: str, data: bytes, kind: str) -> None:
    checked = files.check(upload(name, data))
    assert (checked.kind, checked.size) == (kind, len(data))
    assert "\\" not in checked.name


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("", b"a", "Choose a file"),
        ("empty.pdf", b"", "is empty"),
        ("big.txt", b"a" * (files.LARGEST + 1), "over 25 MB"),
        ("all.zip", archive(a=b"a"), "cannot be taken"),
        ("run.exe", b"MZ\x90", "cannot be taken"),
        ("page.html", b"<script>", "cannot be taken"),
        ("drawing.svg", b"<svg/>", "cannot be taken"),
        ("no_ending", PDF, "cannot be taken"),
        ("not.pdf", PNG, "not what its ending says"),
        ("not.png", PDF, "not what its ending says"),
        ("zip.docx", archive(a=b"a"), "not what its ending says"),
        ("cut.xlsx", xlsx()[:200], "not what its ending says"),
        ("word.xlsx", DOCX, "not what its ending says"),
        ("macros.docx", MACROS, "not what its ending says"),
        ("old.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "not what its ending says"),
        ("pdf.csv", PDF, "not what its ending says"),
        ("binary.txt", b"a\0b", "not what its ending says"),
        ("control.csv", b"\x01\x02\xff", "not what its ending says"),
    ],
)
def test_these_do_not(name: str, data: bytes, message: str) -> None:
    with pytest.raises(BadValue, match=message):
        files.check(upload(name, data))


def test_a_spreadsheet_that_unpacks_to_too_much_does_not_come_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(files, "LARGEST_UNPACKED", 1000)
    with pytest.raises(BadValue):
        files.check(upload("bomb.xlsx", xlsx()))


@pytest.fixture
def folder(app: Flask) -> Callable[[], list[Path]]:
    """Lists what lies in the file store."""
    root = Path(app.config["DATA_DIR"]) / "files"
    before = set(root.rglob("*.*"))
    return lambda: sorted(path for path in root.rglob("*.*") if path not in before)


def stored(session: Session, engagement: Engagement, **values: Any) -> StoredFile:
    row = files.store(session, engagement, upload("policy.pdf", PDF), "c1")
    for name, value in values.items():
        setattr(row, name, value)
    commit(session)
    return row


@pytest.mark.data
def test_an_upload_is_unclaimed_until_somebody_claims_it(
    app: Flask, session: Session, engagement: Engagement, folder: Callable[[], list[Path]]
) -> None:
    row = stored(session, engagement)
    assert row.claimed_by == ""
    assert row.sha256 == files.check(upload("policy.pdf", PDF)).sha256
    assert [path.read_bytes() for path in folder()] == [PDF]
    assert "policy" not in str(folder()[0])
    claimed = files.claim(session, engagement, row.id, "Q3.question.x", "c1")
    assert files.of_engagement(session, engagement, claimed.id) is claimed
    assert files.read(row.path) == PDF


def test_nobody_claims_the_upload_of_another_person_or_engagement(
    session: Session, engagement: Engagement, make_engagement: Callable[..., Engagement]
) -> None:
    row = stored(session, engagement)
    with pytest.raises(Missing):
        files.claim(session, engagement, row.id, "Q3.question.x", "c2")
    with pytest.raises(Missing):
        files.claim(session, make_engagement("Borealis"), row.id, "Q3.question.x", "c1")


def test_a_full_disk_leaves_nothing_half_saved(
    session: Session,
    engagement: Engagement,
    folder: Callable[[], list[Path]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(_stream: object) -> Any:
        yield PDF[:5]
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "_chunks", full)
    with pytest.raises(Unavailable, match="disk is full"):
        files.store(session, engagement, upload("policy.pdf", PDF), "c1")
    assert session.scalar(select(func.count()).select_from(StoredFile)) == 0
    assert folder() == []


def test_what_nobody_claimed_for_a_day_is_swept(
    session: Session, engagement: Engagement, folder: Callable[[], list[Path]]
) -> None:
    long_ago = now() - timedelta(days=2)
    stored(session, engagement, uploaded_at=long_ago)
    stored(session, engagement, uploaded_at=long_ago, claimed_by="x", removed_at=long_ago)
    kept = [
        stored(session, engagement).id,
        stored(session, engagement, uploaded_at=long_ago, claimed_by="x").id,
        stored(session, engagement, uploaded_at=long_ago, claimed_by="x", removed_at=now()).id,
    ]
    assert files.sweep(session) == 2
    assert list(session.scalars(select(StoredFile.id).order_by(StoredFile.id))) == kept
    assert len(folder()) == 3


def test_staff_download_it_as_an_attachment(
    session: Session, engagement: Engagement, staff: Callable[..., FlaskClient]
) -> None:
    row = stored(session, engagement, claimed_by="x")
    answer = staff("architect").get(f"/e/{engagement.slug}/files/{row.id}")
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"] == "attachment; filename=policy.pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_another_engagements_file_is_not_found(
    session: Session,
    engagement: Engagement,
    make_engagement: Callable[..., Engagement],
    staff: Callable[..., FlaskClient],
) -> None:
    row = stored(session, make_engagement("Borealis"), claimed_by="x")
    assert staff("architect").get(f"/e/{engagement.slug}/files/{row.id}").status_code == 404


def test_a_larger_upload_comes_in_where_more_is_taken() -> None:
    text = b"Name;Worth\n" + b"Acme;12\n" * 4_000_000  # over 25 MB
    most = files.Most(64 * files.MEGABYTE, files.LARGEST_UNPACKED)
    assert files.check(upload("deals.csv", text), most=most).size == len(text)
    with pytest.raises(BadValue, match="over 25 MB"):
        files.check(upload("deals.csv", text))
    with pytest.raises(BadValue, match="not what its ending says"):
        files.check(upload("deals.csv", text + b"\x00"), most=most)


def test_a_sign_that_two_pieces_share_is_read_whole() -> None:
    text = b"a" * (files.CHUNK - 1) + "ü".encode() + b"\x81"  # no UTF-8 at the end, no control sign
    assert files.check(upload("list.csv", text[:-1])).kind == "text/csv"
    assert files.check(upload("list.csv", text)).kind == "text/csv"
