"""When tasks fall: month ends, leap days, hypercare that is extended; late records; taken along."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from phases.core.clock import today
from phases.core.models import Engagement, Input
from phases.mechanisms.page import situation_for
from phases.mechanisms.schedule.calendar import calendar
from phases.mechanisms.schedule.models import OccurrenceRecord
from phases.mechanisms.schedule.queries import dates_of, schedule_of, schedule_view
from phases.mechanisms.schedule.tables import table
from playbook.due import occurrences
from playbook.loader import load
from playbook.models import Recurrence, Schedule
from tests.conftest import live_since
from tests.mechanisms.tabular import CARE, MONTHLY, situation

MONTHS = [
    ("2026-01-31", ["2026-03-02", "2026-03-31", "2026-04-30", "2026-06-01"]),
    ("2028-01-31", ["2028-02-29", "2028-03-31", "2028-05-01", "2028-05-31"]),
    ("2027-12-31", ["2028-01-31", "2028-02-29", "2028-03-31", "2028-05-01"]),
    ("2026-11-30", ["2026-12-30", "2027-02-01", "2027-03-01", "2027-03-30"]),
]
"""Day 31 falls on the last day of a short month and on the 31st again; weekends roll on."""


@pytest.mark.parametrize(("anchor", "dates"), MONTHS)
def test_month_ends(anchor: str, dates: list[str]) -> None:
    rule = Recurrence(after="go_live", every="month", times=4)
    found = occurrences(
        rule, {"go_live": date.fromisoformat(anchor)}, frozenset(), date(2030, 1, 1)
    )
    assert [day.isoformat() for day in found] == dates


YEARS = [
    ("2028-02-29", ["2029-02-28", "2030-02-28", "2031-02-28", "2032-03-01"]),
    ("2027-02-28", ["2028-02-28", "2029-02-28", "2030-02-28", "2031-02-28"]),
]


@pytest.mark.parametrize(("anchor", "dates"), YEARS)
def test_leap_days(anchor: str, dates: list[str]) -> None:
    """29 Feb 2032 is a Sunday, so that one moves to Monday."""
    rule = Recurrence(after="go_live", every="year", times=4)
    found = occurrences(
        rule, {"go_live": date.fromisoformat(anchor)}, frozenset(), date(2040, 1, 1)
    )
    assert [day.isoformat() for day in found] == dates


@pytest.mark.parametrize(
    ("extra", "readings", "checks"), [(0, 4, 1), (1, 5, 2), (2, 6, 3), (4, 8, 5)]
)
def test_weekly_work_goes_on_while_hypercare_is_extended(
    session: Session, engagement: Engagement, extra: int, readings: int, checks: int
) -> None:
    s = situation_for(session, engagement)
    go_live = s.today - timedelta(days=s.today.weekday() + 7)  # a Monday, so that no week moves
    live_since(session, engagement, go_live)
    extended = Input(engagement_id=engagement.id, key="profile.hypercare_extra", value=str(extra),
                     version=1, changed_by="u1")  # fmt: skip
    session.query(Input).filter_by(engagement_id=engagement.id, key=extended.key).delete()
    session.add(extended)
    session.flush()
    s = situation_for(session, engagement)
    s.holidays = frozenset()
    weeks = schedule_of(s, "Q18.schedule.weeks")
    ahead = s.today + timedelta(weeks=30)

    def count(key: str) -> int:
        return len(dates_of(s, weeks.tasks[key], ahead))

    assert count("Q18.weekly.readings") == readings
    assert count("Q18.weekly.office_hours") == readings
    assert count("Q18.week.four") == checks
    assert count("Q18.week.three") == 1
    assert count("Q18.week.one") == 5


def test_the_weeks_of_the_playbook_end_with_hypercare() -> None:
    book = load(Path(__file__).parents[2] / "playbook" / "content" / "q2c" / "1.0")
    tasks = book.get("Q18.schedule.weeks", Schedule).tasks
    assert {key for key, task in tasks.items() if task.recurrence.until} == {
        "Q18.week.four", "Q18.weekly.readings", "Q18.weekly.office_hours",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("recorded", "result", "words"),
    [
        (datetime(2026, 10, 20, 9, tzinfo=UTC), "ok", ""),
        (datetime(2026, 10, 21, 9, tzinfo=UTC), "ok", "Recorded 1 day late"),
        (datetime(2026, 10, 30, 9, tzinfo=UTC), "red_flag", "Recorded 10 days late"),
        (datetime(2026, 10, 30, 9, tzinfo=UTC), "skipped", ""),
    ],
)
def test_a_late_record_says_by_how_much(recorded: datetime, result: str, words: str) -> None:
    due = date(2026, 10, 20)
    row = OccurrenceRecord(
        task=MONTHLY, due=due, result=result, note="", evidence="", version=1, changed_by="u1",
        changed_at=recorded,
    )  # fmt: skip
    s = situation(go_live="2026-09-20", occurrences={(MONTHLY, due): row})
    view = schedule_view(s, schedule_of(s, CARE))
    found = {one.due: one for task in view.tasks for one in task.occurrences if one.version}
    assert found[due].late_words == words


def begins(event: Any) -> Any:
    """The day of an entry."""
    return event["DTSTART"].dt


def test_a_calendar_holds_what_is_due_and_what_comes() -> None:
    s = situation(go_live="2026-10-20")
    view = schedule_view(s, schedule_of(s, CARE))
    place = "https://q2c.example/e/acme/schedule/x"
    made = calendar(view, s.engagement, place)
    assert made == calendar(view, s.engagement, place)
    events = Calendar.from_ical(made).walk("VEVENT")
    assert len(events) == sum(o.open or o.state == "upcoming" for t in view.tasks
                              for o in t.occurrences)  # fmt: skip
    assert len({str(event["UID"]) for event in events}) == len(events)
    first = min(events, key=begins)
    assert begins(first) == date(2026, 11, 20)
    assert "Acme" in str(first["SUMMARY"])


def test_a_table_has_every_instance_by_date() -> None:
    s = situation(go_live="2026-10-20")
    lines = table(schedule_view(s, schedule_of(s, CARE)))
    assert lines[0][:3] == ["Task", "Due", "State"]
    assert lines[1][:3] == ["Reconcile", date(2026, 11, 20), "Due today"]
    dues = [line[1] for line in lines[1:]]
    assert dues == sorted(dues)  # type: ignore[type-var]


def test_the_page_hands_out_files(
    session: Session, engagement: Engagement, staff: Callable[..., FlaskClient],
    portal: Callable[..., tuple[FlaskClient, str]],
) -> None:  # fmt: skip
    live_since(session, engagement, today(engagement.time_zone) - timedelta(days=40))
    client = staff("architect")
    place = f"/e/{engagement.slug}/schedule/Q20.schedule.maintenance"
    file = client.get(f"{place}/calendar.ics")
    assert file.mimetype == "text/calendar"
    assert "Reconcile invoice accuracy" in file.text
    assert "Task" in client.get(f"{place}/export.csv").text
    book = load_workbook(BytesIO(client.get(f"{place}/export.xlsx").data))
    assert book.worksheets[0]["A1"].value == "Task"
    customer, base = portal(engagement)
    own = customer.get(f"{base}/schedule/Q20.schedule.maintenance/calendar.ics")
    assert "BEGIN:VEVENT" in own.text
    other, elsewhere = portal(engagement, "revops_lead")
    assert (
        other.get(f"{elsewhere}/schedule/Q20.schedule.maintenance/calendar.ics").status_code == 404
    )
