"""Readings of subjects, within bounds, by agreed limits; who is told; tables in and out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core.clock import today
from phases.core.errors import BadValue, Conflict
from phases.core.models import Engagement, Input, OutboxJob
from phases.mechanisms.checks import CHECKS
from phases.mechanisms.metric.checks import readings_met
from phases.mechanisms.metric.judge import Point, first_day, judge, step
from phases.mechanisms.metric.models import Reading
from phases.mechanisms.metric.queries import judged, metric_of, metric_view
from phases.mechanisms.metric.services import take_reading
from phases.mechanisms.metric.tables import table, take_readings
from phases.mechanisms.metric.words import period_short, period_words
from phases.mechanisms.situation import Situation
from phases.mechanisms.spreadsheet import ImportRefused
from playbook import checks
from playbook.loader import Playbook, load
from playbook.models import Limit, Metric
from tests.mechanisms import tabular

CONTENT = """
role:
  role.architect: {title: Architect, side: staff}
phase:
  T1.phase.strategy:
    {title: Strategy, slug: strategy, number: 1, weight: Heavy, goal: Know, output: A plan}
subphase:
  T1.sub.a: {title: Prepare, code: 1a, phase: strategy, purpose: To begin}
input:
  T2.input.tolerance: {title: Tolerance, type: money, subphase: 1a}
register:
  T3.register.measures:
    title: Measures
    subphase: 1a
    fixed: true
    columns: {baseline: {title: Baseline, type: percent}, goal: {title: Goal, type: percent}}
    states: {open: {title: Open, kind: open}}
    seeds: {T3.measure.rate: {title: Rate, values: {baseline: 40}}}
metric:
  T4.metric.rate:
    title: Paid on time
    subphase: 1a
    unit: percent
    numerator: Paid on time
    denominator: Invoices
    period: month
    better: higher
    subjects: {pilot: Pilot, control: Control}
    see: [T3.measure.rate]
  T4.metric.days:
    title: Days to pay
    subphase: 1a
    unit: days
    period: month
    better: lower
    subjects: {pilot: Pilot, control: Control}
    within: [0, 365]
  T4.metric.variance:
    title: Variance
    subphase: 1a
    unit: money
    period: quarter
    target: {op: "<=", input: T2.input.tolerance, words: Within the tolerance}
    told: [architect]
  T4.metric.churn:
    title: Churn
    subphase: 1a
    unit: percent
    numerator: Lost
    denominator: Customers
    period: quarter
    within: [null, 50]
    target: {op: "<=", value: 2, words: At most 2%}
    red_flag: {op: ">", value: 5, words: Over 5%}
    told: [architect]
  T4.metric.revenue: {title: Revenue, subphase: 1a, unit: money, period: month, better: higher}
"""

RATE, DAYS, VARIANCE = "T4.metric.rate", "T4.metric.days", "T4.metric.variance"
CHURN, REVENUE = "T4.metric.churn", "T4.metric.revenue"
NOV = date(2026, 11, 1)


@cache
def playbook() -> Playbook:
    with TemporaryDirectory() as place:
        folder = Path(place) / "gauges" / "1.0"
        folder.mkdir(parents=True)
        (folder / "playbook.yaml").write_text(
            'name: gauges\nversion: "1.0"\ntitle: Gauges\nplaceholders: {customer: Who}\n'
        )
        (folder / "content.yaml").write_text(CONTENT)
        return load(folder)


@pytest.fixture
def s(session: Session) -> Situation:
    """An engagement of these metrics, on Friday 20 November 2026; Ann is its architect, u1."""
    made = tabular.stored_situation(session)
    return Situation(playbook(), made.records, made.today, CHECKS)


def rate(
    session: Session, s: Situation, subject: str, part: int, whole: int, **more: Any
) -> Reading:
    return take_reading(
        session, s, "u1", RATE, more.pop("on", NOV), subject=subject, numerator=part,
        denominator=whole, **more,
    )  # fmt: skip


# --- what a reading is of ------------------------------------------------------------------------


def test_each_subject_has_a_reading_of_its_own(session: Session, s: Situation) -> None:
    rate(session, s, "pilot", 56, 70)
    rate(session, s, "control", 48, 80)
    view = metric_view(s, metric_of(s, RATE))
    assert [(one.title, one.last) for one in view.series] == [("Pilot", "80%"), ("Control", "60%")]


@pytest.mark.parametrize(("key", "subject"), [(RATE, ""), (RATE, "others"), (REVENUE, "pilot")])
def test_a_reading_is_of_what_the_metric_is_read_of(
    session: Session, s: Situation, key: str, subject: str
) -> None:
    with pytest.raises(BadValue) as refused:
        take_reading(
            session, s, "u1", key, NOV, subject=subject, numerator=1, denominator=2, value=1
        )
    assert refused.value.field == "subject"


def test_pilot_against_control_is_told_with_its_interval(session: Session, s: Situation) -> None:
    """Newcombe's first example."""
    rate(session, s, "pilot", 30, 40)
    rate(session, s, "pilot", 26, 30, on=date(2026, 10, 1))
    rate(session, s, "control", 20, 40)
    rate(session, s, "control", 28, 40, on=date(2026, 10, 1))
    rate(session, s, "pilot", 1, 9, on=date(2026, 9, 1))  # the control has none of this month
    one = metric_view(s, metric_of(s, RATE)).comparisons[0]
    assert one.values == (("Pilot", "80.0% (56 of 70)"), ("Control", "60.0% (48 of 80)"))
    assert one.difference == "20 points higher, which is better"
    assert one.chance == "hardly"
    assert "5.24 to 33.39 points, lies above zero" in one.sentence
    assert one.periods == 2


