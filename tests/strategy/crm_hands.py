"""Hands for the pages of the CRM audit: upload, work, read."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, undefer
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from phases.core import outbox
from phases.core.models import Engagement, Run
from phases.strategy.crm.forms import columns_form


@dataclass
class Hands:
    """An architect at the pages, and the worker when asked."""

    app: Flask
    session: Session
    engagement: Engagement
    client: FlaskClient

    @property
    def at(self) -> str:
        return f"/e/{self.engagement.slug}/crm"

    def upload(self, data: bytes | str, name: str = "deals.csv", **beside: str) -> Any:
        """Upload an export, and what comes beside it as ``prices="…"``."""
        raw = data.encode() if isinstance(data, str) else data
        files: dict[str, Any] = {"export": (io.BytesIO(raw), name)}
        files |= {k: (io.BytesIO(v.encode()), f"{k}.csv") for k, v in beside.items()}
        return self.send(self.at, files)

    def send(self, place: str, files: dict[str, Any]) -> Any:
        """Post a form with files; its body lies in memory, however large."""
        boundary, body = encode_multipart({k: FileStorage(*said) for k, said in files.items()})
        kind = f'multipart/form-data; boundary="{boundary}"'
        return self.client.post(place, data=body, content_type=kind)

    def work(self) -> None:
        """What the worker would do now."""
        outbox.deliver_due(self.app)
        self.session.rollback()

    def looked(self, data: bytes | str, name: str = "deals.csv", **beside: str) -> str:
        """Upload and look; the page of the columns, or of what was wrong."""
        answer = self.upload(data, name, **beside)
        assert answer.status_code == 302, answer.text
        self.work()
        return self.read(answer.location)

    def read(self, place: str) -> str:
        """The page at *place*, or where that leads."""
        answer = self.client.get(place)
        while answer.status_code == 302:
            answer = self.client.get(answer.location)
        return str(answer.text)

    def as_shown(self, number: int, **said: str) -> dict[str, str]:
        """The form of the columns as it is shown, with what is *said* in place."""
        look = self.result(number)["look"]
        with self.app.test_request_context():
            form = columns_form(look, typed=False)
            sent = {f.name: f.data for f in form if f.name != "minor"}
        version = next(iter(self.client.get(f"{self.at}/{number}/columns").text.split(
            'name="version" value="')[1:])).split('"')[0]  # fmt: skip
        return {**{k: v or "" for k, v in sent.items()}, "version": version, **said}

    def audit(self, number: int = 1, /, **said: Any) -> Any:
        """Send the columns, and have the worker audit."""
        answer = self.client.post(f"{self.at}/{number}/columns", data=self.as_shown(number, **said))
        self.work()
        return answer

    def result(self, number: int) -> dict[str, Any]:
        """What the last run of an export said."""
        self.session.rollback()
        query = self.session.query(Run).options(undefer(Run.result))
        runs = query.filter_by(subject=str(number), state="done")
        newest = runs.order_by(Run.id.desc()).first()
        assert newest is not None
        return dict(newest.result)

    def rows(self, number: int = 1, finding: str = "") -> list[list[str]]:
        """The downloaded rows, below their head."""
        answer = self.client.get(f"{self.at}/{number}/rows.csv?finding={finding}", buffered=True)
        assert answer.status_code == 200, answer.text
        return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))[1:]
