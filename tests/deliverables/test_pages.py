"""The page of documents: drafts, issuing, copies."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from deliverables.services import render_issued
from phases.core.models import IssuedDocument, OutboxJob
from phases.core.outbox import Job

KEY = "Q25.document.maintenance"


@pytest.fixture
def base(engagement):
    return f"/e/{engagement.slug}/documents"


def copies(session):
    return list(session.scalars(select(IssuedDocument).order_by(IssuedDocument.number)))


def carry_out(session):
    """Do what the worker does with the jobs that issuing left."""
    jobs = session.scalars(select(OutboxJob).where(OutboxJob.kind == "render_document"))
    for job in [Job(j.id, j.kind, j.data, j.engagement_id, 1) for j in jobs]:
        render_issued(session, job)


def test_a_draft_of_a_new_engagement_is_a_sound_pdf_and_is_not_made_twice(staff, base):
    client = staff("architect")
    first = client.get(f"{base}/Q25.document.configuration/draft.pdf")
    assert first.status_code == 200
    assert first.data.startswith(b"%PDF-1.7")
    again = client.get(
        f"{base}/Q25.document.configuration/draft.pdf",
        headers={"If-None-Match": first.headers["ETag"]},
    )
    assert again.status_code == 304
