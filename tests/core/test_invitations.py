"""Contacts, links and codes: whom they let in, until when, and how often."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from phases.core.clock import now
from phases.core.commit import commit
from phases.core.errors import BadValue, Conflict, Missing, NotAllowed, TooManyTries
from phases.core.invitations import codes, services
from phases.core.invitations.errors import LinkExpired, LinkRevoked, LinkUnknown, LinkUsed
from phases.core.models import (
    AuditEvent,
    Code,
    Contact,
    Engagement,
    Grant,
    Invitation,
    Member,
    OutboxJob,
    User,
)


@pytest.fixture
def fay(session: Session, engagement: Engagement) -> Contact:
    return services.add_contact(
        session, engagement, "u1", "Fay Finance", "Fay@Acme.example", "finance_lead", "CFO"
    )


@pytest.fixture
def token(session: Session, engagement: Engagement, fay: Contact) -> str:
    return services.mint(session, services.invite(session, engagement, "u1", fay))


def grant_for(session: Session, invitation: Invitation) -> Grant:
    grant = Grant(
        ref="r", secret_hash="x", engagement_id=invitation.engagement_id,
        contact_id=invitation.contact_id, invitation_id=invitation.id,
        expires_at=now() + timedelta(days=1),
    )  # fmt: skip
    invitation.used_at = now()
    session.add(grant)
    session.flush()
    return grant


# --- contacts -------------------------------------------------------------------------------------


def test_a_contact_is_kept_with_a_clean_address(fay: Contact) -> None:
    assert (fay.name, fay.email, fay.role, fay.title) == (
        "Fay Finance", "fay@acme.example", "finance_lead", "CFO",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "  "),
        ("name", "x" * 121),
        ("email", "fay"),
        ("email", "fay@acme@example"),
        ("email", "fay@acme.example\nBcc: all@acme.example"),
        ("role", "architect"),
        ("role", ""),
        ("title", "x" * 121),
    ],
)
def test_a_bad_value_is_named(
    session: Session, engagement: Engagement, field: str, value: str
) -> None:
    good = {"name": "Fay", "email": "fay@acme.example", "role": "finance_lead", "title": ""}
    with pytest.raises(BadValue) as refused:
        services.add_contact(session, engagement, "u1", **{**good, field: value})
    assert refused.value.field == field


def test_the_same_address_is_one_contact_of_an_engagement(
    session: Session,
    engagement: Engagement,
    fay: Contact,
    make_engagement: Callable[..., Engagement],
) -> None:
    with pytest.raises(BadValue, match="already"):
        services.add_contact(session, engagement, "u1", "Fay", "FAY@acme.example", "it_lead")
    other = make_engagement("Borealis")
    assert (
        services.add_contact(session, other, "u1", "Fay", "fay@acme.example", "it_lead").id
        != fay.id
    )


def test_who_comes_back_is_the_same_person(
    session: Session, engagement: Engagement, fay: Contact
) -> None:
    services.remove_contact(session, engagement, "u1", fay)
    back = services.add_contact(session, engagement, "u1", "Fay F.", "fay@acme.example", "sponsor")
    assert (back.id, back.removed_at, back.role) == (fay.id, None, "sponsor")


def test_another_address_ends_what_the_old_one_opened(
    session: Session, engagement: Engagement, fay: Contact, token: str
) -> None:
    grant = grant_for(session, services.accept(session, token))
    services.change_contact(
        session, engagement, "u1", fay, fay.version, "Fay", "new@acme.example", "finance_lead"
    )
    assert grant.ended_at is not None
    with pytest.raises(LinkRevoked):
        services.fresh_link(session, token)


def test_two_people_editing_a_contact_do_not_overwrite_each_other(
    session: Session, engagement: Engagement, fay: Contact
) -> None:
    seen = fay.version
    services.change_contact(session, engagement, "u1", fay, seen, "A", "a@acme.example", "it_lead")
    with pytest.raises(Conflict) as refused:
        services.change_contact(
            session, engagement, "u2", fay, seen, "B", "b@acme.example", "it_lead"
        )
    assert refused.value.kept["Name"] == "B"
    assert refused.value.theirs["Name"] == "A"


def test_the_audit_trail_holds_ids_and_no_names(
    session: Session, engagement: Engagement, fay: Contact, token: str
) -> None:
    events = session.scalars(select(AuditEvent).where(AuditEvent.subject == fay.ref)).all()
    assert [event.kind for event in events] == ["ContactAdded", "ContactInvited"]
    assert "Fay" not in str([event.data for event in events])


# --- links ----------------------------------------------------------------------------------------


def test_a_link_opens_once(session: Session, token: str) -> None:
    invitation = services.accept(session, token)
    grant_for(session, invitation)
    with pytest.raises(LinkUsed):
        services.accept(session, token)


def test_looking_at_a_link_does_not_use_it(session: Session, token: str) -> None:
    assert services.look_up(session, token) is services.look_up(session, token)


def test_a_link_expires_after_two_weeks(session: Session, token: str) -> None:
    invitation = services.look_up(session, token)
    assert timedelta(days=13) < invitation.expires_at - now() <= timedelta(days=14)
    invitation.expires_at = now()
    with pytest.raises(LinkExpired):
        services.accept(session, token)


@pytest.mark.parametrize("wrong", ["", "x", "x" * 5000, "ü"])
def test_any_other_link_is_unknown(session: Session, token: str, wrong: str) -> None:
    with pytest.raises(LinkUnknown):
        services.accept(session, wrong)


def test_a_new_invitation_revokes_the_one_before(
    session: Session, engagement: Engagement, fay: Contact, token: str
) -> None:
    services.reissue(session, engagement, "u1", fay)
    with pytest.raises(LinkRevoked):
        services.accept(session, token)


def test_a_new_invitation_leaves_open_browsers_alone(
    session: Session, engagement: Engagement, fay: Contact, token: str
) -> None:
    grant = grant_for(session, services.accept(session, token))
    services.reissue(session, engagement, "u1", fay)
    assert grant.ended_at is None


@pytest.mark.parametrize("deed", [services.revoke, services.remove_contact])
def test_revoking_and_removing_end_links_and_access_at_once(
    session: Session, engagement: Engagement, fay: Contact, token: str, deed: Callable[..., None]
) -> None:
    grant = grant_for(session, services.accept(session, token))
    deed(session, engagement, "u1", fay)
    assert grant.ended_at is not None
    with pytest.raises(LinkRevoked):
        services.accept(session, token)
    with pytest.raises(LinkRevoked):
        services.fresh_link(session, token)


def test_a_used_or_expired_link_mails_a_fresh_one_to_its_own_address(
    session: Session, engagement: Engagement, fay: Contact, token: str
) -> None:
    old = services.accept(session, token)
    old.used_at, old.created_at = now(), now() - timedelta(hours=1)
    services.fresh_link(session, token)
    job = session.scalars(select(OutboxJob).where(OutboxJob.kind == "fresh_link")).one()
    made = session.get_one(Invitation, job.data["invitation"])
    assert (made.contact_id, made.created_by) == (fay.id, fay.ref)
    with pytest.raises(TooManyTries):
        services.fresh_link(session, token)


# --- codes ----------------------------------------------------------------------------------------


@pytest.fixture
def grant(session: Session, token: str) -> Grant:
    return grant_for(session, services.accept(session, token))


@pytest.fixture
def with_mail(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], smtp_host="mail"))


def code_for(session: Session, grant: Grant, batch: str = "hash") -> str:
    code = codes.request_code(session, grant, batch)
    assert code is not None
    digits = codes.mint(session, code)
    commit(session)
    return digits


def test_without_mail_no_code_is_asked_for_and_the_proof_is_the_link(
    session: Session, grant: Grant
) -> None:
    assert codes.request_code(session, grant, "hash") is None
    assert codes.proof() == codes.BY_LINK


def test_a_code_works_once(session: Session, grant: Grant, with_mail: None) -> None:
    digits = code_for(session, grant)
    assert len(digits) == 6
    assert digits not in str(session.scalars(select(Code.code_hash)).all())
    codes.check_code(session, grant, "hash", f" {digits[:3]} {digits[3:]} ")
    commit(session)
    with pytest.raises(BadValue, match="no longer works"):
        codes.check_code(session, grant, "hash", digits)


def test_a_refused_sign_off_does_not_use_the_code_up(
    session: Session, grant: Grant, with_mail: None
) -> None:
    digits = code_for(session, grant)
    codes.check_code(session, grant, "hash", digits)
    session.rollback()
    codes.check_code(session, grant, "hash", digits)


def test_a_code_is_for_one_batch(session: Session, grant: Grant, with_mail: None) -> None:
    digits = code_for(session, grant)
    with pytest.raises(BadValue, match="has changed"):
        codes.check_code(session, grant, "other hash", digits)


def test_a_code_lasts_ten_minutes(session: Session, grant: Grant, with_mail: None) -> None:
    digits = code_for(session, grant)
    session.scalars(select(Code)).one().expires_at = now()
    commit(session)
    assert codes.pending(session, grant, "hash") is None
    with pytest.raises(BadValue, match="no longer works"):
        codes.check_code(session, grant, "hash", digits)


@pytest.mark.data
def test_five_wrong_codes_are_counted_whatever_is_rolled_back(
    app: Flask, session: Session, grant: Grant, with_mail: None
) -> None:
    digits = code_for(session, grant)
    wrong = f"{(int(digits) + 1) % 10**6:06}"
    for left in ("4 more tries", "3 more", "2 more", "1 more try", "Ask for a new one"):
        with pytest.raises(BadValue, match=left):
            codes.check_code(session, grant, "hash", wrong)
        session.rollback()
    with pytest.raises(TooManyTries):
        codes.check_code(session, grant, "hash", digits)
    assert codes.pending(session, grant, "hash") is None


def test_a_new_code_ends_the_one_before(session: Session, grant: Grant, with_mail: None) -> None:
    first = code_for(session, grant)
    second = code_for(session, grant)
    if first != second:
        with pytest.raises(BadValue, match="not the code"):
            codes.check_code(session, grant, "hash", first)
    codes.check_code(session, grant, "hash", second)


def test_codes_cannot_be_asked_for_without_end(
    session: Session, grant: Grant, with_mail: None
) -> None:
    for _ in range(codes.MOST_CODES):
        code_for(session, grant)
    with pytest.raises(TooManyTries):
        codes.request_code(session, grant, "hash")


# --- the page and the team ------------------------------------------------------------------------


def test_the_architect_adds_and_invites_a_contact(
    session: Session, engagement: Engagement, staff: Callable[..., FlaskClient]
) -> None:
    client = staff("architect")
    place = f"/e/{engagement.slug}/people"
    assert "Nobody yet" in client.get(place).text
    data = {"name": "Fay", "email": "fay@acme.example", "role": "finance_lead", "invite": "y"}
    assert client.post(place, data=data).location == place
    page = client.get(place).text
    assert "Finance Lead" in page
    assert "Being prepared" in page
    assert "No outgoing mail is set up" in page


def test_what_was_typed_stays_when_something_is_wrong(
    engagement: Engagement, staff: Callable[..., FlaskClient]
) -> None:
    data = {"name": "Fay", "email": "fay at acme", "role": "finance_lead"}
    answer = staff("architect").post(f"/e/{engagement.slug}/people", data=data)
    assert answer.status_code == 422
    assert 'value="fay at acme"' in answer.text
    assert "Enter an e-mail address in the correct format" in answer.text


def test_a_double_click_invites_once(
    session: Session, engagement: Engagement, fay: Contact, staff: Callable[..., FlaskClient]
) -> None:
    client, place = staff("architect"), f"/e/{engagement.slug}/people/{fay.id}/invite"
    for _ in range(2):
        assert client.post(place, data={"once": "k"}).status_code == 302
    assert session.scalar(select(func.count()).select_from(Invitation)) == 1


def test_the_page_edits_revokes_and_removes(
    session: Session,
    engagement: Engagement,
    fay: Contact,
    token: str,
    staff: Callable[..., FlaskClient],
) -> None:
    client, place = staff("architect"), f"/e/{engagement.slug}/people"
    assert 'value="Fay Finance"' in client.get(f"{place}/{fay.id}").text
    data = {"name": "Fay F.", "email": fay.email, "role": "sponsor", "version": fay.version}
    client.post(f"{place}/{fay.id}", data=data)
    assert "Sponsor (CFO or VP)" in client.get(place).text
    client.post(f"{place}/{fay.id}/revoke")
    assert "Revoked" in client.get(place).text
    client.post(f"{place}/{fay.id}/remove")
    assert "Nobody yet" in client.get(place).text


def test_those_who_may_not_invite_read_only(
    engagement: Engagement, fay: Contact, staff: Callable[..., FlaskClient]
) -> None:
    client, place = staff("account_manager"), f"/e/{engagement.slug}/people"
    page = client.get(place).text
    assert "Fay Finance" in page
    assert "Add a contact" not in page
    assert client.post(f"{place}/{fay.id}/invite").status_code == 403


def test_a_contact_of_another_engagement_is_not_found(
    engagement: Engagement, fay: Contact, make_engagement: Callable[..., Engagement],
    staff: Callable[..., FlaskClient],
) -> None:  # fmt: skip
    other = make_engagement("Borealis")
    assert staff("architect").post(f"/e/{other.slug}/people/{fay.id}/invite").status_code == 404


def test_the_team_takes_whoever_holds_the_role(
    session: Session,
    engagement: Engagement,
    user: Callable[..., User],
    staff: Callable[..., FlaskClient],
) -> None:
    eve = user("engineer", "Eve Engineer")
    client, place = staff("architect"), f"/e/{engagement.slug}/people"
    assert "Eve Engineer, Engineer" in client.get(place).text
    client.post(f"{place}/team", data={"person": f"{eve.id}.engineer"})
    member = session.scalars(select(Member).where(Member.user_id == eve.id)).one()
    refused = client.post(f"{place}/team", data={"person": f"{eve.id}.architect"})
    assert refused.status_code == 422
    client.post(f"{place}/team/{member.id}/remove")
    assert session.scalar(select(Member.id).where(Member.user_id == eve.id)) is None


def test_the_last_architect_stays(session: Session, engagement: Engagement) -> None:
    member = session.scalars(select(Member)).one()
    with pytest.raises(NotAllowed, match="needs an architect"):
        services.remove_member(session, engagement, "u1", member.id)
    with pytest.raises(Missing):
        services.remove_member(session, engagement, "u1", 999)
