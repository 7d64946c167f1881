"""The billing system configuration (Q25.polished.configuration): what was built, how it is set, and
what proves it."""

from __future__ import annotations

from decimal import Decimal

from deliverables import blocks
from deliverables.blocks import Block, Cell, Context, Section
from deliverables.contexts import parts, tables
from deliverables.contexts.drawn import sections_of
from phases.mechanisms.matrix.queries import decision_of
from phases.mechanisms.register.queries import RowView
from phases.mechanisms.sheet.queries import SignatureView, statement_views
from phases.mechanisms.situation import Situation
from playbook.models import Choice, Document, Input, Matrix, Sheet
from playbook.recommend import recommend

TRIGGERS = "Q11.register.triggers"
CHOSEN = ("profile.scope", "profile.motion", "profile.methodology")
IN_SCOPE = (
    "profile.usage_based",
    "profile.erp",
    "profile.tax",
    "profile.multi_currency",
    "profile.multi_entity",
    "profile.revrec",
    "profile.payouts",
)
IDENTITY = (
    "profile.engagement_type",
    "profile.kickoff",
    "profile.go_live",
    "Q10.input.billing_tool",
    "Q3.input.crm",
    "Q3.input.erp_name",
    "Q11.input.invoice_volume",
)
RULES = (
    "Q3.input.pricing_model",
    "Q3.input.contract_structure",
    "Q3.input.payment_terms",
    "Q3.input.currencies",
    "Q2.input.path_sales_led",
    "Q2.input.path_self_serve",
    "Q10.input.integration_scope",
)
SHEETS = ("Q5.sheet.definitions", "Q12.sheet.package", "Q16.sheet.invoices", "Q22.sheet.acceptance")


def configuration(s: Situation, item: Document) -> Context:
    """The context of the configuration document."""
    return parts.document(
        s,
        item.key,
        [
            _identity(s),
            _method(s),
            _architecture(s),
            _triggers(s),
            _mappings(s),
            _rules(s),
            _build(s),
            _edge_cases(s),
            _tests(s),
            _definitions(s),
            *sections_of(s, item),
            blocks.section("open-matters", "Open issues", *parts.open_matters(s)),
            blocks.section("approvals", "Approvals", *parts.approvals(s, SHEETS)),
        ],
    )


def _identity(s: Situation) -> Section:
    return blocks.section(
        "identity", "The project at a glance", parts.known_facts(s, IDENTITY), parts.people(s)
    )


def _method(s: Situation) -> Section:
    rows = [_choice(s, key) for key in CHOSEN]
    return blocks.section(
        "method",
        "Scope and method",
        blocks.table(
            "What was chosen, and why",
            ["Decision", "Chosen", "Reason"],
            [row for row in rows if row],
            (20, 28, 52),
        ),
        blocks.heading("What the configuration covers"),
        parts.known_facts(s, IN_SCOPE),
        _tool(s),
    )


def _choice(s: Situation, key: str) -> list[Cell | str] | None:
    found = parts.fact(s, key)
    item = s.playbook.items.get(key)
    if found is None or not isinstance(item, Input):
        return None
    chosen = s.value(key)
    choice = s.playbook.choice(item, chosen) if chosen else None
    reasons = [choice.when_to_use or choice.text] if isinstance(choice, Choice) else []
    advice = recommend(s.playbook, item, s.profile)
    if advice and advice.option == chosen:
        reasons += advice.reasons
    words = " ".join(s.plain(reason) for reason in reasons if reason)
    note = f"CONFIRMED by {found[1]['by']}" if found[1]["by"] else ""
    return [found[0], found[1] | {"note": note}, words or blocks.absent("No reason recorded")]


def _tool(s: Situation) -> Block | None:
    matrix = s.playbook.items.get("Q10.matrix.tool")
    if not isinstance(matrix, Matrix) or not s.applies(matrix):
        return None
    decision = decision_of(s, matrix)
    if decision is None:
        return blocks.missing(
            "No billing tool has been decided on yet: see 1c, tool-selection matrix.",
            f"matrix/{matrix.key}",
        )
    by = f"{decision.who}, {parts.day(decision.at, s)}" if decision.at else decision.who
    return blocks.facts(
        [
            ("Billing tool decided on", blocks.cell(decision.titles, note=f"Decided by {by}")),
            ("Reason", blocks.cell(decision.reason)),
        ]
    )


