"""What phase pages show of invoices and their reconciliation."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from phases.engineering.invoices.models import InvoiceImport
from phases.engineering.reconciliation.models import Outcome, Reconciliation
from phases.mechanisms.panels import Panel
from phases.mechanisms.situation import Situation


@dataclass(frozen=True)
class Counts:
    """How much there is of each."""

    files: int = 0
    compared: int = 0
    unexplained: int = 0


def engineering(s: Situation) -> dict[str, list[Panel]]:
    """Where invoices are compared before go-live."""
    if s.profile.get("scope") == "information_handoff":
        return {}
    counts = _counts(s)
    return {"2d": [_invoices(s, counts), _reconciliation(s, counts)]}


def hypercare(s: Situation) -> dict[str, list[Panel]]:
    """Where they are compared week by week."""
    return _reconciled_at(s, "3c")


def maintenance(s: Situation) -> dict[str, list[Panel]]:
    """Where they are compared month by month."""
    return _reconciled_at(s, "4a")


def _reconciled_at(s: Situation, subphase: str) -> dict[str, list[Panel]]:
    if s.profile.get("scope") == "information_handoff":
        return {}
    return {subphase: [_reconciliation(s, _counts(s))]}


def _counts(s: Situation) -> Counts:
    session = s.records.session
    if session is None:
        return Counts()
    own = s.engagement.id
    row = session.execute(select(
        select(func.count()).select_from(InvoiceImport)
        .where(InvoiceImport.engagement_id == own, InvoiceImport.state == "done")
        .scalar_subquery(),
        select(func.count()).select_from(Reconciliation)
        .where(Reconciliation.engagement_id == own, Reconciliation.removed_at.is_(None))
        .scalar_subquery(),
        select(func.count()).select_from(Outcome)
        .where(Outcome.engagement_id == own, Outcome.state == "open")
        .scalar_subquery(),
    )).one()  # fmt: skip
    return Counts(*row)


def _place(s: Situation, name: str) -> str:
    return f"/e/{s.engagement.slug}/{name}"


def _invoices(s: Situation, counts: Counts) -> Panel:
    files = "1 file" if counts.files == 1 else f"{counts.files:,} files"
    return Panel(
        "invoices", "Invoices", "page", _place(s, "invoices"), "done" if counts.files else "todo",
        f"{files} imported" if counts.files else "None yet",
        sentence="What billing tools and Finance really invoiced.",
    )  # fmt: skip


def _reconciliation(s: Situation, counts: Counts) -> Panel:
    state, label = ("todo", "Not begun") if not counts.compared else ("met", "All explained")
    if counts.unexplained:
        state, label = "red", f"{counts.unexplained:,} unexplained"
    return Panel(
        "reconciliation", "Reconciliation", "page", _place(s, "reconciliation"), state, label,
        sentence="Real invoices held against what should be there.",
    )  # fmt: skip
