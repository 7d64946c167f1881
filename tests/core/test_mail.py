"""Mail: sent, kept, tried again, shown."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.message import Message
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as MessageHandler
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core import outbox
from phases.core.audit import sha256
from phases.core.commit import commit
from phases.core.invitations import mails, services
from phases.core.invitations.errors import LinkUnknown
from phases.core.models import Contact, Engagement, Invitation, OutboxJob

LINK = re.compile(r"http://localhost:8000/c/enter/([\w-]+)")


def content(part: Message) -> str:
    """What *part* of a message holds, as text."""
    return cast(bytes, part.get_payload(decode=True)).decode()


class Inbox(MessageHandler):
    """Keeps what it is sent, or refuses it."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[Message] = []
        self.refuses = False

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.refuses:
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def handle_message(self, message: Message) -> None:
        self.messages.append(message)

    def text(self, number: int = -1) -> str:
        part = next(p for p in self.messages[number].walk() if p.get_content_type() == "text/plain")
        return content(part)


@pytest.fixture
def inbox(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    inbox = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    settings = replace(
        app.config["SETTINGS"], smtp_host="127.0.0.1", smtp_port=port, smtp_tls="none",
        mail_from="projects@firm.example",
    )  # fmt: skip
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    yield inbox
    controller.stop()


@pytest.fixture
def invited(
    session: Session, engagement: Engagement, contact: Callable[..., Contact]
) -> Invitation:
    invitation = services.invite(session, engagement, "u1", contact(engagement))
    commit(session)
    return invitation


def the_job(session: Session) -> OutboxJob:
    session.rollback()
    return session.scalars(select(OutboxJob).order_by(OutboxJob.id.desc())).first()  # type: ignore[return-value]


def test_an_invitation_carries_a_link_of_which_only_the_hash_is_kept(
    app: Flask, session: Session, invited: Invitation, inbox: Inbox
) -> None:
    assert invited.token_hash is None
    session.rollback()
    outbox.deliver_due(app)
    found = LINK.search(inbox.text())
    assert found
    assert sha256(found[1]) == invited.token_hash
    assert invited.sent_at is not None
    assert found[1] not in str(the_job(session).data)
    message = inbox.messages[0]
    assert message["Subject"] == "Northgate Advisory invites you to the Acme Robotics project"
    assert message["From"] == "Northgate Advisory <projects@firm.example>"
    assert message["Message-ID"] == f"<q2c-{the_job(session).id}@localhost>"
    html = next(p for p in message.walk() if p.get_content_type() == "text/html")
    assert f'href="http://localhost:8000/c/enter/{found[1]}"' in content(html)


def test_a_name_cannot_write_headers_or_html(
    app: Flask, session: Session, invited: Invitation, inbox: Inbox
) -> None:
    invited.contact.name = "Eve <b>Bold</b>"
    session.commit()
    outbox.deliver_due(app)
    html = next(p for p in inbox.messages[0].walk() if p.get_content_type() == "text/html")
    assert "<b>Bold" not in content(html)
    assert inbox.messages[0].get_all("To") == [
        '"Eve <b>Bold</b>" <finance_lead@acme-robotics.example>'
    ]


def test_a_mail_server_that_refuses_is_tried_again(
    app: Flask, session: Session, invited: Invitation, inbox: Inbox
) -> None:
    inbox.refuses = True
    outbox.deliver_due(app)
    job = the_job(session)
    assert (job.state, job.attempts) == (outbox.WAITING, 1)
    assert "451" in job.error
    inbox.refuses = False
    outbox.retry(session, job)
    commit(session)
    outbox.deliver_due(app)
    assert the_job(session).state == outbox.DONE
    assert len(inbox.messages) == 1


def test_a_mail_server_that_is_down_fails_no_request_and_loses_nothing(
    app: Flask, session: Session, engagement: Engagement, staff: Callable[..., FlaskClient],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    down = replace(app.config["SETTINGS"], smtp_host="127.0.0.1", smtp_port=1, smtp_tls="none")
    monkeypatch.setitem(app.config, "SETTINGS", down)
    data = {"name": "Fay", "email": "fay@acme.example", "role": "finance_lead", "invite": "y"}
    added = staff("architect").post(f"/e/{engagement.slug}/people", data=data)
    assert added.status_code == 302
    outbox.deliver_due(app)
    assert the_job(session).state == outbox.WAITING
    page = staff("admin").get("/settings/outgoing").text
    assert "Connection refused" in page
    assert "Fay" in page


def test_a_revoked_invitation_is_not_sent(
    app: Flask, session: Session, engagement: Engagement, invited: Invitation, inbox: Inbox
) -> None:
    services.revoke(session, engagement, "u1", invited.contact)
    commit(session)
    outbox.deliver_due(app)
    assert inbox.messages == []
    assert the_job(session).state == outbox.DROPPED


def test_without_a_server_the_mail_is_kept_and_an_admin_shows_it_once(
    app: Flask, session: Session, invited: Invitation, staff: Callable[..., FlaskClient]
) -> None:
    outbox.deliver_due(app)
    job = the_job(session)
    assert job.state == outbox.KEPT
    session.refresh(invited)
    assert invited.token_hash is None
    admin = staff("admin")
    listed = admin.get("/settings/outgoing")
    assert "Show message" in listed.text
    assert not LINK.search(listed.text)
    shown = admin.post(f"/settings/outgoing/{job.id}/show")
    found = LINK.search(shown.text)
    assert found
    assert services.look_up(session, found[1]).id == invited.id
    assert the_job(session).state == outbox.SHOWN
    other = LINK.search(admin.post(f"/settings/outgoing/{job.id}/show").text)
    assert other
    with pytest.raises(LinkUnknown):
        services.look_up(session, found[1])


def test_once_mail_is_set_up_nobody_sees_a_customers_link(
    app: Flask, session: Session, invited: Invitation, staff: Callable[..., FlaskClient],
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    outbox.deliver_due(app)
    inbox: Inbox = request.getfixturevalue("inbox")
    job = the_job(session)
    admin = staff("admin")
    assert "Show message" not in admin.get("/settings/outgoing").text
    refused = admin.post(f"/settings/outgoing/{job.id}/show")
    assert refused.status_code == 403
    assert not LINK.search(refused.text)
    admin.post(f"/settings/outgoing/{job.id}/retry")
    outbox.deliver_due(app)
    assert LINK.search(inbox.text())


def test_only_admins_see_outgoing_mail(
    app: Flask, session: Session, invited: Invitation, staff: Callable[..., FlaskClient]
) -> None:
    outbox.deliver_due(app)
    assert staff("architect").get("/settings/outgoing").status_code == 403
    assert (
        staff("architect").post(f"/settings/outgoing/{the_job(session).id}/show").status_code == 403
    )


def test_reminders_and_notices_lead_staff_to_the_place_and_customers_to_their_link(
    app: Flask, session: Session, engagement: Engagement, contact: Callable[..., Contact],
    architect: Any, inbox: Inbox, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    key = next(iter(app.extensions["library"].get("q2c", "1.0").items))
    title = app.extensions["library"].get("q2c", "1.0").items[key].title
    monkeypatch.setitem(mails.NOTICES, "sent", "{customer} has sent “{title}”.")
    place = f"/e/{engagement.slug}/inputs"
    common = {"engagement": engagement.id, "place": place}
    outbox.put(
        session, "notice", {**common, "to": architect.ref, "topic": "sent", "item": key}, engagement
    )
    finance = contact(engagement)
    reminder = {**common, "to": finance.ref, "items": [key], "due": "2026-11-20"}
    outbox.put(session, "reminder", reminder, engagement)
    commit(session)
    outbox.deliver_due(app)
    assert [m["To"] for m in inbox.messages] == [
        f"{architect.name} <{architect.email}>", f"{finance.name} <{finance.email}>",
    ]  # fmt: skip
    assert f"Acme Robotics has sent “{title}”." in inbox.text(0)
    assert f"http://localhost:8000{place}" in inbox.text(0)
    assert f"- {title}" in inbox.text(1)
    assert place not in inbox.text(1)
    assert "Fri 20 Nov 2026" in inbox.messages[1]["Subject"]
