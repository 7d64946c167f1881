"""Engagements for documents, as records at hand: an almost empty one and one well under way."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from deliverables.contexts import draw_up
from phases.core.audit import canonical, sha256
from phases.core.models import Contact, Engagement, GateRecord, Input, Member, User
from phases.mechanisms.checklist.models import StepRecord
from phases.mechanisms.checks import CHECKS
from phases.mechanisms.metric.models import Reading
from phases.mechanisms.records import Records
from phases.mechanisms.register.models import Row
from phases.mechanisms.sheet.content import statement_content
from phases.mechanisms.sheet.models import SignOff
from phases.mechanisms.situation import Situation
from phases.mechanisms.writing.models import PassageRecord
from playbook.loader import load
from playbook.models import Checklist, Document, Register, Sheet

PLAYBOOK = load(Path(__file__).parents[2] / "playbook" / "content" / "q2c" / "1.0")
AT = datetime(2026, 9, 15, 14, tzinfo=UTC)
TODAY = date(2026, 11, 20)
INPUTS: dict[str, tuple[Any, bool]] = {
    "profile.scope": ("multi_tool", True),
    "profile.motion": ("sales_led", True),
    "profile.methodology": ("contract_based", True),
    "profile.engagement_type": ("single", True),
    "profile.erp": (True, True),
    "profile.tax": (True, True),
    "profile.usage_based": (False, True),
    "profile.multi_currency": (True, False),
    "profile.path": ("full", True),
    "profile.go_live": ("2026-10-05", True),
    "Q10.input.billing_tool": (["tabs", "stripe"], True),
    "Q3.input.crm": ("Salesforce & CPQ", True),
    "Q3.input.payment_terms": (["net_30"], False),
    "Q3.input.invoice_process": ("Read from a mail", True),
}
WRITTEN = {
    "Q13.section.payments": "Three tries, then a *person* calls.",
    "C7.artifact.snapshot": "Quote 17 is frozen in the CRM.",
    "C10.rollback.decision": "Fay decides by noon.",
}
"""Sections of texts as somebody has edited them."""
MAPPING = "Q11.register.mapping"
TRIGGERS = "Q11.register.triggers"
FUTURE = "Q8.register.future"
INVOICES = "Q16.register.invoices"


def engagement(customer: str, country: str) -> Engagement:
    return Engagement(
        id=1,
        slug="harbor",
        customer=customer,
        playbook_name="q2c",
        playbook_version="1.0",
        time_zone="America/New_York",
        country=country,
        created_at=datetime(2026, 7, 20, tzinfo=UTC),
        created_by="u1",
        chain_head="ab" * 32,
        chain_length=9,
    )


def empty(customer: str = "Acme", country: str = "US", **sets: Any) -> Situation:
    """Nothing has been said yet."""
    records = Records.of(engagement(customer, country), **sets)
    return Situation(PLAYBOOK, records, TODAY, CHECKS, firm="Northgate Advisory")


def row(register: str, number: int, title: str, state: str, ok: bool = True, **values: Any) -> Row:
    return Row(
        id=number,
        register=register,
        seed=None,
        position=number,
        title=title,
        state=state,
        owner="",
        due=None,
        values=values,
        standing="CONFIRMED" if ok else "ASSUMED",
        standing_by="c2",
        standing_at=AT,
        standing_in="",
        version=1,
        changed_by="u1",
        changed_at=AT,
    )


def rows() -> dict[str, list[Row]]:
    """A few lines of the registers that documents draw on."""
    triggers = [("Closed Won", "Salesforce", "Tabs"), ("Invoice sent", "Tabs", "Stripe")]
    steps = [
        ("Deal is closed", "Sales", "manual"),
        ("Dunning of failed payments", "System", "automatic"),
    ]
    totals = [("100.00", "100.00"), ("645.16", "640.00")]
    component = next(iter(PLAYBOOK.get("Q15.register.build", Register).seeds))
    built = row(
        "Q15.register.build", 50, "Product catalog", "verified", component="Product catalog"
    )
    built.seed = component
    return {
        MAPPING: [
            row(
                MAPPING,
                1,
                "Contract value",
                "agreed",
                purpose="Contract value",
                crm_field="Opportunity.Amount",
                invoice_field="Subtotal",
                required=True,
            ),
            row(MAPPING, 2, "Purchase order", "draft", ok=False, purpose="Purchase order"),
        ],
        TRIGGERS: [
            row(
                TRIGGERS,
                10 + n,
                event,
                "agreed",
                event=event,
                source=source,
                target=target,
                action=f"Starts {n}",
                frequency="event",
                error_handling="Alert",
                retries="5",
            )
            for n, (event, source, target) in enumerate(triggers)
        ],
        FUTURE: [
            row(FUTURE, 20 + n, step, "part", step=step, actor=actor, system="Tabs", mode=mode)
            for n, (step, actor, mode) in enumerate(steps)
        ],
        INVOICES: [
            row(
                INVOICES,
                30 + n,
                f"C-{n}",
                "generated",
                contract_ref=f"C-{n}",
                currency="USD",
                expected_total=expected,
                actual_total=actual,
            )
            for n, (expected, actual) in enumerate(totals)
        ],
        "Q15.register.build": [built],
        "Q28.register.edge_cases": [
            row(
                "Q28.register.edge_cases",
                40,
                "Upgrade",
                "documented",
                situation="Upgrade",
                handling="![seen](https://tracker.example/pixel.png) Prorated by day",
            ),
        ],
    }


def more_rows() -> dict[str, list[Row]]:
    """A line of each other register, with words that stand nowhere else."""
    current, gaps, faq = "Q8.register.current", "Q9.register.gaps", "Q17.register.faq"
    issues, evidence = "Q18.register.issues", "C6.register.evidence"
    measures = "Q27.register.measures"
    dso = row(measures, 80, "DSO", "target_agreed", formula="Receivables ÷ sales × days",
              unit="days", baseline="61", target="48")  # fmt: skip
    dso.seed = "Q27.measure.dso"
    return {
        current: [row(current, 60, "Copy it by hand", "part", step="Copy it by hand", actor="Rosa",
                      system="Spreadsheet", mode="manual")],
        gaps: [row(gaps, 61, "Ramps stand only in a form", "open",
                   gap="Ramps stand only in a form")],
        faq: [row(faq, 62, "Why two invoices?", "published", question="Why two invoices?",
                  answer="Two entities.")],
        issues: [row(issues, 63, "UK wording", "open", summary="UK wording")],
        evidence: [row(evidence, 64, "Balance report of March", "kept", period="2027-03",
                       piece="Balance report of March", kind="export_files")],
        measures: [dso],
    }  # fmt: skip


def readings() -> dict[str, list[Reading]]:
    """Two months of the dashboard."""
    values: dict[str, list[tuple[str | None, str | None, str | None]]] = {
        "Q30.metric.accuracy": [(None, "198", "200"), (None, "199", "200")],
        "Q30.metric.dso": [("55", None, None), ("52", None, None)],
        "Q30.metric.mrr": [("412600", None, None), ("421300", None, None)],
    }
    return {key: [_reading(key, 9 + n, *parts) for n, parts in enumerate(found)]
            for key, found in values.items()}  # fmt: skip


def _reading(
    key: str, month: int, value: str | None, numerator: str | None, denominator: str | None
) -> Reading:
    exact = [None if part is None else Decimal(part) for part in (value, numerator, denominator)]
    if exact[0] is None:
        assert exact[1] is not None
        assert exact[2] is not None
        exact[0] = exact[1] * 100 / exact[2]
    return Reading(
        metric=key, period=date(2026, month, 1), subject="", value=exact[0], numerator=exact[1],
        denominator=exact[2], note="", version=1, changed_by="u1", changed_at=AT,
    )  # fmt: skip


def full(customer: str = "Harbor Analytics, Inc.", country: str = "US") -> Situation:
    """Built, tested, live, some of it assumed and some missing."""
    inputs = {
        key: Input(
            key=key,
            value=value,
            standing="CONFIRMED" if ok else "ASSUMED",
            standing_by="c1" if ok else "",
            standing_at=AT if ok else None,
            version=1,
        )
        for key, (value, ok) in INPUTS.items()
    }
    tests = PLAYBOOK.get("Q16.checklist.tests", Checklist).items
    s = empty(
        customer,
        country,
        inputs=inputs,
        rows=rows() | more_rows(),
        passages={key: PassageRecord(key=key, text=text) for key, text in WRITTEN.items()},
        readings=readings(),
        steps={
            key: StepRecord(key=key, state="done", evidence="https://files.example/t", version=1)
            for key in list(tests)[:3]
        },
        members=[
            Member(
                user_id=1,
                role="architect",
                user=User(id=1, email="ann@firm.example", name="Ann Arbor"),
            )
        ],
        contacts=[
            Contact(id=1, name="Fay Fischer", email="fay@harbor.example", role="finance_lead"),
            Contact(id=2, name="Rob Reyes", email="rob@harbor.example", role="revops_lead"),
        ],
        gate_records=[
            GateRecord(
                gate="Q12.gate.1d",
                kind="decision",
                outcome="proceed",
                passes=True,
                by="u1",
                at=AT,
                note="All met",
                criterion="",
            )
        ],
    )
    sheet = PLAYBOOK.get("Q5.sheet.definitions", Sheet)
    content = statement_content(s, next(iter(sheet.items.values())))
    s.records.sign_offs.append(
        SignOff(
            sheet=sheet.key,
            statement=content["statement"],
            role="finance_lead",
            approved=True,
            comment="",
            content=canonical(content),
            sha256=sha256(canonical(content)),
            signer="c1",
            name="Fay Fischer",
            email="x",
            address="",
            proof="mail_code",
            at=AT,
        )
    )
    return s


def context_of(s: Situation, name: str) -> dict[str, Any]:
    """The context of a draft; a name without its family is one of Q25's."""
    key = name if "." in name else f"Q25.document.{name}"
    item = PLAYBOOK.get(key, Document)
    return draw_up(s, item, subject=PERIOD if item.per else "")


PERIOD = "2027-03"
"""What a document is drawn up for of which there is one per period."""
