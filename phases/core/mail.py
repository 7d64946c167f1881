"""Mail: built when it is sent, so that links and codes lie nowhere before that.

A kind of mail is one builder, called in a writing transaction: it may mint a link or a code, and
returns the message, or none when there is no longer a reason to send it.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formataddr, formatdate
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, render_template
from sqlalchemy.orm import Session

from phases.core.commit import commit
from phases.core.db import begin_write
from phases.core.models import OutboxJob
from phases.core.outbox import DROPPED, HANDLERS, KEPT, Job
from phases.core.settings import Settings

SMTP_SECONDS = 20


@dataclass(frozen=True)
class Attachment:
    """A small text file that goes with a message; ``parameters`` are those of its type."""

    name: str
    text: str
    subtype: str = "plain"
    parameters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Mail:
    """A message to one person."""

    name: str
    address: str
    subject: str
    text: str
    attachments: tuple[Attachment, ...] = ()


Builder = Callable[[Session, dict[str, Any]], Mail | None]

BUILDERS: dict[str, Builder] = {}
SECRET: set[str] = set()
"""Kinds that carry a customer's link or code; with a mail server set up, staff never see them."""


def register(kind: str, builder: Builder, *, secret: bool = False) -> None:
    """Have the outbox send mails of *kind*."""
    BUILDERS[kind] = builder
    HANDLERS[kind] = deliver
    if secret:
        SECRET.add(kind)


def settings() -> Settings:
    """The installation's settings."""
    found: Settings = current_app.config["SETTINGS"]
    return found


def link(path: str) -> str:
    """*path* as an address of this installation: from its configuration, never from a request."""
    return f"{current_app.config['BASE_URL']}{path}"


def compose(template: str, name: str, address: str, **context: Any) -> Mail:
    """A message from ``templates/mail/<template>.txt``, whose first line is the subject."""
    text = render_template(f"mail/{template}.txt", name=name, firm=settings().firm_name, **context)
    subject, _, body = text.strip().partition("\n")
    body = re.sub(r"\n{3,}", "\n\n", body.strip())  # parts that are left out leave no gap
    return Mail(name, address, " ".join(subject.split()), body + "\n")


def build(session: Session, kind: str, data: dict[str, Any]) -> Mail | None:
    """Mint what the mail carries and compose it, in a transaction of its own."""
    begin_write(session)
    mail = BUILDERS[kind](session, data)
    commit(session)
    return mail


def deliver(session: Session, job: Job) -> str | None:
    """Send the mail of *job*, or keep it while no mail server is set up."""
    if not settings().sends_mail:
        return KEPT
    mail = build(session, job.kind, job.data)
    if mail is None:
        return DROPPED
    send(mail, job.id)
    return None


def may_show(job: OutboxJob) -> bool:
    """Whether an admin may read the mail: one that carries a link or code only without a server."""
    return job.kind in BUILDERS and not (settings().sends_mail and job.kind in SECRET)


def send(mail: Mail, number: int) -> None:
    """Hand *mail* to the mail server; *number* makes its Message-ID the same at every attempt.

    Raises:
        OSError: the server does not answer. smtplib.SMTPException: it refuses.
    """
    s = settings()
    context = ssl.create_default_context()
    if s.smtp_tls == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            s.smtp_host, s.smtp_port, timeout=SMTP_SECONDS, context=context
        )
    else:
        server = smtplib.SMTP(s.smtp_host, s.smtp_port, timeout=SMTP_SECONDS)
    with server:
        if s.smtp_tls == "starttls":
            server.starttls(context=context)
        if s.smtp_user:
            server.login(s.smtp_user, s.smtp_password)
        server.send_message(message_of(mail, number))


def message_of(mail: Mail, number: int) -> EmailMessage:
    """*mail* as text with an HTML alternative."""
    message = EmailMessage()
    message["From"] = formataddr((settings().firm_name, settings().mail_from))
    message["To"] = formataddr((mail.name, mail.address))
    message["Subject"] = mail.subject
    message["Date"] = formatdate(usegmt=True)
    host = urlsplit(current_app.config["BASE_URL"]).hostname or "localhost"
    message["Message-ID"] = f"<q2c-{number}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    message.add_alternative(
        render_template(
            "mail/message.html",
            firm=settings().firm_name,
            subject=mail.subject,
            paragraphs=mail.text.strip().split("\n\n"),
        ),
        subtype="html",
    )
    for file in mail.attachments:
        message.add_attachment(
            file.text, subtype=file.subtype, filename=file.name, params=dict(file.parameters)
        )
    return message
