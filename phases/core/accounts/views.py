"""Login, logout, own password, own profile.

Passwords are compared outside of transactions: it takes long, and a writer would block all others.
"""

from __future__ import annotations

from typing import cast
from urllib.parse import urlsplit

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core import sessions
from phases.core.access import anybody, staff
from phases.core.accounts import administration, security, services
from phases.core.accounts.forms import (
    FirstPasswordForm,
    LoginForm,
    PasswordForm,
    ProfileForm,
    ProveForm,
)
from phases.core.clock import now
from phases.core.commit import commit, commits
from phases.core.db import begin_write, db
from phases.core.errors import BadValue
from phases.core.models import StaffSession, User

WRONG = "The e-mail address or the password is not right."

bp = Blueprint("account", __name__)


def init_app(app: Flask) -> None:
    """Register the pages, those of the settings too, and set up the library below them."""
    security.init_app(app)
    app.register_blueprint(bp)
    app.register_blueprint(administration.bp)


def local(target: str | None) -> str:
    """*target* if it is an address of this installation, else the start page."""
    target = target or ""
    parts = urlsplit(target)
    safe = not parts.scheme and not parts.netloc and target.startswith("/")
    if not safe or target.startswith("//") or any(c in target for c in "\\\r\n\t"):
        return "/"
    return target


@bp.get("/login")
@anybody("the way in for staff")
def login() -> ResponseReturnValue:
    if g.user is not None:
        return redirect(local(request.args.get("next")))
    return render_template("account/login.html", form=LoginForm())


@bp.post("/login")
@anybody("the way in for staff")
def log_in() -> ResponseReturnValue:
    form = LoginForm()
    if not form.validate():
        return render_template("account/login.html", form=form), 422
    email = cast(str, form.email.data).strip().lower()
    user = _proved(email, cast(str, form.password.data))
    if user is None:
        form.password.errors = [WRONG]
        return render_template("account/login.html", form=form), 422
    session = cast(Session, db.session)
    services.forgive(session, email, request.remote_addr or "")
    sessions.log_in(session, user)
    commit(session)
    return redirect(local(request.args.get("next")))


def _proved(email: str, password: str) -> User | None:
    """The active user whose password this is, in a writing transaction; else None.

    The try is counted, and committed, before the password is looked at.
    """
    session = cast(Session, db.session)
    begin_write(session)
    services.count_try(session, email, request.remote_addr or "")
    commit(session)
    stored = session.execute(
        select(User.id, User.password).where(User.email == email, User.active)
    ).one_or_none()
    session.rollback()
    if not security.fits(password, stored.password if stored else None) or stored is None:
        return None
    begin_write(session)
    user = session.get(User, stored.id)
    still = user is not None and user.active and user.password == stored.password
    return user if still else None


@bp.post("/logout")
@anybody("ends the login of this browser, if there is one")
@commits
def logout() -> ResponseReturnValue:
    sessions.log_out(cast(Session, db.session))
    flash("You are logged out.", "success")
    return redirect(url_for(".login"))


@bp.route("/account/prove", methods=["GET", "POST"])
@staff("look")
def prove() -> ResponseReturnValue:
    """The password once more, before a signature."""
    form = ProveForm()
    if request.method == "GET":
        return render_template("account/prove.html", form=form)
    if not form.validate():
        return render_template("account/prove.html", form=form), 422
    login_id, email = g.login.id, g.user.email
    user = _proved(email, cast(str, form.password.data))
    if user is None:
        form.password.errors = ["This is not your password."]
        return render_template("account/prove.html", form=form), 422
    session = cast(Session, db.session)
    services.forgive(session, email, request.remote_addr or "")
    session.get_one(StaffSession, login_id).proved_at = now()
    commit(session)
    return redirect(local(request.args.get("next")))


@bp.route("/account/password", methods=["GET", "POST"])
@staff("look")
def password() -> ResponseReturnValue:
    """A new password; asked for at once after a one-time password."""
    first = g.user.must_change_password and sessions.is_fresh(g.login)
    form = FirstPasswordForm() if first else PasswordForm()
    if request.method == "GET":
        return _password_page(form)
    if not form.validate():
        return _password_page(form), 422
    if not first and _proved(g.user.email, cast(str, form.current.data)) is None:
        form.current.errors = ["This is not your current password."]
        return _password_page(form), 422
    try:
        _change_password(cast(str, form.password.data))
    except BadValue as problem:
        form[problem.field].errors = [problem.message]
        return _password_page(form), 422
    flash("Your password is changed. Every other login of yours has ended.", "success")
    return redirect("/")


def _change_password(new: str) -> None:
    session = cast(Session, db.session)
    begin_write(session)
    user = session.get_one(User, g.user.id)
    services.change_password(session, user, new, current=None)
    services.forgive(session, user.email, request.remote_addr or "")
    sessions.log_in(session, user)
    commit(session)


def _password_page(form: FlaskForm) -> str:
    return render_template("account/password.html", form=form, forced=g.user.must_change_password)


@bp.get("/account")
@staff("look")
def profile() -> ResponseReturnValue:
    return render_template("account/profile.html", form=ProfileForm(obj=g.user), user=g.user)


@bp.post("/account")
@staff("look")
@commits
def save_profile() -> ResponseReturnValue:
    form = ProfileForm()
    if not form.validate():
        return render_template("account/profile.html", form=form, user=g.user), 422
    services.rename(cast(Session, db.session), g.user, cast(str, form.name.data))
    flash("Saved.", "success")
    return redirect(url_for(".profile"))
