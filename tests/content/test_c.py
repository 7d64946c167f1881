"""C as content: the source's figures, what applies to whom, and each gate line met and unmet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count, pairwise
from typing import Any

import pytest

from phases.core.facts import Lack, met
from phases.core.facts import unmet as unmet_because
from phases.core.models import Engagement, GateRecord, Input
from phases.engineering.reconciliation.checks import Newest
from phases.gates.checks import CHECKS
from phases.gates.judge import Decision, decide, decide_one
from phases.mechanisms.checklist.models import StepRecord
from phases.mechanisms.metric.models import Reading
from phases.mechanisms.records import Records
from phases.mechanisms.register.models import Row
from phases.mechanisms.sheet.models import SignOff
from phases.mechanisms.sheet.queries import statement_views
from phases.mechanisms.situation import Situation
from phases.mechanisms.writing.draft import draft_of
from phases.mechanisms.writing.models import PassageRecord
from playbook.applicability import Applicable
from playbook.book import Playbook
from playbook.models import (
    Checklist,
    Gate,
    Guide,
    Item,
    Matrix,
    Metric,
    Register,
    Schedule,
    Sheet,
    Writing,
)

TODAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
BUILT = {"scope": "single_tool", "methodology": "contract_based", "path": "full"}
EVERYTHING = {**BUILT, "payouts": True, "compliance": True, "launch_checklist": True, "tax": True}
GO_LIVE, PERIOD, SENSITIVE = "C10.gate.go_live", "C5.gate.period", "C9.gate.sensitive"


@pytest.fixture(scope="session")
def playbook(library: Any) -> Playbook:
    book: Playbook = library.latest("q2c")
    return book


# --- figures --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("family", "number"),
    [
        ("C1.area", 5),
        ("C1.right", 3),
        ("C1.artifact", 5),
        ("C2.control", 3),
        ("C3.criterion", 4),
        ("C3.option", 5),
        ("C3.lock_in", 4),
        ("C4.primitive", 6),
        ("C4.state", 5),
        ("C4.trace", 4),
        ("C5.layer", 3),
        ("C6.evidence", 4),
        ("C7.checkpoint", 4),
        ("C7.artifact", 5),
        ("C8.state", 6),
        ("C8.queue", 4),
        ("C10.threshold", 3),
        ("C10.incident", 5),
        ("C11.test", 5),
        ("C12.review", 4),
    ],
)
def test_a_family_holds_exactly_so_many_items(playbook: Playbook, family: str, number: int) -> None:
    assert len(playbook.family(family)) == number


@pytest.mark.parametrize(
    ("key", "fact", "figure"),
    [
        ("C2.control.idempotency_keys", "same_key_within", "24 hours"),
        ("C2.control.webhooks", "retries_up_to", "3 days"),
        ("C7.stage.pace", "interval", "24 hours"),
        ("C7.stage.pace", "rate_limit", "100 calls per second per account"),
        ("C8.rule.posted", "instant", "30 minutes"),
        ("C8.rule.returns", "returns_within", "2-3 business days"),
        ("C9.document.fbar", "default_gate", "never"),
        ("C9.document.feie", "default_gate", "never"),
        ("C9.rule.vat", "gb_not_covered_since", "2021-01-01"),
        ("C10.incident.delayed_webhooks", "retries_up_to", "3 days"),
        ("C11.test.delayed", "up_to", "3 days"),
        ("C11.test.same_key", "within", "24 hours"),
        ("C12.schedule.reviews", "days", "30"),
    ],
)
def test_a_figure_is_the_sources(playbook: Playbook, key: str, fact: str, figure: str) -> None:
    assert playbook.items[key].facts[fact] == figure


@pytest.mark.parametrize(
    ("register", "fields"),
    [
        (
            "C8.register.payouts",
            {"batch_id", "payout_id", "recipient", "amount", "currency", "created_at", "status",
             "posting_ids"},
        ),
        (
            "C9.register.decisions",
            {"program", "jurisdiction", "outcome", "rule_version", "timestamp",
             "provider_account", "decision_actor"},
        ),
    ],
)  # fmt: skip
def test_a_record_has_exactly_these_fields(
    playbook: Playbook, register: str, fields: set[str]
) -> None:
    assert set(playbook.get(register, Register).columns) == fields


@pytest.mark.parametrize(
    ("register", "column", "options"),
    [
        ("C8.register.payouts", "status",
         ["processing", "posted", "failed", "returned", "canceled"]),
        ("C9.register.tax_documents", "document", ["w9", "w8_ben"]),
        ("C9.register.reporting", "form", ["form_1099_nec", "other"]),
        ("C6.register.evidence", "kind",
         ["provider_references", "posting_ids", "export_files", "explanations"]),
        ("C5.register.variances", "layer", ["provider", "bank", "erp"]),
    ],
)  # fmt: skip
def test_a_choice_offers_exactly_these(
    playbook: Playbook, register: str, column: str, options: list[str]
) -> None:
    assert list(playbook.get(register, Register).columns[column].options) == options


@pytest.mark.parametrize(
    ("register", "state", "needs"),
    [
        (
            "C8.register.exceptions", "resolved",
            ["payout_request", "event_history", "provider_reference", "batch_membership",
             "posting_ids", "reversal_entries"],
        ),
        ("C8.register.exceptions", "item_reversed", ["provider_reference", "reversal_entries"]),
        (
            "C8.register.exceptions", "batch_reversed",
            ["batch_cancelled", "batch_membership", "reversal_entries"],
        ),
        ("C9.register.overrides", "approved", ["approver", "reason", "expires_on", "evidence"]),
        ("C9.register.overrides", "reviewed", ["review", "reviewed_by"]),
        (
            "C9.register.vat", "manual_review",
            ["validation_source", "checked_at", "fallback_reason"],
        ),
        ("C3.register.lock_in", "judged", ["option", "difficulty", "note", "document"]),
        ("C12.register.causes", "fixed", ["fix", "proof"]),
    ],
)  # fmt: skip
def test_a_state_is_entered_with_these_only(
    playbook: Playbook, register: str, state: str, needs: list[str]
) -> None:
    assert list(playbook.get(register, Register).states[state].needs) == needs


@pytest.mark.parametrize(
    ("register", "state", "gate"),
    [
        ("C5.register.periods", "signed_off", PERIOD),
        ("C8.register.payouts", "settlement_release", SENSITIVE),
        ("C8.register.payouts", "batch_creation", SENSITIVE),
        ("C9.register.vat", "treated", SENSITIVE),
    ],
)
def test_a_gate_stands_before_the_act(
    playbook: Playbook, register: str, state: str, gate: str
) -> None:
    assert playbook.get(register, Register).states[state].guard == gate


@pytest.mark.parametrize(
    "register",
    ["C6.register.evidence", "C7.register.payloads", "C9.register.decisions", "C11.register.pack"],
)
def test_what_is_proof_is_only_added_to(playbook: Playbook, register: str) -> None:
    assert playbook.get(register, Register).append_only


def test_a_payout_goes_through_the_six_states_and_no_other_way(playbook: Playbook) -> None:
    states = playbook.get("C8.register.payouts", Register).states
    chain = [item.key.rpartition(".")[2] for item in playbook.family("C8.state")]
    assert list(states) == chain
    for state, after in pairwise(chain):
        assert states[state].next == (after,)


def test_the_four_queues_are_those_that_exceptions_are_sent_to(playbook: Playbook) -> None:
    register = playbook.get("C8.register.exceptions", Register)
    queues = [item.key.rpartition(".")[2] for item in playbook.family("C8.queue")]
    assert list(register.columns["queue"].options) == queues
    assert register.routing is not None
    assert list(register.routing.routes) == queues
    for route in register.routing.routes.values():
        assert route.role
        assert route.within in (1, 2)
        assert route.sets["handling"]


def test_build_or_buy_scores_need_proof_from_1_to_5(playbook: Playbook) -> None:
    matrix = playbook.get("C3.matrix.build_or_buy", Matrix)
    assert matrix.evidence
    assert matrix.scale == (1, 5)
    assert all({"fit", "signal", "lock_in"} <= set(o.facts) for o in matrix.options.values())


def test_the_replay_tests_are_tests_and_critical(playbook: Playbook) -> None:
    checklist = playbook.get("C11.checklist.replay", Checklist)
    assert checklist.tests
    assert all(step.critical and step.evidence == "link" for step in checklist.items.values())


def test_the_reviews_fall_weekly_within_thirty_days_of_go_live(playbook: Playbook) -> None:
    for task in playbook.get("C12.schedule.reviews", Schedule).tasks.values():
        r = task.recurrence
        assert (r.after, r.every, r.count, r.times) == ("go_live", "week", 1, 4)


def test_every_checkpoint_fires_when_it_gets_worse(playbook: Playbook) -> None:
    for item in playbook.family("C7.checkpoint"):
        metric = playbook.get(item.key, Metric)
        assert metric.target is not None
        assert metric.red_flag is not None
        assert (metric.target.trend, metric.red_flag.trend) == ("decreasing", "increasing")
        assert set(metric.told) == {"architect", "account_manager"}
        assert metric.facts["trouble"]


def test_the_thresholds_are_agreed_per_engagement_and_the_average_is_kept_apart(
    playbook: Playbook,
) -> None:
    bounds = {}
    for item in playbook.family("C10.threshold"):
        metric = playbook.get(item.key, Metric)
        assert metric.target is not None
        assert metric.target.op == "<="
        bounds[item.key.rpartition(".")[2]] = metric.target.input
    assert bounds == {
        "variance": "C10.input.variance_tolerance",
        "open_exceptions": "C10.input.max_open_exceptions",
        "payout_recovery": "C10.input.payout_recovery_rto",
    }
    mttr = playbook.get("C10.metric.mttr", Metric)
    assert mttr.target is None
    assert mttr.red_flag is None


def test_going_live_is_the_one_outcome_and_asks_for_the_day(playbook: Playbook) -> None:
    gate = playbook.get(GO_LIVE, Gate)
    assert gate.subphase == "3b"
    assert gate.guards
    (outcome,) = gate.outcomes.values()
    assert (outcome.effect, outcome.asks) == ("pass", "profile.go_live")


@pytest.mark.parametrize("code", ["1d", "2d", "3d", "4d"])
def test_the_gates_of_the_method_ask_for_nothing_of_close_control(
    playbook: Playbook, code: str
) -> None:
    gate = next(g for g in playbook.gates if g.subphase == code and g.guards is None)
    named = [
        key
        for criterion in gate.criteria.values()
        for check in criterion.checks
        for _name, _kind, key in check.references()
    ]
    assert not [key for key in named if key.startswith("C")]


def test_no_two_metrics_share_a_title_since_it_names_their_panel(playbook: Playbook) -> None:
    titles = [metric.title for metric in playbook.metrics]
    assert len(titles) == len(set(titles))


# --- what applies ---------------------------------------------------------------------------------

HANDOFF = {"scope": "information_handoff", "methodology": "information_handoff"}
TOP: tuple[type[Item], ...] = (
    Checklist, Gate, Guide, Matrix, Metric, Register, Schedule, Sheet, Writing,
)  # fmt: skip


def tops(playbook: Playbook, *prefixes: str) -> list[Item]:
    return [
        item
        for item in playbook.items.values()
        if isinstance(item, TOP) and item.key.partition(".")[0] in prefixes
    ]


ALL = tuple(f"C{number}" for number in range(1, 13))


@pytest.mark.parametrize(
    ("profile", "shown"),
    [
        (HANDOFF, {"C1.register.areas"}),
        ({**BUILT, "path": "complete_at_phase_1"}, {"C1.register.areas"}),
        ({**EVERYTHING, **HANDOFF}, {"C1.register.areas"}),
    ],
)
def test_where_nothing_is_built_only_ownership_is_asked(
    playbook: Playbook, profile: dict[str, Any], shown: set[str]
) -> None:
    view = Applicable(playbook, profile)
    assert {item.key for item in tops(playbook, *ALL) if view.of(item).applies} == shown


@pytest.mark.parametrize(
    ("flag", "key"),
    [
        ("payouts", "C1.area.payouts"),
        ("payouts", "C4.trace.payout"),
        ("payouts", "C8.register.payouts"),
        ("payouts", "C8.register.exceptions"),
        ("payouts", "C10.threshold.payout_recovery"),
        ("payouts", "C10.input.payout_recovery_rto"),
        ("payouts", "C10.metric.mttr"),
        ("payouts", "C10.criterion.payout_recovery"),
        ("payouts", "C11.test.missing_state"),
        ("payouts", "C12.review.payout_failures"),
        ("compliance", "C9.gate.sensitive"),
        ("compliance", "C9.register.programs"),
        ("compliance", "C10.criterion.compliance"),
        ("compliance", "C11.test.missing_state"),
        ("tax", "C11.test.missing_state"),
        ("usage_based", "C7.checkpoint.usage_disputes"),
        ("usage_based", "C7.guide.stages"),
        ("launch_checklist", "C10.criterion.critical_tasks"),
    ],
)
def test_a_part_applies_with_its_flag_alone(playbook: Playbook, flag: str, key: str) -> None:
    item = playbook.items[key]
    assert Applicable(playbook, {**BUILT, flag: True}).of(item).applies
    assert not Applicable(playbook, {**BUILT, flag: False}).of(item).applies
    assert not Applicable(playbook, BUILT).of(item).applies


@pytest.mark.parametrize(("part", "flag"), [("C8", "payouts"), ("C9", "compliance")])
def test_all_of_a_part_waits_for_its_flag(playbook: Playbook, part: str, flag: str) -> None:
    without, with_it = Applicable(playbook, BUILT), Applicable(playbook, {**BUILT, flag: True})
    found = tops(playbook, part)
    assert found
    assert not any(without.of(item).applies for item in found)
    assert all(with_it.of(item).applies for item in found)


def test_what_is_built_is_controlled(playbook: Playbook) -> None:
    view = Applicable(playbook, BUILT)
    missing = [
        item.key
        for item in tops(playbook, "C1", "C2", "C3", "C4", "C5", "C6", "C11", "C12")
        if not view.of(item).applies
    ]
    assert missing == []


# --- gates ----------------------------------------------------------------------------------------

NUMBERS = count(1)


def row(
    register: str, state: str, values: dict[str, Any], *, seed: str = "", owner: str = ""
) -> Row:
    number = next(NUMBERS)
    return Row(
        id=number, register=register, position=number, seed=seed or None,
        title=str(next(iter(values.values()), "A row")), state=state, values=dict(values),
        version=1, owner=owner, standing="ASSUMED", changed_by="u1", changed_at=NOON,
    )  # fmt: skip


def rows(*found: Row) -> dict[str, list[Row]]:
    kept: dict[str, list[Row]] = {}
    for one in found:
        kept.setdefault(one.register, []).append(one)
    return kept


def seeded(
    playbook: Playbook, register: str, state: str, values: dict[str, Any] | None = None,
    owner: str = "",
) -> list[Row]:  # fmt: skip
    """A row for each of the register's own, all in *state*."""
    seeds = playbook.get(register, Register).seeds.values()
    return [
        row(register, state, {**seed.values, **(values or {})}, seed=seed.key, owner=owner)
        for seed in seeds
    ]


