"""Printed documents kept on disk, so that an unchanged one is not printed again."""

from __future__ import annotations

import os
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


def folder() -> Path:
    """Where they lie."""
    path = Path(current_app.config["DATA_DIR"]) / "cache" / "documents"
    path.mkdir(parents=True, exist_ok=True)
    return path


def keep(path: Path, pdf: bytes) -> None:
    """Put a document on disk at once or not at all; a full disk only means that it is not kept."""
    try:
        with NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
            file.write(pdf)
        Path(file.name).replace(path)
        prune(path.parent)
    except OSError as problem:
        current_app.logger.warning("a printed document was not kept: %s", problem)


def prune(place: Path) -> None:
    """Delete the oldest beyond ``MOST``."""
    kept = sorted(place.glob("*.pdf"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in kept[MOST:]:
        path.unlink(missing_ok=True)
