"""P3: cohorts beside the whole base, in shares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html  # type: ignore[import-untyped]
from sqlalchemy.orm import Session

from phases.core.commit import commit
from phases.core.models import Engagement
from phases.mechanisms.page import situation_for
from phases.mechanisms.parts import blocks
from phases.mechanisms.register.mix import MixView, mix_view
from phases.mechanisms.register.queries import row_views
from phases.mechanisms.register.services import add_row
from playbook.models import Register

COHORTS = "P3.register.cohorts"
SAID = {
    "geography": "US", "billing_frequency": "monthly", "complexity": "simple", "risk": "low",
    "wave": "1",
}  # fmt: skip


@pytest.fixture
def pilot(make_engagement: Callable[..., Engagement]) -> Engagement:
    return make_engagement("Pilot Co", pilot=True)


def seen(session: Session, engagement: Engagement, *cohorts: dict[str, Any]) -> MixView | None:
    for number, said in enumerate(cohorts):
        values = {"cohort": f"Cohort {number}", **SAID, **said}
        add_row(session, situation_for(session, engagement), "u1", COHORTS, values=values)
    s = situation_for(session, engagement)
    register = s.playbook.get(COHORTS, Register)
    return mix_view(register, row_views(s, register))


TWO = (
    {"customer_type": "Subscription", "base": "300", "pilot": "30", "control": "0"},
    {"customer_type": "usage", "base": "100", "pilot": "10", "control": "0"},
    {"customer_type": "Usage ", "base": "0", "pilot": "10", "control": "0"},
)


def test_each_value_has_its_share_of_the_base_and_of_each_group(
    session: Session, pilot: Engagement
) -> None:
    found = seen(session, pilot, *TWO)
    assert found is not None
    assert found.heads == ("Customers in the base", "In the pilot", "In the control group")
    told = {(line.column, line.value): line.words for line in found.lines}
    assert told["Customer type", "Subscription"] == ("75.0% (300)", "60.0% (30)", "–")
    assert told["Customer type", "usage"] == ("25.0% (100)", "40.0% (20)", "–")
    assert told["Complexity", "Simple"] == ("100.0% (400)", "100.0% (50)", "–")
    assert found.note.startswith("Least like the base: in the pilot, customer type “")


def test_groups_mixed_as_the_base_say_so(session: Session, pilot: Engagement) -> None:
    found = seen(
        session, pilot, {"customer_type": "One", "base": "8", "pilot": "2", "control": "2"}
    )
    assert found is not None
    assert found.note == "Every group is mixed as the base is, to the point."


def test_without_figures_there_is_no_mix(session: Session, pilot: Engagement) -> None:
    assert seen(session, pilot) is None
    assert seen(session, pilot, {"customer_type": "One"}) is None


def test_it_stands_on_the_page_and_in_what_documents_draw(
    session: Session, pilot: Engagement, staff: Callable[..., FlaskClient]
) -> None:
    seen(session, pilot, *TWO)
    commit(session)
    page = html.fromstring(staff("architect").get(f"/e/{pilot.slug}/register/{COHORTS}").text)
    (mix,) = page.xpath("//section[@id='mix']")
    assert "60.0% (30)" in mix.text_content()
    drawn = blocks(situation_for(session, pilot), COHORTS)
    assert any("60.0% (30)" in str(block) for block in drawn)
