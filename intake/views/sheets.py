"""Approving a sheet: statement by statement, then one code for what was submitted together."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake.queries import approvals
from intake.queries.approvals import ApprovalView, Batch, Said, approval_view, with_errors, with_typed
from intake.queries.home import next_words
from intake.views.frame import bp, session
from phases.core.access import customer_only
from phases.core.commit import commits
from phases.core.errors import BadValue, Conflict, TooManyTries
from phases.core.invitations import codes
from phases.mechanisms.page import current
from phases.mechanisms.sheet.services import LONGEST, sign

CHANGED = "It changed while you were reading. What you typed is kept: read it again, then answer."


@bp.get("/c/<ref>/sheet/<key>")
@customer_only
def sheet(ref: str, key: str) -> ResponseReturnValue:  # noqa: ARG001 - access reads ref, here and below
    view = approval_view(current(), key, g.contact)
    in_hand = approvals.batch_in_hand(session(), g.grant, key)
    return sheet_page(with_typed(view, in_hand.typed if in_hand else {}))


def sheet_page(view: ApprovalView) -> str:
    return render_template("intake/sheet.html", view=view, by_link=codes.proof() == codes.BY_LINK)


@bp.post("/c/<ref>/sheet/<key>")
@customer_only
@commits
def answer_sheet(ref: str, key: str) -> ResponseReturnValue:  # noqa: ARG001
    view = with_typed(approval_view(current(), key, g.contact), typed_on(key))
    errors = wrong_in(view)
    decided = {line.view.key: seen(line.name) for line in view.lines if line.typed.answer in ("yes", "no")}
    if errors or not decided:
        none = "" if decided else "Answer Yes or No to at least one."
        return sheet_page(with_errors(view, errors, none)), 422
    stale = {line.view.key: CHANGED for line in view.lines
             if line.view.key in decided and decided[line.view.key] != line.view.sha256}  # fmt: skip
    if stale:
        return sheet_page(with_errors(view, stale, "Nothing was signed.")), 409
    batch = Batch(key, {
        line.view.key: (line.typed.answer == "yes", line.typed.comment.strip(), line.view.sha256)
        for line in view.lines if line.view.key in decided
    })  # fmt: skip
    if codes.proof() == codes.BY_CODE:
        codes.request_code(session(), g.grant, batch.text)
        return redirect(url_for(".code", ref=g.grant.ref, key=key))
    return signed_by(batch, codes.BY_LINK)


def typed_on(key: str) -> dict[str, Said]:
    """What the page sent, by statement key."""
    view = approval_view(current(), key, g.contact)
    return {
        line.view.key: Said(
            request.form.get(f"{line.name}-answer", ""), request.form.get(f"{line.name}-comment", "")
        )
        for line in view.lines
    }  # fmt: skip


def seen(name: str) -> str:
    """The hash of the content that stood on the page when it was read."""
    return request.form.get(f"{name}-seen", "")


def wrong_in(view: ApprovalView) -> dict[str, str]:
    """What is wrong with what was typed, by statement key."""
    wrong = {}
    for line in view.lines:
        comment = line.typed.comment.strip()
        if line.typed.answer == "no" and not comment:
            wrong[line.view.key] = f"Tell us what is wrong with “{line.view.title}”."
        elif comment and not line.typed.answer and line.asked:
            wrong[line.view.key] = f"Choose Yes or No for “{line.view.title}”; your comment is kept."
        elif len(comment) > LONGEST:
            wrong[line.view.key] = f"That comment is too long; {LONGEST} characters are the most."
    return wrong


def signed_by(batch: Batch, proof: str) -> ResponseReturnValue:
    """Sign *batch* as the contact, and lead to the confirmation."""
    contact = g.contact
    try:
        sign(
            session(), current(), sheet_key=batch.sheet, role=contact.role, decisions=batch.decisions,
            signer=contact.ref, name=contact.name, email=contact.email,
            address=request.remote_addr or "", proof=proof,
        )  # fmt: skip
    except Conflict:
        view = with_typed(approval_view(current(), batch.sheet, contact), batch.typed)
        changed = {line.view.key: CHANGED for line in view.lines if line.view.key in batch.decisions
                   and batch.decisions[line.view.key][2] != line.view.sha256}  # fmt: skip
        return sheet_page(with_errors(view, changed, "Nothing was signed.")), 409
    return redirect(url_for(".signed", ref=g.grant.ref, key=batch.sheet, n=len(batch.decisions)))


@bp.get("/c/<ref>/sheet/<key>/code")
@customer_only
def code(ref: str, key: str) -> ResponseReturnValue:  # noqa: ARG001
    approval_view(current(), key, g.contact)
    if approvals.batch_in_hand(session(), g.grant, key) is None:
        return redirect(url_for(".sheet", ref=g.grant.ref, key=key))
    return code_page(key)


def code_page(key: str, error: str = "") -> str:
    batch = approvals.batch_or_missing(session(), g.grant, key)
    view = with_typed(approval_view(current(), key, g.contact), batch.typed)
    chosen = [line for line in view.lines if line.view.key in batch.decisions]
    return render_template(
        "intake/code.html", view=view, chosen=chosen, error=error, minutes=codes.MINUTES,
        works=codes.pending(session(), g.grant, batch.text) is not None,
    )  # fmt: skip


@bp.post("/c/<ref>/sheet/<key>/code")
@customer_only
@commits
def confirm(ref: str, key: str) -> ResponseReturnValue:  # noqa: ARG001
    batch = approvals.batch_or_missing(session(), g.grant, key)
    try:
        codes.check_code(session(), g.grant, batch.text, request.form.get("code", "")[:40])
    except (BadValue, TooManyTries) as refusal:
        return code_page(key, refusal.message), refusal.status
    return signed_by(batch, codes.BY_CODE)


@bp.post("/c/<ref>/sheet/<key>/code/again")
@customer_only
@commits
def code_again(ref: str, key: str) -> ResponseReturnValue:  # noqa: ARG001
    batch = approvals.batch_or_missing(session(), g.grant, key)
    try:
        codes.request_code(session(), g.grant, batch.text)
    except TooManyTries as refusal:
        return code_page(key, refusal.message), refusal.status
    flash("A new code is on its way. Earlier ones no longer work.", "success")
    return redirect(url_for(".code", ref=g.grant.ref, key=key))


@bp.get("/c/<ref>/sheet/<key>/signed")
@customer_only
def signed(ref: str, key: str) -> ResponseReturnValue:  # noqa: ARG001
    view = approval_view(current(), key, g.contact)
    count = request.args.get("n", "")
    mine = sorted(view.answered, key=lambda line: line.mine.at.timestamp() if line.mine.at else 0, reverse=True)
    just = int(count) if count.isdecimal() else len(mine)
    return render_template(
        "intake/signed.html", view=view, signed=mine[:just], after=next_words(current(), g.engagement.summary),
        by_link=codes.proof() == codes.BY_LINK,
    )  # fmt: skip