def situation(playbook: Playbook, profile: dict[str, Any], **records: Any) -> Situation:
    engagement = Engagement(
        id=1, slug="acme", customer="Acme", playbook_name="q2c", playbook_version="1.0",
        time_zone="UTC", country="US", created_at=NOON, chain_head="", chain_length=0,
    )  # fmt: skip
    s = Situation(playbook, Records.of(engagement, **records), TODAY, CHECKS)
    s.__dict__["profile"] = dict(profile)
    return s


def decision(s: Situation, gate: str) -> Decision:
    return decide(s.playbook.get(gate, Gate), s)


def unmet(s: Situation, gate: str) -> list[str]:
    return [r.criterion.key.rpartition(".")[2] for r in decision(s, gate).unmet]


# C5: signing a period off


def run(layer: str, *, period: str = "2027-03", **more: Any) -> Newest:
    title = {"provider": "Provider to subledger", "bank": "Bank to subledger",
             "erp": "Subledger to ERP"}[layer]  # fmt: skip
    return Newest(7, "layer", title, period, **{"layer": layer, "period": period, **more})


ALL_RUN = (run("provider"), run("bank"), run("erp"))


def period(playbook: Playbook, *, runs: tuple[Newest, ...] = ALL_RUN, **told: Any) -> Situation:
    s = told_of_period(playbook, **told)
    s.remember = {("reconciled", ""): list(runs)}
    return s


