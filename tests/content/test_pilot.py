"""The gates around a pilot (P2, P6): each line met and unmet, judged from records alone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from phases.core.models import Engagement, Input
from phases.gates.checks import CHECKS
from phases.gates.judge import decide
from phases.mechanisms.checklist.models import StepRecord
from phases.mechanisms.metric.models import Reading
from phases.mechanisms.records import Records
from phases.mechanisms.register.models import Row
from phases.mechanisms.sheet.models import SignOff
from phases.mechanisms.sheet.queries import statement_views
from phases.mechanisms.situation import Situation
from playbook.book import Playbook
from playbook.models import Gate, Register, Sheet

TODAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ON = {"scope": "single_tool", "methodology": "contract_based", "path": "full", "pilot": True}


@pytest.fixture(scope="session")
def playbook(library: Any) -> Playbook:
    book: Playbook = library.latest("q2c")
    return book


NUMBERS = count(1)
PILOT_ROW = {
    "pilot": "Reminders, domestic subscriptions",
    "candidate": ["P1.register.candidates/P1.candidate.reminders"],
    "cohorts": ["P3.register.cohorts/r1"],
    "trigger": "Seven days before the due date",
    "rule": "One mail with the invoice",
    "fallback": "Disputed invoices go to Finance",
    "success_metric": "days_to_pay",
    "success_target": "Three days fewer than control",
    "ends_on": "2027-01-31",
    "rollback_disable": "Switch off in the billing tool",
    "rollback_restore": "Nothing was changed",
    "rollback_tell": "Support writes to the cohort",
    "words_tested": "tested",
    "core_unchanged": "Settings compared by the engineer",
}
COHORT = {
    "cohort": "US monthly", "customer_type": "Subscription", "geography": "US",
    "billing_frequency": "monthly", "complexity": "simple", "risk": "low", "base": "400",
    "pilot": "80", "control": "80", "wave": "1",
}  # fmt: skip
DIAGNOSED = ("P1.interview.finance", "P1.interview.sales", "P1.interview.support")
RESULT = {
    "result": "US monthly, first round", "cohort": ["P3.register.cohorts/r1"], "pilot_figure": "24",
    "control_figure": "29", "chance": "Interval from 3 to 7 days", "why": "They had forgotten",
}  # fmt: skip


def row(register: str, state: str, values: dict[str, Any]) -> Row:
    number = next(NUMBERS)
    return Row(
        id=number, register=register, position=number, title=str(next(iter(values.values()))),
        state=state, values=values, version=1, owner="", standing="ASSUMED", changed_by="u1",
        changed_at=NOON,
    )  # fmt: skip


def rows(*found: Row) -> dict[str, list[Row]]:
    kept: dict[str, list[Row]] = {}
    for one in found:
        kept.setdefault(one.register, []).append(one)
    return kept


def steps(*keys: str) -> dict[str, StepRecord]:
    return {
        key: StepRecord(
            key=key, state="done", owner="", note="Said so.", evidence="Said so.", version=1,
            changed_by="u1", changed_at=NOON,
        )
        for key in keys
    }  # fmt: skip


def bottleneck(standing: str = "CONFIRMED") -> dict[str, Input]:
    key = "P1.input.bottleneck"
    return {key: Input(key=key, value="reminders", standing=standing, version=1)}


def tickets(subject: str, *counts: int) -> list[Reading]:
    key = "P4.metric.support_tickets"
    return [
        Reading(
            metric=key, period=date(2026, 11, 2 + 7 * week), subject=subject,
            numerator=Decimal(number), denominator=Decimal(100), value=Decimal(number), version=1,
        )
        for week, number in enumerate(counts)
    ]  # fmt: skip


def situation(playbook: Playbook, **records: Any) -> Situation:
    engagement = Engagement(
        id=1, slug="acme", customer="Acme", playbook_name="q2c", playbook_version="1.0",
        time_zone="UTC", country="US", created_at=NOON, chain_head="", chain_length=0,
    )  # fmt: skip
    s = Situation(playbook, Records.of(engagement, **records), TODAY, CHECKS)
    s.__dict__["profile"] = dict(ON)
    return s


def ready(
    *, pilot: dict[str, Any] | None = None, cohort: dict[str, Any] | None = None,
    assigned: str = "assigned", done: tuple[str, ...] = DIAGNOSED, standing: str = "CONFIRMED",
    state: str = "draft",
) -> dict[str, Any]:  # fmt: skip
    """The records of a pilot with nothing missing, except as told."""
    return {
        "steps": steps(*done),
        "inputs": bottleneck(standing),
        "rows": rows(
            row("P2.register.pilots", state, PILOT_ROW | (pilot or {})),
            row("P3.register.cohorts", assigned, COHORT | (cohort or {})),
        ),
    }


def unmet(s: Situation, gate: str) -> list[str]:
    return [r.criterion.key for r in decide(s.playbook.get(gate, Gate), s).unmet]


def test_a_pilot_with_everything_in_place_may_start(playbook: Playbook) -> None:
    assert unmet(situation(playbook, **ready()), "P2.gate.start") == []


def test_without_a_pilot_nothing_starts(playbook: Playbook) -> None:
    missing = unmet(situation(playbook), "P2.gate.start")
    assert missing == list(playbook.get("P2.gate.start", Gate).criteria)


@pytest.mark.parametrize(
    ("told", "criterion"),
    [
        *(({"done": tuple(k for k in DIAGNOSED if k != key)}, "diagnosis") for key in DIAGNOSED),
        ({"standing": "ASSUMED"}, "diagnosis"),
        *(({"pilot": {name: ""}}, "rule") for name in ("trigger", "rule", "fallback")),
        *(
            ({"pilot": {name: None}}, "success_metric")
            for name in ("success_metric", "success_target", "ends_on")
        ),
        *(
            ({"pilot": {name: ""}}, "rollback")
            for name in ("rollback_disable", "rollback_restore", "rollback_tell")
        ),
        ({"pilot": {"words_tested": None}}, "words"),
        ({"pilot": {"core_unchanged": ""}}, "core"),
        ({"assigned": "planned"}, "cohorts"),
        ({"cohort": {"control": None}}, "cohorts"),
        ({"cohort": {"base": None}}, "cohorts"),
    ],
)
def test_one_thing_missing_keeps_a_pilot_from_starting(
    playbook: Playbook, told: dict[str, Any], criterion: str
) -> None:
    found = unmet(situation(playbook, **ready(**told)), "P2.gate.start")
    assert found == [f"P2.criterion.{criterion}"]


def test_a_parked_pilot_stands_in_nobodys_way(playbook: Playbook) -> None:
    records = ready()
    records["rows"]["P2.register.pilots"].append(
        row("P2.register.pilots", "parked", {"pilot": "Payment link"})
    )
    assert unmet(situation(playbook, **records), "P2.gate.start") == []


def test_a_pilot_runs_only_past_its_gate_and_with_its_plan(playbook: Playbook) -> None:
    states = playbook.get("P2.register.pilots", Register).states
    assert states["running"].guard == "P2.gate.start"
    plan = {"success_metric", "success_target", "rollback_disable", "rollback_restore"}
    assert plan | {"trigger", "rule", "fallback", "rollback_tell"} <= set(states["running"].needs)
    assert [slug for slug, state in states.items() if "running" in state.next] == [
        "draft", "judged",
    ]  # fmt: skip
    assert states["scaled"].guard == "P6.gate.scale"


def test_the_rollout_record_is_only_added_to(playbook: Playbook) -> None:
    register = playbook.get("P5.register.rollout", Register)
    assert register.append_only
    required = [slug for slug, column in register.columns.items() if column.required]
    assert required == ["entry", "happened_on", "kind", "included"]
    assert "outcome" in register.columns


def won(*states: str, cohorts: tuple[str, ...] = ()) -> list[Row]:
    """Results in these states, each of a cohort of its own if none are named."""
    named = cohorts or tuple(f"Cohort {n}" for n, _ in enumerate(states))
    each = {name: row("P3.register.cohorts", "assigned", {"cohort": name}) for name in named}
    refs = [f"P3.register.cohorts/r{each[name].id}" for name in named]
    results = [
        row("P6.register.results", state, RESULT | {"cohort": [ref]})
        for state, ref in zip(states, refs, strict=True)
    ]
    return [*each.values(), *results]


def scaled(
    playbook: Playbook, states: tuple[str, ...] = ("won", "won"),
    counts: tuple[int, ...] = (9, 7), roles: tuple[str, ...] = (),
    control: tuple[int, ...] = (9, 9), refused: str = "", cohorts: tuple[str, ...] = (),
) -> Situation:  # fmt: skip
    """The records of a pilot that may be scaled, except as told."""
    kept = rows(row("P2.register.pilots", "judged", PILOT_ROW), *won(*states, cohorts=cohorts))
    readings = {
        "P4.metric.support_tickets": [*tickets("pilot", *counts), *tickets("control", *control)]
    }
    s = situation(playbook, rows=kept, readings=readings)
    sheet = playbook.get("P6.sheet.agreement", Sheet)
    for view in statement_views(s, sheet):
        for role in roles or sheet.roles:
            s.records.sign_offs.append(
                SignOff(
                    sheet=sheet.key, statement=view.key, role=role, approved=role != refused,
                    comment="No." if role == refused else "", content=view.content,
                    sha256=view.sha256, signer="c1", name="Somebody", at=NOON,
                )
            )  # fmt: skip
    return s


def test_a_pilot_that_wins_twice_and_that_all_want_may_be_scaled(playbook: Playbook) -> None:
    assert unmet(scaled(playbook), "P6.gate.scale") == []


@pytest.mark.parametrize(
    ("states", "repeated"),
    [
        ((), False),
        (("won",), False),
        (("won", "open"), False),
        (("won", "won", "not_won"), False),
        (("won", "won"), True),
        (("won", "won", "won"), True),
        (("won", "won", "retested"), True),
        (("won", "retested"), False),
    ],
)
def test_a_win_is_repeated_in_more_than_one_cohort(
    playbook: Playbook, states: tuple[str, ...], *, repeated: bool
) -> None:
    found = unmet(scaled(playbook, states), "P6.gate.scale")
    assert found == ([] if repeated else ["P6.condition.repeated_wins"])


@pytest.mark.parametrize(
    ("cohorts", "repeated"),
    [
        (("US monthly", "US monthly"), False),
        (("US monthly", " us Monthly "), False),
        (("US monthly", "DE yearly"), True),
        (("US monthly", "US monthly", "DE yearly"), True),
    ],
)
def test_two_wins_in_one_cohort_are_not_repeated_in_another(
    playbook: Playbook, cohorts: tuple[str, ...], *, repeated: bool
) -> None:
    s = scaled(playbook, ("won",) * len(cohorts), cohorts=cohorts)
    assert unmet(s, "P6.gate.scale") == ([] if repeated else ["P6.condition.repeated_wins"])


def test_a_cohort_that_is_gone_does_not_count(playbook: Playbook) -> None:
    s = scaled(playbook)
    s.records.rows["P3.register.cohorts"].pop()
    s.records.__dict__.pop("row_index", None)
    assert "P6.condition.repeated_wins" in unmet(s, "P6.gate.scale")


@pytest.mark.parametrize(
    ("counts", "holds"),
    [
        ((), False),
        ((9,), False),
        ((9, 10), False),
        ((9, 9), True),
        ((9, 8), True),
        ((0, 0), True),
        ((8, 9, 9), True),
        ((10, 8, 9), False),
    ],
)
def test_the_support_burden_is_stable_or_falling(
    playbook: Playbook, counts: tuple[int, ...], *, holds: bool
) -> None:
    found = unmet(scaled(playbook, counts=counts), "P6.gate.scale")
    assert found == ([] if holds else ["P6.condition.support_burden"])


def test_what_happens_in_the_control_group_is_not_the_pilots_burden(playbook: Playbook) -> None:
    assert unmet(scaled(playbook, control=(3, 9)), "P6.gate.scale") == []


FOUR = ("finance_lead", "revops_lead", "support_lead", "product_lead")


@pytest.mark.parametrize("absent", FOUR)
def test_finance_operations_support_and_product_must_all_agree(
    playbook: Playbook, absent: str
) -> None:
    present = tuple(role for role in FOUR if role != absent)
    missing = unmet(scaled(playbook, roles=present), "P6.gate.scale")
    refused = unmet(scaled(playbook, refused=absent), "P6.gate.scale")
    assert missing == refused == ["P6.condition.agreement"]


def test_a_pilot_that_changes_is_agreed_again(playbook: Playbook) -> None:
    s = scaled(playbook)
    s.records.rows["P2.register.pilots"][0].values = PILOT_ROW | {"rule": "Two mails"}
    assert unmet(s, "P6.gate.scale") == ["P6.condition.agreement"]
    s.records.rows["P2.register.pilots"][0].values = PILOT_ROW | {"result": "Five days fewer"}
    assert unmet(s, "P6.gate.scale") == []
