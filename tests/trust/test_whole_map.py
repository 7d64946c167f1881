"""Every route, asked by everybody: who gets in, who is told nothing; reading changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from phases.core.access import Access, may
from phases.core.clock import now
from phases.core.db import db
from phases.core.models import Engagement, Grant, User

KEYS = {
    "checklist": "Q4.checklist.preparation",
    "form": "Q3.form.intake",
    "sheet": "Q5.sheet.definitions",
    "inputs": "Q3.input.pricing_model",
    "versions": "Q3.input.pricing_model",
    "register": "Q9.register.gaps",
    "matrix": "Q10.matrix.tool",
    "metric": "Q18.metric.invoice_accuracy",
    "schedule": "Q20.schedule.maintenance",
    "trigger": "Q20.trigger.new_pricing",
    "meeting": "Q7.meeting.kickoff",
    "writing": "Q4.writing.v0",
    "documents": "Q25.document.configuration",
    "portal_documents": "Q1.document.card",
    "playbook_pages": "Q5.term.invoice",
}
"""A key that each blueprint's addresses can be asked with; a blueprint that is missing fails."""

PORTAL_KEYS = {
    "form": KEYS["form"],
    "sheet": KEYS["sheet"],
    "schedule": KEYS["schedule"],
    "step": "Q3.homework.watch_video",
    "item": "Q3.homework.samples",
    "register": "Q9.register.gaps",
}

OTHERS: dict[str, Any] = {
    "code": "1d",
    "phase_slug": "strategy",
    "record_id": 1,
    "file_id": 1,
    "number": 1,
    "user_id": 1,
    "contact_id": 1,
    "contract_id": 1,
    "import_id": 1,
    "scenario": "yen",
    "place": 0,
    "member_id": 1,
    "job_id": 1,
    "invitation_id": 1,
    "run_id": 1,
    "row_id": 1,
    "picture": "sizes",
    "step_key": "Q4.step.review_intake",
    "statement_key": "Q5.term.invoice",
    "passage": "Q4.v0.current_map",
    "task": "Q20.monthly.accuracy",
    "due": "2026-12-01",
    "document_id": 1,
    "token": "no-such-token",
    "filename": "css/app.css",
    "row": "r1",
    "row_ref": "r1",
    "section": "1",
    "kind": "csv",
    "trigger": "Q20.trigger.new_pricing",
    "version": "v0",
    "ask_id": 1,
    "stop_id": 1,
}


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if not rule.endpoint.endswith("static")]


def access_of(app: Flask, rule: Rule) -> Access:
    found: Any = app.view_functions[rule.endpoint]
    return found.access


def address(app: Flask, rule: Rule, **known: str) -> str:
    """The rule's address with something in every place; a place this test does not know fails."""
    blueprint = rule.endpoint.split(".")[0]
    values = {name: _value(name, blueprint, rule, known) for name in rule.arguments}
    built = rule.build(values)
    assert built is not None, rule
    return built[1]


def _value(name: str, blueprint: str, rule: Rule, known: dict[str, str]) -> Any:
    if name in known:
        return known[name]
    if name == "key":
        if blueprint == "portal":
            return next(key for kind, key in PORTAL_KEYS.items() if f"/{kind}/" in rule.rule)
        return KEYS[blueprint]
    return OTHERS[name]


@dataclass
class World:
    """Two engagements, and browsers of everybody who might ask."""

    app: Flask
    a: Engagement
    b: Engagement
    anonymous: FlaskClient
    customer_a: FlaskClient
    ref_a: str
    customer_b: FlaskClient
    ref_b: str
    staff: dict[str, FlaskClient]
    users: dict[str, User]


@pytest.fixture
def world(
    app: Flask,
    make_engagement: Callable[..., Engagement],
    portal: Callable[..., Any],
    anonymous: FlaskClient,
    user: Callable[..., User],
    log_in: Callable[[User], FlaskClient],
) -> World:
    a, b = make_engagement("Acme Robotics"), make_engagement("Borealis Foods")
    (customer_a, base_a), (customer_b, base_b) = portal(a), portal(b)
    users = {
        role: user(role, f"Outside {role}")
        for role in ("admin", "architect", "engineer", "specialist", "account_manager")
    }
    return World(
        app,
        a,
        b,
        anonymous,
        customer_a,
        base_a.removeprefix("/c/"),
        customer_b,
        base_b.removeprefix("/c/"),
        {role: log_in(person) for role, person in users.items()},
        users,
    )


def asked(
    world: World, client: FlaskClient, rule: Rule, **known: str
) -> list[tuple[str, int, str]]:
    """The status, and where it leads, of every method the rule takes."""
    place = address(world.app, rule, slug=world.a.slug, ref=world.ref_a, **known)
    methods = sorted((rule.methods or set()) & {"GET", "POST"})
    answers = [(method, client.open(place, method=method)) for method in methods]
    return [(method, a.status_code, a.headers.get("Location", "")) for method, a in answers]


