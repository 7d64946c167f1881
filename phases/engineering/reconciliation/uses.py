"""What a reconciliation's figures are used for: readings, monthly checks, test invoices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.money import iso_digits
from phases.core import audit
from phases.core.errors import BadValue
from phases.engineering.invoices.models import InvoiceImport, InvoiceRecord
from phases.engineering.invoices.queries import invoice_with_lines
from phases.engineering.reconciliation import events
from phases.engineering.reconciliation.models import Outcome, Reconciliation
from phases.engineering.reconciliation.queries import days_of
from phases.engineering.reconciliation.services import subject_of
from phases.mechanisms.metric.judge import first_day
from phases.mechanisms.metric.models import Reading
from phases.mechanisms.metric.services import take_reading
from phases.mechanisms.metric.words import period_words, value_words
from phases.mechanisms.register.services import add_row, change_row
from phases.mechanisms.schedule.queries import task_occurrences
from phases.mechanisms.schedule.services import record_occurrence
from phases.mechanisms.situation import Situation
from playbook.models import Metric, Register, Schedule

ACCURACY = {"hypercare": "Q18.metric.invoice_accuracy", "monthly": "Q30.metric.accuracy"}
LAG = {"hypercare": "Q18.metric.billing_lag", "monthly": "Q30.metric.billing_lag"}
CHECKS = "Q20.schedule.maintenance"
CHECK_ACCURACY, CHECK_CONTRACTS = "Q20.monthly.accuracy", "Q20.monthly.contracts"
TESTS = "Q16.register.invoices"
MOST_TESTS = 5
HOURS = 24


@dataclass(frozen=True)
class Offer:
    """A reading or a check that can be taken from a reconciliation. ``taken`` is the value that
    stands there now, if any."""

    key: str
    title: str
    period: str
    value: str
    on: date
    numerator: int | None = None
    denominator: int | None = None
    hours: int | None = None
    taken: str = ""
    result: str = ""
    note: str = ""


def offers(s: Situation, record: Reconciliation) -> list[Offer]:
    """What can be taken from *record* by one click, as far as it applies here."""
    if record.summary is None:
        return []
    return [*_readings(s, record, record.summary), *_checks(s, record, record.summary)]


def _readings(s: Situation, record: Reconciliation, summary: dict[str, Any]) -> list[Offer]:
    found = []
    right, generated = summary["right"], summary["generated"]
    worst = max(summary["lag_most"], 0) * HOURS
    for keys, figures in (
        (ACCURACY, {"numerator": right, "denominator": generated,
                    "value": f"{right} of {generated} invoices"}),
        (LAG, {"hours": worst, "value": f"{worst} hours, by days"}),
    ):  # fmt: skip
        metric = s.playbook.items.get(keys.get(record.purpose, ""))
        if not isinstance(metric, Metric) or not s.applies(metric):
            continue
        if keys is LAG and not summary["matched"]:
            continue
        on = first_day(metric.period, min(record.last_day or s.today, s.today))
        there = _reading(s, metric, on)
        found.append(Offer(
            metric.key, s.plain(metric.title), period_words(metric.period, on), on=on,
            taken=value_words(metric.unit, there.value) if there else "",
            note=_note(record, summary), **figures,
        ))  # fmt: skip
    return found


def _reading(s: Situation, metric: Metric, on: date) -> Reading | None:
    readings = s.records.readings.get(metric.key, [])
    return next((one for one in readings if one.period == on and not one.subject), None)


def _note(record: Reconciliation, summary: dict[str, Any]) -> str:
    missing = summary["outcomes"].get("missing", 0)
    more = f"; {missing} expected invoices were missing" if missing else ""
    days = days_of(record.first_day, record.last_day)
    return f"Computed from reconciliation no. {record.id}, {days}{more}."


def _checks(s: Situation, record: Reconciliation, summary: dict[str, Any]) -> list[Offer]:
    """The monthly checks that a monthly reconciliation answers."""
    schedule = s.playbook.items.get(CHECKS)
    if record.purpose != "monthly" or not isinstance(schedule, Schedule):
        return []
    if not s.applies(schedule):
        return []
    found = []
    red, without = summary["red_flags"], summary["without_schedule_total"]
    for key, bad, words in (
        (CHECK_ACCURACY, red, f"{red} differences beyond the red flag"),
        (CHECK_CONTRACTS, without, f"{without} contracts without a billing schedule"),
    ):
        task = schedule.tasks.get(key)
        if task is None or not s.applies(task):
            continue
        due = [one for one in task_occurrences(s, schedule, task, s.horizon)
               if one.state in ("due", "overdue", "upcoming")]  # fmt: skip
        if due:
            found.append(Offer(
                key, s.plain(task.title), f"due {due[0].due.day} {due[0].due:%b %Y}", words,
                due[0].due, result="red_flag" if bad else "ok",
                note=f"{words}. {_note(record, summary)}",
            ))  # fmt: skip
    return found


def take(session: Session, s: Situation, actor: str, record: Reconciliation, key: str) -> Offer:
    """Take one offer: a reading with its numerator and denominator, or a check's result.

    Raises:
        BadValue: it is not offered.
    """
    offer = next((one for one in offers(s, record) if one.key == key), None)
    if offer is None:
        raise BadValue("key", "This cannot be taken from the reconciliation.")
    if offer.result:
        record_occurrence(session, s, actor, CHECKS, key, offer.on, offer.result, offer.note)
        return offer
    there = _reading(s, s.playbook.get(key, Metric), offer.on)
    take_reading(
        session, s, actor, key, offer.on, numerator=offer.numerator,
        denominator=offer.denominator, value=offer.hours, note=offer.note,
        version=there.version if there else None,
    )  # fmt: skip
    return offer


# --- test invoices --------------------------------------------------------------------------------


def takes_tests(s: Situation, record: Reconciliation) -> bool:
    """Whether invoices of *record* can be put before the customer."""
    return takes_rows(s, record, TESTS)


def takes_rows(s: Situation, record: Reconciliation, key: str) -> bool:
    """Whether invoices of *record*, a finished test, can become rows of the register *key*."""
    register = s.playbook.items.get(key)
    return (record.purpose == "qa" and record.summary is not None
            and isinstance(register, Register) and s.applies(register))  # fmt: skip


def put_tests(
    session: Session, s: Situation, actor: str, record: Reconciliation, ids: list[int]
) -> int:
    """Put three to five compared invoices before the customer, beside what was expected.

    One that is there already for the same contract is brought up to date. How many there were.

    Raises:
        BadValue: none is chosen, too many are, or one has no invoice.
    """
    rows = list(session.scalars(select(Outcome).where(
        Outcome.reconciliation_id == record.id, Outcome.id.in_(ids)
    ).order_by(Outcome.position)))  # fmt: skip
    if not rows:
        raise BadValue("rows", "Tick the invoices to put before the customer.")
    if len(rows) > MOST_TESTS:
        what = f"Three to five invoices are put before the customer, not {len(rows)}."
        raise BadValue("rows", what)
    for row in rows:
        if row.actual_total is None or row.expected_total is None:
            which = row.number or row.contract
            what = f"“{which}” has only one side; choose invoices that were matched."
            raise BadValue("rows", what)
    for row in rows:
        _put(session, s, actor, row)
    refs = tuple(row.test_row for row in rows)
    audit.record(
        session, s.engagement, actor, events.InvoicesPutBeforeCustomer(subject_of(record), refs)
    )
    session.flush()
    return len(rows)


def _put(session: Session, s: Situation, actor: str, row: Outcome) -> None:
    values = test_values(session, s, row)
    ref = _there(session, s, row)
    if ref:
        change_row(session, s, actor, TESTS, ref, values=values)
        row.test_row = ref
    else:
        row.test_row = f"r{add_row(session, s, actor, TESTS, values=values).id}"


def _there(session: Session, s: Situation, row: Outcome) -> str:
    """The row that shows this invoice to the customer already, perhaps put there by an earlier
    comparison."""
    ref = session.scalar(
        select(Outcome.test_row)
        .where(Outcome.engagement_id == s.engagement.id, Outcome.contract == row.contract,
               Outcome.test_row != "", Outcome.expected_on == row.expected_on)
        .order_by(Outcome.id.desc()).limit(1)
    )  # fmt: skip
    live = {f"r{one.id}" for one in s.records.rows.get(TESTS, []) if one.removed_at is None}
    return ref if ref in live else ""


def test_values(session: Session, s: Situation, row: Outcome) -> dict[str, Any]:
    """What the customer is shown of an invoice, in the columns of the test invoices."""
    register = s.playbook.get(TESTS, Register)
    digits = iso_digits(row.currency)
    found: dict[str, Any] = {
        "contract_ref": f"{row.contract}, {row.expected_on:%b %Y}",
        "invoice_ref": row.number,
        "currency": row.currency,
        "expected_total": _money(row.expected_total, digits),
        "actual_total": _money(row.actual_total, digits),
        "comparison": comparison(session, s, row),
    }
    by_hand = _by_hand(session, s, row)
    if by_hand is not None:
        found["manual_total"] = _money(by_hand, digits)
    return {name: value for name, value in found.items() if name in register.columns}


def _day(day: date | None) -> str:
    return f"{day.day} {day:%b %Y}" if day else "no day"


def _by_hand(session: Session, s: Situation, row: Outcome) -> Decimal | None:
    """What Finance invoiced by hand for the same contract that day, if it is one amount."""
    days = [day for day in (row.expected_on, row.issued_on) if day]
    found = set(session.scalars(
        select(InvoiceRecord.total)
        .join(InvoiceImport, InvoiceImport.id == InvoiceRecord.import_id)
        .where(InvoiceRecord.engagement_id == s.engagement.id, InvoiceImport.side == "hand",
               InvoiceImport.state == "done", InvoiceRecord.contract == row.contract,
               InvoiceRecord.issue_date.in_(days))
    ))  # fmt: skip
    return found.pop() if len(found) == 1 else None


def _money(amount: Decimal | None, digits: int) -> str:
    return "" if amount is None else f"{amount:.{digits}f}"


def _read(amount: Decimal | None, digits: int) -> str:
    """An amount in a sentence."""
    return "nothing" if amount is None else f"{amount:,.{digits}f}"


def comparison(session: Session, s: Situation, row: Outcome) -> str:
    """Expected beside generated, line by line, as text."""
    digits = iso_digits(row.currency)
    code = row.expected_currency or row.currency
    expected = _read(row.expected_total, digits)
    lines = [f"Expected {expected} {code}, on {_day(row.expected_on)}."]
    for line in row.expected.get("lines", [])[:20]:
        amount = _read(Decimal(line["amount"]), digits)
        lines.append(f"{line['line']}, {line['words'] or 'as agreed'}: {amount}.")
    if row.expected.get("tax"):
        lines.append(f"Tax: {_read(Decimal(row.expected['tax']), digits)}.")
    lines.append(
        f"Generated {_read(row.actual_total, digits)} {row.currency}, on {_day(row.issued_on)}."
    )
    found = invoice_with_lines(session, s.engagement, row.invoice_id)
    if found is not None:
        invoice, file, real = found
        lines += [f"{one.line or 'line'}: {_read(one.amount, digits)}." for one in real[:20]]
        if invoice.tax is not None:
            lines.append(f"Tax: {_read(invoice.tax, digits)}.")
        lines.append(f"From {file.file_name}, line {invoice.row}.")
    if row.causes and row.state:
        lines.append(f"Differs, probably because of: {row.causes}.")
    return "\n".join(lines)


def standing_of(s: Situation, refs: list[str]) -> dict[str, str]:
    """The state of the test invoices named, in words."""
    register = s.playbook.items.get(TESTS)
    if not isinstance(register, Register):
        return {}
    rows = {f"r{one.id}": one.state for one in s.records.rows.get(TESTS, [])}
    return {ref: register.states[rows[ref]].title for ref in refs if ref in rows}
