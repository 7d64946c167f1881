"""A form that is sent twice takes effect once, one after the other or at the same time."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from phases.core.commit import commit
from phases.core.db import Base, db
from phases.mechanisms.register.models import Row
from tests.trust.acts import ACTS, GAPS, NOT_TWICE_BY_ITSELF, World, a_row


def count(session: Session) -> dict[str, int]:
    """How many rows each table has."""
    session.rollback()
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


def test_every_address_that_changes_something_is_tried_here(app: Flask) -> None:
    there = {
        rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or set())
    }
    assert there - set(ACTS) - set(NOT_TWICE_BY_ITSELF) == set()


@pytest.mark.parametrize("endpoint", ACTS)
def test_sent_twice_it_takes_effect_once(w: World, app: Flask, endpoint: str) -> None:
    place, form = ACTS[endpoint](w)
    commit(w.session)
    client, form = w.client(endpoint), {**form, "once": "the-same-key"}
    before = count(w.session)
    first = client.post(place, data=form)
    assert first.status_code in (200, 302), first.text
    after = count(w.session)
    assert after != before
    second = client.post(place, data=form)
    assert second.status_code == 302, second.text
    assert second.location == (first.location or place)
    assert count(w.session) == after


@pytest.mark.data
def test_sent_at_the_same_time_it_takes_effect_once(w: World, app: Flask) -> None:
    """Two threads, one key: one row, and both are led to the same place."""
    place, form = a_row(w)
    answers: list[Any] = []
    start = threading.Barrier(2)
    commit(w.session)
    db.session.remove()

    def send() -> None:
        start.wait()
        answers.append(FlaskClient.open(w.staff, place, method="POST", data=form | {"once": "k"}))

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].location == answers[1].location
    rows = db.session.scalars(select(Row).where(Row.register == GAPS)).all()
    assert len(rows) == 1
