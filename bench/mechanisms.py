"""Every mechanism's page with ten times a demo engagement's rows, beside the engagement's page.

The engagement's page is that of the demo engagement as it is told. "My work" is that of a person
who is on 200 engagements.
"""

from __future__ import annotations

import contextvars
import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, cast

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Date, Integer, Table, UniqueConstraint, insert, select
from sqlalchemy.orm import Session

from bench.measure import Figure, counted, in_turn, milliseconds, p95, ratio
from bench.world import TOKEN, app_on, demo_app, folder, grown
from phases.core.db import Base, begin_write, db
from phases.core.models import Engagement, Member, User
from playbook.loader import load_all

CUSTOMER = "Plumeleaf"
TIMES = 10
MOST_QUERIES = 12
MOST_OVER_ENGAGEMENT = 2.0
ENGAGEMENTS = 200
CONTENT = Path(__file__).parent.parent / "playbook" / "content"
MOST_LOADING = 1_000.0

PAGES = {
    "checklist": "/e/{slug}/checklist/Q4.checklist.preparation",
    "form": "/e/{slug}/form/Q3.form.intake",
    "sheet": "/e/{slug}/sheet/Q5.sheet.definitions",
    "register: gaps": "/e/{slug}/register/Q9.register.gaps",
    "register: a map": "/e/{slug}/register/Q8.register.current",
    "register: field mapping": "/e/{slug}/register/Q11.register.mapping",
    "register: filtered, sorted": "/e/{slug}/register/Q9.register.gaps?q=a&sort=-severity&page=2",
    "matrix": "/e/{slug}/matrix/Q10.matrix.tool",
    "metric": "/e/{slug}/metrics",
    "schedule": "/e/{slug}/schedule/Q20.schedule.maintenance",
    "gate": "/e/{slug}/gate/1d",
    "document": "/e/{slug}/documents",
    "inputs": "/e/{slug}/inputs",
}
"""A page of each mechanism."""

FIRST_OF = {"meeting": ("meeting", "meetings"), "text": ("text", "writings")}
"""Mechanisms whose first item in the playbook is measured: part of the address, and the items."""

NEVER = {"member", "contact", "invitation", "grant", "code", "input", "outbox", "once", "work_item",
         "engagement_summary"}  # fmt: skip
"""Tables that do not grow with what is recorded."""


def run(rounds: int = 40) -> list[Figure]:
    """Every page in turn, then my work."""
    with folder() as place:
        plain = demo_app(place / "plain")
        library = plain.extensions["library"]
        full = tenfold(place / "plain", place / "full", library)
        return [
            *_content(), *_pages(plain, full, rounds), *_my_work(place, plain, library, rounds),
        ]  # fmt: skip


def _content() -> list[Figure]:
    """Loading and checking the whole content, as start-up does."""
    took = min(milliseconds(lambda: load_all([CONTENT])) for _ in range(3))
    return [Figure("loading and checking the whole content", took, "ms", MOST_LOADING)]


def _pages(plain: Flask, full: Flask, rounds: int) -> list[Figure]:
    pages = pages_of(full)
    acts: dict[str, Callable[[], Any]] = {
        name: partial(visit, client_of(full), address) for name, address in pages.items()
    }
    engagement = f"/e/{slug_of(plain)}/"
    acts["engagement"] = partial(visit, client_of(plain), engagement)
    times = in_turn(acts, rounds)
    found = [Figure("engagement as told: median", median(times["engagement"]), "ms")]
    for name in pages:
        over = ratio(times[name], times["engagement"])
        found += [
            Figure(f"{name}, ten times the rows: median", median(times[name]), "ms"),
            Figure(f"{name}: over the engagement's page", over, "times", MOST_OVER_ENGAGEMENT),
            Figure(f"{name}: queries", queries(full, acts[name]), "", MOST_QUERIES),
        ]
    return found


