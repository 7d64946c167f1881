"""Documents: printing one cold, serving an unchanged one again, and memory over many prints."""

from __future__ import annotations

import os
from statistics import median
from typing import cast

import psutil
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.measure import Figure, milliseconds
from bench.world import TOKEN, demo_app, folder
from deliverables import services
from deliverables.blocks import Context
from deliverables.render import print_document
from phases.core.db import db
from phases.core.models import Engagement
from phases.mechanisms.page import situation_for

KEYS = ("Q25.document.configuration", "Q25.document.runbook", "Q25.document.maintenance")
CUSTOMER = "Lumen & Vale"
MOST_AGAIN = 1 / 50
MOST_GROWTH = 1.1
"""Flat: what 500 renders hold is at most so many times what 50 hold."""


def run(renders: int = 500, keys: tuple[str, ...] = KEYS, again: int = 20) -> list[Figure]:
    """The three documents of the closed demo engagement."""
    with folder() as place:
        app = demo_app(place)
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["staff"] = TOKEN
        with app.app_context():
            query = select(Engagement).where(Engagement.customer == CUSTOMER)
            engagement = cast(Session, db.session).scalars(query).one()
            s = situation_for(cast(Session, db.session), engagement)
            contexts = {key: services.draft(s, key) for key in keys}
            slug = engagement.slug
            found = [
                figure for key in keys for figure in _one(client, slug, key, contexts[key], again)
            ]
            return found + _many(contexts[keys[-1]], renders)


def _one(client: FlaskClient, slug: str, key: str, context: Context, again: int) -> list[Figure]:
    """Cold: nothing of the document is kept. Again: the same address, nothing changed since."""
    address, name = f"/e/{slug}/documents/{key}/draft.pdf", key.rpartition(".")[2]
    pages = print_document(context).pages  # warms the printer up
    cold = milliseconds(lambda: client.get(address))
    client.get(address)
    kept = median(milliseconds(lambda: client.get(address)) for _ in range(again))
    return [
        Figure(f"{name}: cold, {pages} pages", cold, "ms"),
        Figure(f"{name}: cold, a page", cold / pages, "ms"),
        Figure(f"{name}: unchanged, served again", kept, "ms"),
        Figure(f"{name}: again over cold", kept / cold, "times", MOST_AGAIN),
    ]


def _many(context: Context, renders: int) -> list[Figure]:
    """Memory of this process and the printing ones, after a tenth of the renders and after all."""
    early = held = 0.0
    for number in range(1, renders + 1):
        print_document(context)
        held = _memory()
        if number == max(1, renders // 10):
            early = held
    return [
        Figure(f"memory after {max(1, renders // 10)} renders", early, "MiB"),
        Figure(f"memory after {renders} renders", held, "MiB"),
        Figure(
            f"memory: {renders} over {max(1, renders // 10)} renders",
            held / early,
            "times",
            MOST_GROWTH,
        ),
    ]


def _memory() -> float:
    own = psutil.Process(os.getpid())
    everyone = [own, *own.children(recursive=True)]
    return sum(process.memory_info().rss for process in everyone) / 1024 / 1024