def told_of_period(playbook: Playbook, *, layers: str = "proven", variances: tuple[str, ...] = (),
           approved: bool | None = True, changed: bool = False) -> Situation:  # fmt: skip
    kept = rows(
        *seeded(playbook, "C5.register.layers", layers),
        row("C5.register.periods", "in_review", {"period": "2027-03"}),
        *(row("C5.register.variances", state, {"variance": "Fee"}) for state in variances),
    )
    s = situation(playbook, BUILT, rows=kept)
    if approved is not None:
        (view,) = statement_views(s, playbook.get("C5.sheet.periods", Sheet))
        s.records.sign_offs.append(
            SignOff(
                sheet="C5.sheet.periods", statement=view.key, role="finance_lead",
                approved=approved, comment="", content=view.content, sha256=view.sha256,
                signer="c1", name="Somebody", at=NOON,
            )
        )  # fmt: skip
    if not changed:
        return s
    s.records.rows["C5.register.periods"][0].values = {"period": "2027-03", "erp_result": "agrees"}
    return situation(playbook, BUILT, rows=s.records.rows, sign_offs=s.records.sign_offs)


@pytest.mark.parametrize(
    ("told", "missing"),
    [
        ({}, []),
        ({"layers": "set_up"}, ["layers"]),
        ({"layers": "open"}, ["layers"]),
        ({"variances": ("explained", "mistake")}, []),
        ({"variances": ("unexplained",)}, ["variances"]),
        ({"variances": ("explained", "investigating")}, ["variances"]),
        ({"approved": None}, ["approved"]),
        ({"approved": False}, ["approved"]),
        ({"changed": True}, ["approved"]),
        ({"runs": ()}, ["reconciled"]),
        ({"runs": (*ALL_RUN, run("bank", open=1, period="2027-02"))}, ["reconciled"]),
    ],
)
def test_a_period_is_signed_off_only_when_everything_is_explained(
    playbook: Playbook, told: dict[str, Any], missing: list[str]
) -> None:
    assert unmet(period(playbook, **told), PERIOD) == missing


