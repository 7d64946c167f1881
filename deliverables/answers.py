"""PDFs as answers to a browser."""

from __future__ import annotations

from flask import Response, request


def as_pdf(pdf: bytes, tag: str, name: str) -> Response:
    """*pdf* to be shown, or word that it is unchanged."""
    answer = Response(pdf, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answer.set_etag(tag)
    answer.make_conditional(request)
    return answer


def name_of(key: str) -> str:
    """What a document's file is called: the last part of its key."""
    return key.rpartition(".")[2].replace("_", "-")
