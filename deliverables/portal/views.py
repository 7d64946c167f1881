"""Documents on the customer's side: those read as a page, and what is handed over as one file."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from deliverables import bundle, cache, services
from deliverables.answers import as_pdf, as_zip, name_of
from deliverables.blocks import Context
from phases.core import documents
from phases.core.access import customer_only
from phases.core.db import db
from phases.core.errors import Missing
from phases.core.models import IssuedDocument
from phases.mechanisms.page import current
from phases.mechanisms.situation import Situation
from playbook.models import Document

bp = Blueprint("portal_documents", __name__)


def page_of(s: Situation, key: str) -> Document:
    """The document *key*, if this contact may read it as a page.

    Raises:
        Missing: there is none for this contact.
    """
    item = services.document_of(s, key)
    if not (item.page and item.may_be_read_by(g.contact.role)):
        raise Missing
    return item


@bp.get("/c/<ref>/documents/<key>")
@customer_only
def page(ref: str, key: str) -> ResponseReturnValue:
    s = current()
    item = page_of(s, key)
    context = services.draft(s, key)
    return render_template(
        "deliverables/portal_page.html", s=s, item=item, sections=context["sections"]
    )


@bp.get("/c/<ref>/documents/<key>/now.pdf")
@customer_only
def now(ref: str, key: str) -> ResponseReturnValue:
    s = current()
    page_of(s, key)

    def draw_up() -> Context:
        context = services.draft(s, key)
        _session().rollback()
        return context

    pdf, etag = cache.drafted(services.mark_of(s, key), draw_up)
    return as_pdf(pdf, etag, f"{g.engagement.slug}-{name_of(key)}.pdf")


@bp.get("/c/<ref>/documents/<key>/bundle.zip")
@customer_only
def everything(ref: str, key: str) -> ResponseReturnValue:
    """The copy that was issued last, with what belonged to it then; of one subject, if any."""
    s, of = current(), request.args.get("subject", "")
    item = services.document_of(s, key)
    row = _session().scalar(
        select(IssuedDocument)
        .where(
            IssuedDocument.engagement_id == g.engagement.id, IssuedDocument.key == key,
            IssuedDocument.state == documents.READY, IssuedDocument.subject == of,
        )
        .order_by(IssuedDocument.number.desc())
        .limit(1)
    )  # fmt: skip
    if row is None or not item.may_be_read_by(g.contact.role):
        raise Missing("This has not been handed over yet.")
    parts = bundle.parts_of(_session(), g.engagement, row.context)
    pdf, name = documents.pdf_of(row), name_of(key, of)
    found = bundle.packed(pdf, f"00-{name}-no-{row.number}.pdf", parts)
    return as_zip(found, f"{g.engagement.slug}-{name}.zip")


def _session() -> Session:
    return cast(Session, db.session)