@pytest.mark.parametrize(
    ("runs", "lacks"),
    [
        (ALL_RUN, []),
        ((run("provider"), run("bank"), run("erp", period=" 2027-03")), []),
        ((), ["Provider to subledger is not reconciled for 2027-03 yet.",
              "Bank to subledger is not reconciled for 2027-03 yet.",
              "Subledger to ERP is not reconciled for 2027-03 yet."]),
        (ALL_RUN[:2], ["Subledger to ERP is not reconciled for 2027-03 yet."]),
        (ALL_RUN[1:], ["Provider to subledger is not reconciled for 2027-03 yet."]),
        ((*ALL_RUN[1:], run("provider", period="2027-02")),
         ["Provider to subledger is not reconciled for 2027-03 yet."]),
        ((*ALL_RUN[:2], run("erp", open=2)),
         ["Subledger to ERP, 2027-03: 2 variances are unexplained."]),
        ((*ALL_RUN[:2], run("erp", total=0)),
         ["Subledger to ERP, 2027-03: both files were empty, so nothing was compared."]),
        ((*ALL_RUN[:2], Newest(9, "monthly", "Month", "2027-03", 0, "", "2027-03")),
         ["Subledger to ERP is not reconciled for 2027-03 yet."]),
    ],
)  # fmt: skip
def test_each_layer_is_reconciled_for_the_period_itself(
    playbook: Playbook, runs: tuple[Newest, ...], lacks: list[str]
) -> None:
    line = next(r for r in decision(period(playbook, runs=runs), PERIOD).results
                if r.criterion.key == "C5.criterion.reconciled")  # fmt: skip
    assert list(dict.fromkeys(lack.sentence for lack in line.finding.lacks)) == lacks


