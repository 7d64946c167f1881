"""The form: one section a page, saved as one goes, looked over before it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import abort, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from intake import services
from intake.fields import SUFFIXES, name_of, section_form, typed
from intake.queries import sections
from intake.queries.home import contacts_at_firm, next_words
from intake.queries.sections import PageView, QuestionView, form_for, part_for
from intake.services import Typed
from intake.views.frame import bp, session
from phases.core import files
from phases.core.access import colleagues_too, customer_only
from phases.core.commit import commits
from phases.core.errors import BadValue, Conflict, Missing, Unavailable
from phases.mechanisms.form import services as form_services
from phases.mechanisms.form.queries import answers_of, is_sent, questions
from phases.mechanisms.form.services import NotComplete
from phases.mechanisms.form.values import EMPTY, shown
from phases.mechanisms.homework.pieces import held, piece_of, reach
from phases.mechanisms.homework.services import GONE, may_hand, own_ask, piece_or_missing
from phases.mechanisms.page import current
from phases.mechanisms.situation import Situation
from playbook.book import slug_of
from playbook.models import Form, Question


@bp.get("/c/<ref>/form/<key>")
@customer_only
def form(ref: str, key: str) -> ResponseReturnValue:
    s = current()
    asked = form_for(s, key, g.contact)
    view = sections.overview(s, asked, g.contact)
    base = url_for(".form", ref=g.grant.ref, key=key)
    if view.sent:
        parts = sections.check_parts(s, asked, g.contact, base)
        return render_template(
            "intake/form_sent.html", view=view, parts=parts, ask=contacts_at_firm(s)[:1]
        )
    return render_template("intake/form.html", view=view)


@bp.get("/c/<ref>/form/<key>/<int:number>")
@colleagues_too
def section(ref: str, key: str, number: int) -> ResponseReturnValue:
    asked, _ = part_for(current(), key, g.contact)
    return fresh_page(sections.page_view(current(), asked, number, g.contact))


@bp.get("/c/<ref>/item/<key>")
@colleagues_too
def item(ref: str, key: str) -> ResponseReturnValue:
    """The questions of one homework item, without the rest of its form."""
    return fresh_page(item_page(key))


def item_page(key: str) -> PageView:
    s = current()
    return sections.item_view(s, piece_or_missing(s, g.engagement.summary, key), g.contact)


def fresh_page(view: PageView) -> str:
    s = current()
    filled = section_form(s, view.asked, answers_of(s, view.form))
    blank = request.args.get("add", "")
    for question in view.asked:
        if question.type == "table" and slug_of(question.key) == blank:
            filled[name_of(question)].blank = 1
    return section_page(view, filled)


def section_page(view: PageView, filled: FlaskForm) -> str:
    return render_template(
        "intake/section.html", view=view, form=filled, suffixes=SUFFIXES, here=here(view),
        back=back(view), may_give=may_give(view),
    )  # fmt: skip


def here(view: PageView, **more: Any) -> str:
    """The address of the page."""
    if view.item:
        return url_for(".item", ref=g.grant.ref, key=view.item, **more)
    return url_for(".section", ref=g.grant.ref, key=view.form.key, number=view.number, **more)


def back(view: PageView) -> str:
    """Where the page was come from."""
    if view.alone or view.item:
        return url_for(".home", ref=g.grant.ref)
    if view.number > 1 and not view.sent:
        return url_for(".section", ref=g.grant.ref, key=view.form.key, number=view.number - 1)
    return url_for(".form", ref=g.grant.ref, key=view.form.key)


def may_give(view: PageView) -> dict[str, str]:
    """The addresses where the page's item is handed over, and sent back, if it may be."""
    s, key = current(), view.item or view.section.key
    piece = piece_of(s, g.engagement.summary, key)
    if piece is None:
        return {}
    found = {}
    if may_hand(s, piece, g.contact):
        found["hand"] = url_for(".hand", ref=g.grant.ref, key=key)
    if own_ask(s, g.contact, key) or (view.item and g.contact in held(s, piece).people):
        found["back"] = url_for(".not_mine", ref=g.grant.ref, key=key)
    return found


@bp.post("/c/<ref>/form/<key>/<int:number>")
@colleagues_too
@commits
def save_section(ref: str, key: str, number: int) -> ResponseReturnValue:
    asked, _ = part_for(current(), key, g.contact)
    return keep_page(asked, sections.page_view(current(), asked, number, g.contact))


@bp.post("/c/<ref>/item/<key>")
@colleagues_too
@commits
def save_item(ref: str, key: str) -> ResponseReturnValue:
    view = item_page(key)
    return keep_page(view.form, view)


