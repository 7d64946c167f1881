"""The billing process runbook (Q25.polished.runbook): how billing is run, day by day and month by
month, written for somebody new in the job."""

from __future__ import annotations

from deliverables import blocks
from deliverables.blocks import Cell, Context, Section
from deliverables.contexts import parts, tables, words
from deliverables.contexts.drawn import sections_of
from phases.mechanisms.metric.queries import metric_views
from phases.mechanisms.register.queries import RowView
from phases.mechanisms.schedule.queries import schedule_view
from phases.mechanisms.situation import Situation
from playbook.models import Document, Schedule

FUTURE = "Q8.register.future"
FACTS = (
    "profile.motion",
    "Q10.input.billing_tool",
    "Q3.input.crm",
    "Q3.input.erp_name",
    "profile.go_live",
    "Q3.input.payment_terms",
    "Q2.input.path_sales_led",
    "Q2.input.path_self_serve",
)


def runbook(s: Situation, item: Document) -> Context:
    """The context of the runbook."""
    steps = parts.rows_of(s, FUTURE)
    return parts.document(
        s,
        item.key,
        [
            blocks.section("overview", "Billing in brief", parts.known_facts(s, FACTS)),
            words.functions(s),
            words.words(s),
            _roles(s, steps),
            _process(s, steps),
            _operations(s, steps),
            _exceptions(s),
            _failed_payments(s),
            _monitoring(s),
            _escalation(s),
            _known_issues(s),
            _faq(s),
            _more(s),
            *sections_of(s, item),
            blocks.section("contacts", "Contacts", parts.people(s)),
        ],
    )


# --- the process ----------------------------------------------------------------------------------


def _process(s: Situation, steps: list[RowView]) -> Section:
    if not steps:
        lack = blocks.missing(
            "No future process recorded yet: see 1c, future process map.", f"register/{FUTURE}"
        )
        return blocks.section("process", "The process step by step", lack)
    return blocks.section(
        "process",
        "The process step by step",
        *tables.figures(s, FUTURE, tables.PROCESS),
        tables.process_table(s, steps),
        lead="From signed contract to cash in the books. The drawing has the table's numbers.",
    )


def _roles(s: Situation, steps: list[RowView]) -> Section:
    actors = dict.fromkeys(row.shown["actor"] for row in steps if row.shown["actor"])
    rows: list[list[Cell | str]] = []
    for actor in actors:
        own = [(n, row) for n, row in enumerate(steps, 1) if row.shown["actor"] == actor]
        hand = sum(row.raw.get("mode") != "automatic" for _, row in own)
        rows.append(
            [
                actor,
                ", ".join(str(n) for n, _ in own),
                blocks.cell(str(hand), number=True),
                "; ".join(row.title for _, row in own),
            ]
        )
    staff = [
        [s.plain(r.title), s.names_of(slug) or blocks.absent("Nobody named"), s.plain(r.text)]
        for slug, r in s.playbook.roles.items()
        if r.side == "customer"
    ]
    return blocks.section(
        "roles",
        "Roles",
        blocks.table(
            "Who does which steps", ["Who", "Steps", "By hand", "What"], rows, (18, 14, 10, 58)
        )
        if rows
        else None,
        blocks.table("Roles and who holds them", ["Role", "Name", "Does"], staff, (22, 26, 52)),
    )


# --- running it -----------------------------------------------------------------------------------


