"""Headers of every answer, flags of the cookie, hosts that are answered, where a login leads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from phases.core.accounts.security import hashed
from phases.core.commit import commit
from phases.core.db import db
from phases.core.headers import POLICY
from phases.core.models import User
from tests.trust.acts import World
from tests.trust.test_whole_map import access_of, address, rules
from wsgi import create_app

PASSWORD = "four unrelated words here"


@pytest.fixture
def ada(session: Session, architect: User) -> User:
    """The architect, with a password."""
    architect.password = hashed(PASSWORD)
    commit(session)
    return architect


def log_in(client: FlaskClient, user: User, target: str = "/login") -> Any:
    return client.post(target, data={"email": user.email, "password": PASSWORD})


@pytest.fixture
def secure(tmp_path: Path, library: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The application as it is behind https, from its environment alone."""
    monkeypatch.setenv("BASE_URL", "https://billing.firm.example")
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    app = create_app({"LIBRARY": library, "TESTING": True, "WTF_CSRF_ENABLED": False})
    with app.app_context():
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()


def test_every_answer_carries_them(w: World, app: Flask) -> None:
    for rule in rules(app):
        if "GET" not in (rule.methods or ()):
            continue
        client = w.customer if access_of(app, rule).who == "customer" else w.admin
        ref = w.base.removeprefix("/c/")
        answer = client.get(address(app, rule, slug=w.engagement.slug, ref=ref))
        policy = answer.headers["Content-Security-Policy"]
        assert policy == POLICY or policy.startswith("default-src 'none'"), rule
        assert answer.headers["X-Content-Type-Options"] == "nosniff", rule
        assert answer.headers["X-Frame-Options"] == "DENY", rule
        assert answer.headers["Cache-Control"] == "no-store", rule
        assert answer.headers["Referrer-Policy"] == "same-origin", rule


def test_the_policy_names_nothing_foreign_and_nothing_inline() -> None:
    directives = dict(part.strip().split(" ", 1) for part in POLICY.split(";"))
    assert directives["default-src"] == "'none'"
    assert directives["frame-ancestors"] == "'none'"
    for name in ("script-src", "style-src", "font-src", "connect-src", "form-action"):
        assert directives[name] == "'self'"
    assert directives["img-src"] == "'self' data:"
    assert "unsafe" not in POLICY


def test_error_pages_carry_them_too(app: Flask, anonymous: FlaskClient) -> None:
    answer = anonymous.get("/no/such/place")
    assert answer.status_code == 404
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["Cache-Control"] == "no-store"


def test_no_page_holds_script_or_style_of_its_own(w: World, app: Flask) -> None:
    """What the policy forbids is not written in the first place."""
    for rule in rules(app):
        if "GET" not in (rule.methods or ()):
            continue
        client = w.customer if access_of(app, rule).who == "customer" else w.admin
        ref = w.base.removeprefix("/c/")
        answer = client.get(address(app, rule, slug=w.engagement.slug, ref=ref))
        if answer.mimetype != "text/html":
            continue
        page = answer.text
        assert " style=" not in page, rule
        assert "<style" not in page, rule
        assert "onclick=" not in page, rule
        for piece in page.split("<script")[1:]:
            assert " src=" in piece.split(">", 1)[0], rule


def test_over_http_the_cookie_is_httponly_and_lax(
    app: Flask, ada: User, anonymous: FlaskClient
) -> None:
    cookie = log_in(anonymous, ada).headers["Set-Cookie"]
    assert cookie.startswith("q2c=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_over_https_it_is_also_secure_and_bound_to_the_host(secure: Flask) -> None:
    client = secure.test_client()
    page = client.get("/login", base_url="https://billing.firm.example")
    assert page.status_code == 200
    with client.session_transaction(base_url="https://billing.firm.example") as cookie:
        cookie["something"] = "kept"
    assert secure.config["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert secure.config["SESSION_COOKIE_SECURE"] is True
    answer = client.post("/logout", base_url="https://billing.firm.example")
    set_cookie = answer.headers["Set-Cookie"]
    assert set_cookie.startswith("__Host-q2c=")
    for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in set_cookie
    assert "Domain" not in set_cookie


@pytest.mark.parametrize("host", ["evil.example", "billing.firm.example.evil.example"])
def test_a_foreign_host_is_not_answered(app: Flask, secure: Flask, host: str) -> None:
    for one in (app, secure):
        answer = one.test_client().get("/login", headers={"Host": host})
        assert answer.status_code == 400, host


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "\\\\evil",
    ],
)
def test_a_login_leads_nowhere_foreign(ada: User, anonymous: FlaskClient, target: str) -> None:
    answer = log_in(anonymous, ada, f"/login?next={target}")
    assert answer.status_code == 302
    assert answer.location == "/"


def test_a_login_leads_to_the_page_that_was_asked_for(
    ada: User, anonymous: FlaskClient, make_engagement: Callable[..., Any]
) -> None:
    made = make_engagement()
    asked = anonymous.get(f"/e/{made.slug}/inputs?meeting=x")
    assert log_in(anonymous, ada, asked.location).location == f"/e/{made.slug}/inputs?meeting=x"


def test_a_form_without_its_token_changes_nothing_and_keeps_what_was_typed(
    w: World, app: Flask
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        place = f"{w.at}/inputs/Q3.input.crm"
        answer = w.staff.post(place, data={"value": "HubSpot", "source": "Call", "version": "0"})
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert answer.status_code == 400
    assert "HubSpot" in answer.text
    assert "Q3.input.crm" not in w.s.records.inputs