def test_a_small_difference_could_be_chance(session: Session, s: Situation) -> None:
    rate(session, s, "pilot", 5, 56)
    rate(session, s, "control", 0, 29)
    one = metric_view(s, metric_of(s, RATE)).comparisons[0]
    assert one.chance == "chance"
    assert "−3.81 to 19.26 points, holds zero" in one.sentence


def days(session: Session, s: Situation, subject: str, value: str, **more: Any) -> None:
    take_reading(session, s, "u1", DAYS, NOV, subject=subject, value=value, **more)


def test_means_have_an_interval_only_with_cases_and_spread(session: Session, s: Situation) -> None:
    days(session, s, "pilot", "20.8", size=15, spread="2.8107")
    days(session, s, "control", "23")
    view = metric_view(s, metric_of(s, DAYS))
    assert view.comparisons[0].chance == "unknown"
    assert view.comparisons[0].difference == "2.2 days lower, which is better"
    days(session, s, "control", "23", size=15, spread="1.9494", version=1)
    one = metric_view(s, metric_of(s, DAYS)).comparisons[0]
    assert one.chance == "hardly"
    assert "−4.02 to −0.38 days, lies below zero" in one.sentence


def test_nothing_is_compared_before_both_are_read(session: Session, s: Situation) -> None:
    rate(session, s, "pilot", 5, 56)
    rate(session, s, "control", 0, 0, note="No invoice was due")
    assert metric_view(s, metric_of(s, RATE)).comparisons == ()


def test_the_baseline_stands_beside(s: Situation) -> None:
    assert metric_view(s, metric_of(s, RATE)).baseline == (("Baseline", "40%"),)


# --- within, agreed, twice -----------------------------------------------------------------------


@pytest.mark.parametrize(("value", "good"), [("0", True), ("365", True), ("365.0001", False)])
def test_a_reading_outside_the_range_is_refused(
    session: Session, s: Situation, value: str, good: bool
) -> None:
    if good:
        days(session, s, "pilot", value)
        assert metric_view(s, metric_of(s, DAYS)).series[0].readings[0].value == Decimal(value)
        return
    with pytest.raises(BadValue, match="365 is the most"):
        days(session, s, "pilot", value)


@pytest.mark.parametrize(("lost", "good"), [(50, True), (51, False)])
def test_a_share_outside_the_range_is_refused(
    session: Session, s: Situation, lost: int, good: bool
) -> None:
    if good:
        take_reading(session, s, "u1", CHURN, NOV, numerator=lost, denominator=100)
        assert judged(s, metric_of(s, CHURN)).state == "red"
        return
    with pytest.raises(BadValue, match="50 is the most"):
        take_reading(session, s, "u1", CHURN, NOV, numerator=lost, denominator=100)


@pytest.mark.parametrize(
    ("size", "spread", "field"),
    [("0", "", "size"), ("1.5", "", "size"), ("x", "", "size"), ("3", "-1", "spread")],
)
def test_cases_are_counted_and_spreads_are_not_negative(
    session: Session, s: Situation, size: str, spread: str, field: str
) -> None:
    with pytest.raises(BadValue) as refused:
        days(session, s, "pilot", "20", size=size, spread=spread)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("agreed", "state", "words"),
    [
        (None, "none", "No bound agreed yet."),
        ("soon", "none", "No bound agreed yet."),
        ("USD 9.99", "watch", "Short of the target"),
        ("USD 10.00", "met", "Meets the target"),
    ],
)
def test_a_bound_is_the_one_agreed_here(
    session: Session, s: Situation, agreed: str | None, state: str, words: str
) -> None:
    key = "T2.input.tolerance"
    s.records.inputs[key] = Input(key=key, value=agreed, version=1)
    take_reading(session, s, "u1", VARIANCE, NOV, value=10)
    verdict = judged(s, metric_of(s, VARIANCE))
    assert verdict.state == state
    assert verdict.words.startswith(words)


