"""Documents of an engagement: drafts, issuing, issued copies."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from deliverables import bundle, cache, queries, services
from deliverables.answers import as_pdf, as_zip, name_of
from deliverables.blocks import Context
from deliverables.contexts.subjects import check_subject
from deliverables.forms import UploadForm
from deliverables.portal import views as portal
from deliverables.render import beside, picture, prose
from deliverables.turning import turned
from phases.core import access, documents, files, outbox
from phases.core.access import allowed, staff
from phases.core.commit import commits
from phases.core.db import db
from phases.core.errors import BadValue, Missing
from phases.core.models import IssuedDocument
from phases.mechanisms.page import current
from playbook.models import Register

bp = Blueprint("documents", __name__)


def init_app(app: Flask) -> None:
    """Register the pages, and what prints an issued document."""
    app.jinja_env.filters.update(prose=prose, picture=picture, beside=beside, turned=turned)
    app.register_blueprint(bp)
    app.register_blueprint(portal.bp)
    outbox.HANDLERS[services.RENDER] = services.render_issued


@bp.get("/e/<slug>/documents")
@staff("read")
def index(slug: str) -> ResponseReturnValue:
    s = current()
    s.records.narrow(*(item.per for item in queries.documents_of(s) if item.per))
    return render_template(
        "deliverables/documents.html", s=s, groups=queries.document_groups(_session(), s),
        dropped=queries.dropped_documents(s),
    )  # fmt: skip


@bp.get("/e/<slug>/documents/<key>")
@staff("read")
def document(slug: str, key: str) -> ResponseReturnValue:
    s = current()
    item = services.document_of(s, key)
    if item.per and not subject():
        return render_template(
            "deliverables/subjects.html", s=s, item=item, view=queries.subjects_view(s, item),
            register=s.playbook.get(item.per, Register),
        )  # fmt: skip
    return _page(key, UploadForm(formdata=None))


def subject() -> str:
    """Which of a document's subjects is asked for; most documents have none."""
    return request.values.get("subject", "")


def _page(key: str, form: UploadForm) -> str:
    s = current()
    item, context = services.document_of(s, key), services.draft(s, key, subject())
    return render_template(
        "deliverables/page.html", s=s, item=item,
        view=queries.document_view(s, item, context, subject()),
        bundled=bundle.belongs(context), may_issue=allowed("issue", item.subphase),
        may_work=allowed("work", item.subphase), people=s.people, form=form,
    )  # fmt: skip


@bp.get("/e/<slug>/documents/<key>/draft.pdf")
@staff("read")
def draft(slug: str, key: str) -> ResponseReturnValue:
    s, of = current(), subject()

    def draw_up() -> Context:
        context = services.draft(s, key, of)
        _session().rollback()
        return context

    pdf, etag = cache.drafted(services.mark_of(s, key, of), draw_up)
    return as_pdf(pdf, etag, f"{slug}-{name_of(key, of)}-draft.pdf")


@bp.get("/e/<slug>/versions/<version>/assessment.pdf")
@staff("read")
def assessment(slug: str, version: str) -> ResponseReturnValue:
    """A version of the assessment as it was cut."""
    context = services.draft_of_version(current(), version)
    _session().rollback()
    pdf, tag = cache.printed(context)
    return as_pdf(pdf, tag, f"{slug}-assessment-{version}.pdf")


@bp.post("/e/<slug>/documents/<key>/issue")
@staff("issue")
@commits
def issue(slug: str, key: str) -> ResponseReturnValue:
    s = current()
    item = services.document_of(s, key)
    access.check("issue", item.subphase)
    row = services.issue(_session(), s, g.actor, key, subject=subject())
    flash(f"{s.plain(item.title)} issued as no. {row.number}.", "success")
    return redirect(_at(key))


def _at(key: str, anchor: str | None = None) -> str:
    """The page of a document, of the same subject as was asked for."""
    return url_for(
        "documents.document", slug=g.engagement.slug, key=key, subject=subject() or None,
        _anchor=anchor,
    )  # fmt: skip


@bp.get("/e/<slug>/documents/<key>/bundle.zip")
@staff("read")
def everything(slug: str, key: str) -> ResponseReturnValue:
    """The document as it stands now, with what belongs to it."""
    s, of = current(), subject()
    context = services.draft(s, key, of)
    parts = bundle.parts_of(_session(), s.engagement, context)
    _session().rollback()
    name = name_of(key, of)
    found = bundle.packed(cache.printed(context)[0], f"00-{name}.pdf", parts)
    return as_zip(found, f"{slug}-{name}.zip")


@bp.post("/e/<slug>/documents/<key>/files")
@staff("work")
@commits
def add_file(slug: str, key: str) -> ResponseReturnValue:
    item = services.document_of(current(), key)
    access.check("work", item.subphase)
    form = UploadForm()
    try:
        if not item.files:
            raise Missing
        check_subject(current(), item, subject())
        stored = files.store(_session(), g.engagement, form.file.data or FileStorage(), g.actor)
        services.add_file(_session(), current(), g.actor, key, stored.id, subject())
    except BadValue as problem:
        form.file.errors = [problem.message]
        return _page(key, form), 422
    flash(f"{stored.name} is kept.", "success")
    return redirect(_at(key, "files"))


@bp.post("/e/<slug>/documents/<key>/files/<int:file_id>/remove")
@staff("work")
@commits
def remove_file(slug: str, key: str, file_id: int) -> ResponseReturnValue:
    s = current()
    access.check("work", services.document_of(s, key).subphase)
    services.remove_file(_session(), s, g.actor, key, file_id, subject())
    flash("The file was taken out.", "success")
    return redirect(_at(key, "files"))


@bp.get("/e/<slug>/documents/<key>/<int:number>.pdf")
@staff("read")
def copy(slug: str, key: str, number: int) -> ResponseReturnValue:
    row = documents.find(_session(), g.engagement, key, number)
    name = f"{slug}-{name_of(key, row.subject or '')}-no-{number}.pdf"
    if row.state == documents.READY:
        return as_pdf(documents.pdf_of(row), row.sha256 or "", name)
    return as_pdf(*_print_now(row), name)


def _print_now(row: IssuedDocument) -> tuple[bytes, str]:
    """The copy's bytes before the worker has stored them: the same, since its context is frozen."""
    context = row.context
    _session().rollback()
    return cache.printed(context)


def _session() -> Session:
    return cast(Session, db.session)
