"""The list of contracts and a contract's page, beside the same with few contracts."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, cast

from flask import Flask
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from bench.measure import Figure, in_turn, ratio
from bench.mechanisms import client_of, queries, slug_of, visit
from bench.world import app_on, demo_app, folder
from phases.core.clock import now
from phases.core.db import begin_write, db
from phases.core.models import ASSUMED, Engagement
from phases.engineering.contracts.models import ContractRecord, ContractVersion
from phases.engineering.contracts.queries import PAGE
from phases.engineering.contracts.terms import checked

FEW, MANY = 100, 100_000
"""Beside those of the demo; both fill the pages that are called."""
MOST_OVER_FEW = 2.0
MOST_QUERIES = 12
BATCH = 5_000
CUSTOMER = "Plumeleaf"
PLACES = {
    "contracts": "/e/{slug}/contracts",
    "contracts: a page in the middle": "/e/{slug}/contracts?page={middle}",
    "contracts: by end": "/e/{slug}/contracts?sort=-ends",
    "contracts: confirmed": "/e/{slug}/contracts?standing=CONFIRMED",
}


def run(sizes: tuple[int, int] = (FEW, MANY), rounds: int = 15) -> list[Figure]:
    """Every page with few and with many contracts, in turn."""
    with folder() as place:
        demo_app(place / "plain")
        few, many = (full(place / "plain", place / str(size), size) for size in sizes)
        return [figure for name in PLACES for figure in measured(name, few, many, sizes, rounds)]


def measured(
    name: str, few: Flask, many: Flask, sizes: tuple[int, int], rounds: int
) -> list[Figure]:  # fmt: skip
    """One page."""
    acts: dict[str, Callable[[], Any]] = {
        key: partial(visit, client_of(app), PLACES[name].format(
            slug=slug_of(app), middle=max(1, size // PAGE // 2)))
        for key, app, size in (("few", few, sizes[0]), ("many", many, sizes[1]))
    }  # fmt: skip
    times = in_turn(acts, rounds)
    return [
        Figure(f"{name}, {sizes[1]:,}: median", median(times["many"]), "ms"),
        Figure(f"{name}: over {sizes[0]:,}", ratio(times["many"], times["few"]), "times",
               MOST_OVER_FEW),
        Figure(f"{name}: queries", queries(many, acts["many"]), "", MOST_QUERIES),
    ]  # fmt: skip


def full(template: Path, place: Path, count: int) -> Flask:
    """The application over a copy of the demo with so many more contracts in one engagement."""
    place.mkdir(parents=True)
    shutil.copy(template / "q2c.sqlite3", place / "q2c.sqlite3")
    app = app_on(place)
    with app.app_context():
        session = cast(Session, db.session)
        begin_write(session)
        engagement = session.scalars(
            select(Engagement).where(Engagement.customer == CUSTOMER)
        ).one()
        for start in range(0, count, BATCH):
            _add(session, engagement.id, range(start, min(start + BATCH, count)))
        session.execute(text("ANALYZE"))
        session.commit()
    return app


def _add(session: Session, engagement: int, numbers: range) -> None:
    made = checked(
        {"number": "B", "customer": "Bench", "currency": "EUR", "start": "2026-01-15",
         "end": "2026-12-31", "lines": [{"key": "plan", "kind": "recurring", "price": "100"}]}
    )  # fmt: skip
    first = 1_000_000
    common = {"engagement_id": engagement, "changed_by": "u1", "changed_at": now()}
    session.execute(insert(ContractRecord), [
        common | {"id": first + n, "number": f"B-{n:06}", "customer": f"Customer {n % 997}",
                  "currency": ("EUR", "USD", "GBP")[n % 3], "starts_on": date(2026, 1, 15),
                  "ends_on": date(2026, 12, 31), "flags": int(n % 50 == 0),
                  "standing": "CONFIRMED" if n % 2 else ASSUMED, "version": 1,
                  "standing_by": ""}
        for n in numbers
    ])  # fmt: skip
    session.execute(insert(ContractVersion), [
        {"engagement_id": engagement, "contract_id": first + n, "number": 1, "by": "u1",
         "at": now(), "why": "", "sha256": made.sha256, "terms": made.terms}
        for n in numbers
    ])  # fmt: skip
