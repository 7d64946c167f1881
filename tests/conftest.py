"""The application over an empty database for each test, on SQLite; ``data`` tests run on both."""

from __future__ import annotations

import contextvars
import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings
from sqlalchemy import text
from sqlalchemy.orm import Session

from phases.core.audit import sha256
from phases.core.clock import now
from phases.core.commit import commit
from phases.core.db import Base, db
from phases.core.models import (
    CONFIRMED,
    Contact,
    Engagement,
    Grant,
    Input,
    Invitation,
    Role,
    StaffSession,
    User,
)
from phases.core.settings import Settings
from phases.mechanisms.page import situation_for
from phases.mechanisms.situation import Situation
from phases.portfolio.services import Draft, create_engagement
from playbook.loader import load_all
from tests.postgres import throwaway_postgres
from wsgi import create_app

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

CONTENT = Path(__file__).parent.parent / "playbook" / "content"
ROLES = ("admin", "architect", "engineer", "specialist", "account_manager")
PROFILE: dict[str, Any] = {
    "category": "balanced",
    "scope": "single_tool",
    "methodology": "contract_based",
    "motion": "sales_led",
    "engagement_type": "single",
    "usage_based": False,
    "erp": False,
    "tax": False,
    "multi_currency": False,
    "multi_entity": False,
    "revrec": False,
    "payouts": False,
    "keep_tool": False,
    "kickoff": date(2026, 11, 2),
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests marked ``data`` on SQLite and on PostgreSQL."""
    if metafunc.definition.get_closest_marker("data") and "app" in metafunc.fixturenames:
        metafunc.parametrize("app", ["sqlite", "postgres"], indirect=True)


class Client(FlaskClient):
    """A browser. What the test has written is committed before each request it makes."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        session = cast(Session, db.session)
        commit(session)
        answer = contextvars.Context().run(super().open, *args, **kwargs)
        answer.request.environ["wsgi.input"].close()  # a large upload is a temporary file
        session.expire_all()
        session.rollback()
        return answer


@pytest.fixture(scope="session")
def library() -> Any:
    """The playbooks, loaded once."""
    return load_all([CONTENT])


def build(folder: Path, url: str, library: Any) -> Flask:
    """The application on the database at *url*."""
    app = create_app(
        {
            "TESTING": True,
            "SECRET_KEY": "for tests",
            "DATA_DIR": folder,
            "LIBRARY": library,
            "SQLALCHEMY_DATABASE_URI": url,
            "FILES_URL": f"file://{folder / 'files'}",
            "WTF_CSRF_ENABLED": False,
            "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
                "argon2__rounds": 1,
                "argon2__memory_cost": 1024,
            },
            "SETTINGS": Settings(firm_name="Northgate Advisory"),
            "BASE_URL": "http://localhost:8000",
        }
    )
    app.test_client_class = Client
    with app.app_context():
        db.create_all()
    return app


@pytest.fixture(scope="session")
def sqlite_app(tmp_path_factory: pytest.TempPathFactory, library: Any) -> Flask:
    """The application on a SQLite file; a copy of the empty file lies beside it."""
    folder = tmp_path_factory.mktemp("sqlite")
    app = build(folder, f"sqlite:///{folder / 'q2c.sqlite3'}", library)
    with app.app_context():
        db.session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        db.session.rollback()
        db.engine.dispose()
    shutil.copy(folder / "q2c.sqlite3", folder / "empty.sqlite3")
    return app


