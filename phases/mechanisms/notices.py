"""Telling people by mail of what happened, each of them once."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from phases.core import outbox
from phases.mechanisms.situation import Situation


def people_in(s: Situation, roles: Iterable[str]) -> list[str]:
    """The refs of everybody who plays one of *roles* here, each once."""
    wanted = set(roles)
    found = [member.user.ref for member in s.records.members if member.role in wanted]
    found += [contact.ref for contact in s.records.contacts if contact.role in wanted]
    return list(dict.fromkeys(found))


def tell(
    session: Session, s: Situation, roles: Iterable[str], *, topic: str, item: str, place: str,
    key: str,
) -> None:  # fmt: skip
    """Have everybody in *roles* told of *item* by mail, once for each *key*.

    *topic* is one of ``NOTICES``; *place* lies below the engagement's address.
    """
    for ref in people_in(s, roles):
        data = {
            "to": ref, "engagement": s.engagement.id, "topic": topic, "item": item,
            "place": f"/e/{s.engagement.slug}/{place}",
        }  # fmt: skip
        outbox.put(session, "notice", data, s.engagement, key=f"{key}:{ref}")
