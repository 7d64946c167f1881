"""What a billing tool made of a scenario, held against the invoices worked out by hand. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from billing.billed import Billed, BilledLine
from billing.parts import iso_day
from billing.reconcile import NO_TOLERANCE, Comparison, compare
from billing.scenarios import ALL, Scenario, WantedInvoice
from playbook.rules import Rule

EXACT, DIFFERENT = "exact", "different"
BY_KEY = {scenario.key: scenario for scenario in ALL}
TESTS: Mapping[str, tuple[str, ...]] = {
    "Q16.test.annual_monthly": ("annual_billed_monthly", "annual_not_divisible"),
    "Q16.test.ramp": ("ramp_by_year", "ramp_of_seats", "ramp_inside_a_month"),
    "Q16.test.mid_contract": (
        "upgrade_mid_cycle", "downgrade_mid_cycle", "seats_added", "upgrade_at_next_period",
        "credit_memo", "cancelled_on_day_one", "cancelled_on_day_one_after_billing",
        "cancelled_in_arrears", "coterm", "line_added", "line_removed", "extended", "paused",
        "rate_changed",
    ),
    "Q16.test.usage": (
        "graduated_usage", "volume_usage", "packages", "zero_usage", "percentage_with_fixed_part",
        "included_units", "minimum_true_up", "commitment_true_up", "overage", "rate_changed",
    ),
    "Q16.test.currency": ("yen", "dinar", "euro"),
    "Q16.test.tax": (
        "inclusive_tax", "two_jurisdictions", "reverse_charge", "tax_on_each_line", "credit_memo",
        "discount_on_the_whole",
    ),
    "Q16.test.totals": ("introductory_discount", "discount_on_the_whole", "setup_fee"),
    "Q16.test.line_items": ("milestones", "setup_fee", "two_instalments", "end_of_month_terms"),
}  # fmt: skip
"""The technical tests that a scenario is evidence for; every other goes for the schedules."""

SCHEDULES = "Q16.test.schedules"


class Unreadable(Exception):
    """A value typed that is none: the place it was typed in, and why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


@dataclass(frozen=True)
class Verdict:
    """One invoice of a scenario beside what the tool made of it."""

    outcome: str
    wanted: Billed | None
    made: Billed | None
    difference: str
    causes: tuple[str, ...]


def tests_of(key: str) -> tuple[str, ...]:
    """The technical tests that the scenario *key* is evidence for."""
    return tuple(test for test, keys in TESTS.items() if key in keys) or (SCHEDULES,)


def applies(scenario: Scenario, profile: Mapping[str, Any]) -> bool:
    """Whether *scenario* is worth trying for an engagement with this profile."""
    return scenario.applies is None or Rule.parse(scenario.applies).holds(profile)


def currency_of(scenario: Scenario) -> str:
    """The currency of its contract."""
    return str(scenario.document["contracts"][0]["currency"])


def wanted_of(scenario: Scenario) -> list[Billed]:
    """The invoices worked out by hand."""
    return [_wanted(scenario, one) for one in scenario.invoices]


def _wanted(scenario: Scenario, one: WantedInvoice) -> Billed:
    end = max((line.end for line in one.lines), default=one.issue_date) + timedelta(days=1)
    return Billed(
        scenario.key, currency_of(scenario), one.issue_date, one.total,
        "credit_note" if one.total < 0 else "invoice", "",
        min((line.start for line in one.lines), default=one.issue_date), end, one.total - one.tax,
        one.tax, tuple(BilledLine(line.line, line.amount) for line in one.lines),
    )  # fmt: skip


