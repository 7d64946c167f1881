"""Tables that every part shares: people and access, engagements and their inputs, audit, outbox,
files, issued documents.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask_security.core import RoleMixin, UserMixin
from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from phases.core.clock import now
from phases.core.db import Base, Instant, Json

ASSUMED = "ASSUMED"
CONFIRMED = "CONFIRMED"


class UserRole(Base):
    __tablename__ = "user_role"
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    role_id: Mapped[int] = mapped_column(ForeignKey("role.id"), primary_key=True)


class Role(Base, RoleMixin):
    """A staff role, by the slug it has in the playbook: admin, architect, engineer …"""

    __tablename__ = "role"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    description: Mapped[str | None] = mapped_column(String(200))


class User(Base, UserMixin):
    """A member of the firm's staff."""

    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    roles: Mapped[list[Role]] = relationship(  # type: ignore[assignment] # the base has its own
        secondary="user_role", order_by=Role.id
    )

    def is_a(self, *roles: str) -> bool:
        """Whether the user holds one of *roles*."""
        return any(role.name in roles for role in self.roles)

    @property
    def ref(self) -> str:
        """How rows name this person."""
        return f"u{self.id}"


class StaffSession(Base):
    """A login: the cookie holds a random token, this row its hash. Ending it ends the login."""

    __tablename__ = "staff_session"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    proved_at: Mapped[datetime] = mapped_column(Instant, default=now)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    user: Mapped[User] = relationship()


class Attempt(Base):
    """A counted try at a login or a code, by what was tried and from where."""

    __tablename__ = "attempt"
    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(300), index=True)
    at: Mapped[datetime] = mapped_column(Instant, default=now)


class Engagement(Base):
    """One project for one customer, on one version of one playbook."""

    __tablename__ = "engagement"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    customer: Mapped[str] = mapped_column(String(120))
    playbook_name: Mapped[str] = mapped_column(String(40))
    playbook_version: Mapped[str] = mapped_column(String(20))
    time_zone: Mapped[str] = mapped_column(String(60))
    country: Mapped[str] = mapped_column(String(2))
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    created_by: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(default=1)
    chain_head: Mapped[str] = mapped_column(String(64), default="")
    chain_length: Mapped[int] = mapped_column(default=0)
    all_contacts: Mapped[list[Contact]] = relationship(viewonly=True, order_by="Contact.id")


class Member(Base):
    """A user who works on an engagement, in one role."""

    __tablename__ = "member"
    __table_args__ = (UniqueConstraint("engagement_id", "user_id", "role"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    role: Mapped[str] = mapped_column(String(40))
    user: Mapped[User] = relationship(lazy="joined")


class Contact(Base):
    """A person at the customer, in one role of the playbook's customer side."""

    __tablename__ = "contact"
    __table_args__ = (UniqueConstraint("engagement_id", "email"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(120), default="")
    removed_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)

    @property
    def ref(self) -> str:
        """How rows name this person."""
        return f"c{self.id}"


class Invitation(Base):
    """A link for one contact; only its hash is kept, and only once it has been minted (sent)."""

    __tablename__ = "invitation"
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"), index=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), index=True)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    created_by: Mapped[str] = mapped_column(String(20))
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    contact: Mapped[Contact] = relationship()


class Grant(Base):
    """The access an invitation turned into: one browser, one contact, one engagement.

    ``ref`` stands in addresses; the secret, whose hash is here, in the browser's cookie.
    """

    __tablename__ = "grant"
    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(20), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"), index=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), index=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id"))
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    contact: Mapped[Contact] = relationship()
    engagement: Mapped[Engagement] = relationship()


