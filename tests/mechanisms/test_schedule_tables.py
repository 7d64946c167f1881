"""A schedule's results by table, and what was recorded of an instance before."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from phases.mechanisms.schedule.history import history_of
from phases.mechanisms.schedule.queries import ScheduleView, schedule_view
from phases.mechanisms.schedule.services import record_occurrence
from phases.mechanisms.schedule.tables import record_results, table
from phases.mechanisms.situation import Situation
from phases.mechanisms.spreadsheet import ImportRefused
from playbook.models import Schedule
from tests.mechanisms.tabular import CARE, MONTHLY, playbook, stored_situation

OCTOBER, NOVEMBER = date(2026, 10, 20), date(2026, 11, 20)
HEAD = ["Task", "Due", "State", "Note", "Evidence", "Version"]


@pytest.fixture
def kept(session: Session) -> Situation:
    return stored_situation(session, go_live="2026-08-20")


def view(s: Situation) -> ScheduleView:
    return schedule_view(s, playbook().get(CARE, Schedule))


def bring(session: Session, s: Situation, *lines: list[str]) -> int:
    return record_results(session, s, "u1", view(s), [HEAD, *lines])


def result(s: Situation, due: date) -> tuple[str, str]:
    row = s.records.occurrences[(MONTHLY, due)]
    return row.result, row.note


def test_what_was_exported_can_be_filled_in_and_sent_back(
    session: Session, kept: Situation
) -> None:
    rows = [["" if cell is None else str(cell) for cell in line] for line in table(view(kept))]
    state = rows[0].index("State")
    line = next(row for row in rows if row[1] == OCTOBER.isoformat())
    line[state] = "All well"
    assert record_results(session, kept, "u1", view(kept), rows) == 1
    assert result(kept, OCTOBER) == ("ok", "")
    again = [["" if cell is None else str(cell) for cell in line] for line in table(view(kept))]
    assert record_results(session, kept, "u1", view(kept), again) == 0


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (["Nothing", "2026-10-20", "ok", "", "", ""], "Line 3, Task: no task of this schedule"),
        ([MONTHLY, "20.10.2026", "ok", "", "", ""], "Line 3, Due: “20.10.2026” is not a date"),
        ([MONTHLY, "", "ok", "", "", ""], "Line 3, Due: enter the day"),
        ([MONTHLY, "2026-10-21", "ok", "", "", ""], "is not due on 21 Oct 2026"),
        ([MONTHLY, "2027-06-21", "ok", "", "", ""], "first; record that one"),
        ([MONTHLY, "2026-10-20", "fine", "", "", ""], "Line 3, State: “fine” is none of"),
        ([MONTHLY, "2026-10-20", "red flag", "", "", ""], "Line 3, Note: Say what the red flag is"),
        ([MONTHLY, "2026-10-20", "ok", "", "ftp://x", ""], "Line 3, Evidence: The link begins"),
        ([MONTHLY, "2026-11-20", "ok", "", "", ""], "Line 3, Due: “"),
    ],
)
def test_one_wrong_line_keeps_all_out(
    session: Session, kept: Situation, line: list[str], problem: str
) -> None:
    good = [MONTHLY, NOVEMBER.isoformat(), "All well", "", "", ""]
    with pytest.raises(ImportRefused) as refused:
        bring(session, kept, good, line)
    assert problem in refused.value.problems[0]
    assert not kept.records.occurrences


def test_what_was_recorded_needs_its_version(session: Session, kept: Situation) -> None:
    record_occurrence(session, kept, "u1", CARE, MONTHLY, OCTOBER, "ok")
    changed = [MONTHLY, OCTOBER.isoformat(), "Red flag", "Two were wrong", ""]
    with pytest.raises(ImportRefused, match="recorded already"):
        bring(session, kept, [*changed, ""])
    assert bring(session, kept, [*changed, "1"]) == 1
    assert result(kept, OCTOBER) == ("red_flag", "Two were wrong")


def test_a_changed_result_tells_what_stood_before(session: Session, kept: Situation) -> None:
    record_occurrence(session, kept, "u1", CARE, MONTHLY, OCTOBER, "ok")
    record_occurrence(session, kept, "u1", CARE, MONTHLY, OCTOBER, "skipped", "Holiday", version=1)
    later, first = history_of(session, kept, MONTHLY, OCTOBER)
    assert later.differences == (("Result", "All well", "Skipped"), ("Note", "", "Holiday"))
    assert first.differences == (("Result", "", "All well"),)
