"""What a handover may say, to whom, and how often."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

from phases.core.accounts.services import checked_email
from phases.core.clock import now
from phases.core.errors import BadValue, TooManyTries
from phases.core.models import Contact
from phases.mechanisms.homework.models import Ask

MOST_A_DAY = 20
"""Items that one person may hand over within 24 hours."""

MOST_OPEN = 40
"""Items of an engagement that may be with colleagues at a time."""

MOST_COLLEAGUES = 25
"""People of an engagement who were let in by others, and not by the architect."""

LONGEST_NAME = 120
LONGEST_WORDS = 300
LINK = re.compile(
    r"https?:|://|www\.|\b[\w-]+\.(com|net|org|io|ru|cn|info|biz|app|xyz)\b", re.IGNORECASE
)

FREE_MAIL = frozenset(
    (
        "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com",
        "yahoo.com", "icloud.com", "me.com", "aol.com", "gmx.com", "gmx.net", "gmx.de", "web.de",
        "mail.com", "proton.me", "protonmail.com", "yandex.com", "zoho.com", "qq.com", "163.com",
    )
)  # fmt: skip
"""Domains that anybody has an address of: sharing one proves nothing."""


def checked_name(name: str) -> str:
    """A person's name, on one line.

    Raises:
        BadValue: none, too long, or more than a name.
    """
    name = " ".join(name.split())
    if not name:
        raise BadValue("name", "Enter your colleague's name.")
    if len(name) > LONGEST_NAME:
        raise BadValue("name", f"Use {LONGEST_NAME} characters or fewer.")
    if not name.isprintable() or LINK.search(name) or re.search(r"[<>@/\\]", name):
        raise BadValue("name", "Enter the name only, without a link or an address.")
    return name


def checked_words(field: str, words: str) -> str:
    """A line or two to somebody else, without links: it goes out in our mail.

    Raises:
        BadValue: too long, or with a link.
    """
    words = "\n".join(" ".join(line.split()) for line in words.strip().splitlines() if line.strip())
    if len(words) > LONGEST_WORDS:
        raise BadValue(field, f"Use {LONGEST_WORDS} characters or fewer.")
    if LINK.search(words) or not words.replace("\n", " ").isprintable():
        raise BadValue(field, "Leave out links: this goes out in a mail from us.")
    return words


def domain_of(email: str) -> str:
    return email.rpartition("@")[2].lower()


def is_of_the_house(email: str, contacts: Iterable[Contact]) -> bool:
    """Whether *email* is somebody the team added, or has the domain of one whom it added."""
    added = [contact for contact in contacts if contact.role]
    domains = {domain_of(contact.email) for contact in added} - FREE_MAIL
    return domain_of(email) in domains or email in {contact.email for contact in added}


def refuse_too_many(
    asks: Iterable[Ask], contacts: Iterable[Contact], giver: str, more: int
) -> None:
    """Refuse to hand over *more* items when that would be a flood.

    Raises:
        TooManyTries: the limit of the day, or of the engagement, is reached.
    """
    handed = [ask for ask in asks if ask.by.startswith("c")]
    since = now() - timedelta(days=1)
    today = sum(ask.by == giver and ask.at > since for ask in handed)
    if today + more > MOST_A_DAY:
        raise TooManyTries(f"{MOST_A_DAY} items a day are the most. Go on tomorrow, or ask us.")
    open_now = sum(ask.ended_at is None for ask in handed)
    if open_now + more > MOST_OPEN:
        raise TooManyTries(
            f"{MOST_OPEN} items are with colleagues already, which is the most. Take some back "
            "first, or ask us."
        )
    if sum(not contact.role for contact in contacts) >= MOST_COLLEAGUES:
        raise TooManyTries(
            f"{MOST_COLLEAGUES} colleagues have been let in already, which is the most. Ask us."
        )


__all__ = ["checked_email", "checked_name", "checked_words", "is_of_the_house", "refuse_too_many"]
