"""Printed documents kept on disk, so that an unchanged one is not printed again."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile

from flask import current_app

from deliverables.blocks import Context
from deliverables.render import TEMPLATES, context_hash, fonts, print_document, stylesheet
from phases.core.audit import sha256
from phases.core.version import version

MOST = 400
"""How many are kept; the oldest go first."""


def key_of(context: Context) -> str:
    """What a document's bytes follow from, as a hash; it is the ETag too."""
    parts = (context_hash(context), templates(), sha256(stylesheet()), version(), fonts())
    return sha256("\n".join(parts))


@cache
def templates() -> str:
    """The templates of documents, as a hash."""
    sources = [
        *sorted((TEMPLATES / "deliverables").glob("*.html")),
        TEMPLATES / "macros" / "rail.html",
    ]
    return sha256("".join(source.read_text() for source in sources))


def printed(context: Context) -> tuple[bytes, str]:
    """The PDF of *context*, from disk if it was printed before, and its key.

    Raises:
        RenderFailed: it could not be printed.
    """
    key = key_of(context)
    path = folder() / f"{key}.pdf"
    try:
        found = path.read_bytes()
        os.utime(path)
    except FileNotFoundError:
        found = print_document(context).pdf
        keep(path, found)
    return found, key


def drafted(mark: str, make: Callable[[], Context]) -> tuple[bytes, str]:
    """The PDF of the draft that *make* draws up, and its key; what *mark* led to last time is
    served without drawing anything up.

    Raises:
        RenderFailed: it could not be printed.
    """
    name = sha256("\n".join((mark, templates(), sha256(stylesheet()), version(), fonts())))
    note = folder() / f"{name}.key"
    try:
        key = note.read_text()
        path = folder() / f"{key}.pdf"
        found = path.read_bytes()
        os.utime(path)
    except FileNotFoundError:
        found, key = printed(make())
        keep(note, key.encode())
    return found, key


def folder() -> Path:
    """Where they lie."""
    path = Path(current_app.config["DATA_DIR"]) / "cache" / "documents"
    path.mkdir(parents=True, exist_ok=True)
    return path


def keep(path: Path, data: bytes) -> None:
    """Put a document on disk at once or not at all; a full disk only means that it is not kept."""
    try:
        with NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
            file.write(data)
        Path(file.name).replace(path)
        prune(path.parent)
    except OSError as problem:
        current_app.logger.warning("a printed document was not kept: %s", problem)


def prune(place: Path) -> None:
    """Delete the oldest beyond ``MOST``."""
    for kind in ("*.pdf", "*.key"):
        kept = sorted(place.glob(kind), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in kept[MOST:]:
            path.unlink(missing_ok=True)
