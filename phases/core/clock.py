"""The time: UTC instants inside, dates and hours of the engagement's zone outside."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """This instant, in UTC, to the microsecond."""
    return datetime.now(UTC)


def today(time_zone: str) -> date:
    """The date that people in *time_zone* (an IANA name) write today."""
    return now().astimezone(ZoneInfo(time_zone)).date()
