"""The settings pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core import worker
from phases.core.accounts import queries
from phases.core.accounts.queries import without_secret
from phases.core.accounts.security import fits
from phases.core.clock import now
from phases.core.models import OutboxJob, Setting, StaffSession, User
from phases.core.settings import Settings


@pytest.fixture
def admin(staff: Callable[..., FlaskClient]) -> FlaskClient:
    return staff("admin")


def one_time(page: str) -> str:
    found = re.search(r'id="one-time">([^<]+)<', page)
    assert found
    return found[1]


@pytest.mark.parametrize("place", ["/settings", "/settings/users", "/settings/outgoing"])
@pytest.mark.parametrize("role", ["architect", "engineer", "specialist", "account_manager"])
def test_settings_are_for_admins(staff: Callable[..., FlaskClient], role: str, place: str) -> None:
    assert staff(role).get(place).status_code == 403


def test_the_overview_says_what_is_set_up_and_whether_the_worker_lives(
    app: Flask, admin: FlaskClient
) -> None:
    page = admin.get("/settings").text
    assert "q2c 1.0" in page
    assert "SMTP_HOST is not set" in page
    assert "has not run yet" in page
    worker.beat(app)
    assert "Running" in admin.get("/settings").text


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql+psycopg://q2c:secret@db.example:5433/q2c?x=y", "db.example:5433/q2c"),
        ("s3://key:secret@bucket/folder", "bucket/folder"),
        ("file:///var/lib/q2c", "/var/lib/q2c"),
    ],
)
def test_no_secret_is_shown(url: str, shown: str) -> None:
    assert without_secret(url) == shown


def test_a_new_user_gets_a_one_time_password_that_is_shown_once(
    session: Session, admin: FlaskClient
) -> None:
    data = {"name": "Eve", "email": "Eve@Firm.example", "roles": ["engineer", "specialist"]}
    added = admin.post("/settings/users", data=data)
    password = one_time(added.text)
    eve = session.scalars(select(User).where(User.email == "eve@firm.example")).one()
    assert fits(password, eve.password)
    assert eve.must_change_password
    assert {role.name for role in eve.roles} == {"engineer", "specialist"}
    assert password not in admin.get("/settings/users").text


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"name": ""}, "Enter the person&#39;s name."),
        ({"email": "eve"}, "Enter an e-mail address in the correct format"),
        ({"email": "admin.person@firm.example"}, "has an account already"),
        ({"roles": []}, "Choose at least one role."),
        ({"roles": ["emperor"]}, "Choose at least one role."),
        ({"name": "x" * 121}, "120 characters or fewer"),
    ],
)
def test_what_is_wrong_with_a_user_stands_beside_the_field(
    session: Session, admin: FlaskClient, typed: dict[str, object], message: str
) -> None:
    good = {"name": "Eve", "email": "eve@firm.example", "roles": ["engineer"]}
    answer = admin.post("/settings/users", data={**good, **typed})
    assert answer.status_code == 422
    assert message in answer.text
    assert session.scalar(select(User).where(User.email == "eve@firm.example")) is None


def test_roles_name_and_access_of_a_user_can_be_changed(
    session: Session, admin: FlaskClient, user: Callable[..., User],
    log_in: Callable[[User], FlaskClient],
) -> None:  # fmt: skip
    eve = user("engineer", "Eve Engineer")
    hers = log_in(eve)
    place = f"/settings/users/{eve.id}"
    assert 'value="Eve Engineer"' in admin.get(place).text
    assert admin.post(place, data={"name": "Eve E.", "roles": ["engineer"]}).status_code == 302
    assert eve.name == "Eve E."
    assert hers.get("/account").status_code == 200
    password = one_time(admin.post(f"{place}/password").text)
    assert fits(password, eve.password)
    assert hers.get("/account").location.startswith("/login")
    admin.post(f"{place}/disable")
    assert not eve.active
    admin.post(f"{place}/enable")
    assert eve.active


def test_an_admin_cannot_shut_out_the_own_account(
    session: Session, admin: FlaskClient, user: Callable[..., User]
) -> None:
    me = user("admin")
    assert admin.post(f"/settings/users/{me.id}/disable").status_code == 403
    demoted = admin.post(f"/settings/users/{me.id}", data={"name": "Me", "roles": ["engineer"]})
    assert demoted.status_code == 422
    assert "last administrator" in demoted.text
    assert session.scalars(select(StaffSession)).one().ended_at is None


def test_an_unknown_user_or_message_is_not_found(admin: FlaskClient) -> None:
    assert admin.get("/settings/users/999").status_code == 404
    assert admin.post("/settings/outgoing/999/show").status_code == 404


@pytest.mark.parametrize(
    ("kind", "state", "smtp", "label"),
    [
        ("notice", "done", "mail.example", "Sent"),
        ("render", "done", "mail.example", "Done"),
        ("render", "done", "", "Done"),
        ("notice", "waiting", "", "Being prepared"),
        ("notice", "waiting", "mail.example", "Waiting"),
        ("notice", "kept", "", "Kept"),
    ],
)
def test_the_outgoing_list_says_what_became_of_a_row(
    app: Flask, monkeypatch: pytest.MonkeyPatch, kind: str, state: str, smtp: str, label: str
) -> None:
    monkeypatch.setitem(app.config, "SETTINGS", Settings(firm_name="Northgate", smtp_host=smtp))
    job = OutboxJob(kind=kind, state=state, attempts=0, data={})
    assert queries.state_of(job)[1] == label


def test_an_admin_is_told_while_no_worker_is_seen(
    session: Session, staff: Callable[..., FlaskClient]
) -> None:
    page = "/settings/outgoing"
    assert "The worker is not running" in staff("admin").get(page).text
    session.merge(Setting(key=worker.HEARTBEAT, value=now().isoformat()))
    assert "The worker is not running" not in staff("admin").get(page).text
    old = now() - timedelta(minutes=10)
    session.merge(Setting(key=worker.HEARTBEAT, value=old.isoformat()))
    assert "The worker is not running" in staff("admin").get(page).text
