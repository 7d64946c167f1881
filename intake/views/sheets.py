"""Approving a sheet: statement by statement, then one code for what was submitted together."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake.queries import approvals
from intake.queries.approvals import (
    ApprovalView,
    Batch,
    Line,
    Said,
    approval_view,
    with_errors,
    with_typed,
)
from intake.queries.home import next_words
from intake.views.frame import bp, session
from phases.core.access import customer_only
from phases.core.commit import commits
from phases.core.errors import BadValue, Conflict, TooManyTries
from phases.core.invitations import codes
from phases.mechanisms.page import current
from phases.mechanisms.sheet.certificate import certificate as certificate_of
from phases.mechanisms.sheet.queries import sheet_of
from phases.mechanisms.sheet.services import sign


@bp.get("/c/<ref>/sheet/<key>")
@customer_only
def sheet(ref: str, key: str) -> ResponseReturnValue:
    view = approval_view(current(), key, g.contact)
    in_hand = approvals.batch_in_hand(session(), g.grant, key)
    return sheet_page(with_typed(view, in_hand.typed if in_hand else {}))


def sheet_page(view: ApprovalView) -> str:
    return render_template("intake/sheet.html", view=view, by_link=codes.proof() == codes.BY_LINK)


@bp.post("/c/<ref>/sheet/<key>")
@customer_only
@commits
def answer_sheet(ref: str, key: str) -> ResponseReturnValue:
    view = approval_view(current(), key, g.contact)
    view = with_typed(view, {line.view.key: typed_for(line) for line in view.lines})
    errors, batch = approvals.wrong(view), approvals.batch_of(view)
    if errors or not batch.decisions:
        none = "" if batch.decisions else "Answer Yes or No to at least one."
        return sheet_page(with_errors(view, errors, none)), 422
    if stale := approvals.changed_since(view, batch):
        return sheet_page(with_errors(view, stale, "Nothing was signed.")), 409
    if view.sheet.shut and any(approved for approved, _, _ in batch.decisions.values()):
        return sheet_page(with_errors(view, {}, "This is not open for a Yes yet.")), 422
    if codes.proof() == codes.BY_CODE:
        codes.request_code(session(), g.grant, batch.text)
        return redirect(url_for(".code", ref=g.grant.ref, key=key))
    return signed_by(batch, codes.BY_LINK)


def typed_for(line: Line) -> Said:
    """What the page sent for a statement."""
    sent = (request.form.get(f"{line.name}-{what}", "") for what in ("answer", "comment", "seen"))
    return Said(*sent)


def signed_by(batch: Batch, proof: str) -> ResponseReturnValue:
    """Sign *batch* as the contact, and lead to the confirmation."""
    contact = g.contact
    try:
        sign(
            session(), current(), sheet_key=batch.sheet, role=contact.role,
            decisions=batch.decisions,
            signer=contact.ref, name=contact.name, email=contact.email,
            address=request.remote_addr or "", proof=proof,
        )  # fmt: skip
    except Conflict:
        view = with_typed(approval_view(current(), batch.sheet, contact), batch.typed)
        stale = approvals.changed_since(view, batch)
        return sheet_page(with_errors(view, stale, "Nothing was signed.")), 409
    return redirect(url_for(".signed", ref=g.grant.ref, key=batch.sheet, n=len(batch.decisions)))


@bp.get("/c/<ref>/sheet/<key>/certificate")
@customer_only
def certificate(ref: str, key: str) -> ResponseReturnValue:
    """Who signed exactly what; for those who sign it."""
    s = current()
    view = approval_view(s, key, g.contact)
    found = certificate_of(s, sheet_of(s, view.sheet.key))
    return render_template("intake/certificate.html", view=found)


@bp.get("/c/<ref>/sheet/<key>/code")
@customer_only
def code(ref: str, key: str) -> ResponseReturnValue:
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
def confirm(ref: str, key: str) -> ResponseReturnValue:
    batch = approvals.batch_or_missing(session(), g.grant, key)
    try:
        codes.check_code(session(), g.grant, batch.text, request.form.get("code", "")[:40])
    except (BadValue, TooManyTries) as refusal:
        return code_page(key, refusal.message), refusal.status
    return signed_by(batch, codes.BY_CODE)


@bp.post("/c/<ref>/sheet/<key>/code/again")
@customer_only
@commits
def code_again(ref: str, key: str) -> ResponseReturnValue:
    batch = approvals.batch_or_missing(session(), g.grant, key)
    try:
        codes.request_code(session(), g.grant, batch.text)
    except TooManyTries as refusal:
        return code_page(key, refusal.message), refusal.status
    flash("A new code is on its way. Earlier ones no longer work.", "success")
    return redirect(url_for(".code", ref=g.grant.ref, key=key))


@bp.get("/c/<ref>/sheet/<key>/signed")
@customer_only
def signed(ref: str, key: str) -> ResponseReturnValue:
    view = approval_view(current(), key, g.contact)
    count = request.args.get("n", "")
    mine = approvals.latest_first(view)
    batch = mine[: int(count)] if count.isdecimal() else mine
    return render_template(
        "intake/signed.html",
        view=view,
        signed=[line for line in view.lines if line in batch],
        after=next_words(current(), g.engagement.summary),
        by_link=codes.proof() == codes.BY_LINK,
    )
