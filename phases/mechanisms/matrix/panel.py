"""A matrix on the page of its phase."""

from __future__ import annotations

from phases.mechanisms.matrix.queries import MatrixView, matrix_view
from phases.mechanisms.panels import Panel
from phases.mechanisms.situation import Situation
from playbook.models import Matrix


def panel(s: Situation, item: Matrix) -> Panel:
    """How much is scored, who leads, and what was decided."""
    view = matrix_view(s, item)
    state, label = _state(s, item, view)
    applies = s.applies(item)
    return Panel(
        key=item.key, title=s.plain(item.title), kind="matrix",
        href=f"/e/{s.engagement.slug}/matrix/{item.key}", state=state, label=label,
        sentence=_sentence(view) if applies else "",
        done=view.total - view.missing if applies else 0, total=view.total if applies else 0,
    )  # fmt: skip


def _state(s: Situation, matrix: Matrix, view: MatrixView) -> tuple[str, str]:
    if not s.applies(matrix):
        return "na", "Not applicable"
    if view.decision is not None:
        return ("stale", "Decide again") if view.decision.stale else ("done", "Decided")
    if view.complete:
        return "waiting", "To decide"
    return ("doing", "Scoring") if view.missing < view.total else ("todo", "To do")


def _sentence(view: MatrixView) -> str:
    if view.decision is not None:
        return f"Decided: {view.decision.titles}"
    leads = view.ranking.winner
    return f"{leads.title} leads so far" if leads else ""