class Code(Base):
    """A one-time code that proves a sign-off comes from the contact's mailbox."""

    __tablename__ = "code"
    id: Mapped[int] = mapped_column(primary_key=True)
    grant_id: Mapped[int] = mapped_column(ForeignKey("grant.id"), index=True)
    code_hash: Mapped[str | None] = mapped_column(String(64))
    batch: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class Input(Base):
    """A named fact with a value and a standing; ``profile.*`` keys decide what applies."""

    __tablename__ = "input"
    __table_args__ = (UniqueConstraint("engagement_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    key: Mapped[str] = mapped_column(String(120))
    value: Mapped[Any] = mapped_column(Json)
    standing: Mapped[str] = mapped_column(String(10), default=ASSUMED)
    source: Mapped[str] = mapped_column(String(200), default="")
    standing_by: Mapped[str] = mapped_column(String(20), default="")
    standing_at: Mapped[datetime | None] = mapped_column(Instant)
    standing_in: Mapped[str] = mapped_column(String(120), default="")
    changed_by: Mapped[str] = mapped_column(String(20))
    changed_at: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)
    version: Mapped[int] = mapped_column(default=1)


class AuditEvent(Base):
    """What happened, append-only, each hash over the one before. Data holds ids, never persons."""

    __tablename__ = "audit_event"
    __table_args__ = (
        UniqueConstraint("engagement_id", "seq"),
        Index("ix_audit_event_engagement_id_subject_at", "engagement_id", "subject", "at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    seq: Mapped[int]
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(160), default="")
    data: Mapped[Any] = mapped_column(Json)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class OutboxJob(Base):
    """What must happen after a commit. ``data`` holds ids only; secrets are minted on delivery."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_state_due_at", "state", "due_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int | None] = mapped_column(ForeignKey("engagement.id"), index=True)
    kind: Mapped[str] = mapped_column(String(60))
    data: Mapped[Any] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    key: Mapped[str | None] = mapped_column(String(120), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    due_at: Mapped[datetime] = mapped_column(Instant, default=now)
    leased_until: Mapped[datetime | None] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    done_at: Mapped[datetime | None] = mapped_column(Instant)


class Run(Base):
    """A long run on the worker. ``state`` is waiting, running, done, failed or cancelled.

    ``data`` are its parameters, ``files`` ids of stored files by what they are for.
    """

    __tablename__ = "run"
    __table_args__ = (Index("ix_run_engagement_id_kind", "engagement_id", "kind"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    kind: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(160), default="")
    data: Mapped[Any] = mapped_column(Json)
    files: Mapped[Any] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    words: Mapped[str] = mapped_column(String(200), default="")
    result: Mapped[Any] = mapped_column(Json, default=dict, deferred=True)
    error: Mapped[str] = mapped_column(Text, default="")
    started_by: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    cancel_asked_at: Mapped[datetime | None] = mapped_column(Instant)
    job_id: Mapped[int | None]
    """The outbox's row that carries it out; that one is deleted some time after it is over."""


class Once(Base):
    """A form that was sent: the key it was rendered with, and where its sender was led."""

    __tablename__ = "once"
    __table_args__ = (UniqueConstraint("actor", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    actor: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(40))
    location: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant, default=now, index=True)


class StoredFile(Base):
    """An upload: its bytes lie under ``path`` in the file store; unclaimed ones are swept."""

    __tablename__ = "stored_file"
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    path: Mapped[str] = mapped_column(String(200), unique=True)
    uploaded_by: Mapped[str] = mapped_column(String(20))
    uploaded_at: Mapped[datetime] = mapped_column(Instant, default=now)
    claimed_by: Mapped[str] = mapped_column(String(160), default="", index=True)
    removed_at: Mapped[datetime | None] = mapped_column(Instant)


class IssuedDocument(Base):
    """A frozen, numbered copy of a document. Of one ``subject`` (a period, or empty) the
    highest number is current, others superseded.

    ``state`` is rendering or ready; ``substance`` is the SHA-256 of what a draft is compared by.
    """

    __tablename__ = "issued_document"
    __table_args__ = (UniqueConstraint("engagement_id", "key", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    key: Mapped[str] = mapped_column(String(120))
    subject: Mapped[str] = mapped_column(String(120), default="", server_default="")
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), default="rendering")
    context: Mapped[Any] = mapped_column(Json, deferred=True)
    context_sha256: Mapped[str] = mapped_column(String(64))
    substance: Mapped[str] = mapped_column(String(64), default="")
    chain_head: Mapped[str] = mapped_column(String(64))
    path: Mapped[str | None] = mapped_column(String(200))
    sha256: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int | None]
    pages: Mapped[int | None]
    issued_by: Mapped[str] = mapped_column(String(20))
    issued_at: Mapped[datetime] = mapped_column(Instant, default=now)
    note: Mapped[str] = mapped_column(Text, default="")


class GateRecord(Base):
    """What was said at a gate; rows are only ever added or ended.

    ``kind``: attestation, waiver_request, waiver, decision, or loop.

    A decision freezes what the gate saw in ``frozen`` (canonical JSON) with its hash.
    """

    __tablename__ = "gate_record"
    __table_args__ = (Index("ix_gate_record_engagement_id_gate", "engagement_id", "gate"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    gate: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(20))
    criterion: Mapped[str] = mapped_column(String(120), default="")
    outcome: Mapped[str] = mapped_column(String(40), default="")
    passes: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(Text, default="")
    evidence: Mapped[str] = mapped_column(Text, default="")
    expires_on: Mapped[date | None]
    weeks: Mapped[int | None]
    asked_by: Mapped[str] = mapped_column(String(20), default="")
    by: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(Instant, default=now)
    frozen: Mapped[Any] = mapped_column(Json, default=dict, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by: Mapped[str] = mapped_column(String(20), default="")


class AssessmentVersion(Base):
    """The whole assessment as it stood when it was cut; rows are only ever added.

    ``name`` is v0, v1, v1.1 …; ``meeting`` and ``meeting_number`` say after which meeting.
    ``content`` is what ``phases.strategy.versions.snapshot`` takes, ``sha256`` the hash of its
    canonical JSON, ``tally`` what it counts, frozen with it.
    """

    __tablename__ = "assessment_version"
    __table_args__ = (UniqueConstraint("engagement_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagement.id"))
    name: Mapped[str] = mapped_column(String(20))
    meeting: Mapped[str] = mapped_column(String(120), default="")
    meeting_number: Mapped[int | None]
    note: Mapped[str] = mapped_column(Text, default="")
    content: Mapped[Any] = mapped_column(Json, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))
    tally: Mapped[Any] = mapped_column(Json, default=dict)
    by: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(Instant, default=now)


class Setting(Base):
    """A setting that an admin changes in the product."""

    __tablename__ = "setting"
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[Any] = mapped_column(Json)
