"""Metrics: what a reading means at its limits, taking readings, and the weeks that need one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from phases.core.clock import today
from phases.core.errors import BadValue, Conflict, Missing, Refusal
from phases.core.models import Engagement
from phases.mechanisms.chart import chart
from phases.mechanisms.metric import queries, services
from phases.mechanisms.metric.checks import readings_taken
from phases.mechanisms.metric.judge import Point, first_day, judge, percentage
from phases.mechanisms.metric.models import Reading
from phases.mechanisms.metric.words import currency_in, period_words, value_words
from phases.mechanisms.situation import Situation
from playbook import checks
from playbook.models import Limit, Metric
from tests.mechanisms.tabular import (
    ACCURACY,
    LAG,
    TICKETS,
    TODAY,
    playbook,
    situation,
    stored_situation,
)

MONDAY = date(2026, 11, 16)
WEEK = timedelta(weeks=1)


@pytest.fixture
def kept(session: Session) -> Situation:
    return stored_situation(session)


def metric(key: str) -> Metric:
    return playbook().get(key, Metric)


def rate(target: str, red: str) -> Metric:
    """A percentage that should stay below one limit and is a red flag above another."""
    return Metric(
        title="Rate", subphase="1a", unit="percent", period="week",
        target=Limit(op="<", value=Decimal(target), words="low"),
        red_flag=Limit(op=">", value=Decimal(red), words="high"),
    )  # fmt: skip


def share(part: int, whole: int) -> Point:
    return Point(MONDAY, numerator=Decimal(part), denominator=Decimal(whole))


def weeks(*counts: int | None) -> list[Point]:
    """Counts of weeks running; None where a week has no reading."""
    start = MONDAY - WEEK * (len(counts) - 1)
    return [
        Point(start + WEEK * number, Decimal(count))
        for number, count in enumerate(counts)
        if count is not None
    ]


# --- judging -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("right", "of", "state"),
    [(100, 100, "met"), (9_999_999, 10_000_000, "red"), (0, 10, "red"), (0, 0, "none")],
)
def test_accuracy_is_all_or_red(right: int, of: int, state: str) -> None:
    assert judge(metric(ACCURACY), [share(right, of)]).state == state


@pytest.mark.parametrize(
    ("hours", "state"),
    [
        ("23.9999", "met"),
        ("24", "watch"),
        ("24.0001", "watch"),
        ("48", "watch"),
        ("48.0001", "red"),
    ],
)
def test_lag_at_its_limits(hours: str, state: str) -> None:
    assert judge(metric(LAG), [Point(MONDAY, Decimal(hours))]).state == state


@pytest.mark.parametrize(
    ("part", "of", "state"),
    [
        (4999, 100_000, "met"),
        (5, 100, "watch"),
        (5001, 100_000, "watch"),
        (10, 100, "watch"),
        (10_001, 100_000, "red"),
        (1, 3, "red"),
    ],
)
def test_failed_payments_at_their_limits(part: int, of: int, state: str) -> None:
    assert judge(rate("5", "10"), [share(part, of)]).state == state


@pytest.mark.parametrize(
    ("part", "of", "state"),
    [(9, 100, "met"), (10, 100, "watch"), (25, 100, "watch"), (26, 100, "red")],
)
def test_manual_intervention_at_its_limits(part: int, of: int, state: str) -> None:
    assert judge(rate("10", "25"), [share(part, of)]).state == state


@pytest.mark.parametrize(
    ("counts", "state"),
    [
        ((5, 4), "met"),
        ((5, 5), "watch"),
        ((5, 6), "red"),
        ((0, 0), "met"),
        ((1, 0), "met"),
        ((0, 1), "red"),
        ((3, 9, 8), "met"),
        ((3,), "none"),
        ((0,), "none"),
        ((5, None, 4), "none"),
        ((), "none"),
    ],
)
def test_tickets_by_their_trend(counts: tuple[int | None, ...], state: str) -> None:
    assert judge(metric(TICKETS), weeks(*counts)).state == state


@pytest.mark.parametrize(
    ("op", "value", "met"),
    [("<=", 3, True), ("<=", 4, False), (">=", 3, True), (">=", 2, False), ("=", 3, True)],
)
def test_each_comparison(op: Any, value: int, met: bool) -> None:
    judged = metric("T4.metric.usage").model_copy(
        update={
            "target": Limit(op=op, value=Decimal(3), words="t"),
            "red_flag": Limit(op="=", value=Decimal(-1), words="r"),
        }
    )
    assert (judge(judged, [Point(MONDAY, Decimal(value))]).state == "met") is met


@pytest.mark.parametrize(
    ("period", "day", "first"),
    [
        ("week", date(2026, 11, 22), MONDAY),
        ("week", MONDAY, MONDAY),
        ("week", date(2027, 1, 1), date(2026, 12, 28)),
        ("month", TODAY, date(2026, 11, 1)),
        ("day", TODAY, TODAY),
    ],
)
def test_a_period_is_known_by_its_first_day(period: str, day: date, first: date) -> None:
    assert first_day(period, day) == first


def test_a_percentage_is_never_rounded_up_to_its_target() -> None:
    assert percentage(Decimal(9_999_999), Decimal(10_000_000)) == Decimal("99.9999")
    assert value_words("percent", Decimal("99.9999")) == "99.99%"


@pytest.mark.parametrize(
    ("said", "country", "shown"),
    [
        ("", "US", "USD 1,204.50"),
        ("", "DE", "EUR 1,204.50"),
        ("GBP, and EUR from May", "US", "GBP 1,204.50"),
        ("swiss francs (chf)", "US", "CHF 1,204.50"),
        ("JPY", "US", "JPY 1,204"),
        ("the usual one", "GB", "GBP 1,204.50"),
        ("USD" * 100, "GB", "GBP 1,204.50"),
        ("", "", "1,204.50"),
        ("", "ZZ", "1,204.50"),
    ],
)
def test_money_is_told_in_the_currency_that_was_said_or_is_usual(
    said: str, country: str, shown: str
) -> None:
    assert value_words("money", Decimal("1204.50"), currency_in(said, country)) == shown


# --- taking readings -----------------------------------------------------------------------------


def take(
    session: Session, s: Situation, key: str = LAG, day: date = TODAY, **given: Any
) -> Reading:
    return services.take_reading(session, s, "u1", key, day, **given)


def test_a_reading_is_kept_for_its_period(session: Session, kept: Situation) -> None:
    reading = take(session, kept, ACCURACY, numerator=49, denominator=50, note="Two late")
    assert (reading.period, reading.value) == (MONDAY, Decimal(98))
    view = queries.metric_view(kept, metric(ACCURACY))
    assert (view.last, view.state, view.readings[0].parts) == ("98%", "red", "49 of 50")


@pytest.mark.parametrize(
    ("key", "given", "field"),
    [
        (ACCURACY, {"numerator": 51, "denominator": 50}, "numerator"),
        (ACCURACY, {"numerator": 5}, "denominator"),
        (ACCURACY, {"denominator": 5}, "numerator"),
        (ACCURACY, {"numerator": -1, "denominator": 5}, "numerator"),
        (ACCURACY, {"numerator": 0, "denominator": 0}, "note"),
        (LAG, {"value": -1}, "value"),
        (LAG, {"value": "NaN"}, "value"),
        (LAG, {"value": "soon"}, "value"),
        (LAG, {"value": ""}, "value"),
        (LAG, {"value": "1e12"}, "value"),
        (TICKETS, {"value": "1.5"}, "value"),
        (LAG, {"value": 1, "day": MONDAY + WEEK}, "period"),
    ],
)
def test_a_reading_that_cannot_be_is_refused(
    session: Session, kept: Situation, key: str, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadValue) as refused:
        take(session, kept, key, **given)
    assert refused.value.field == field


def test_the_week_that_runs_may_be_read(session: Session, kept: Situation) -> None:
    assert take(session, kept, day=MONDAY + timedelta(days=6), value=3).period == MONDAY


def test_nothing_to_measure_is_said_with_a_note(session: Session, kept: Situation) -> None:
    take(session, kept, ACCURACY, numerator=0, denominator=0, note="No invoices this week")
    view = queries.metric_view(kept, metric(ACCURACY))
    assert (view.last, view.state) == ("Nothing to measure", "none")


def test_a_second_reading_of_a_period_changes_the_first(session: Session, kept: Situation) -> None:
    take(session, kept, value=30)
    take(session, kept, value=20, version=1)
    (reading,) = queries.metric_view(kept, metric(LAG)).readings
    assert (reading.shown, reading.version) == ("20 hours", 2)
    with pytest.raises(Conflict):
        take(session, kept, value=10, version=1)
    with pytest.raises(Conflict):
        take(session, kept, value=10, version=0)


def test_no_reading_of_what_is_unknown_or_does_not_apply(session: Session, kept: Situation) -> None:
    with pytest.raises(Missing):
        take(session, kept, "T4.metric.nothing", value=1)
    with pytest.raises(Refusal, match="does not apply"):
        take(session, kept, "T4.metric.usage", value=1)


@pytest.mark.parametrize(
    ("period", "first", "words"),
    [
        ("week", MONDAY, "16–22 Nov 2026"),
        ("week", date(2026, 11, 30), "30 Nov–6 Dec 2026"),
        ("week", date(2026, 12, 28), "28 Dec 2026–3 Jan 2027"),
        ("month", date(2026, 11, 1), "Nov 2026"),
        ("day", MONDAY, "16 Nov 2026"),
    ],
)
def test_periods_in_words(period: str, first: date, words: str) -> None:
    assert period_words(period, first) == words


# --- readings_taken ------------------------------------------------------------------------------

CHECK = checks.ReadingsTaken(metrics=(LAG, TICKETS, "T4.metric.usage"), weeks=2)
GO_LIVE = date(2026, 11, 4)
"""A Wednesday: its weeks begin on 2 and 9 November and are over on 18 November."""


def readings(key: str, *starts: date, whole: int | None = None) -> list[Reading]:
    return [
        Reading(metric=key, period=start, value=Decimal(1), version=1,
                numerator=whole, denominator=whole)
        for start in starts
    ]  # fmt: skip


FIRST, SECOND = date(2026, 11, 2), date(2026, 11, 9)
BOTH = {LAG: readings(LAG, FIRST, SECOND), TICKETS: readings(TICKETS, FIRST, SECOND)}


def found(today: date, read: dict[str, list[Reading]], added: int = 0, **profile: Any) -> Any:
    known: dict[str, Any] = {"go_live": GO_LIVE.isoformat(), "hypercare_extra": added} | profile
    return readings_taken(CHECK, situation(today, readings=read, **known))


@pytest.mark.parametrize(
    ("today", "met"),
    [(date(2026, 11, 17), False), (date(2026, 11, 18), True), (date(2026, 11, 30), True)],
)
def test_the_weeks_have_passed(today: date, met: bool) -> None:
    assert found(today, BOTH).met is met


def test_without_a_go_live_date_nothing_is_met() -> None:
    (lack,) = found(TODAY, BOTH, go_live=None).lacks
    assert lack.sentence == "The go-live date is not known."


def test_the_first_week_without_a_reading_is_named() -> None:
    read = {LAG: readings(LAG, FIRST), TICKETS: readings(TICKETS, FIRST, SECOND)}
    (lack,) = found(TODAY, read).lacks
    assert lack.sentence == "The week of 9–15 Nov 2026 has no reading of Lag."
    assert lack.place == "metrics"


def test_before_the_weeks_have_passed_it_says_how_many_have() -> None:
    (lack,) = found(date(2026, 11, 12), BOTH).lacks
    assert lack.sentence == "1 of 2 weeks have passed since go-live; the last ends on 18 Nov 2026."


@pytest.mark.parametrize(
    ("today", "starts", "met"),
    [
        (date(2026, 11, 24), (FIRST, SECOND, MONDAY), False),
        (date(2026, 11, 25), (FIRST, SECOND), False),
        (date(2026, 11, 25), (FIRST, SECOND, MONDAY), True),
    ],
)
def test_extended_hypercare_needs_readings_in_the_weeks_added(
    today: date, starts: tuple[date, ...], met: bool
) -> None:
    read = {key: readings(key, *starts) for key in (LAG, TICKETS)}
    assert found(today, read, added=1).met is met


def test_a_week_with_nothing_to_measure_counts_but_not_all_of_them() -> None:
    check = checks.ReadingsTaken(metrics=(ACCURACY,), weeks=2)
    nothing = readings(ACCURACY, FIRST, whole=0)
    s = situation(
        readings={ACCURACY: nothing + readings(ACCURACY, SECOND, whole=9)},
        go_live=GO_LIVE.isoformat(),
    )
    assert readings_taken(check, s).met
    never = {ACCURACY: nothing + readings(ACCURACY, SECOND, whole=0)}
    (lack,) = readings_taken(check, situation(readings=never, go_live=GO_LIVE.isoformat())).lacks
    assert "was never measured" in lack.sentence


def test_metrics_that_do_not_apply_are_not_asked_for() -> None:
    usage = checks.ReadingsTaken(metrics=("T4.metric.usage",), weeks=2)
    assert readings_taken(usage, situation()).met
    assert not readings_taken(usage, situation(usage_based=True)).met


# --- chart and page ------------------------------------------------------------------------------


def picture(points: list[Point], **changed: Any) -> bytes:
    words: dict[str, Any] = {
        "last": "4", "target": Decimal(24), "target_words": "Under 24", "red_flag": Decimal(48),
        "red_words": "Over 48",
    }  # fmt: skip
    labels = [str(point.period) for point in points]
    return chart("Lag", points, labels, **(words | changed))


@pytest.mark.parametrize("counts", [(4,), (5, 4), (0, 0, 0), tuple(range(26))])
def test_a_chart_is_the_same_bytes_each_time_without_style_or_script(
    counts: tuple[int, ...],
) -> None:
    svg = picture(weeks(*counts))
    assert svg == picture(weeks(*counts))
    for word in (b"<style", b"style=", b"<script", b"xlink", b"uuid", b"http://www.w3.org/1999"):
        assert word not in svg


def test_target_and_red_flag_are_drawn_apart_and_labelled() -> None:
    svg = picture(weeks(5, 4)).decode()
    assert "Target: Under 24" in svg
    assert "Red flag: Over 48" in svg
    assert 'stroke-dasharray="8 5"' in svg
    assert 'stroke-dasharray="2 4"' in svg
    assert 'font-size="20">4<' in svg
    assert "<desc>2026-11-09: 5; 2026-11-16: 4</desc>" in svg


def test_a_trend_has_no_level_to_draw() -> None:
    svg = picture(weeks(5, 4), target=None, red_flag=None).decode()
    assert "dasharray" not in svg


def test_a_week_with_nothing_to_measure_leaves_a_gap() -> None:
    nothing = Point(MONDAY, Decimal(0), Decimal(0), Decimal(0))
    assert "nothing to measure" in picture([share(1, 2), nothing]).decode()


def test_a_reading_is_taken_on_the_page(
    engagement: Engagement, staff: Callable[..., FlaskClient]
) -> None:
    client, page = staff(), f"/e/{engagement.slug}/metrics"
    assert "No reading yet" in client.get(page).text
    key = "Q18.metric.failed_payments"
    assert client.get(f"{page}/{key}.svg").status_code == 404
    week = first_day("week", today("America/New_York"))
    form = {"period": f"{week}:0", "numerator": "1", "denominator": "50"}
    client.post(f"{page}/{key}", data=form)
    assert "2%" in client.get(page).text
    image = client.get(f"{page}/{key}.svg")
    assert image.mimetype == "image/svg+xml"
    assert client.post(f"{page}/{key}", data=form).status_code == 409


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"numerator": "9", "denominator": "5"}, "cannot be more than"),
        ({"numerator": "x", "denominator": "5"}, "is not a number"),
        ({"period": "soon", "numerator": "1", "denominator": "5"}, "Choose a period"),
        ({"period": "2026-02-31", "numerator": "1", "denominator": "5"}, "Choose a period"),
        ({"period": "2999-01-01", "numerator": "1", "denominator": "5"}, "has not begun"),
        ({"period": "0001-01-01", "numerator": "1", "denominator": "5"}, "more than ten years ago"),
    ],
)
def test_a_wrong_reading_is_refused_and_kept(
    engagement: Engagement, staff: Callable[..., FlaskClient], given: dict[str, str], message: str
) -> None:
    page = f"/e/{engagement.slug}/metrics/Q18.metric.failed_payments"
    answer = staff().post(page, data={"period": "2026-01-05", "note": "As told"} | given)
    assert answer.status_code == 422
    assert message in answer.text
    assert "As told" in answer.text
