"""The page of an engagement's people: contacts, invitations, the team."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Flask, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from phases.core.access import allowed, staff
from phases.core.commit import commits
from phases.core.db import db
from phases.core.errors import BadValue
from phases.core.invitations import mails, queries, services
from phases.core.invitations.forms import ContactForm, MemberForm, NewContactForm
from phases.core.invitations.roles import roles_of
from phases.core.mail import settings
from phases.core.models import Contact, User

bp = Blueprint("people", __name__)


def init_app(app: Flask) -> None:
    """Register the pages, and the mails they send."""
    mails.register_all()
    app.register_blueprint(bp)


def session() -> Session:
    return cast(Session, db.session)


def role_choices() -> list[tuple[str, str]]:
    return [(slug, role.title) for slug, role in roles_of(g.engagement, "customer").items()]


def page(form: NewContactForm | None = None, member_form: MemberForm | None = None) -> str:
    people = queries.people(session(), g.engagement)
    return render_template(
        "people/people.html",
        slug=g.engagement.slug,
        people=people,
        form=form or NewContactForm(role_choices(), formdata=None),
        member_form=member_form
        or MemberForm(((c.value, c.label) for c in people.candidates), formdata=None),
        may_invite=allowed("invite"),
        may_see_mail=g.user.is_a("admin"),
        sends_mail=settings().sends_mail,
    )


def back() -> ResponseReturnValue:
    return redirect(url_for(".people", slug=g.engagement.slug))


@bp.get("/e/<slug>/people")
@staff("read")
def people(slug: str) -> ResponseReturnValue:
    return page()


@bp.post("/e/<slug>/people")
@staff("invite")
@commits
def add(slug: str) -> ResponseReturnValue:
    form = NewContactForm(role_choices())
    if not form.validate():
        return page(form), 422
    try:
        contact = services.add_contact(session(), g.engagement, g.actor, **form.values())
    except BadValue as problem:
        form[problem.field].errors = [problem.message]
        return page(form), 422
    if form.invite.data:
        services.invite(session(), g.engagement, g.actor, contact)
        flash(f"{contact.name} is added. {what_happens()}", "success")
    else:
        flash(f"{contact.name} is added, not yet invited.", "success")
    return back()


def what_happens() -> str:
    """What becomes of an invitation just made."""
    if settings().sends_mail:
        return "The invitation goes out within a minute."
    return "No mail is set up: the invitation is kept for an admin to pass on."


@bp.get("/e/<slug>/people/<int:contact_id>")
@staff("invite")
def edit(slug: str, contact_id: int) -> ResponseReturnValue:
    contact = services.contact_of(session(), g.engagement, contact_id)
    return edit_page(contact, ContactForm(role_choices(), formdata=None, obj=contact))


def edit_page(contact: Contact, form: ContactForm) -> str:
    return render_template(
        "people/contact.html", slug=g.engagement.slug, contact=contact, form=form
    )


@bp.post("/e/<slug>/people/<int:contact_id>")
@staff("invite")
@commits
def change(slug: str, contact_id: int) -> ResponseReturnValue:
    contact = services.contact_of(session(), g.engagement, contact_id)
    form = ContactForm(role_choices())
    if not form.validate():
        return edit_page(contact, form), 422
    before = contact.email
    try:
        services.change_contact(
            session(), g.engagement, g.actor, contact, form.version.data, **form.values()
        )
    except BadValue as problem:
        form[problem.field].errors = [problem.message]
        return edit_page(contact, form), 422
    moved = contact.email != before
    again = " The old address opens nothing any more: invite them again." if moved else ""
    flash(f"Saved.{again}", "success")
    return back()


@bp.post("/e/<slug>/people/<int:contact_id>/invite")
@staff("invite")
@commits
def invite(slug: str, contact_id: int) -> ResponseReturnValue:
    contact = services.contact_of(session(), g.engagement, contact_id)
    services.invite(session(), g.engagement, g.actor, contact)
    flash(f"{contact.name} is invited. {what_happens()}", "success")
    return back()


@bp.post("/e/<slug>/people/<int:contact_id>/revoke")
@staff("invite")
@commits
def revoke(slug: str, contact_id: int) -> ResponseReturnValue:
    contact = services.contact_of(session(), g.engagement, contact_id)
    services.revoke(session(), g.engagement, g.actor, contact)
    flash(f"Every link of {contact.name} has stopped working.", "success")
    return back()


@bp.post("/e/<slug>/people/<int:contact_id>/remove")
@staff("invite")
@commits
def remove(slug: str, contact_id: int) -> ResponseReturnValue:
    contact = services.contact_of(session(), g.engagement, contact_id)
    services.remove_contact(session(), g.engagement, g.actor, contact)
    flash(f"{contact.name} is removed. What they answered and signed stays.", "success")
    return back()


@bp.post("/e/<slug>/people/team")
@staff("invite")
@commits
def add_member(slug: str) -> ResponseReturnValue:
    candidates = queries.people(session(), g.engagement).candidates
    form = MemberForm((c.value, c.label) for c in candidates)
    if not form.validate() or not form.person.data:
        form.person.errors = ["Choose somebody from the list."]
        return page(member_form=form), 422
    user_id, role = form.chosen()
    user = session().get_one(User, user_id)
    services.add_member(session(), g.engagement, g.actor, user, role)
    flash(f"{user.name} is on the team.", "success")
    return back()


@bp.post("/e/<slug>/people/team/<int:member_id>/remove")
@staff("invite")
@commits
def remove_member(slug: str, member_id: int) -> ResponseReturnValue:
    services.remove_member(session(), g.engagement, g.actor, member_id)
    flash("Taken off the team.", "success")
    return back()