def test_every_route_declares_who_may_use_it(app: Flask) -> None:
    without = [
        r.endpoint for r in rules(app) if not hasattr(app.view_functions[r.endpoint], "access")
    ]
    assert without == []


def test_every_route_for_anybody_says_why(app: Flask) -> None:
    for rule in rules(app):
        access = access_of(app, rule)
        assert access.who != "anybody" or access.reason, rule.endpoint


def test_every_unsafe_route_commits_or_is_known_not_to(app: Flask) -> None:
    """A POST that changes something goes through the one place that commits."""
    without = {
        rule.endpoint
        for rule in rules(app)
        if "POST" in (rule.methods or ())
        and not getattr(app.view_functions[rule.endpoint], "commits", False)
    }
    # passwords are compared outside of transactions, which these open and commit by themselves
    known = {"engagement.preview", "account.log_in", "account.password", "account.prove"}
    known |= {"register.preview"}  # looks at a table, and changes nothing
    assert without - known == set()


def test_strangers_are_led_to_the_login_or_told_nothing(world: World) -> None:
    for rule in rules(world.app):
        access = access_of(world.app, rule)
        for client in (world.anonymous, world.customer_b):
            for method, status, location in asked(world, client, rule):
                if access.who == "staff":
                    assert (status, location.split("?")[0]) == (302, "/login"), (rule, method)
                elif access.who == "customer":
                    assert status == 404, (rule, method)
                else:
                    assert status < 500, (rule, method)


def test_staff_who_may_not_read_an_engagement_are_told_nothing(world: World) -> None:
    for rule in rules(world.app):
        if "slug" in rule.arguments:
            for role in ("engineer", "specialist"):
                for method, status, _ in asked(world, world.staff[role], rule):
                    assert status == 404, (rule, method, role)


def test_staff_do_only_what_their_role_includes(world: World) -> None:
    for rule in rules(world.app):
        access = access_of(world.app, rule)
        if access.who != "staff":
            continue
        for role, client in world.staff.items():
            on_one = frozenset[str]() if "slug" in rule.arguments else None
            if may(world.users[role], access.deed, on_one):
                continue
            for method, status, _ in asked(world, client, rule):
                assert status in (403, 404), (rule, method, role)


def test_those_who_may_read_are_not_turned_away(world: World) -> None:
    for rule in rules(world.app):
        access = access_of(world.app, rule)
        if access.who == "staff" and "GET" in (rule.methods or ()):
            for role in ("admin", "architect", "account_manager"):
                on_one = frozenset[str]() if "slug" in rule.arguments else None
                if may(world.users[role], access.deed, on_one):
                    for method, status, _ in asked(world, world.staff[role], rule):
                        assert status not in (401, 403), (rule, method, role)
                        assert status < 500, (rule, method, role)


def test_a_revoked_grant_opens_nothing(world: World, session: Session) -> None:
    grant = session.query(Grant).filter_by(ref=world.ref_a).one()
    grant.ended_at = now()
    session.flush()
    for rule in rules(world.app):
        if access_of(world.app, rule).who == "customer":
            for method, status, location in asked(world, world.customer_a, rule):
                assert status == 404 or (status == 302 and "/c/ended/" in location), (rule, method)


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that reach the database."""
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.data
def test_no_get_changes_a_row(world: World) -> None:
    for rule in rules(world.app):
        if "GET" not in (rule.methods or ()):
            continue
        access = access_of(world.app, rule)
        client = world.customer_a if access.who == "customer" else world.staff["admin"]
        place = address(world.app, rule, slug=world.a.slug, ref=world.ref_a)
        with statements() as seen:
            client.get(place)
        writes = [
            s for s in seen if s.lstrip().split(" ")[0].upper() in ("INSERT", "UPDATE", "DELETE")
        ]
        assert writes == [], rule
        assert "BEGIN IMMEDIATE" not in seen, rule


def test_no_page_needs_more_than_twelve_queries(world: World) -> None:
    worst = {}
    for rule in rules(world.app):
        if "GET" in (rule.methods or ()):
            access = access_of(world.app, rule)
            client = world.customer_a if access.who == "customer" else world.staff["admin"]
            place = address(world.app, rule, slug=world.a.slug, ref=world.ref_a)
            with statements() as seen:
                client.get(place)
            count = sum(s.lstrip().upper().startswith("SELECT") for s in seen)
            if count > 12:
                worst[rule.rule] = count
    assert worst == {}


def test_every_template_compiles(app: Flask) -> None:
    for name in app.jinja_env.list_templates():
        if not name.startswith(("bootstrap", "security")):
            app.jinja_env.get_template(name)
