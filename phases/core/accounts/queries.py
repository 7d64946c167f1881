"""What the settings pages show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from phases.core import mail, outbox, worker
from phases.core.clock import now
from phases.core.errors import Missing
from phases.core.models import Contact, Engagement, Invitation, OutboxJob, Setting, User
from phases.core.version import version

ALIVE = timedelta(minutes=3)
PER_PAGE = 100

STATES = {
    outbox.WAITING: ("waiting", "Waiting"),
    outbox.KEPT: ("watch", "Kept"),
    outbox.SHOWN: ("done", "Passed on"),
    outbox.FAILED: ("red", "Failed"),
    outbox.STOPPED: ("blocked", "Stopped"),
    outbox.DROPPED: ("na", "Not needed"),
    outbox.DONE: ("done", "Done"),
}
"""Chips of the states, in the order in which they want attention."""

KINDS = {
    "invitation": "Invitation",
    "fresh_link": "New link",
    "code": "Code to sign",
    "reminder": "Reminder",
    "notice": "Notice",
    "render_document": "Print a document",
}


@dataclass(frozen=True)
class Fact:
    """A line of the overview: what, how it stands, and what to do about it."""

    term: str
    value: str
    kind: str = ""
    label: str = ""


def facts(session: Session) -> list[Fact]:
    """How this installation is set up."""
    config, settings = current_app.config, mail.settings()
    library = current_app.extensions["library"]
    base_url = config["BASE_URL"]
    secure = base_url.startswith("https://") or urlsplit(base_url).hostname == "localhost"
    return [
        Fact("Release", version()),
        Fact("Address", base_url, *_chip(secure, "Encrypted or local", "Not encrypted")),
        _mail_fact(settings),
        _worker_fact(session),
        Fact("Database", database_words(config["SQLALCHEMY_DATABASE_URI"])),
        Fact("Files", without_secret(config["FILES_URL"])),
        Fact("Playbooks", ", ".join(_playbooks(library)) or "none"),
        Fact("Firm", settings.firm_name),
        Fact("Time zone", settings.time_zone),
    ]  # fmt: skip


def _chip(good: bool, yes: str, no: str) -> tuple[str, str]:
    return ("met", yes) if good else ("watch", no)


def _mail_fact(settings: Any) -> Fact:
    if not settings.sends_mail:
        return Fact(
            "Outgoing mail", "SMTP_HOST is not set: mails are kept to be passed on", "watch", "Kept"
        )
    return Fact(
        "Outgoing mail",
        f"{settings.smtp_host}:{settings.smtp_port} ({settings.smtp_tls}), "
        f"from {settings.mail_from}",
        "met",
        "Set up",
    )


def _worker_fact(session: Session) -> Fact:
    beat = session.get(Setting, worker.HEARTBEAT)
    at = datetime.fromisoformat(beat.value) if beat else None
    if at is None:
        return Fact(
            "Worker",
            "has not run yet; start it with “flask --app wsgi worker”",
            "red",
            "Not running",
        )
    seen = f"last seen {at:%Y-%m-%d %H:%M} UTC"
    if now() - at > ALIVE:
        return Fact("Worker", seen, "red", "Not running")
    return Fact("Worker", seen, "met", "Running")


def database_words(url: str) -> str:
    """Which database, without its password."""
    if url.startswith("sqlite"):
        return f"SQLite, {url.removeprefix('sqlite:///')}"
    return f"PostgreSQL, {without_secret(url)}"


def without_secret(url: str) -> str:
    """*url* without user, password and query."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = f":{parts.port}" if parts.port else ""
    return f"{host}{port}{parts.path}" if host else parts.path


def _playbooks(library: Any) -> list[str]:
    return [f"{book.name} {book.version}" for book in library]


@dataclass(frozen=True)
class UserRow:
    id: int
    name: str
    email: str
    roles: str
    active: bool
    must_change_password: bool


def users(session: Session) -> list[UserRow]:
    """Everybody with an account, those who may log in first."""
    found = session.scalars(
        select(User)
        .options(selectinload(User.roles))
        .order_by(User.active.desc(), User.name, User.id)
    )
    return [
        UserRow(
            user.id, user.name, user.email,
            ", ".join(role.name.replace("_", " ") for role in user.roles),
            user.active, user.must_change_password,
        )
        for user in found
    ]  # fmt: skip


