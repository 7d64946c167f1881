"""Handing homework to a colleague, taking it back, and saying that something is not one's own."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import EmailField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from intake.queries.giving import Choice, handable
from intake.views.frame import bp, session
from phases.core.access import colleagues_too, customer_only
from phases.core.choices import pairs
from phases.core.commit import commits
from phases.core.errors import BadValue, Missing, TooManyTries
from phases.mechanisms.homework import services
from phases.mechanisms.homework.pieces import Piece, held
from phases.mechanisms.page import current


class HandForm(FlaskForm):
    """To whom what is handed over."""

    items = SelectMultipleField(
        "What do you hand over?", validate_choice=False, widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )  # fmt: skip
    name = StringField("Your colleague's name", render_kw={"autocomplete": "off", "maxlength": 120})
    email = EmailField(
        "Your colleague's e-mail address",
        description="The link goes there and is theirs alone. Another company's address waits for "
        "us to agree.",
        render_kw={"autocomplete": "off", "maxlength": 254},
    )
    note = TextAreaField(
        "A word to them", validators=[Optional()],
        description="It stands in the mail, without links.",
        render_kw={"rows": 3, "maxlength": 300},
    )  # fmt: skip


class NotMineForm(FlaskForm):
    """Why something goes back."""

    said = TextAreaField(
        "Who might know?", validators=[Optional()],
        description="A name or a team is enough. What was answered so far stays.",
        render_kw={"rows": 3, "maxlength": 300},
    )  # fmt: skip


def the_piece(key: str) -> Piece:
    return services.piece_or_missing(current(), g.engagement.summary, key)


@bp.get("/c/<ref>/item/<key>/hand")
@customer_only
def hand(ref: str, key: str) -> ResponseReturnValue:
    piece = the_piece(key)
    if not services.may_hand(current(), piece, g.contact):
        raise Missing
    return hand_page(piece, HandForm(formdata=None, items=[key]))


def hand_page(piece: Piece, form: HandForm, status: int = 200) -> ResponseReturnValue:
    choices = handable(current(), g.engagement.summary, g.contact, piece)
    form.items.choices = pairs((one.key, words_of(one)) for one in choices)
    return render_template("intake/hand.html", form=form, piece=piece), status


def words_of(one: Choice) -> str:
    return f"{one.title} ({one.words})" if one.words else one.title


@bp.post("/c/<ref>/item/<key>/hand")
@customer_only
@commits
def hand_over(ref: str, key: str) -> ResponseReturnValue:
    piece, form = the_piece(key), HandForm()
    form.items.choices = []
    items = [the_piece(one) for one in dict.fromkeys((form.items.data or [])[:50])]
    try:
        made = services.hand_over(
            session(), current(), g.contact, items, form.name.data or "", form.email.data or "",
            form.note.data or "",
        )  # fmt: skip
    except BadValue as problem:
        form[problem.field].errors = [problem.message]
        return hand_page(piece, form, 422)
    except TooManyTries as refusal:
        form.form_errors.append(refusal.message)
        return hand_page(piece, form, refusal.status)
    flash(*told(made[0].waits, form.name.data or ""))
    return redirect(url_for(".home", ref=g.grant.ref))


def told(waits: bool, name: str) -> tuple[str, str]:
    """What becomes of a handover."""
    if waits:
        why = f"{name}'s address is of another company, so we are asked first."
        return f"{why} They get their link as soon as we agree.", "waiting"
    return (
        f"Handed to {name}, who gets a link to just that. You see below how far it is.",
        "success",
    )


@bp.get("/c/<ref>/item/<key>/back")
@colleagues_too
def not_mine(ref: str, key: str) -> ResponseReturnValue:
    return back_page(own_piece(key), NotMineForm(formdata=None))


def own_piece(key: str) -> Piece:
    """The item *key*, if it is with this contact."""
    s, piece = current(), the_piece(key)
    mine = services.own_ask(s, g.contact, key) is not None
    if not mine and not (piece.can_be_given and g.contact in held(s, piece).people):
        raise Missing(services.GONE)
    return piece


def back_page(piece: Piece, form: NotMineForm, status: int = 200) -> ResponseReturnValue:
    s = current()
    ask = services.own_ask(s, g.contact, piece.key)
    to = s.people.name(ask.by) if ask is not None else s.names_of("architect")
    more: dict[str, Any] = {"to": to or "us", "handed": ask is not None}
    return render_template("intake/not_mine.html", piece=piece, form=form, **more), status


@bp.post("/c/<ref>/item/<key>/back")
@colleagues_too
@commits
def send_back(ref: str, key: str) -> ResponseReturnValue:
    piece, form = own_piece(key), NotMineForm()
    try:
        services.send_back(session(), current(), g.contact, piece, form.said.data or "")
    except BadValue as problem:
        form[problem.field].errors = [problem.message]
        return back_page(piece, form, 422)
    flash(f"“{piece.title}” went back. Thank you for saying so.", "success")
    return redirect(url_for(".home", ref=g.grant.ref))


@bp.post("/c/<ref>/given/<int:ask_id>/take-back")
@customer_only
@commits
def take_back(ref: str, ask_id: int) -> ResponseReturnValue:
    s = current()
    ask = services.ask_of(s, ask_id)
    if ask.by != g.contact.ref:
        raise Missing
    services.take_back(session(), s, g.actor, ask)
    name = s.people.name(f"c{ask.contact_id}")
    flash(f"Taken back: {name} no longer sees it. What was answered stays.", "success")
    return redirect(url_for(".home", ref=g.grant.ref))
