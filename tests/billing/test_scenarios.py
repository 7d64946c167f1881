"""The scenario pack as a truth table: what was worked out by hand is what the engine computes."""

from __future__ import annotations

import pytest

from billing.calendars import plain
from billing.expect import expected_of
from billing.invoices import Invoice
from billing.proration import ONE_DAY
from billing.reading import document_of
from billing.scenarios import ALL, Scenario, WantedInvoice, WantedLine
from playbook.loader import CONTENT, load_all
from playbook.rules import Rule


def wanted(invoice: Invoice) -> WantedInvoice:
    """A computed invoice in the words of the pack."""
    lines = [
        WantedLine(
            line.charge.line,
            plain(line.charge.start),
            plain(line.charge.end) - ONE_DAY,
            line.charge.amount,
        )
        for line in invoice.lines
    ]
    return WantedInvoice(
        invoice.issue_date, invoice.due_date, by_name(lines), invoice.tax, invoice.total
    )


def by_name(lines: list[WantedLine]) -> tuple[WantedLine, ...]:
    return tuple(sorted(lines, key=lambda line: (line.line, line.start, line.amount)))


@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.key)
def test_the_invoices_are_those_worked_out_by_hand(scenario: Scenario) -> None:
    ((_, _, invoices),) = expected_of(document_of(scenario.document))

    assert [wanted(invoice) for invoice in invoices] == list(scenario.invoices)


def test_the_pack_has_some_fifty_scenarios_with_names_of_their_own() -> None:
    assert len(ALL) >= 50
    assert len({scenario.key for scenario in ALL}) == len(ALL)
    assert all(scenario.title and scenario.teaches for scenario in ALL)


def test_scenarios_apply_by_fields_of_the_profile() -> None:
    known = load_all((CONTENT,)).latest("q2c").items
    rules = [Rule.parse(scenario.applies) for scenario in ALL if scenario.applies]
    fields = {leaf.field for rule in rules for leaf in rule.leaves()}

    assert fields == {"usage_based", "methodology", "tax", "multi_currency"}
    assert all(f"profile.{field}" in known for field in fields)


@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.key)
def test_amounts_of_the_pack_add_up(scenario: Scenario) -> None:
    for invoice in scenario.invoices:
        lines = sum(line.amount for line in invoice.lines)
        inside = scenario.key == "inclusive_tax"
        discounted = "discount" in scenario.key
        if not discounted:
            assert lines + (0 if inside else invoice.tax) == invoice.total
        assert all(line.start <= line.end for line in invoice.lines)
