"""Metrics as a board: their last values side by side, what they mean, and how they have moved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from deliverables import blocks, diagram
from deliverables.blocks import Block
from phases.mechanisms.metric.queries import MetricView, metric_view
from phases.mechanisms.register.queries import row_views
from phases.mechanisms.situation import Situation
from playbook.models import Limit, Metric, Register, Seed

MONTHS = 12
"""How many readings a trend shows."""
TREND = (150.0, 40.0)


def boards(s: Situation, metrics: Sequence[Metric]) -> list[Block]:
    """Their tiles, a board after another; nothing if none applies."""
    live = [metric for metric in metrics if s.applies(metric)]
    return [
        blocks.tiles(board, [_tile(s, metric) for metric in found])
        for board, found in groupby(live, key=lambda metric: metric.board)
    ]


def _tile(s: Situation, metric: Metric) -> dict[str, Any]:
    view = metric_view(s, metric)
    last = view.last_reading
    return blocks.tile(
        s.plain(metric.title), view.last, state=view.state if view.state != "none" else "",
        words=view.words if last else "No reading yet",
        notes=[note for note in (last.period_words if last else "", *_notes(s, metric, view))
               if note],
        svg=_trend(metric, view), alt=_told(metric, view),
    )  # fmt: skip


def _notes(s: Situation, metric: Metric, view: MetricView) -> Iterable[str]:
    baseline, goal = _measured(s, metric)
    yield f"Baseline {baseline}" if baseline else ""
    if view.target:
        yield f"Target {s.plain(view.target)}"
    elif goal:
        yield f"Target {goal}"


def _measured(s: Situation, metric: Metric) -> tuple[str, str]:
    """Baseline and target of the measure that the metric names, in its unit."""
    for key in metric.see:
        seed = s.playbook.items.get(key)
        if not isinstance(seed, Seed):
            continue
        register = s.playbook.container_of(key)
        assert isinstance(register, Register)
        row = next((row for row in row_views(s, register) if row.seed == key), None)
        if row and "baseline" in register.columns:
            return tuple(  # type: ignore[return-value] # two of them
                f"{row.shown[name]}{_unit(metric)}" if row.shown.get(name) else ""
                for name in ("baseline", "target")
            )
    return "", ""


def _unit(metric: Metric) -> str:
    return {"percent": "%", "days": " days", "hours": " hours"}.get(metric.unit, "")


def _trend(metric: Metric, view: MetricView) -> str:
    read = [reading.value for reading in view.readings if reading.value is not None][-MONTHS:]
    bound = _bound(metric.target)
    return diagram.trend([float(v) for v in read], bound, *TREND) if len(read) > 1 else ""


def _bound(limit: Limit | None) -> float | None:
    return float(limit.value) if limit and limit.value is not None else None


def _told(metric: Metric, view: MetricView) -> str:
    said = "; ".join(f"{r.period_words}: {r.shown}" for r in view.readings[-MONTHS:])
    return f"{metric.title} so far. {said}." if said else ""