def test_a_missing_layer_is_begun_from_the_gate(playbook: Playbook) -> None:
    found = decision(period(playbook, runs=ALL_RUN[:2]), PERIOD)
    assert [lack.place for lack in found.lacks] == [
        "reconciliation?layer=erp&period=2027-03#layers"
    ]


# C9: money and tax actions

STATE = {"program": "Sellers", "market": "DE", "valid_until": TODAY.isoformat()}
OVERRIDE = {"action": "One payout", "approver": "Dana", "reason": "Bank holiday",
            "evidence": "https://example.com", "expires_on": TODAY.isoformat()}  # fmt: skip
YESTERDAY = (TODAY - timedelta(days=1)).isoformat()


def sensitive(
    playbook: Playbook, states: tuple[str, ...] = ("current",), override: str = "",
    *, valid: str | None = TODAY.isoformat(), expires: str = TODAY.isoformat(),
) -> Situation:  # fmt: skip
    kept = [row("C9.register.programs", state, {**STATE, "valid_until": valid}) for state in states]
    if override:
        kept.append(row("C9.register.overrides", override, {**OVERRIDE, "expires_on": expires}))
    return situation(playbook, {**BUILT, "compliance": True}, rows=rows(*kept))


@pytest.mark.parametrize(
    ("states", "missing"),
    [
        ((), ["state", "fresh"]),
        (("missing",), ["state"]),
        (("in_review",), ["state"]),
        (("refused",), ["state"]),
        (("current",), []),
        (("overridden",), []),
        (("current", "not_required"), []),
        (("not_required",), ["state", "fresh"]),
        (("current", "missing"), ["state"]),
    ],
)
def test_missing_state_blocks_money_and_tax(
    playbook: Playbook, states: tuple[str, ...], missing: list[str]
) -> None:
    assert unmet(sensitive(playbook, states), SENSITIVE) == missing