def made_of(scenario: Scenario, recorded: Iterable[Mapping[str, Any]]) -> list[Billed]:
    """What the tool made, as recorded; nobody records a period, so it is that of the day's
    invoice."""
    days = {one.issue_date: one for one in wanted_of(scenario)}
    return [
        Billed(
            scenario.key, currency_of(scenario), iso_day(one["issue"]), Decimal(one["total"]),
            "credit_note" if Decimal(one["total"]) < 0 else "invoice",
            tax=Decimal(one["tax"]) if one.get("tax") else None,
            net=Decimal(one["total"]) - Decimal(one["tax"]) if one.get("tax") else None,
            lines=tuple(
                BilledLine(line["line"], Decimal(line["amount"])) for line in one.get("lines", ())
            ), row=row, **_period(days.get(iso_day(one["issue"]))),
        )
        for row, one in enumerate(recorded, 1)
    ]  # fmt: skip


def _period(wanted: Billed | None) -> dict[str, Any]:
    if wanted is None:
        return {}
    return {"period_start": wanted.period_start, "period_end": wanted.period_end}


def verdicts(scenario: Scenario, recorded: Iterable[Mapping[str, Any]]) -> list[Verdict]:
    """Each invoice with how it ended, in order of issue."""
    found = compare(wanted_of(scenario), made_of(scenario, recorded), NO_TOLERANCE)
    return sorted((_verdict(one) for one in found), key=_day)


def _verdict(one: Comparison) -> Verdict:
    outcome, causes = one.outcome, one.causes
    late = one.lag_days
    lines = _other_lines(one)
    if outcome == EXACT and (late or lines):
        outcome = DIFFERENT
        causes = tuple(filter(None, ("issue date" if late else "", lines)))
    return Verdict(outcome, one.expected, one.actual, f"{one.difference:+}", causes)


def _other_lines(one: Comparison) -> str:
    """Whether recorded lines are other ones, where the totals agree."""
    if one.expected is None or one.actual is None or not one.actual.lines:
        return ""
    wanted = sorted(line.amount for line in one.expected.lines)
    made = sorted(line.amount for line in one.actual.lines)
    return "" if wanted == made else "amounts of lines"


def _day(one: Verdict) -> date:
    found = one.wanted or one.made
    assert found is not None
    return found.issue_date


def outcome_of(found: Sequence[Verdict]) -> str:
    """Exact where every invoice is, to the minor unit; an empty list is what was wanted."""
    return EXACT if all(one.outcome == EXACT for one in found) else DIFFERENT


MOST = 60


def recorded_of(rows: Iterable[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Rows of issue, total, tax, line and amount as invoices; a row without a total gives the
    invoice above one more line.

    Raises:
        Unreadable: a value is none; the field has the row's number before its name.
    """
    found: list[dict[str, Any]] = []
    for number, row in enumerate(rows, 1):
        said = {name: value.strip() for name, value in row.items() if value and value.strip()}
        if not said:
            continue
        if "total" in said or "issue" in said:
            found.append(_invoice(number, said))
        elif not found:
            raise Unreadable(f"{number}:issue", f"Row {number}: give the day of issue and total.")
        if "amount" in said or "line" in said:
            amount = _amount(number, "amount", said)
            found[-1]["lines"].append({"line": said.get("line", "")[:120], "amount": amount})
    if len(found) > MOST:
        raise Unreadable("1:issue", f"{len(found)} invoices; {MOST} are the most.")
    return found


def _invoice(number: int, said: Mapping[str, str]) -> dict[str, Any]:
    try:
        issue = iso_day(said.get("issue", "")).isoformat()
    except ValueError:
        raise Unreadable(
            f"{number}:issue", f"Row {number}: write the day of issue as 2026-11-20."
        ) from None
    tax = _amount(number, "tax", said) if "tax" in said else ""
    return {"issue": issue, "total": _amount(number, "total", said), "tax": tax, "lines": []}


def _amount(number: int, name: str, said: Mapping[str, str]) -> str:
    text = said.get(name, "").replace(",", "") if "." in said.get(name, "") else said.get(name, "")
    try:
        value = Decimal(text)
    except ArithmeticError:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value) > 10**15 or len(text) > 40:
        raise Unreadable(f"{number}:{name}", f"Row {number}: write the {name} as 1234.56.")
    return f"{value:f}"
