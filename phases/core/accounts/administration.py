"""Settings: how the installation is set up, its users, its outgoing mail. For admins."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from phases.core import mail, outbox
from phases.core.access import staff
from phases.core.accounts import queries, services
from phases.core.accounts.forms import NewUserForm, UserForm
from phases.core.clock import now
from phases.core.commit import commits
from phases.core.db import db
from phases.core.errors import BadValue, NotAllowed
from phases.core.models import User

bp = Blueprint("settings", __name__, url_prefix="/settings")


def session() -> Session:
    return cast(Session, db.session)


@bp.get("")
@staff("administer")
def overview() -> ResponseReturnValue:
    return render_template("settings/overview.html", facts=queries.facts(session()))


# --- users ----------------------------------------------------------------------------------------


@bp.get("/users")
@staff("administer")
def users() -> ResponseReturnValue:
    return users_page(NewUserForm(formdata=None))


def users_page(form: NewUserForm, password: str = "", whose: str = "") -> str:
    return render_template(
        "settings/users.html",
        users=queries.users(session()),
        form=form,
        password=password,
        whose=whose,
        login_url=mail.link("/login"),
    )


@bp.post("/users")
@staff("administer")
@commits
def add_user() -> ResponseReturnValue:
    """The page that answers is the only one that ever shows the password."""
    form = NewUserForm()
    if not form.validate():
        return users_page(form), 422
    try:
        user, password = services.add_user(
            session(), form.name.data or "", form.email.data or "", form.roles.data or [], g.actor
        )
    except BadValue as problem:
        form[problem.field].errors = [problem.message]
        return users_page(form), 422
    return users_page(NewUserForm(formdata=None), password, user.name)


@bp.get("/users/<int:user_id>")
@staff("administer")
def user(user_id: int) -> ResponseReturnValue:
    found = queries.user_of(session(), user_id)
    form = UserForm(
        formdata=None, data={"name": found.name, "roles": [r.name for r in found.roles]}
    )
    return user_page(found, form)


def user_page(found: User, form: UserForm, password: str = "") -> str:
    return render_template(
        "settings/user.html",
        user=found,
        form=form,
        password=password,
        login_url=mail.link("/login"),
        is_self=found.id == g.user.id,
    )


@bp.post("/users/<int:user_id>")
@staff("administer")
@commits
def change_user(user_id: int) -> ResponseReturnValue:
    found = queries.user_of(session(), user_id)
    form = UserForm()
    if not form.validate():
        return user_page(found, form), 422
    try:
        services.change_user(session(), found, form.name.data or "", form.roles.data or [], g.actor)
    except BadValue as problem:
        form[problem.field].errors = [problem.message]
        return user_page(found, form), 422
    flash(f"{found.name} is saved.", "success")
    return redirect(url_for(".users"))


@bp.post("/users/<int:user_id>/disable")
@staff("administer")
@commits
def disable_user(user_id: int) -> ResponseReturnValue:
    found = queries.user_of(session(), user_id)
    if found.id == g.user.id:
        raise NotAllowed("You cannot shut yourself out. Ask another administrator.")
    services.disable(session(), found, g.actor)
    flash(f"{found.name} can no longer log in; every login has ended.", "success")
    return redirect(url_for(".users"))


@bp.post("/users/<int:user_id>/enable")
@staff("administer")
@commits
def enable_user(user_id: int) -> ResponseReturnValue:
    found = queries.user_of(session(), user_id)
    services.enable(session(), found, g.actor)
    flash(f"{found.name} can log in again.", "success")
    return redirect(url_for(".users"))


@bp.post("/users/<int:user_id>/password")
@staff("administer")
@commits
def reset_password(user_id: int) -> ResponseReturnValue:
    """The page that answers is the only one that ever shows the password."""
    found = queries.user_of(session(), user_id)
    if found.id == g.user.id:
        raise NotAllowed("Change your own password under your account.")
    password = services.reset_password(session(), found, g.actor)
    return users_page(NewUserForm(formdata=None), password, found.name)


# --- outgoing mail --------------------------------------------------------------------------------


@bp.get("/outgoing")
@staff("administer")
def outgoing() -> ResponseReturnValue:
    found = queries.outgoing(session(), request.args.get("state", ""))
    return render_template("settings/outgoing.html", outgoing=found)


@bp.post("/outgoing/<int:job_id>/show")
@staff("administer")
@commits
def show(job_id: int) -> ResponseReturnValue:
    """Mint the link of a kept mail and show it, this once; showing it again makes another link."""
    job = queries.job_of(session(), job_id)
    if job.state not in (outbox.KEPT, outbox.SHOWN) or not mail.may_show(job):
        raise NotAllowed(
            "Mail is set up, so a customer's link or code is seen by the customer only. Send the "
            "message instead."
        )
    message = mail.BUILDERS[job.kind](session(), job.data)
    if message is None:
        job.state, job.done_at = outbox.DROPPED, now()
        flash(
            "This message is no longer needed: its link was used, revoked or has expired.",
            "warning",
        )
        return redirect(url_for(".outgoing"))
    job.state, job.done_at = outbox.SHOWN, now()
    return render_template("settings/message.html", message=message, secret=job.kind in mail.SECRET)


@bp.post("/outgoing/<int:job_id>/retry")
@staff("administer")
@commits
def retry(job_id: int) -> ResponseReturnValue:
    job = queries.job_of(session(), job_id)
    sendable = (outbox.FAILED, outbox.STOPPED, outbox.KEPT)
    if job.state not in sendable:
        raise NotAllowed("This message is on its way or done; there is nothing to try again.")
    outbox.retry(session(), job)
    flash("It is tried again within a minute.", "success")
    return redirect(url_for(".outgoing"))
