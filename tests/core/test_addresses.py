"""Numbers that no row can have, in addresses: not found, never an error of ours."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from phases.core.models import Engagement

HUGE = "9" * 23


@pytest.mark.parametrize(
    ("place", "status"),
    [
        (f"people/{HUGE}", 404),
        (f"files/{HUGE}", 404),
        (f"documents/Q25.document.runbook/{HUGE}.pdf", 404),
        (f"history?before={HUGE}", 200),
        (f"history?before=-{HUGE}", 200),
    ],
)
def test_a_number_too_large_for_a_row_breaks_nothing(
    staff: Callable[..., FlaskClient], engagement: Engagement, place: str, status: int
) -> None:
    assert staff().get(f"/e/{engagement.slug}/{place}").status_code == status


def test_the_last_day_of_the_calendar_is_no_due_date(
    staff: Callable[..., FlaskClient], engagement: Engagement
) -> None:
    place = "schedule/Q20.schedule.maintenance/Q20.monthly.failed_payments/9999-12-31"
    answer = staff().post(f"/e/{engagement.slug}/{place}", data={"result": "well"})
    assert answer.status_code in {404, 422}
