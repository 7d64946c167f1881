"""The page of a text: its sections as they stand, editing one, and its earlier versions."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Flask, Response, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from phases.core import access
from phases.core.access import staff
from phases.core.commit import commits
from phases.core.db import db
from phases.core.errors import BadValue
from phases.mechanisms.page import current, current_for
from phases.mechanisms.writing import queries, services
from phases.mechanisms.writing.forms import ActForm, PassageForm
from phases.mechanisms.writing.queries import passage_of, passage_view, text_view, writing_of
from playbook.models import Passage, Writing

bp = Blueprint("writing", __name__)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


@bp.get("/e/<slug>/text/<key>")
@staff("read")
def page(slug: str, key: str) -> ResponseReturnValue:
    s = current_for(key)
    writing = writing_of(s, key)
    return render_template(
        "writing/text.html", s=s, view=text_view(s, writing), how=s.applicability(writing),
        subphase=s.playbook.subphase(writing.subphase), may_work=_may_work(writing),
    )  # fmt: skip


@bp.get("/e/<slug>/text/<key>/download.md")
@staff("read")
def download(slug: str, key: str) -> ResponseReturnValue:
    view = text_view(current(), writing_of(current(), key))
    parts = [f"# {view.title}", *(f"## {one.title}\n\n{one.text}" for one in view.passages)]
    name = f"{g.engagement.slug}-{key.rpartition('.')[2]}.md".replace("_", "-")
    head = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response("\n\n".join(parts) + "\n", mimetype="text/markdown", headers=head)


@bp.get("/e/<slug>/text/<key>/<passage>")
@staff("read")
def open_passage(slug: str, key: str, passage: str) -> ResponseReturnValue:
    """The section to edit; who may not is led to where it can be read."""
    writing = writing_of(current(), key)
    item = passage_of(current(), writing, passage)
    if not _may_work(writing):
        return _back(key, passage)
    view = passage_view(current(), item)
    form = PassageForm(formdata=None)
    form.text.data, form.base.data = view.text, view.base if view.edited else view.draft
    form.version.data = view.version
    return _edit_page(writing, item, form)


@bp.post("/e/<slug>/text/<key>/<passage>")
@staff("work")
@commits
def edit(slug: str, key: str, passage: str) -> ResponseReturnValue:
    writing, item = _to_work_on(key, passage)
    form = PassageForm()
    if not form.validate():
        return _edit_page(writing, item, form), 422
    try:
        services.edit(
            _session(), current(), g.actor, key, passage, form.text.data or "",
            form.base.data or "", form.version.data,
        )  # fmt: skip
    except BadValue as error:
        form.text.errors = [error.message]
        return _edit_page(writing, item, form), 422
    flash(f"Saved: {current().plain(item.title)}", "success")
    return _back(key, passage)


@bp.post("/e/<slug>/text/<key>/<passage>/redraft")
@staff("work")
@commits
def redraft(slug: str, key: str, passage: str) -> ResponseReturnValue:
    _to_work_on(key, passage)
    merged = services.redraft(_session(), current(), g.actor, key, passage, ActForm().version.data)
    if merged.conflicts:
        lines = "one place" if merged.conflicts == 1 else f"{merged.conflicts} places"
        flash(f"You and the records changed {lines}: choose what stands, then save.", "warning")
        return redirect(url_for(".open_passage", slug=g.engagement.slug, key=key, passage=passage))
    flash("Taken over; your edits stand", "success")
    return _back(key, passage)


@bp.post("/e/<slug>/text/<key>/<passage>/revert")
@staff("work")
@commits
def revert(slug: str, key: str, passage: str) -> ResponseReturnValue:
    _to_work_on(key, passage)
    services.revert(_session(), current(), g.actor, key, passage, ActForm().version.data)
    flash("The draft stands again; your edits are among the earlier versions", "success")
    return _back(key, passage)


@bp.post("/e/<slug>/text/<key>/<passage>/read")
@staff("work")
@commits
def accept(slug: str, key: str, passage: str) -> ResponseReturnValue:
    _, item = _to_work_on(key, passage)
    form = ActForm()
    services.accept(
        _session(), current(), g.actor, key, passage, form.shown.data or "", form.version.data
    )
    flash(f"Accepted as read: {current().plain(item.title)}", "success")
    return _back(key, passage)


@bp.get("/e/<slug>/text/<key>/<passage>/versions")
@staff("read")
def versions(slug: str, key: str, passage: str) -> ResponseReturnValue:
    s = current()
    writing = writing_of(s, key)
    item = passage_of(s, writing, passage)
    return render_template(
        "writing/versions.html", s=s, writing=writing, view=passage_view(s, item),
        versions=queries.versions(_session(), s, item), may_work=_may_work(writing),
        subphase=s.playbook.subphase(writing.subphase),
    )  # fmt: skip


@bp.post("/e/<slug>/text/<key>/<passage>/restore")
@staff("work")
@commits
def restore(slug: str, key: str, passage: str) -> ResponseReturnValue:
    _to_work_on(key, passage)
    form = ActForm()
    services.restore(
        _session(), current(), g.actor, key, passage, form.number.data or 0, form.version.data
    )
    flash(f"Version {form.number.data} stands again", "success")
    return _back(key, passage)


def _edit_page(writing: Writing, item: Passage, form: PassageForm) -> str:
    s = current()
    return render_template(
        "writing/edit.html", s=s, writing=writing, view=passage_view(s, item), form=form,
        subphase=s.playbook.subphase(writing.subphase),
    )  # fmt: skip


def _to_work_on(key: str, passage: str) -> tuple[Writing, Passage]:
    writing = writing_of(current(), key)
    access.check("work", writing.subphase)
    return writing, passage_of(current(), writing, passage)


def _may_work(writing: Writing) -> bool:
    return access.allowed("work", writing.subphase) and current().applies(writing)


def _back(key: str, passage: str) -> ResponseReturnValue:
    anchor = passage.replace(".", "-")
    return redirect(url_for(".page", slug=g.engagement.slug, key=key, _anchor=anchor))


def _session() -> Session:
    return cast(Session, db.session)