def _operations(s: Situation, steps: list[RowView]) -> Section:
    by_hand = [(n, row) for n, row in enumerate(steps, 1) if row.raw.get("mode") != "automatic"]
    schedule = s.playbook.items.get("Q20.schedule.maintenance")
    monthly = schedule_view(s, schedule).tasks if isinstance(schedule, Schedule) else ()
    rows: list[list[Cell | str]] = [
        [
            f"{n}. {row.title}",
            row.shown["actor"],
            row.shown["system"],
            blocks.cell(row.shown["minutes"] or "–", number=True),
        ]
        for n, row in by_hand
    ]
    checks: list[list[Cell | str]] = [
        [
            task.title,
            blocks.cell(task.check, markdown=True),
            blocks.cell(task.red_flag, markdown=True),
        ]
        for task in monthly
        if task.rhythm == "every month"
    ]
    return blocks.section(
        "operations",
        "Day to day and month to month",
        blocks.table(
            "What people do for each invoice",
            ["Step", "Who", "Where", "Minutes"],
            rows,
            (46, 20, 20, 14),
        )
        if rows
        else blocks.missing(
            "No step done by a person is recorded yet: see 1c, future process map.",
            f"register/{FUTURE}",
        ),
        blocks.table(
            "What is checked every month", ["Check", "How", "Red flag"], checks, (24, 50, 26)
        )
        if checks
        else None,
        blocks.text("Dates, owners and all other checks stand in the maintenance schedule.")
        if checks
        else None,
    )


def _exceptions(s: Situation) -> Section:
    rows = parts.rows_of(s, "Q28.register.edge_cases")
    told = [row for row in rows if row.shown["handling"]]
    untold = [row.title for row in rows if not row.shown["handling"]]
    decisive = [("Proration", "Q5.term.proration"), ("Credit memo", "Q5.term.credit_memo")]
    meanings = [
        (name, blocks.cell(said)) for name, key in decisive if (said := words.meaning(s, key))
    ]
    return blocks.section(
        "exceptions",
        "Exceptions and how each is handled",
        blocks.facts(meanings) if meanings else None,
        tables.edge_case_table(s, told) if told else None,
        blocks.missing(
            f"Not settled yet: {'; '.join(untold)}. See 1c, billing edge cases.",
            "register/Q28.register.edge_cases",
        )
        if untold
        else None,
        blocks.missing(
            "No exception recorded yet: see 1c, billing edge cases.",
            "register/Q28.register.edge_cases",
        )
        if not rows
        else None,
    )


def _failed_payments(s: Situation) -> Section:
    meaning = words.meaning(s, "Q5.term.dunning")
    built = [
        row for row in parts.rows_of(s, "Q15.register.build") if row.seed == "Q15.component.dunning"
    ]
    steps = [
        row
        for row in parts.rows_of(s, FUTURE)
        if any(word in row.title.lower() for word in ("dunning", "failed", "retr"))
    ]
    answers = [
        row for row in parts.rows_of(s, "Q17.register.faq") if row.seed == "Q17.faq.payment_fails"
    ]
    metric = [view for view in metric_views(s) if view.key == "Q18.metric.failed_payments"]
    facts: list[tuple[str, Cell]] = []
    if meaning:
        facts.append(("What dunning means here", blocks.cell(meaning)))
    facts += [
        ("What was built", blocks.cell(row.shown["scope"], note=row.state_label)) for row in built
    ]
    facts += [
        (
            "In the process",
            blocks.cell(row.title, note=f"{row.shown['actor']}, {row.shown['system']}"),
        )
        for row in steps
    ]
    facts += [
        ("What happens in turn", blocks.cell(row.shown["answer"], markdown=True))
        for row in answers
        if row.shown["answer"]
    ]
    facts += [
        ("Target, and red flag", blocks.cell(f"{view.target}; {view.red_flag}")) for view in metric
    ]
    return blocks.section(
        "failed-payments",
        "Failed payments and dunning",
        blocks.facts(facts) if facts else None,
        blocks.missing(
            "The dunning sequence has no steps in the process yet: see 1c, future process map.",
            f"register/{FUTURE}",
        )
        if not steps
        else None,
    )


