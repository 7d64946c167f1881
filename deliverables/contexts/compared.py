"""What the reconciliation of the test set found, invoice by invoice."""

from __future__ import annotations

from decimal import Decimal

from billing.money import iso_digits
from deliverables import blocks
from deliverables.blocks import Block, Cell
from phases.engineering.reconciliation import queries
from phases.engineering.reconciliation.models import Outcome
from phases.engineering.reconciliation.words import CAUSES, OUTCOMES, STATES
from phases.mechanisms.situation import Situation

MOST = 400
"""So many invoices are printed one by one; of more, those that are wrong come first."""
HEADS = ["Contract", "Invoice", "Expected", "Generated", "Difference", "Result", "Explanation"]
WIDTHS = (12, 14, 14, 14, 11, 15, 20)


def of_test_set(s: Situation) -> list[Block]:
    """Every comparison of the newest reconciliation of the test set; nothing without one."""
    session = s.records.session
    if session is None:
        return []
    done = [one for one in queries.newest(session, s.engagement) if one.purpose == "qa"]
    if not done:
        return []
    record = max(done, key=lambda one: one.id)
    rows = queries.first_of(session, record, MOST)
    summary = record.summary or {}
    words = (
        f"Reconciliation no. {record.id}: {summary['right']:,} of {summary['total']:,} invoices"
        " equal what their contract gives, to the minor unit."
    )
    if summary["total"] > len(rows):
        words += f" The first {len(rows):,} are listed, those that are wrong before the others."
    return [
        blocks.heading("Every invoice that was compared"),
        blocks.text(words),
        *([blocks.table("", HEADS, [_line(s, row) for row in rows], WIDTHS)] if rows else []),
    ]


def _line(s: Situation, row: Outcome) -> list[Cell | str]:
    digits = iso_digits(row.currency)
    why = [CAUSES.get(row.cause, row.causes.capitalize()), row.resolution]
    result = OUTCOMES[row.outcome][1]
    if row.state:
        result += f", {STATES[row.state][1].lower()}"
    return [
        row.contract,
        row.number,
        _money(row.expected_total, digits, row.expected_currency),
        _money(row.actual_total, digits, row.currency),
        _money(row.difference or None, digits, ""),
        blocks.cell(result, note=s.people.name(row.owner)),
        ": ".join(part for part in why if part) if row.state else "",
    ]


def _money(amount: Decimal | None, digits: int, currency: str) -> Cell | str:
    if amount is None:
        return blocks.cell("", number=True)
    return blocks.cell(f"{amount:,.{digits}f} {currency}".strip(), number=True)
