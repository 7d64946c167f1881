"""A register that content shares with customers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from phases.core.models import Engagement
from phases.mechanisms.page import playbook_of
from phases.mechanisms.register.models import Row
from playbook.models import Register

KEY = "Q25.register.deliverables"


@pytest.fixture
def shared(engagement: Engagement, monkeypatch: pytest.MonkeyPatch) -> Register:
    """A register of the playbook, shared with customers for this test."""
    register = playbook_of(engagement).get(KEY, Register)
    monkeypatch.setitem(register.__dict__, "portal", True)
    return register


def test_a_row_is_added_and_changed_by_a_customer(
    engagement: Engagement, portal: Callable[..., Any], session: Session, shared: Register
) -> None:
    client, base = portal(engagement)
    page = f"{base}/register/{KEY}"
    assert shared.title in client.get(page).text
    assert "State" not in client.get(f"{page}/new").text
    refused = client.post(f"{page}/new", data={"v_link": "nowhere"})
    assert refused.status_code == 422
    assert 'value="nowhere"' in refused.text
    first = next(iter(shared.columns))
    kind = {"v_kind": next(iter(shared.columns["kind"].options))}
    answer = client.post(f"{page}/new", data={f"v_{first}": "Runbook in print", **kind})
    assert answer.location == page
    row = session.query(Row).one()
    assert "Runbook in print" in client.get(page).text
    stale = {f"v_{first}": "Runbook on paper", "version": "0", **kind}
    assert client.post(f"{page}/r{row.id}", data=stale).status_code == 409
    assert client.post(f"{page}/r{row.id}", data={**stale, "version": "1"}).status_code == 302
    assert "Runbook on paper" in client.get(page).text


def test_a_register_that_is_not_shared_is_not_there(
    engagement: Engagement, portal: Callable[..., Any]
) -> None:
    client, base = portal(engagement)
    assert client.get(f"{base}/register/{KEY}").status_code == 404
    assert client.post(f"{base}/register/{KEY}/new").status_code == 404
