"""Staff sign their own sheets, by giving their password afresh."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from phases.core.clock import now
from phases.core.models import Engagement, Member, StaffSession, User
from phases.mechanisms.sheet.models import SignOff
from phases.mechanisms.sheet.queries import sheet_of, statement_views
from phases.mechanisms.situation import Situation

SHEET = "Q21.sheet.internal"


@pytest.fixture
def manager(session: Session, engagement: Engagement, user: Callable[..., User]) -> User:
    person = user("account_manager", "June Manager")
    session.add(Member(engagement_id=engagement.id, user_id=person.id, role="account_manager"))
    session.flush()
    return person


@pytest.fixture
def place(engagement: Engagement) -> str:
    return f"/e/{engagement.slug}/sheet/{SHEET}"


@pytest.fixture
def answers(
    engagement: Engagement, manager: User, situation: Callable[[Engagement], Situation]
) -> dict[str, str]:
    s = situation(engagement)
    views = statement_views(s, sheet_of(s, SHEET))
    seen = {f"seen-{view.key}": view.sha256 for view in views}
    return {**{f"said-{view.key}": "yes" for view in views}, **seen}


def test_an_account_manager_signs_the_internal_handoff(
    session: Session, manager: User, place: str, answers: dict[str, str],
    log_in: Callable[[User], FlaskClient],
) -> None:  # fmt: skip
    browser = log_in(manager)
    assert "Sign in your name" in browser.get(place).text
    assert browser.post(f"{place}/sign", data=answers).status_code == 302
    rows = session.query(SignOff).all()
    assert {(row.role, row.proof, row.approved) for row in rows} == {
        ("account_manager", "login", True)
    }


def test_an_old_login_is_asked_for_the_password_and_keeps_what_was_typed(
    session: Session, manager: User, place: str, answers: dict[str, str],
    log_in: Callable[[User], FlaskClient],
) -> None:  # fmt: skip
    browser = log_in(manager)
    session.query(StaffSession).update({"proved_at": now() - timedelta(minutes=11)})
    assert "Give your password" in browser.get(place).text
    first = next(name for name in answers if name.startswith("said-")).replace("said-", "comment-")
    answer = browser.post(f"{place}/sign", data={**answers, first: "Read on the train."})
    assert answer.status_code == 422
    assert "Read on the train." in answer.text
    assert session.query(SignOff).count() == 0


def test_a_no_needs_a_reason_and_nothing_is_nothing(
    session: Session, manager: User, place: str, answers: dict[str, str],
    log_in: Callable[[User], FlaskClient],
) -> None:  # fmt: skip
    browser = log_in(manager)
    noes = {name: "no" if name.startswith("said-") else value for name, value in answers.items()}
    assert "Tell us what is wrong" in browser.post(f"{place}/sign", data=noes).text
    assert "Decide on at least one" in browser.post(f"{place}/sign", data={}).text
    assert session.query(SignOff).count() == 0


def test_nobody_else_signs_it(
    place: str, answers: dict[str, str], staff: Callable[..., FlaskClient]
) -> None:
    browser = staff("architect")
    assert "Your signature" not in browser.get(place).text
    assert browser.post(f"{place}/sign", data=answers).status_code == 403