@pytest.mark.parametrize(
    ("valid", "missing"),
    [(None, ["fresh"]), (YESTERDAY, ["fresh"]), (TODAY.isoformat(), []), ("2027-01-01", [])],
)
@pytest.mark.parametrize("state", ["current", "overridden"])
def test_stale_state_blocks_whether_it_was_current_or_overridden(
    playbook: Playbook, state: str, valid: str | None, missing: list[str]
) -> None:
    assert unmet(sensitive(playbook, (state,), valid=valid), SENSITIVE) == missing


@pytest.mark.parametrize(
    ("state", "expires", "missing"),
    [
        ("requested", "2027-01-01", []),
        ("approved", TODAY.isoformat(), []),
        ("approved", YESTERDAY, ["overrides"]),
        ("review_due", TODAY.isoformat(), ["reviews"]),
        ("review_due", YESTERDAY, ["overrides", "reviews"]),
        ("reviewed", YESTERDAY, []),
        ("ended", YESTERDAY, []),
        ("declined", YESTERDAY, []),
    ],
)
def test_a_lapsed_or_unreviewed_override_blocks_again(
    playbook: Playbook, state: str, expires: str, missing: list[str]
) -> None:
    assert unmet(sensitive(playbook, override=state, expires=expires), SENSITIVE) == missing


def test_without_the_flag_nothing_is_held_back(playbook: Playbook) -> None:
    assert decision(situation(playbook, BUILT), SENSITIVE).state == "na"


# C10: going live

INPUTS = {
    "C10.input.variance_tolerance": "10",
    "C10.input.max_open_exceptions": "2",
    "C10.input.payout_recovery_rto": "8",
    "Q29.input.cutover_date": "2026-12-01",
}
FIGURES = {"variance": "10", "open_exceptions": "2", "payout_recovery": "8"}
IDS = {"request_id": "req_1", "event_id": "evt_1", "posting_ids": "p1", "api_version": "2026-01"}
CHECKLISTS = ("C2.checklist.controls", "C11.checklist.replay", "C10.checklist.incidents")
CRITICAL = ("billing_model", "billing_platform", "payment_gateway", "pci", "privacy_law")


def said(kind: str, criterion: str = "", **more: Any) -> GateRecord:
    return GateRecord(
        gate="Q16.gate.2d", kind=kind, criterion=criterion, outcome="", by="u1", at=NOON, note="",
        evidence="", **{"passes": False, **more},
    )  # fmt: skip


def step(key: str, state: str = "done") -> StepRecord:
    return StepRecord(
        key=key, state=state, owner="", note="So it is.", evidence="https://example.com",
        version=1, changed_by="u1", changed_at=NOON,
    )  # fmt: skip


def reading(threshold: str, value: str) -> Reading:
    return Reading(
        metric=f"C10.threshold.{threshold}", period=date(2026, 11, 16), subject="",
        value=Decimal(value), version=1,
    )  # fmt: skip