def test_a_reading_is_taken_once_and_changed_with_its_version(
    session: Session, s: Situation
) -> None:
    take_reading(session, s, "u1", REVENUE, NOV, value=100)
    with pytest.raises(BadValue, match="was taken already"):
        take_reading(session, s, "u1", REVENUE, date(2026, 11, 20), value=101)
    with pytest.raises(Conflict):
        take_reading(session, s, "u1", REVENUE, NOV, value=101, version=0)
    changed = take_reading(session, s, "u1", REVENUE, NOV, value=101, version=1)
    assert (changed.value, changed.version) == (Decimal(101), 2)


# --- quarters ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "first"),
    [("2026-01-01", "2026-01-01"), ("2026-03-31", "2026-01-01"), ("2028-02-29", "2028-01-01"),
     ("2026-04-01", "2026-04-01"), ("2026-12-31", "2026-10-01")],
)  # fmt: skip
def test_quarters_begin_with_their_first_month(day: str, first: str) -> None:
    assert first_day("quarter", date.fromisoformat(day)).isoformat() == first


def test_quarters_in_words() -> None:
    assert period_words("quarter", date(2026, 10, 1)) == "Q4 2026"
    assert period_short("quarter", date(2026, 1, 1)) == "Q1 26"


def test_a_quarter_ahead_has_not_begun(session: Session, s: Situation) -> None:
    with pytest.raises(BadValue, match="Q1 2027 has not begun"):
        take_reading(session, s, "u1", CHURN, date(2027, 1, 1), numerator=1, denominator=100)


# --- without a target, and the check -------------------------------------------------------------


@pytest.mark.parametrize(("value", "state"), [(5, "met"), (6, "red")])
def test_with_a_red_flag_alone_a_reading_is_clear_of_it_or_not(value: int, state: str) -> None:
    metric = Metric(
        title="Failures", subphase="1a", unit="count", period="month",
        red_flag=Limit(op=">", value=Decimal(5), words="Over 5"),
    )  # fmt: skip
    assert judge(metric, [Point(NOV, Decimal(value))]).state == state


TREND = Limit(trend="increasing", words="More than before")
BELOW = Limit(op="<", value=Decimal(5), words="Under 5")


@pytest.mark.parametrize(
    ("target", "flag", "values", "state"),
    [
        (BELOW, TREND, [3], "met"),
        (BELOW, TREND, [3, 4], "red"),
        (BELOW, TREND, [4, 3], "met"),
        (BELOW, TREND, [9, 8], "watch"),
        (None, TREND, [3], "none"),
        (None, TREND, [3, 3], "met"),
        (None, TREND, [3, 4], "red"),
        (None, None, [3], "none"),
        (BELOW, None, [5], "watch"),
        (BELOW, None, [4], "met"),
    ],
)
def test_bounds_and_trends_in_every_mixture(
    target: Limit | None, flag: Limit | None, values: list[int], state: str
) -> None:
    metric = Metric(
        title="Tickets", subphase="1a", unit="count", period="month", target=target, red_flag=flag
    )
    months = [step("month", NOV, 1 + n - len(values)) for n in range(len(values))]
    points = [Point(m, Decimal(v)) for m, v in zip(months, values, strict=True)]
    assert judge(metric, points).state == state


@pytest.mark.parametrize(
    ("lost", "watch", "good"),
    [(None, False, False), (2, False, True), (3, False, False), (3, True, True), (6, True, False)],
)  # fmt: skip
def test_readings_met(
    session: Session, s: Situation, lost: int | None, watch: bool, good: bool
) -> None:
    if lost is not None:
        take_reading(session, s, "u1", CHURN, NOV, numerator=lost, denominator=100)
    found = readings_met(checks.ReadingsMet(metrics=(CHURN,), watch=watch), s)
    assert found.met is good


