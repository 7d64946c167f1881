"""Audit events in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from phases.core.models import AuditEvent
from phases.mechanisms.situation import Situation

PLAIN = {
    "EngagementCreated": "created the engagement",
    "ProfileChanged": "changed the profile",
    "GatePassed": "passed",
    "LoopedBack": "looped back at",
    "LoopClosed": "said the loop back was fixed at",
    "HypercareExtended": "extended hypercare at",
    "CriterionAttested": "attested",
    "WaiverGranted": "waived",
    "WaiverRequested": "asked to waive",
}


@dataclass(frozen=True)
class EventWords:
    """An event as a line: who did what, to what, when."""

    seq: int
    at: datetime
    who: str
    what: str
    about: str
    subject: str
    hash: str


def event_words(s: Situation, event: AuditEvent) -> EventWords:
    """*event* in words; the name of a kind that has none of its own is taken apart."""
    what = PLAIN.get(event.kind) or _spelt(event.kind)
    return EventWords(
        event.seq,
        event.at,
        s.people.name(event.actor),
        what,
        _about(s, event.subject),
        event.subject,
        event.hash,
    )


def _spelt(kind: str) -> str:
    """``AnswerSaved`` -> ``saved: answer``."""
    words = re.findall(r"[A-Z][a-z]*", kind)
    return (
        f"{words[-1].lower()}: {' '.join(words[:-1]).lower()}" if len(words) > 1 else kind.lower()
    )


def _about(s: Situation, subject: str) -> str:
    key = subject.split("#", maxsplit=1)[0].split(":", maxsplit=1)[0]
    item = s.playbook.items.get(key)
    if item is not None:
        return item.title
    if re.fullmatch(r"[uc]\d+", subject):
        return s.people.name(subject)
    return "" if subject == s.engagement.slug else subject
