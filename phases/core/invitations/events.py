"""What happened to the people of an engagement. ``subject`` is a person's ref."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ContactAdded:
    subject: str
    role: str


@dataclass(frozen=True)
class ContactChanged:
    subject: str
    fields: tuple[str, ...]
    role: str


@dataclass(frozen=True)
class ContactRemoved:
    subject: str


@dataclass(frozen=True)
class ContactInvited:
    subject: str
    invitation: int


@dataclass(frozen=True)
class InvitationsRevoked:
    subject: str
    invitations: tuple[int, ...]


@dataclass(frozen=True)
class AccessEnded:
    subject: str
    grants: tuple[int, ...]


@dataclass(frozen=True)
class LinkAskedFor:
    """The bound contact, or somebody with the old link, asked for a fresh one."""

    subject: str
    invitation: int


@dataclass(frozen=True)
class MemberAdded:
    subject: str
    role: str


@dataclass(frozen=True)
class MemberRemoved:
    subject: str
    role: str


@dataclass(frozen=True)
class CodeSent:
    subject: str
    code: int
