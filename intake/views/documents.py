"""Documents for the customer, and the files that the customer sent."""

from __future__ import annotations

from flask import g, render_template, send_file
from flask.typing import ResponseReturnValue

from intake.queries import documents as queries
from intake.views.frame import bp, session
from phases.core import files
from phases.core.access import colleagues_too, customer_only
from phases.core.errors import Unavailable
from phases.mechanisms.page import current
from playbook.book import slug_of


@bp.get("/c/<ref>/documents")
@customer_only
def documents(ref: str) -> ResponseReturnValue:
    s = current()
    return render_template(
        "intake/documents.html", uploads=queries.uploads(s, g.contact),
        documents=queries.issued_documents(session(), s, g.contact),
        pages=queries.pages(s, g.contact),
    )  # fmt: skip


@bp.get("/c/<ref>/documents/<int:document_id>")
@customer_only
def document(ref: str, document_id: int) -> ResponseReturnValue:
    row = queries.issued_document(session(), current(), g.contact, document_id)
    assert row.path is not None
    try:
        stream = files.open_to_read(row.path)
    except OSError as problem:
        raise Unavailable("The file store does not answer. Try again later.") from problem
    name = f"{g.engagement.slug}-{slug_of(row.key)}-{row.number}.pdf"
    return send_file(
        stream, mimetype="application/pdf", as_attachment=True, download_name=name, etag=False
    )


@bp.get("/c/<ref>/files/<int:file_id>")
@colleagues_too
def file(ref: str, file_id: int) -> ResponseReturnValue:
    return files.send(queries.file_for(session(), current(), g.contact, file_id))
