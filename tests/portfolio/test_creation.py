"""The short form that creates an engagement: what it takes as said, and what it asks again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core.models import Engagement, Input
from phases.portfolio.forms import zone_of
from tests.portfolio.test_pages import FORM


@pytest.fixture
def create(staff: Callable[..., FlaskClient]) -> Callable[..., Any]:
    def send(**changes: str) -> Any:
        return staff("architect").post("/engagements/new", data={**FORM, **changes})

    return send


def test_a_flag_nobody_answered_is_not_a_no(create: Callable[..., Any], session: Session) -> None:
    create(revrec="y", tax="n")
    said = {row.key: row.value for row in session.scalars(select(Input))}
    assert said["profile.revrec"] is True
    assert said["profile.tax"] is False
    assert "profile.multi_entity" not in said


def test_a_contradiction_is_named_before_anything_is_created(
    create: Callable[..., Any], session: Session
) -> None:
    answer = create(methodology="plg_self_serve")
    assert answer.status_code == 422
    assert "does not go together" in answer.text
    assert "Create it all the same" in answer.text
    assert session.scalars(select(Engagement)).all() == []
    accepted = answer.text.partition('name="accepted" value="')[2].partition('"')[0]
    assert "profile.methodology=plg_self_serve" in accepted
    again = create(methodology="plg_self_serve", accepted=accepted)
    assert again.status_code == 302
    assert session.scalars(select(Engagement)).one().customer == FORM["customer"]


def test_another_contradiction_asks_again(create: Callable[..., Any]) -> None:
    answer = create(methodology="usage_based", usage_based="n", accepted="profile.scope=x")
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("country", "zone"),
    [
        ("DE", "Europe/Berlin"),
        ("US", "America/New_York"),
        ("FR", "Europe/Paris"),
        ("JP", "Asia/Tokyo"),
        ("AU", "Australia/Sydney"),
        ("ZZ9", "UTC"),
    ],
)
def test_a_country_has_a_time_zone_of_its_own(country: str, zone: str) -> None:
    assert zone_of(country) == zone


def test_the_form_takes_the_countrys_zone(create: Callable[..., Any], session: Session) -> None:
    create(time_zone="", country="FR")
    assert session.scalars(select(Engagement)).one().time_zone == "Europe/Paris"