def _architecture(s: Situation) -> Section:
    figures = tables.figures(s, TRIGGERS, tables.ARCHITECTURE)
    systems = parts.rows_of(s, "Q4.register.systems")
    return blocks.section(
        "architecture",
        "Systems and integration",
        *figures,
        None
        if figures
        else blocks.missing(
            "No integration diagram yet: record triggers and syncs in 1c Integration design.",
            f"register/{TRIGGERS}",
        ),
        parts.or_missing(
            systems,
            lambda: parts.register_table(
                "Systems involved",
                systems,
                [
                    ("System", parts.titled),
                    ("Used for", parts.value("used_for")),
                    ("Owner", parts.value("system_owner")),
                    ("Connects by", parts.value("interface", "limits")),
                    ("Becomes", parts.value("verdict")),
                    ("Standing", parts.standing(s)),
                ],
                (18, 20, 13, 17, 16, 16),
            ),
            "No systems recorded yet: see 1a, tool landscape.",
            "register/Q4.register.systems",
        ),
        lead="What connects to what, which event moves which data, and how often.",
    )


def _mappings(s: Situation) -> Section:
    rows = parts.rows_of(s, "Q11.register.mapping")
    return blocks.section(
        "mappings",
        "Field mappings",
        parts.or_missing(
            rows,
            lambda: tables.mapping_table(s, rows),
            "No field mapping recorded yet: see 1c Integration design.",
            "register/Q11.register.mapping",
        ),
        lead="Each field that an invoice or a booking needs, from its source to its last place.",
        wide=bool(rows),
    )


def _triggers(s: Situation) -> Section:
    rows = parts.rows_of(s, TRIGGERS)
    return blocks.section(
        "triggers",
        "Workflow triggers",
        parts.or_missing(
            rows,
            lambda: tables.trigger_table(s, rows),
            "No trigger recorded yet: see 1c Integration design.",
            f"register/{TRIGGERS}",
        ),
    )


def _rules(s: Situation) -> Section:
    return blocks.section(
        "rules",
        "Billing schedules, pricing and payment terms",
        parts.known_facts(s, RULES),
        lead="The facts that billing schedules, prices and due dates are set from.",
    )


def _build(s: Situation) -> Section:
    rows = parts.rows_of(s, "Q15.register.build")
    verified = sum(row.state_kind == "done" for row in rows)
    summary = f"{verified} of {len(rows)} components are verified against the tech spec."
    return blocks.section(
        "build",
        "What was built",
        blocks.text(summary) if rows else None,
        parts.or_missing(
            rows,
            lambda: parts.register_table(
                "",
                rows,
                [
                    ("Component", parts.titled),
                    ("What is built", parts.value("scope", "tool")),
                    ("How", parts.soft("approach")),
                    ("State", parts.state),
                    ("Checked by", parts.value("checked_by")),
                    ("Evidence", parts.link("evidence")),
                ],
                (18, 34, 12, 14, 12, 10),
            ),
            "No components to build are recorded: see 2c Build.",
            "register/Q15.register.build",
        ),
    )


def _edge_cases(s: Situation) -> Section:
    cases = parts.rows_of(s, "Q28.register.edge_cases")
    tax = parts.rows_of(s, "Q28.register.tax")
    open_cases = [row.title for row in cases if not row.shown.get("handling")]
    return blocks.section(
        "edge-cases",
        "Edge cases, tax and compliance",
        tables.edge_case_table(s, cases)
        if cases
        else blocks.missing(
            "No edge case recorded yet: see 1c.", "register/Q28.register.edge_cases"
        ),
        blocks.missing(
            f"{len(open_cases)} of {len(cases)} edge cases have no handling yet: see 1c.",
            "register/Q28.register.edge_cases",
        )
        if open_cases
        else None,
        parts.or_missing(
            tax,
            lambda: parts.register_table(
                "Tax and compliance",
                tax,
                [
                    ("Subject", parts.titled),
                    ("Jurisdiction", parts.value("jurisdiction")),
                    ("Requirement", parts.value("requirement")),
                    ("Treatment", parts.value("treatment")),
                    ("Decided by", parts.value("decided_by")),
                    ("State", parts.state),
                ],
                (16, 14, 22, 24, 12, 12),
            ),
            "Tax and compliance are not scoped yet: see 1c.",
            "register/Q28.register.tax",
        ),
    )