@pytest.mark.parametrize("key", [REVENUE, "T4.metric.none", VARIANCE])
def test_what_has_no_target_no_bound_or_is_unknown_is_not_met(
    session: Session, s: Situation, key: str
) -> None:
    for known in (REVENUE, VARIANCE):
        take_reading(session, s, "u1", known, NOV, value=10)
    assert not readings_met(checks.ReadingsMet(metrics=(key,)), s).met


# --- who is told ---------------------------------------------------------------------------------


def told(session: Session) -> list[tuple[str, str]]:
    jobs = session.scalars(select(OutboxJob).where(OutboxJob.kind == "notice"))
    return [(job.data["to"], job.data["item"]) for job in jobs]


def test_a_red_flag_is_told_once_for_each_reading(session: Session, s: Situation) -> None:
    take_reading(session, s, "u1", CHURN, NOV, numerator=5, denominator=100)
    assert told(session) == []
    take_reading(session, s, "u1", CHURN, NOV, numerator=6, denominator=100, version=1)
    take_reading(session, s, "u1", CHURN, NOV, numerator=7, denominator=100, version=2)
    assert told(session) == [("u1", CHURN)]
    take_reading(session, s, "u1", CHURN, date(2026, 8, 1), numerator=8, denominator=100)
    assert told(session) == [("u1", CHURN)] * 2


# --- in and out ----------------------------------------------------------------------------------

HEAD = ["Metric", "Period", "Subject", "Part", "Whole", "Value", "Note", "Version"]


def bring(session: Session, s: Situation, *lines: list[str], may: bool = True) -> str:
    return take_readings(session, s, "u1", [HEAD, *lines], lambda _metric: may).words


def test_a_table_is_taken(session: Session, s: Situation) -> None:
    words = bring(
        session, s,
        [RATE, "2026-11-20", "Pilot", "56", "70", "", "", ""],
        ["paid on time", "2026-10-31", "control", "48", "80", "", "", ""],
        ["", "", "", "", "", "", "", ""],
        [REVENUE, "2026-11-01", "", "", "", "1,000.50", "'=sum", ""],
    )  # fmt: skip
    assert words == "3 taken, 0 changed."
    found = {(r.metric, r.subject): r for rs in s.records.readings.values() for r in rs}
    assert found[RATE, "control"].period == date(2026, 10, 1)
    assert found[REVENUE, ""].value == Decimal("1000.5")
    assert found[REVENUE, ""].note == "=sum"


WRONG = [
    (["T4.metric.none", "2026-11-01", "", "", "", "1", "", ""], "Line 2, Metric: no metric"),
    ([REVENUE, "", "", "", "", "1", "", ""], "Line 2, Period: enter a day"),
    ([REVENUE, "30/11/26", "", "", "", "1", "", ""], "Line 2, Period: “30/11/26” is not a date"),
    ([REVENUE, "2026-12-01", "", "", "", "1", "", ""], "Line 2, Period: Dec 2026 has not begun"),
    ([REVENUE, "2026-11-01", "", "", "", "much", "", ""], "Line 2, Value: “much” is not a number"),
    ([REVENUE, "2026-11-01", "", "", "", "", "", ""], "Line 2, Value: Enter a number"),
    ([REVENUE, "2026-11-01", "pilot", "", "", "1", "", ""], "Line 2, Subject:"),
    ([RATE, "2026-11-01", "", "1", "2", "", "", ""], "Line 2, Subject: Choose what"),
    ([RATE, "2026-11-01", "pilot", "3", "2", "", "", ""], "Line 2, Part:"),
    ([REVENUE, "2026-11-01", "", "", "", "1", "", "x"], "Line 2, Version: “x”"),
    ([REVENUE, "2026-11-01", "", "", "", "1", "", "4"], "Line 2, Version: there is no such"),
    ([REVENUE, "2026-11-01", "", "", "", "1", "", "", "more"], "Line 2: 9 cells under 8 columns"),
]


@pytest.mark.parametrize(("line", "problem"), WRONG)
def test_what_is_wrong_is_named_by_line_and_column_and_nothing_is_taken(
    session: Session, s: Situation, line: list[str], problem: str
) -> None:
    good = [DAYS, "2026-11-01", "pilot", "", "", "20", "", ""]
    with pytest.raises(ImportRefused) as refused:
        bring(session, s, line, good)
    assert any(one.startswith(problem) for one in refused.value.problems), refused.value.problems
    assert s.records.readings == {}


def test_a_reading_that_stands_twice_is_refused(session: Session, s: Situation) -> None:
    line = [REVENUE, "2026-11-01", "", "", "", "1", "", ""]
    with pytest.raises(ImportRefused) as refused:
        bring(session, s, line, [REVENUE, "2026-11-30", "", "", "", "2", "", ""])
    assert "stands in line 2 already" in refused.value.problems[0]