def keep_page(asked: Form, view: PageView) -> ResponseReturnValue:
    """Keep what was typed on a page, or show it again with what is wrong."""
    filled = section_form(current(), view.asked, {}, request.form)
    deed, _, what = request.form.get("do", "continue").partition(":")
    if deed == "drop":
        drop_row(view, filled, what)
    sent = [sent_for(question, filled) for question in view.asked]
    if not judged(asked, view, filled, sent):
        return section_page(shown_as_sent(view, sent), filled), 422
    try:
        uploads = taken_in(view)
    except Unavailable as refusal:
        filled.form_errors.append(refusal.message)
        return section_page(shown_as_sent(view, sent), filled), refusal.status
    if uploads and not still_theirs(view):  # storing them began the transaction again
        raise Missing(GONE)
    before = {q.key for q in sections.shown_now(current(), asked)}
    clashes = services.save_section(session(), current(), g.actor, asked, sent)
    if clashes:
        return clashed(asked, view, filled, sent, clashes)
    for question, file_id in uploads:
        services.add_file(session(), current(), g.actor, question, file_id)
    if deed == "remove":
        remove_file(view, what)
    return led_on(asked, view, before, deed, what)


def still_theirs(view: PageView) -> bool:
    """Whether the page's questions are still the contact's to answer."""
    return reach(current(), view.form, g.contact) >= {q.key for q in view.asked}


def sent_for(question: Question, filled: FlaskForm) -> Typed:
    """What the page sent for *question*."""
    name = name_of(question)
    version = request.form.get(f"{name}-version", "0")
    return Typed(
        question, typed(question, filled[name]), int(version) if version.isdecimal() else 0,
        request.form.get(f"{name}-was", ""),
    )  # fmt: skip


def drop_row(view: PageView, filled: FlaskForm, what: str) -> None:
    """Take out the row that ``slug:number`` names."""
    slug, _, number = what.partition(":")
    for question in view.asked:
        if slug_of(question.key) == slug and question.type == "table" and number.isdecimal():
            filled[name_of(question)].drop(int(number))


def judged(asked: Form, view: PageView, filled: FlaskForm, sent: list[Typed]) -> bool:
    """Whether everything typed and every file may be kept; if not, the fields say why."""
    wrong = services.judge(current(), asked, sent)
    for question in view.asked:
        field = filled[name_of(question)]
        if question.key in wrong:
            field.errors = [wrong[question.key]]
        elif question.type == "files":
            field.errors = [problem for upload in chosen(question) if (problem := refusal(upload))]
            if services.too_many_files(current(), question, len(chosen(question))):
                field.errors.append(f"{services.MOST_FILES} files are the most for one question.")
    return not any(field.errors for field in filled)


def chosen(question: Question) -> list[Any]:
    """The files chosen for *question*."""
    return [upload for upload in request.files.getlist(name_of(question)) if upload.filename]


def refusal(upload: Any) -> str:
    """Why a file may not come in; empty if it may."""
    try:
        files.check(upload)
    except BadValue as problem:
        return problem.message
    return ""


def taken_in(view: PageView) -> list[tuple[Question, int]]:
    """Store the chosen files, unclaimed: this ends the transaction and begins another."""
    return [
        (question, files.store(session(), g.engagement, upload, g.actor, name_of(question)).id)
        for question in view.asked
        if question.type == "files"
        for upload in chosen(question)
    ]


def remove_file(view: PageView, what: str) -> None:
    """Take out the file that ``slug:id`` names."""
    slug, _, number = what.partition(":")
    for question in view.asked:
        if slug_of(question.key) == slug and question.type == "files" and number.isdecimal():
            services.remove_file(session(), current(), g.actor, question, int(number))


def led_on(
    asked: Form, view: PageView, before: set[str], deed: str, what: str
) -> ResponseReturnValue:
    """Where a saved page leads: to what follows from its answers, else on."""
    whole: dict[str, Any] = {"ref": g.grant.ref, "key": asked.key}
    slug = what.partition(":")[0]
    if deed in ("add", "drop", "upload", "remove"):
        more = {"add": slug} if deed == "add" else {}
        return redirect(here(view, **more, _anchor=f"q-{slug}"))
    if deed == "leave":
        flash("Saved. Come back whenever it suits you.", "success")
        return redirect(url_for(".home", ref=g.grant.ref))
    if follow := following(asked, view, before):
        count = (
            "One more question follows"
            if len(follow) == 1
            else f"{len(follow)} more questions follow"
        )
        flash(f"Saved. {count} from your answers.", "waiting")
        return redirect(here(view, _anchor=name_of(follow[0])))
    if view.alone or view.item or view.sent:
        flash(f"Saved: {view.title}. Thank you.", "success")
        whole_is_theirs = view.sent and not (view.alone or view.item)
        return redirect(
            url_for(".form", **whole) if whole_is_theirs else url_for(".home", ref=g.grant.ref)
        )
    if view.is_last or deed == "check":
        return redirect(url_for(".check", **whole))
    return redirect(url_for(".section", **whole, number=view.number + 1))


