"""Registers as documents show them, the same in each: drawings and tables."""

from __future__ import annotations

from collections.abc import Callable

from deliverables import blocks
from deliverables.blocks import Block, Cell
from deliverables.contexts import parts
from phases.mechanisms.register.diagram import PAGE, Paper, drawings
from phases.mechanisms.register.queries import RowView
from phases.mechanisms.schedule.queries import ScheduleView
from phases.mechanisms.situation import Situation
from playbook.models import Register

PROCESS = (
    "Who does what in turn. Rectangles run by themselves, slanted boxes need somebody; "
    "a triangle marks where data is lost or typed again."
)
ARCHITECTURE = "Each arrow is one trigger or sync; its details stand in the table of triggers."
BESIDE = "A broken outline vanishes in the future; what is new there says so."
LEVELS = "How well each is done today, by the words of its step; at step 2 or below it is weak."
CAPTIONS = {"lanes": PROCESS, "architecture": ARCHITECTURE, "levels": LEVELS}
"""What a diagram shows, by its kind."""


def figures(s: Situation, key: str, caption: str, paper: Paper = PAGE) -> list[Block]:
    """The register's diagram in parts that fit a page; none where there is nothing to draw."""
    rows = parts.rows_of(s, key)
    found = drawings(s.playbook.get(key, Register), rows, paper) if rows else []
    several = f" of {len(found)}." if len(found) > 1 else ""
    return [
        blocks.figure(drawn.svg, drawn.words, caption + (several and f" Part {n}{several}"))
        for n, drawn in enumerate(found, 1)
    ]


def mapping_table(s: Situation, rows: list[RowView]) -> Block:
    """Where each field comes from and goes to."""
    return parts.register_table(
        "",
        rows,
        [
            ("Meaning", parts.value("purpose", "sample")),
            ("CRM or CPQ", parts.soft("crm_field")),
            ("Billing", parts.soft("billing_field")),
            ("Invoice", parts.soft("invoice_field")),
            ("ERP or accounting", parts.soft("erp_field")),
            ("Format", parts.soft("data_type")),
            ("Transformation", parts.soft("transformation")),
            ("If empty", _if_empty),
            ("State", parts.state_and_standing(s)),
        ],
        (14, 17, 11, 9, 9, 8, 12, 9, 11),
    )


def _if_empty(row: RowView) -> Cell:
    note = "Required" if row.raw.get("required") else ""
    return blocks.cell(row.shown.get("when_empty", ""), note=note)


def trigger_table(s: Situation, rows: list[RowView]) -> Block:
    """What starts what, and what happens when it fails."""
    return parts.register_table(
        "",
        rows,
        [
            ("Event", parts.titled),
            ("From → to", _from_to),
            ("Starts", parts.value("action")),
            ("How", parts.value("frequency", "method")),
            ("If it fails", parts.value("error_handling", "retries")),
            ("Counted once by", parts.soft("once_only")),
            ("Standing", parts.standing(s)),
        ],
        (17, 13, 15, 13, 17, 12, 13),
    )


def _from_to(row: RowView) -> Cell:
    return blocks.cell(f"{row.shown['source'] or '?'} → {row.shown['target'] or '?'}")


def edge_case_table(_s: Situation, rows: list[RowView]) -> Block:
    """How the unusual is billed."""
    return parts.register_table(
        "Edge cases",
        rows,
        [
            ("Situation", parts.titled),
            ("How it is billed", parts.value("handling")),
            ("Worked example", parts.value("example")),
            ("State", parts.state),
        ],
        (24, 36, 28, 12),
    )


def process_table(s: Situation, steps: list[RowView]) -> Block:
    """The steps with what they need and what goes wrong."""
    standing = parts.standing(s)
    rows = [
        [
            blocks.cell(f"{n}. {row.title}"),
            parts.value("actor")(row),
            parts.value("system", "mode")(row),
            parts.soft("data_passed")(row),
            parts.soft("goes_wrong")(row),
            standing(row),
        ]
        for n, row in enumerate(steps, 1)
    ]
    heads = ["Step", "Who", "Where", "Passes on", "What goes wrong", "Standing"]
    return blocks.filled(blocks.table("Steps", heads, rows, (29, 11, 14, 15, 14, 17)))


def escalation_table(_s: Situation, rows: list[RowView]) -> Block:
    """Who handles which kind of issue."""
    return parts.register_table(
        "Who handles what",
        rows,
        [
            ("Issue", parts.titled),
            ("Handled by", parts.value("handler", "contact")),
            ("Limit", parts.soft("limit")),
            ("Examples", parts.soft("examples")),
        ],
        (28, 22, 22, 28),
    )


RESULTS = {"done": "done", "red_flag": "bad", "skipped": "dropped"}
"""The mark of each result of a check."""


def result_table(view: ScheduleView) -> Block | None:
    """What came of a schedule's checks, by date; None before the first."""
    said = [one for task in view.tasks for one in task.occurrences if one.state in RESULTS]
    rows: list[list[Cell | str]] = [
        [
            one.title, parts.day(one.due), blocks.cell(one.label, state=RESULTS[one.state]),
            one.who, parts.proof(one.note, one.evidence),
        ]
        for one in sorted(said, key=lambda one: (one.due, one.task))
    ]  # fmt: skip
    heads = ["Check", "Due", "Result", "By", "Note and evidence"]
    return blocks.table("", heads, rows, (30, 13, 13, 16, 28)) if rows else None


TABLES: dict[str, Callable[[Situation, list[RowView]], Block]] = {
    "Q8.register.current": process_table,
    "Q8.register.future": process_table,
    "Q11.register.mapping": mapping_table,
    "Q11.register.triggers": trigger_table,
    "Q21.register.escalation": escalation_table,
    "Q28.register.edge_cases": edge_case_table,
}
"""Registers whose rows documents show in a table of their own."""