@dataclass(frozen=True)
class JobRow:
    """A line of the outgoing list. ``may_show`` and ``may_retry`` say which button it has."""

    id: int
    what: str
    whom: str
    engagement: str
    slug: str
    kind: str
    label: str
    created_at: datetime
    due_at: datetime
    attempts: int
    error: str
    may_show: bool
    may_retry: bool


@dataclass(frozen=True)
class Outgoing:
    rows: tuple[JobRow, ...]
    counts: tuple[tuple[str, str, int], ...]
    state: str
    sends_mail: bool
    worker: str


def outgoing(session: Session, state: str) -> Outgoing:
    """The newest rows of the outbox in *state* (or all), with how many there are in each."""
    numbers = dict(
        session.execute(select(OutboxJob.state, func.count()).group_by(OutboxJob.state))
        .tuples()
        .all()
    )
    query = (
        select(OutboxJob, Engagement)
        .outerjoin(Engagement, Engagement.id == OutboxJob.engagement_id)
        .order_by(OutboxJob.id.desc())
        .limit(PER_PAGE)
    )
    if state in STATES:
        query = query.where(OutboxJob.state == state)
    found = session.execute(query).tuples().all()
    names = _names(session, [job for job, _ in found])
    return Outgoing(
        rows=tuple(_row(job, engagement, names.get(job.id, "")) for job, engagement in found),
        counts=tuple((s, label, numbers.get(s, 0)) for s, (_, label) in STATES.items()),
        state=state if state in STATES else "",
        sends_mail=mail.settings().sends_mail,
        worker=worker_missing(session),
    )


def worker_missing(session: Session) -> str:
    """What is wrong with the worker, in a sentence; empty while it is alive."""
    found = _worker_fact(session)
    if found.kind == "met":
        return ""
    return f"The worker is not running ({found.value}), so nothing here moves on."


def _row(job: OutboxJob, engagement: Engagement | None, whom: str) -> JobRow:
    kind, label = state_of(job)
    kept = job.state in (outbox.KEPT, outbox.SHOWN)
    return JobRow(
        id=job.id, what=KINDS.get(job.kind, job.kind.replace("_", " ").capitalize()), whom=whom,
        engagement=engagement.customer if engagement else "",
        slug=engagement.slug if engagement else "",
        kind=kind, label=label, created_at=job.created_at, due_at=job.due_at, attempts=job.attempts,
        error=job.error, may_show=kept and mail.may_show(job),
        may_retry=job.state in (outbox.FAILED, outbox.STOPPED)
        or (job.state == outbox.KEPT and mail.settings().sends_mail),
    )  # fmt: skip


def state_of(job: OutboxJob) -> tuple[str, str]:
    """The chip of a row: mails are sent or, without a mail server, prepared to be passed on."""
    is_mail = job.kind in mail.BUILDERS
    if is_mail and job.state == outbox.DONE:
        return "done", "Sent"
    if job.state == outbox.WAITING and not job.attempts and not mail.settings().sends_mail:
        return "waiting", "Being prepared"
    return STATES[job.state]


def _names(session: Session, jobs: list[OutboxJob]) -> dict[int, str]:
    """Who each mail is for, by its row."""
    invitations = {job.data["invitation"]: job.id for job in jobs if "invitation" in job.data}
    to_contacts = {
        job.id: int(job.data["to"][1:])
        for job in jobs
        if str(job.data.get("to", "")).startswith("c")
    }
    query = select(Invitation.id, Contact.name).join(Contact, Contact.id == Invitation.contact_id)
    invited = session.execute(query.where(Invitation.id.in_(invitations))).tuples()
    found = {invitations[number]: name for number, name in invited}
    contacts = session.execute(
        select(Contact.id, Contact.name).where(Contact.id.in_(set(to_contacts.values())))
    )
    names = dict(contacts.tuples().all())
    return found | {job: names.get(contact, "") for job, contact in to_contacts.items()}


def job_of(session: Session, job_id: int) -> OutboxJob:
    """A row of the outbox.

    Raises:
        Missing: there is none.
    """
    job = session.get(OutboxJob, job_id)
    if job is None:
        raise Missing("This message is no longer there.")
    return job


def user_of(session: Session, user_id: int) -> User:
    """The user *user_id*.

    Raises:
        Missing: there is none.
    """
    user = session.get(User, user_id)
    if user is None:
        raise Missing("There is no such user.")
    return user