def following(asked: Form, view: PageView, before: set[str]) -> list[Question]:
    """Questions of this page that only the answers just saved have called for, still open."""
    answers = answers_of(current(), asked)
    return [
        q
        for q in sections.shown_now(current(), asked)
        if q in view.asked and q.key not in before and answers.get(q.key) in EMPTY
    ]


def shown_as_sent(view: PageView, sent: list[Typed]) -> PageView:
    """The page with the versions it was sent with, so that nothing of others is lost unseen."""
    by_key = {one.question.key: one for one in sent}
    return replace(view, questions=tuple(
        replace(q, version=by_key[q.question.key].version, was=by_key[q.question.key].was)
        for q in view.questions
    ))  # fmt: skip


CLASH = (
    "{who} changed this while you were typing. Theirs is shown below: keep or change yours, "
    "then send it again."
)


def beside_theirs(view: QuestionView, s: Situation) -> QuestionView:
    """A question with what somebody else saved, which sending it again replaces."""
    answer = s.records.answers[view.question.key]
    theirs = shown(view.question, answer.value) or "(empty)"
    return replace(
        view, version=answer.version, was=sections.mark(answer.value), shown=True, theirs=theirs
    )


def clashed(
    asked: Form,
    view: PageView,
    filled: FlaskForm,
    sent: list[Typed],
    clashes: Mapping[str, Conflict],
) -> ResponseReturnValue:
    """Both texts of each answer that somebody else changed meanwhile; nothing was saved."""
    s = current()
    questions = tuple(
        beside_theirs(q, s) if q.question.key in clashes else q
        for q in shown_as_sent(view, sent).questions
    )
    for q in questions:
        if q.theirs is not None:
            who = s.people.name(s.records.answers[q.question.key].answered_by)
            filled[q.name].errors = [CLASH.format(who=who)]
    return section_page(replace(view, questions=questions), filled), 409


@bp.post("/c/<ref>/form/<key>/answer")
@colleagues_too
@commits
def answer(ref: str, key: str) -> ResponseReturnValue:
    """Keep one answer as it is typed; see static/js/autosave.js for what goes to and fro."""
    s = current()
    asked, keys = part_for(s, key, g.contact)
    name = request.form.get("autosave_field", "")
    question = next((q for q in questions(asked) if q.key in keys and name_of(q) == name), None)
    if question is None or question.type == "files":
        abort(404)
    one = sent_for(question, section_form(s, [question], {}, request.form))
    try:
        saved = form_services.save_answer(
            session(), s, g.actor, key, question.key, one.raw, one.version
        )
    except BadValue as problem:
        return jsonify(errors={name: [problem.message]}), 422
    except Conflict as clash:
        stored = s.records.answers[question.key]
        who = s.people.name(stored.answered_by)
        return jsonify(
            message=f"{who} changed this answer meanwhile.",
            theirs=str(clash.theirs.get(question.key, "")),
            versions={f"{name}-version": stored.version},
        ), 409  # fmt: skip
    return jsonify(
        saved_at=sections.saved_words(), saved=f"Saved {sections.saved_words()}",
        versions={f"{name}-version": saved.version or 0},
        shown=[name_of(q) for q in sections.shown_now(s, asked) if q.key in keys],
        progress=sections.progress_words(s, asked, keys),
    )  # fmt: skip


@bp.get("/c/<ref>/form/<key>/check")
@customer_only
def check(ref: str, key: str) -> ResponseReturnValue:
    asked = form_for(current(), key, g.contact)
    if is_sent(current(), asked):
        return redirect(url_for(".form", ref=g.grant.ref, key=key))
    return check_page(asked, refused=False)


def check_page(asked: Form, *, refused: bool) -> str:
    base = url_for(".form", ref=g.grant.ref, key=asked.key)
    return render_template(
        "intake/check.html", view=sections.overview(current(), asked, g.contact),
        parts=sections.check_parts(current(), asked, g.contact, base), refused=refused,
    )  # fmt: skip


@bp.post("/c/<ref>/form/<key>/submit")
@customer_only
@commits
def submit(ref: str, key: str) -> ResponseReturnValue:
    asked = form_for(current(), key, g.contact)
    try:
        form_services.submit(session(), current(), g.actor, key)
    except NotComplete:
        return check_page(asked, refused=True), 422
    return redirect(url_for(".sent", ref=g.grant.ref, key=key))


@bp.get("/c/<ref>/form/<key>/sent")
@customer_only
def sent(ref: str, key: str) -> ResponseReturnValue:
    s = current()
    view = sections.overview(s, form_for(s, key, g.contact), g.contact)
    if not view.sent:
        return redirect(url_for(".form", ref=g.grant.ref, key=key))
    later = [line for line in view.sections if line.later]
    return render_template(
        "intake/sent.html", view=view, later=later, after=next_words(s, g.engagement.summary),
        people=contacts_at_firm(s),
    )  # fmt: skip
