"""Test invoices that are wrong, entered as defects, each once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.money import iso_digits
from phases.core.audit import sha256
from phases.core.errors import BadValue
from phases.engineering.reconciliation.models import Outcome, Reconciliation
from phases.engineering.reconciliation.uses import takes_rows
from phases.engineering.reconciliation.words import ACCURATE, OUTCOMES
from phases.mechanisms.register.queries import register_of
from phases.mechanisms.register.rules import new_entry
from phases.mechanisms.register.services import insert, next_position
from phases.mechanisms.situation import Situation
from playbook.models import Register

REGISTER = "Q16.register.defects"
FROM = "from:invoice:"
MOST = 50
TESTS = {
    "tax": "tax", "currency": "currency", "proration": "mid_contract", "rounding": "totals",
    "quantity": "line_items", "discount": "line_items", "stale price": "line_items",
}  # fmt: skip
"""The technical test that a cause belongs to; every other goes to the schedules."""
SCHEDULES = "schedules"


def takes_defects(s: Situation, record: Reconciliation) -> bool:
    """Whether wrong invoices of *record* can be entered as defects."""
    return takes_rows(s, record, REGISTER)


def enter(
    session: Session, s: Situation, actor: str, record: Reconciliation, ids: list[int]
) -> int:
    """Enter the rows with these ids as defects; one that is entered stays. How many are new.

    Raises:
        BadValue: none of them is wrong, or there are too many.
    """
    rows = list(session.scalars(select(Outcome).where(
        Outcome.reconciliation_id == record.id, Outcome.id.in_(ids),
        Outcome.outcome.not_in(ACCURATE),
    ).order_by(Outcome.position)))  # fmt: skip
    if not rows:
        raise BadValue("rows", "Tick the invoices that are wrong.")
    if len(rows) > MOST:
        raise BadValue("rows", f"Enter at most {MOST} defects at once; many have one cause.")
    register = register_of(s, REGISTER)
    known = {row.seed for row in s.records.rows.get(REGISTER, ()) if row.seed}
    new = {key: row for row in rows if (key := key_of(row)) not in known}
    position = next_position(session, s, register)
    for place, (key, row) in enumerate(new.items()):
        entry = new_entry(s, register, values=_values(s, register, row), owner=row.owner)
        s.records.keep(insert(session, s, actor, register, position + place, entry, key))
    return len(new)


def key_of(row: Outcome) -> str:
    """What a wrong invoice is known by, in whichever comparison it is found."""
    parts = (row.contract, row.number, str(row.expected_on or ""), row.outcome, row.causes)
    return f"{FROM}{sha256('|'.join(parts))[:32]}"


def _values(s: Situation, register: Register, row: Outcome) -> dict[str, Any]:
    test = TESTS.get(row.causes.split(", ")[0], SCHEDULES)
    return {
        "summary": said_of(row)[:300], "severity": "critical", "found_on": s.today.isoformat(),
        "test": test if test in register.columns["test"].options else SCHEDULES,
    }  # fmt: skip


def said_of(row: Outcome) -> str:
    """What is wrong with an invoice, in a line."""
    which = f"{row.number} of {row.contract}" if row.number and row.contract else (
        row.number or row.contract
    )  # fmt: skip
    sides = [
        f"{word} {_money(amount, code)}"
        for word, amount, code in (("expected", row.expected_total, row.expected_currency),
                                   ("generated", row.actual_total, row.currency))
        if amount is not None
    ]  # fmt: skip
    about = "" if row.causes in ("", row.outcome) else f", probably {row.causes}"
    return f"{which}: {OUTCOMES[row.outcome][1].lower()}{about}; {', '.join(sides)}"


def _money(amount: Decimal, code: str) -> str:
    return f"{amount:,.{iso_digits(code)}f} {code}"