@pytest.fixture(scope="session")
def postgres_app(tmp_path_factory: pytest.TempPathFactory, library: Any) -> Iterator[Flask]:
    """The application on a real PostgreSQL."""
    with throwaway_postgres() as url:
        app = build(tmp_path_factory.mktemp("postgres"), url, library)
        yield app
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def app(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application over an empty database, its context pushed for the test's own session."""
    backend = getattr(request, "param", "sqlite")
    app: Flask = request.getfixturevalue(f"{backend}_app")
    with app.app_context():
        empty(app, backend)
        yield app
        db.session.remove()
        db.engine.dispose()


def empty(app: Flask, backend: str) -> None:
    """Take every row out of the database."""
    if backend == "sqlite":
        folder: Path = app.config["DATA_DIR"]
        for suffix in ("-wal", "-shm"):
            (folder / f"q2c.sqlite3{suffix}").unlink(missing_ok=True)
        shutil.copy(folder / "empty.sqlite3", folder / "q2c.sqlite3")
        return
    tables = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
    db.session.execute(text("SET session_replication_role = replica"))
    db.session.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    db.session.execute(text("SET session_replication_role = origin"))
    db.session.commit()


@pytest.fixture
def session(app: Flask) -> Session:
    """The test's own session."""
    return cast(Session, db.session)


@pytest.fixture
def user(session: Session) -> Callable[..., User]:
    """Make a member of staff: ``user("architect", name="Ada")``."""
    made: dict[str, User] = {}

    def make(role: str = "architect", name: str = "") -> User:
        name = name or f"{role.replace('_', ' ').title()} Person"
        if name not in made:
            row = session.query(Role).filter_by(name=role).one_or_none() or Role(name=role)
            made[name] = User(
                name=name,
                email=f"{name.lower().replace(' ', '.')}@firm.example",
                password="!",
                fs_uniquifier=sha256(name),
                active=True,
                roles=[row],
            )
            session.add(made[name])
            session.flush()
        return made[name]

    return make


@pytest.fixture
def architect(user: Callable[..., User]) -> User:
    return user("architect", "Ada Architect")


@pytest.fixture
def make_engagement(session: Session, architect: User, library: Any) -> Callable[..., Engagement]:
    """Create an engagement: ``make_engagement("Acme", scope="multi_tool")``."""

    def make(customer: str = "Acme Robotics", **profile: Any) -> Engagement:
        draft = Draft(
            customer, "America/New_York", "US", {**PROFILE, **profile}, {"architect": architect}
        )
        made = create_engagement(session, library.latest("q2c"), architect.ref, draft)
        commit(session)
        return made

    return make


@pytest.fixture
def engagement(make_engagement: Callable[..., Engagement]) -> Engagement:
    return make_engagement()


def live_since(session: Session, engagement: Engagement, day: date) -> None:
    """As the go-live gate leaves it: the date recorded, and CONFIRMED."""
    said = Input(
        engagement_id=engagement.id, key="profile.go_live", value=day.isoformat(),
        standing=CONFIRMED, changed_by="u1",
    )  # fmt: skip
    session.add(said)
    session.flush()


@pytest.fixture
def situation(session: Session) -> Callable[[Engagement], Situation]:
    """The situation of an engagement, freshly read."""

    def read(engagement: Engagement) -> Situation:
        session.flush()
        return situation_for(session, engagement)

    return read


@pytest.fixture
def contact(session: Session) -> Callable[..., Contact]:
    """Make a contact at the customer: ``contact(engagement, "finance_lead")``."""

    def make(engagement: Engagement, role: str = "finance_lead") -> Contact:
        found = session.query(Contact).filter_by(engagement_id=engagement.id, role=role).first()
        if found is None:
            name = f"{role.replace('_', ' ').title()} of {engagement.customer}"
            found = Contact(
                engagement_id=engagement.id,
                name=name,
                role=role,
                email=f"{role}@{engagement.slug}.example",
            )
            session.add(found)
            session.flush()
        return found

    return make


@pytest.fixture
def anonymous(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def log_in(app: Flask, session: Session) -> Callable[[User], FlaskClient]:
    """A browser in which *user* is logged in."""

    def open_browser(user: User) -> FlaskClient:
        client = app.test_client()
        token = f"token of {user.email}"
        if not session.query(StaffSession).filter_by(token_hash=sha256(token)).count():
            session.add(
                StaffSession(
                    token_hash=sha256(token), user_id=user.id, expires_at=now() + timedelta(hours=1)
                )
            )
            session.flush()
        with client.session_transaction() as cookie:
            cookie["staff"] = token
        return client

    return open_browser


@pytest.fixture
def staff(
    user: Callable[..., User], architect: User, log_in: Callable[[User], FlaskClient]
) -> Callable[..., FlaskClient]:
    """A browser of somebody in a role: ``staff("architect")`` is the engagement's own architect."""

    def open_browser(role: str = "architect", name: str = "") -> FlaskClient:
        return log_in(architect if role == "architect" and not name else user(role, name))

    return open_browser


@pytest.fixture
def portal(
    app: Flask, session: Session, contact: Callable[..., Contact]
) -> Callable[..., tuple[FlaskClient, str]]:
    """A customer's browser and where its addresses start: ``client, base = portal(engagement)``."""

    def open_browser(engagement: Engagement, role: str = "finance_lead") -> tuple[FlaskClient, str]:
        person = contact(engagement, role)
        ref = f"g{person.id}-{engagement.id}"
        if session.query(Grant).filter_by(ref=ref).first() is None:
            invitation = Invitation(
                engagement_id=engagement.id,
                contact_id=person.id,
                created_by="u1",
                token_hash=sha256(ref),
                expires_at=now() + timedelta(days=14),
                used_at=now(),
                sent_at=now(),
            )
            session.add(invitation)
            session.flush()
            session.add(
                Grant(
                    ref=ref,
                    secret_hash=sha256("secret"),
                    engagement_id=engagement.id,
                    contact_id=person.id,
                    invitation_id=invitation.id,
                    expires_at=now() + timedelta(days=30),
                )
            )
            session.flush()
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["grants"] = {ref: "secret"}
        return client, f"/c/{ref}"

    return open_browser