class Ready:
    """The records of an engagement that may go live, to be spoilt in one place."""

    def __init__(self, playbook: Playbook, profile: dict[str, Any]) -> None:
        self.playbook, self.profile = playbook, dict(profile)
        steps = [key for name in CHECKLISTS for key in playbook.get(name, Checklist).items]
        steps += [f"M.task.{slug}" for slug in CRITICAL]
        steps.append("Q16.test.payments")
        self.steps = {key: step(key) for key in steps}
        self.inputs = {
            key: Input(key=key, value=value, standing="CONFIRMED", version=1)
            for key, value in INPUTS.items()
        }
        self.figures = dict(FIGURES)
        self.chosen = met("The platform is chosen.")
        self.rows = rows(
            *seeded(playbook, "C4.register.traces", "traced"),
            *seeded(playbook, "Q29.register.cutover", "in_use", {"off_on": "2026-12-01"}, "u1"),
            *(row("C11.register.pack", "recorded", {"run": f"Run {n}", **IDS}) for n in range(4)),
            row("C9.register.programs", "current", STATE),
        )
        lines = playbook.get("Q16.gate.2d", Gate).criteria
        self.gates = [said("waiver", key, expires_on=TODAY) for key in lines]
        self.gates.append(said("decision", passes=True))
        sections = playbook.get("C10.writing.rollback", Writing).sections
        self.read = dict.fromkeys(sections, "Our plan.")

    def situation(self) -> Situation:
        readings = {f"C10.threshold.{k}": [reading(k, v)] for k, v in self.figures.items()}
        s = situation(
            self.playbook, self.profile, steps=self.steps, inputs=self.inputs, rows=self.rows,
            readings=readings, gate_records=self.gates,
        )  # fmt: skip
        s.checks = {**CHECKS, "matrix_decided": lambda _check, _s: self.chosen}
        sections = self.playbook.get("C10.writing.rollback", Writing).sections
        s.records.passages.update(
            {
                key: PassageRecord(
                    key=key, text="Our plan.", base=draft_of(s, sections[key]), read=words,
                    read_draft=draft_of(s, sections[key]), read_by="u1", read_at=NOON, version=1,
                    changed_by="u1", changed_at=NOON,
                )
                for key, words in self.read.items()
            }
        )  # fmt: skip
        return s


Spoiling = Callable[[Ready], object]


def undone(key: str, state: str = "") -> Spoiling:
    return lambda r: r.steps.update({key: step(key, state)}) if state else r.steps.pop(key)


def assumed(key: str) -> Spoiling:
    return lambda r: setattr(r.inputs[key], "standing", "ASSUMED")


def figure(threshold: str, value: str) -> Spoiling:
    return lambda r: r.figures.update({threshold: value})


def unread(threshold: str) -> Spoiling:
    return lambda r: r.figures.pop(threshold)


def more(register: str, state: str, number: int = 1) -> Spoiling:
    def add(ready: Ready) -> None:
        found = [row(register, state, {"exception": "Case"}) for _ in range(number)]
        ready.rows.setdefault(register, []).extend(found)

    return add


def cell(register: str, name: str, value: Any) -> Spoiling:
    return lambda r: r.rows[register][0].values.update({name: value})


def in_state(register: str, state: str) -> Spoiling:
    return lambda r: setattr(r.rows[register][0], "state", state)


@pytest.mark.parametrize(
    ("profile", "lines"),
    [
        (BUILT, 8),
        ({**BUILT, "payouts": True}, 9),
        ({**BUILT, "compliance": True}, 9),
        ({**BUILT, "launch_checklist": True}, 9),
        (EVERYTHING, 11),
    ],
)
def test_with_everything_in_place_it_opens(
    playbook: Playbook, profile: dict[str, Any], lines: int
) -> None:
    found = decision(Ready(playbook, profile).situation(), GO_LIVE)
    assert [r.criterion.key for r in found.unmet] == []
    assert found.state == "open"
    assert sum(result.applies for result in found.results) == lines


def test_with_nothing_said_every_line_is_unmet(playbook: Playbook) -> None:
    found = decision(situation(playbook, EVERYTHING), GO_LIVE)
    assert len(found.unmet) == len(found.results) == 11


