"""No page of engineering needs more than twelve queries, whatever there is to show."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from phases.core.models import Engagement
from phases.engineering.contracts.services import add_contract
from phases.engineering.scenarios.services import record_run
from tests.engineering.test_contract_payloads import PLAN
from tests.engineering.test_reconciliation import Desk, desk, layer, six
from tests.engineering.test_scenario_evidence import RAMPS
from tests.engineering.test_scenario_pack import right
from tests.trust.test_whole_map import statements

__all__ = ["desk", "six"]

PLACES = (
    "/contracts", "/contracts/1", "/contracts/payloads", "/contracts/scenarios",
    "/contracts/scenarios?test=Q16.test.ramp", "/contracts/scenarios/ramp_by_year", "/invoices",
    "/invoices/import/1", "/reconciliation", "/reconciliation/1", "/reconciliation/2",
    "/reconciliation?layer=bank&period=2027-03", "/reconciliation/settings", "/gate/2d",
    "/gate/C5.gate.period", "/checklist/Q16.checklist.tests", "/register/C7.register.payloads",
    "/register/C5.register.periods", "/register/Q16.register.defects",
    "/register/Q16.register.invoices", "/sheet/Q16.sheet.invoices", "/engineering",
)  # fmt: skip


@pytest.fixture
def full(desk: Desk, six: str, session: Session, engagement: Engagement) -> Desk:
    """Contracts, a wrong comparison with its defects and test invoices, a layer, scenarios."""
    exact = [str(row.id) for row in desk.rows() if not row.state][:3]
    wrong = [str(row.id) for row in desk.rows() if row.state]
    desk.client.post(f"{six}/rows", data={"rows": exact, "act": "tests"})
    desk.client.post(f"{six}/rows", data={"rows": wrong, "act": "defects"})
    place = layer(desk)
    desk.client.post(f"{place}/take", data={"key": "C5.register.periods"})
    add_contract(session, engagement, "u1", {**PLAN, "number": "C-77"})
    for key in RAMPS:
        record_run(session, engagement, "u1", key, right(key))
    session.commit()
    desk.client.post(f"{desk.at}/contracts/scenarios/tests", data={"test": "Q16.test.ramp"})
    return desk


def test_no_page_needs_more_than_twelve_queries(full: Desk) -> None:
    found = {}
    for place in PLACES:
        with statements() as seen:
            assert full.client.get(f"{full.at}{place}").status_code == 200, place
        found[place] = sum(one.lstrip().upper().startswith("SELECT") for one in seen)
    assert {place: count for place, count in found.items() if count > 12} == {}