def _monitoring(s: Situation) -> Section:
    views = metric_views(s)
    syncs = parts.rows_of(s, "Q11.register.triggers")
    alerts = parts.steps_of(s, "Q16.checklist.monitoring")
    return blocks.section(
        "monitoring",
        "Monitoring and metrics",
        blocks.table(
            "Figures",
            ["Figure", "Target", "Red flag", "Taken", "Last"],
            [
                [
                    view.title,
                    view.target,
                    view.red_flag,
                    f"Every {view.period}",
                    blocks.cell(view.last, note=view.last_reading.period_words)
                    if view.last_reading
                    else blocks.absent("None yet"),
                ]
                for view in views
            ],
            (26, 18, 26, 12, 18),
        )
        if views
        else None,
        parts.register_table(
            "If a sync fails",
            syncs,
            [
                ("Sync", parts.titled),
                ("From → to", lambda row: f"{row.shown['source']} → {row.shown['target']}"),
                ("What to do", parts.value("error_handling")),
                ("Retries", parts.value("retries")),
            ],
            (28, 18, 34, 20),
        )
        if syncs
        else blocks.missing(
            "No syncs recorded yet: see 1c Integration design.", "register/Q11.register.triggers"
        ),
        blocks.table(
            "Alerts",
            ["Alert", "State", "Proof"],
            [
                [step.title, parts.step_state(step), parts.proof(step.note, step.evidence)]
                for step in alerts
            ],
            (50, 20, 30),
        )
        if alerts
        else None,
    )


# --- when it goes wrong ---------------------------------------------------------------------------


def _escalation(s: Situation) -> Section:
    rows = parts.rows_of(s, "Q21.register.escalation")
    triggers = [item for item in s.playbook.triggers if s.applies(item)]
    return blocks.section(
        "escalation",
        "Escalation",
        tables.escalation_table(s, rows)
        if rows
        else blocks.missing(
            "Who handles what is not settled yet: see 4b.", "register/Q21.register.escalation"
        ),
        blocks.table(
            "When to call us",
            ["Condition", "Threshold", "Response"],
            [
                [
                    s.plain(t.title),
                    s.plain(t.threshold),
                    blocks.cell(s.text(t.response), markdown=True),
                ]
                for t in triggers
            ],
            (24, 32, 44),
        )
        if triggers
        else None,
    )


def _known_issues(s: Situation) -> Section:
    rows = parts.rows_of(s, "Q18.register.issues")
    return blocks.section(
        "known-issues",
        "Known issues and their resolution",
        parts.register_table(
            "",
            rows,
            [
                ("What happened", parts.titled),
                ("Cause", parts.value("cause")),
                ("Resolution", parts.value("fix")),
                ("Severity", parts.value("severity")),
                ("State", parts.state),
            ],
            (28, 24, 26, 10, 12),
        )
        if rows
        else blocks.text("None has been met since go-live."),
    )


def _faq(s: Situation) -> Section:
    rows = parts.rows_of(s, "Q17.register.faq")
    return blocks.section(
        "faq",
        "Questions and answers",
        blocks.table(
            "",
            ["Question", "Answer"],
            [[blocks.cell(row.title), parts.value("answer", markdown=True)(row)] for row in rows],
            (32, 68),
        )
        if rows
        else blocks.missing("No question recorded yet: see 3a, FAQ.", "register/Q17.register.faq"),
    )


def _more(s: Situation) -> Section:
    guides = [
        step
        for key in ("Q17.checklist.guides", "Q17.checklist.assets")
        for step in parts.steps_of(s, key)
    ]
    recordings = [
        row
        for row in parts.rows_of(s, "Q25.register.deliverables")
        if row.raw.get("kind") == "recording"
    ]
    rows: list[list[Cell | str]] = [
        [step.title, parts.step_state(step), parts.proof(step.note, step.evidence)]
        for step in guides
    ]
    rows += [[row.title, parts.state(row), parts.link("link", "Watch")(row)] for row in recordings]
    return blocks.section(
        "more",
        "Guides and recordings",
        blocks.table("", ["What", "State", "Where"], rows, (50, 22, 28))
        if rows
        else blocks.missing("No guide or recording is listed yet: see 3a."),
    )
