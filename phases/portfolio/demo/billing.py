"""The verbs of stories that are about contracts, invoices and the scenario pack."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from phases.engineering.contracts.payloads import hand_over, waiting
from phases.engineering.contracts.services import add_contract, set_conventions
from phases.engineering.contracts.services import confirm as confirm_contract
from phases.engineering.scenarios.services import record_run, scenario_of
from phases.engineering.template.design import Design
from phases.engineering.template.services import save as save_template
from phases.portfolio.demo.builder import Deed, Telling


def contracts(t: Telling, actor: str, said: list[dict[str, Any]]) -> None:
    """Add contracts; ``confirmed`` ones are as they were agreed."""
    for terms in said:
        words = dict(terms)
        confirmed, why = words.pop("confirmed", False), words.pop("why", "As agreed")
        record = add_contract(t.session, t.engagement, actor, _exact(words), why)
        if confirmed:
            confirm_contract(t.session, t.engagement, actor, record)


def _exact(value: Any) -> Any:
    """Terms as JSON has them: dates and numbers as text."""
    if isinstance(value, dict):
        return {name: _exact(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_exact(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value


def conventions(t: Telling, actor: str, said: dict[str, Any]) -> None:
    """Set how amounts and dates are computed."""
    set_conventions(t.session, t.engagement, actor, said)


def template(t: Telling, actor: str, said: dict[str, Any]) -> None:
    """Say how the customer's invoices look."""
    save_template(t.session, t.engagement, actor, Design(**said), None)


def tried(t: Telling, actor: str, said: dict[str, dict[str, str]]) -> None:
    """Record tries of scenarios: what was wanted, but for the totals given by their day."""
    for key, other in said.items():
        made = [
            {"issue": day, "total": str(Decimal(other.get(day, one.total))), "tax": str(one.tax),
             "lines": []}
            for one in scenario_of(key).invoices for day in [one.issue_date.isoformat()]
        ]  # fmt: skip
        record_run(t.session, t.engagement, actor, key, made)


def payloads(t: Telling, actor: str, said: dict[str, Any]) -> None:
    """Hand every version of every contract over to billing."""
    there = waiting(t.session, t.engagement)
    hand_over(
        t.session, t.again(), actor, [version.id for _, version in there.shown],
        accepted_on=said["accepted_on"].isoformat(), approved_by=said["approved_by"],
        quote=said.get("quote", ""),
    )  # fmt: skip


BILLING: dict[str, Deed] = {
    "contracts": contracts, "conventions": conventions, "invoice_template": template,
    "tried": tried, "payloads": payloads,
}  # fmt: skip
