"""Registers as documents show them, the same in each: drawings and tables."""

from __future__ import annotations

from deliverables import blocks, diagram
from deliverables.blocks import Block, Cell
from deliverables.contexts import parts
from phases.mechanisms.register.queries import RowView
from phases.mechanisms.situation import Situation

STEPS_IN_FIGURE = 12


def architecture_figure(triggers: list[RowView]) -> Block:
    """The systems that the triggers name, in the order in which data first passes them."""
    ends = [(row.shown["source"], row.shown["target"]) for row in triggers]
    systems = list(dict.fromkeys(name for pair in ends for name in pair if name))
    links = [
        diagram.Link(
            source,
            target,
            row.shown["action"] or row.shown["event"],
            " · ".join(filter(None, (row.shown["method"], row.shown["frequency"]))),
        )
        for row, (source, target) in zip(triggers, ends, strict=True)
    ]
    said = "; ".join(f"{link.source} to {link.target}: {link.label}" for link in links)
    return blocks.figure(
        diagram.architecture(systems, links),
        f"Integration architecture. {said}.",
        "Each arrow is one trigger or sync; its details stand in the table of triggers.",
    )


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
        (18, 14, 16, 12, 18, 10, 12),
    )


def _from_to(row: RowView) -> Cell:
    return blocks.cell(f"{row.shown['source'] or '?'} → {row.shown['target'] or '?'}")


def edge_case_table(rows: list[RowView]) -> Block:
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


def process_figures(steps: list[RowView]) -> list[Block]:
    """Swim lanes, so many steps to a figure."""
    found = []
    first = 1
    for some in _parts(steps):
        stages = [
            diagram.Stage(
                row.title,
                row.shown["actor"],
                row.shown["system"],
                row.raw.get("mode") == "automatic",
            )
            for row in some
        ]
        said = "; ".join(f"{n}. {x.actor}: {x.title}" for n, x in enumerate(stages, first))
        found.append(
            blocks.figure(
                diagram.lanes(stages, first=first),
                f"Swim lanes of the process. {said}.",
                "Who does what in turn. Solid frames run by themselves, dashed ones do not.",
            )
        )
        first += len(some)
    return found


def _parts(steps: list[RowView]) -> list[list[RowView]]:
    """The steps in figures of about the same length."""
    figures = -(-len(steps) // STEPS_IN_FIGURE)
    size = -(-len(steps) // figures)
    return [steps[n : n + size] for n in range(0, len(steps), size)]


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
    return blocks.table(
        "Steps",
        ["Step", "Who", "Where", "Passes on", "What goes wrong", "Standing"],
        rows,
        (29, 11, 14, 15, 14, 17),
    )


def escalation_table(rows: list[RowView]) -> Block:
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
