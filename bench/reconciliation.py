"""A reconciliation of 100,000 invoices: importing, comparing, and its page beside one of 100."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from statistics import median
from typing import Any, cast

from flask import Flask
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from bench.measure import Figure, in_turn, milliseconds
from bench.world import TOKEN, demo_app, folder
from billing.crm.source import Source
from billing.exports.grid import open_grid
from billing.exports.reader import read_invoices
from billing.exports.recognise import recognise
from phases.core.commit import commit
from phases.core.db import begin_write, db
from phases.core.models import Engagement
from phases.engineering.reconciliation.models import Outcome, Reconciliation

ROWS, FEW = 100_000, 100
MOST_TIMES, MOST_SEARCHED = 1.5, 2.0
BATCH = 5_000
SUMMARY: dict[str, Any] = {
    "total": 0, "outcomes": {}, "causes": {}, "red_flags": 0, "right": 0, "generated": 0,
    "matched": 1, "lag_total": 0, "lag_most": 0, "late": 0, "money": {}, "without_schedule": [],
    "without_schedule_total": 0, "problems": [], "problems_total": 0, "cycles": {},
}  # fmt: skip
PAGES = {
    "what is to look at": "",
    "all, far down": "?outcome=all&after={late}",
    "one outcome": "?outcome=exact",
    "found by number": "?q=C-1",
}


def run(rows: int = ROWS, rounds: int = 20) -> list[Figure]:
    """The export read, then the pages."""
    with folder() as place:
        app = demo_app(place / "demo")
        return [*_reading(rows), *_pages(app, rows, rounds)]


def _reading(rows: int) -> list[Figure]:
    data = _export(rows)
    source = Source("export.csv", len(data), lambda: BytesIO(data))
    grid = open_grid(source)
    mapping = recognise(grid).settled
    recognising = milliseconds(lambda: recognise(grid))
    reading = milliseconds(lambda: read_invoices(grid, mapping))
    return [
        Figure(f"recognising an export of {rows:,} invoices", recognising / 1000, "s"),
        Figure(f"reading an export of {rows:,} invoices", reading / 1000, "s"),
    ]


def _export(rows: int) -> bytes:
    head = "Invoice Number,Contract,Invoice Date,Period Start,Period End,Currency,Tax,Total\n"
    first = date(2026, 1, 1)
    lines = [
        f"INV-{n},C-{n // 12},{first + timedelta(days=n % 360)},2026-01-01,2026-01-31,EUR,"
        f"{n % 97}.19,{n % 977 + 97}.19\n"
        for n in range(rows)
    ]
    return (head + "".join(lines)).encode()


def _pages(app: Flask, rows: int, rounds: int) -> list[Figure]:
    with app.app_context():
        session = cast(Session, db.session)
        engagement = session.scalars(select(Engagement).order_by(Engagement.id)).first()
        assert engagement is not None
        slug = engagement.slug
        many, few = (_filled(session, engagement, count) for count in (rows, FEW))
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["staff"] = TOKEN
    figures = []
    for what, asked in PAGES.items():
        acts = {
            str(count): _get(client, f"/e/{slug}/reconciliation/{number}{asked}", count)
            for count, number in ((rows, many), (FEW, few))
        }
        times = in_turn(acts, rounds)
        much, little = (median(times[str(count)]) for count in (rows, FEW))
        figures.append(Figure(f"{what}: {rows:,} rows", much, "ms"))
        most = MOST_SEARCHED if "q=" in asked else MOST_TIMES
        figures.append(Figure(f"{what}: beside {FEW} rows", much / little, "times", most))
    return figures


def _get(client: Any, address: str, count: int) -> Callable[[], Any]:
    place = address.format(late=count - 50)

    def get() -> None:
        answer = client.get(place)
        assert answer.status_code == 200, answer.status

    return get


def _filled(session: Session, engagement: Engagement, rows: int) -> int:
    """A reconciliation of so many rows, of which one in ten is a variance."""
    begin_write(session)
    variances = rows // 10
    record = Reconciliation(
        engagement_id=engagement.id, purpose="monthly", settings={"names": {}},
        files={"left": [], "right": []}, created_by="u1",
        summary={**SUMMARY, "total": rows, "right": rows - variances,
                 "outcomes": {"exact": rows - variances, "different": variances}},
    )  # fmt: skip
    session.add(record)
    session.flush()
    for start in range(0, rows, BATCH):
        session.execute(insert(Outcome), [
            _row(engagement, record, n) for n in range(start, min(start + BATCH, rows))
        ])  # fmt: skip
    commit(session)
    return record.id


def _row(engagement: Engagement, record: Reconciliation, n: int) -> dict[str, Any]:
    wrong = n % 10 == 0
    return {
        "engagement_id": engagement.id, "reconciliation_id": record.id, "position": n + 1,
        "outcome": "different" if wrong else "exact", "contract": f"C-{n // 12}",
        "number": f"INV-{n}", "kind": "invoice", "currency": "EUR", "expected_currency": "EUR",
        "expected_on": date(2026, 1, 1), "issued_on": date(2026, 1, 2),
        "expected_total": Decimal(100), "actual_total": Decimal(101 if wrong else 100),
        "difference": Decimal(int(wrong)), "causes": "tax" if wrong else "", "red_flag": wrong,
        "note": "", "expected": {}, "invoice_id": None, "state": "open" if wrong else "",
        "owner": "", "cause": "", "resolution": "", "test_row": "", "version": 1,
        "changed_by": "u1",
    }  # fmt: skip
