"""Pages with 10, 1,000 and 10,000 engagements: server time without a network, and queries.

The bare route loads one row and renders the base template for somebody who is logged in.
"""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Sequence
from functools import partial
from itertools import cycle
from statistics import median
from typing import Any, cast

from flask import Flask, render_template
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.measure import Figure, counted, in_turn, p95, ratio
from bench.world import TOKEN, demo_app, folder, grown
from phases.core.access import staff
from phases.core.db import db
from phases.core.models import Engagement, Grant

SIZES = (10, 1_000, 10_000)
MOST_QUERIES = 12
MOST_GROWTH = 1.3
MOST_OVER_BARE = 5.0

STAFF_PAGES = {
    "my work": "/",
    "portfolio": "/engagements",
    "engagement": "/e/{slug}/",
    "phase": "/e/{slug}/strategy",
    "gate": "/e/{slug}/gate/1d",
}
CUSTOMER_PAGES = {"intake": "/c/{ref}/form/Q3.form.intake/1"}
BARE = "bare"


def run(sizes: Sequence[int] = SIZES, rounds: int = 40) -> list[Figure]:
    """Every page at every size, taken in turn."""
    with folder() as place:
        template = demo_app(place / "template")
        library = template.extensions["library"]
        visits = {
            size: Visits(with_bare(grown(place / "template", place / str(size), size, library)))
            for size in sizes
        }
        return figures(visits, rounds)


def figures(visits: dict[int, Visits], rounds: int) -> list[Figure]:
    """What the visits show, page by page."""
    found: list[Figure] = []
    names = [*STAFF_PAGES, *CUSTOMER_PAGES, BARE]
    acts: dict[str, Callable[[], Any]] = {
        f"{name} {size}": partial(some.visit, name)
        for size, some in visits.items()
        for name in names
    }
    times = in_turn(acts, rounds)
    small, large = min(visits), max(visits)
    for name in names:
        for size in visits:
            taken = times[f"{name} {size}"]
            found.append(Figure(f"{name}, {size:,} engagements: median", median(taken), "ms"))
            found.append(Figure(f"{name}, {size:,} engagements: p95", p95(taken), "ms"))
        if name == BARE:
            continue
        queries = max(some.queries(name) for some in visits.values())
        found.append(Figure(f"{name}: queries", queries, "", MOST_QUERIES))
        growth = ratio(times[f"{name} {large}"], times[f"{name} {small}"])
        found.append(Figure(f"{name}: {large:,} over {small:,}", growth, "times", MOST_GROWTH))
        over = ratio(times[f"{name} {large}"], times[f"{BARE} {large}"])
        limit = MOST_OVER_BARE if name == "engagement" else None
        found.append(Figure(f"{name}: over the bare route", over, "times", limit))
    return found


BARE_PAGE = "{% extends 'base.html' %}{% block content %}<h1>{{ row.customer }}</h1>{% endblock %}"


def with_bare(app: Flask) -> Flask:
    """*app* with the route that others are compared with, its template compiled once."""
    page = app.jinja_env.from_string(BARE_PAGE)

    @staff("look")
    def bare() -> str:
        row = cast(Session, db.session).scalars(select(Engagement).limit(1)).one()
        return render_template(page, row=row)

    app.add_url_rule("/bench/bare", "bench.bare", bare)
    return app


class Visits:
    """Somebody logged in, and customers, who call page after page, of many engagements in turn."""

    def __init__(self, app: Flask, engagements: int = 10) -> None:
        self.app = app
        with app.app_context():
            slugs = [
                *cast(Session, db.session).scalars(select(Engagement.slug).order_by(Engagement.id))
            ]
            refs = [*cast(Session, db.session).scalars(select(Grant.ref).order_by(Grant.id))]
        self.clients = self._log_in(refs_of_some(refs, engagements))
        some = cycle(refs_of_some(slugs, engagements))
        customers = cycle(refs_of_some(refs, engagements))
        self.addresses = {
            **{name: (address, some, "slug") for name, address in STAFF_PAGES.items()},
            **{name: (address, customers, "ref") for name, address in CUSTOMER_PAGES.items()},
            BARE: ("/bench/bare", some, "slug"),
        }

    def _log_in(self, refs: list[str]) -> FlaskClient:
        client = self.app.test_client()
        with client.session_transaction() as cookie:
            cookie["staff"] = TOKEN
            cookie["grants"] = dict.fromkeys(refs, TOKEN)
        return client

    def visit(self, name: str) -> None:
        """Call one page of the next engagement."""
        address, turns, field = self.addresses[name]
        path = address.format(**{field: next(turns)})
        answer = contextvars.Context().run(self.clients.get, path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answers {answer.status_code}")

    def queries(self, name: str) -> int:
        """The most queries of a page over the engagements."""
        with self.app.app_context():
            engine = db.engine
        most = 0
        for _ in range(5):
            with counted(engine) as seen:
                self.visit(name)
            most = max(most, len(seen))
        return most


def refs_of_some(every: list[str], wanted: int) -> list[str]:
    """So many of *every*, spread evenly, with each of the demo's five kinds as often."""
    told = 5
    rounds = max(1, len(every) // told)
    take = max(1, min(wanted // told, rounds))
    starts = [index * rounds // take for index in range(take)]
    return [every[start * told + kind] for start in starts for kind in range(told)]
