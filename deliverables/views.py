"""Documents of an engagement: drafts, issuing, issued copies."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Flask, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from deliverables import cache, queries, services
from deliverables.blocks import Context
from phases.core import access, documents, outbox
from phases.core.access import allowed, staff
from phases.core.commit import commits
from phases.core.db import db
from phases.core.models import IssuedDocument
from phases.mechanisms.page import current

bp = Blueprint("documents", __name__)


def init_app(app: Flask) -> None:
    """Register the pages, and what prints an issued document."""
    app.register_blueprint(bp)
    outbox.HANDLERS[services.RENDER] = services.render_issued


@bp.get("/e/<slug>/documents")
@staff("read")
def index(slug: str) -> ResponseReturnValue:
    s = current()
    views = queries.document_views(s)
    return render_template(
        "deliverables/documents.html", s=s, documents=views, dropped=queries.dropped_documents(s),
        may_issue={view.key: allowed("issue", view.subphase) for view in views}, people=s.people,
    )  # fmt: skip


@bp.get("/e/<slug>/documents/<key>/draft.pdf")
@staff("read")
def draft(slug: str, key: str) -> ResponseReturnValue:
    s = current()

    def draw_up() -> Context:
        context = services.draft(s, key)
        _session().rollback()
        return context

    pdf, etag = cache.drafted(services.mark_of(s, key), draw_up)
    return _pdf(pdf, etag, f"{slug}-{_name(key)}-draft.pdf")


@bp.post("/e/<slug>/documents/<key>/issue")
@staff("issue")
@commits
def issue(slug: str, key: str) -> ResponseReturnValue:
    s = current()
    item = services.document_of(s, key)
    access.check("issue", item.subphase)
    row = services.issue(_session(), s, g.actor, key)
    flash(f"{s.plain(item.title)} issued as no. {row.number}.", "success")
    return redirect(url_for("documents.index", slug=slug, _anchor=key.replace(".", "-")))


@bp.get("/e/<slug>/documents/<key>/<int:number>.pdf")
@staff("read")
def copy(slug: str, key: str, number: int) -> ResponseReturnValue:
    row = documents.find(_session(), g.engagement, key, number)
    name = f"{slug}-{_name(key)}-no-{number}.pdf"
    if row.state == documents.READY:
        return _pdf(documents.pdf_of(row), row.sha256 or "", name)
    return _pdf(*_print_now(row), name)


def _print_now(row: IssuedDocument) -> tuple[bytes, str]:
    """The copy's bytes before the worker has stored them: the same, since its context is frozen."""
    context = row.context
    _session().rollback()
    return cache.printed(context)


def _pdf(pdf: bytes, tag: str, name: str) -> Response:
    answer = Response(pdf, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answer.set_etag(tag)
    answer.make_conditional(request)
    return answer


def _name(key: str) -> str:
    return key.rpartition(".")[2].replace("_", "-")


def _session() -> Session:
    return cast(Session, db.session)
