"""A schedule to take along as a calendar file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event

from phases.core.models import Engagement
from phases.mechanisms.schedule.queries import OccurrenceView, ScheduleView

CALENDAR = "text/calendar; charset=utf-8"
STAMP = datetime(2026, 1, 1, tzinfo=UTC)
"""One stamp for all, so that the same schedule makes the same file."""


def calendar(view: ScheduleView, engagement: Engagement, place: str) -> bytes:
    """What is due now and within a year, each a whole day; *place* is the page's address."""
    made = Calendar()
    made.add("prodid", "-//Q2C Playbook//Schedule//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", f"{view.title}, {engagement.customer}")
    checks = {task.key: task.check for task in view.tasks}
    for task in view.tasks:
        for one in task.occurrences:
            if one.open or one.state == "upcoming":
                made.add_component(_event(one, checks[one.task], engagement, place))
    return bytes(made.to_ical())


def _event(one: OccurrenceView, check: str, engagement: Engagement, place: str) -> Event:
    event = Event()
    host = urlsplit(place).hostname or "localhost"
    event.add("uid", f"{engagement.slug}-{one.task}-{one.due.isoformat()}@{host}")
    event.add("dtstamp", STAMP)
    event.add("dtstart", one.due)
    event.add("dtend", one.due + timedelta(days=1))
    event.add("summary", f"{one.title} ({engagement.customer})")
    event.add("description", check)
    event.add("url", place)
    event.add("transp", "TRANSPARENT")
    return event
