"""A reconciliation computed: both sides read, every invoice judged, rows spooled, counts kept."""

from __future__ import annotations

import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import IO, Any

from sqlalchemy.orm import Session

from billing import ledger
from billing.billed import Billed, billed
from billing.calendars import plain
from billing.conventions import Conventions
from billing.errors import TermsError
from billing.invoices import Invoice
from billing.reconcile import Comparison, Settings, compare
from billing.summary import ACCURATE, Summary
from phases.core.models import Engagement
from phases.engineering.contracts.queries import conventions_in, each_contract
from phases.engineering.contracts.terms import contract_under, horizon_of, invoices_of
from phases.engineering.invoices.queries import billed_of
from phases.engineering.reconciliation.settings import settings_of

NAMED = 100
"""How many contracts are named where many have the same trouble."""
Progress = Callable[[int, int, str], None]
Side = dict[str, list[Billed]]


@dataclass(frozen=True)
class Job:
    """What is compared. *left* and *right* are imports; without *left* contracts are expected."""

    purpose: str
    left: tuple[int, ...]
    right: tuple[int, ...]
    first_day: date | None
    last_day: date | None
    only_named: bool
    rules: Mapping[str, Any]
    names: Mapping[str, str]
    due: date | None = None
    """Invoices to be issued after it, and after any real one, are not missing yet."""

    @property
    def settings(self) -> Settings:
        return settings_of(self.rules)


@dataclass
class Computed:
    """Rows as lines of JSON in a nameless file, and what they come to."""

    rows: IO[str]
    summary: dict[str, Any] = field(default_factory=dict)
    count: int = 0

    def each(self) -> Iterator[dict[str, Any]]:
        """Every row, from the first."""
        self.rows.seek(0)
        for line in self.rows:
            yield json.loads(line)


class _Gather:
    """Counts comparisons of the days asked for, and spools them."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.summary = Summary()
        self.cycles: dict[str, Counter[str]] = defaultdict(Counter)
        self.generated = 0
        self.problems: list[dict[str, str]] = []
        self.unbillable = 0
        self.contracts: set[str] = set()
        self.due: date | None = None
        self.computed = Computed(
            tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - read when it is kept
        )

    def add(self, one: Comparison) -> None:
        """Take one more in, if it belongs to the days asked for."""
        on = [side.issue_date for side in (one.expected, one.actual) if side is not None]
        if not any(self._within(day) for day in on):
            return
        if one.actual is None and self.due and on[0] > self.due:
            return
        self.summary.add(one)
        self.generated += one.actual is not None
        self.cycles[f"{on[0]:%Y-%m}"][one.outcome] += 1
        self.computed.count += 1
        row = _row(one, self.computed.count, full=self.job.purpose == "qa")
        self.computed.rows.write(json.dumps(row, ensure_ascii=False) + "\n")

    def _within(self, day: date) -> bool:
        first, last = self.job.first_day, self.job.last_day
        return (first is None or first <= day) and (last is None or day <= last)

    def cannot(self, contract: str, what: str) -> None:
        """A contract whose invoices nobody can expect."""
        self.unbillable += 1
        if len(self.problems) < NAMED:
            self.problems.append({"contract": contract, "what": what})

    def has_schedule(self, contract: str, expected: tuple[Invoice, ...] | None) -> None:
        """A contract that calls for invoices, be it on other days, or has not begun (None)."""
        if expected is None or expected:
            self.summary.scheduled.add(contract)

    def done(self) -> Computed:
        without = (self.summary.without_schedule | self.contracts) - self.summary.scheduled
        self.computed.summary = _summary(self, sorted(without))
        return self.computed


def _summary(gather: _Gather, without: list[str]) -> dict[str, Any]:
    found = gather.summary
    return {
        "total": found.total,
        "outcomes": dict(found.outcomes),
        "causes": dict(found.causes),
        "red_flags": found.red_flags,
        "right": sum(found.outcomes[name] for name in ACCURATE),
        "generated": gather.generated,
        "matched": found.matched,
        "lag_total": found.lag_total,
        "lag_most": found.lag_most,
        "late": found.late,
        "money": {
            code: {name: str(value) for name, value in vars(sums).items()}
            for code, sums in sorted(found.money.items())
        },
        "without_schedule": without[:NAMED],
        "without_schedule_total": len(without),
        "problems": gather.problems,
        "problems_total": gather.unbillable,
        "cycles": {month: dict(counts) for month, counts in sorted(gather.cycles.items())},
    }


def compute(session: Session, engagement: Engagement, job: Job, report: Progress) -> Computed:
    """Hold both sides of *job* against each other."""
    gather = _Gather(job)
    report(0, 0, "Reading the invoices")
    if job.purpose == "layer":
        left = [one for _, one in _numbered(session, job.left, {})]
        right = [one for _, one in _numbered(session, job.right, {})]
        for comparison in ledger.match(left, right, job.settings):
            gather.add(comparison)
        return gather.done()
    actual = _side(_numbered(session, job.right, job.names))
    if job.left:
        expected = _side(_numbered(session, job.left, job.names))
        _sides(gather, expected, actual, report)
    else:
        _contracts(session, engagement, gather, actual, report)
    return gather.done()


def _numbered(
    session: Session, imports: tuple[int, ...], names: Mapping[str, str]
) -> Iterator[tuple[int, Billed]]:
    """Invoices whose row is the id of their record."""
    for invoice_id, one in billed_of(session, list(imports), names):
        yield invoice_id, one._replace(row=invoice_id)


def _side(invoices: Iterable[tuple[int, Billed]]) -> Side:
    found: Side = {}
    for _, one in invoices:
        found.setdefault(one.contract, []).append(one)
    return found


def _sides(gather: _Gather, expected: Side, actual: Side, report: Progress) -> None:
    contracts = sorted(expected.keys() | actual.keys())
    for number, contract in enumerate(contracts):
        _one(gather, expected.pop(contract, []), actual.pop(contract, []))
        report(number, len(contracts), "Comparing")


def _contracts(
    session: Session, engagement: Engagement, gather: _Gather, actual: Side, report: Progress
) -> None:
    """Every contract's expected invoices against the real ones; then what no contract has."""
    conventions = conventions_in(session, engagement)
    total = len(actual)
    newest = max((one.issue_date for side in actual.values() for one in side), default=None)
    if gather.job.due and not gather.job.last_day:
        gather.due = max(gather.job.due, newest or gather.job.due)
    for number, (record, version) in enumerate(each_contract(session, engagement)):
        real = actual.pop(record.number, [])
        if gather.job.only_named and not real:
            continue
        gather.contracts.add(record.number)
        expected: tuple[Invoice, ...] | None
        try:
            expected = _expected(version.terms, conventions, gather.job.last_day or newest)
        except TermsError as error:
            gather.cannot(record.number, str(error.problems[0].what))
            expected = ()
        else:
            gather.has_schedule(record.number, expected)
        _one(gather, [billed(one) for one in expected or ()], real)
        session.expunge(record)
        session.expunge(version)
        report(number, max(total, number), "Comparing contracts")
    for contract_number in sorted(actual):
        _one(gather, [], actual[contract_number])


