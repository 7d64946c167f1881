"""What billing consists of here: its functions (F) and the words it is told in (Q5)."""

from __future__ import annotations

from deliverables import blocks
from deliverables.blocks import Cell, Section
from deliverables.contexts import parts
from phases.mechanisms.register.queries import RowView
from phases.mechanisms.sheet.content import wording_of
from phases.mechanisms.situation import Situation
from playbook.models import Sheet, Statement

FUNCTIONS = "F.register.functions"
CHAPTERS = {
    "F.function.rates": ("words", "What the words mean here"),
    "F.function.reconciliation": ("monitoring", "Monitoring and metrics"),
    "F.function.bill_run": ("process", "The process step by step"),
    "F.function.collection": ("failed-payments", "Failed payments and dunning"),
    "F.function.system": ("operations", "Day to day and month to month"),
    "F.function.reporting": ("monitoring", "Monitoring and metrics"),
    "F.function.inquiries": ("faq", "Questions and answers"),
    "F.function.compliance": ("exceptions", "Exceptions and how each is handled"),
}
"""The chapter that tells how each function is carried out: its id and title."""


def functions(s: Situation) -> Section | None:
    """The functions of billing operations, each with who does it and where it is described."""
    if not parts.applies(s, FUNCTIONS):
        return None
    rows = parts.rows_of(s, FUNCTIONS)
    return blocks.section(
        "functions",
        "The functions of billing",
        blocks.table(
            "",
            ["Function", "Who", "System", "How well today", "In this runbook"],
            [_function(row) for row in rows],
            (32, 15, 13, 22, 18),
        )
        if rows
        else blocks.missing("No function is recorded yet: see 1c.", f"register/{FUNCTIONS}"),
        lead="Start from what you are asked to do; the last column leads to its chapter.",
    )


def _function(row: RowView) -> list[Cell | str]:
    chapter, title = CHAPTERS.get(row.seed, ("operations", "Day to day and month to month"))
    maturity, _, anchor = row.shown.get("maturity", "").partition(":")
    well = blocks.cell(maturity, note=anchor.strip()) if maturity else blocks.absent("Not rated")
    return [
        blocks.cell(row.title, note=_first_sentence(row.text)), parts.value("who")(row),
        parts.value("system")(row), well, blocks.cell(title, href=f"#{chapter}"),
    ]  # fmt: skip


def _first_sentence(text: str) -> str:
    return text.strip().partition(". ")[0].rstrip(".") + "." if text.strip() else ""


def words(s: Situation) -> Section | None:
    """The billing terms as they are defined here (Q5)."""
    sheet = s.playbook.items.get("Q5.sheet.definitions")
    if not isinstance(sheet, Sheet) or not s.applies(sheet):
        return None
    rows: list[list[Cell | str]] = [
        [s.plain(term.title), blocks.cell(wording_of(s, term), markdown=True)]
        for term in sheet.items.values()
        if s.applies(term)
    ]
    return blocks.section(
        "words",
        "What the words mean here",
        blocks.table("", ["Term", "Meaning"], rows, (24, 76)),
        lead="One meaning each, approved by Finance and RevOps in the definition document.",
    )


def meaning(s: Situation, key: str) -> str:
    """A term's wording here; empty where it does not apply."""
    term = s.playbook.items.get(key)
    return wording_of(s, term) if isinstance(term, Statement) and s.applies(term) else ""
