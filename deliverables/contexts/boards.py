"""Metrics as a board: their last values side by side, what they mean, and how they have moved."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
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
    baseline, goal = _measured(s, metric)
    state, words = view.state if view.state != "none" else "", view.words
    if last is None:
        words = "No reading yet"
    elif metric.target is None:
        state = _against(metric, last.value, goal)
        words = _moved(metric, view) or last.period_words
    target = s.plain(view.target) or (f"{goal}{_unit(metric)}" if goal is not None else "")
    notes = [
        last.period_words if last else "",
        f"Baseline {baseline}{_unit(metric)}" if baseline is not None else "",
        f"Target {target}" if target else "",
    ]
    return blocks.tile(
        s.plain(metric.title), view.last, state=state, words=words, notes=[n for n in notes if n],
        svg=_trend(metric, view), alt=_told(metric, view),
    )  # fmt: skip


def _against(metric: Metric, value: Decimal | None, goal: Decimal | None) -> str:
    """What a value means beside the goal that the engagement agreed for its measure."""
    if value is None or goal is None or metric.better is None:
        return ""
    good = value <= goal if metric.better == "lower" else value >= goal
    return "met" if good else "watch"


def _moved(metric: Metric, view: MetricView) -> str:
    """How the last value differs from the one before: of money and counts in per cent."""
    known = [one for one in view.readings if one.value is not None]
    if len(known) < 2:
        return ""
    before, after = known[-2].value, known[-1].value
    assert before is not None
    assert after is not None
    if metric.unit in ("money", "count"):
        if not before:
            return ""
        moved = f"{(after - before) / before * 100:+.1f}%"
    else:
        points = " points" if metric.unit == "percent" else _unit(metric)
        moved = f"{after - before:+.2f}".rstrip("0").rstrip(".") + points
    return f"{moved} on {known[-2].period_words}"


def _measured(s: Situation, metric: Metric) -> tuple[Decimal | None, Decimal | None]:
    """Baseline and target of the measure that the metric names."""
    for key in metric.see:
        seed = s.playbook.items.get(key)
        if not isinstance(seed, Seed):
            continue
        register = s.playbook.container_of(key)
        assert isinstance(register, Register)
        row = next((row for row in row_views(s, register) if row.seed == key), None)
        if row:
            return row.values.get("baseline"), row.values.get("target")
    return None, None


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
