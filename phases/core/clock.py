"""The time: UTC instants inside, dates and hours of the engagement's zone outside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_held: ContextVar[datetime | None] = ContextVar("held", default=None)


def now() -> datetime:
    """This instant, in UTC, to the microsecond; the one given to ``at`` within it."""
    return _held.get() or datetime.now(UTC)


def today(time_zone: str) -> date:
    """The date that people in *time_zone* (an IANA name) write today."""
    return now().astimezone(ZoneInfo(time_zone)).date()


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Have it be *instant*, in this thread, until the block ends: for the demo and for tests."""
    if instant.tzinfo is None:
        raise ValueError("a time without a zone cannot be held")
    before = _held.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _held.reset(before)
