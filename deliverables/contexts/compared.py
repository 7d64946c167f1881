"""What the reconciliation of the test set found, invoice by invoice.

Every comparison is told: those that differ one by one, those that are exact by contract, each with
its number and amount. Of a set too large to print, the exact ones are in the table of all that is
attached to the PDF, whose hash the report names.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import groupby, islice
from typing import Any

from sqlalchemy.orm import Session

from billing.money import iso_digits
from deliverables import blocks
from deliverables.blocks import Block, Cell
from phases.core.audit import sha256
from phases.engineering.reconciliation import queries
from phases.engineering.reconciliation.export import lines_of
from phases.engineering.reconciliation.models import Outcome, Reconciliation
from phases.engineering.reconciliation.queries import Asked, Exact
from phases.engineering.reconciliation.words import CAUSES, OUTCOMES, STATES
from phases.mechanisms.situation import Situation
from phases.mechanisms.spreadsheet import csv_of

PRINTED = 2000
"""So many comparisons are printed; of more, those that are exact are attached and not printed."""
WRONG = 3000
"""So many that differ are printed one by one."""
TOGETHER = 12
"""How many exact invoices of a contract stand in one line."""
HEADS = ["Contract", "Invoice", "Expected", "Generated", "Difference", "Result", "Explanation"]
WIDTHS = (12, 14, 14, 14, 11, 15, 20)
EXACT_HEADS = ["Contract", "Invoices, each with what was expected and generated", "Together"]
EXACT_WIDTHS = (16, 66, 18)
UNBROKEN = "\u00a0"
MONEY_HEADS = ["Currency", "Expected", "Generated", "Over-billed", "Under-billed"]


def of_test_set(s: Situation) -> list[Block]:
    """Every comparison of the newest reconciliation of the test set; nothing without one."""
    session = s.records.session
    if session is None:
        return []
    done = [one for one in queries.newest(session, s.engagement) if one.purpose == "qa"]
    if not done:
        return []
    record = max(done, key=lambda one: one.id)
    return [
        blocks.heading("Every invoice that was compared"),
        *_summary(record, record.summary or {}),
        *_wrong(s, session, record),
        *_exact(s, session, record),
    ]


def _summary(record: Reconciliation, summary: Mapping[str, Any]) -> Iterator[Block]:
    yield blocks.text(
        f"Reconciliation no. {record.id}: {summary['right']:,} of {summary['total']:,} invoices"
        " equal what their contract gives, to the minor unit."
    )
    counts = [(words, summary["outcomes"].get(name, 0)) for name, (_, words) in OUTCOMES.items()]
    rows: list[list[Cell | str]] = [
        [words, blocks.cell(f"{count:,}", number=True)] for words, count in counts if count
    ]
    if rows:
        yield blocks.table("", ["Result", "Invoices"], rows, (70, 30))
    money = [_sums(code, sums) for code, sums in summary["money"].items()]
    if money:
        yield blocks.table("", MONEY_HEADS, money, (16, 21, 21, 21, 21))


def _sums(code: str, sums: Mapping[str, str]) -> list[Cell | str]:
    digits = iso_digits(code)
    names = ("expected", "billed", "over", "under")
    return [code, *(_money(Decimal(sums[name]), digits, "") for name in names)]


# --- what differs ---------------------------------------------------------------------------------


def _wrong(s: Situation, session: Session, record: Reconciliation) -> Iterator[Block]:
    rows = queries.wrong_of(session, record, WRONG)
    total = sum(count for name, count in (record.summary or {})["outcomes"].items()
                if name not in queries.RIGHT)  # fmt: skip
    if not rows:
        return
    yield blocks.heading(f"Those that differ: {total:,}")
    yield blocks.table("", HEADS, [_line(s, row) for row in rows], WIDTHS)
    if total > len(rows):
        yield blocks.text(f"The first {len(rows):,} are printed; the table attached has them all.")


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


# --- what is exact --------------------------------------------------------------------------------


def _exact(s: Situation, session: Session, record: Reconciliation) -> Iterator[Block]:
    total = (record.summary or {})["total"]
    if total > PRINTED:
        yield from _attached(s, session, record, total)
        return
    found = queries.exact_of(session, record)
    if found:
        yield blocks.heading(f"Those that are exact: {len(found):,}")
        yield blocks.table("", EXACT_HEADS, _by_contract(found), EXACT_WIDTHS)


def _by_contract(found: Iterable[Exact]) -> Iterator[list[Cell | str]]:
    """Lines of a contract's invoices, some in each, with their sum."""
    for (contract, currency), group in groupby(found, key=lambda one: (one.contract, one.currency)):
        digits = iso_digits(currency)
        while some := list(islice(group, TOGETHER)):
            said = [f"{one.name}{UNBROKEN}{one.total:,.{digits}f}" for one in some]
            total = sum((one.total for one in some), Decimal(0))
            yield [contract, "; ".join(said), _money(total, digits, currency)]


def _attached(
    s: Situation, session: Session, record: Reconciliation, total: int
) -> Iterator[Block]:  # fmt: skip
    """The whole comparison as a table within the PDF."""
    rows = queries.every(session, record, Asked(outcome="all"))
    data = csv_of(lines_of(rows, s.people))
    yield blocks.heading(f"All {total:,} comparisons")
    yield blocks.attachment(
        f"reconciliation-{record.id}.csv", "Every comparison, the exact ones too", sha256(data),
        base64.b64encode(zlib.compress(data, 9)).decode(),
    )  # fmt: skip