def test_it_waits_for_no_other_gate_than_it_names(playbook: Playbook) -> None:
    s = Ready(playbook, EVERYTHING).situation()
    assert decide_one(playbook.get(GO_LIVE, Gate), s).before == ""


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (lambda r: r.gates.clear(), "qa_passed"),
        (lambda r: r.gates.pop(0), "qa_passed"),
        (lambda r: r.gates.pop(), "qa_passed"),
        (assumed("C10.input.variance_tolerance"), "variance"),
        (lambda r: r.inputs.pop("C10.input.variance_tolerance"), "variance"),
        (figure("variance", "10.01"), "variance"),
        (unread("variance"), "variance"),
        (assumed("C10.input.max_open_exceptions"), "exceptions"),
        (figure("open_exceptions", "3"), "exceptions"),
        (unread("open_exceptions"), "exceptions"),
        (more("C8.register.exceptions", "open", 3), "exceptions"),
        (more("C8.register.exceptions", "investigating", 3), "exceptions"),
        (more("C8.register.exceptions", "waiting", 3), "exceptions"),
        (assumed("C10.input.payout_recovery_rto"), "payout_recovery"),
        (figure("payout_recovery", "8.5"), "payout_recovery"),
        (unread("payout_recovery"), "payout_recovery"),
        *((undone(f"C2.control.{slug}"), "replay")
          for slug in ("idempotency_keys", "request_ids", "webhooks")),
        *((undone(f"C11.test.{slug}"), "replay")
          for slug in ("same_batch_twice", "out_of_order", "delayed", "same_key", "missing_state")),
        (undone("C11.test.delayed", "failed"), "replay"),
        (lambda r: r.rows["C11.register.pack"].pop(), "replay"),
        *((cell("C11.register.pack", name, ""), "replay") for name in IDS),
        (in_state("C4.register.traces", "open"), "traces"),
        (in_state("C4.register.traces", "broken"), "traces"),
        *((undone(f"C10.incident.{slug}"), "incidents")
          for slug in ("duplicate_charge", "delayed_webhooks", "unmatched_cash",
                       "rollback_or_replay", "finance_protocol")),
        *((undone(key), "critical_tasks")
          for key in ("M.task.billing_model", "Q16.test.payments", "M.task.pci",
                      "M.task.privacy_law")),
        (lambda r: setattr(r, "chosen", unmet_because([Lack("Nothing is decided.")])),
         "critical_tasks"),
        *((lambda r, s=slug: r.read.pop(f"C10.rollback.{s}"), "rollback")
          for slug in ("decision", "stop", "restore", "in_flight", "tell")),
        (lambda r: r.read.update({"C10.rollback.tell": "An older plan."}), "rollback"),
        (in_state("C9.register.programs", "missing"), "compliance"),
        (cell("C9.register.programs", "valid_until", YESTERDAY), "compliance"),
        (assumed("Q29.input.cutover_date"), "cutover"),
        (lambda r: r.inputs.pop("Q29.input.cutover_date"), "cutover"),
        (cell("Q29.register.cutover", "off_on", None), "cutover"),
        (lambda r: setattr(r.rows["Q29.register.cutover"][0], "owner", ""), "cutover"),
    ],
)  # fmt: skip
def test_one_thing_missing_keeps_the_gate_shut(
    playbook: Playbook, spoil: Spoiling, line: str
) -> None:
    ready = Ready(playbook, EVERYTHING)
    spoil(ready)
    assert unmet(ready.situation(), GO_LIVE) == [line]


@pytest.mark.parametrize(
    "spoil",
    [
        figure("variance", "0"),
        figure("open_exceptions", "0"),
        more("C8.register.exceptions", "open", 2),
        more("C8.register.exceptions", "resolved", 9),
        more("C8.register.exceptions", "mistake", 9),
        figure("payout_recovery", "0.5"),
        in_state("Q29.register.cutover", "switched_off"),
        in_state("C9.register.programs", "overridden"),
    ],
)
def test_what_lies_at_or_within_the_limit_does_not(playbook: Playbook, spoil: Spoiling) -> None:
    ready = Ready(playbook, EVERYTHING)
    spoil(ready)
    assert unmet(ready.situation(), GO_LIVE) == []