def _expected(
    terms: Any, conventions: Conventions, through: date | None
) -> tuple[Invoice, ...] | None:  # fmt: skip
    """The invoices of a contract, all of them where it has an end; None if it begins later.

    Raises:
        TermsError: it cannot be billed.
    """
    contract = contract_under(terms, conventions)
    if horizon_of(contract) is None:
        return invoices_of(contract, conventions)
    if through is not None and through < plain(contract.start):
        return None
    return invoices_of(contract, conventions, through)


def _one(gather: _Gather, expected: list[Billed], actual: list[Billed]) -> None:
    for comparison in compare(expected, actual, gather.job.settings):
        gather.add(comparison)


def _row(one: Comparison, position: int, *, full: bool) -> dict[str, Any]:
    """A comparison as a row; what was expected is told of what differs, or of all with *full*."""
    expected, actual = one.expected, one.actual
    side = actual or expected
    assert side is not None
    good = one.outcome in ACCURATE
    return {
        "position": position,
        "outcome": one.outcome,
        "contract": side.contract,
        "number": actual.number if actual else (expected.number if expected else ""),
        "kind": side.kind,
        "currency": side.currency,
        "expected_currency": expected.currency if expected else "",
        "expected_on": _text(expected and expected.issue_date),
        "issued_on": _text(actual and actual.issue_date),
        "expected_total": _amount(expected and expected.total),
        "actual_total": _amount(actual and actual.total),
        "difference": _amount(one.difference),
        "causes": ", ".join(one.causes),
        "red_flag": one.red_flag,
        "note": one.note[:200],
        "expected": _explained(expected) if expected and (full or not good) else {},
        "invoice_id": actual.row if actual else None,
        "state": "" if good else "open",
    }


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _amount(amount: Decimal | None) -> str | None:
    return None if amount is None else format(amount, "f")


def _explained(one: Billed) -> dict[str, Any]:
    """What was expected, with each line's reason."""
    found: dict[str, Any] = {
        "period_start": _text(one.period_start), "period_end": _text(one.period_end),
        "net": _amount(one.net), "tax": _amount(one.tax), "row": one.row, "lines": [],
    }  # fmt: skip
    if one.source is not None:
        found["lines"] = [
            {
                "line": line.charge.line, "words": line.explanation, "amount": _amount(line.amount),
                "quantity": _amount(line.charge.quantity),
                "unit_price": _amount(line.charge.unit_price), "discount": _amount(line.discount),
            }
            for line in one.source.lines
        ]  # fmt: skip
    else:
        found["lines"] = [
            {
                "line": line.line, "words": "", "amount": _amount(line.amount),
                "quantity": _amount(line.quantity), "unit_price": _amount(line.unit_price),
                "discount": _amount(line.discount),
            }
            for line in one.lines
        ]  # fmt: skip
    return found
