"""Links: what opens, what no longer does, and how a fresh one is had."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from phases.core.clock import now
from phases.core.invitations import services
from phases.core.models import Contact, Engagement, Grant, Invitation, OutboxJob


@pytest.fixture
def link(
    session: Session, engagement: Engagement, contact: Callable[..., Contact]
) -> tuple[Invitation, str]:
    """An invitation of the Finance Lead as it was mailed, and its address."""
    invitation = services.invite(session, engagement, "u1", contact(engagement))
    invitation.created_at = now() - timedelta(hours=1)
    return invitation, f"/c/enter/{services.mint(session, invitation)}"


def test_looking_at_a_link_changes_nothing(
    link: tuple[Invitation, str], anonymous: FlaskClient, session: Session
) -> None:
    page = anonymous.get(link[1])
    assert page.status_code == 200
    assert "Open my page" in page.text
    assert "Finance Lead of Acme Robotics" in page.text
    assert session.query(Grant).count() == 0
    assert link[0].used_at is None


def test_opening_a_link_leads_to_an_address_without_it(
    link: tuple[Invitation, str], anonymous: FlaskClient, session: Session
) -> None:
    answer = anonymous.post(link[1])
    grant = session.query(Grant).one()
    assert answer.location == f"/c/{grant.ref}/"
    assert "we need from you" in anonymous.get(answer.location).text


def test_a_link_that_was_used_here_leads_home_again(
    link: tuple[Invitation, str], anonymous: FlaskClient
) -> None:
    home = anonymous.post(link[1]).location
    assert anonymous.get(link[1]).location == home


def test_a_link_used_elsewhere_offers_a_fresh_one_by_mail(
    link: tuple[Invitation, str], app: Any, anonymous: FlaskClient, session: Session
) -> None:
    anonymous.post(link[1])
    page = app.test_client().get(link[1])
    assert page.status_code == 410
    assert "was used already" in page.text
    assert "finance_lead@" not in page.text
    other = app.test_client()
    assert other.post(link[1]).status_code == 410
    assert other.post(f"{link[1]}/fresh").location == "/c/sent"
    assert session.query(OutboxJob).filter_by(kind="fresh_link").count() == 1
    assert other.post(f"{link[1]}/fresh").status_code == 429


@pytest.mark.parametrize(
    ("change", "status", "says", "offers"),
    [
        ({"expires_at": now() - timedelta(days=1)}, 410, "has expired", True),
        ({"revoked_at": now()}, 410, "was withdrawn", False),
    ],
)  # fmt: skip
def test_a_link_that_is_over_says_so(
    link: tuple[Invitation, str], anonymous: FlaskClient, session: Session,
    change: dict[str, Any], status: int, says: str, offers: bool,
) -> None:  # fmt: skip
    for name, value in change.items():
        setattr(link[0], name, value)
    session.flush()
    for answer in (anonymous.get(link[1]), anonymous.post(link[1])):
        assert answer.status_code == status
        assert says in answer.text
        assert ("Mail me a new link" in answer.text) is offers
    assert session.query(Grant).count() == 0


def test_an_unknown_link_opens_nothing(anonymous: FlaskClient, app: Any) -> None:
    page = anonymous.get("/c/enter/made-up")
    assert page.status_code == 404
    assert "not known" in page.text
    assert anonymous.post("/c/enter/made-up/fresh").status_code == 404


def test_leaving_ends_this_browsers_access(
    engagement: Engagement, portal: Callable[..., Any]
) -> None:
    client, base = portal(engagement)
    answer = client.post(f"{base}/leave")
    assert "has ended" in client.get(answer.location).text
    assert client.get(f"{base}/").status_code == 404


def test_access_that_ran_out_offers_a_fresh_link(
    engagement: Engagement, portal: Callable[..., Any], session: Session
) -> None:
    client, base = portal(engagement)
    session.query(Grant).one().expires_at = now() - timedelta(minutes=1)
    session.query(Invitation).one().created_at = now() - timedelta(days=31)
    session.flush()
    ended = client.get(f"{base}/").location
    assert ended == base.replace("/c/", "/c/ended/")
    assert "Mail me a new link" in client.get(ended).text
    assert client.post(f"{ended}/fresh").location == "/c/sent"
    assert session.query(OutboxJob).filter_by(kind="invitation").count() == 1


def test_access_that_was_withdrawn_offers_none(
    engagement: Engagement,
    portal: Callable[..., Any],
    session: Session,
    contact: Callable[..., Contact],
) -> None:
    client, base = portal(engagement)
    services.revoke(session, engagement, "u1", contact(engagement))
    ended = client.get(f"{base}/").location
    assert client.post(f"{ended}/fresh").status_code == 410
