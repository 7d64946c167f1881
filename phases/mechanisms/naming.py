"""What things are called, where they are worked on, and how dates are written, for any item."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from phases.mechanisms.situation import Situation
from playbook.models import Gate, Input

PLACES = {
    "register": "register/{key}", "matrix": "matrix/{key}", "form": "form/{key}",
    "sheet": "sheet/{key}", "checklist": "checklist/{key}", "schedule": "schedule/{key}",
    "meeting": "meeting/{key}", "metric": "metrics",
    "writing": "text/{key}", "document": "documents",
}  # fmt: skip


def place_of(s: Situation, key: str) -> str:
    """Where the item *key* is worked on, as a path below the engagement's address."""
    item = s.playbook.items.get(key)
    if item is None:
        return ""
    if isinstance(item, Input):
        return f"inputs#{key.replace('.', '-')}"
    container = s.playbook.container_of(key)
    if isinstance(container, Gate):
        return f"gate/{container.place}"
    if place := PLACES.get(container.kind):
        return place.format(key=container.key)
    code = s.playbook.subphase_of(key)
    return f"{s.playbook.subphase(code).phase}#{code}" if code else ""


def see_also(s: Situation, key: str) -> list[tuple[str, str]]:
    """Title and address of everything that the item *key* points to and that applies here."""
    item, base = s.playbook.items[key], f"/e/{s.engagement.slug}"
    there = [s.playbook.items[other] for other in item.see]
    return [
        (s.plain(other.title), f"{base}/{place}")
        for other in there
        if s.applies(other) and (place := place_of(s, other.key))
    ]


def title_of(s: Situation, key: str) -> str:
    """An item's title; its key if this playbook has none."""
    item = s.playbook.items.get(key)
    return s.plain(item.title) if item else key


def day(s: Situation, value: date | datetime | str | None) -> str:
    """A date as ``20 Nov 2026``; an instant by the calendar of the engagement."""
    if not value:
        return ""
    if isinstance(value, str):
        value = date.fromisoformat(value[:10])
    return _day(value, s.engagement.time_zone)


@lru_cache(maxsize=4096)
def _day(value: date | datetime, zone: str) -> str:
    if isinstance(value, datetime):
        value = value.astimezone(ZoneInfo(zone))
    return f"{value.day} {value:%b %Y}"
