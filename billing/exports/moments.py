"""Days and instants of exports: what a time in UTC is as a day elsewhere, and what an end means."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import NamedTuple

from billing.crm.dates import UNDECIDED, UNREADABLE, Order, read_day

CLOCK = re.compile(
    r".*?[T ](?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?$"
)
EPOCH = re.compile(r"\d{10}$|\d{13}$")
LAST_MINUTE = (23, 59)
MIDNIGHT = (0, 0)


class Moment(NamedTuple):
    """A day by its number, the hour and minute if told, and whether they are of UTC."""

    day: int
    clock: tuple[int, int] | None = None
    offset: timedelta | None = None

    @property
    def bad(self) -> bool:
        return self.day in (UNREADABLE, UNDECIDED)

    def instant(self) -> datetime | None:
        """The instant, where a time and its zone are known."""
        if self.bad or self.day < 1 or self.clock is None or self.offset is None:
            return None
        at = datetime.combine(date.fromordinal(self.day), datetime.min.time())
        return at.replace(hour=self.clock[0], minute=self.clock[1], tzinfo=timezone(self.offset))

    def day_in(self, zone: tzinfo | None) -> int:
        """Its day in *zone*; the day written, without one."""
        at = self.instant() if zone is not None else None
        if at is None:
            return self.day
        try:
            return at.astimezone(zone).toordinal()
        except (OverflowError, ValueError):
            return UNREADABLE

    def clock_in(self, zone: tzinfo | None) -> tuple[int, int] | None:
        """Its hour and minute in *zone*."""
        at = self.instant() if zone is not None else None
        if at is None:
            return self.clock
        there = at.astimezone(zone)
        return there.hour, there.minute


def read_moment(text: str, order: Order | None, *, utc: bool) -> Moment:
    """What *text* says; with *utc* times without a zone are of UTC."""
    day = read_day(text, order)
    if day < 1:
        return Moment(day)
    if EPOCH.match(text):
        seconds = int(text) // (1000 if len(text) == 13 else 1)
        at = datetime.fromtimestamp(seconds, UTC)
        return Moment(day, (at.hour, at.minute), timedelta(0))
    found = CLOCK.match(text)
    if found is None:
        return Moment(day)
    hour, minute = int(found["hour"]), int(found["minute"])
    if found["half"]:
        hour = hour % 12 + (12 if found["half"][0] in "pP" else 0)
    if hour > 23 or minute > 59:
        return Moment(UNREADABLE)
    return Moment(day, (hour, minute), _offset(found["zone"], utc=utc))


def _offset(zone: str | None, *, utc: bool) -> timedelta | None:
    if zone is None:
        return timedelta(0) if utc else None
    if zone in {"Z", "UTC", "GMT"}:
        return timedelta(0)
    digits = zone.replace(":", "")
    size = timedelta(hours=int(digits[1:3]) % 24, minutes=int(digits[3:5]) % 60)
    return -size if digits[0] == "-" else size


def says_utc(title: str) -> bool:
    """Whether the title of a column names UTC."""
    return bool(re.search(r"\butc\b|_utc\b", title, re.IGNORECASE))
