"""PDFs as answers to a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from flask import Response, request

CHUNK = 256 * 1024


def as_pdf(pdf: bytes, tag: str, name: str) -> Response:
    """*pdf* to be shown, or word that it is unchanged."""
    answer = Response(pdf, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answer.set_etag(tag)
    answer.make_conditional(request)
    return answer


def as_zip(content: IO[bytes], name: str) -> Response:
    """*content* as a download; it is closed when it has been sent."""
    answer = Response(_sent(content), mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _sent(content: IO[bytes]) -> Iterator[bytes]:
    with content:
        while chunk := content.read(CHUNK):
            yield chunk


def name_of(key: str, subject: str = "") -> str:
    """What a document's file is called: the last part of its key, and what it is of."""
    name = key.rpartition(".")[2].replace("_", "-")
    of = re.sub(r"[^0-9A-Za-z]+", "-", subject).strip("-")
    return f"{name}-{of}" if of else name