def _tests(s: Situation) -> Section:
    tests = parts.steps_of(s, "Q16.checklist.tests")
    monitoring = parts.steps_of(s, "Q16.checklist.monitoring")
    invoices = parts.rows_of(s, "Q16.register.invoices")
    passed = sum(step.state == "done" for step in tests)
    right = sum(_difference(row) == 0 for row in invoices)
    share = (
        f" Invoice accuracy on the test set: {100 * right // len(invoices)}%." if invoices else ""
    )
    return blocks.section(
        "tests",
        "Tests and accuracy",
        blocks.text(f"**{passed} of {len(tests)}** technical tests that apply have passed.{share}")
        if tests
        else None,
        blocks.table(
            "Technical tests",
            ["Test", "Result", "Expected proof", "Evidence"],
            [
                [
                    step.title,
                    parts.step_state(step),
                    step.output,
                    parts.proof(step.note, step.evidence),
                ]
                for step in [*tests, *monitoring]
            ],
            (38, 14, 28, 20),
        )
        if tests
        else blocks.missing("No technical test applies or is recorded yet: see 2d Test."),
        parts.or_missing(
            invoices,
            lambda: parts.register_table(
                "Test invoices",
                invoices,
                [
                    ("Contract", parts.titled),
                    ("Covers", parts.soft("covers")),
                    ("Invoice", parts.soft("invoice_ref")),
                    ("Expected", _money("expected_total")),
                    ("Generated", _money("actual_total")),
                    ("By hand", _money("manual_total")),
                    ("Result", _result),
                ],
                (18, 17, 10, 14, 14, 13, 14),
            ),
            "No test invoice recorded yet: see 2d Test.",
            "register/Q16.register.invoices",
        ),
    )


def _difference(row: RowView) -> Decimal | None:
    expected, actual = row.values.get("expected_total"), row.values.get("actual_total")
    return None if expected is None or actual is None else actual - expected


def _money(name: str) -> parts.Draw:
    def draw(row: RowView) -> Cell:
        shown = row.shown.get(name, "")
        words = f"{row.shown.get('currency', '')} {shown}".strip() if shown else "–"
        return blocks.cell(words, number=True)

    return draw


def _result(row: RowView) -> Cell:
    difference = _difference(row)
    if difference is None:
        return blocks.cell("Not compared", state="open")
    if difference:
        return blocks.cell(f"Off by {difference:,}", state="bad")
    by_hand = row.values.get("manual_total")
    if by_hand is not None and by_hand != row.values["expected_total"]:
        return blocks.cell("As expected; by hand it was not", state="done")
    return blocks.cell("As expected", state="done")


def _definitions(s: Situation) -> Section:
    sheet = s.playbook.items.get("Q5.sheet.definitions")
    if not isinstance(sheet, Sheet) or not s.applies(sheet):
        return blocks.section(
            "definitions", "Definitions", blocks.missing("No definitions are part of this project.")
        )
    views = statement_views(s, sheet)
    roles = [s.playbook.role(role).title for role in sheet.roles]
    rows: list[list[Cell | str]] = [
        [
            blocks.cell(view.title, note="" if view.required else "Not required"),
            blocks.cell(view.wording, markdown=True),
            *(_signature(s, signed) for signed in view.signatures),
        ]
        for view in views
    ]
    waiting = sum(view.required and not view.approved for view in views)
    sentence = (
        f"{waiting} of the required definitions are not agreed as they stand: see 1a, definitions."
    )
    return blocks.section(
        "definitions",
        "Definitions agreed",
        blocks.missing(sentence, f"sheet/{sheet.key}") if waiting else None,
        blocks.table(
            "Who agreed to exactly these words",
            ["Term", "Wording", *roles],
            rows,
            (18, 46, *(36 // len(roles) for _ in roles)),
        ),
    )


SIGNED = {"approved": "done", "rejected": "bad", "stale": "waiting", "none": "open"}


def _signature(s: Situation, signed: SignatureView) -> Cell:
    note = f"{signed.name}, {parts.day(signed.at, s)}" if signed.at else ""
    return blocks.cell(signed.label, state=SIGNED[signed.state], note=note)
