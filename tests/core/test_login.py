"""Logging in, out, and what ends a login."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from phases.core.accounts import services
from phases.core.accounts.security import fits, hashed
from phases.core.accounts.views import local
from phases.core.clock import now
from phases.core.errors import BadValue
from phases.core.models import Attempt, StaffSession, User
from phases.core.sessions import FRESH_MINUTES

PASSWORD = "four unrelated little words"


@pytest.fixture
def ada(app: Flask, user: Callable[..., User], session: Session) -> User:
    ada = user("admin", "Ada Admin")
    ada.password = hashed(PASSWORD)
    return ada


def send(client: FlaskClient, user: User, password: str = PASSWORD, where: str = "/login"):
    return client.post(where, data={"email": user.email, "password": password})


def test_the_right_password_opens_a_login_and_leads_back(ada: User, anonymous: FlaskClient) -> None:
    asked = anonymous.get("/settings/users")
    assert asked.location == "/login?next=/settings/users"
    answer = send(anonymous, ada, where=asked.location)
    assert answer.location == "/settings/users"
    assert anonymous.get("/settings/users").status_code == 200


def test_the_address_may_be_typed_in_capitals(ada: User, anonymous: FlaskClient) -> None:
    data = {"email": f"  {ada.email.upper()} ", "password": PASSWORD}
    assert anonymous.post("/login", data=data).status_code == 302


def test_a_wrong_password_and_an_unknown_address_read_alike(
    ada: User, anonymous: FlaskClient
) -> None:
    wrong = send(anonymous, ada, "not the password")
    unknown = anonymous.post("/login", data={"email": "x@firm.example", "password": PASSWORD})
    assert wrong.status_code == unknown.status_code == 422
    message = "The e-mail address or the password is not right."
    assert message in wrong.text
    assert message in unknown.text
    assert ada.email in wrong.text  # what was typed is kept


def test_a_disabled_user_cannot_log_in(ada: User, anonymous: FlaskClient) -> None:
    ada.active = False
    assert send(anonymous, ada).status_code == 422


def test_the_sixth_try_is_refused_even_with_the_right_password(
    ada: User, anonymous: FlaskClient
) -> None:
    for _ in range(5):
        assert send(anonymous, ada, "wrong wrong wrong").status_code == 422
    assert send(anonymous, ada).status_code == 429


def test_tries_are_counted_for_each_address_and_forgotten_after_a_quarter_of_an_hour(
    ada: User, anonymous: FlaskClient, session: Session
) -> None:
    for _ in range(5):
        send(anonymous, ada, "wrong wrong wrong")
    other = anonymous.post(
        "/login",
        data={"email": ada.email, "password": PASSWORD},
        environ_base={"REMOTE_ADDR": "10.0.0.9"},
    )
    assert other.status_code == 302
    for attempt in session.scalars(select(Attempt)):
        attempt.at = now() - timedelta(minutes=16)
    assert send(anonymous, ada).status_code == 302


def test_a_right_password_gives_the_tries_back(ada: User, anonymous: FlaskClient) -> None:
    for _ in range(4):
        send(anonymous, ada, "wrong wrong wrong")
    assert send(anonymous, ada).status_code == 302
    for _ in range(4):
        assert send(anonymous, ada, "wrong wrong wrong").status_code == 422


@pytest.mark.parametrize(
    ("target", "leads_to"),
    [
        ("/e/acme/people?x=1", "/e/acme/people?x=1"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
        (None, "/"),
    ],
)
def test_a_login_leads_to_local_places_only(target: str | None, leads_to: str) -> None:
    assert local(target) == leads_to


def test_logging_out_ends_the_row_and_the_cookie_is_worth_nothing(
    ada: User, anonymous: FlaskClient, session: Session
) -> None:
    send(anonymous, ada)
    with anonymous.session_transaction() as cookie:
        token = cookie["staff"]
    anonymous.post("/logout")
    with anonymous.session_transaction() as cookie:
        cookie["staff"] = token
    assert anonymous.get("/settings").location.startswith("/login")
    assert session.scalars(select(StaffSession)).one().ended_at is not None


def test_a_one_time_password_must_be_changed_first(ada: User, anonymous: FlaskClient) -> None:
    ada.must_change_password = True
    send(anonymous, ada)
    assert anonymous.get("/settings").location == "/account/password"
    page = anonymous.get("/account/password")
    assert "Choose your password" in page.text
    assert 'name="current"' not in page.text
    new = "another few little words"
    data = {"password": new, "again": new}
    assert anonymous.post("/account/password", data=data).status_code == 302
    assert anonymous.get("/settings").status_code == 200
    assert fits(new, ada.password)


def test_a_new_password_ends_every_other_login(
    app: Flask, ada: User, anonymous: FlaskClient
) -> None:
    elsewhere = app.test_client()
    send(anonymous, ada)
    send(elsewhere, ada)
    new = "another few little words"
    anonymous.post("/account/password", data={"current": PASSWORD, "password": new, "again": new})
    assert anonymous.get("/account").status_code == 200
    assert elsewhere.get("/account").location.startswith("/login")


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"current": "wrong wrong"}, "This is not your current password."),
        ({"password": "short", "again": "short"}, "Use 12 to 128 characters."),
        ({"password": "aaaaaaaaaaaaaa", "again": "aaaaaaaaaaaaaa"}, "repeats itself"),
        ({"again": "something else here"}, "The two passwords differ."),
        ({"password": PASSWORD, "again": PASSWORD}, "This is your current password."),
        ({"current": ""}, "Enter your current password."),
    ],
)
def test_a_password_that_will_not_do_is_refused_beside_its_field(
    ada: User, anonymous: FlaskClient, typed: dict[str, str], message: str
) -> None:
    send(anonymous, ada)
    good = {
        "current": PASSWORD,
        "password": "quite another phrase",
        "again": "quite another phrase",
    }
    answer = anonymous.post("/account/password", data={**good, **typed})
    assert answer.status_code == 422
    assert message in answer.text
    assert fits(PASSWORD, ada.password)


def test_proving_makes_the_login_fresh_again(
    ada: User, anonymous: FlaskClient, session: Session
) -> None:
    send(anonymous, ada)
    login = session.scalars(select(StaffSession)).one()
    long_ago = now() - timedelta(minutes=FRESH_MINUTES + 5)
    login.proved_at = long_ago
    wrong = anonymous.post("/account/prove?next=/account", data={"password": "wrong wrong"})
    assert wrong.status_code == 422
    assert login.proved_at == long_ago
    right = anonymous.post("/account/prove?next=/account", data={"password": PASSWORD})
    assert right.location == "/account"
    assert now() - login.proved_at < timedelta(minutes=1)


def test_disabling_ends_every_login_at_once(
    ada: User, user: Callable[..., User], anonymous: FlaskClient, session: Session
) -> None:
    other = user("engineer", "Eve Engineer")
    other.password = hashed(PASSWORD)
    send(anonymous, other)
    assert anonymous.get("/account").status_code == 200
    services.disable(session, other, ada.ref)
    assert anonymous.get("/account").location.startswith("/login")


def test_the_last_admin_stays(ada: User, session: Session) -> None:
    session.flush()
    with pytest.raises(BadValue, match="last administrator"):
        services.disable(session, ada, ada.ref)
    with pytest.raises(BadValue, match="last administrator"):
        services.change_user(session, ada, "Ada", ["architect"], ada.ref)


def test_setup_makes_one_admin_and_then_says_nothing(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADMIN_EMAIL", "Boss@Firm.example")
    said = app.test_cli_runner().invoke(args=["setup"])
    assert said.exit_code == 0, said.output
    assert "boss@firm.example" in said.output
    password = said.output.split("one-time password")[1].split()[0]
    boss = session.scalars(select(User)).one()
    assert fits(password, boss.password)
    assert boss.must_change_password
    assert boss.is_a("admin")
    session.rollback()
    assert app.test_cli_runner().invoke(args=["setup"]).output == ""
