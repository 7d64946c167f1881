"""P, M and F as content: the source's figures, and what applies to whom."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from playbook.applicability import Applicable
from playbook.book import Playbook
from playbook.models import Matrix, Metric, Register, Step

BUILT = {"scope": "single_tool", "methodology": "contract_based", "path": "full"}
ON = {**BUILT, "launch_checklist": True, "pilot": True}


@pytest.fixture(scope="session")
def playbook(library: Any) -> Playbook:
    book: Playbook = library.latest("q2c")
    return book


def applies(playbook: Playbook, key: str, **profile: Any) -> bool:
    return Applicable(playbook, profile).of(playbook.items[key]).applies


# --- figures --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("family", "number"),
    [
        ("P1.candidate", 5),
        ("P4.metric", 10),
        ("P6.condition", 3),
        ("M.task", 50),
        ("M.tip", 5),
        ("F.function", 8),
        ("F.idea", 6),
    ],
)
def test_a_family_holds_exactly_so_many_items(playbook: Playbook, family: str, number: int) -> None:
    assert len(playbook.family(family)) == number


SETUP, INTEGRATION = "Core setup and strategy", "Integrations and automation"
ANALYTICS, SECURITY = "Analytics and reporting", "Compliance and security"
LAUNCH = "Launch and iteration"
TASKS = [
    ("billing_model", SETUP, "critical", "2 weeks", "1c"),
    ("billing_platform", SETUP, "critical", "1 week", "1c"),
    ("core_settings", SETUP, "high", "1 week", "2c"),
    ("subscription_logic", SETUP, "high", "2 weeks", "2c"),
    ("customer_accounts", SETUP, "high", "1 week", "2c"),
    ("payment_gateway", SETUP, "critical", "1 week", "2c"),
    ("metrics_defined", SETUP, "medium", "1 week", "1c"),
    ("notifications", SETUP, "medium", "1 week", "2c"),
    ("fraud_prevention", SETUP, "medium", "1 week", "2c"),
    ("initial_support", SETUP, "medium", "1 week", "3a"),
    ("crm_integration", INTEGRATION, "high", "2 weeks", "2c"),
    ("accounting_integration", INTEGRATION, "high", "1 week", "2c"),
    ("dunning", INTEGRATION, "medium", "1 week", "2c"),
    ("invoice_generation", INTEGRATION, "medium", "1 week", "2c"),
    ("webhooks", INTEGRATION, "medium", "1 week", "2c"),
    ("prorations", INTEGRATION, "medium", "1 week", "2c"),
    ("cancellation", INTEGRATION, "medium", "1 week", "2c"),
    ("tax_service", INTEGRATION, "medium", "1 week", "2c"),
    ("refunds", INTEGRATION, "low", "1 week", "2c"),
    ("backups", INTEGRATION, "high", "1 day", "2c"),
    ("revrec_reports", ANALYTICS, "high", "2 weeks", "2c"),
    ("monitor_metrics", ANALYTICS, "high", "ongoing", "3c"),
    ("segments", ANALYTICS, "medium", "1 week", "4a"),
    ("dunning_results", ANALYTICS, "medium", "1 week", "3c"),
    ("gateway_performance", ANALYTICS, "medium", "1 week", "3c"),
    ("churn", ANALYTICS, "medium", "1 week", "4a"),
    ("plan_changes", ANALYTICS, "low", "1 week", "4a"),
    ("financial_reports", ANALYTICS, "high", "1 week", "3c"),
    ("promo_codes", ANALYTICS, "low", "1 week", "4a"),
    ("api_usage", ANALYTICS, "low", "1 week", "3c"),
    ("pci", SECURITY, "critical", "2 weeks", "2d"),
    ("privacy_law", SECURITY, "critical", "2 weeks", "2d"),
    ("encryption", SECURITY, "high", "1 week", "2c"),
    ("security_audit", SECURITY, "high", "1 week", "2d"),
    ("access_control", SECURITY, "high", "1 week", "2c"),
    ("incident_plan", SECURITY, "medium", "1 week", "2d"),
    ("sales_tax", SECURITY, "medium", "1 week", "2d"),
    ("fraud_monitoring", SECURITY, "medium", "ongoing", "3c"),
    ("industry_rules", SECURITY, "medium", "1 week", "1c"),
    ("privacy_policy", SECURITY, "high", "1 week", "2d"),
    ("beta_test", LAUNCH, "high", "2 weeks", "2d"),
    ("launch_materials", LAUNCH, "medium", "1 week", "3a"),
    ("product_hunt", LAUNCH, "medium", "1 day", "3c"),
    ("g2", LAUNCH, "medium", "1 week", "3c"),
    ("social", LAUNCH, "medium", "ongoing", "3c"),
    ("events", LAUNCH, "low", "variable", "3c"),
    ("feedback", LAUNCH, "high", "ongoing", "3c"),
    ("iterate_pricing", LAUNCH, "high", "ongoing", "4a"),
    ("performance", LAUNCH, "high", "ongoing", "3c"),
    ("support", LAUNCH, "high", "ongoing", "3c"),
]


@pytest.mark.parametrize(("slug", "group", "priority", "effort", "code"), TASKS)
def test_a_task_has_the_sources_figures_and_its_place(
    playbook: Playbook, slug: str, group: str, priority: str, effort: str, code: str
) -> None:
    task = playbook.get(f"M.task.{slug}", Step)
    assert (task.facts["group"], task.priority, task.effort) == (group, priority, effort)
    assert playbook.subphase_of(task.key) == code
    assert task.critical == (priority == "critical")
    assert task.text
    assert task.output


def test_the_tasks_add_up_as_in_the_source(playbook: Playbook) -> None:
    tasks = [playbook.get(item.key, Step) for item in playbook.family("M.task")]
    assert set(Counter(task.facts["group"] for task in tasks).values()) == {10}
    assert Counter(task.priority for task in tasks) == {
        "critical": 5, "high": 18, "medium": 22, "low": 5,
    }  # fmt: skip
    assert Counter(task.effort for task in tasks) == {
        "1 week": 33, "2 weeks": 7, "1 day": 2, "ongoing": 7, "variable": 1,
    }  # fmt: skip


def test_every_task_asks_for_proof_or_knows_itself(playbook: Playbook) -> None:
    tasks = [playbook.get(item.key, Step) for item in playbook.family("M.task")]
    assert [t.key for t in tasks if t.evidence == "none" and not t.done_when] == []


@pytest.mark.parametrize(
    ("slug", "risk", "metric"),
    [
        ("invoice_scheduling", "Low", "On-time invoice issuance"),
        ("payment_link", "Low", "Payment conversion"),
        ("reminders", "Medium", "Days to pay (DSO)"),
        ("reconciliation", "Medium-High", "Match rate between bank and invoice records"),
        ("tax_rules", "High", "Exception rate"),
    ],
)
def test_a_candidate_has_risk_metric_value_and_pilot_group(
    playbook: Playbook, slug: str, risk: str, metric: str
) -> None:
    register = playbook.get("P1.register.candidates", Register)
    values = register.seeds[f"P1.candidate.{slug}"].values
    assert register.columns["risk"].options[str(values["risk"])] == risk
    assert register.columns["metric"].options[str(values["metric"])] == metric
    assert values["value"]
    assert values["pilot_group"]


def test_candidates_stand_in_the_order_of_their_risk(playbook: Playbook) -> None:
    register = playbook.get("P1.register.candidates", Register)
    order = list(register.columns["risk"].options)
    risks = [order.index(str(s.values["risk"])) for s in register.seeds.values()
             if s.key.startswith("P1.candidate.")]  # fmt: skip
    assert risks == sorted(risks)


def test_what_a_candidate_and_a_pilot_are_judged_by_is_read_in_p4(playbook: Playbook) -> None:
    metrics = [item.key.rpartition(".")[2] for item in playbook.family("P4.metric")]
    candidates = playbook.get("P1.register.candidates", Register)
    pilots = playbook.get("P2.register.pilots", Register)
    assert list(candidates.columns["metric"].options) == metrics
    assert list(pilots.columns["success_metric"].options) == metrics


@pytest.mark.parametrize(
    ("slug", "unit", "better"),
    [
        ("on_time_payment", "percent", "higher"),
        ("days_to_pay", "days", "lower"),
        ("overdue", "percent", "lower"),
        ("disputes", "percent", "lower"),
        ("exceptions", "percent", "lower"),
        ("manual_effort", "minutes", "lower"),
        ("support_tickets", "percent", "lower"),
        ("on_time_issuance", "percent", "higher"),
        ("match_rate", "percent", "higher"),
        ("payment_conversion", "percent", "higher"),
    ],
)
def test_a_reading_is_of_the_pilot_and_of_the_control_group(
    playbook: Playbook, slug: str, unit: str, better: str
) -> None:
    metric = playbook.get(f"P4.metric.{slug}", Metric)
    assert (metric.unit, metric.better, list(metric.subjects), metric.board) == (
        unit, better, ["pilot", "control"], "Pilot",
    )  # fmt: skip
    assert bool(metric.numerator and metric.denominator) == (unit == "percent")
    assert metric.within[0] == 0


def test_maturity_has_five_steps_with_their_anchors(playbook: Playbook) -> None:
    steps = playbook.get("F.register.functions", Register).columns["maturity"].options
    assert [words[0] for words in steps.values()] == ["1", "2", "3", "4", "5"]
    assert all(len(words) > 60 for words in steps.values())


@pytest.mark.parametrize("function", range(8))
def test_a_function_is_described_with_its_first_third_and_fifth_step(
    playbook: Playbook, function: int
) -> None:
    text = playbook.family("F.function")[function].text
    assert all(words in text for words in ("Step 1:", "Step 3:", "Step 5:"))


def test_a_weak_function_needs_a_gap(playbook: Playbook) -> None:
    register = playbook.get("F.register.functions", Register)
    assert register.columns["gap"].into == ("Q9.register.gaps",)
    assert "gap" in register.states["gap_raised"].needs
    assert register.states["weak"].kind == "bad"


def test_five_software_capabilities_are_requirements_of_the_tool(playbook: Playbook) -> None:
    matrix = playbook.get("Q10.matrix.tool", Matrix)
    seeded = [r for r in matrix.requirements.values() if r.facts.get("seeded_from") == "F"]
    assert len(seeded) == 5


def test_tool_scores_need_proof_from_1_to_5(playbook: Playbook) -> None:
    matrix = playbook.get("Q10.matrix.tool", Matrix)
    assert (matrix.evidence, matrix.scale) == (True, (1, 5))
    assert "counts only with a note" in matrix.text


# --- what applies ---------------------------------------------------------------------------------


def launch_keys(playbook: Playbook) -> list[str]:
    return [item.key for item in playbook.family("M.task")]


PILOT = [
    "P1.register.candidates", "P1.checklist.diagnose", "P1.input.bottleneck", "P2.register.pilots",
    "P2.gate.start", "P3.register.cohorts", "P4.metric.overdue", "P5.register.rollout",
    "P6.register.results", "P6.sheet.agreement", "P6.gate.scale", "P6.document.pilot",
]  # fmt: skip
NOTHING_RUNS = [
    {"scope": "information_handoff", "methodology": "information_handoff"},
    {"scope": "information_handoff", "path": "complete_at_phase_1"},
    {"path": "complete_at_phase_1"},
]


def test_the_launch_checklist_is_off_until_somebody_adds_it(playbook: Playbook) -> None:
    assert not any(applies(playbook, key, **BUILT) for key in launch_keys(playbook))
    assert playbook.items["profile.launch_checklist"].default is False  # type: ignore[attr-defined]


def test_marketing_tasks_are_off_unless_asked_for(playbook: Playbook) -> None:
    everything = {**ON, "usage_based": True, "erp": True, "tax": True, "revrec": True}
    without = [k for k in launch_keys(playbook) if not applies(playbook, k, **everything)]
    assert without == [f"M.task.{slug}" for slug in ("product_hunt", "g2", "social", "events")]
    everything["marketing"] = True
    assert all(applies(playbook, key, **everything) for key in launch_keys(playbook))


@pytest.mark.parametrize(
    ("slug", "needs", "without"),
    [
        ("accounting_integration", {"erp": True}, {"erp": False}),
        ("tax_service", {"tax": True}, {"tax": False}),
        ("sales_tax", {}, {"tax": False}),
        ("revrec_reports", {}, {"revrec": False}),
        ("api_usage", {"usage_based": True}, {"usage_based": False}),
    ],
)
def test_a_task_follows_the_profile(
    playbook: Playbook, slug: str, needs: dict[str, Any], without: dict[str, Any]
) -> None:
    assert applies(playbook, f"M.task.{slug}", **ON, **needs)
    assert not applies(playbook, f"M.task.{slug}", **ON, **without)


@pytest.mark.parametrize("profile", NOTHING_RUNS)
def test_nothing_of_launch_or_pilot_applies_where_nothing_runs(
    playbook: Playbook, profile: dict[str, Any]
) -> None:
    found = [k for k in (*launch_keys(playbook), *PILOT) if applies(playbook, k, **ON | profile)]
    assert found == []


@pytest.mark.parametrize("key", PILOT)
def test_a_pilot_is_part_of_an_engagement_that_asks_for_it(playbook: Playbook, key: str) -> None:
    assert applies(playbook, key, **ON)
    assert not applies(playbook, key, **BUILT)


@pytest.mark.parametrize("code", ["1c", "2c", "3c", "4a"])
def test_the_method_comes_before_what_is_added_to_it(playbook: Playbook, code: str) -> None:
    parts = [item.key[0] for item in playbook.at(code) if item.kind != "gate"]
    added = [part for part in parts if part in "PM"]
    assert parts[-len(added) :] == sorted(added, reverse=True)


@pytest.mark.parametrize("profile", [BUILT, NOTHING_RUNS[0], {}])
def test_functions_are_rated_in_every_engagement(
    playbook: Playbook, profile: dict[str, Any]
) -> None:
    assert all(applies(playbook, f.key, **profile) for f in playbook.family("F.function"))