def _my_work(place: Path, plain: Flask, library: Any, rounds: int) -> list[Figure]:
    """My work of the person who is logged in, made a member of every engagement."""
    app = grown(place / "plain", place / "work", ENGAGEMENTS, library)
    with app.app_context():
        session = cast(Session, db.session)
        begin_write(session)
        user = session.scalars(select(User).order_by(User.id).limit(1)).one()
        there = set(session.scalars(select(Member.engagement_id).where(Member.user == user)))
        for number in session.scalars(select(Engagement.id)):
            if number not in there:
                session.add(Member(engagement_id=number, user_id=user.id, role="architect"))
        session.commit()
    acts: dict[str, Callable[[], Any]] = {
        "work": partial(visit, client_of(app), "/"),
        "engagement": partial(visit, client_of(plain), f"/e/{slug_of(plain)}/"),
    }
    times = in_turn(acts, rounds)
    over = ratio(times["work"], times["engagement"])
    name = f"my work on {ENGAGEMENTS} engagements"
    return [
        Figure(f"{name}: median", median(times["work"]), "ms"),
        Figure(f"{name}: p95", p95(times["work"]), "ms"),
        Figure(f"{name}: over the engagement's page", over, "times", MOST_OVER_ENGAGEMENT),
        Figure(f"{name}: queries", queries(app, acts["work"]), "", MOST_QUERIES),
    ]


def pages_of(app: Flask) -> dict[str, str]:
    """The addresses to call, by what they show."""
    slug = slug_of(app)
    found = {name: address.format(slug=slug) for name, address in PAGES.items()}
    playbook = app.extensions["library"].latest("q2c")
    for name, (part, kind) in FIRST_OF.items():
        if items := getattr(playbook, kind, ()):
            found[name] = f"/e/{slug}/{part}/{items[0].key}"
    return found


def slug_of(app: Flask) -> str:
    """The demo engagement that is under way and has the most rows."""
    with app.app_context():
        query = select(Engagement.slug).where(Engagement.customer == CUSTOMER)
        return str(cast(Session, db.session).scalars(query).one())


def client_of(app: Flask) -> FlaskClient:
    """A browser in which the administrator is logged in."""
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["staff"] = TOKEN
    return client


def visit(client: FlaskClient, address: str) -> None:
    """Call one page."""
    answer = contextvars.Context().run(client.get, address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answers {answer.status_code}")


def queries(app: Flask, act: Callable[[], Any]) -> int:
    """How many queries an act takes."""
    with app.app_context():
        engine = db.engine
    with counted(engine) as seen:
        act()
    return len(seen)


def tenfold(template: Path, place: Path, library: Any) -> Flask:
    """The application over a copy of the demo in which everything recorded is there ten times."""
    place.mkdir(parents=True)
    shutil.copy(template / "q2c.sqlite3", place / "q2c.sqlite3")
    app = app_on(place, library)
    with app.app_context():
        session = cast(Session, db.session)
        begin_write(session)
        for table in Base.metadata.sorted_tables:
            if {"id", "engagement_id"} <= set(table.columns.keys()) and table.name not in NEVER:
                copies = list(_copies(session, table))
                if copies:
                    session.execute(insert(table), copies)
        session.commit()
    return app


def _copies(session: Session, table: Table) -> Iterator[dict[str, Any]]:
    """Nine more of every row, each under a number or date of its own where the table asks."""
    moved = _moved(table)
    if moved is None:
        return
    rows = [dict(row) for row in session.execute(select(table)).mappings()]
    for row in rows:
        del row["id"]
        for copy in range(1, TIMES):
            yield row | {name: _shifted(row[name], copy) for name in moved}


def _moved(table: Table) -> list[str] | None:
    """The columns that tell copies apart; None where nothing can, since there is one by nature."""
    moved = [column.name for column in table.columns if column.unique]
    for constraint in table.constraints:
        if not isinstance(constraint, UniqueConstraint):
            continue
        free = [c.name for c in constraint.columns if _may_move(c) or c.name == "seed"]
        if not free:
            return None
        moved += free[-1:]
    return moved


def _may_move(column: Any) -> bool:
    if column.name.endswith("_id"):
        return False
    return isinstance(column.type, (Date, Integer))


def _shifted(value: Any, copy: int) -> Any:
    if isinstance(value, date):
        return value - timedelta(days=371 * copy)
    if isinstance(value, int):
        return value + 100_000 * copy
    return None if value is None or "." in value else f"{value}-{copy}"