@pytest.mark.parametrize("head", [["Metric", "Colour"], ["Metric", "metric", "Period"]])
def test_columns_that_are_unknown_or_stand_twice_are_refused(
    session: Session, s: Situation, head: list[str]
) -> None:
    with pytest.raises(ImportRefused):
        take_readings(session, s, "u1", [head, ["x"] * len(head)], lambda _m: True)


def test_a_role_takes_only_what_it_may(session: Session, s: Situation) -> None:
    line = [REVENUE, "2026-11-01", "", "", "", "1", "", ""]
    with pytest.raises(ImportRefused, match="your role does not take"):
        bring(session, s, line, may=False)


def test_what_was_exported_changes_nothing_and_its_version_lets_it_be_changed(
    session: Session, s: Situation
) -> None:
    take_reading(session, s, "u1", REVENUE, NOV, value="12.5", note="=1+1")
    rate(session, s, "pilot", 1, 2)
    rows = [["" if cell is None else str(cell) for cell in line] for line in table(s)]
    assert take_readings(session, s, "u1", rows, lambda _m: True).words == "Nothing in it was new."
    changed = [cell if cell != "12.5000" else "13" for cell in rows[-1]]
    assert take_readings(session, s, "u1", [rows[0], changed], lambda _m: True).changed == 1
    again = [cell if cell != "12.5000" else "14" for cell in rows[-1]]
    with pytest.raises(ImportRefused, match="changed this reading since"):
        take_readings(session, s, "u1", [rows[0], again], lambda _m: True)
    with pytest.raises(ImportRefused, match="was taken already"):
        bring(session, s, [REVENUE, "2026-11-01", "", "", "", "15", "", ""])


# --- the page ------------------------------------------------------------------------------------


@pytest.fixture
def place(engagement: Engagement) -> str:
    return f"/e/{engagement.slug}/metrics"


def this_week(engagement: Engagement) -> str:
    return first_day("week", today(engagement.time_zone)).isoformat()


def test_subjects_stand_side_by_side_on_the_page(
    session: Session, engagement: Engagement, place: str, staff: Callable[..., FlaskClient]
) -> None:
    client = staff("architect")
    html = client.get(place).text
    found = [m for m in engagement_metrics(session, engagement) if m.subjects]
    for metric in found[:1]:
        assert f'id="{metric.key.replace(".", "-")}"' in html
        for slug in metric.subjects:
            assert f'name="subject" value="{slug}"' in html


def engagement_metrics(session: Session, engagement: Engagement) -> list[Metric]:
    from phases.mechanisms.metric.queries import metrics_of
    from phases.mechanisms.page import situation_for

    return metrics_of(situation_for(session, engagement))


def test_readings_go_in_and_out_on_the_page(
    engagement: Engagement, place: str, staff: Callable[..., FlaskClient]
) -> None:
    client = staff("architect")
    week = this_week(engagement)
    rows = f"Metric\tPeriod\tValue\nQ18.metric.tickets\t{week}\t4\n"
    refused = client.post(f"{place}/import", data={"table": rows.replace("\t4", "\tfour")})
    assert refused.status_code == 422
    assert "Line 2, Value" in refused.text
    assert "four" in refused.text
    assert client.post(f"{place}/import", data={"table": rows}).status_code == 302
    file = client.get(f"{place}/export.csv")
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert "Q18.metric.tickets" in file.text
    book = load_workbook(BytesIO(client.get(f"{place}/export.xlsx").data))
    assert [cell.value for cell in book.worksheets[0][2]][:1] == ["Q18.metric.tickets"]
    assert client.get(f"{place}/export.pdf").status_code == 404


def test_the_page_can_show_one_group(place: str, staff: Callable[..., FlaskClient]) -> None:
    client = staff("architect")
    html = client.get(place, query_string={"board": "Maintenance"}).text
    assert "Invoices with errors" in html
    assert "Invoice accuracy rate" not in html
    assert "Invoice accuracy rate" in client.get(place, query_string={"board": "None such"}).text


def test_a_reading_ahead_is_refused_on_the_page(
    engagement: Engagement, place: str, staff: Callable[..., FlaskClient]
) -> None:
    ahead = (today(engagement.time_zone) + timedelta(weeks=2)).isoformat()
    answer = staff("architect").post(
        f"{place}/Q18.metric.tickets", data={"period": ahead, "value": "4"}
    )
    assert answer.status_code == 422
    assert "has not begun yet" in answer.text
